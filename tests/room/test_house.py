"""Rooms opened from journals, notices put on the record once, and a clock that never goes back."""

import time
from pathlib import Path

import pytest
import trio
import trio.testing

from engine.domain.auction.commands import AdmitPaddle, AnnounceSale
from engine.domain.auction.state import Auction
from engine.domain.parties import Channel
from engine.domain.proceeding import state_digest
from engine.domain.units import Nanoseconds
from engine.journal.faults import JournalLocked, JournalTailLost, StorageFault
from engine.journal.memory import MemoryJournal
from engine.journal.signing import Signer
from engine.room.clock import HouseClock
from engine.room.folder import DataFolder
from engine.room.house import House, NoticeConflict, Room, RoomSettings, announce, keep_journal, open_room
from tests.journal.books import IDENTITY, SIGNER, STRANGER
from tests.room.scene import PADDLES, FailingJournal, TrioClock, admit, announcement, at_work, open_sale


def a_room(journal: MemoryJournal | None = None) -> Room:
    return open_room(journal or MemoryJournal(IDENTITY), SIGNER, RoomSettings(), clock=TrioClock)


def ids(room: Room) -> list[str]:
    return [command_id for _, command_id in room.clerk.memory.answered]


# The notice.


async def test_a_notice_is_put_on_the_record_as_one_commit() -> None:
    journal = MemoryJournal(IDENTITY)
    room = a_room(journal)
    await announce(room, announcement(), PADDLES)
    ((commit, records),) = journal.history()
    assert [record.command_id for record in records] == ["announce", "admit-8", "admit-9", "admit-51", "admit-52"]
    assert commit.last == 5
    assert state_digest(room.opened.state) == state_digest(room.clerk.memory.state)
    assert (room.opened.seq, room.opened.head) == (5, commit.head)
    assert room.opened.state is not room.clerk.memory.state


async def test_announcing_again_changes_nothing() -> None:
    journal = MemoryJournal(IDENTITY)
    room = a_room(journal)
    for _ in range(3):
        await announce(room, announcement(), PADDLES)
    await announce(a_room(journal), announcement(), PADDLES)
    assert len(list(journal.history())) == 1


async def test_paddles_added_to_a_notice_are_admitted_and_the_others_are_not_admitted_twice() -> None:
    journal = MemoryJournal(IDENTITY)
    await announce(a_room(journal), announcement(), PADDLES)
    room = a_room(journal)
    await announce(room, announcement(), (*PADDLES, admit(10)))
    assert ids(room)[5:] == ["admit-10"]
    state = room.clerk.memory.state
    assert isinstance(state, Auction)
    assert {number: paddle.deposits for number, paddle in state.paddles.items()} == {8: 1, 9: 2, 51: 1, 52: 1, 10: 1}


@pytest.mark.parametrize(
    ("announced", "admissions"),
    [
        (announcement(lots=3), PADDLES),
        (announcement(calls=2), PADDLES),
        (announcement(), (*PADDLES[:-1], admit(52, Channel.ONLINE))),
        (announcement(), (admit(8, deposits=2), *PADDLES[1:])),
        (announcement(lots=3), (*PADDLES, admit(10))),
        (announcement(), (admit(10), *PADDLES[:-1], admit(52, deposits=9))),
    ],
)
async def test_a_notice_that_differs_from_the_record_is_a_conflict_and_leaves_no_record(
    announced: AnnounceSale, admissions: tuple[AdmitPaddle, ...]
) -> None:
    journal = MemoryJournal(IDENTITY)
    await announce(a_room(journal), announcement(), PADDLES)
    room = a_room(journal)
    before = state_digest(room.clerk.memory.state)
    with pytest.raises(NoticeConflict, match="announced"):
        await announce(room, announced, admissions)
    assert len(list(journal.history())) == 1
    assert state_digest(room.clerk.memory.state) == before


async def test_a_notice_that_contradicts_itself_is_a_conflict_and_leaves_no_record() -> None:
    journal = MemoryJournal(IDENTITY)
    with pytest.raises(NoticeConflict):
        await announce(a_room(journal), announcement(), (admit(8), admit(8, deposits=3)))
    assert list(journal.history()) == []


async def test_a_notice_that_cannot_be_kept_is_a_fault() -> None:
    with pytest.raises(StorageFault):
        await announce(a_room(FailingJournal(1)), announcement(), PADDLES)


# The rooms.


async def test_a_fault_of_one_journal_stops_that_room_alone() -> None:
    rooms = {"sound": a_room(), "broken": a_room(FailingJournal(2))}
    for room in rooms.values():
        await announce(room, announcement(), PADDLES)
    house = House(rooms)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(house.run)
        for room in rooms.values():
            room.submit(open_sale(), room.clock.now(), None)
        await trio.testing.wait_all_tasks_blocked()
        assert list(house.halted) == ["broken"]
        rooms["sound"].submit(open_sale("again"), rooms["sound"].clock.now(), None)
        await trio.testing.wait_all_tasks_blocked()
        assert ids(rooms["sound"])[5:] == ["open", "again"]
        nursery.cancel_scope.cancel()


async def test_a_house_whose_rooms_have_all_stopped_returns() -> None:
    rooms = {"one": a_room(FailingJournal(1)), "two": a_room(FailingJournal(1))}
    for room in rooms.values():
        room.submit(open_sale(), room.clock.now(), None)
    house = House(rooms)
    with trio.fail_after(5):
        await house.run()
    assert sorted(house.halted) == ["one", "two"]
    house.close()


# On disk.


async def test_a_folder_keeps_a_sale_from_one_house_to_the_next(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    signer = Signer.from_file(folder.signing_key())
    assert folder.sales() == []
    room = open_room(keep_journal(folder, "trial", signer), signer, RoomSettings())
    await announce(room, announcement(), PADDLES)
    digest = state_digest(room.clerk.memory.state)
    room.journal.close()
    assert folder.sales() == ["trial"]

    signer = Signer.from_file(folder.signing_key())
    room = open_room(keep_journal(folder, "trial", signer), signer, RoomSettings())
    assert state_digest(room.clerk.memory.state) == digest
    assert room.journal.identity.public_key == signer.public
    with pytest.raises(JournalLocked):
        keep_journal(folder, "trial", signer)
    room.journal.close()


async def test_a_journal_that_was_taken_away_is_not_begun_anew_where_an_anchor_remembers_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    room = open_room(keep_journal(folder, "trial", SIGNER), SIGNER, RoomSettings())
    await announce(room, announcement(), PADDLES)
    room.journal.close()
    folder.journal("trial").unlink()
    journal = keep_journal(folder, "trial", SIGNER)
    with pytest.raises(JournalTailLost) as lost:
        open_room(journal, SIGNER, RoomSettings())
    assert lost.value.seq == 1
    journal.close()


def test_the_signing_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = DataFolder(tmp_path).signing_key()
    first = Signer.from_file(path)
    assert Signer.from_file(path).public == first.public
    assert path.stat().st_mode & 0o777 == 0o600
    assert first.public != STRANGER.public


def test_the_anchors_may_lie_elsewhere(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data", anchors=tmp_path / "other device")
    keep_journal(folder, "trial", SIGNER).close()
    assert (tmp_path / "other device" / "trial.anchor").exists()
    assert not (tmp_path / "data" / "anchors").exists()


# The clock.


def test_house_time_is_the_wall_clocks() -> None:
    before = time.time_ns()
    now = HouseClock().now()
    assert abs(now - before) < 5_000_000_000


@pytest.mark.parametrize("ahead_s", [0, 1, 3600, 10 * 365 * 86400])
def test_house_time_goes_on_from_the_last_instant_on_record_when_the_wall_clock_went_back(ahead_s: int) -> None:
    floor = Nanoseconds(time.time_ns() + ahead_s * 1_000_000_000)
    clock = HouseClock(floor)
    assert floor < clock.now() < floor + 5_000_000_000


def test_house_time_never_goes_back() -> None:
    clock = HouseClock()
    instants = [clock.now() for _ in range(2000)]
    assert instants == sorted(instants)


async def test_a_room_opened_again_is_later_than_its_last_record(tmp_path: Path) -> None:
    journal = MemoryJournal(IDENTITY)
    async with at_work(journal, announced=announcement()):  # in virtual time, years ahead of the wall clock
        pass
    room = open_room(journal, SIGNER, RoomSettings())  # with the house's own clock
    assert room.clock.now() > room.clerk.memory.last_at


async def test_sleeping_until_an_instant_that_has_passed_returns_at_once() -> None:
    clock = HouseClock()
    with trio.fail_after(5):
        await clock.sleep_until(Nanoseconds(clock.now() - 10**12))
