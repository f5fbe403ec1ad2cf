"""What may be asked of a sale. Imperative; whether it happens is decided in ``rules.py``."""

from dataclasses import dataclass

from engine.domain.parties import Channel, Principal
from engine.domain.rulesheet import RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The sale's name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One lot as the notice lists it."""

    lot: LotNo
    plate: str
    opening_price: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every command carries."""

    command_id: str
    """Chosen by the asker's client; the same id twice gets the first answer."""

    by: Principal
    """Who asks, as the token says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceSale(Asked):
    """The centre announces a sale: catalogue and rules (拍卖公告). The first record of every journal."""

    sale: str
    title: Title
    rules: RuleSheet
    catalogue: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitPaddle(Asked):
    """A registered bidder whose deposits are in receives a paddle (竞买资格)."""

    paddle: PaddleNo
    channel: Channel
    deposits: int
    """How many deposits were paid; by the sheet each may be one right to buy. Adds to those already there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSale(Asked):
    """The auctioneer opens the sale, the rules having been read (拍卖法 49)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLot(Asked):
    """The auctioneer puts a lot on the block."""

    lot: LotNo


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceBid(Asked):
    """A bidder offers a price for the lot now on the block (应价); in the hall, through the clerk."""

    lot: LotNo
    paddle: PaddleNo

    amount: Fen
    """The whole price offered, in fen, never the step above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawBid(Asked):
    """A bidder would take a bid back. The law does not let him (拍卖法 36); the answer says so, on the record."""

    lot: LotNo
    paddle: PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWarning(Asked):
    """The auctioneer calls the price once, twice, a third time (最后三次报价提示)."""

    lot: LotNo
    call: int

    price: Fen
    """The price the auctioneer saw. Had it moved, the call would mislead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeHammer(Asked):
    """The auctioneer knocks the lot down to the leader (落槌)."""

    lot: LotNo
    price: Fen
    """The price the auctioneer saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassLot(Asked):
    """Nobody bid: the lot is passed (流拍)."""

    lot: LotNo


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendSale(Asked):
    """The auctioneer suspends the sale; the reason is published."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSale(Asked):
    """The auctioneer resumes the sale; price and leader stand, calls begin anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSale(Asked):
    """The auctioneer closes the sale: every lot is sold or passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReached(Asked):
    """The clerk reports that an instant the sale waited for has come."""

    deadline: Nanoseconds


Command = (
    AnnounceSale
    | AdmitPaddle
    | OpenSale
    | OpenLot
    | PlaceBid
    | WithdrawBid
    | CallWarning
    | StrikeHammer
    | PassLot
    | SuspendSale
    | ResumeSale
    | CloseSale
    | DeadlineReached
)
