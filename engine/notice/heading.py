"""What every notice begins with, whatever it announces: the id, the title, and where it is held."""

from dataclasses import dataclass
from typing import Final

from engine.domain.auction.commands import Title
from engine.notice import fields
from engine.notice.faults import Faults
from engine.notice.places import Cell, Row

TITLE_CHARACTERS_MAX: Final = 120
ROOM_CHARACTERS_MAX: Final = 40

HEADING: Final = ("id", "kind", "title_zh", "title_en", "room")
"""The fields of ``[sale]`` that every kind has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of one notice."""

    sale: str
    title: Title
    room: str | None
    """Where it is held (第一开标室), for the day's board. It is not announced: rooms change on the day."""


def read_heading(sale: Row, faults: Faults) -> Heading | None:
    """The heading that stands in ``[sale]``; None after noting what is wrong with it."""
    number = fields.required(sale, "id", fields.name, faults)
    title_zh = fields.required(sale, "title_zh", title, faults)
    title_en = fields.required(sale, "title_en", title, faults)
    where = fields.optional(sale, "room", _room, faults)
    if number is None or title_zh is None or title_en is None:
        return None
    return Heading(sale=number, title=Title(zh=title_zh, en=title_en), room=where)


def title(cell: Cell, faults: Faults) -> str | None:
    """A name in one language."""
    return fields.words(cell, TITLE_CHARACTERS_MAX, faults)


def _room(cell: Cell, faults: Faults) -> str | None:
    return fields.words(cell, ROOM_CHARACTERS_MAX, faults)
