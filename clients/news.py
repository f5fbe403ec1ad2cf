"""What a client learns from the house: one frozen class for each thing that can be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Plain = Mapping[str, Any]
"""A JSON object as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the house said no, for programs and for people."""

    code: str
    """Never changes its meaning: ``E_BID_TOO_LOW``."""

    retry: str
    """``never``, ``same_id``, ``after_ms``, ``resync`` or ``new_id``."""

    zh: str
    en: str
    detail: Plain
    """Values that help to do better, by name: ``next_fen``."""

    def sentence(self, lang: str = "en") -> str:
        """What it means and what to do next, for a person."""
        return self.zh if lang.startswith("zh") else self.en


class Refused(Exception):
    """
    Raised by :meth:`Outcome.or_raise` when the house said no.

    Attributes:
        refusal: Code and sentences.

    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal

    def __str__(self) -> str:
        """Code and English sentence."""
        return f"{self.refusal.code}: {self.refusal.en}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a command. Final: the same id will never have another."""

    id: str

    events: tuple[Plain, ...] = ()
    """What happened, if it was accepted."""

    refusal: Refusal | None = None

    seq: int | None = None
    """Its place on the record; None if it was turned away at the door and never recorded, or its place may not be known yet."""

    receipt: Plain | None = None
    """What :func:`clients.verify.verify_receipt` checks. Keep it."""

    sealed: Plain | None = None
    """Of an opening before its list, in the place of both: what :func:`clients.sealed_receipt.verify_sealed` checks. Keep it."""

    duplicate: bool = False
    """The house had seen this id before and repeats its first answer."""

    @property
    def accepted(self) -> bool:
        """Whether it happened."""
        return self.refusal is None

    def or_raise(self) -> "Outcome":
        """
        This outcome, if it was accepted.

        Raises:
            Refused: It was not.

        """
        if self.refusal is not None:
            raise Refused(self.refusal)
        return self


class Why(StrEnum):
    """Why a connection is of no more use."""

    GAP = "gap"
    """A record that was never received lies between what is known and what came."""

    EPOCH = "epoch"
    """The record belongs to another history."""

    FORK = "fork"
    """Two records claim the same place."""

    UNREADABLE = "unreadable"
    """The frame is not of the protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcomed:
    """The house let us in. What is unanswered may now be sent again."""

    sale: str
    role: str
    paddle: int | None
    epoch: int
    key: str
    """The house's Ed25519 public key, in hexadecimal."""

    server_us: int
    frame_bytes_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTaken:
    """All parts are new."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFolded:
    """Some parts are new."""

    seq: int
    at_us: int
    changed: tuple[str, ...]
    """The names of the new parts."""

    events: tuple[Plain, ...]
    """What happened, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MineChanged:
    """The bidder's private part is new."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An outcome is known. It comes once for each command."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """The command was not taken now, and never recorded; send the same again, with the same id."""

    id: str
    after_ms: int
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class NotKnownYet:
    """The house has the command but no outcome yet; ask again."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverSeen:
    """The command never reached the house."""

    id: str
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedReconnect:
    """Hang up and come back with a new ``hello``: what follows could not be folded."""

    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """The house has something to say to this viewer."""

    notice: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceTold:
    """Who is there. For the rostrum."""

    online: tuple[int, ...]
    watchers: int
    bidders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTold:
    """The house's clock: ``t0`` comes back with arrival and departure, in microseconds."""

    t0: int
    t1_us: int
    t2_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The connection is gone; the next try follows by itself. Told by the shell, not by the house."""

    why: str
    retry_in_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """The reader of the news fell behind and ``count`` of them were let go; ``parts`` is as new as ever."""

    count: int = field(default=1)


News = (
    Welcomed
    | PictureTaken
    | RecordFolded
    | MineChanged
    | Answered
    | TryAgain
    | NotKnownYet
    | NeverSeen
    | NeedReconnect
    | Noticed
    | PresenceTold
    | TimeTold
    | Away
    | Missed
)
