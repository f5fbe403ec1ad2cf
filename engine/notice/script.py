"""The prices a demo sale should end at: what its robots are told to bid for."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from engine.domain.units import NUMBER_MAX, Fen, LotNo, PaddleNo
from engine.notice import fields
from engine.notice.faults import FaultCode, Faults
from engine.notice.notice import LOTS_MAX
from engine.notice.places import Cell
from engine.notice.table import read_table
from engine.notice.text import read_text

COLUMNS: Final = {"lot": "lot", "hammer_yuan": "hammer_yuan", "标的号": "lot", "成交价": "hammer_yuan"}


def read_script(path: Path) -> dict[LotNo, Fen]:
    """
    The hammer price of each lot, in fen, from the CSV file ``path``.

    Raises:
        NoticeFault: With every fault found in it.

    """
    faults = Faults()
    text = read_text(path, path.name, faults)
    rows = None if text is None else read_table(text, path.name, COLUMNS, LOTS_MAX, faults)
    prices: dict[LotNo, Fen] = {}
    for row in rows or ():
        lot = fields.required(row, "lot", _number, faults)
        price = fields.required(row, "hammer_yuan", fields.yuan, faults)
        if lot is not None and lot in prices:
            faults.add(FaultCode.DUPLICATE_LOT, row.cells["lot"].place, lot, path.name)
        if lot is not None and price is not None:
            prices[LotNo(lot)] = price
    faults.close()
    return prices


WISHES: Final = {name: name for name in ("lot", "round", "paddle", "limit_yuan", "way")}


def read_wishes(path: Path, ways: Iterable[str]) -> list[tuple[LotNo, int, PaddleNo, Fen, str]]:
    """
    What each bidder of a timed demo would give for a lot, and how he goes about it: lot, round, paddle, limit in fen, way.

    Raises:
        NoticeFault: With every fault found in it.

    """
    faults, known = Faults(), {way: way for way in ways}
    text = read_text(path, path.name, faults)
    wishes = []
    for row in (None if text is None else read_table(text, path.name, WISHES, LOTS_MAX, faults)) or ():
        lot, nth, paddle = (fields.required(row, name, _number, faults) for name in ("lot", "round", "paddle"))
        limit = fields.required(row, "limit_yuan", fields.yuan, faults)
        way = fields.required(row, "way", lambda cell, faults: fields.choice(cell, known, faults), faults)
        if lot is not None and nth is not None and paddle is not None and limit is not None and way is not None:
            wishes.append((LotNo(lot), nth, PaddleNo(paddle), limit, way))
    faults.close()
    return wishes


def _number(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, NUMBER_MAX, faults)
