"""One sale's rules as data. Whoever bids has accepted this sheet, and its digest stands on every receipt."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from engine.domain.canonical import digest
from engine.domain.units import FEN_MAX, Fen, Nanoseconds

ARTICLES = "luochui-auction-2"
"""The edition of ``RULES.md`` that explains a sheet."""

CALLS_MAX: Final = 9
REOFFERS_MAX: Final = 9
PERCENT: Final = 100
SECOND: Final = 1_000_000_000
SPAN_MAX: Final = Nanoseconds(31 * 24 * 3600 * SECOND)
"""No period, window or wait of a sheet is longer than a month."""


class InvalidRuleSheet(ValueError):
    """
    The data are no rule sheet.

    Attributes:
        field: The field at fault, as in the sheet.
        wanted: What would be right.

    """

    def __init__(self, field: str, wanted: str) -> None:
        super().__init__(f"{field}: {wanted}")
        self.field, self.wanted = field, wanted


class Mode(StrEnum):
    """How a lot ends."""

    ROSTRUM = "rostrum"
    """By the auctioneer's hammer, after the calls; no clock decides (拍卖法 51)."""

    TIMED = "timed"
    """By the clock: a free period, then a window that bids renew (限时竞价)."""


class PaddleDisplay(StrEnum):
    """What the public and other bidders see of a paddle."""

    SHOWN = "shown"
    MASKED_UNTIL_CLOSED = "masked_until_closed"
    MASKED = "masked"


class Sees(StrEnum):
    """What somebody sees of the amounts bid for a lot, while they are not open to all."""

    ALL = "all"
    LEADING = "leading"
    """The leading price and what may follow it; no earlier bid."""

    OWN = "own"
    """His own bids, and whether he leads."""

    RANK = "rank"
    """As ``OWN``, and his place among those who bid."""

    NONE = "none"
    """Nothing but the answers to what he asked."""


class Lifted(StrEnum):
    """When what :class:`Visibility` hides is open to all."""

    LOT_END = "lot_end"
    SALE_END = "sale_end"
    NEVER = "never"


class ResumeFor(StrEnum):
    """Who may go on bidding for a lot whose bidding was interrupted (断点续拍)."""

    ALL = "all"
    WHO_HAD_BID = "who_had_bid"
    """Those with a valid bid for it, if there are any."""


class DepositRule(StrEnum):
    """What one deposit buys."""

    ONE_LOT = "one_lot"
    """One deposit, one right: it is used up by one lot won (一证一号)."""

    WHOLE_SALE = "whole_sale"
    """One deposit admits to every lot of the sale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncrementBand:
    """From this price on, the next bid rises by at least this step (加价幅度)."""

    from_price: Fen
    step: Fen


class Advance(StrEnum):
    """How the lots of a timed sale are opened."""

    BY_HAND = "by_hand"
    """One at a time, by the auctioneer."""

    ONE_AFTER_ANOTHER = "one_after_another"
    """One at a time, each by itself a pause after the one before has ended."""

    TOGETHER = "together"
    """All at once, when the sale opens."""


class ExtensionKind(StrEnum):
    """How a late bid moves the end of a lot (延时规则)."""

    NONE = "none"
    """It does not."""

    RESET = "reset"
    """A bid within the last ``within`` gives the full span ``by`` from its arrival."""

    TOP_UP = "top_up"
    """After any bid at least ``by`` is left."""

    ADD = "add"
    """A bid within the last ``within`` adds ``by`` to the end."""

    SHRINKING = "shrinking"
    """One timer over all open lots: each renewal gives ``by``, less ``shrink`` for each one before, at least ``least``."""

    PRICE_WINDOW = "price_window"
    """The end stands; within the last ``within`` no bid may exceed the leading price by more than ``reach``."""


_MOVING: Final = frozenset({ExtensionKind.RESET, ExtensionKind.TOP_UP, ExtensionKind.ADD, ExtensionKind.SHRINKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """One way in which accepted bids move the end of a lot. Refused ones never do."""

    kind: ExtensionKind = ExtensionKind.RESET
    within: Nanoseconds = Nanoseconds(0)
    by: Nanoseconds = Nanoseconds(0)

    cap: Nanoseconds | None = None
    """How far the end may move beyond the first one, in all."""

    count_max: int | None = None
    """How often it may move."""

    top_k: int | None = None
    """It moves only if the first so many places are others than before."""

    shrink: Nanoseconds = Nanoseconds(0)
    least: Nanoseconds = Nanoseconds(0)
    reach: Fen | None = None

    @property
    def moves(self) -> bool:
        """Whether bids can move the end at all."""
        return self.kind in _MOVING

    def __post_init__(self) -> None:
        """Refuse an extension that could do nothing of what its kind says."""
        spans = (self.within, self.by, self.shrink, self.least, self.cap or 0)
        if any(not 0 <= span <= SPAN_MAX for span in spans):
            raise InvalidRuleSheet("timed.extension", "spans from 0 to 31 days")
        if self.moves and self.by <= 0:
            raise InvalidRuleSheet("timed.extension.by_s", "above 0 for an extension that moves the end")
        if self.kind in {ExtensionKind.RESET, ExtensionKind.ADD, ExtensionKind.PRICE_WINDOW} and self.within <= 0:
            raise InvalidRuleSheet("timed.extension.within_s", "above 0: how late a bid must come")
        if self.kind is ExtensionKind.SHRINKING and not 0 < self.least <= self.by:
            raise InvalidRuleSheet("timed.extension.least_s", "above 0 and at most by_s")
        if (self.kind is ExtensionKind.PRICE_WINDOW) != (self.reach is not None):
            raise InvalidRuleSheet("timed.extension.reach_yuan", "given for a price window, and for nothing else")
        if self.reach is not None and not 0 < self.reach <= FEN_MAX:
            raise InvalidRuleSheet("timed.extension.reach_yuan", "above 0")
        if any(bound is not None and bound < 1 for bound in (self.count_max, self.top_k)):
            raise InvalidRuleSheet("timed.extension", "count_max and top_k are at least 1")
        if (self.top_k or self.count_max or self.cap) and not self.moves:
            raise InvalidRuleSheet("timed.extension", "cap_s, count_max and top_k bound an end that moves")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedRules:
    """When the lots of a timed sale begin and end."""

    free: Nanoseconds
    """The free period (自由竞价期), from the opening of a lot."""

    window: Nanoseconds
    """The window that follows (限时竞价期). The lot ends when it has passed; after an interruption it is given in full."""

    extension: Extension

    grace: Nanoseconds = Nanoseconds(300_000_000)
    """So long after the end its announcement waits for bids that reached the house in time and are still on their way to the clerk."""

    advance: Advance = Advance.BY_HAND
    pause: Nanoseconds = Nanoseconds(30 * SECOND)
    """Between lots that open by themselves."""

    def __post_init__(self) -> None:
        """Refuse times by which no lot could be sold."""
        if not 0 <= self.free <= SPAN_MAX:
            raise InvalidRuleSheet("timed.free_s", "from 0 to 31 days")
        if not 0 < self.window <= SPAN_MAX:
            raise InvalidRuleSheet("timed.window_s", "above 0, at most 31 days")
        if not 0 < self.grace <= 60 * SECOND:
            raise InvalidRuleSheet("timed.grace_ms", "above 0, at most a minute")
        if not SECOND <= self.pause <= SPAN_MAX:
            raise InvalidRuleSheet("timed.pause_s", "at least a second, at most 31 days")
        if self.extension.kind is ExtensionKind.SHRINKING and self.advance is not Advance.TOGETHER:
            raise InvalidRuleSheet("timed.advance", "together, for one timer over all lots")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """Who sees what of the bids while they are not open to all. The officers of the sale see them all."""

    amounts_public: Sees = Sees.ALL
    amounts_bidders: Sees = Sees.ALL
    counts_public: bool = True
    """Whether the public sees how many bids there are."""

    counts_bidders: bool = True
    lifted: Lifted = Lifted.LOT_END

    def __post_init__(self) -> None:
        """Refuse what would make the public know more than the bidders, or know what it cannot have."""
        if self.amounts_public in {Sees.OWN, Sees.RANK}:
            raise InvalidRuleSheet(
                "visibility.amounts_public", "all, leading or none: the public has no bids of its own"
            )
        if _OPENNESS[self.amounts_public] > _OPENNESS[self.amounts_bidders]:
            raise InvalidRuleSheet("visibility.amounts_public", "no more than the bidders see")


_OPENNESS: Final = {Sees.NONE: 0, Sees.OWN: 1, Sees.RANK: 1, Sees.LEADING: 2, Sees.ALL: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSheet:
    """The conditions of one sale (竞价规则)."""

    increments: tuple[IncrementBand, ...]
    """By price band, ascending; the first band begins at 0."""

    mode: Mode = Mode.ROSTRUM

    calls: int = 3
    """How often the auctioneer calls before the hammer (最后三次报价提示)."""

    deposit: DepositRule = DepositRule.ONE_LOT
    paddles: PaddleDisplay = PaddleDisplay.SHOWN

    opens_at: Nanoseconds | None = None
    """The sale opens by itself at this instant; if None, the auctioneer opens it."""

    timed: TimedRules | None = None
    """In a timed sale; None in any other."""

    dwell: Nanoseconds = Nanoseconds(0)
    """At least so long after the last price the hammer waits."""

    delivery_percent: int = 0
    """The hammer waits until so many of the bidders present have been shown the price; 0 asks for none."""

    visibility: Visibility = Visibility()

    sign_off: bool = False
    """Whether each bidder accepts this very sheet before his first bid (竞价规则确认)."""

    proxies: bool = False
    """Whether a bidder may leave a maximum up to which the house bids for him (委托最高价)."""

    reserve_shown: bool = True
    """Whether everybody is told that a reserve is met or not met. Its amount is told to nobody."""

    reoffers_max: int = 0
    """How often a lot that was passed may be put up again in the same sale."""

    reoffer_lower_percent: int = 0
    """How much lower its opening price may then be."""

    resume_for: ResumeFor = ResumeFor.ALL

    mass_loss_percent: int = 0
    """The sale is suspended when so many of the bidders present lose their connection at once; 0 never."""

    articles: str = ARTICLES

    def __post_init__(self) -> None:
        """Refuse a sheet by which no sale could be held."""
        if not self.increments or self.increments[0].from_price != 0:
            raise InvalidRuleSheet("increments", "the first band must begin at 0")
        if any(low.from_price >= high.from_price for low, high in pairwise(self.increments)):
            raise InvalidRuleSheet("increments", "bands must be in ascending order of price, none twice")
        if any(not 0 < band.step <= FEN_MAX for band in self.increments):
            raise InvalidRuleSheet("increments", "every step must be above 0")
        if not 1 <= self.calls <= CALLS_MAX:
            raise InvalidRuleSheet("calls", f"a whole number from 1 to {CALLS_MAX}")
        if (self.mode is Mode.TIMED) != (self.timed is not None):
            raise InvalidRuleSheet("timed", "given for a timed sale, and for no other")
        bounded = self.timed is not None and self.timed.extension.reach is not None
        if bounded and self.visibility.amounts_bidders not in {Sees.ALL, Sees.LEADING}:
            raise InvalidRuleSheet(
                "visibility.amounts_bidders", "all or leading, where a price window bounds bids by the price"
            )
        if not 0 <= self.dwell <= 600 * SECOND:
            raise InvalidRuleSheet("dwell_s", "from 0 to 10 minutes")
        for field, percent in (
            ("delivery_percent", self.delivery_percent),
            ("mass_loss_percent", self.mass_loss_percent),
            ("reoffer_lower_percent", self.reoffer_lower_percent),
        ):
            if not 0 <= percent <= PERCENT:
                raise InvalidRuleSheet(field, "a whole number from 0 to 100")
        if not 0 <= self.reoffers_max <= REOFFERS_MAX:
            raise InvalidRuleSheet("reoffers_max", f"a whole number from 0 to {REOFFERS_MAX}")

    @property
    def together(self) -> bool:
        """Whether all lots are open at once."""
        return self.timed is not None and self.timed.advance is Advance.TOGETHER

    def step(self, price: Fen) -> Fen:
        """The least rise above ``price``, in fen, by the band the price lies in."""
        return next(band.step for band in reversed(self.increments) if band.from_price <= price)

    def next_bid(self, leading: Fen) -> Fen:
        """
        The least amount that may follow ``leading``, in fen.

        Source: sale notice (拍卖公告), clause "加价幅度".

        """
        return Fen(leading + self.step(leading))

    def digest(self) -> str:
        """The sheet's digest, 64 hexadecimal digits, shown on every screen and in every receipt."""
        return digest(self)
