"""What happened, in the words of the protocol, as far as an audience may hear it. Shapes are in ``engine/wire/PROTOCOL.md``."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from engine.domain.auction import events as happened
from engine.domain.auction.events import Basis, Event
from engine.domain.auction.sight import PRICED, Audience, amounts, counts, paddles_shown, reserve_told, who
from engine.domain.auction.state import Auction, CopiesKept
from engine.domain.parties import OFFICERS, Principal, Role, bidder, role_of
from engine.domain.rulesheet import PaddleDisplay
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo

PRIVATE: Final = (happened.ProxyPlaced, happened.ProxyCancelled)
"""Heard by nobody but the bidder himself: not even by the officers."""

OFFICIAL: Final = (
    happened.PaddleAdmitted,
    happened.RulesAccepted,
    happened.PriceShown,
    happened.PriorityGranted,
    happened.VoidProposed,
    happened.VoidDropped,
)
"""Heard by the officers."""

_NOTHING: Final[frozenset[type]] = frozenset()
_UNHEARD: Final = {
    Audience.PUBLIC: frozenset((*PRIVATE, *OFFICIAL)),
    Audience.BIDDER: frozenset((*PRIVATE, *OFFICIAL)),
    Audience.ROSTRUM: frozenset(PRIVATE),
}
"""What an audience hears nothing of."""

_BIDS: Final = (happened.BidPlaced, happened.BidVoided)


def told(auction: Auction, events: Iterable[Event], audience: Audience) -> list[dict[str, Any]]:
    """What happened, as far as ``audience`` may hear it."""
    teller = _Teller(auction, audience)
    return [said for event in events if (said := teller.tell(event)) is not None]


def answered(auction: Auction, events: Iterable[Event], by: Principal) -> list[dict[str, Any]]:
    """
    What the asker himself hears of what he brought about; the same at any time.

    His own acts in full; of others no more than bidders saw while it happened.
    """
    role = role_of(by)
    if role in OFFICERS or role == Role.HOUSE:
        return told(auction, events, Audience.ROSTRUM)
    teller = _Teller(auction, Audience.BIDDER, own=by)
    return [said for event in events if (said := teller.tell(event)) is not None]


def disclosed(auction: Auction, events: Iterable[Event]) -> bool:
    """Whether everybody may have the very bytes of this outcome: nothing in it is masked, hidden or private."""
    named = paddles_shown(auction)
    return all(_open(auction, event) and (named or not hasattr(event, "paddle")) for event in events)


def _open(auction: Auction, event: Event) -> bool:
    if isinstance(event, (*PRIVATE, *OFFICIAL, happened.ReserveSet)):
        return False
    number = getattr(event, "lot", None)
    lot = None if number is None else auction.lots[number]
    if lot is not None and amounts(auction, lot, Audience.PUBLIC) not in PRICED:
        return False
    if lot is not None and not counts(auction, lot, Audience.PUBLIC):
        return False  # The numbers of bids would tell how many there are.
    return not (isinstance(event, happened.BidPlaced) and _tells_reserve(auction, event, Audience.PUBLIC))


def _tells_reserve(auction: Auction, event: happened.BidPlaced, audience: Audience) -> bool:
    """Whether the basis of the bid says that the reserve is met, and ``audience`` may not know."""
    return event.basis is Basis.RESERVE and not reserve_told(auction, auction.lots[event.lot], audience)


class _Teller:
    """Tells events to one audience, or to one bidder what is his own."""

    def __init__(self, auction: Auction, audience: Audience, own: Principal | None = None) -> None:
        self._auction, self._audience, self._own = auction, audience, own
        self._unheard = _NOTHING if own is not None else _UNHEARD[audience]

    def tell(self, event: Event) -> dict[str, Any] | None:
        """What it hears of the event, if anything: the last bid is the leader's, so one whose price is hidden is not told."""
        kind = type(event)
        if kind in self._unheard:
            return None
        if not isinstance(event, _BIDS):
            return {"type": kind.__name__, **_TELL[kind](self, event)}
        amount = self.amount(event.lot, event.paddle, event.amount)
        return None if amount is None else self.bid(event, amount)

    def who(self, paddle: PaddleNo) -> dict[str, Any]:
        if self._own is None:
            return who(self._auction, paddle, self._audience)
        shown = self._own == bidder(paddle) or self._auction.rules.paddles is PaddleDisplay.SHOWN
        return {"paddle": paddle} if shown else {"alias": self._auction.aliases[paddle]}

    def amount(self, lot: LotNo, paddle: PaddleNo | None, fen: Fen) -> Fen | None:
        """The amount, or None where it is hidden."""
        if self._own is not None and paddle is not None and self._own == bidder(paddle):
            return fen
        sees = amounts(self._auction, self._auction.lots[lot], self._audience, ever=self._own is not None)
        return fen if sees in PRICED else None

    def number(self, lot: LotNo, no: int) -> int | None:
        """A bid's number, or None where it would tell how many there are."""
        auction = self._auction
        if self._own is not None:
            return no if auction.rules.visibility.counts_bidders else None
        return no if counts(auction, auction.lots[lot], self._audience) else None

    def bid(self, event: happened.BidPlaced | happened.BidVoided, amount: Fen) -> dict[str, Any]:
        said: dict[str, Any] = {
            "type": type(event).__name__,
            "lot": event.lot,
            "no": self.number(event.lot, event.no),
            "amount_fen": amount,
            "who": self.who(event.paddle),
        }
        if isinstance(event, happened.BidVoided):
            said["reason"] = event.reason
        else:
            said["channel"] = event.channel
            said["basis"] = Basis.PROXY if _tells_reserve(self._auction, event, self._audience) else event.basis
        said["at_us"] = us(event.at)
        return said

    def hammer(self, event: happened.HammerFell) -> dict[str, Any]:
        price = self.amount(event.lot, event.paddle, event.price)
        return {
            "lot": event.lot,
            "plate": self._auction.lots[event.lot].plate,
            "price_fen": price,
            "who": None if price is None else self.who(event.paddle),
            "channel": event.channel,
            "at_us": us(event.at),
        }

    def call(self, event: happened.WarningCalled) -> dict[str, Any]:
        return {"lot": event.lot, "call": event.call, "price_fen": self.amount(event.lot, None, event.price)}

    def lot(self, event: Any) -> dict[str, Any]:
        return {"lot": event.lot, "plate": self._auction.lots[event.lot].plate}

    def proxy(self, event: happened.ProxyPlaced) -> dict[str, Any]:
        return {"lot": event.lot, "paddle": event.paddle, "maximum_fen": event.maximum, "at_us": us(event.at)}


def us(at: Nanoseconds | None) -> int | None:
    """An instant in the microseconds of the protocol."""
    return None if at is None else at // 1000


def copies(kept: CopiesKept) -> dict[str, Any]:
    """In how many places the record of a sale of any kind is kept, and since when: a part of its picture."""
    return {"copies": kept.copies, "since_us": us(kept.at)}


_TELL: Final[dict[type, Callable[[_Teller, Any], dict[str, Any]]]] = {
    happened.SaleAnnounced: lambda _, event: {"sale": event.sale},
    happened.PaddleAdmitted: lambda _, event: {
        "paddle": event.paddle,
        "channel": event.channel,
        "deposits": event.deposits,
    },
    happened.RulesAccepted: lambda _, event: {"paddle": event.paddle},
    happened.SaleOpened: lambda _, event: {"at_us": us(event.at)},
    happened.LotOpened: lambda teller, event: {**teller.lot(event), "closes_at_us": us(event.closes_at)},
    happened.WarningCalled: _Teller.call,
    happened.WarningCancelled: lambda _, event: {"lot": event.lot},
    happened.HammerFell: _Teller.hammer,
    happened.LotPassed: lambda teller, event: {**teller.lot(event), "reserve_unmet": event.reserve_unmet},
    happened.SaleSuspended: lambda _, event: {"reason": event.reason, "cause": event.cause, "at_us": us(event.at)},
    happened.SaleResumed: lambda _, event: {"at_us": us(event.at)},
    happened.SaleClosed: lambda _, event: {"at_us": us(event.at)},
    happened.StopRegistered: lambda _, event: {"reason": event.reason, "at_us": us(event.at)},
    happened.CopiesStated: lambda _, event: {"copies": event.copies, "at_us": us(event.at)},
    happened.BiddingExtended: lambda _, event: {
        "lot": event.lot,
        "closes_at_us": us(event.closes_at),
        "why": event.why,
    },
    happened.BiddingClosed: lambda _, event: {"lot": event.lot, "closes_at_us": us(event.closes_at)},
    happened.ProxyPlaced: _Teller.proxy,
    happened.ProxyCancelled: lambda _, event: {"lot": event.lot, "paddle": event.paddle},
    happened.VoidProposed: lambda _, event: {
        "lot": event.lot,
        "no": event.no,
        "reason": event.reason,
        "by": event.by,
    },
    happened.VoidDropped: lambda _, event: {"lot": event.lot, "no": event.no},
    happened.LotWithdrawn: lambda teller, event: {**teller.lot(event), "reason": event.reason},
    happened.LotReoffered: lambda teller, event: {
        **teller.lot(event),
        "opening_fen": event.opening_price,
        "round": event.round,
    },
    happened.ReserveSet: lambda _, event: {"lot": event.lot},
    happened.PriorityGranted: lambda _, event: {
        "lot": event.lot,
        "paddle": event.paddle,
        "rank": event.rank,
    },
    happened.PriceShown: lambda _, event: {
        "lot": event.lot,
        "price_fen": event.price,
        "present": event.present,
        "shown": event.shown,
    },
    happened.ResultSigned: lambda _, event: {"role": event.role, "report": event.report, "at_us": us(event.at)},
    happened.ResultConfirmed: lambda _, event: {"report": event.report, "at_us": us(event.at)},
}

_NOBODY: Final[Any] = None

COMMON: Final = (
    happened.RulesAccepted,
    happened.SaleOpened,
    happened.SaleSuspended,
    happened.SaleResumed,
    happened.SaleClosed,
    happened.StopRegistered,
    happened.CopiesStated,
    happened.ResultSigned,
    happened.ResultConfirmed,
)
"""What happens in sales of every kind, and is told alike."""


def common(kind: type) -> Callable[[Any], dict[str, Any]]:
    """How an event of ``kind``, one of :data:`COMMON`, is told."""
    tell = _TELL[kind]
    return lambda event: tell(_NOBODY, event)
