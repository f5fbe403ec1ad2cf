"""P20: what another bidder sealed is nobody else's bid. Copied envelopes, made in every way, and what becomes of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from engine.domain.opening.events import EnvelopeLapsed
from engine.domain.opening.evidence import Why
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import PaddleNo
from engine.sealing.halves import HALL, OWN, REMEDY, half_digest
from engine.sealing.suites import SUITES
from tests.domain.opening.house import House, code, priced, resigned, sealed, sheet, spelled, tender_of
from tests.sealing.scene import BOTH, Envelope, Tender, chance

COPIER, COPIED, THIRD = 77, 4711, 305


def _verbatim(_: House, made: Envelope) -> Envelope:
    return made


def _signed_anew(house: House, made: Envelope) -> Envelope:
    return resigned(house.tender, made, COPIER, signing=_certificate(house))


def _in_own_name(house: House, made: Envelope) -> Envelope:
    context = house.tender.context(str(COPIER))
    return resigned(house.tender, made, COPIER, context=context, signing=_certificate(house))


def _of_another_tender(house: House, _: Envelope) -> Envelope:
    return _elsewhere(house.suite.name)


def _of_another_section(house: House, _: Envelope) -> Envelope:
    return sealed(house.tender.context(str(COPIER), section="2"), spelled(priced(1)), remedy=True)


def _of_another_version(house: House, _: Envelope) -> Envelope:
    return sealed(house.tender.context(str(COPIER), version=2), spelled(priced(1)), remedy=True)


def _of_another_suite(house: House, _: Envelope) -> Envelope:
    other = next(each for each in BOTH if each is not house.suite)
    return sealed(tender_of(other).context(str(COPIER)), spelled(priced(1)), remedy=True)


@cache
def _elsewhere(suite: str) -> Envelope:
    tender = Tender(SUITES[suite], "HZ-2026-002")
    return tender.seal(context=tender.context(str(COPIER)), remedy=True)


REFUSED: Final[dict[str, Callable[[House, Envelope], Envelope]]] = {
    "verbatim": _verbatim,
    "signed anew": _signed_anew,
    "in one's own name": _in_own_name,
    "of another tender": _of_another_tender,
    "of another section": _of_another_section,
    "of another version": _of_another_version,
    "of another suite": _of_another_suite,
}
"""What the house does not take."""

WRAPPED_ANEW: Final = "wrapped anew"
"""The ciphertext in one's own name, with halves of one's own: it may be taken, and never opens."""

WAYS: Final = (*REFUSED, WRAPPED_ANEW)


def copied(seed: int) -> Iterator[str]:
    """Somebody hands in what another sealed; what is wrong with how that is answered."""
    way, suite = WAYS[seed % len(WAYS)], BOTH[seed // len(WAYS) % 2]
    house = House(sheet(suite, remedy=True), suite)
    house.register(COPIED, COPIER, THIRD)
    house.submit(COPIED, 1_200_000 + seed % 7)
    house.submit(THIRD, 1_150_000)
    made = house.sealed["1", COPIED]
    if way == WRAPPED_ANEW:
        yield from _never_opens(house, _wrapped_anew(house, made, seed))
        return
    said = code(house.hand_in(COPIER, REFUSED[way](house, made)))
    if said != Reason.SEAL_CONTEXT_MISMATCH or ("1", PaddleNo(COPIER)) in house.opening.envelopes:
        yield f"{way}: {said}"


def _wrapped_anew(house: House, made: Envelope, seed: int) -> Envelope:
    tender, context, draw = house.tender, house.tender.context(str(COPIER)), chance(f"copy {seed}")
    own, hall, public = draw(32), draw(32), tender.hall.public
    copy = resigned(
        tender,
        made,
        COPIER,
        context=context,
        signing=_certificate(house),
        half_own=half_digest(context, OWN, own),
        half_hall=half_digest(context, HALL, hall),
        wrap_own=tender.key(f"{COPIER} encryption").public.wrap(own, context.purpose(OWN), draw(48)),
        wrap_hall=public.wrap(hall, context.purpose(HALL), draw(48)),
        wrap_remedy=public.wrap(own, context.purpose(REMEDY), draw(48)),
    )
    copy.sealed = replace(copy.sealed, own=own)
    return copy


def _never_opens(house: House, copy: Envelope) -> Iterator[str]:
    """It lapses by its own proof; the bid it was copied from is read out."""
    said = [code(house.hand_in(COPIER, copy))]
    house.until_unsealing()
    for number in (COPIED, COPIER, THIRD):
        house.unseal(number)
    house.until_combining()
    lapsed = []
    for trustee in (1, 3):
        outcome = house.answers(trustee, COPIED, COPIER, THIRD)
        said.append(code(outcome))
        if not isinstance(outcome, Refusal):
            lapsed += [(each.bidder, each.why) for each in outcome if isinstance(each, EnvelopeLapsed)]
    if lapsed != [(COPIER, Why.COMMITMENT)]:
        yield f"{WRAPPED_ANEW}: {said}"
    if code(house.open(COPIED)) != "SheetOpened" or code(house.open(COPIER, priced(1))) != Reason.ENVELOPE_SETTLED:
        yield f"{WRAPPED_ANEW}: the copied one does not open, or the copy does"


def _certificate(house: House) -> bytes:
    """By which a manifest names the copier's."""
    return house.suite.hash(house.tender.credential(f"{COPIER} signing").der)
