"""The quota sales of a house month by month, as their results are published, for pages and for spreadsheets."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from engine.gateway.requests import Language
from engine.wire.spreadsheet import BOM, instant, table, yuan

Result = dict[str, Any]

_ZONE: Final = timedelta(hours=8)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LINE: Final = (
    *("class", "quota", "offers", "winners", "lowest_fen", "lowest_at_us", "average_fen", "uniform_fen"),
    *("reserve_fen", "drawn"),
)
_HEAD: Final[dict[Language, Sequence[str]]] = {
    "zh-CN": (
        *("月份", "场次", "名称", "类别", "投放额度", "警示价（元）", "投标人数", "中标人数", "中标率"),
        *("最低成交价（元）", "截止时刻", "平均成交价（元）", "统一成交价（元）", "摇号中标", "状态"),
    ),
    "en": (
        *("month", "sale", "title", "class", "quota", "first_max_yuan", "offers", "winners", "share"),
        *("lowest_yuan", "lowest_at", "average_yuan", "uniform_yuan", "drawn", "status"),
    ),
}


def months(results: Iterable[Result]) -> dict[str, Any]:
    """``{sales}``: a line for each class of each quota sale, by the month in which it opened; those to come last."""
    lines = [line for each in results for line in _lines(each)]
    lines.sort(key=lambda line: (line["month"] is None, line["month"] or "", line["sale"]))
    return {"sales": lines}


def of_result(result: Result, lang: Language) -> bytes:
    """One sale's result as CSV."""
    return _csv(_lines(result), lang)


def of_months(series: dict[str, Any], lang: Language) -> bytes:
    """Every line of :func:`months` as CSV."""
    return _csv(series["sales"], lang)


def _lines(result: Result) -> list[dict[str, Any]]:
    opened = result["opened_at_us"]
    common = {
        "month": None if opened is None else f"{_EPOCH + timedelta(microseconds=opened) + _ZONE:%Y-%m}",
        **{
            name: result[name] for name in ("sale", "title", "phase", "final", "opened_at_us", "award", "first_max_fen")
        },
    }
    return [{**common, **{name: each[name] for name in _LINE}, "share": _share(each)} for each in result["classes"]]


def _share(line: Result) -> str | None:
    """How many of those who made an offer won, in tenths of a percent, half up."""
    won, offers = line["winners"], line["offers"]
    if won is None or not offers:
        return None
    tenths = (2000 * won + offers) // (2 * offers)
    return f"{tenths // 10}.{tenths % 10}%"


def _csv(lines: Iterable[dict[str, Any]], lang: Language) -> bytes:
    english = lang == "en"
    rows: list[Sequence[object]] = [_HEAD[lang]]
    for line in lines:
        status = ("final", "最终") if line["final"] else ("provisional", "暂定")
        rows.append(
            (
                line["month"],
                line["sale"],
                line["title"]["en" if english else "zh"],
                line["class"],
                line["quota"],
                _money(line["first_max_fen"]),
                line["offers"],
                line["winners"],
                line["share"],
                _money(line["lowest_fen"]),
                None if line["lowest_at_us"] is None else instant(line["lowest_at_us"] * 1000),
                _money(line["average_fen"]),
                _money(line["uniform_fen"]),
                line["drawn"],
                (status[0] if english else status[1]) if line["phase"] == "closed" else line["phase"],
            )
        )
    return BOM.encode() + table(rows)


def _money(fen: int | None) -> str | None:
    return None if fen is None else yuan(fen)
