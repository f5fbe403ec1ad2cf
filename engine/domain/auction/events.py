"""What can have happened in a sale. Past tense; carried into the state by ``rules.apply``."""

from dataclasses import dataclass
from enum import StrEnum

from engine.domain.auction.commands import CatalogueEntry, Cause, Copies, Title, VoidReason
from engine.domain.parties import Channel, Role
from engine.domain.rulesheet import RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo


class Basis(StrEnum):
    """By what right a bid entered the book."""

    BID = "bid"
    """Its bidder offered this price himself."""

    PROXY = "proxy"
    """The house bid for a maximum left with it."""

    HELD = "held"
    """A maximum left earlier, or with a better right, holds an equal price."""

    RESERVE = "reserve"
    """The house raised the leading maximum to the reserve, which it reaches."""

    PRIORITY = "priority"
    """The right of first refusal, at an equal price."""


class Extended(StrEnum):
    """Why the end of a lot moved."""

    BID = "bid"
    VOID = "void"
    """A bid was voided: whoever was displaced has a whole window to bid again."""

    RESUMPTION = "resumption"
    """Bidding was interrupted: the time left is given, and a whole window at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleAnnounced:
    """Catalogue and rules stand."""

    sale: str
    title: Title
    rules: RuleSheet
    catalogue: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddleAdmitted:
    """A paddle may bid, with this many deposits more."""

    paddle: PaddleNo
    channel: Channel
    deposits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleOpened:
    """Lots may be put on the block."""

    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOpened:
    """A lot takes bids."""

    lot: LotNo
    at: Nanoseconds

    closes_at: Nanoseconds | None = None
    """When it ends if nothing moves its end; None where the hammer ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidPlaced:
    """A bid was accepted and now leads the lot."""

    lot: LotNo
    paddle: PaddleNo
    amount: Fen
    channel: Channel

    at: Nanoseconds
    """When the bid reached the house: the instant the rules count."""

    no: int
    """Its number in the lot's book, from 1; voided bids keep theirs."""

    basis: Basis = Basis.BID


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningCalled:
    """The auctioneer called the price for the ``call``-th time."""

    lot: LotNo
    call: int
    price: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningCancelled:
    """A bid came after a call: the calls begin anew."""

    lot: LotNo


@dataclass(frozen=True, slots=True, kw_only=True)
class HammerFell:
    """The lot is sold to its leader (成交)."""

    lot: LotNo
    paddle: PaddleNo
    price: Fen
    channel: Channel
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPassed:
    """The lot found no buyer (流拍): nobody bid, or nobody reached the reserve."""

    lot: LotNo
    at: Nanoseconds
    reserve_unmet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleSuspended:
    """Bidding rests; the reason is public."""

    reason: str
    cause: Cause
    at: Nanoseconds

    since: Nanoseconds
    """The instant from which on bidders get their time back: ``at``, or earlier where they could not bid before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleResumed:
    """Bidding goes on where it stood."""

    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRegistered:
    """The supervisor registered a stop."""

    reason: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesStated:
    """The record is kept in so many places from now on."""

    copies: Copies
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class BiddingExtended:
    """The end of a lot moved. It never moves earlier."""

    lot: LotNo | None
    """None: of every lot that is open."""

    closes_at: Nanoseconds
    at: Nanoseconds
    why: Extended


@dataclass(frozen=True, slots=True, kw_only=True)
class BiddingClosed:
    """The clock ended a lot: what reached the house after ``closes_at`` was too late."""

    lot: LotNo
    closes_at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyPlaced:
    """The house bids for this paddle up to a maximum that nobody else is told."""

    lot: LotNo
    paddle: PaddleNo
    maximum: Fen
    channel: Channel
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyCancelled:
    """The house no longer bids for this paddle."""

    lot: LotNo
    paddle: PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidProposed:
    """An officer asked that a bid be voided; a second one is to agree."""

    lot: LotNo
    no: int
    reason: VoidReason
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidDropped:
    """A proposal to void a bid was taken back, or lapsed with the end of the lot."""

    lot: LotNo
    no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BidVoided:
    """Two officers voided a bid. It stays in the book and counts for nothing."""

    lot: LotNo
    no: int
    paddle: PaddleNo
    amount: Fen
    reason: VoidReason
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LotWithdrawn:
    """The consignor took a lot back before its start."""

    lot: LotNo
    reason: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReoffered:
    """A lot that was passed will be put up again."""

    lot: LotNo
    opening_price: Fen
    round: int
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveSet:
    """A lot has a reserve. Its amount is known to the rules and shown to nobody."""

    lot: LotNo
    amount: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityGranted:
    """A paddle has the right of first refusal on a lot."""

    lot: LotNo
    paddle: PaddleNo
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAccepted:
    """A bidder accepted the rule sheet."""

    paddle: PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceShown:
    """Enough of the bidders present had been shown the price."""

    lot: LotNo
    price: Fen
    present: int
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSigned:
    """An officer signed the integrity report."""

    role: Role
    report: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultConfirmed:
    """All who must have signed: the result is final."""

    report: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleClosed:
    """The sale is over."""

    at: Nanoseconds


Event = (
    SaleAnnounced
    | PaddleAdmitted
    | SaleOpened
    | LotOpened
    | BidPlaced
    | WarningCalled
    | WarningCancelled
    | HammerFell
    | LotPassed
    | SaleSuspended
    | SaleResumed
    | SaleClosed
    | StopRegistered
    | CopiesStated
    | BiddingExtended
    | BiddingClosed
    | ProxyPlaced
    | ProxyCancelled
    | VoidProposed
    | VoidDropped
    | BidVoided
    | LotWithdrawn
    | LotReoffered
    | ReserveSet
    | PriorityGranted
    | RulesAccepted
    | PriceShown
    | ResultSigned
    | ResultConfirmed
)
