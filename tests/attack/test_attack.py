"""
P8, P9: files tampered with in every way, and disks that fail at every call; here a sample of what runs at night.

All of it: ``python -m tests.attack --nightly``.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import apsw
import orjson
import pytest

from engine.journal.faults import JournalFault, JournalTailLost, StorageFault
from engine.journal.sqlite import CHECKPOINT_PAGES, SqliteJournal
from tests.attack import bits, disk
from tests.attack.disk import CHECKPOINT_PAGES_OFTEN, READING, WRITING, Disk, Failure, Trial
from tests.attack.judge import Case, Judge, Outcome
from tests.attack.scene import PAGE, Place, Scene, one_more
from tests.journal.books import IDENTITY
from tests.nightly.machine import CHANGED
from tests.room.scene import announcement, at_work, open_sale, put_up

SEED = 20_091_107
A_FAMILY = 60
FAILING_CALLS = range(1, 150, 11)


@pytest.fixture(scope="module")
def bench() -> Iterator[bits.Bench]:
    made = bits.Bench()
    yield made
    made.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("scene"))


@pytest.fixture
def judge(scene: Scene, tmp_path: Path) -> Judge:
    return Judge(tmp_path / "judge", scene.book, one_more())


# Files.


def test_files_tampered_with_are_the_same_history_or_a_fault_that_names_the_first_bad_record(bench: bits.Bench) -> None:
    tally = bits.Tally()
    for chunk in bits.chunks(bench.families, A_FAMILY, SEED):
        tally.add(*bench.work(chunk))
    assert tally.wrong == []
    assert tally.cases > 1000
    for outcome in (Outcome.SAME, Outcome.DAMAGED, Outcome.TAIL_LOST, Outcome.ANCHOR_LOST):
        assert tally.of(outcome) > 10, outcome


def test_what_was_tried_at_one_commit_is_not_taken_for_another(tmp_path: Path) -> None:
    progress, mark = tmp_path / "progress.json", {"commit": "abc", "most": None, "seed": SEED, "chunks": 9}
    assert bits.resumed(progress, mark) is None
    progress.write_bytes(orjson.dumps({"mark": mark, "done": 3}))
    assert bits.resumed(progress, mark) == {"mark": mark, "done": 3}
    for another in ({"commit": "def"}, {"seed": SEED + 1}, {"most": 60}):
        assert bits.resumed(progress, mark | another) is None
    changed = mark | {"commit": f"abc{CHANGED}"}
    progress.write_bytes(orjson.dumps({"mark": changed, "done": 3}))
    assert bits.resumed(progress, changed) is None


def test_the_first_page_says_what_the_file_is_and_each_of_its_bits_matters_or_does_not(bench: bits.Bench) -> None:
    """SQLite's own words for a spoilt schema run over several lines; ours do not."""
    _, outcomes, wrong = bench.work(bits.Chunk("closed: bits of the journal", range(8 * 100, 8 * 120)))
    assert wrong == []
    assert outcomes[Outcome.DAMAGED] > 10


def test_untouched_files_are_the_same_history_at_every_moment(scene: Scene, judge: Judge) -> None:
    for moments in (scene.moments, scene.later):
        for number, files in enumerate(moments):
            assert judge.verdict(Case("", files, number)).outcome is Outcome.SAME
    assert judge.verdict(Case("", scene.closed, len(scene.book))).outcome is Outcome.SAME


def test_what_was_acknowledged_and_is_missing_is_named_by_its_first_record(scene: Scene, judge: Judge) -> None:
    for number, files in enumerate(scene.moments[:-1]):
        older = dataclasses.replace(files, anchor=scene.closed.anchor)
        verdict = judge.verdict(Case("", older, len(scene.book)))
        assert (verdict.outcome, verdict.seq) == (Outcome.TAIL_LOST, scene.ends[number] + 1)
        assert f"lacks {verdict.seq} onwards" in verdict.said


def test_the_judge_does_not_take_another_history_for_the_same(scene: Scene, judge: Judge, tmp_path: Path) -> None:
    assert judge.verdict(Case("", scene.moments[5], len(scene.book))).outcome is Outcome.WRONG
    other = [*scene.book[:3], scene.book[4], *scene.book[4:]]
    stranger = Judge(tmp_path / "stranger", other, one_more())
    assert stranger.verdict(Case("", scene.closed, len(scene.book))).outcome is Outcome.WRONG


def test_the_digest_kept_of_the_state_is_compared_wherever_one_stands(scene: Scene, judge: Judge) -> None:
    kept = [commit for _, commit in scene.book if commit.state_digest is not None]
    assert len(kept) > 2
    for commit in kept:
        assert commit.state_digest is not None
        digest = commit.state_digest.encode()
        spoilt = scene.closed.journal.replace(digest, digest[:-1] + bytes([digest[-1] ^ 1]))
        verdict = judge.verdict(Case("", dataclasses.replace(scene.closed, journal=spoilt), len(scene.book)))
        assert (verdict.outcome, verdict.seq) == (Outcome.DAMAGED, commit.last)


@pytest.mark.parametrize("digest", ["7", "zeroblob(9)", "1.5", "''"])
def test_a_digest_of_the_state_that_is_none_is_damage(scene: Scene, tmp_path: Path, judge: Judge, digest: str) -> None:
    """One bit in the head of a row turns a text, or nothing, into a number; SQLite reads it without a word."""
    place = Place(tmp_path)
    scene.closed.lay(place)
    connection = apsw.Connection(str(place.journal))
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT', ''), 'state_digest TEXT', 'state_digest')"
    )
    connection.close()
    connection = apsw.Connection(str(place.journal))
    connection.execute(f"UPDATE commits SET state_digest = {digest} WHERE last = {scene.ends[4]}")
    connection.close()
    verdict = judge.verdict(Case("", place.files(), len(scene.book)))
    assert (verdict.outcome, verdict.seq) == (Outcome.DAMAGED, scene.ends[4])


def test_a_journal_that_is_refused_is_left_byte_for_byte_as_it_was(scene: Scene, tmp_path: Path) -> None:
    place = Place(tmp_path)
    mixed = dataclasses.replace(scene.moments[9], anchor=scene.closed.anchor)
    broken = dataclasses.replace(mixed, journal=mixed.journal[: 2 * PAGE] + bytes(PAGE) + mixed.journal[3 * PAGE :])
    for files in (mixed, broken):
        files.lay(place)
        journal = place.open()
        with pytest.raises(JournalFault):
            list(journal.history())
        journal.close()
        assert place.files() == files


async def test_a_journal_that_was_refused_takes_nothing(scene: Scene, tmp_path: Path) -> None:
    place = Place(tmp_path)
    dataclasses.replace(scene.moments[9], anchor=scene.closed.anchor).lay(place)
    journal = place.open()
    with pytest.raises(JournalTailLost):
        list(journal.history())
    with pytest.raises(StorageFault):
        await journal.append(*scene.book[9])
    journal.close()


# Disks.


@pytest.mark.parametrize("pages", [CHECKPOINT_PAGES, CHECKPOINT_PAGES_OFTEN], ids=["log only", "with checkpoints"])
def test_whatever_call_fails_in_whatever_way_nothing_is_lost_and_no_sync_is_asked_for_again(
    tmp_path: Path, pages: int
) -> None:
    trial = Trial(disk.book_of_calls(FAILING_CALLS.stop), tmp_path / "trial", pages)
    hits = [hit for at in FAILING_CALLS for how in WRITING if (hit := trial.run(at, how)) is not None]
    assert len(hits) > 25
    assert len(set(hits)) >= 4


@pytest.mark.parametrize("how", READING)
@pytest.mark.parametrize("state", ["closed", "crashed"])
def test_a_read_that_fails_is_a_fault_and_never_another_history(
    scene: Scene, tmp_path: Path, state: str, how: Failure
) -> None:
    files, at = getattr(scene, state), 0
    while disk.read_badly(Place(tmp_path), files, scene.book, at := at + 1, how) is not None:
        pass
    assert at > 15


def test_a_disk_that_forgets_what_it_could_not_sync_is_noticed_by_this_test(tmp_path: Path) -> None:
    """The disk of these tests is as treacherous as it should be: reading shows what a power cut takes away."""
    path = tmp_path / "file"
    path.write_bytes(b"")
    with Disk() as treacherous, path.open("r+b") as file:
        treacherous.fail(2, Failure.SYNC_ONCE)
        treacherous.pwrite(file.fileno(), b"kept?", 0)
        with pytest.raises(OSError, match="Input/output"):
            treacherous.fsync(file.fileno())
        treacherous.fsync(file.fileno())
        assert path.read_bytes() == b"kept?"
        assert treacherous.on_device(path) == b""
        assert treacherous.again == 1


@pytest.mark.parametrize("how", [Failure.NO_SPACE, Failure.IO_ERROR, Failure.SHORT_WRITE])
async def test_a_disk_that_fails_stops_the_clerk_and_everybody_hears_of_it(tmp_path: Path, how: Failure) -> None:
    place = Place(tmp_path)
    with Disk() as failing:
        journal = SqliteJournal.create(place.journal, IDENTITY, place.anchor, device=failing)
        async with at_work(journal, announced=announcement()) as desk:
            failing.fail(failing.calls + 3, how)
            seen = desk.room.tail.count
            slips = [desk.hand_in(open_sale()), desk.hand_in(put_up(1))]
            with pytest.raises(StorageFault) as heard:
                await desk.room.tail.after(seen)
            assert heard.value.code == "E_ENGINE_HALTED_STORAGE"
            assert [desk.follower.answer(slip) for slip in slips] == [None, None]
            failing.heal()
            desk.hand_in(put_up(1))
            with pytest.raises(StorageFault):  # and whoever comes later
                await desk.room.tail.after(seen)
        journal.close()
