"""Answers over HTTP that are no frames."""

from typing import Any, Literal

from msgspec import UNSET, UnsetType, field

from engine.domain.auction.state import SalePhase
from engine.domain.opening.commands import Half
from engine.domain.refusals import Retry
from engine.wire.shapes.base import Both, Count, Digest, Hex, Micros, Number, OwnPart, Shape, Sheet
from engine.wire.shapes.events import ToldEvent
from engine.wire.shapes.frames import Code, Parts


class Problem(Shape):
    """An error: the same object as on a socket."""

    code: Code
    retry: Retry
    zh: str
    en: str
    detail: dict[str, Any]


class SaleBrief(Shape):
    """A sale in the list of sales."""

    id: str
    kind: Literal["auction", "quota", "opening"]
    title: Both
    phase: SalePhase
    lots: Count
    sold: Count


class LogBrief(Shape):
    """A sale's transparency log: its name, the key that signs it, its newest checkpoint."""

    origin: str
    vkey: str
    size: Count
    root: Digest


class Inclusion(Shape):
    """The path from record ``seq`` to the root of the log of ``size``."""

    sale: str
    seq: Count
    size: Count
    path: list[Digest]


class Consistency(Shape):
    """That the log of size ``to`` begins with all of the log of size ``first`` (spelt ``from``)."""

    sale: str
    first: Count = field(name="from")
    to: Count
    path: list[Digest]


class Cosigned(Shape):
    """How many witnesses have cosigned the checkpoint of ``size``."""

    sale: str
    size: Count
    witnesses: Count


class SecondCopy(Shape):
    """How it is with the second copy of a sale's record."""

    mode: Literal["sync", "async"]
    standing: Literal["in_force", "catching_up", "gone"]
    behind: Count


class SaleAbout(Shape):
    """What an outsider needs to know before reading the record."""

    id: str
    kind: Literal["auction", "quota", "opening"]
    title: Both
    phase: SalePhase
    rules: Sheet
    rules_digest: Digest
    key: Digest
    epoch: Count
    seq: Count
    head: Digest
    log: LogBrief
    standby: SecondCopy | UnsetType = UNSET


class Ticket(Shape):
    """Good once, for one socket."""

    ticket: str
    expires_in_s: Count


class PictureNow(Shape):
    """How the sale stands as of record ``seq``; a bidder's own part as ``mine``; of an earlier moment, with that record's stamps."""

    epoch: Count
    seq: Count
    head: Digest
    parts: Parts
    mine: OwnPart | UnsetType | None = UNSET
    arrived_us: Micros | UnsetType = UNSET
    at_us: Micros | UnsetType = UNSET


class RefusedBy(Shape):
    """Which rule refused."""

    code: Code


class PublishedRecord(Shape):
    """One record as the public may have it."""

    header: str
    digest: Digest
    events: list[ToldEvent] | UnsetType = UNSET
    refused: RefusedBy | UnsetType = UNSET
    outcome: str | UnsetType = UNSET
    outcome_salt: Hex | UnsetType = UNSET


class PublishedCommit(Shape):
    """One signature over the records ``first`` to ``last``."""

    first: Count
    last: Count
    statement: str
    signature: Hex


class RecordPage(Shape):
    """One page of the public record."""

    sale: str
    key: Digest
    epoch: Count
    seq: Count
    head: Digest
    records: list[PublishedRecord]
    commits: list[PublishedCommit]


class ChunkKept(Shape):
    """A sealed chunk is kept, under this digest."""

    sale: str
    digest: Hex
    bytes: Count


class WantedLine(Shape):
    """One wrap that a trustee is to answer for."""

    section: str
    bidder: Number
    half: Half
    manifest: str


class Wanted(Shape):
    """What a trustee is to answer for now."""

    sale: str
    trustee: Count
    wanted: list[WantedLine]


class Alive(Shape):
    """The process lives."""

    alive: Literal[True]


class Ready(Shape):
    """Every room serves."""

    ready: Literal[True]
    rooms: dict[str, Any]
