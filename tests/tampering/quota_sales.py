"""Quota sales held at random by a real clerk, each from its seed: rounds, changes within and out of reach, interruptions, an award."""

import random
from collections.abc import Iterator
from functools import cache
from typing import Final

import trio
import trio.testing

from engine.journal.memory import MemoryJournal
from tests.clients.exports import Journal
from tests.golden.speech import Speaker
from tests.journal.books import IDENTITY
from tests.room.scene import at_work

PERSONS: Final = range(1, 10)
COMPANIES: Final = range(101, 105)
SHEETS: Final = (
    "shanghai {quota} warning=90000",
    "shanghai {quota} warning=90000 companies=2",
    "shanghai {quota} warning=90000 refused-counts=yes ties=draw",
    "shenzhen {quota} floor=80000 spans=60",
    "guangzhou {quota} floor=80000 spans=60 told=20/40 trim=25",
    "coe {quota} spans=60",
)


def script(chance: random.Random) -> Iterator[tuple[str, ...]]:
    """What is asked, scene by scene, each a second after the one before."""
    sheet = chance.choice(SHEETS)
    bidders = [*PERSONS, *(COMPANIES if "companies" in sheet else ())]
    first = "category" if "coe" in sheet else "personal"
    yield (f"announce-quota {sheet.format(quota=chance.randint(1, 4))}", f"admit-run 1 9 class={first}", "open-sale")
    if "companies" in sheet:
        yield ("admit-run 101 104 class=company",)
    for _ in range(chance.randint(4, 6)):
        yield tuple(f"offer {chance.choice(bidders)} {near(chance)}" for _ in range(chance.randint(1, 4)))
    yield ("wait 15s",)
    if chance.random() < 0.5:
        yield ('suspend "网络故障"',)
        yield (f"wait {chance.choice([3, 70])}s", f"offer 1 {near(chance)}")
        yield ("resume",)
    yield (f"offer 3 {near(chance)}", f"offer 50 {near(chance)}")
    yield ("wait 70s",)
    if "shanghai" in sheet:
        for _ in range(chance.randint(5, 8)):
            yield tuple(f"offer {chance.choice(bidders[:5])} {near(chance)}" for _ in range(chance.randint(1, 5)))
        yield ("wait 70s",)
    yield (f"offer 1 {near(chance)}", "sign a", "sign a as=supervisor:1")
    yield (f"offer 2 {near(chance)}",)


def near(chance: random.Random) -> int:
    """Prices so near to each other that many are equal, and few out of reach; some are off the steps."""
    return 86_000 + 100 * chance.randint(-6, 6) + chance.choice([0] * 9 + [50])


@cache
def quota_sale(seed: int) -> Journal:
    """The quota sale of ``seed``."""

    async def held() -> MemoryJournal:
        journal = MemoryJournal(IDENTITY)
        async with at_work(journal) as desk:
            speaker = Speaker()
            for scene in script(random.Random(seed)):
                await trio.sleep(1)
                for line in scene:
                    if line.startswith("wait "):
                        await trio.sleep(float(line.removeprefix("wait ").removesuffix("s")))
                    elif content := speaker.meant(line):
                        desk.hand_in(content, None)
                await trio.testing.wait_all_tasks_blocked()
        return journal

    return Journal.of(trio.run(held, clock=trio.testing.MockClock(autojump_threshold=0)).history())
