"""
What an offer costs when few stand and when very many do: one clerk with his journal, in this process: rules, record, chain, commit.

Two sales of the Singapore kind (an offer may be raised again and again) are held side by side, one with a thousand standing offers, one
with many; the same bidders' changes go to both by turns. Each turn gives a ratio; what counts is the median of them, so that
whatever else the machine does in the meantime is the same for both. Processor time is counted, not the disk's.
"""

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import trio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.domain.auction.commands import OpenSale, Title
from engine.domain.parties import HOUSE, Principal, bidder
from engine.domain.quota import packs
from engine.domain.quota.commands import AdmitBidders, AnnounceQuota, MakeOffer, Run
from engine.domain.units import Fen, PaddleNo
from engine.journal.base import JournalIdentity
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.room.house import Room, RoomSettings, announce, open_room
from engine.room.mailbox import Letter

FEW: Final = 1_000
MANY: Final = 200_000
RATIO_MAX: Final = 1.3
"""So much more an offer may cost among many than among few."""

BATCH: Final = 256
FAILED: Final = 99


@dataclass
class Crowd:
    """A sale in which so many offers stand."""

    room: Room
    live: int
    dice: random.Random
    sent: int = 0

    async def offers(self, paddles: Sequence[int], step: int) -> float:
        """Let each of ``paddles`` offer ``step`` yuan above the floor and a little more; the processor seconds it took the clerk."""
        letters = []
        for paddle in paddles:
            self.sent += 1
            number, yuan = PaddleNo(paddle), step + self.dice.randrange(90_000)
            command = MakeOffer(command_id=f"o{self.sent}", by=bidder(number), paddle=number, amount=Fen(yuan * 100))
            letters.append(Letter(command, self.room.clock.now(), None))
        began = time.process_time()
        await self.room.clerk.finish(letters)
        return time.process_time() - began


async def crowd(live: int, seed: int, place: Path) -> Crowd:
    """A sale in which ``live`` offers stand, a tenth of them within the quota, with its journal at ``place``."""
    signer = Signer.of(Ed25519PrivateKey.generate())
    identity = JournalIdentity("bench", 1, b"salt" * 8, signer.public)
    room = open_room(SqliteJournal.create(place, identity, place.with_suffix(".anchor")), signer, RoomSettings())
    title = Title(zh="性能测试", en="A sale under load")
    rules = packs.coe(max(1, live // 10))
    runs = (Run(first=PaddleNo(1), last=PaddleNo(live)),)
    admit = AdmitBidders(command_id="admit", by=HOUSE, quota_class="category", runs=runs)
    await announce(room, AnnounceQuota(command_id="a", by=HOUSE, sale="bench", title=title, rules=rules), (admit,))
    opening = OpenSale(command_id="open", by=Principal("auctioneer:1"))
    await room.clerk.finish([Letter(opening, room.clock.now(), None)])
    made = Crowd(room, live, random.Random(seed))
    for first in range(1, live + 1, BATCH):
        await made.offers(range(first, min(first + BATCH, live + 1)), 1)
    return made


async def measure(few: int, many: int, turns: int, seed: int) -> dict[str, float]:
    """The cost of an offer among ``few`` and among ``many``, in microseconds, and the median of the ratios of ``turns`` turns."""
    with TemporaryDirectory() as folder:
        small, large = [
            await crowd(live, seed, Path(folder) / f"{name}.sqlite") for name, live in (("few", few), ("many", many))
        ]
        try:
            return await compare(small, large, turns, seed)
        finally:
            small.room.journal.close()
            large.room.journal.close()


async def compare(small: Crowd, large: Crowd, turns: int, seed: int) -> dict[str, float]:
    """See :func:`measure`."""
    gc.collect()
    gc.freeze()
    costs: dict[str, list[float]] = {"few": [], "many": []}
    dice = random.Random(seed)
    try:
        for turn in range(turns):
            pair = [("few", small), ("many", large)]
            for name, one in pair if turn % 2 else reversed(pair):
                paddles = dice.sample(range(1, one.live + 1), min(BATCH, one.live))
                took = await one.offers(paddles, 100_000 * (turn + 1))
                costs[name].append(took / len(paddles) * 1e6)
    finally:
        gc.unfreeze()
    ratios = [many / few for few, many in zip(costs["few"], costs["many"], strict=True)]
    return {
        "few": small.live,
        "many": large.live,
        "turns": turns,
        "few_us": statistics.median(costs["few"]),
        "many_us": statistics.median(costs["many"]),
        "ratio": statistics.median(ratios),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, say what was found, and whether it is good enough."""
    parser = argparse.ArgumentParser(prog="python -m bench.quota", description=__doc__)
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ratio-max", type=float, default=RATIO_MAX)
    parser.add_argument("--json", action="store_true", help="one line for programs")
    given = parser.parse_args(arguments)
    found = trio.run(measure, given.few, given.many, given.turns, given.seed)
    passed = found["ratio"] <= given.ratio_max
    if given.json:
        print(json.dumps({**found, "passed": passed}))
    else:
        print(f"an offer among {given.few:>9,}: {found['few_us']:6.1f} µs")
        print(f"an offer among {given.many:>9,}: {found['many_us']:6.1f} µs")
        print(f"{'pass' if passed else 'fail'}: {found['ratio']:.2f} times as much, {given.ratio_max} allowed")
    return 0 if passed else FAILED


if __name__ == "__main__":
    sys.exit(main())
