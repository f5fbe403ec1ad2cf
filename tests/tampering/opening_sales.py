"""Openings of sealed bids held at random by a real clerk, each from its seed: put off, interrupted, remedied, lapsed, drawn."""

import random
from collections.abc import Iterator
from functools import cache
from typing import Final

import trio
import trio.testing

from engine.domain.opening.state import Opening
from engine.domain.proceeding import apply
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds
from engine.journal.memory import MemoryJournal
from tests.clients.exports import Journal
from tests.golden.speech import Speaker
from tests.journal.books import IDENTITY
from tests.room.scene import NOON, SECOND, at_work

BIDDERS: Final = (305, 4711, 90210, 66)
SM2_OF: Final = 6
"""One in so many is held under the other suite, whose arithmetic takes longer."""


def script(seed: int) -> Iterator[tuple[str, ...]]:
    """What is asked, scene by scene, each a second after the one before."""
    chance = random.Random(seed)
    remedy, two, drawn, ceiling, chinese = (chance.random() < share for share in (0.5, 0.4, 0.6, 0.6, 1 / SM2_OF))
    sheet = ["announce-opening 1", *(["2"] if two else []), "deadline=20s", *(["remedy=yes"] if remedy else [])]
    sheet += ["ceiling=at_opening"] if ceiling else []
    sheet += ["coefficients=950/960/970"] if drawn else []
    sheet += ["sm=yes"] if chinese else []
    yield (" ".join(sheet), *(f"register {number}" for number in BIDDERS), "bond 305 paid")
    made = chance.choice(["kc", "hall", "content"]) if chance.random() < 0.7 else None
    wrong = f" made={made}" if made else ""
    yield tuple(f"submit {number} {price(chance)}{wrong if number == 66 else ''}" for number in BIDDERS)
    yield (
        *([f"submit 305 {price(chance)}"] if chance.random() < 0.5 else []),
        *(["submit 305 900000 section=2"] if two else []),
    )
    if chance.random() < 0.5:
        yield ("register 1001", "submit 1001 800000")
        yield ("take-back 1001",)
    yield ("sign-in 305", "sign-in 4711")
    off = chance.random() < 0.5
    if off:
        yield ('propose-time 30s "停电"',)
        yield ("confirm-time 30s as=supervisor:1",)
    yield ("wait 32s",)
    yield (f"submit 1001 {price(chance)}", "start 2")
    yield ("list",)
    yield ("window",)
    yield ("unseal 305", "unseal 66", "unseal 4711 of=305")
    if chance.random() < 0.5:
        yield ('suspend "断电" as=host:1', "unseal 4711")
        yield ("resume as=host:1",)
    yield ("trouble 90210 key", "unseal 4711", 'object 305 "请说明"')
    yield ("wait 65s",)
    yield ('reply 1 "已记录"', "unseal 90210")
    if ceiling:
        yield (f"ceiling 1 {price(chance)}", *(["ceiling 2 900000"] if two else []))
    if remedy:
        yield ("remedy",)
        yield ("answer 1 90210 half=remedy", "answer 2 90210 half=remedy lie=90210", "answer 3 90210 half=remedy")
    elif chance.random() < 0.5:
        yield ("evidence 90210",)
        yield ('lapse 90210 bidder "未解密"',)
    else:
        yield ("evidence 90210 stored=lost",)
        yield ('lapse 90210 platform "系统存储损坏" stored=lost',)
    yield tuple(f"answer {trustee} {' '.join(map(str, BIDDERS))}" for trustee in (2, 3))
    yield tuple(f"open-sheet {number}" for number in (305, 4711, *([90210] if remedy else []), *([] if made else [66])))
    if made == "content":
        yield ("unreadable 66",)
    if drawn:
        yield ("draw 1",)
    yield ("read-out",)
    yield ("confirm 305", "confirm 4711")
    yield ("open-signing",)
    yield ("sign-record",)
    yield ("sign-record as=supervisor:1",)
    yield ("end",)
    yield ("unseal 305",)


def price(chance: random.Random) -> int:
    """In yuan."""
    return 1_000_000 + 1000 * chance.randint(0, 400)


@cache
def opening_sale(seed: int) -> Journal:
    """The opening of ``seed``."""

    async def held() -> MemoryJournal:
        journal = MemoryJournal(IDENTITY)
        speaker, state, known = Speaker(), None, 0
        async with at_work(journal) as desk:
            for scene in script(seed):
                await trio.sleep(1)
                if speaker.table is not None:
                    assert isinstance(state, Opening)
                    speaker.table.seen(state, Nanoseconds(NOON + round(trio.current_time() * SECOND)))
                for line in scene:
                    if line.startswith("wait "):
                        await trio.sleep(float(line.removeprefix("wait ").removesuffix("s")))
                    elif content := speaker.meant(line):
                        desk.hand_in(content, None)
                await trio.testing.wait_all_tasks_blocked()
                for record in desk.follower.records[known:]:
                    for event in () if isinstance(record.outcome, Refusal) else record.outcome:
                        state = apply(state, event)
                known = len(desk.follower.records)
        return journal

    return Journal.of(trio.run(held, clock=trio.testing.MockClock(autojump_threshold=0)).history())
