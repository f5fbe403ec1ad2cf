"""What may be asked of a sale. Imperative; whether it happens is decided in ``rules.py``."""

from dataclasses import dataclass
from enum import StrEnum

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


class Cause(StrEnum):
    """Who or what suspended a sale."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    RESTART = "restart"
    """The engine stopped while lots were open, and cannot prove that their time was given in full."""

    CLOCK = "clock"
    """The machine's clock jumped."""

    CONNECTIONS = "connections"
    """Many bidders lost their connection at once."""

    STANDBY = "standby"
    """The second copy of the record was missing, and nothing could be acknowledged."""

    TAKEOVER = "takeover"
    """The standby was put in force in the engine's place."""

    MOVE = "move"
    """The sale goes to another engine."""


class Copies(StrEnum):
    """In how many places the record is kept, and what is acknowledged when."""

    ONE = "one"
    """In one place."""

    SYNC = "sync"
    """In two: nothing is acknowledged before it is in both."""

    ASYNC = "async"
    """In two, of which the second may be behind."""

    ALONE = "alone"
    """In one, for the second is missing: it is to be two again, of which the second may be behind."""


class VoidReason(StrEnum):
    """Why a bid is voided. Codes, so that the record names no person."""

    MISKEYED = "miskeyed"
    """The amount was entered wrongly."""

    WRONG_PADDLE = "wrong_paddle"
    """It was entered for another paddle."""

    NOT_ENTITLED = "not_entitled"
    """Whoever bid was not entitled to."""

    TECHNICAL = "technical"
    """A fault of the equipment made it."""


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
    """The auctioneer suspends the sale, or the house does by itself; the reason is published (中止)."""

    reason: str
    cause: Cause = Cause.OFFICER
    since: Nanoseconds | None = None
    """The last instant at which bidders are known to have been served, where that was earlier; only the house can know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterStop(Asked):
    """The supervisor registers a stop (监督叫停): the sale is suspended, and his reason is published."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSale(Asked):
    """The auctioneer resumes the sale; price and leader stand, calls begin anew, every window is given in full (断点续拍)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCopies(Asked):
    """The house says in how many places the record is kept from now on (双机)."""

    copies: Copies


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceProxy(Asked):
    """
    A bidder leaves a maximum up to which the house bids for him (委托最高价).

    Before the lot is open this is a commission bid. A second one for the same lot replaces the first.
    """

    lot: LotNo
    paddle: PaddleNo
    maximum: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelProxy(Asked):
    """A bidder takes back a maximum; the bids already made with it stand."""

    lot: LotNo
    paddle: PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProxies(Asked):
    """The house bids for those who left a maximum. Follows at once on what they answer."""

    lot: LotNo


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeVoid(Asked):
    """An officer asks that an accepted bid be voided (撤销出价)."""

    lot: LotNo
    no: int
    """The bid's number in the lot's book, from 1."""

    reason: VoidReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmVoid(Asked):
    """A second officer, of another role, agrees: the bid is voided and nothing is erased."""

    lot: LotNo
    no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DropVoid(Asked):
    """The bid stands after all."""

    lot: LotNo
    no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawLot(Asked):
    """The consignor takes a lot back before its start (拍卖法 29)."""

    lot: LotNo
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReofferLot(Asked):
    """A lot that was passed is to be put up again."""

    lot: LotNo
    opening_price: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReserve(Asked):
    """The consignor's reserve is given to the house (保留价). Its amount is sealed in the record."""

    lot: LotNo
    amount: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantPriority(Asked):
    """A paddle has the right of first refusal on a lot: at an equal price it prevails (优先购买权)."""

    lot: LotNo
    paddle: PaddleNo

    rank: int
    """1 comes before 2; of equal ranks the earlier bid prevails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRules(Asked):
    """A bidder accepts the rule sheet before he bids; for hall paddles the desk attests it."""

    paddle: PaddleNo
    digest: str
    """The digest of the sheet he read, 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPrice(Asked):
    """The house reports how many of the bidders present have been shown the price."""

    lot: LotNo
    price: Fen
    present: int
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignResult(Asked):
    """An officer signs the integrity report of the closed sale; when all have, its result is final."""

    report: str
    """The report's digest, 64 hexadecimal digits."""


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
    | RegisterStop
    | StateCopies
    | PlaceProxy
    | CancelProxy
    | AnswerProxies
    | ProposeVoid
    | ConfirmVoid
    | DropVoid
    | WithdrawLot
    | ReofferLot
    | SetReserve
    | GrantPriority
    | AcceptRules
    | ShowPrice
    | SignResult
)
