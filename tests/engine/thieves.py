"""
P19 with a whole engine: thieves who come before the deadline, take the whole data folder, and have one trustee's share besides.

Each tender has keys, bidders and prices of its own; sheets lie among the chunks and in the store of uploads. That two shares read
every price where the remedy was announced, as is said beforehand, shows that the attack is one.

    python -m tests.engine.thieves --nightly --size 100       # tenders
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import trio

from engine.sealing.envelope import unwrap_own
from tests.engine.bringing import bring
from tests.engine.loot import Loot
from tests.engine.tender import submission, tender_house
from tests.nightly.telling import finish, progress, sized
from tests.sealing.scene import BOTH, Tender

TENDERS: Final = 100
"""In full."""

PATIENCE_S: Final = 120


async def received(folder: Path, tender: Tender, prices: dict[int, int]) -> None:
    """A house takes these bids, every other with an upload, and one that is then replaced."""
    with trio.fail_after(PATIENCE_S):
        async with tender_house(folder, tender=tender, remedy=True) as one:
            await one.register(*prices)
            for at, (number, yuan) in enumerate(prices.items()):
                if at % 2:
                    made = one.seal(number, yuan)
                    await bring(one, number, made)
                    await one.ask(f"bidder:{number}", "submit_envelope", **submission(made))
                else:
                    await one.submit(number, yuan)
            replaced = next(iter(prices))
            await one.submit(replaced, prices[replaced], version=2)


def stolen(seed: int, counts: Counter[str]) -> Iterator[str]:
    """
    One tender before its deadline; what is wrong with how it is kept.

    Args:
        seed: Of all that is drawn.
        counts: What was tried.

    """
    dice, tender = random.Random(seed), Tender(BOTH[seed % 2], f"JZ-{seed:04}")
    numbers = dice.sample(range(100, 100_000), dice.randint(3, 5))
    prices = {number: dice.randrange(10**10, 9 * 10**10) for number in numbers}
    with TemporaryDirectory(prefix="luochui-thieves-") as scratch:
        trio.run(received, Path(scratch), tender, prices)
        loot = Loot.of(Path(scratch))
    if found := loot.in_clear(prices.values()):
        yield f"a price stands in clear in {found}"
    tried = set(loot.secrets())
    if loot.halves_in(tried):
        yield "half a key lies in the data folder"
    counts.update(tenders=1, bids=len(prices), secrets_tried=len(tried))
    for manifest in loot.manifests():
        bidder = manifest.context.bidder
        true = unwrap_own(manifest, tender.key(f"{bidder} encryption"))
        if loot.halves_in([true]) != [true]:
            yield f"bidder {bidder}: half a key would not be found where it lay"
        for share in tender.shares:
            counts["thieves"] += 1
            if loot.reads_alone(manifest, share):
                counts["read_with_one_share"] += 1
                yield f"bidder {bidder}: trustee {share.trustee} alone reads the price"
        for pair in combinations(tender.shares, 2):
            if loot.read_with(manifest, pair)["price_fen"] != prices[int(bidder)] * 100:
                yield f"bidder {bidder}: two trustees read another price"


def many(size: int, say: Callable[[str], None]) -> dict[str, Any]:
    """So many tenders. The figures."""
    counts: Counter[str] = Counter(read_with_one_share=0)
    for seed in range(size):
        for words in stolen(seed, counts):
            counts["wrong"] += 1
            say(f"tender {seed}: {words}")
        if seed % 10 == 9:
            say(f"{seed + 1} tenders, {counts['wrong']} wrong")
    return {**counts, "wrong": counts["wrong"]}


def main(arguments: Sequence[str]) -> int:
    size = sized("tests.engine.thieves", TENDERS, arguments)
    figures = many(size, progress)
    return finish(["P19"], figures, passed=not figures["wrong"], seeds=f"0-{size - 1}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
