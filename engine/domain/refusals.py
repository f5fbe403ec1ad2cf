"""
Every reason for which the rules say no.

The order of the members is the order of precedence: where two would apply, the earlier one is given. A code is for programs and
never changes; the sentences are for people and say what to do next. Values in ``detail`` that end in ``_fen`` are money, those in
``_us`` instants.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.domain.opening.sentences import SENTENCES as OF_OPENINGS
from engine.domain.opening.stage import WORDS as STAGES
from engine.domain.units import FEN_PER_YUAN, Nanoseconds, time_of_day


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
        values = {key: _worded(key, value) for key, value in detail.items()}
        zh, en = _WHY.get(str(detail.get("why")), ("", ""))
        return self.zh.format(**{**values, "why": zh}), self.en.format(**{**values, "why": en})


class Reason(StrEnum):
    """Which rule refused."""

    NOT_AUTHORISED = "E_NOT_AUTHORISED"
    OTHER_KIND = "E_OTHER_KIND"
    ALREADY_ANNOUNCED = "E_ALREADY_ANNOUNCED"
    SALE_CLOSED = "E_SALE_CLOSED"
    SALE_NOT_CLOSED = "E_SALE_NOT_CLOSED"
    ALREADY_SIGNED = "E_ALREADY_SIGNED"
    REPORT_DIFFERS = "E_REPORT_DIFFERS"
    AUCTION_NOT_OPEN = "E_AUCTION_NOT_OPEN"
    AUCTION_PAUSED = "E_AUCTION_PAUSED"
    ALREADY_OPEN = "E_ALREADY_OPEN"
    NOT_PAUSED = "E_NOT_PAUSED"
    NOT_DUE = "E_NOT_DUE"
    CLOCK_ENDS_LOT = "E_CLOCK_ENDS_LOT"
    LOT_UNKNOWN = "E_LOT_UNKNOWN"
    LATE_TRANSIT = "E_LATE_TRANSIT"
    AUCTION_CLOSED = "E_AUCTION_CLOSED"
    LOT_NOT_OPEN = "E_LOT_NOT_OPEN"
    LOT_ENDED = "E_LOT_ENDED"
    LOT_STARTED = "E_LOT_STARTED"
    BLOCK_TAKEN = "E_BLOCK_TAKEN"
    REOFFER_LIMIT = "E_REOFFER_LIMIT"
    OPENING_PRICE = "E_OPENING_PRICE"
    BID_BINDING = "E_BID_BINDING"
    PROXIES_NOT_TAKEN = "E_PROXIES_NOT_TAKEN"
    NOT_ELIGIBLE = "E_NOT_ELIGIBLE"
    RULES_DIFFER = "E_RULES_DIFFER"
    RULES_NOT_ACCEPTED = "E_RULES_NOT_ACCEPTED"
    NO_PROXY = "E_NO_PROXY"
    NO_FIRST_OFFER = "E_NO_FIRST_OFFER"
    REVISIONS_USED = "E_REVISIONS_USED"
    ALREADY_LEADING = "E_ALREADY_LEADING"
    BID_TOO_LOW = "E_BID_TOO_LOW"
    BID_NOT_LEADING = "E_BID_NOT_LEADING"
    BID_TOO_HIGH = "E_BID_TOO_HIGH"
    OFFER_TOO_HIGH = "E_OFFER_TOO_HIGH"
    OFFER_NOT_HIGHER = "E_OFFER_NOT_HIGHER"
    OUT_OF_REACH = "E_OUT_OF_REACH"
    BID_UNKNOWN = "E_BID_UNKNOWN"
    VOID_PENDING = "E_VOID_PENDING"
    NO_VOID_PENDING = "E_NO_VOID_PENDING"
    SECOND_OFFICER_REQUIRED = "E_SECOND_OFFICER_REQUIRED"
    NO_BID = "E_NO_BID"
    LOT_HAS_BID = "E_LOT_HAS_BID"
    PRICE_MOVED = "E_PRICE_MOVED"
    CALLS_DONE = "E_CALLS_DONE"
    CALL_OUT_OF_ORDER = "E_CALL_OUT_OF_ORDER"
    HAMMER_TOO_SOON = "E_HAMMER_TOO_SOON"
    RESERVE_NOT_MET = "E_RESERVE_NOT_MET"
    LOTS_REMAIN = "E_LOTS_REMAIN"
    CHANNEL_FIXED = "E_CHANNEL_FIXED"
    ADMITTED_ALREADY = "E_ADMITTED_ALREADY"
    NOT_AT_THIS_STAGE = "E_NOT_AT_THIS_STAGE"
    OPENING_PAUSED = "E_OPENING_PAUSED"
    SUBMISSION_CLOSED = "E_SUBMISSION_CLOSED"
    WINDOW_CLOSED = "E_WINDOW_CLOSED"
    SECTION_UNKNOWN = "E_SECTION_UNKNOWN"
    BIDDER_UNKNOWN = "E_BIDDER_UNKNOWN"
    NO_ENVELOPE = "E_NO_ENVELOPE"
    ENVELOPE_SETTLED = "E_ENVELOPE_SETTLED"
    SEAL_MANIFEST = "E_SEAL_MANIFEST"
    SEAL_CONTEXT_MISMATCH = "E_SEAL_CONTEXT_MISMATCH"
    KEY_UNREADABLE = "E_KEY_UNREADABLE"
    SEAL_SIGNATURE = "E_SEAL_SIGNATURE"
    SEAL_INCOMPLETE = "E_SEAL_INCOMPLETE"
    TIME_NOT_LATER = "E_TIME_NOT_LATER"
    NO_TIME_PROPOSED = "E_NO_TIME_PROPOSED"
    BIDDERS_ABSENT = "E_BIDDERS_ABSENT"
    UNSEALED_ALREADY = "E_UNSEALED_ALREADY"
    REVEAL_MISMATCH = "E_REVEAL_MISMATCH"
    NO_REMEDY = "E_NO_REMEDY"
    CEILING_DUE = "E_CEILING_DUE"
    ANSWER_MALFORMED = "E_ANSWER_MALFORMED"
    ANSWER_NOT_WANTED = "E_ANSWER_NOT_WANTED"
    HALVES_MISSING = "E_HALVES_MISSING"
    CHUNK_HASH = "E_CHUNK_HASH"
    EVIDENCE_DIFFERS = "E_EVIDENCE_DIFFERS"
    CAN_STILL_OPEN = "E_CAN_STILL_OPEN"
    ENVELOPES_SEALED = "E_ENVELOPES_SEALED"
    COEFFICIENT_DUE = "E_COEFFICIENT_DUE"
    OBJECTION_UNKNOWN = "E_OBJECTION_UNKNOWN"
    OBJECTIONS_OPEN = "E_OBJECTIONS_OPEN"
    SIGNATURES_DUE = "E_SIGNATURES_DUE"


class Ineligible(StrEnum):
    """Why a paddle may not bid; the class only, for others might listen."""

    NOT_ADMITTED = "not_admitted"
    RIGHTS_USED = "rights_used"
    OTHER_CHANNEL = "other_channel"
    NOT_QUALIFIED = "not_qualified"


class TooSoon(StrEnum):
    """What the hammer still waits for."""

    CALLS = "calls"
    DWELL = "dwell"
    DELIVERY = "delivery"
    VOID = "void"


_WHY: Final[dict[str, tuple[str, str]]] = {
    **STAGES,
    TooSoon.CALLS: ("规定的报价次数尚未报完", "calls are still due"),
    TooSoon.DWELL: ("最后一次应价后的最短等候时间未满", "the price has not stood long enough"),
    TooSoon.DELIVERY: (
        "最新价格尚未送达规定比例的在场竞买人",
        "not enough of the bidders present have been shown the price",
    ),
    TooSoon.VOID: ("有一笔应价正待第二人确认撤销", "a bid is proposed to be voided"),
    Ineligible.NOT_QUALIFIED: ("续拍只限中止前已有有效应价者", "it had no valid bid before the interruption"),
    Ineligible.NOT_ADMITTED: ("未登记", "not admitted"),
    Ineligible.RIGHTS_USED: ("保证金对应的名额已用完", "its deposits are used up"),
    Ineligible.OTHER_CHANNEL: ("登记的是另一种竞价方式", "it is registered for the other channel"),
}

WORDING: dict[Reason, Wording] = {
    Reason.NOT_AUTHORISED: Wording(
        Retry.NEVER, "您的身份不能进行此项操作。", "Your role may not do this; it is for others in the room."
    ),
    Reason.OTHER_KIND: Wording(
        Retry.NEVER,
        "本场是另一种竞价，没有此项操作。",
        "This is a sale of another kind, which knows no such act.",
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
        Retry.NEVER,
        "{lot} 号标的已成交、流拍或撤回。",
        "Lot {lot} was sold, passed or withdrawn and cannot be put up again.",
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
        "还不能落槌：{why}（{due}）。",
        "The hammer cannot fall yet: {why} ({due}).",
    ),
    Reason.SALE_NOT_CLOSED: Wording(
        Retry.NEW_ID, "拍卖会尚未结束，不能签署结果。", "The sale is not closed yet; its result cannot be signed."
    ),
    Reason.ALREADY_SIGNED: Wording(
        Retry.NEVER, "该身份已签署完整性报告。", "This office has signed the report already."
    ),
    Reason.REPORT_DIFFERS: Wording(
        Retry.NEW_ID,
        "所签报告与另一人签署的不一致，请重新打开报告核对后再签。",
        "This is not the report that the other officer signed; open it again, compare, then sign.",
    ),
    Reason.NOT_DUE: Wording(Retry.NEVER, "该时刻没有到期事项。", "Nothing is due at that instant."),
    Reason.LATE_TRANSIT: Wording(
        Retry.NEVER,
        "您的提交在截止前到达（{arrived_us}，截止 {closed_us}），但在截止宣布后才被受理，未予接受；两个时间均已记录，可据此提出异议。",
        "Your bid reached the house in time ({arrived_us}, the end being {closed_us}) but was taken up after the end was announced, "
        "and was not accepted. Both instants are on the record; you can object on their strength.",
    ),
    Reason.AUCTION_CLOSED: Wording(
        Retry.NEVER,
        "该标的竞价已于 {closed_us} 截止，您的应价于 {arrived_us} 到达，未予接受。",
        "Bidding for this lot ended at {closed_us}; your bid arrived at {arrived_us} and was not accepted.",
    ),
    Reason.LOT_STARTED: Wording(
        Retry.NEVER,
        "{lot} 号标的已开始拍卖，此项操作只能在开始前进行。",
        "Lot {lot} has started; this can only be done before.",
    ),
    Reason.CLOCK_ENDS_LOT: Wording(
        Retry.NEVER,
        "限时竞价由时钟截止，无需报价或落槌。",
        "In a timed sale the clock ends a lot; there are no calls and no hammer.",
    ),
    Reason.REOFFER_LIMIT: Wording(
        Retry.NEVER,
        "{lot} 号标的不能再次拍卖：只有流拍标的可再拍，且不超过 {most} 次。",
        "Lot {lot} cannot be put up again: only a passed lot can, at most {most} time(s).",
    ),
    Reason.OPENING_PRICE: Wording(
        Retry.NEW_ID,
        "再次拍卖的起拍价须在 {least_fen} 至 {most_fen} 之间。",
        "The opening price of another round must be between {least_fen} and {most_fen}.",
    ),
    Reason.PROXIES_NOT_TAKEN: Wording(
        Retry.NEVER, "本场不接受委托最高价。", "No maxima are taken in this sale; please bid yourself."
    ),
    Reason.RULES_DIFFER: Wording(
        Retry.NEW_ID,
        "您确认的规则与本场规则不同，请刷新页面后重新阅读并确认。",
        "What you accepted is not this sale's rule sheet; reload the page, read it and accept it again.",
    ),
    Reason.RULES_NOT_ACCEPTED: Wording(
        Retry.NEW_ID,
        "请先阅读并确认本场竞价规则，然后再出价。",
        "Please read and accept the rules of this sale first, then bid.",
    ),
    Reason.NO_PROXY: Wording(
        Retry.NEVER, "{lot} 号标的没有您的委托最高价。", "You have left no maximum for lot {lot}."
    ),
    Reason.BID_NOT_LEADING: Wording(
        Retry.NEW_ID,
        "出价未能领先（本场不显示当前价），请按 {step_fen} 的整数倍提高出价。",
        "Your bid does not lead (prices are not shown in this sale); go higher, in whole steps of {step_fen}.",
    ),
    Reason.BID_TOO_HIGH: Wording(
        Retry.NEW_ID,
        "最后阶段单次出价最高为 {most_fen}，未予接受。",
        "In the last period a bid may be at most {most_fen}; it was not accepted.",
    ),
    Reason.NO_FIRST_OFFER: Wording(
        Retry.NEVER,
        "您在首次报价阶段没有有效报价，不能参加本阶段的修改报价。",
        "You made no valid offer in the first round, so there is none to change in this one.",
    ),
    Reason.REVISIONS_USED: Wording(
        Retry.NEVER,
        "本阶段的修改次数（{most} 次）已用完，您最后一次有效报价继续有效。",
        "The {most} change(s) of this round are used up; your last valid offer stands.",
    ),
    Reason.OFFER_NOT_HIGHER: Wording(
        Retry.NEW_ID,
        "本场只能往上修改；您现有报价为 {standing_fen}。",
        "Offers can only be raised here; yours stands at {standing_fen}.",
    ),
    Reason.OFFER_TOO_HIGH: Wording(
        Retry.NEW_ID,
        "报价最高为 {most_fen}，未予接受。",
        "An offer may be at most {most_fen}; it was not accepted.",
    ),
    Reason.OUT_OF_REACH: Wording(
        Retry.NEW_ID,
        "处理时最低可成交价已变动，修改报价须在 {least_fen} 至 {most_fen} 之间，未予接受；原报价继续有效。",
        "As the cut-off price stood when this was taken up, a change must be between {least_fen} and {most_fen}; your earlier offer "
        "stands.",
    ),
    Reason.ADMITTED_ALREADY: Wording(
        Retry.NEVER,
        "号牌 {first} 至 {last} 不能这样登记：类别不存在，或其中有已登记的号牌。",
        "Paddles {first} to {last} cannot be admitted so: there is no such class, or some are admitted already.",
    ),
    Reason.BID_UNKNOWN: Wording(
        Retry.NEW_ID, "{lot} 号标的没有第 {no} 笔有效应价。", "Lot {lot} has no standing bid number {no}."
    ),
    Reason.VOID_PENDING: Wording(
        Retry.NEW_ID, "第 {no} 笔应价正待确认撤销，请先处理。", "Bid {no} is proposed to be voided; settle that first."
    ),
    Reason.NO_VOID_PENDING: Wording(Retry.NEVER, "没有待确认的撤销。", "No bid is proposed to be voided."),
    Reason.SECOND_OFFICER_REQUIRED: Wording(
        Retry.NEW_ID,
        "须由另一岗位的人员确认（撤销应价时，其中至少一人为拍卖师或监督人）。",
        "A second officer of another role must confirm; of a void, one of the two is the auctioneer or the supervisor.",
    ),
    Reason.RESERVE_NOT_MET: Wording(
        Retry.NEW_ID,
        "最高应价未达保留价，该应价不发生效力，须停止本标的拍卖（《拍卖法》第五十条）。",
        "The highest bid does not reach the reserve and has no effect; pass the lot (Auction Law, art. 50).",
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

WORDING |= {Reason(code): Wording(Retry(retry), zh, en) for code, (retry, zh, en) in OF_OPENINGS.items()}


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


def _worded(key: str, value: int | str) -> int | str:
    if key.endswith("_fen"):
        return yuan(value)
    return time_of_day(Nanoseconds(int(value) * 1000)) if key.endswith("_us") else value


def yuan(fen: int | str) -> str:
    """An amount of fen as people read it: ``¥10,500``, with decimals only where there are any."""
    whole, rest = divmod(int(fen), FEN_PER_YUAN)
    return f"¥{whole:,}.{rest:02}" if rest else f"¥{whole:,}"
