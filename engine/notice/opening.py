"""
Reads an opening of sealed bids from its notice: ``kind = "opening"``, the tender sheet, and who conducts it.

Nobody who may bid stands in it: who bids is nobody's to know (article 34), and a notice is for all to read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.domain.opening.commands import AnnounceOpening
from engine.domain.parties import HOUSE, Principal, Role
from engine.domain.proceeding import Command
from engine.notice import fields
from engine.notice.faults import FaultCode, Faults
from engine.notice.heading import HEADING, read_heading
from engine.notice.officers import read_officers
from engine.notice.opening_rules import read_tender
from engine.notice.places import Cell
from engine.notice.text import Folder, Source, inside
from engine.notice.toml import Document

OPENING: Final = "opening"
OFFICERS: Final = {"hosts": Role.HOST, "supervisors": Role.SUPERVISOR, "registrars": Role.REGISTRAR}

_SECTIONS: Final = ("sale", "rules", "officers")
_SALE: Final = (*HEADING, "trust")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningNotice:
    """An opening as its notice describes it."""

    announce: AnnounceOpening
    officers: tuple[Principal, ...]
    trust: Path | None = None
    """The folder of the trust store to which certificates are held; None where they are not."""

    room: str | None = None
    """Where it is held (第一开标室), for the day's board. It is not announced: rooms change on the day."""

    @property
    def preparations(self) -> tuple[Command, ...]:
        """Nothing: who may bid is registered at the desk."""
        return ()

    @property
    def sale(self) -> str:
        """The opening's id."""
        return self.announce.sale


def read_opening(source: Source, document: Document, faults: Faults) -> OpeningNotice | None:
    """The opening that ``document`` describes; None after noting what is wrong with it."""
    fields.known(document.row(document.data, ()), _SECTIONS, faults)
    sale = document.section("sale", faults)
    fields.known(sale, _SALE, faults)
    heading = read_heading(sale, faults)
    rules = read_tender(source, document, faults)
    trust = fields.optional(sale, "trust", lambda cell, noted: _trust(source, cell, noted), faults)
    officers = read_officers(document, faults, OFFICERS)
    if heading is None or rules is None:
        return None
    announce = AnnounceOpening(command_id="announce", by=HOUSE, sale=heading.sale, title=heading.title, rules=rules)
    return OpeningNotice(announce=announce, officers=officers, trust=trust, room=heading.room)


def _trust(source: Source, cell: Cell, faults: Faults) -> Path | None:
    """The folder ``trust`` names, beside the notice: it is on disk, for revocation lists are put there each day."""
    name = cell.value
    if not isinstance(name, str) or not isinstance(source, Folder):
        faults.add(FaultCode.WRONG_TYPE, cell.place, name, '"trust"')
        return None
    if not inside(name):
        faults.add(FaultCode.FILE_OUTSIDE, cell.place, name, "trust")
        return None
    folder = (source.path / name).resolve()
    if not folder.is_dir():
        faults.add(FaultCode.FILE_MISSING, cell.place, name)
        return None
    return folder
