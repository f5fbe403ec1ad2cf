"""
What every keeper of records promises. ``tests/journal/contract.py`` holds each keeper to it.

- :meth:`Journal.append` returns only when the records survive a power cut; then, and only then, they may be seen.
- After a fault in ``append`` the journal takes nothing more. What was in flight is there whole or not at all.
- Records come back as they were given, in order, without gaps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from engine.domain.units import Nanoseconds
from engine.journal.commit import Commit
from engine.journal.record import Record


@dataclass(frozen=True, slots=True)
class JournalIdentity:
    """What does not change while a journal lives."""

    sale: str

    epoch: int
    """Raised whenever history could not be continued; readers of an older epoch take a new picture."""

    salt_key: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Pages:
    """Some records and the commits that cover them."""

    records: tuple[Record, ...]
    commits: tuple[Commit, ...]


Epochs = tuple[tuple[int, int], ...]
"""Epochs in rising order, each with its first record."""


@dataclass(frozen=True, slots=True)
class Spine:
    """What the tree over a journal is made of."""

    digests: tuple[bytes, ...]
    """Of every record, from the first."""

    recorded_at: Nanoseconds
    """When the last of them was recorded; 0 if there is none."""


class Journal(Protocol):
    """A keeper of one proceeding's records."""

    @property
    def identity(self) -> JournalIdentity:
        """What this journal is."""
        ...

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """
        Every commit with its records, from the first; digests, chain, roots and signatures checked.

        Raises:
            JournalDamaged: At the first record that contradicts another.

        """
        ...

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        """
        Keep ``records``, all or none, and return when they are kept.

        Raises:
            StorageFault: They may or may not be kept. The journal takes nothing more.

        """
        ...

    async def read(self, after: int, limit: int) -> Pages:
        """Up to ``limit`` records with a seq above ``after``, and the commits that cover any of them."""
        ...

    def spine(self, until: int) -> Spine:
        """
        The digests of the records up to ``until``, read at once: for when a room opens.

        Raises:
            StorageFault: They cannot be read.

        """
        ...

    def epochs(self) -> Epochs:
        """
        Each epoch of the history and its first record, read at once: for when a room opens.

        Raises:
            StorageFault: They cannot be read.

        """
        ...

    def close(self) -> None:
        """Let go of the storage."""
        ...
