"""What a bidder may do with his uploads, and what becomes of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.domain.units import Nanoseconds
from engine.sealing.faults import SealCode, SealFault
from engine.submission.faults import UploadCode, UploadFault
from engine.submission.store import Store
from tests.submission.disk import Disk
from tests.submission.scene import CHUNK_BYTES, SETTINGS, A, B, Clock, Names, Small, missing, send, store_on

AT = Nanoseconds(2_000_000_000_000)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(disk: Disk, clock: Clock) -> Store:
    return store_on(disk, clock)


def code(raised: pytest.ExceptionInfo[UploadFault]) -> UploadCode:
    return raised.value.code


def test_chunks_come_in_any_order_and_again(store: Store) -> None:
    small = Small("a", 3)
    name = store.begin(A, small.declaration)
    assert missing(store, A, name) == list(small.chunks)
    for part, index in reversed(small.chunks):
        for _ in range(2):
            store.put(A, name, part, index, small.chunks[part, index])
    assert missing(store, A, name) == []
    assert store.finish(A, name, AT) == (small.declaration, AT)


def test_the_same_again_writes_nothing(store: Store, disk: Disk) -> None:
    small = Small("a")
    name = send(store, A, small)
    before = len(disk.calls)
    send(store, A, small)
    store.finish(A, name, AT)
    after = len(disk.calls)
    send(store, A, small)
    assert disk.calls[before:after].count("pwrite") == 1  # the mark
    assert disk.calls[after:] == []


def test_what_is_finished_first_stays_the_time_of_it(store: Store, clock: Clock) -> None:
    name = send(store, A, Small("a"))
    assert store.finish(A, name, AT)[1] == AT
    assert store.finish(A, name, Nanoseconds(AT + 1))[1] == AT


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES + 1, 1000])
def test_a_chunk_cut_short_or_with_something_behind_it_is_not_kept(store: Store, size: int) -> None:
    small = Small("a")
    name = store.begin(A, small.declaration)
    with pytest.raises(UploadFault) as raised:
        store.put(A, name, "sheet", 0, bytes(size))
    assert (code(raised), raised.value.detail["bytes"]) == (UploadCode.CHUNK_SIZE, CHUNK_BYTES)
    assert missing(store, A, name) == list(small.chunks)


def test_a_chunk_in_the_place_of_another_is_not_kept(store: Store) -> None:
    small = Small("a")
    name = store.begin(A, small.declaration)
    with pytest.raises(SealFault) as raised:
        store.put(A, name, "documents", 0, small.chunks["documents", 1])
    assert (raised.value.code, raised.value.detail) == (SealCode.CHUNK_HASH, {"part": "documents", "chunk": 0})
    assert missing(store, A, name) == list(small.chunks)


@pytest.mark.parametrize(("part", "index"), [("sheet", 1), ("documents", 2), ("documents", -1), ("../x", 0), ("", 0)])
def test_there_is_no_such_chunk(store: Store, part: str, index: int) -> None:
    name = store.begin(A, Small("a").declaration)
    with pytest.raises(UploadFault) as raised:
        store.put(A, name, part, index, bytes(CHUNK_BYTES))
    assert code(raised) is UploadCode.CHUNK_UNKNOWN


def test_what_lacks_a_chunk_is_not_finished_and_says_which(store: Store) -> None:
    small = Small("a", 40)
    store = store_on(Disk(), settings=replace(SETTINGS, upload_bytes_max=400))
    name = store.begin(A, small.declaration)
    store.put(A, name, "sheet", 0, small.chunks["sheet", 0])
    with pytest.raises(SealFault) as raised:
        store.finish(A, name, AT)
    assert raised.value.code is SealCode.INCOMPLETE
    assert raised.value.detail == {"part": "documents", "chunks": 40, "missing": ", ".join(map(str, range(20)))}


def test_beginning_again_goes_on_with_the_same_upload(store: Store) -> None:
    small = Small("a")
    name = store.begin(A, small.declaration)
    store.put(A, name, "sheet", 0, small.chunks["sheet", 0])
    assert store.begin(A, small.declaration) == name
    assert ("sheet", 0) not in missing(store, A, name)


def test_after_a_kill_it_is_known_what_is_there(disk: Disk, store: Store) -> None:
    small = Small("a", 3)
    name = store.begin(A, small.declaration)
    store.put(A, name, "documents", 1, small.chunks["documents", 1])
    again = store_on(disk.kill())
    assert set(small.chunks) - set(missing(again, A, name)) == {("documents", 1)}
    assert send(again, A, small) == name
    again.finish(A, name, AT)
    assert store_on(disk.kill()).finish(A, name, Nanoseconds(0))[1] == AT


def test_what_is_finished_outlasts_a_power_cut(disk: Disk, store: Store) -> None:
    small = Small("a")
    name = send(store, A, small)
    store.finish(A, name, AT)
    again = store_on(disk.pull_the_plug())
    assert again.finish(A, name, Nanoseconds(0))[1] == AT
    again.stand(A, "1", small.manifest)
    for (part, index), content in small.chunks.items():
        assert again.chunk(A, "1", part, index) == content


def test_after_a_power_cut_in_the_middle_only_what_is_whole_counts(disk: Disk, store: Store) -> None:
    small = Small("a")
    name = send(store, A, small)
    again = store_on(disk.pull_the_plug())
    assert missing(again, A, name) == list(small.chunks)  # Nothing of it had been synced.
    send(again, A, small)
    again.finish(A, name, AT)


def test_what_an_earlier_engine_wrote_is_written_again_before_it_is_believed(disk: Disk, store: Store) -> None:
    small = Small("a")
    name = send(store, A, small)
    handles = list(disk.handles)
    for handle in handles:
        disk.handles[handle].dirty.clear()  # A sync failed, and the system takes it for written.
    again = store_on(disk.kill())
    assert missing(again, A, name) == []
    again.finish(A, name, AT)
    last = store_on(disk.pull_the_plug())
    last.stand(A, "1", small.manifest)
    assert last.chunk(A, "1", "documents", 1) == small.chunks["documents", 1]


def test_a_mark_that_an_earlier_engine_left_is_written_again_before_it_is_believed(disk: Disk, store: Store) -> None:
    name = send(store, A, Small("a"))
    store.finish(A, name, AT)
    del disk.folder(next(path for path in disk.files() if path.endswith("finished"))).safe["finished"]  # It had failed.
    assert store_on(disk.kill()).finish(A, name, Nanoseconds(0))[1] == AT
    assert store_on(disk.pull_the_plug()).finish(A, name, Nanoseconds(0))[1] == AT


def test_what_was_given_up_does_not_come_back_after_a_power_cut(disk: Disk, store: Store) -> None:
    for small in (Small("a"), Small("b")):
        store.finish(A, send(store, A, small), AT)
        store.stand(A, "1", small.manifest)
    store.withdraw(A, "1")
    store.discard(A, store.begin(A, Small("c").declaration))
    assert store_on(disk.pull_the_plug()).mine(A) == []


def test_what_stands_is_replaced_and_what_it_replaces_is_gone(disk: Disk, store: Store) -> None:
    first, second = Small("a"), Small("b")
    for small in (first, second):
        store.finish(A, send(store, A, small), AT)
        store.stand(A, "1", small.manifest)
    assert store.chunk(A, "1", "sheet", 0) == second.chunks["sheet", 0]
    assert not any(first.manifest.hex().encode() in content for content in disk.files().values())


def test_what_is_withdrawn_is_gone(disk: Disk, store: Store) -> None:
    store.finish(A, send(store, A, Small("a")), AT)
    store.stand(A, "1", Small("a").manifest)
    store.withdraw(A, "1")
    store.withdraw(A, "1")
    assert disk.files() == {}
    with pytest.raises(UploadFault) as raised:
        store.chunk(A, "1", "sheet", 0)
    assert code(raised) is UploadCode.UNKNOWN


def test_sections_and_bidders_have_envelopes_of_their_own(store: Store) -> None:
    for owner, small in ((A, Small("a")), (A, Small("a", section="2")), (B, Small("a"))):
        store.finish(owner, send(store, owner, small), AT)
        store.stand(owner, small.section, small.manifest)
    store.withdraw(A, "1")
    assert store.chunk(A, "2", "sheet", 0) == store.chunk(B, "1", "sheet", 0)


def test_what_is_not_finished_cannot_stand(store: Store) -> None:
    send(store, A, Small("a"))
    with pytest.raises(UploadFault) as raised:
        store.stand(A, "1", Small("a").manifest)
    assert code(raised) is UploadCode.NOT_FINISHED
    with pytest.raises(UploadFault) as raised:
        store.stand(B, "1", Small("a").manifest)
    assert code(raised) is UploadCode.UNKNOWN


def test_what_is_discarded_is_unknown_and_what_stands_is_not_discarded(disk: Disk, store: Store) -> None:
    name = send(store, A, Small("a"))
    store.discard(A, name)
    with pytest.raises(UploadFault) as raised:
        store.put(A, name, "sheet", 0, bytes(CHUNK_BYTES))
    assert code(raised) is UploadCode.UNKNOWN
    assert disk.files() == {}
    name = send(store, A, Small("a"))
    store.finish(A, name, AT)
    store.stand(A, "1", Small("a").manifest)
    with pytest.raises(UploadFault) as raised:
        store.discard(A, name)
    assert code(raised) is UploadCode.STANDS


def test_after_the_deadline_nothing_is_taken_and_only_what_stands_is_left(disk: Disk, store: Store) -> None:
    standing, loose = Small("a"), Small("b")
    store.finish(A, send(store, A, standing), AT)
    store.stand(A, "1", standing.manifest)
    name = store.begin(B, loose.declaration)
    store.close(AT)
    for late in (
        lambda: store.begin(B, loose.declaration),
        lambda: store.put(B, name, "sheet", 0, bytes(CHUNK_BYTES)),
        lambda: store.finish(B, name, AT),
    ):
        with pytest.raises(UploadFault) as raised:
            late()
        assert code(raised) is UploadCode.CLOSED
    assert not any(loose.manifest.hex().encode() in content for content in disk.files().values())
    assert store.chunk(A, "1", "sheet", 0) == standing.chunks["sheet", 0]


def test_who_does_not_go_on_loses_the_upload_and_what_stands_stays(clock: Clock, disk: Disk) -> None:
    store = store_on(disk, clock)
    store.finish(A, send(store, A, Small("a")), AT)
    store.stand(A, "1", Small("a").manifest)
    left, goes_on = store.begin(A, Small("b").declaration), store.begin(B, Small("c").declaration)
    clock.pass_s(SETTINGS.unfinished_kept_s - 1)
    store.there(B, goes_on)
    store.sweep()
    store.there(B, goes_on)
    clock.pass_s(2)
    store.sweep()
    store.there(B, goes_on)
    assert store.mine(A) == []
    with pytest.raises(UploadFault):
        store.there(A, left)
    store.chunk(A, "1", "sheet", 0)


def test_an_upload_may_be_so_big_and_no_bigger(store: Store) -> None:
    store.begin(A, Small("a", 7).declaration)
    with pytest.raises(UploadFault) as raised:
        store.begin(B, Small("a", 8).declaration)
    assert (code(raised), raised.value.detail) == (UploadCode.TOO_BIG, {"most": 64})


def test_a_bidder_may_have_so_many_uploads_and_what_stands_does_not_count(store: Store) -> None:
    store.finish(A, send(store, A, Small("a")), AT)
    store.stand(A, "1", Small("a").manifest)
    for word in ("b", "c"):
        store.begin(A, Small(word).declaration)
    with pytest.raises(UploadFault) as raised:
        store.begin(A, Small("d").declaration)
    assert code(raised) is UploadCode.TOO_MANY
    store.begin(B, Small("d").declaration)


def test_all_together_may_have_so_many_uploads_and_so_many_bytes() -> None:
    for settings in (replace(SETTINGS, uploads_max=2), replace(SETTINGS, store_bytes_max=2 * 24 + 23)):
        store = store_on(Disk(), settings=settings)
        store.begin(A, Small("a").declaration)
        kept = store.begin(B, Small("a").declaration)
        with pytest.raises(UploadFault) as raised:
            store.begin(B, Small("b").declaration)
        assert code(raised) is UploadCode.STORE_FULL
        assert set(raised.value.detail) == {"after_ms"}
        store.discard(B, kept)
        store.begin(B, Small("b").declaration)


def test_a_disk_without_room_says_so_when_an_upload_begins(disk: Disk, store: Store) -> None:
    disk.free = 30
    store.begin(A, Small("a").declaration)
    with pytest.raises(UploadFault) as raised:
        store.begin(B, Small("b").declaration)
    assert code(raised) is UploadCode.STORE_FULL
    assert store.mine(B) == []


def test_an_upload_that_cannot_be_read_is_left_as_it_is_and_hurts_nobody(disk: Disk, store: Store) -> None:
    send(store, A, Small("a"))
    sound = send(store, B, Small("b"))
    damaged = next(path for path, content in disk.files().items() if b'"bidder:8"' in content)
    disk.file(damaged).seen[10] ^= 1
    before = set(disk.files())
    again = store_on(disk.kill())
    assert again.mine(A) == []
    assert missing(again, B, sound) == []
    assert len(set(disk.files()) & before) == 3
    send(store_on(disk, chance=lambda _: "f" * 32), A, Small("a"))


def test_a_name_is_128_bits_of_chance(disk: Disk) -> None:
    asked: list[int] = []
    names = Names()

    def chance(size: int) -> str:
        asked.append(size)
        return names(size)

    store = store_on(disk, chance=chance)
    assert len(store.begin(A, Small("a").declaration)) == 32
    assert asked == [16]


def test_on_the_systems_own_disk_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    folder, small = tmp_path / "submission", Small("a")
    for strange in ("lost+found", "0" * 32, f"{'0' * 32}.0", f"{'0' * 32}.x"):
        (folder / strange).mkdir(parents=True)
    for strange in (f"{'1' * 32}.0", "notes.txt"):
        (folder / strange).write_text("not ours")
    (folder / f".{'2' * 32}").mkdir()
    for _ in range(2):
        store = Store(folder, SETTINGS, now=Clock())
        name = send(store, A, small)
        assert store.finish(A, name, AT)[1] == AT
    store.stand(A, "1", small.manifest)
    assert store.chunk(A, "1", "documents", 1) == small.chunks["documents", 1]
    store.withdraw(A, "1")
    left = sorted(path.name for path in folder.iterdir())
    assert left == sorted(["lost+found", "0" * 32, f"{'0' * 32}.0", f"{'0' * 32}.x", f"{'1' * 32}.0", "notes.txt"])


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "submission"
    store = Store(folder, SETTINGS, now=Clock())
    store.finish(A, send(store, A, Small("a")), AT)
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0
