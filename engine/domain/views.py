"""What is seen of a sale of any kind: each kind's ``views.py`` says who may see what, and when."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any, Final

from engine.domain.auction import views as of_auctions
from engine.domain.auction.sight import Audience
from engine.domain.auction.state import Auction, SalePhase
from engine.domain.opening import views as of_openings
from engine.domain.opening.state import Opening
from engine.domain.opening.unsealing import trustee_of
from engine.domain.parties import Principal, Role, role_of
from engine.domain.proceeding import Event, State
from engine.domain.quota import views as of_quotas
from engine.domain.quota.state import QuotaSale
from engine.domain.units import Nanoseconds, PaddleNo

__all__ = [
    "Audience",
    "alike",
    "all_concerned",
    "answered",
    "board",
    "changed",
    "concerned",
    "disclosed",
    "ended_at",
    "kind",
    "mine",
    "overview",
    "parts",
    "picture",
    "present",
    "told",
    "touched",
    "veiled",
    "wanted",
]

Part = dict[str, Any]
Parts = dict[str, Any]

_VIEWS: Final[dict[type, ModuleType]] = {Auction: of_auctions, QuotaSale: of_quotas, Opening: of_openings}
_KINDS: Final[dict[type, str]] = {Auction: "auction", QuotaSale: "quota", Opening: "opening"}


def kind(state: State) -> str:
    """What kind of sale it is, for programs."""
    return _KINDS[type(state)]


def picture(state: State, audience: Audience) -> Parts:
    """Everything ``audience`` may see of the sale as it stands."""
    made: Parts = _VIEWS[type(state)].picture(state, audience)
    return made


def overview(state: State) -> Parts:
    """The parts that say what sale this is, and under which rules: ``sale``, and ``rules``, ``conditions`` or ``tender``."""
    made: Parts = _VIEWS[type(state)].overview(state)
    return made


def board(state: State) -> Parts:
    """Of the public's picture the parts that the day's board is made from."""
    made: Parts = _VIEWS[type(state)].board(state)
    return made


def changed(state: State, events: Iterable[Event], audience: Audience) -> Parts:
    """The parts that ``events``, already applied, made different for ``audience``, each whole."""
    made: Parts = _VIEWS[type(state)].changed(state, events, audience)
    return made


def told(state: State, events: Iterable[Event], audience: Audience) -> list[Part]:
    """What happened, as far as ``audience`` may hear it."""
    heard: list[Part] = _VIEWS[type(state)].told(state, events, audience)
    return heard


def answered(state: State, events: Iterable[Event], by: Principal) -> list[Part]:
    """What the asker himself hears of what he brought about; the same at any time."""
    heard: list[Part] = _VIEWS[type(state)].answered(state, events, by)
    return heard


def disclosed(state: State, events: Iterable[Event]) -> bool:
    """Whether everybody may have the very bytes of this outcome."""
    return bool(_VIEWS[type(state)].disclosed(state, events))


def mine(state: State, paddle: PaddleNo) -> Part | None:
    """What the holder of ``paddle`` sees and nobody else; None if it is not admitted."""
    made: Part | None = _VIEWS[type(state)].mine(state, paddle)
    return made


def concerned(state: State, events: Iterable[Event]) -> set[PaddleNo]:
    """The paddles whose private part ``events``, already applied, made different; see also :func:`all_concerned`."""
    paddles: set[PaddleNo] = _VIEWS[type(state)].concerned(state, events)
    return paddles


def all_concerned(state: State, events: Iterable[Event]) -> bool:
    """Whether ``events`` made the private part of every bidder different."""
    return not isinstance(state, Auction) and bool(_VIEWS[type(state)].all_concerned(events))


def alike(state: State) -> bool:
    """Whether bidders see what the public sees, so that one frame serves both."""
    return isinstance(state, QuotaSale) or bool(_VIEWS[type(state)].alike(state))


def ended_at(state: State) -> Nanoseconds | None:
    """When the last lot or round of a sale that is over ended, or its bids were read out; None while it is not over."""
    if state.phase is not SalePhase.CLOSED:
        return None
    if isinstance(state, Auction):
        return max((lot.ended_at for lot in state.lots.values() if lot.ended_at is not None), default=None)
    return state.ends_at if isinstance(state, QuotaSale) else state.read_out_at or state.started_at


def veiled(state: State | None) -> bool:
    """
    Whether the record itself is kept from everybody for now: how many records there are, and when each came.

    What is for all to know is then told without its place, and receipts are given without theirs.
    """
    return isinstance(state, Opening) and of_openings.veiled(state)


def present(state: State, paddles: Iterable[PaddleNo]) -> list[PaddleNo]:
    """Those of ``paddles``, who are connected, of whom officers are told."""
    return of_openings.present(state, paddles) if isinstance(state, Opening) else list(paddles)


def wanted(state: State, by: Principal) -> list[Part] | None:
    """What ``by`` is to answer for as a trustee; None where there are none, or ``by`` is none."""
    if not isinstance(state, Opening) or role_of(by) != Role.TRUSTEE:
        return None
    return of_openings.wanted(state, trustee_of(by))


def touched(state: QuotaSale, events: Iterable[Event], audience: Audience) -> list[str]:
    """The names of the parts of a paced sale that ``events``, already applied, made different for ``audience``."""
    return of_quotas.touched(state, events, audience)  # type: ignore[arg-type]


def parts(state: QuotaSale, names: Iterable[str], audience: Audience) -> Parts:
    """Those of the parts called ``names`` that ``audience`` is shown, as they stand."""
    return of_quotas.parts(state, names, audience)
