"""The prices a demo sale should end at: what its robots are told to bid for."""

from pathlib import Path
from typing import Final

from engine.domain.units import NUMBER_MAX, Fen, LotNo
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


def _number(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, NUMBER_MAX, faults)
