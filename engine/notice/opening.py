"""
Reads an opening of sealed bids from its notice: ``kind = "opening"``, the tender sheet, and who conducts it.

Nobody who may bid stands in it: who bids is nobody's to know (article 34), and a notice is for all to read.
"""

from dataclasses import dataclass
from typing import Final

from engine.domain.auction.commands import Title
from engine.domain.opening.commands import AnnounceOpening
from engine.domain.parties import HOUSE, Principal, Role
from engine.domain.proceeding import Command
from engine.notice import fields
from engine.notice.faults import Faults
from engine.notice.notice import room, title
from engine.notice.officers import read_officers
from engine.notice.opening_rules import read_tender
from engine.notice.text import Source
from engine.notice.toml import Document

OPENING: Final = "opening"
OFFICERS: Final = {"hosts": Role.HOST, "supervisors": Role.SUPERVISOR, "registrars": Role.REGISTRAR}

_SECTIONS: Final = ("sale", "rules", "officers")
_SALE: Final = ("id", "kind", "title_zh", "title_en", "room")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningNotice:
    """An opening as its notice describes it."""

    announce: AnnounceOpening
    officers: tuple[Principal, ...]

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
    number = fields.required(sale, "id", fields.name, faults)
    title_zh = fields.required(sale, "title_zh", title, faults)
    title_en = fields.required(sale, "title_en", title, faults)
    where = fields.optional(sale, "room", room, faults)
    rules = read_tender(source, document, faults)
    officers = read_officers(document, faults, OFFICERS)
    if number is None or title_zh is None or title_en is None or rules is None:
        return None
    announce = AnnounceOpening(
        command_id="announce", by=HOUSE, sale=number, title=Title(zh=title_zh, en=title_en), rules=rules
    )
    return OpeningNotice(announce=announce, officers=officers, room=where)
