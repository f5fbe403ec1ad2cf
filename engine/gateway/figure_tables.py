"""The figures as tables for a spreadsheet: one for each table the pages show."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from engine.gateway.exports import WORDS
from engine.gateway.requests import Language
from engine.wire.spreadsheet import BOM, instant, table, yuan

Row = Sequence[object]
Figures = dict[str, Any]

_LOTS: Final[dict[Language, Row]] = {
    "zh-CN": (
        *("标的", "号牌", "状态", "起拍价（元）", "成交价（元）", "溢价率", "竞价方式", "应价次数", "应价人数"),
        *("用时（毫秒）", "开始时间", "结束时间", "开始记录序号", "结束记录序号"),
    ),
    "en": (
        *("lot", "plate", "phase", "opening_yuan", "hammer_yuan", "premium", "channel", "bids", "bidders"),
        *("open_ms", "opened_at", "ended_at", "opened_seq", "ended_seq"),
    ),
}
_CHANNELS: Final[dict[Language, Row]] = {
    "zh-CN": (
        *("竞价方式", "成交件数", "成交额（元）", "有效应价", "被拒应价", "应价人数"),
        *("计时应价数", "p50（微秒）", "p90（微秒）", "p99（微秒）", "最长（微秒）", "最长的记录序号"),
    ),
    "en": (
        *("channel", "sold", "turnover_yuan", "bids", "refused", "bidders"),
        *("timed_bids", "p50_us", "p90_us", "p99_us", "max_us", "max_seq"),
    ),
}
_SPANS: Final[dict[Language, Row]] = {
    "zh-CN": ("大于（微秒）", "至（微秒）", "现场", "网络"),
    "en": ("above_us", "up_to_us", "hall", "online"),
}
_REFUSALS: Final[dict[Language, Row]] = {"zh-CN": ("代码", "次数"), "en": ("code", "count")}
_SERIES: Final[dict[Language, Row]] = {
    "zh-CN": (
        *("场次", "名称", "开始时间", "最终", "标的", "成交", "流拍", "成交总额（元）", "起拍总额（元）", "溢价率"),
        *("标王号牌", "标王价（元）", "有效应价", "应价人数", "现场成交额（元）", "网络成交额（元）"),
    ),
    "en": (
        *("sale", "title", "opened_at", "final", "lots", "sold", "passed", "turnover_yuan", "opening_yuan", "premium"),
        *("top_plate", "top_yuan", "bids", "bidders", "hall_turnover_yuan", "online_turnover_yuan"),
    ),
}
_YES: Final[dict[Language, tuple[str, str]]] = {"zh-CN": ("否", "是"), "en": ("no", "yes")}


def of_sale(name: str, figures: Figures, lang: Language) -> bytes | None:
    """The table ``name`` (``lots``, ``channels``, ``spans``, ``refusals``) of one sale; None if there is no such table."""
    make = _TABLES.get(name)
    return None if make is None else _csv(make(figures, lang))


def of_series(series: Figures, lang: Language) -> bytes:
    """Every sale of the house, a line each."""
    rows: list[Row] = [_SERIES[lang]]
    for sale in series["sales"]:
        top, channels = sale["top"] or {}, sale["channels"]
        rows.append(
            (
                sale["sale"],
                sale["title"]["en" if lang == "en" else "zh"],
                _when(sale["opened_at_us"]),
                _YES[lang][sale["final"]],
                sale["lots"],
                sale["sold"],
                sale["passed"],
                yuan(sale["turnover_fen"]),
                yuan(sale["opening_fen"]),
                sale["premium"],
                top.get("plate"),
                yuan(top.get("hammer_fen")),
                sale["bids"],
                sale["bidders"],
                yuan(channels["hall"]["turnover_fen"]),
                yuan(channels["online"]["turnover_fen"]),
            )
        )
    return _csv(rows)


def _lots(figures: Figures, lang: Language) -> list[Row]:
    return [_LOTS[lang]] + [
        (
            lot["lot"],
            lot["plate"],
            WORDS[lang].get(lot["phase"], lot["phase"]),
            yuan(lot["opening_fen"]),
            yuan(lot["hammer_fen"]),
            lot["premium"],
            WORDS[lang].get(lot["channel"], lot["channel"]),
            lot["bids"],
            lot["bidders"],
            lot["open_ms"],
            _when(lot["opened_at_us"]),
            _when(lot["ended_at_us"]),
            lot["opened_seq"],
            lot["ended_seq"],
        )
        for lot in figures["by_lot"]
    ]


def _channels(figures: Figures, lang: Language) -> list[Row]:
    rows: list[Row] = [_CHANNELS[lang]]
    for channel, each in figures["channels"].items():
        spans = each["spans"] or {}
        rows.append(
            (
                WORDS[lang].get(channel, channel),
                each["sold"],
                yuan(each["turnover_fen"]),
                each["bids"],
                each["refused"],
                each["bidders"],
                *(spans.get(name) for name in ("count", "p50_us", "p90_us", "p99_us", "max_us", "max_seq")),
            )
        )
    return rows


def _spans(figures: Figures, lang: Language) -> list[Row]:
    edges = [0, *figures["bars_us"], None]
    bars = [(figures["channels"][channel]["spans"] or {}).get("bars") for channel in ("hall", "online")]
    return [_SPANS[lang]] + [
        (edges[at], edges[at + 1], *(each[at] if each else None for each in bars)) for at in range(len(edges) - 1)
    ]


def _refusals(figures: Figures, lang: Language) -> list[Row]:
    return [_REFUSALS[lang]] + [(each["code"], each["count"]) for each in figures["refusals"] or []]


_TABLES: Final[dict[str, Callable[[Figures, Language], list[Row]]]] = {
    "lots": _lots,
    "channels": _channels,
    "spans": _spans,
    "refusals": _refusals,
}


def _csv(rows: list[Row]) -> bytes:
    return BOM.encode() + table(rows)


def _when(us: int | None) -> str | None:
    return None if us is None else instant(us * 1000)
