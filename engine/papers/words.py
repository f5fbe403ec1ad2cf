"""How papers say amounts, instants, persons and codes, in both languages."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, Literal

from engine.domain.capitals import capitals
from engine.domain.refusals import yuan
from engine.domain.units import Fen

Language = Literal["zh-CN", "en"]

LANGUAGES: Final[tuple[Language, Language]] = ("zh-CN", "en")

HOUSE_ZONE: Final = timezone(timedelta(hours=8))
"""Beijing time, which all of China keeps, without summer time."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).astimezone(HOUSE_ZONE)

WITHHELD: Final[dict[Language, str]] = {"zh-CN": "（不公开）", "en": "(not published)"}
NONE: Final = "—"

CODES: Final[dict[str, tuple[str, str]]] = {
    "online": ("网络", "online"),
    "hall": ("现场", "in the hall"),
    "planned": ("未开始", "planned"),
    "open": ("竞价中", "open"),
    "suspended": ("已中止", "suspended"),
    "closed": ("已结束", "closed"),
    "waiting": ("未拍", "not put up"),
    "sold": ("成交", "sold"),
    "passed": ("流拍", "passed"),
    "withdrawn": ("撤回", "withdrawn"),
    "reserve_not_met": ("未达保留价", "reserve not met"),
    "bidder": ("竞买人", "bidder"),
    "auctioneer": ("拍卖师", "auctioneer"),
    "clerk": ("书记员", "clerk"),
    "supervisor": ("监督人", "supervisor"),
    "registrar": ("受理人员", "registrar"),
    "house": ("系统", "the house"),
    "rostrum": ("拍卖师落槌", "by the hammer"),
    "timed": ("限时竞价", "timed"),
    "one_lot": ("一份保证金购买一个标的", "one deposit buys one lot"),
    "whole_sale": ("一份保证金参加全场", "one deposit admits to every lot"),
    "shown": ("公开", "shown"),
    "masked_until_closed": ("结束前隐去", "masked until the sale is closed"),
    "masked": ("隐去", "masked"),
    "SaleAnnounced": ("公告", "announced"),
    "QuotaAnnounced": ("公告", "announced"),
    "SaleOpened": ("开始", "opened"),
    "SaleSuspended": ("中止", "suspended"),
    "SaleResumed": ("恢复", "resumed"),
    "SaleClosed": ("结束", "closed"),
    "officer": ("工作人员", "officer"),
    "restart": ("系统重启", "restart"),
    "clock": ("时钟异常", "clock"),
    "connections": ("大量连接中断", "connections lost"),
    "standby": ("备机失联", "second copy missing"),
    "takeover": ("备机接管", "standby took over"),
    "move": ("移交另一引擎", "moved to another engine"),
    "one": ("只有一份", "one copy only"),
    "sync": ("双机同步", "two copies, each confirmed in both"),
    "async": ("双机异步，备机可能落后", "two copies, the second may be behind"),
    "alone": ("备机失联，暂只有一份", "one copy for now, the second is missing"),
    "miskeyed": ("金额录入错误", "amount entered wrongly"),
    "wrong_paddle": ("号牌录入错误", "entered for another paddle"),
    "not_entitled": ("无竞买资格", "not entitled to bid"),
    "technical": ("设备故障", "fault of the equipment"),
    "none": ("无", "none"),
    "secret": ("保密", "secret"),
    "unmet": ("未达到", "not met"),
    "met": ("已达到", "met"),
    "reset": ("重新计时", "the last period begins anew"),
    "top_up": ("补足时间", "topped up to a least time"),
    "add": ("累加时间", "time is added"),
    "shrinking": ("递减时间", "shorter each time"),
    "price_window": ("达到价格后延时", "from a price on"),
    "provisional": ("待签署确认", "provisional"),
    "final": ("已确定", "final"),
    "bid": ("应价", "bid"),
    "proxy": ("委托出价", "proxy bid"),
    "held": ("维持应价", "held"),
    "priority": ("优先购买权", "right of priority"),
    "reserve": ("达到保留价", "at the reserve"),
    "host": ("主持人", "host"),
    "trustee": ("份额持有人", "trustee"),
    "paid": ("已缴纳", "paid"),
    "guaranteed": ("保函", "guaranteed"),
    "waived": ("免缴", "waived"),
    "missing": ("未缴纳", "missing"),
    "key": ("密钥", "key"),
    "certificate": ("证书", "certificate"),
    "device": ("设备", "device"),
    "network": ("网络", "network"),
    "platform": ("平台", "platform"),
    "lapsed by bidder": ("视为撤销", "deemed revoked"),
    "lapsed by platform": ("视为撤回", "deemed withdrawn"),
    "not_unsealed": ("未在规定时间内解密", "not unsealed in time"),
    "not_stored": ("平台存储的投标文件损坏", "damaged in the house's store"),
    "hall_half": ("封装给平台的密钥与承诺不符", "what was wrapped to the hall is not what was committed to"),
    "remedy_half": ("补救密钥与承诺不符", "what was wrapped for the remedy is not what was committed to"),
    "commitment": ("密钥承诺不符", "the commitment does not hold"),
    "content": ("内容不能读取", "there is no sheet inside"),
}
"""Code on the record → what it is called."""


def pick(lang: Language, zh: str, en: str) -> str:
    """The one of two texts that is in ``lang``."""
    return zh if lang == "zh-CN" else en


def code(word: Any, lang: Language) -> str:
    """What a code is called; a code without a name is shown as it is."""
    zh, en = CODES.get(str(word), (str(word), str(word)))
    return pick(lang, zh, en)


def who(person: Mapping[str, int] | None, lang: Language) -> str:
    """A bidder by paddle, or by the number that stands for a masked one."""
    if person is None:
        return NONE
    if "paddle" in person:
        return pick(lang, f"{person['paddle']} 号竞买人", f"paddle {person['paddle']}")
    return pick(lang, f"竞买人{person['alias']}", f"bidder {person['alias']}")


def money(fen: int | None) -> str:
    """An amount as people read it: ``¥10,500``."""
    return NONE if fen is None else yuan(fen)


def in_words(fen: int) -> str:
    """An amount in the characters that cannot be altered: ``人民币壹万元整``."""
    return f"人民币{capitals(Fen(fen))}"


def instant(us: int | None, lang: Language) -> str:
    """An instant in Beijing time, to the millisecond."""
    if us is None:
        return NONE
    at = _at(us)
    day = pick(lang, f"{at.year}年{at.month}月{at.day}日", f"{at:%Y-%m-%d}")
    return f"{day} {at:%H:%M:%S}.{us // 1000 % 1000:03}"


def short_instant(us: int) -> str:
    """An instant in Beijing time without its year, to the millisecond, for columns."""
    return f"{_at(us):%m-%d %H:%M:%S}.{us // 1000 % 1000:03}"


def day(us: int, lang: Language) -> str:
    """The day in Beijing."""
    at = _at(us)
    return pick(lang, f"{at.year}年{at.month}月{at.day}日", f"{at:%Y-%m-%d}")


def universal(us: int) -> tuple[int, int, int, int, int, int]:
    """Year, month, day, hour, minute and second in UTC."""
    at = _at(us).astimezone(UTC)
    return at.year, at.month, at.day, at.hour, at.minute, at.second


def _at(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)
