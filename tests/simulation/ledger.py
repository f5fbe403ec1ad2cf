"""
The safety checker: what was heard outside, held against what is kept inside.

It knows nothing of the rooms' workings. It is told of every frame that is asked, of every frame that is heard, of every record as the
hub shows it, and of the journal as a new engine finds it; and it says which promise is broken.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import orjson
import trio

from engine.domain.auction.commands import DeadlineReached, SuspendSale
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.journal.record import GENESIS, Record
from tests.simulation.book import Book
from tests.simulation.coverage import Coverage
from tests.simulation.network import Line
from tests.simulation.quota_book import QuotaBook, QuotaSecrets
from tests.simulation.secrets import Secrets

if TYPE_CHECKING:
    from tests.simulation.browser import Browser, Position

Id = tuple[Principal, str]
FIRST: Final = b'{"answer":'
REST: Final = b',"code":"OK_DUPLICATE","type":"duplicate"}'
ANSWER_S: Final = 2.6
"""Two seconds, and what the house's watch and a tick of the world add."""


class Broken(Exception):
    """A promise is broken."""

    def __init__(self, promise: str, words: str) -> None:
        super().__init__(f"{promise}: {words}")
        self.promise, self.words = promise, words


class Ledger:
    """See the module."""

    def __init__(self, epoch: int, stop: Callable[[], None], *, quota: bool = False) -> None:
        self.epoch = epoch
        self.found: list[Broken] = []
        self._stop = stop
        self.book: Book | QuotaBook
        self.secrets: Secrets | QuotaSecrets
        if quota:
            self.book = QuotaBook(self.broken)
            self.secrets = QuotaSecrets(self.book, self.broken)
        else:
            self.book = Book(self.broken)
            self.secrets = Secrets(self.book, self.broken)
        self.coverage = Coverage()
        self.records: list[Record] = []
        """As they were shown, or found by a new engine."""

        self.recorded: dict[Id, tuple[int, float]] = {}
        """Which record an id has, and since when the house has shown it."""

        self.answers: dict[Id, tuple[int, bytes]] = {}
        self.heard_seq = 0
        self._heard_before: dict[Id, int] = {}
        self._bodies: dict[Id, list[bytes]] = {}
        self._handed: dict[Id, tuple[int, int, int]] = {}
        """Stamp, and house time of handing in, and in which life."""

        self._lives: list[int] = []
        """The life in which each record was taken up."""

        self.life = 0
        self._begins = False
        """Whether a new engine has read its journal and has taken nothing up yet."""

        self.disturbed_at = -1.0
        """When the machine last stood still or was lost."""

        self.lines: list[str] = []
        self._history = hashlib.sha256()
        self.counts = {"acknowledged": 0, "asked": 0, "heard": 0, "resyncs": 0, "duplicates": 0, "unknown": 0}

    # Telling.

    def broken(self, promise: str, words: str) -> None:
        """Something is wrong."""
        if not self.found:
            self.note(f"BROKEN {promise}: {words}")
        self.found.append(Broken(promise, words))
        self._stop()

    def note(self, words: str) -> None:
        """One line of history."""
        line = f"{trio.current_time():.9f} {words}"
        self._history.update(line.encode() + b"\n")
        self.lines.append(line)

    def digest(self) -> str:
        """Of the whole history."""
        return self._history.hexdigest()

    # Outside.

    def asks(self, by: Principal, command_id: str, frame: bytes) -> None:
        """Somebody sends something for the first time."""
        asked = (by, command_id)
        self._heard_before.setdefault(asked, self.heard_seq)
        self._bodies.setdefault(asked, []).append(frame)
        self.secrets.asked(by, frame)
        self.counts["asked"] += 1
        self.note(f"{by} asks {frame.decode(errors='replace')}")

    def hears(self, browser: "Browser", kind: str, told: dict[str, Any], text: bytes) -> None:
        """A browser is given a frame."""
        self.counts["heard"] += 1
        digest = hashlib.sha256(text).hexdigest()[:12]
        self.note(
            f"{browser.name} hears {kind} {told.get('id') or told.get('seq', '')} {told.get('code', '')} {digest}"
        )
        self.secrets.look(browser.principal, text, answer=kind in {"answer", "duplicate"})
        line = browser.line
        if line is not None and kind in {"answer", "duplicate", "refused", "unknown"}:
            self._replied(browser, line, kind, told)
        if browser.principal is None:
            return
        if kind == "answer":
            self._answered(browser.principal, told, text)
        elif kind == "duplicate":
            self.counts["duplicates"] += 1
            if not text.startswith(FIRST) or not text.endswith(REST):
                self.broken("P2", f"{browser.name} was given a duplicate that is none: {text[:200]!r}")
            self._answered(browser.principal, told["answer"], text[len(FIRST) : -len(REST)])
        elif kind == "unknown" and told["code"] == "E_NEVER_SEEN":
            self._never_seen(browser, told["id"])
        elif kind == "unknown":
            self.counts["unknown"] += 1

    def _answered(self, by: Principal, told: dict[str, Any], raw: bytes) -> None:
        asked, seq = (by, told["id"]), told["seq"]
        known = self.answers.get(asked)
        if known is not None and known != (seq, raw):
            self.broken("P2", f"{asked} was answered with other bytes than before: {known[1]!r}, then {raw!r}")
        if known is None:
            self.answers[asked] = (seq, raw)
            self.counts["acknowledged"] += 1
            self._same_as_kept(asked)
        if seq <= self._heard_before.get(asked, -1):
            self.broken(
                "P3", f"{asked} was sent after record {self._heard_before[asked]} was known, and is record {seq}"
            )
        self.heard_seq = max(self.heard_seq, seq)

    def _same_as_kept(self, asked: Id) -> None:
        seq, raw = self.answers[asked]
        if seq > len(self.records):
            self.broken("P1", f"{asked} was answered with record {seq}, and {len(self.records)} is the last one kept")
            return
        record, receipt = self.records[seq - 1], orjson.loads(raw)["receipt"]
        if (record.by, record.command_id) != asked or receipt["header"] != record.header():
            self.broken("P1", f"{asked} was answered with record {seq}: {receipt['header']}, kept is {record.header()}")
        if receipt["command"].encode() != record.command_bytes or receipt["outcome"].encode() != record.outcome_bytes:
            self.broken("P1", f"{asked} was answered with another command or outcome than is kept as {seq}")
        accepted = "accepted" in orjson.loads(raw)["outcome"]
        if accepted == isinstance(record.outcome, Refusal):
            self.broken("P1", f"{asked} was told {'yes' if accepted else 'no'}, and the record says otherwise")

    def _never_seen(self, browser: "Browser", command_id: str) -> None:
        assert browser.principal is not None
        if browser.line is None:
            return
        inquiries = browser.line.inquiries.get(command_id, [])
        known = self.recorded.get((browser.principal, command_id))
        if known is not None and inquiries and known[1] < inquiries[0]:
            self.broken(
                "P13",
                f"{browser.name} asked after {command_id}, which is record {known[0]}, and was told that it was never seen",
            )
        if inquiries and browser.line.exact:
            inquiries.pop(0)

    def _replied(self, browser: "Browser", line: Line, kind: str, told: dict[str, Any]) -> None:
        command_id = told.get("id") or (told["answer"]["id"] if kind == "duplicate" else None)
        if command_id is None:
            return
        since = line.asked_at.pop(command_id, None)
        if since is not None:
            self._in_two_seconds(browser, line, command_id, since)
        if told.get("code") != "E_UNKNOWN_OUTCOME":
            line.replies[command_id] = line.replies.get(command_id, 0) + 1

    def _in_two_seconds(self, browser: "Browser", line: Line, command_id: str, since: float) -> None:
        took = trio.current_time() - since
        quiet = line.wide and not line.stalled and line.opened_at > self.disturbed_at and not line.faults
        if quiet and took > ANSWER_S + line.slowest_s:
            self.broken("P13", f"{browser.name} waited {took:.2f} s for a word on {command_id}")

    def line_over(self, name: str, line: Line) -> None:
        """A line is gone."""
        self.note(f"{name} line {line.number} is over")

    def settled(self, browser: "Browser", line: Line) -> None:
        """All is calm, and the line still stands: whatever reached the house on it was answered on it."""
        for command_id, times in line.asked.items():
            heard = line.replies.get(command_id, 0)
            if heard < times:
                asked = f"{browser.name} asked {times} times for {command_id} on line {line.number}"
                self.broken("P12", f"{asked}, and heard of it {heard} times")

    def stands(self, browser: "Browser") -> None:
        """A browser's picture has moved."""
        assert browser.position is not None
        epoch, seq, head = browser.position
        if not self.is_place(browser.position):
            self.broken("P12", f"{browser.name} shows epoch {epoch}, record {seq}, head {head}, which was never there")

    def is_place(self, position: "Position") -> bool:
        """Whether this is a place in the history."""
        epoch, seq, head = position
        if epoch != self.epoch or not 0 <= seq <= len(self.records):
            return False
        return head == (self.records[seq - 1].digest if seq else GENESIS).hex()

    # Inside.

    def handed_in(self, by: Principal, command_id: str, stamp: int, at: int) -> None:
        """A letter was left for the clerk."""
        self._handed.setdefault((by, command_id), (stamp, at, self.life))

    def shows(self, record: Record) -> None:
        """The hub shows a record."""
        if record.seq <= len(self.records):
            self._same_record(record)
            return
        if record.seq != len(self.records) + 1:
            self.broken("P12", f"record {record.seq} was shown after {len(self.records)}")
            return
        if self._begins:
            self._begins = False
            self._suspended_first(record)
        self._enter(record)

    def _suspended_first(self, record: Record) -> None:
        """A timed sale whose lots were open when the engine stopped is suspended before anything else."""
        if not self.book.time_runs:
            return
        command = record.command
        if not isinstance(command, SuspendSale) or command.cause != "restart" or isinstance(record.outcome, Refusal):
            self.broken("P7", f"a timed sale was interrupted, and the first record after it is {record.seq}, {command}")

    def finds(self, records: Iterable[Record]) -> None:
        """A new engine has read its journal."""
        last = 0
        for record in records:
            last = record.seq
            if record.seq <= len(self.records):
                self._same_record(record)
            else:
                self._enter(record)
        if last < len(self.records):
            self.broken("P1", f"the journal ends at {last}, and {len(self.records)} were shown")
        self._begins = True
        for asked, (seq, _) in self.answers.items():
            if seq > last:
                self.broken("P1", f"{asked} was answered with record {seq}, which is lost")

    def _same_record(self, record: Record) -> None:
        known = self.records[record.seq - 1]
        if known.digest != record.digest or known.outcome_bytes != record.outcome_bytes:
            self.broken("P1", f"record {record.seq} was {known.header()} and is {record.header()}")

    def _enter(self, record: Record) -> None:
        asked = (record.by, record.command_id)
        if asked in self.recorded:
            self.broken("P2", f"{asked} is record {self.recorded[asked][0]} and once more {record.seq}")
        previous = self.records[-1] if self.records else None
        if record.prev != (previous.digest if previous is not None else GENESIS):
            self.broken("P1", f"record {record.seq} does not follow the one before")
        if previous is not None and record.recorded_at < previous.recorded_at:
            self.broken(
                "P6", f"record {record.seq} was taken up at {record.recorded_at}, before {previous.recorded_at}"
            )
        if record.arrived_at > record.recorded_at:
            self.broken(
                "P6", f"record {record.seq} arrived at {record.arrived_at} and was taken up at {record.recorded_at}"
            )
        self.recorded[asked] = (record.seq, trio.current_time())
        self.records.append(record)
        self._lives.append(self.life)
        said = record.outcome.reason if isinstance(record.outcome, Refusal) else "yes"
        self.note(
            f"record {record.seq} {record.by} {record.command_id} {type(record.command).__name__} {said} {record.digest.hex()[:12]}"
        )
        self._in_turn(record)
        was = self.coverage.before(self.book, record)
        self.book.take(record)
        self.coverage.after(self.book, was)
        self.secrets.take(record)
        if asked in self._heard_before and record.seq <= self._heard_before[asked]:
            self.broken(
                "P3", f"{asked} was sent after record {self._heard_before[asked]} was known, and is record {record.seq}"
            )

    def _in_turn(self, record: Record) -> None:
        """Nothing was taken up before what had reached the house before it and was waiting."""
        handed = self._handed.get((record.by, record.command_id))
        if handed is None:
            return
        stamp, at, life = handed
        if life != self.life or record.arrived_at != stamp:
            return
        for nth in range(len(self.records) - 2, max(-1, len(self.records) - 12), -1):
            before = self.records[nth]
            if self._lives[nth] != self.life or before.recorded_at <= at:
                break
            later = before.arrived_at > stamp
            deadline = (
                isinstance(before.command, DeadlineReached)
                and before.arrived_at >= stamp
                and before.by == "house:engine"
            )
            deadline = deadline and before.command_id == f"deadline-{before.arrived_at}"
            if later or deadline:
                self.broken(
                    "P6" if later else "P7",
                    f"record {before.seq}, of {before.arrived_at}, was taken up before {record.seq}, of {stamp}, which was waiting",
                )
                break
