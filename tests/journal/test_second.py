"""A journal that two processes read is judged as one that one process reads."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec
import pytest
import trio

from engine.journal.faults import JournalFault
from engine.journal.reading import Help
from engine.journal.record import GENESIS
from engine.journal.second import COMMAND, Second
from engine.journal.sound import sound
from engine.journal.sqlite import SqliteJournal
from engine.room.recovery import recover
from tests.attack.scene import Place, kept_book
from tests.journal.books import IDENTITY, STRANGER, assert_same_history

BOOK: Final = kept_book(120)
STRETCH: Final = 10
WHOSE: Final = (IDENTITY.sale, IDENTITY.salt_key, IDENTITY.public_key)


class _Started:
    """Starts a second process, and remembers it."""

    def __init__(self, *command: str) -> None:
        self.command = command or COMMAND
        self.seconds: list[Second] = []

    def __call__(self, sale: str, salt_key: bytes, public_key: bytes) -> Second | None:
        second = Second.start(sale, salt_key, public_key, self.command, processors=2)
        if second is not None:
            self.seconds.append(second)
        return second


def _help(start: Callable[[str, bytes, bytes], Second | None]) -> Help:
    return Help(alone_records=1, stretch_records=STRETCH, start=start)


ALONE: Final = _help(lambda *_: None)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("whole"))
    journal = place.create()
    for kept in BOOK:
        trio.run(journal.append, *kept)
    journal.close()
    return place


@pytest.fixture
def place(whole: Place, tmp_path: Path) -> Place:
    whole.files().lay(Place(tmp_path))
    return Place(tmp_path)


def _opened(place: Place, help_: Help) -> SqliteJournal:
    journal = place.open()
    journal.reader.help = help_
    return journal


def _judged(place: Place, help_: Help) -> tuple[int, str]:
    """How many records are read before a fault, and its words."""
    journal, read = _opened(place, help_), 0
    try:
        for _, records in journal.history():
            read = records[-1].seq
    except JournalFault as fault:
        return read, f"{type(fault).__name__}: {fault}"
    finally:
        journal.close()
    return read, ""


def _damage(place: Place, *statements: str, **values: Any) -> None:
    connection = apsw.Connection(str(place.journal))
    for statement in statements:
        connection.execute(statement, values)
    connection.close()


def test_two_processes_read_what_one_reads(place: Place) -> None:
    started = _Started()
    journal = _opened(place, _help(started))
    assert_same_history(journal.history(), BOOK)
    memory, last = recover(journal)
    journal.close()
    assert (memory.seq, last) == (120, BOOK[-1][1])
    assert len(started.seconds) == 2


DAMAGES: Final = {
    "a command": "UPDATE records SET command = CAST(command || ' ' AS BLOB) WHERE seq = 77",
    "an outcome": "UPDATE records SET outcome = x'7b7d' WHERE seq = 77",
    "an instant": "UPDATE records SET recorded_at = recorded_at + 1 WHERE seq = 77",
    "an epoch": "UPDATE records SET epoch = 2 WHERE seq = 77",
    "a digest": "UPDATE records SET digest = zeroblob(32) WHERE seq = 77",
    "a digest too short": "UPDATE records SET digest = x'00' WHERE seq = 77",
    "a record lost": "DELETE FROM records WHERE seq = 77",
    "a record moved": "UPDATE records SET seq = 1000 WHERE seq = 77",
    "a root": "UPDATE commits SET root = zeroblob(32) WHERE first <= 77 AND last >= 77",
    "a signature": "UPDATE commits SET signature = zeroblob(64) WHERE first <= 77 AND last >= 77",
    "a signature too short": "UPDATE commits SET signature = x'00' WHERE first <= 77 AND last >= 77",
    "a rule sheet": "UPDATE commits SET rules = 'other' WHERE first <= 77 AND last >= 77",
    "a commit's epoch": "UPDATE commits SET epoch = 2 WHERE first <= 77 AND last >= 77",
    "a commit lost": "DELETE FROM commits WHERE first <= 77 AND last >= 77",
    "a commit that begins late": "UPDATE commits SET first = first + 1 WHERE first <= 77 AND last >= 77",
    "the end lost": "DELETE FROM commits WHERE last > 110; DELETE FROM records WHERE seq > 110",
    "a record too many": "INSERT INTO records VALUES (121, 1, 1, 1, x'', x'', x'')",
    "two at once": "UPDATE records SET digest = zeroblob(32) WHERE seq IN (75, 99)",
    "all of it": "UPDATE records SET command = x'00'",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named_as_by_one_process(place: Place, damage: str) -> None:
    _damage(place, DAMAGES[damage])
    alone = _judged(place, ALONE)
    assert alone[1]
    assert _judged(place, _help(_Started())) == alone


@pytest.mark.parametrize("seed", range(6))
def test_a_page_that_cannot_be_read_is_named_as_by_one_process(place: Place, seed: int) -> None:
    content = bytearray(place.journal.read_bytes())
    at = len(content) * (seed + 1) // 7
    content[at : at + 64] = bytes(64)
    place.journal.write_bytes(content)
    alone = _judged(place, ALONE)
    assert _judged(place, _help(_Started())) == alone


def test_a_signature_of_a_stranger_is_named(place: Place) -> None:
    records, commit = BOOK[-3]
    foreign = STRANGER.sign(commit.statement.text().encode())
    _damage(place, "UPDATE commits SET signature = :foreign WHERE last = :last", foreign=foreign, last=commit.last)
    read, words = _judged(place, _help(_Started()))
    assert read == records[0].seq - 1
    assert "signature is not the house's" in words


_DIES: Final = "import sys; sys.stdin.buffer.read(400)"
_SAYS_ANYTHING: Final = (
    "import sys; sys.stdin.buffer.read(400); sys.stdout.write('?' * 1000); sys.stdout.flush(); sys.stdin.read()"
)
_SAYS_NO: Final = (
    "import sys; sys.stdin.buffer.read(400); sys.stdout.write('n' * 1000); sys.stdout.flush(); sys.stdin.read()"
)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param((sys.executable, "-c", _DIES), id="dies"),
        pytest.param((sys.executable, "-c", _SAYS_ANYTHING), id="says neither yes nor no"),
        pytest.param((sys.executable, "-c", _SAYS_NO), id="says no"),
        pytest.param((sys.executable, "-c", ""), id="ends at once"),
        pytest.param(("/there/is/no/such/program",), id="cannot be started"),
    ],
)
def test_without_a_second_process_that_works_all_is_checked(place: Place, command: tuple[str, ...]) -> None:
    assert _judged(place, _help(_Started(*command))) == (120, "")
    _damage(place, DAMAGES["a signature"])
    assert _judged(place, _help(_Started(*command))) == _judged(place, ALONE)


def test_one_processor_has_no_second_process() -> None:
    assert Second.start(*WHOSE, processors=1) is None


def test_a_reader_who_stops_half_way_leaves_no_process(place: Place) -> None:
    started = _Started()
    journal = _opened(place, _help(started))
    history = journal.history()
    for _, records in history:
        if records[-1].seq > 50:
            break
    (second,) = started.seconds
    history.close()  # type: ignore[attr-defined]
    journal.close()
    assert second.ended


def test_a_second_process_is_gone_when_a_fault_is_told(place: Place) -> None:
    _damage(place, DAMAGES["a root"])
    started = _Started()
    journal = _opened(place, _help(started))
    with pytest.raises(JournalFault):
        list(journal.history())
    (second,) = started.seconds
    journal.close()
    assert second.ended


def _stretch(first: int, last: int) -> tuple[bytes, int, list[Any]]:
    """Commits of the book, as they are kept, and the record before them."""
    found = [
        (
            (commit.last, commit.first, 1, commit.statement.root, commit.statement.rules, commit.signature, None),
            [
                (r.seq, r.epoch, r.arrived_at, r.recorded_at, r.command_bytes, r.outcome_bytes, r.digest)
                for r in records
            ],
        )
        for records, commit in BOOK[first:last]
    ]
    before = BOOK[first - 1][0][-1] if first else None
    return (GENESIS, 0, found) if before is None else (before.digest, before.seq, found)


def _spoilt(value: object) -> Iterator[object]:
    match value:
        case int():
            yield from (value + 1, None, str(value) + "0", 1.5)
        case bytes():
            yield from (value + b"\0", None, bytes([value[0] ^ 1]) + value[1:] if value else b"x", value.hex())
        case str():
            yield from (value + "x", None)


def test_nothing_of_a_stretch_can_be_changed() -> None:
    prev, seq, kept = _stretch(4, 6)
    assert sound(*WHOSE, prev, seq, kept)
    assert not sound(*WHOSE, GENESIS, seq, kept)
    assert not sound(*WHOSE, prev, seq + 1, kept)
    assert not sound(*WHOSE, prev, seq, kept[1:])
    assert not sound(*WHOSE, prev, seq, [(kept[0][0], kept[0][1][:-1]), kept[1]])
    for number, (commit, rows) in enumerate(kept):
        for at, value in enumerate(commit[:6]):
            for other in _spoilt(value):
                changed = (*commit[:at], other, *commit[at + 1 :])
                assert not sound(*WHOSE, prev, seq, [*kept[:number], (changed, rows), *kept[number + 1 :]])
        for place_, row in enumerate(rows):
            for at, value in enumerate(row):
                for other in _spoilt(value):
                    others = [*rows[:place_], (*row[:at], other, *row[at + 1 :]), *rows[place_ + 1 :]]
                    assert not sound(*WHOSE, prev, seq, [*kept[:number], (commit, others), *kept[number + 1 :]])


def test_a_stretch_is_the_same_after_its_way_to_the_second_process() -> None:
    prev, seq, kept = msgspec.msgpack.decode(msgspec.msgpack.encode(_stretch(0, len(BOOK))))
    assert sound(*WHOSE, prev, seq, kept)
