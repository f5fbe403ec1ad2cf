"""Who conducts a sale: ``[officers]`` of its notice."""

from collections.abc import Mapping
from typing import Final

from engine.domain.parties import Principal, Role
from engine.notice import fields
from engine.notice.faults import FaultCode, Faults
from engine.notice.toml import Document

OFFICERS_MAX: Final = 20

_OFFICERS: Final = {
    "auctioneers": Role.AUCTIONEER,
    "clerks": Role.CLERK,
    "supervisors": Role.SUPERVISOR,
    "registrars": Role.REGISTRAR,
}


def read_officers(document: Document, faults: Faults, offices: Mapping[str, Role] = _OFFICERS) -> tuple[Principal, ...]:
    """The officers the notice names; of an office it does not name, one called ``1``."""
    row = document.section("officers", faults)
    fields.known(row, offices, faults)
    officers: list[Principal] = []
    for field, role in offices.items():
        cell = row.cells.get(field)
        if cell is None:
            officers.append(Principal(f"{role}:1"))
            continue
        items = document.items(cell, ("officers", field))
        if not items:
            faults.add(FaultCode.WRONG_TYPE, cell.place, cell.value, '["…"]')
            continue
        if len(items) > OFFICERS_MAX:
            faults.add(FaultCode.TOO_MANY, cell.place, wanted=OFFICERS_MAX)
            continue
        for item in items:
            name = fields.name(item, faults)
            officer = Principal(f"{role}:{name}")
            if name is not None and officer in officers:
                faults.add(FaultCode.DUPLICATE_NAME, item.place, name)
            officers.append(officer)
    return tuple(officers)
