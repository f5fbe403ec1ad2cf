"""What the engine makes of files that were tampered with: the very same history, or a fault that names the first bad record."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, cast

import apsw
import trio

from engine.journal.base import Journal
from engine.journal.commit import Commit
from engine.journal.faults import AnchorLost, JournalDamaged, JournalFault, JournalTailLost, StorageFault
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.room.recovery import recover
from tests.attack.scene import Files, Place
from tests.journal.books import Kept, same_record

MEMO_MAX: Final = 2000
TRIED_ANYWAY: Final = 32
"""Every so many known cases one is opened and recovered all the same, and must come to the verdict that is known."""


class Outcome(StrEnum):
    """What became of a case."""

    SAME = "same"
    DAMAGED = "damaged"
    TAIL_LOST = "tail lost"
    ANCHOR_LOST = "anchor lost"
    NOTICED_LATER = "noticed later"
    """It was served, took one commit more, and the next opening named the damage."""

    WRONG = "WRONG"
    """Another history was served, or the fault did not say what it must. Never acceptable."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, and what was said."""

    outcome: Outcome
    seq: int
    """The record named; 0 if none was."""

    said: str


@dataclass(frozen=True, slots=True)
class Case:
    """Files as they were tampered with."""

    what: str
    files: Files

    commits: int
    """How many commits must be there if it is served at all."""

    goes_on: bool = True
    """Whether, if it is served, it is tried with one commit more."""


_Key = tuple[bytes, bytes | None, int, bool]
"""Image, anchor, commits, whether it is tried with one commit more."""


class _Watched:
    """A journal, and a look at every commit it gives out."""

    def __init__(self, journal: SqliteJournal, book: list[Kept]) -> None:
        self.journal, self._book = journal, book
        self.commits = self.sound = 0
        self.differs = False

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        for commit, records in self.journal.history():
            self.differs |= not _same(self._book, self.commits, commit, records)
            self.commits += 1
            if not self.differs:
                self.sound = commit.last
            yield commit, records


class Judge:
    """
    Opens what is laid before it as an engine does at its start, in a folder of its own.

    What an engine makes of a journal depends on the database that SQLite sees through the write-ahead log and on what the anchor says:
    the same two are judged once, and now and then again.
    """

    def __init__(self, folder: Path, book: list[Kept], one_more: Kept) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._place, self._book, self._one_more = Place(folder), book, one_more
        self._known: dict[_Key, Verdict] = {}
        self._spared = 0

    def verdict(self, case: Case) -> Verdict:
        """What becomes of ``case``."""
        case.files.lay(self._place)
        key = self._key(case)
        known = None if key is None else self._known.get(key)
        if known is not None:
            self._spared += 1
            if self._spared % TRIED_ANYWAY:
                return known
        case.files.lay(self._place)
        verdict = self._opened(case)
        if known is not None and known != verdict:
            return Verdict(Outcome.WRONG, verdict.seq, f"{verdict.said}; of the same database and anchor: {known.said}")
        if key is not None and len(self._known) < MEMO_MAX:
            self._known[key] = verdict
        return verdict

    def _key(self, case: Case) -> "_Key | None":
        """What the verdict depends on; None if SQLite itself finds no database."""
        try:
            connection = apsw.Connection(str(self._place.journal), flags=apsw.SQLITE_OPEN_READWRITE)
        except apsw.Error:
            return None
        try:
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN; SELECT count(*) FROM sqlite_schema; COMMIT").fetchall()
            image = hashlib.blake2b(connection.serialize("main")).digest()
        except (apsw.Error, MemoryError):
            return None
        finally:
            connection.close()
        return image, case.files.anchor, case.commits, case.goes_on

    def _opened(self, case: Case) -> Verdict:
        try:
            journal = self._place.open()
        except JournalFault as fault:
            return _named(fault, 0)
        try:
            return self._recovered(journal, case)
        except Exception as error:
            journal.close()
            return Verdict(Outcome.WRONG, 0, f"no fault, but {type(error).__name__}: {error}")

    def _recovered(self, journal: SqliteJournal, case: Case) -> Verdict:
        watched = _Watched(journal, self._book)
        try:
            recover(cast("Journal", watched))
        except JournalFault as fault:
            journal.close()
            return _named(fault, watched.sound)
        if watched.differs or watched.commits != case.commits:
            journal.close()
            return Verdict(Outcome.WRONG, watched.sound, f"{watched.commits} commits were served")
        if not case.goes_on:
            journal.close()
            return Verdict(Outcome.SAME, 0, "")
        return self._goes_on(journal, case.commits)

    def _goes_on(self, journal: SqliteJournal, commits: int) -> Verdict:
        """It is served: one commit more must be kept with all before it, or the damage named."""
        more = self._one_more if commits == len(self._book) else self._book[commits]
        acknowledged = True
        try:
            trio.run(journal.append, *more)
        except StorageFault:
            acknowledged = False
        journal.close()
        try:
            again = self._place.open()
        except JournalFault as fault:
            return _later(fault)
        watched = _Watched(again, [*self._book[:commits], more])
        try:
            recover(cast("Journal", watched))
        except JournalFault as fault:
            return _later(fault)
        finally:
            again.close()
        if watched.differs or watched.commits not in ({commits + 1} if acknowledged else {commits, commits + 1}):
            return Verdict(Outcome.WRONG, watched.sound, "what was acknowledged after it is gone")
        return Verdict(Outcome.SAME, 0, "")


def _same(book: list[Kept], at: int, commit: Commit, records: tuple[Record, ...]) -> bool:
    if at >= len(book):
        return False
    kept, known = book[at]
    same = (commit.statement, commit.signature, commit.digests) == (known.statement, known.signature, known.digests)
    return (
        same and _state(commit) == _state(known) and len(kept) == len(records) and all(map(same_record, kept, records))
    )


def _state(commit: Commit) -> str | None:
    """The digest kept of the state, without the edition before it: a digest of another edition is passed over."""
    return None if commit.state_digest is None else commit.state_digest.partition(":")[2]


def _later(fault: JournalFault) -> Verdict:
    found = _named(fault, None)
    return found if found.outcome is Outcome.WRONG else Verdict(Outcome.NOTICED_LATER, found.seq, found.said)


def _named(fault: JournalFault, sound: int | None) -> Verdict:
    """``sound``: the last record that was read and holds; None if that is not known."""
    said = str(fault)
    if isinstance(fault, AnchorLost):
        good = "but its head anchor only" in said and "luochui adopt" in said
        return Verdict(Outcome.ANCHOR_LOST if good else Outcome.WRONG, 0, said)
    if isinstance(fault, JournalTailLost):
        good = "restore a copy" in said and (str(fault.seq) in said)
        exact = sound is None or fault.seq == sound + 1 or "another record" in said
        return Verdict(Outcome.TAIL_LOST if good and exact else Outcome.WRONG, fault.seq, said)
    if isinstance(fault, JournalDamaged):
        good = re.match(rf"record {fault.seq}: .*restore the journal", said, re.DOTALL) is not None
        exact = (
            sound is None or sound <= fault.seq
        )  # what stood at the record's end may be at fault, though it holds itself
        return Verdict(Outcome.DAMAGED if good and exact else Outcome.WRONG, fault.seq, said)
    return Verdict(Outcome.WRONG, 0, f"{type(fault).__name__} is no name for damage: {said}")
