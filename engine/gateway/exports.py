"""
The public record of a sale, whole, to keep: one JSON a line, or tables for a spreadsheet.

All are written page by page, so the longest sale costs the memory of one page. What is exported ends where the record ended when the
export began.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

import orjson

from engine.gateway.requests import Language
from engine.gateway.sales import Sales
from engine.wire.spreadsheet import BOM, instant, table, yuan

PAGE: Final = 500
"""Records read at once."""

BIDS: Final[dict[Language, tuple[str, ...]]] = {
    "zh-CN": ("记录序号", "到达时间", "标的", "号牌", "竞买号牌", "竞价方式", "应价（分）", "应价（元）", "记录摘要"),
    "en": ("seq", "arrived_at", "lot", "plate", "bidder", "channel", "amount_fen", "amount_yuan", "record_digest"),
}
LOTS: Final[dict[Language, tuple[str, ...]]] = {
    "zh-CN": (
        "标的",
        "号牌",
        "起拍价（分）",
        "起拍价（元）",
        "状态",
        "成交价（分）",
        "成交价（元）",
        "买受人",
        "应价次数",
    ),
    "en": ("lot", "plate", "opening_fen", "opening_yuan", "phase", "hammer_fen", "hammer_yuan", "buyer", "bids"),
}
WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh-CN": {"online": "网络", "hall": "现场", "waiting": "未拍", "open": "竞价中", "sold": "成交", "passed": "流拍"},
    "en": {},
}
ALIAS: Final[dict[Language, str]] = {"zh-CN": "竞买人{}", "en": "bidder {}"}


ABOUT: Final = ("sale", "key", "epoch", "seq", "head")


async def pages(sales: Sales, sale: str) -> AsyncGenerator[dict[str, Any], None]:
    """Every page of the record of a sale, up to where it stands now."""
    after, until = 0, None
    while (page := await sales.record(sale, after, PAGE)) is not None:
        until = page["seq"] if until is None else until
        page["records"] = [record for record in page["records"] if record_header(record)["seq"] <= until]
        page["commits"] = [commit for commit in page["commits"] if commit["first"] <= until]
        yield page
        if not page["records"]:
            return
        after = record_header(page["records"][-1])["seq"]
        if after >= until:
            return


async def jsonl(sales: Sales, sale: str) -> AsyncGenerator[bytes, None]:
    """The sale, each record and each commit, and a checkpoint over all records, one JSON object a line, each with its ``type``."""
    last_commit, last_record = 0, None
    async with aclosing(pages(sales, sale)) as each:
        async for page in each:
            lines: list[dict[str, Any]] = []
            if last_record is None:
                lines.append({"type": "sale", **{name: page[name] for name in ABOUT}})
            for record in page["records"]:
                lines.append({"type": "record", **record})
                last_record = record
            for commit in page["commits"]:
                if commit["first"] > last_commit:  # A commit may cover records of two pages.
                    lines.append({"type": "commit", **commit})
                    last_commit = commit["last"]
            yield b"".join(map(_line, lines))
    if last_record is not None:
        header = record_header(last_record)
        note = sales.checkpoint(sale, header["seq"], bytes.fromhex(last_record["digest"]), header["recorded_at"])
        if note:  # A gateway has the newest only, and that may be older than the last record.
            yield _line({"type": "checkpoint", "note": note})


def _line(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


async def bids_csv(sales: Sales, sale: str, lang: Language) -> AsyncGenerator[bytes, None]:
    """Every bid on the record, in its order."""
    plates = {lot["lot"]: lot["plate"] for lot in sales.lots(sale) or []}
    yield BOM.encode() + table([BIDS[lang]])
    async with aclosing(pages(sales, sale)) as each:
        async for page in each:
            rows = [
                _bid(record, event, plates, lang)
                for record in page["records"]
                for event in record.get("events", ())
                if event["type"] == "BidPlaced"
            ]
            if rows:
                yield table(rows)


async def lots_csv(sales: Sales, sale: str, lang: Language) -> AsyncGenerator[bytes, None]:
    """Every lot, and how it ended so far."""
    yield BOM.encode() + table([LOTS[lang]])
    yield table(
        (
            lot["lot"],
            lot["plate"],
            lot["opening_fen"],
            yuan(lot["opening_fen"]),
            WORDS[lang].get(lot["phase"], lot["phase"]),
            lot["hammer_fen"],
            yuan(lot["hammer_fen"]),
            who(lot["who"], lang),
            lot["bid_count"],
        )
        for lot in sales.lots(sale) or []
    )


def _bid(record: dict[str, Any], event: dict[str, Any], plates: dict[int, str], lang: Language) -> tuple[object, ...]:
    header = record_header(record)
    return (
        header["seq"],
        instant(header["arrived_at"]),
        event["lot"],
        plates.get(event["lot"], ""),
        who(event["who"], lang),
        WORDS[lang].get(event["channel"], event["channel"]),
        event["amount_fen"],
        yuan(event["amount_fen"]),
        record["digest"],
    )


def record_header(record: dict[str, Any]) -> dict[str, Any]:
    """The header of a published record."""
    header: dict[str, Any] = orjson.loads(record["header"])
    return header


def who(person: dict[str, int] | None, lang: Language) -> object:
    """A paddle's number, or the name it has while paddles are masked."""
    if person is None:
        return None
    return person["paddle"] if "paddle" in person else ALIAS[lang].format(person["alias"])
