"""P21: who cannot unseal loses nothing where the tender announced the remedy, and a trustee who lies is named. One opening a seed."""

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

from engine.domain.opening import commands as to
from engine.domain.opening.commands import GivenAnswer, Half
from engine.domain.opening.events import AnswerRejected
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.domain.units import PaddleNo
from engine.sealing.halves import HALL, REMEDY
from engine.sealing.manifest import read_manifest
from engine.sealing.shares import write_answer
from engine.sealing.suites import SUITES
from engine.sealing.trustees import Share
from tests.domain.opening.house import House, code, priced, sheet, tender_of
from tests.sealing.scene import BOTH

BIDDERS: Final = (305, 4711, 90210, 66)
AMOUNTS: Final = (1_150_000, 1_200_000, 1_310_000)
"""Sealing takes some milliseconds: the same envelopes come to many openings."""

TRUSTEES: Final = (1, 2, 3)
WHAT: Final = {Half.HALL: HALL, Half.REMEDY: REMEDY}


@cache
def answer_of(suite: str, trustee: int, manifest: str, half: Half) -> str:
    tender = tender_of(SUITES[suite])
    given = tender.answers(read_manifest(manifest.encode()), WHAT[half], [trustee])
    return write_answer(tender.hall, given[0]).decode()


def _lie(house: House, trustee: int, number: int, half: Half, dice: random.Random) -> str:
    """A wrong answer in the right spelling."""
    tender, manifest = house.tender, house.sealed["1", number].manifest
    wrapped = manifest.wrap_hall if half is Half.HALL else manifest.wrap_remedy
    assert wrapped is not None
    others = [share.number for share in tender.shares if share.trustee != trustee]
    share = Share(trustee, dice.choice([*others, dice.randrange(1, tender.suite.curve.n)]))
    lie = tender.answer(share, wrapped, manifest.context.purpose(WHAT[half]))
    return write_answer(tender.hall, lie).decode()


def drawn(seed: int) -> tuple[tuple[int, ...], set[int], int | None]:
    """Who bids, who of them cannot unseal, and which trustee lies, if one does."""
    dice = random.Random(f"drawn {seed}")
    numbers = BIDDERS[: dice.choice([3, 4])]
    return numbers, set(dice.sample(numbers, dice.randint(0, len(numbers)))), dice.choice([None, *TRUSTEES])


def remedied(seed: int, counts: Counter[str]) -> Iterator[str]:
    """
    An opening in which none, some or all cannot unseal, and perhaps one trustee lies to everything; what is wrong with it.

    Args:
        seed: Of all that is drawn.
        counts: What was tried, and what came of it.

    """
    dice, suite = random.Random(seed), BOTH[seed % 2]
    numbers, failing, liar = drawn(seed)
    honest = [each for each in TRUSTEES if each != liar]
    house = House(sheet(suite, remedy=True), suite)
    house.register(*numbers)
    bids = {number: dice.choice(AMOUNTS) for number in numbers}
    for number, yuan in bids.items():
        house.submit(number, yuan)
    house.until_unsealing()
    for number in numbers:
        if number not in failing:
            house.unseal(number)
    house.until_combining()
    if failing:
        house.host(to.OrderRemedy)
    wanted = [(number, Half.HALL) for number in numbers] + [(number, Half.REMEDY) for number in sorted(failing)]
    if liar is not None:
        found = [give(house, liar, number, half, _lie(house, liar, number, half, dice)) for number, half in wanted]
        counts.update(lies=len(wanted), named=found.count((liar,)))
        if found != [(liar,)] * len(wanted):
            yield f"trustee {liar} lied, and rejected are {found}"
    for trustee in dice.sample(honest, 2):
        for number, half in wanted:
            manifest = house.sealed["1", number].manifest.write().decode()
            if give(house, trustee, number, half, answer_of(suite.name, trustee, manifest, half)) != ():
                yield f"trustee {trustee} did not lie, and is rejected"
    for number in numbers:
        house.open(number)
    said = code(house.host(to.ReadOut))
    read = {each.bidder: each for each in house.opening.live()}
    kept = {number for number in numbers if read[PaddleNo(number)].content == priced(bids[number])}
    counts.update(openings=1, bids=len(numbers), failing=len(failing), recovered=len(kept & failing))
    if said != "BidsReadOut" or kept != set(numbers):
        yield f"{said}: read out as they were sealed are {sorted(kept)} of {sorted(numbers)}"
    if {number for number, each in read.items() if each.own_by is Half.REMEDY} != failing:
        yield "trustees opened for others than those who did not unseal"


def give(house: House, trustee: int, number: int, half: Half, answer: str) -> tuple[int, ...] | None:
    """Hand in one answer: the trustees who are named as having given a wrong one; None if it was not wanted."""
    given = (GivenAnswer(bidder=PaddleNo(number), section="1", answer=answer),)
    outcome = house.ask(to.GiveAnswers, Principal(f"trustee:{trustee}"), half=half, answers=given)
    if isinstance(outcome, Refusal):
        return None
    return tuple(each.trustee for each in outcome if isinstance(each, AnswerRejected))
