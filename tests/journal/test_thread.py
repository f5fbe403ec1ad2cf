"""What is asked of a journal's thread is done in turn, wholly, and told to who asked."""

import threading
from collections.abc import Iterator

import pytest
import trio
import trio.testing

from engine.journal.thread import OneThread


@pytest.fixture
def thread() -> Iterator[OneThread]:
    thread = OneThread("under test")
    yield thread
    thread.close()


async def test_jobs_are_done_in_turn_by_one_thread_that_is_not_ours(thread: OneThread) -> None:
    done: list[tuple[int, str]] = []

    def job(number: int) -> None:
        done.append((number, threading.current_thread().name))

    async with trio.open_nursery() as nursery:
        for number in range(50):
            nursery.start_soon(thread.run, job, number)
            await trio.testing.wait_all_tasks_blocked()
    assert done == [(number, "under test") for number in range(50)]


async def test_who_asked_has_what_came_of_it(thread: OneThread) -> None:
    def fails() -> None:
        raise OSError("the disk is full")

    assert await thread.run(max, 3, 4) == 4
    with pytest.raises(OSError, match="full"):
        await thread.run(fails)
    assert await thread.run(len, "abc") == 3


async def test_what_was_asked_for_is_done_though_nobody_wants_it_any_more(thread: OneThread) -> None:
    begun, may_end = threading.Event(), threading.Event()
    kept: list[str] = []

    def slow() -> str:
        begun.set()
        may_end.wait()
        kept.append("done")
        return "done"

    with trio.CancelScope() as patience:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(thread.run, slow)
            await trio.to_thread.run_sync(begun.wait)
            patience.cancel()
            with trio.CancelScope(shield=True):
                await trio.testing.wait_all_tasks_blocked()
                assert not kept
                may_end.set()
    assert kept == ["done"]


async def test_who_is_cancelled_before_asks_for_nothing(thread: OneThread) -> None:
    asked: list[int] = []
    with trio.CancelScope() as patience:
        patience.cancel()
        await thread.run(asked.append, 1)
    assert patience.cancelled_caught
    await thread.run(asked.append, 2)
    assert asked == [2]


def test_it_serves_one_loop_after_another_and_ends_once(thread: OneThread) -> None:
    async def ask() -> int:
        return await thread.run(sum, (1, 2))

    assert [trio.run(ask), trio.run(ask)] == [3, 3]
    thread.close()
    thread.close()
    assert "under test" not in [each.name for each in threading.enumerate()]
