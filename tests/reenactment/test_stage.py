"""A month held as fast as the house answers: the same sale each time, however often it is stopped."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import trio

from engine.domain import proceeding
from engine.domain.auction.commands import DeadlineReached
from engine.domain.refusals import Reason
from engine.domain.units import time_of_day
from engine.evidence import replay
from engine.journal.base import JournalIdentity
from engine.journal.commit import Commit
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.reenactment.figures import figures
from engine.reenactment.month import Scene, opening, scene
from engine.reenactment.onlooker import Onlooker
from engine.reenactment.stage import hold, perform
from engine.room.clerk import ClerkSettings
from engine.room.folder import DataFolder
from engine.room.house import NoticeConflict, RoomSettings
from engine.shanghai import published
from tests.journal.books import SIGNER

SEED: Final = 7
MONTH: Final = published()["2019-01"]
SMALL: Final = scene(MONTH, 400)


async def held(root: Path, staged: Scene = SMALL, stop_at: int | None = None) -> tuple[Onlooker, dict[str, Any]] | None:
    """The month held in ``root``; None if it was stopped at a second of the sale."""
    with trio.CancelScope() as scope:

        def progress(_: Onlooker, second: int) -> None:
            if stop_at is not None and second >= stop_at:
                scope.cancel()

        onlooker, measured = await hold(DataFolder(root), staged, SEED, progress)
        return onlooker, figures(
            staged, onlooker, found=measured.found, took_s=measured.took_s, waits_s=measured.waits_s
        )
    return None


@dataclass(frozen=True)
class Done:
    """The month, held once for all who only look at it."""

    root: Path
    onlooker: Onlooker
    found: dict[str, Any]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    root = tmp_path_factory.mktemp("month")
    result = trio.run(held, root)
    assert result is not None
    return Done(root, *result)


def test_it_comes_to_the_published_prices_and_everything_is_on_the_record(done: Done) -> None:
    found = done.found
    assert found["plates"] == found["winners"] == 30
    for name in ("lowest", "average"):
        assert abs(found[f"{name}_fen"] - found["published"][f"{name}_fen"]) * 100 < found["published"][f"{name}_fen"]
    assert found["commands"] == found["accepted"] + sum(found["refused"].values())
    assert Reason.OUT_OF_REACH in done.onlooker.refused
    assert "11:29:00" < found["lowest_at"] <= "11:30:00"
    kept = replay(done.root)
    assert (kept.state_digest, kept.records) == (found["state_digest"], found["records"])


async def test_a_second_run_and_one_that_was_stopped_twice_end_in_the_same_state(done: Done, tmp_path: Path) -> None:
    for at in (900, 3541):
        assert await held(tmp_path, stop_at=at) is None
    stopped = await held(tmp_path)
    assert stopped is not None
    assert stopped[1]["found"] > done.found["records"] // 2
    alike = ("records", "state_digest", "commands", "accepted", "refused", "lowest_fen", "lowest_at", "average_fen")
    assert {name: stopped[1][name] for name in alike} == {name: done.found[name] for name in alike}


class Killed(MemoryJournal):
    """The process ends as soon as so many commits are kept."""

    def __init__(self) -> None:
        super().__init__(JournalIdentity(SMALL.notice.sale, 1, b"salt" * 8, SIGNER.public))
        self.ends_after: int | None = None
        self.scope = trio.CancelScope()

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        await super().append(records, commit)
        if self.ends_after is not None:
            self.ends_after -= 1
            if not self.ends_after:
                self.scope.cancel()
                await trio.lowlevel.checkpoint()


async def performed(journal: Killed, ends_after: int | None = None) -> str | None:
    """The digest of the month held on ``journal`` record by record; None if it was killed."""
    journal.ends_after, journal.scope = ends_after, trio.CancelScope()
    settings = RoomSettings(clerk=ClerkSettings(batch_max=1))
    with journal.scope:
        onlooker, _ = await perform(journal, SIGNER, SMALL, SEED, lambda *_: None, settings=settings)
        return proceeding.state_digest(onlooker.sale)
    return None


async def test_killed_now_and_then_and_just_before_each_round_ends_it_ends_in_the_same_state() -> None:
    whole = Killed()
    digest = await performed(whole)
    history = list(whole.history())
    ends = [
        at
        for at, (_, records) in enumerate(history)
        if any(isinstance(one.command, DeadlineReached) for one in records)
    ]
    assert len(ends) == 3, "it opens, and two rounds end"
    journal, kept = Killed(), 0
    for until in sorted({*range(150, len(history), 150), *(end - before for end in ends[1:] for before in range(4))}):
        assert await performed(journal, ends_after=until - kept) is None
        kept = until
    assert await performed(journal) == digest
    again = [one for _, records in journal.history() for one in records]
    assert [one.command_id for one in again] == [one.command_id for _, records in history for one in records]
    assert all(one.recorded_at >= one.arrived_at for one in again)


async def test_one_that_is_over_says_its_figures_again_and_plays_nothing(done: Done) -> None:
    again = await held(done.root)
    assert again is not None
    assert (again[1]["found"], again[1]["per_s"], again[1]["p99_ms"]) == (done.found["records"], 0, None)
    assert again[1]["state_digest"] == done.found["state_digest"] == proceeding.state_digest(again[0].sale)


async def test_a_folder_that_holds_the_month_with_other_figures_is_left_alone(done: Done) -> None:
    with pytest.raises(NoticeConflict):
        await held(done.root, scene(MONTH, 300))
    assert replay(done.root).state_digest == done.found["state_digest"]


@pytest.mark.parametrize(("month", "day"), [("2019-01", 19), ("2018-12", 15), ("2002-06", 15), ("2016-10", 15)])
def test_it_opens_at_half_past_ten_on_the_third_saturday(month: str, day: int) -> None:
    at = opening(month)
    assert time_of_day(at) == "10:30:00.000"
    days = (at + 8 * 3_600_000_000_000) // 86_400_000_000_000
    assert (days - 16_000) % 7 == (17_915 - 16_000) % 7, "a Saturday as 19 January 2019"
    assert at == opening("2019-01") + (days - 17_915) * 86_400_000_000_000
    assert 15 <= day <= 21


def test_plates_are_in_proportion_and_never_none() -> None:
    assert scene(MONTH, None).market.plates == 12_832
    assert scene(MONTH, 1000).market.plates == 76
    assert scene(MONTH, 10).market.plates == 1
    assert scene(MONTH, 10).kept == 11
