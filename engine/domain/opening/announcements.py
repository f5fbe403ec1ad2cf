"""What everybody is told in words when an opening is put off, rests, goes on, cannot be held or is reconvened (公告)."""

from typing import Final

from engine.domain.auction.announcements import CAUSES, stopped
from engine.domain.auction.commands import Cause
from engine.domain.auction.events import SaleSuspended
from engine.domain.auction.state import Announcement
from engine.domain.opening.events import OpeningReconvened, StatementMade, TimeChanged
from engine.domain.units import Nanoseconds, time_of_day

__all__ = ["not_held", "reconvened", "resumed", "statement", "stopped", "suspended", "time_changed"]

_HOST: Final = ("主持人决定", "by the host")


def time_changed(event: TimeChanged) -> Announcement:
    """Deadline and opening are put off. The day stands on the page; in words only why."""
    return Announcement(
        kind="time",
        at=event.at,
        zh=f"投标截止及开标时间已由两名工作人员确认推迟，以页面显示为准。原因：{event.reason}。",
        en=f"Deadline and opening were put off by two officers; the page shows until when. Reason: {event.reason}.",
    )


def suspended(event: SaleSuspended) -> Announcement:
    """Since when and why."""
    zh, en = _HOST if event.cause is Cause.OFFICER else CAUSES[event.cause]
    since = time_of_day(event.at)[:8]
    return Announcement(
        kind="suspended",
        at=event.at,
        zh=f"开标自 {since} 起暂停（{zh}）。原因：{event.reason}。已提交的投标文件和已完成的解密均有效。",
        en=f"The opening is suspended since {since} ({en}). Reason: {event.reason}. Every envelope and every half handed in stands.",
    )


def resumed(at: Nanoseconds, *, window: bool) -> Announcement:
    """It goes on."""
    when = time_of_day(at)[:8]
    again = ("解密时间重新完整计算。", " The whole window for unsealing is given again.") if window else ("", "")
    return Announcement(
        kind="resumed", at=at, zh=f"开标于 {when} 恢复。{again[0]}", en=f"The opening resumed at {when}.{again[1]}"
    )


def not_held(at: Nanoseconds) -> Announcement:
    """Too few bid."""
    return Announcement(
        kind="not_held",
        at=at,
        zh="各标段投标人均不足规定家数，不得开标；投标文件不予解密。",
        en="Every section has fewer bidders than the tender asks: nothing is opened, and every envelope stays sealed.",
    )


def reconvened(event: OpeningReconvened) -> Announcement:
    """All are called together once more."""
    return Announcement(kind="reconvened", at=event.at, zh=f"复会：{event.reason}。", en=f"Reconvened: {event.reason}.")


def statement(event: StatementMade) -> Announcement:
    """What the host said."""
    return Announcement(kind="statement", at=event.at, zh=f"主持人：{event.text}", en=f"The host: {event.text}")
