"""
A sale as its papers need it: the state its records lead to, and the records by which it came there.

A paper covers the record up to the last one that changed anything. Refusals after that are on the record all the same, but a late
bid for a sale that is over does not make another paper of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from engine.domain import proceeding
from engine.domain.auction.events import SaleClosed
from engine.domain.auction.state import Auction
from engine.domain.parties import Principal
from engine.domain.proceeding import Event, State
from engine.domain.refusals import Refusal
from engine.domain.units import LotNo, Nanoseconds
from engine.domain.views import Audience, picture, told
from engine.journal.base import JournalIdentity
from engine.journal.commit import Commit
from engine.journal.record import GENESIS, Record
from engine.journal.tree import Tree
from engine.wire.note import origin_of

EDITION: Final = "luochui-papers-2"
"""Changes when a paper made again from the same record would read differently."""


class NothingOnRecord(Exception):
    """The journal holds no announced sale yet, so there is nothing to make papers of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record, as far as papers tell of it. What was offered in vain is not kept: only that it was refused."""

    seq: int
    epoch: int
    arrived_at: Nanoseconds
    recorded_at: Nanoseconds
    by: Principal

    command: str
    """The name of the command's type."""

    lot: LotNo | None
    events: tuple[Event, ...]
    refused: str | None
    """The code of the refusal, if it was one."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened, in the words of the protocol, and the record that says so."""

    seq: int
    at_us: int
    """Arrival of the command at the house: the instant the rules count."""

    by: Principal
    told: dict[str, Any]

    @property
    def kind(self) -> str:
        """The name of the event's type."""
        return str(self.told["type"])


@dataclass(slots=True)
class Book:
    """The records of one sale, added in their order."""

    identity: JournalIdentity
    entries: list[Entry] = field(default_factory=list)
    commits: list[tuple[int, int]] = field(default_factory=list)
    """First and last record of each."""

    anchored: int | None = None
    """The last record that a head anchor outside the journal vouches for; None if there was none to compare."""

    _state: State | None = None
    _tree: Tree = field(default_factory=Tree)
    _acts: int = 0
    """How many entries there are up to the last that changed anything."""

    @classmethod
    def of(
        cls,
        identity: JournalIdentity,
        history: Iterable[tuple[Commit, tuple[Record, ...]]],
        *,
        anchored: int | None = None,
    ) -> "Book":
        """The book of a journal read from its beginning."""
        book = cls(identity, anchored=anchored)
        for commit, records in history:
            book.add(records, (commit,))
        return book

    def add(self, records: Iterable[Record], commits: Iterable[Commit]) -> None:
        """Go on with ``records``; commits that are in the book already are left out."""
        for record in records:
            refused = isinstance(record.outcome, Refusal)
            self.entries.append(_entry(record))
            self._tree.append(record.digest)
            if not refused:
                for event in self.entries[-1].events:
                    self._state = proceeding.apply(self._state, event)
                self._acts = len(self.entries)
        known = self.commits[-1][1] if self.commits else 0
        self.commits += [(commit.first, commit.last) for commit in commits if commit.last > known]

    @property
    def read(self) -> int:
        """The last record in the book."""
        return len(self.entries)

    @property
    def seq(self) -> int:
        """The last record that the papers cover."""
        return self._acts

    @property
    def head(self) -> str:
        """Its digest, 64 hexadecimal digits."""
        return self.entries[self._acts - 1].digest if self._acts else GENESIS.hex()

    @property
    def state(self) -> State:
        """
        The sale as it stands after that record. To be read only.

        Raises:
            NothingOnRecord: No sale was announced.

        """
        if self._state is None:
            raise NothingOnRecord("this journal holds no announced sale yet: there is nothing to make papers of")
        return self._state

    @property
    def auction(self) -> Auction:
        """
        The same, of an auction: the kind of sale papers are made of.

        Raises:
            NothingOnRecord: It is a sale of another kind, or none.

        """
        state = self.state
        if not isinstance(state, Auction):
            raise NothingOnRecord("this journal holds a sale of another kind: it has no lots")
        return state

    @property
    def closed_seq(self) -> int | None:
        """The record that closed the sale; None while it is not closed."""
        for entry in reversed(self.entries):
            if any(isinstance(event, SaleClosed) for event in entry.events):
                return entry.seq
        return None

    @property
    def dated_at(self) -> Nanoseconds:
        """When the last record covered was made: the date of a paper, whenever it is printed."""
        return self.entries[self._acts - 1].recorded_at if self._acts else Nanoseconds(0)

    def covered(self) -> list[Entry]:
        """The records that the papers cover."""
        return self.entries[: self._acts]

    def lines(self, audience: Audience) -> Iterator[Line]:
        """Everything that happened, as far as ``audience`` may hear of it now."""
        state = self.state
        for entry in self.covered():
            for event in told(state, entry.events, audience):
                yield Line(seq=entry.seq, at_us=entry.arrived_at // 1000, by=entry.by, told=event)

    def instant_of(self, kind: str) -> int | None:
        """When an event of a type happened first, in microseconds since 1970; None if it did not."""
        entries = (entry for entry in self.covered() if any(type(event).__name__ == kind for event in entry.events))
        return next((entry.arrived_at // 1000 for entry in entries), None)

    def parts(self, audience: Audience) -> dict[str, Any]:
        """The sale as ``audience`` sees it, by part."""
        return picture(self.state, audience)

    def lots(self, audience: Audience) -> list[dict[str, Any]]:
        """The part of every lot, in the order of the catalogue."""
        parts = self.parts(audience)
        return [parts[f"lot/{number}"] for number in self.auction.lots]

    def envelope(self, paper: str, upto: int | None = None) -> dict[str, Any]:
        """
        What stands on every paper: which sale it is of, and which records it was made from.

        Args:
            paper: Its name.
            upto: The last record it is made from; if left out, the last that changed anything.

        """
        state, seq = self.state, self.seq if upto is None else upto
        last, key = self.entries[seq - 1], self.identity.public_key
        return {
            "paper": paper,
            "edition": EDITION,
            "sale": {"id": state.sale, "title": {"zh": state.title.zh, "en": state.title.en}},
            "made_from": {
                "seq": seq,
                "head": last.digest,
                "epoch": last.epoch,
                "key": key.hex(),
                "rules": state.rules_digest,
                "dated_at_us": last.recorded_at // 1000,
                "checkpoint": {"origin": origin_of(key, state.sale), "size": seq, "root": self._tree.root(seq).hex()},
            },
        }


def _entry(record: Record) -> Entry:
    refusal = record.outcome if isinstance(record.outcome, Refusal) else None
    return Entry(
        seq=record.seq,
        epoch=record.epoch,
        arrived_at=record.arrived_at,
        recorded_at=record.recorded_at,
        by=record.by,
        command=type(record.command).__name__,
        lot=getattr(record.command, "lot", None),
        events=() if isinstance(record.outcome, Refusal) else record.outcome,
        refused=str(refusal.reason) if refusal is not None else None,
        digest=record.digest.hex(),
    )
