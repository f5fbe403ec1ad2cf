"""A copy believes nothing it cannot check, and an engine takes no copy of another past."""

import struct
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest
import trio
import trio.testing

from engine.cluster.channel import Channel, LineLost, connect, greet, tell
from engine.cluster.cipher import Cipher
from engine.cluster.course import Standing
from engine.cluster.mirror import Mirror
from engine.cluster.reception import GUESTS_MAX
from engine.cluster.replica import Replica, Shelf
from engine.cluster.settings import ClusterSettings
from engine.cluster.standby_frames import Have, Heard, Holds, Line, No, Over, Pulse, Ship, Stands, encode, opened
from engine.cluster.twofold import TwofoldJournal
from engine.heir import keep_telling
from engine.journal.anchor import Anchor
from engine.journal.commit import Commit
from engine.journal.faults import CopyRefused, EpochStale
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.standby_state import StandbyState, state_file
from tests.cluster.scene import CIPHER
from tests.domain.opening.house import House as Tender
from tests.domain.opening.house import sheet
from tests.journal.books import (
    IDENTITY,
    SIGNER,
    SIZES,
    STRANGER,
    Kept,
    Scribe,
    assert_same_history,
    book,
    sale_commands,
)

SETTINGS = ClusterSettings(beat_ms=20, timeout_ms=2000, standby_gone_ms=200, page_records=2)
BOOK = book()


def files(folder: Path) -> tuple[Path, Path]:
    return folder / "journal.sqlite", folder / "head.anchor"


@dataclass
class Engine:
    """One journal with a mirror beside it."""

    journal: TwofoldJournal
    mirror: Mirror
    address: str
    refused: list[No] = field(default_factory=list)
    over: list[EpochStale] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)


@asynccontextmanager
async def engine(
    folder: Path, batches: list[Kept], mode: str = "sync", settings: ClusterSettings = SETTINGS
) -> AsyncIterator[Engine]:
    """An engine whose journal holds ``batches``."""
    path, anchor = files(folder / "engine")
    inner = SqliteJournal.create(path, IDENTITY, anchor)
    for records, commit in batches:
        await inner.append(records, commit)
    async with at_work(folder, inner, mode, settings) as one:
        yield one


@asynccontextmanager
async def again(folder: Path) -> AsyncIterator[Engine]:
    """The same engine, later."""
    async with at_work(folder, SqliteJournal.open(*files(folder / "engine")), "sync", SETTINGS) as one:
        yield one


@asynccontextmanager
async def at_work(folder: Path, inner: SqliteJournal, mode: str, settings: ClusterSettings) -> AsyncIterator[Engine]:
    address = str(folder / "standby.sock")
    mirror = Mirror(
        cipher=CIPHER,
        key=SIGNER.public,
        settings=replace(settings, standby_listen=address, standby_mode=mode),
        takes=lambda name: name == "ours",
    )
    with closing(inner):
        inner.guard()
        twofold = TwofoldJournal(inner, mirror)
        for _ in twofold.history():
            pass
        one = Engine(twofold, mirror, address)
        mirror.on_refused, mirror.on_change = one.refused.append, one.standings.append
        mirror.on_over = lambda _sale, fault: one.over.append(fault)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(mirror.run)
            await until(lambda: Path(address).exists())
            yield one
            nursery.cancel_scope.cancel()


def replica(folder: Path, address: str, name: str = "ours", cipher: Cipher = CIPHER) -> Replica:
    shelf = Shelf(lambda sale: folder / sale / "journal.sqlite", lambda sale: folder / sale / "head.anchor")
    return Replica(name, address, SIGNER.public, cipher, shelf, SETTINGS)


async def until(true: Callable[[], bool]) -> None:
    with trio.fail_after(20):
        while not true():  # noqa: ASYNC110 - of whatever
            await trio.sleep(0.005)


@asynccontextmanager
async def following(one: Replica) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(one.run)
        yield
        nursery.cancel_scope.cancel()
    one.close()


def kept(folder: Path) -> SqliteJournal:
    return SqliteJournal.open(folder / "trial" / "journal.sqlite", folder / "trial" / "head.anchor")


async def test_a_new_copy_is_the_journal_to_the_byte_and_one_that_was_away_goes_on_where_it_stood(
    tmp_path: Path,
) -> None:
    async with engine(tmp_path, BOOK[:2]) as one:
        copy = replica(tmp_path / "copy", one.address)
        async with following(copy):
            await until(lambda: one.mirror.standing("trial") is Standing.IN_FORCE and not one.mirror.behind("trial"))
            await one.journal.append(*BOOK[2])
            assert copy.copies["trial"].place.seq == BOOK[2][1].last
        with trio.move_on_after(0.05) as waits:
            await one.journal.append(*BOOK[3])
        assert waits.cancelled_caught, "acknowledged without the standby"
        shown = await one.journal.read(0, 1_000)
        assert (shown.records[-1].seq, shown.commits[-1].last) == (BOOK[2][1].last, BOOK[2][1].last)
        again = replica(tmp_path / "copy", one.address)
        again.open("trial")
        async with following(again):
            await until(lambda: one.mirror.behind("trial") == 0 and one.mirror.present)
        with closing(kept(tmp_path / "copy")) as there:
            assert_same_history(there.history(), BOOK[:4])
            assert there.anchored == BOOK[3][1].statement


async def test_what_witnesses_have_cosigned_is_kept_beside_the_copy_and_the_newest_takes_its_place(
    tmp_path: Path,
) -> None:
    async with engine(tmp_path, BOOK[:2]) as one:
        note = tmp_path / "copy" / "trial" / "witnessed.note"
        one.mirror.notes = {"trial": b"one", "stranger": b"of nobody's"}
        async with following(replica(tmp_path / "copy", one.address)):
            for said in (b"one", b"two"):
                one.mirror.notes = {**one.mirror.notes, "trial": said}
                await until(lambda said=said: note.exists() and note.read_bytes() == said)  # type: ignore[misc]
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["trial"]


async def test_an_opening_is_kept_by_its_engine_alone(tmp_path: Path) -> None:
    (announced, _, _), *_ = Tender(sheet()).taken
    path, anchor = files(tmp_path)
    inner = SqliteJournal.create(path, IDENTITY, anchor)
    with closing(inner):
        mirror = Mirror(cipher=CIPHER, key=SIGNER.public, settings=SETTINGS, takes=lambda _: True)
        journal = TwofoldJournal(inner, mirror)
        assert list(journal.history()) == []
        await journal.append(*Scribe().batch([announced]))
        assert not mirror.courses
        assert len((await journal.read(0, 10)).records) == 1


async def test_a_copy_with_another_past_is_refused_and_told_the_first_record_that_differs(tmp_path: Path) -> None:
    forked = [*BOOK[:2], *_other_from(2)]
    (tmp_path / "copy" / "trial").mkdir(parents=True)
    with closing(
        SqliteJournal.create(
            tmp_path / "copy" / "trial" / "journal.sqlite", IDENTITY, tmp_path / "copy" / "trial" / "head.anchor"
        )
    ) as there:
        for records, commit in forked:
            await there.append(records, commit)
    async with engine(tmp_path, BOOK) as one:
        copy = replica(tmp_path / "copy", one.address)
        copy.open("trial")
        with trio.fail_after(20), pytest.raises(CopyRefused) as refused:
            await copy.run()
        copy.close()
    assert (refused.value.code, refused.value.seq) == ("E_STANDBY_FORKED", BOOK[1][1].last + 1)
    assert one.refused == [No("E_STANDBY_FORKED", "trial", BOOK[1][1].last + 1)]
    with closing(kept(tmp_path / "copy")) as there:
        assert_same_history(there.history(), forked)


def _other_from(batch: int) -> list[Kept]:
    """The same sale, decided a second later from that batch on."""
    scribe, commands = Scribe(), iter(sale_commands())
    batches = []
    for nth, size in enumerate(SIZES):
        if nth == batch:
            scribe.noon += 1_000_000_000
        batches.append(scribe.batch(next(commands) for _ in range(size)))
    return batches[batch:]


async def test_another_standby_is_not_taken_for_ours(tmp_path: Path) -> None:
    async with engine(tmp_path, BOOK) as one:
        stranger = replica(tmp_path / "copy", one.address, name="another")
        with trio.fail_after(20), pytest.raises(CopyRefused) as refused:
            await stranger.run()
    assert refused.value.code == "E_STANDBY_OTHER"


async def test_who_has_no_key_is_not_spoken_to(tmp_path: Path) -> None:
    async with engine(tmp_path, BOOK) as one:
        async with await connect(one.address) as stream:
            with pytest.raises(LineLost), trio.fail_after(20):
                await greet(stream, Cipher(b"\x06" * 32), "ours")
        assert not one.mirror.present or one.mirror.behind("trial") == BOOK[-1][1].last


async def test_whoever_sends_much_before_he_has_said_who_he_is_is_let_go(tmp_path: Path) -> None:
    async with engine(tmp_path, BOOK) as one, await connect(one.address) as stream:
        await stream.send_all(struct.pack(">I", 1_000_000))
        with trio.fail_after(20), suppress(trio.BrokenResourceError):
            while await stream.receive_some():
                pass


async def test_no_more_than_a_few_may_knock_at_once(tmp_path: Path) -> None:
    async with engine(tmp_path, BOOK) as one, AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(await connect(one.address)) for _ in range(GUESTS_MAX)]
        for stream in streams:
            assert await stream.receive_some()
        async with await connect(one.address) as late:
            with trio.fail_after(20):
                assert not await late.receive_some()


async def test_what_does_not_hold_is_not_kept(tmp_path: Path) -> None:
    forged = book(signer=STRANGER)
    async with engine(tmp_path, BOOK[:3], "async") as one:
        copy = replica(tmp_path / "copy", one.address)
        await one.journal.append(*forged[3])
        with trio.fail_after(20), pytest.raises(CopyRefused) as refused:
            await copy.run()
        copy.close()
        assert (refused.value.code, refused.value.seq) == ("E_STANDBY_UNSOUND", BOOK[2][1].last + 1)
        with closing(kept(tmp_path / "copy")) as there:
            assert_same_history(there.history(), BOOK[:3])


async def test_what_was_said_in_an_earlier_conversation_acknowledges_nothing_in_a_later_one(tmp_path: Path) -> None:
    """A recorded "have" sent again by somebody in between ends the conversation."""
    async with engine(tmp_path, BOOK) as one:
        async with await connect(one.address) as stream:
            channel = await greet(stream, CIPHER, "ours")
            await _stand(channel, 0)
            sent = channel._cipher.close(f"standby {'00' * 32} up 2", _have(BOOK[-1][1].last))
            await stream.send_all(struct.pack(">I", len(sent)) + sent)
            with trio.fail_after(20), pytest.raises(LineLost):
                await _listen(channel)
        assert one.mirror.behind("trial") == BOOK[-1][1].last


def _have(seq: int) -> bytes:
    return encode(Have("trial", seq))


async def _listen(channel: Channel) -> None:
    while True:
        await channel.receive()


async def _stand(channel: Channel, seq: int) -> None:
    """Answer the engine's first question."""
    said: Line = Heard(0)
    while not isinstance(said, Holds):
        said = await channel.receive()
    await channel.send(Stands("trial", seq, bytes(32), "", b""))


async def test_nothing_that_was_not_shipped_is_acknowledged_however_far_the_standby_says_it_is(tmp_path: Path) -> None:
    async with engine(tmp_path, BOOK[:-1]) as one, await connect(one.address) as stream:
        channel = await greet(stream, CIPHER, "ours")
        await _stand(channel, 0)
        await channel.send(Have("trial", 10_000))
        said: Line = Heard(0)
        while not (isinstance(said, Ship) and one.mirror.courses["trial"].shipped == BOOK[-2][1].last):
            said = await channel.receive()
        assert one.mirror.behind("trial") > 0
        with trio.move_on_after(0.05) as waits:
            await one.journal.append(*BOOK[-1])
        assert waits.cancelled_caught


async def test_an_engine_that_is_told_of_a_later_epoch_acknowledges_nothing_any_more_and_is_not_served_again(
    tmp_path: Path,
) -> None:
    later = _promoted()
    async with engine(tmp_path, BOOK[:-1], "async") as one:
        assert await tell(one.address, CIPHER, Over(later.text, later.signature), 5.0)
        await until(lambda: bool(one.over))
        with pytest.raises(EpochStale):
            await one.journal.append(*BOOK[-1])
    path, anchor = files(tmp_path / "engine")
    with closing(SqliteJournal.open(path, anchor)) as again, pytest.raises(EpochStale) as stale:
        list(again.history())
    assert stale.value.seq == later.first


async def test_a_copy_follows_over_a_change_of_epoch_and_is_of_the_new_one(tmp_path: Path) -> None:
    later = (_promoted_records(), _promoted())
    async with engine(tmp_path, BOOK[:-1]) as one:
        copy = replica(tmp_path / "copy", one.address)
        async with following(copy):
            await until(lambda: one.mirror.behind("trial") == 0 and one.mirror.present)
    path, anchor = files(tmp_path / "engine")
    with closing(SqliteJournal.open(path, anchor)) as journal:
        assert len(list(journal.history())) == len(BOOK) - 1
        journal.begin_epoch(2)
        await journal.append(*later)
        assert journal.epochs() == ((1, 1), (2, later[1].first))
    async with again(tmp_path) as one:
        copy = replica(tmp_path / "copy", one.address)
        copy.open("trial")
        async with following(copy):
            await until(lambda: one.mirror.behind("trial") == 0 and one.mirror.present)
    with closing(kept(tmp_path / "copy")) as there:
        assert_same_history(there.history(), [*BOOK[:-1], later])
        assert there.identity.epoch == 2


async def test_an_engine_that_starts_alone_waits_for_its_standby_or_its_end_before_it_acknowledges(
    tmp_path: Path,
) -> None:
    later = (_promoted_records(), _promoted())
    heir = SqliteJournal.create(tmp_path / "heir.sqlite", IDENTITY, tmp_path / "heir.anchor")
    folder = DataFolder(tmp_path / "heir")
    folder.cluster_key().parent.mkdir(parents=True)
    folder.cluster_key().write_text((b"\x05" * 32).hex(), encoding="ascii")
    with closing(heir):
        for records, commit in BOOK[:-1]:
            await heir.append(records, commit)
        heir.begin_epoch(2)
        await heir.append(*later)
        async with engine(tmp_path, BOOK[:-1], "async", replace(SETTINGS, standby_gone_ms=60_000)) as one:
            state_file(folder).write_bytes(
                msgspec.json.encode(StandbyState("ours", one.address, "async", 0, False, {}))
            )
            async with trio.open_nursery() as nursery:
                nursery.start_soon(keep_telling, folder, {"trial": heir})
                with trio.fail_after(20):
                    await one.mirror.heard_of(one.mirror.courses["trial"])
                    assert one.over, "people are let in, and told again what its successor lacks"
                    with pytest.raises(EpochStale):
                        await one.journal.append(*BOOK[-1])
                nursery.cancel_scope.cancel()


@pytest.mark.parametrize("comes", [True, False])
async def test_in_async_mode_an_engine_lets_people_in_when_its_standby_is_there_or_given_up(
    tmp_path: Path, comes: bool
) -> None:
    told = replace(SETTINGS, standby_gone_ms=60_000 if comes else 200)
    async with engine(tmp_path, BOOK[:-1], "async", told) as one, trio.open_nursery() as nursery:
        if comes:
            nursery.start_soon(replica(tmp_path / "copy", one.address).run)
        with trio.fail_after(20):
            await one.mirror.heard_of(one.mirror.courses["trial"])
        assert one.mirror.gone is not comes
        nursery.cancel_scope.cancel()


async def test_in_async_mode_who_slept_takes_no_words_from_before_for_new_ones(
    tmp_path: Path, mock_clock: trio.testing.MockClock
) -> None:
    """What the standby said before an engine slept still lies in the socket when it wakes, and would let it acknowledge."""
    mock_clock.rate = 1.0
    async with (
        engine(tmp_path, BOOK[:-1], "async", replace(SETTINGS, standby_gone_ms=60_000)) as one,
        await connect(one.address) as stream,
    ):
        channel = await greet(stream, CIPHER, "ours")
        await _stand(channel, 0)
        last = await _pulse(channel)
        await channel.send(Heard(last))
        await until(lambda: one.mirror.present)
        mock_clock.jump(30)
        await channel.send(Heard(last))
        await until(lambda: one.mirror.present)
        with trio.move_on_after(0.2) as waits:
            await one.journal.append(*BOOK[-1])
        assert waits.cancelled_caught

        async with trio.open_nursery() as nursery:
            nursery.start_soon(one.mirror.keep, one.mirror.courses["trial"], BOOK[-1][1], BOOK[-1][0])
            while (number := await _pulse(channel)) <= last + 1:
                pass
            await channel.send(Heard(number))


async def _pulse(channel: Channel) -> int:
    """The number of the next pulse."""
    said: Line = Heard(0)
    while not isinstance(said, Pulse):
        said = await channel.receive()
    return said.number


async def test_what_a_stranger_signed_ends_no_time(tmp_path: Path) -> None:
    later = _promoted(stranger=True)
    async with engine(tmp_path, BOOK[:-1], "async") as one:
        assert await tell(one.address, CIPHER, Over(later.text, later.signature), 5.0)
        await until(lambda: one.mirror.gone)
        await one.journal.append(*BOOK[-1])
        assert not one.over


def _promoted_records() -> tuple[Record, ...]:
    return _next_epoch(stranger=False)[0]


def _promoted(*, stranger: bool = False) -> Commit:
    return _next_epoch(stranger=stranger)[1]


def _next_epoch(*, stranger: bool) -> Kept:
    """The first commit of epoch 2, in the place of the last one."""
    scribe, commands = Scribe(signer=STRANGER if stranger else SIGNER), iter(sale_commands())
    for size in SIZES[:-1]:
        scribe.batch(next(commands) for _ in range(size))
    scribe.identity = replace(IDENTITY, epoch=2)
    return scribe.batch(next(commands) for _ in range(SIZES[-1]))


async def test_the_anchor_itself_stops_an_engine_whose_successor_has_written_there(tmp_path: Path) -> None:
    path, anchor = files(tmp_path)
    later = _promoted()
    with closing(SqliteJournal.create(path, IDENTITY, anchor)) as journal:
        journal.guard()
        for records, commit in BOOK[:-1]:
            await journal.append(records, commit)
        with closing(Anchor(anchor, SIGNER.public)) as fence:
            fence.overwrite(later)
        with pytest.raises(EpochStale):
            await journal.append(*BOOK[-1])


async def test_in_async_mode_nothing_waits_and_how_far_the_standby_is_behind_is_known(tmp_path: Path) -> None:
    async with engine(tmp_path, BOOK[:1], "async") as one:
        await until(lambda: one.mirror.gone)
        for records, commit in BOOK[1:]:
            with trio.fail_after(20):
                await one.journal.append(records, commit)
        assert one.mirror.behind("trial") == BOOK[-1][1].last
        assert set(one.standings) == {Standing.GONE}


def test_messages_have_one_spelling_each() -> None:
    for message in (Pulse(7, "sync", {"trial": 3}), Heard(0), Have("trial", 3), No("E_STANDBY_OTHER", "", 0)):
        assert opened(encode(message)) == message
