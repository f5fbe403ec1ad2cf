"""What may be asked of a room besides a command, and how a command is answered."""

from dataclasses import dataclass

from engine.domain.parties import Principal
from engine.journal.record import Record


class RoomBusy(Exception):
    """Too much waits for the clerk already. Nothing was taken; try again."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What became of the command with this id?"""

    command_id: str
    by: Principal


@dataclass(frozen=True, slots=True)
class Repeated:
    """The command was on the record already, at ``seq``."""

    seq: int


@dataclass(frozen=True, slots=True)
class Conflicting:
    """The id was used at ``seq`` for something else, whose body has this SHA-256 (hexadecimal)."""

    seq: int
    body_digest: str


@dataclass(frozen=True, slots=True)
class NeverSeen:
    """No command of this asker has that id on the record."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """The room was not heard of in time: what became of the command is not known, and can be asked again."""


@dataclass(frozen=True, slots=True)
class TurnedBack:
    """The room is elsewhere, and too much waits for its clerk already. Nothing was taken; try again."""


Answer = Record | Repeated | Conflicting | NeverSeen | Unheard | TurnedBack
