"""What everybody is told in words when a sale is suspended, resumed, corrected or signed (公告)."""

from typing import Final

from engine.domain.auction.commands import Cause, VoidReason
from engine.domain.auction.state import Announcement, Auction, Lot
from engine.domain.refusals import yuan
from engine.domain.units import Fen, Nanoseconds, time_of_day

CAUSES: Final[dict[Cause, tuple[str, str]]] = {
    Cause.OFFICER: ("拍卖师决定", "by the auctioneer"),
    Cause.SUPERVISOR: ("监督人叫停", "stopped by the supervisor"),
    Cause.RESTART: ("系统重新启动", "the system was restarted"),
    Cause.CLOCK: ("系统时钟异常", "the system's clock jumped"),
    Cause.CONNECTIONS: ("大量竞买人断线", "many bidders lost their connection"),
    Cause.STANDBY: ("备机失联", "the second copy of the record was missing"),
    Cause.TAKEOVER: ("备机接管", "the standby has taken over"),
    Cause.MOVE: ("移交另一引擎", "the sale goes to another engine"),
}
VOID_REASONS: Final[dict[VoidReason, tuple[str, str]]] = {
    VoidReason.MISKEYED: ("录入金额有误", "the amount was entered wrongly"),
    VoidReason.WRONG_PADDLE: ("号牌录入有误", "it was entered for another paddle"),
    VoidReason.NOT_ENTITLED: ("出价人无权应价", "whoever bid was not entitled to"),
    VoidReason.TECHNICAL: ("设备或技术故障", "a fault of the equipment"),
}


def suspended(auction: Auction, reason: str, cause: Cause, at: Nanoseconds) -> Announcement:
    """Since when, why, and what is kept."""
    since = time_of_day(at)[:8]
    zh = (
        f"拍卖会自 {since} 起中止（{CAUSES[cause][0]}）。原因：{reason}。{_kept_zh(auction)}"
        "中止期间不受理出价；恢复后每个标的给予完整的竞价时段。"
    )
    en = (
        f"The sale is suspended since {since} ({CAUSES[cause][1]}). Reason: {reason}. {_kept_en(auction)}"
        "No bid is taken meanwhile; on resumption every window is given in full."
    )
    return Announcement(kind="suspended", at=at, zh=zh, en=en)


def resumed(auction: Auction, at: Nanoseconds) -> Announcement:
    """From where it goes on."""
    when = time_of_day(at)[:8]
    limited = any(lot.qualified is not None for lot in auction.opened())
    zh = f"拍卖会于 {when} 恢复。{_kept_zh(auction)}" + ("续拍仅限中止前已有有效应价的竞买人。" if limited else "")
    en = f"The sale resumed at {when}. {_kept_en(auction)}" + (
        "Only those with a valid bid before the interruption may go on." if limited else ""
    )
    return Announcement(kind="resumed", at=at, zh=zh, en=en.rstrip())


def stopped(reason: str, at: Nanoseconds) -> Announcement:
    """The supervisor registered a stop while nothing could be suspended."""
    return Announcement(
        kind="stopped",
        at=at,
        zh=f"监督人于 {time_of_day(at)[:8]} 登记叫停。原因：{reason}。",
        en=f"The supervisor registered a stop at {time_of_day(at)[:8]}. Reason: {reason}.",
    )


def voided(lot: Lot, reason: VoidReason, at: Nanoseconds) -> Announcement:
    """Which lot, why, and the price that stands now. Names no amount that was voided and nobody."""
    zh, en = VOID_REASONS[reason]
    return Announcement(
        kind="voided",
        at=at,
        zh=f"{_named_zh(lot)}有应价经两名工作人员确认撤销（{zh}），当前价格以屏幕显示为准。",
        en=f"A bid for {_named_en(lot)} was voided by two officers ({en}); the price on the screen is the one that stands.",
    )


def withdrawn(lot: Lot, reason: str, at: Nanoseconds) -> Announcement:
    """The consignor took a lot back."""
    return Announcement(
        kind="withdrawn",
        at=at,
        zh=f"{_named_zh(lot)}由委托人撤回，不再拍卖。原因：{reason}。",
        en=f"{_named_en(lot, capital=True)} was withdrawn by the consignor. Reason: {reason}.",
    )


def reoffered(lot: Lot, price: Fen, at: Nanoseconds) -> Announcement:
    """A passed lot comes again."""
    return Announcement(
        kind="reoffered",
        at=at,
        zh=f"{_named_zh(lot)}将再次拍卖，起拍价 {yuan(price)}。",
        en=f"{_named_en(lot, capital=True)} will be put up again, opening at {yuan(price)}.",
    )


def result_confirmed(at: Nanoseconds) -> Announcement:
    """The result is no longer provisional."""
    return Announcement(
        kind="result",
        at=at,
        zh="完整性报告已由拍卖师和监督人签署，拍卖结果为最终结果。",
        en="The integrity report has been signed by the auctioneer and the supervisor: the result is final.",
    )


def _kept_zh(auction: Auction) -> str:
    lot = auction.open_lot()
    if lot is None:
        count = len(auction.open_lots)
        return f"竞价中的 {count} 个标的，其最后有效价、竞买人资格和保证金均予保留。" if count else ""
    price = "尚无应价，" if lot.leading is None else "的最后有效价、"
    return f"{_named_zh(lot)}{price}竞买人资格和保证金均予保留。"


def _kept_en(auction: Auction) -> str:
    lot = auction.open_lot()
    if lot is None:
        count = len(auction.open_lots)
        return (
            f"For the {count} lots now open the last valid prices, the bidders and their deposits stand. "
            if count
            else ""
        )
    price = "there is no bid yet; the" if lot.leading is None else "the last valid price, the"
    return f"For {_named_en(lot)} {price} bidders and their deposits stand. "


def _named_zh(lot: Lot) -> str:
    return f"{lot.number} 号标的 {lot.plate} "


def _named_en(lot: Lot, *, capital: bool = False) -> str:
    return f"{'Lot' if capital else 'lot'} {lot.number} {lot.plate}"
