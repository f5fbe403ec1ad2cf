"""
Every reason for which the rules say no.

The order of the members is the order of precedence: where two would apply, the earlier one is given. A code is for programs and
never changes; the sentences are for people and say what to do next. Values in ``detail`` that end in ``_fen`` are money.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.domain.units import FEN_PER_YUAN


class Retry(StrEnum):
    """Whether asking again can help, and how."""

    NEVER = "never"
    SAME_ID = "same_id"
    """Ask again with the same id: the outcome is not known yet."""

    AFTER_MS = "after_ms"
    """Ask again after ``detail.after_ms``."""

    RESYNC = "resync"
    """Take the picture that follows, then go on."""

    NEW_ID = "new_id"
    """Do better as the sentence says, and send that as a new command."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a code means for a person, in both languages, and for a program."""

    retry: Retry
    zh: str
    en: str

    def say(self, detail: dict[str, int | str]) -> tuple[str, str]:
        """The Chinese and the English sentence, with the values of ``detail`` filled in."""
        values = {key: yuan(value) if key.endswith("_fen") else value for key, value in detail.items()}
        zh, en = _INELIGIBLE.get(str(detail.get("why")), ("", ""))
        return self.zh.format(**{**values, "why": zh}), self.en.format(**{**values, "why": en})


class Reason(StrEnum):
    """Which rule refused."""

    NOT_AUTHORISED = "E_NOT_AUTHORISED"
    ALREADY_ANNOUNCED = "E_ALREADY_ANNOUNCED"
    SALE_CLOSED = "E_SALE_CLOSED"
    AUCTION_NOT_OPEN = "E_AUCTION_NOT_OPEN"
    AUCTION_PAUSED = "E_AUCTION_PAUSED"
    ALREADY_OPEN = "E_ALREADY_OPEN"
    NOT_PAUSED = "E_NOT_PAUSED"
    LOT_UNKNOWN = "E_LOT_UNKNOWN"
    LOT_NOT_OPEN = "E_LOT_NOT_OPEN"
    LOT_ENDED = "E_LOT_ENDED"
    BLOCK_TAKEN = "E_BLOCK_TAKEN"
    BID_BINDING = "E_BID_BINDING"
    NOT_ELIGIBLE = "E_NOT_ELIGIBLE"
    ALREADY_LEADING = "E_ALREADY_LEADING"
    BID_TOO_LOW = "E_BID_TOO_LOW"
    NO_BID = "E_NO_BID"
    LOT_HAS_BID = "E_LOT_HAS_BID"
    PRICE_MOVED = "E_PRICE_MOVED"
    CALLS_DONE = "E_CALLS_DONE"
    CALL_OUT_OF_ORDER = "E_CALL_OUT_OF_ORDER"
    HAMMER_TOO_SOON = "E_HAMMER_TOO_SOON"
    LOTS_REMAIN = "E_LOTS_REMAIN"
    CHANNEL_FIXED = "E_CHANNEL_FIXED"


class Ineligible(StrEnum):
    """Why a paddle may not bid; the class only, for others might listen."""

    NOT_ADMITTED = "not_admitted"
    RIGHTS_USED = "rights_used"
    OTHER_CHANNEL = "other_channel"


_INELIGIBLE: Final[dict[str, tuple[str, str]]] = {
    Ineligible.NOT_ADMITTED: ("未登记", "not admitted"),
    Ineligible.RIGHTS_USED: ("保证金对应的名额已用完", "its deposits are used up"),
    Ineligible.OTHER_CHANNEL: ("登记的是另一种竞价方式", "it is registered for the other channel"),
}

WORDING: dict[Reason, Wording] = {
    Reason.NOT_AUTHORISED: Wording(
        Retry.NEVER, "您的身份不能进行此项操作。", "Your role may not do this; it is for others in the room."
    ),
    Reason.ALREADY_ANNOUNCED: Wording(Retry.NEVER, "本场拍卖会已公告。", "This sale has been announced already."),
    Reason.SALE_CLOSED: Wording(Retry.NEVER, "拍卖会已结束。", "The sale is over."),
    Reason.AUCTION_NOT_OPEN: Wording(
        Retry.AFTER_MS,
        "拍卖会尚未开始，请等待拍卖师宣布开始。",
        "The sale is not open yet; wait for the auctioneer to open it.",
    ),
    Reason.AUCTION_PAUSED: Wording(
        Retry.AFTER_MS,
        "拍卖会已中止，请等待恢复；当前有效价不变。",
        "The sale is suspended; wait until it resumes. The price stands.",
    ),
    Reason.ALREADY_OPEN: Wording(Retry.NEVER, "拍卖会已经开始。", "The sale is open already."),
    Reason.NOT_PAUSED: Wording(
        Retry.NEVER, "拍卖会未中止，无需恢复。", "The sale is not suspended; there is nothing to resume."
    ),
    Reason.LOT_UNKNOWN: Wording(Retry.NEVER, "没有 {lot} 号标的。", "There is no lot {lot} in this sale."),
    Reason.LOT_NOT_OPEN: Wording(
        Retry.NEW_ID, "{lot} 号标的不在竞价中。", "Lot {lot} is not on the block; bid for the lot that is."
    ),
    Reason.LOT_ENDED: Wording(
        Retry.NEVER, "{lot} 号标的已成交或流拍。", "Lot {lot} has been sold or passed and cannot be put up again."
    ),
    Reason.BLOCK_TAKEN: Wording(
        Retry.NEW_ID,
        "{lot} 号标的正在竞价，请先落槌或流拍。",
        "Lot {lot} is on the block; strike the hammer or pass it first.",
    ),
    Reason.BID_BINDING: Wording(
        Retry.NEVER,
        "应价一经作出不得撤回（《拍卖法》第三十六条）；有更高应价时自动失效。",
        "A bid once made cannot be withdrawn (Auction Law, art. 36); it lapses when a higher bid is made.",
    ),
    Reason.NOT_ELIGIBLE: Wording(
        Retry.NEVER,
        "该号牌不具备本次竞价资格（{why}），请联系受理区。",
        "This paddle may not bid now ({why}); please ask at the registration desk.",
    ),
    Reason.ALREADY_LEADING: Wording(
        Retry.NEVER,
        "您已是当前最高应价者，无需再出价。",
        "You already hold the highest bid; there is no need to bid again.",
    ),
    Reason.BID_TOO_LOW: Wording(
        Retry.NEW_ID,
        "无效价格：至少出价 {least_fen}，并按 {step_fen} 的整数倍递增；您可以出价 {next_fen}。",
        "Not a valid price: at least {least_fen}, rising in whole steps of {step_fen}. You can bid {next_fen}.",
    ),
    Reason.NO_BID: Wording(
        Retry.NEVER, "{lot} 号标的尚无应价，只能流拍。", "Lot {lot} has no bid; it can only be passed."
    ),
    Reason.LOT_HAS_BID: Wording(
        Retry.NEVER, "{lot} 号标的已有应价，不能流拍。", "Lot {lot} has a bid and cannot be passed."
    ),
    Reason.PRICE_MOVED: Wording(
        Retry.NEW_ID, "价格已变为 {price_fen}，请按新价格操作。", "The price is now {price_fen}; act on that price."
    ),
    Reason.CALLS_DONE: Wording(
        Retry.NEVER, "已报价 {calls} 次，可以落槌。", "All {calls} calls have been made; the hammer may fall."
    ),
    Reason.CALL_OUT_OF_ORDER: Wording(Retry.NEW_ID, "现在应报第 {due} 次。", "The call now due is number {due}."),
    Reason.HAMMER_TOO_SOON: Wording(
        Retry.NEW_ID,
        "还须报价 {due} 次方可落槌。",
        "The hammer may fall only after {due} more call(s).",
    ),
    Reason.LOTS_REMAIN: Wording(
        Retry.NEW_ID, "尚有 {lots} 个标的未拍，不能结束。", "{lots} lot(s) remain; the sale cannot be closed yet."
    ),
    Reason.CHANNEL_FIXED: Wording(
        Retry.NEVER,
        "{paddle} 号牌已登记为另一种竞价方式，不能更改。",
        "Paddle {paddle} is registered for the other channel, which cannot change during a sale.",
    ),
}


class Refusal(Exception):
    """
    Raised by ``decide`` when the rules do not allow a command.

    Attributes:
        reason: The rule that refused.
        detail: Values a person needs to do better next time, by field name.

    """

    def __init__(self, reason: Reason, **detail: int | str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def yuan(fen: int | str) -> str:
    """An amount of fen as people read it: ``¥10,500``, with decimals only where there are any."""
    whole, rest = divmod(int(fen), FEN_PER_YUAN)
    return f"¥{whole:,}.{rest:02}" if rest else f"¥{whole:,}"
