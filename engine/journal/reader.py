"""What a journal's file holds, read and held to its chain, its signatures and its anchor. Nothing is written here."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, Final

import apsw

from engine.domain.units import Nanoseconds
from engine.journal import proof
from engine.journal.base import Epochs, JournalIdentity, Pages, Spine
from engine.journal.commit import Commit, Statement
from engine.journal.faults import AnchorLost, EpochStale, JournalDamaged, JournalTailLost, StorageFault
from engine.journal.opening import said
from engine.journal.reading import COMMIT, RECORD, Help, checked
from engine.journal.record import GENESIS, Record, WrongDigest, unseal
from engine.journal.signing import holds
from engine.journal.sound import Row

SEQ_MAX: Final = 2**62
"""No journal gets so far; SQLite counts to twice as many."""


class Reader:
    """
    Reads one journal's file.

    Args:
        connection: To it.
        identity: Whose it is, and the epoch it should be in.

    """

    def __init__(self, connection: apsw.Connection, identity: JournalIdentity) -> None:
        self._connection = connection
        self.identity = identity
        self.help = Help()

    def end(self) -> tuple[int, int, int]:
        """
        The last record's seq, that of the last record of the commit before, and when the last was recorded (nanoseconds since 1970).

        Zeros if there is none.

        Raises:
            JournalDamaged: It cannot be read.

        """
        try:
            last = self._connection.execute("SELECT seq, recorded_at FROM records ORDER BY seq DESC LIMIT 1").fetchone()
            first = self._connection.execute("SELECT first FROM commits ORDER BY last DESC LIMIT 1").get
        except apsw.Error as error:
            raise JournalDamaged(1, f"it cannot be read {said(error)}") from error
        return (0, 0, 0) if last is None else (int(last[0]), int(first or 1) - 1, int(last[1]))

    def newest(self) -> Commit | None:
        """
        The last commit as it stands there, not held to anything yet; None if there is none.

        Raises:
            JournalDamaged: It cannot be read.

        """
        try:
            row = self._connection.execute(f"SELECT {COMMIT} FROM commits ORDER BY last DESC LIMIT 1").fetchone()  # noqa: S608
            return None if row is None else self._commit(row)
        except (apsw.Error, IndexError) as error:
            raise JournalDamaged(1, "it cannot be read") from error

    def history(self, anchored: Statement | None, *, compared: bool) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """
        Every commit and its records, held to chain, roots and signatures.

        Args:
            anchored: What the head anchor vouches for.
            compared: Whether there is an anchor to compare with.

        Raises:
            JournalFault: Something is wrong, or missing at the end.

        """
        prev, seq = GENESIS, 0
        before, commit = 0, None
        if anchored is not None and anchored.epoch > self.identity.epoch:
            raise EpochStale(self.identity.epoch, anchored.epoch, anchored.first)
        try:
            with closing(checked(self._connection, self.identity, self.help)) as commits:
                for kept in commits:
                    last, first, epoch, root, rules, signature, state_digest = kept.commit
                    if first != seq + 1 or last < first:
                        raise JournalDamaged(seq + 1, "no commit covers it")
                    if commit is not None and epoch < commit.statement.epoch:
                        raise JournalDamaged(first, "its epoch is not the journal's")
                    records = tuple(self._records(kept.rows, first, prev, sound=kept.sound))
                    if kept.fault is not None:
                        raise kept.fault
                    if len(records) != last - first + 1:
                        raise JournalDamaged(first + len(records), "it is missing")
                    digests = tuple([record.digest for record in records])
                    if not kept.sound and proof.levels(digests)[-1][0] != root:
                        raise JournalDamaged(first, "the commit's root is not that of its records")
                    prev, before, seq = records[-1].digest, seq, last
                    _compare(anchored, records)
                    statement = Statement(self.identity.sale, epoch, first, last, prev, root, rules)
                    if not kept.sound and not holds(self.identity.public_key, statement.text().encode(), signature):
                        raise JournalDamaged(first, "the commit's signature is not the house's")
                    if not isinstance(state_digest, str | None):
                        raise JournalDamaged(last, "the digest kept of the state is none")
                    commit = Commit(statement, signature, digests, state_digest)
                    yield commit, records
            stray = self._connection.execute("SELECT min(seq) FROM records WHERE seq > ?", (seq,)).get
        except (apsw.IOError, apsw.NoMemError) as error:
            raise StorageFault(f"record {seq + 1} cannot be read {said(error)}") from error
        except (apsw.Error, UnicodeDecodeError, TypeError) as error:
            raise JournalDamaged(seq + 1, f"it cannot be read {said(error)}") from error
        if stray is not None:
            raise JournalDamaged(stray, "no commit covers it")
        if anchored is not None and anchored.last > seq:
            raise JournalTailLost(seq + 1, anchored.last)
        if commit is not None:
            self._check_end(commit, anchored, before, compared=compared)

    def _check_end(self, last: Commit, anchored: Statement | None, before: int, *, compared: bool) -> None:
        """``before`` is where the commit before the last one ended."""
        if last.statement.epoch != self.identity.epoch:
            raise JournalDamaged(last.last, "its epoch is not the journal's")
        if not compared:
            return
        reached = anchored.last if anchored is not None else 0
        if reached < before:
            raise AnchorLost(reached, last.last)

    def spine(self, until: int) -> Spine:
        """See :class:`engine.journal.base.Journal`."""
        try:
            rows: list[Any] = self._connection.execute(
                "SELECT digest, recorded_at FROM records WHERE seq <= ? ORDER BY seq", (until,)
            ).fetchall()
        except apsw.Error as error:
            raise StorageFault(f"{type(error).__name__}: {error}") from error
        return Spine(tuple(digest for digest, _ in rows), Nanoseconds(rows[-1][1] if rows else 0))

    def epochs(self) -> Epochs:
        """See :class:`engine.journal.base.Journal`."""
        try:
            rows: list[Any] = self._connection.execute(
                "SELECT epoch, min(first) FROM commits GROUP BY epoch ORDER BY epoch"
            ).fetchall()
        except apsw.Error as error:
            raise StorageFault(f"{type(error).__name__}: {error}") from error
        return tuple((int(epoch), int(first)) for epoch, first in rows)

    def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.base.Journal`. Blocks."""
        after = max(0, after)
        if after > SEQ_MAX:
            return Pages((), ())
        try:
            prev = self._connection.execute("SELECT digest FROM records WHERE seq = ?", (after,)).get or GENESIS
            records = tuple(self._records_between(after + 1, after + limit, prev))
            if not records:
                return Pages((), ())
            commits = tuple(
                self._commit(row)
                for row in self._connection.execute(
                    f"SELECT {COMMIT} FROM commits WHERE last > ? AND first <= ? ORDER BY last",  # noqa: S608
                    (after, records[-1].seq),
                ).fetchall()
            )
        except apsw.Error as error:
            raise StorageFault(f"{type(error).__name__}: {error}") from error
        return Pages(records, commits)

    def _commit(self, row: tuple[Any, ...]) -> Commit:
        last, first, epoch, root, rules, signature, state_digest = row
        digests = tuple(
            digest
            for (digest,) in self._connection.execute(
                "SELECT digest FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
            )
        )
        statement = Statement(self.identity.sale, epoch, first, last, digests[-1], root, rules)
        return Commit(statement, signature, digests, state_digest)

    def _records_between(self, first: int, last: int, prev: bytes) -> Iterator[Record]:
        rows = self._connection.execute(
            f"SELECT {RECORD} FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq",  # noqa: S608
            (first, last),
        )
        return self._records(rows, first, prev)

    def _records(self, rows: Iterable[Row], due: int, prev: bytes, *, sound: bool = False) -> Iterator[Record]:
        """The records of ``rows``, from ``due`` on; ``sound`` if their digests were checked."""
        identity = self.identity
        sale, salt_key = identity.sale, identity.salt_key
        for seq, epoch, arrived_at, recorded_at, command, outcome, digest in rows:
            if seq != due:
                raise JournalDamaged(due, "it is missing")
            try:
                record = unseal(
                    sale=sale,
                    epoch=epoch,
                    seq=seq,
                    arrived_at=arrived_at,
                    recorded_at=recorded_at,
                    command_bytes=command,
                    outcome_bytes=outcome,
                    prev=prev,
                    salt_key=salt_key,
                    digest=digest,
                    sound=sound,
                )
            except WrongDigest as error:
                raise JournalDamaged(seq, "its content or place does not match its digest") from error
            except (ValueError, KeyError, TypeError) as error:
                raise JournalDamaged(seq, f"its content cannot be read ({type(error).__name__})") from error
            yield record
            prev, due = digest, seq + 1


def _compare(anchored: Statement | None, records: tuple[Record, ...]) -> None:
    if anchored is None or not records[0].seq <= anchored.last <= records[-1].seq:
        return
    if records[anchored.last - records[0].seq].digest != anchored.head:
        raise JournalTailLost(anchored.last, anchored.last, forked=True)
