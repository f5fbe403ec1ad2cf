"""Reading a journal's commits ahead of their use, and having them checked meanwhile."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import apsw

from engine.journal.base import JournalIdentity
from engine.journal.header import GENESIS
from engine.journal.second import Second
from engine.journal.sound import CommitRow, Row, Stretch, sound

RECORD: Final = "seq, epoch, arrived_at, recorded_at, command, outcome, digest"
COMMIT: Final = "last, first, epoch, root, rules, signature, state_digest"

STRETCH_RECORDS: Final = 2000
"""Records that are checked at once."""

STRETCHES_AHEAD: Final = 6
"""Stretches that are read before the second process has answered to the first of them."""

ALONE_RECORDS: Final = 10_000
"""So many records are checked before it is worth a second process: they take a fifth of a second."""


@dataclass(slots=True)
class Kept:
    """A commit and its records as they are kept."""

    commit: CommitRow
    rows: list[Row] = field(default_factory=list)

    fault: Exception | None = None
    """Why no more of its records could be read."""

    sound: bool = False
    """Whether digests, root and signature were checked and hold."""


@dataclass(slots=True)
class _Stretch:
    """Commits that are checked together, and the record before them."""

    kept: list[Kept]
    prev: bytes
    seq: int

    asked: bool = False
    """Whether the second process was asked, and has not answered yet."""

    sound: bool = False

    def plain(self) -> Stretch:
        return [(kept.commit, kept.rows) for kept in self.kept]


@dataclass(frozen=True, slots=True)
class Help:
    """When and how a second process is started."""

    alone_records: int = ALONE_RECORDS
    stretch_records: int = STRETCH_RECORDS
    start: Callable[[str, bytes, bytes], Second | None] = Second.start


def checked(connection: apsw.Connection, identity: JournalIdentity, help_: Help) -> Generator[Kept]:
    """
    Every commit that is kept, in order, and whether it is sound. One that is not said to be may be anything.

    What cannot be read is raised in its turn, when all that was read before it has been seen.
    """
    reader = _Reader(connection, help_.stretch_records)
    checker = _Checker(identity)
    left: int | None = help_.alone_records
    try:
        for stretch in checker.over(reader):
            for kept in stretch.kept:
                kept.sound = stretch.sound
                yield kept
            if left is not None:
                left -= sum(len(kept.rows) for kept in stretch.kept)
                if left <= 0:
                    left, checker.second = None, help_.start(identity.sale, identity.salt_key, identity.public_key)
    finally:
        checker.close()
    if reader.fault is not None:
        raise reader.fault


class _Checker:
    """Has stretches checked by the second process, and does by itself what that does not get to."""

    def __init__(self, identity: JournalIdentity) -> None:
        self._identity = identity
        self.second: Second | None = None

    def close(self) -> None:
        if self.second is not None:
            self.second.close()
            self.second = None

    def over(self, reader: "_Reader") -> Iterator[_Stretch]:
        """The stretches in order, each checked."""
        ahead: deque[_Stretch] = deque()
        while True:
            self._read_ahead(reader, ahead)
            if not ahead:
                return
            stretch = ahead.popleft()
            self._settle(stretch)
            yield stretch

    def _read_ahead(self, reader: "_Reader", ahead: deque[_Stretch]) -> None:
        second = self.second
        if second is None:
            if not ahead and (stretch := reader.next()) is not None:
                self._check(stretch)
                ahead.append(stretch)
            return
        while len(ahead) < STRETCHES_AHEAD and (stretch := reader.next()) is not None:
            second.ask(stretch.prev, stretch.seq, stretch.plain())
            stretch.asked = True
            ahead.append(stretch)
        while (
            ahead
            and ahead[0].asked
            and not second.ready()
            and len(ahead) < 2 * STRETCHES_AHEAD
            and (stretch := reader.next()) is not None
        ):
            self._check(stretch)
            ahead.append(stretch)

    def _settle(self, stretch: _Stretch) -> None:
        """Wait for the answer, if there is to be one."""
        if not stretch.asked:
            return
        said = None if self.second is None else self.second.answer()
        if said is None:
            self.close()
            self._check(stretch)
        else:
            stretch.sound = said

    def _check(self, stretch: _Stretch) -> None:
        whose = self._identity
        stretch.sound = sound(whose.sale, whose.salt_key, whose.public_key, stretch.prev, stretch.seq, stretch.plain())


class _Reader:
    """Reads commit by commit, and stops at the first that cannot be read whole or does not follow."""

    def __init__(self, connection: apsw.Connection, stretch_records: int) -> None:
        self._connection, self._stretch_records = connection, stretch_records
        self._commits: Iterator[Any] | None = None
        self._prev, self._seq = GENESIS, 0
        self.fault: Exception | None = None
        self._ended = False

    def next(self) -> _Stretch | None:
        """The next commits; None after the last."""
        stretch, records = _Stretch([], self._prev, self._seq), 0
        while records < self._stretch_records and (kept := self._next()) is not None:
            stretch.kept.append(kept)
            records += len(kept.rows)
        return stretch if stretch.kept else None

    def _next(self) -> Kept | None:
        if self._ended:
            return None
        try:
            if self._commits is None:
                self._commits = iter(self._connection.execute(f"SELECT {COMMIT} FROM commits ORDER BY last"))  # noqa: S608
            commit = next(self._commits, None)
        except Exception as fault:  # It is raised when it is its turn.
            self.fault, self._ended = fault, True
            return None
        if commit is None:
            self._ended = True
            return None
        kept = Kept(commit)
        try:
            last, first = commit[:2]
            if first != self._seq + 1 or last < first:
                self._ended = True
                return kept
            kept.rows.extend(
                self._connection.execute(
                    f"SELECT {RECORD} FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq",  # noqa: S608
                    (first, last),
                )
            )
            if len(kept.rows) != last - first + 1:
                self._ended = True
                return kept
            self._prev, self._seq = kept.rows[-1][6], last
        except Exception as fault:
            kept.fault, self._ended = fault, True
        return kept
