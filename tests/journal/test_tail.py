"""The newest batches of a room, and no more than it may hold."""

from collections.abc import Iterable

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from engine.journal.tail import Batch, Tail, TailLost


def batch(records: int) -> Batch:
    return Batch((None,) * records, None, ())  # type: ignore[arg-type] # how many there are is all that counts


def follow(tail: Tail, after: int) -> list[int]:
    return [len(each.records) for each in trio.run(tail.after, after)]


@given(sizes=st.lists(st.integers(0, 9), min_size=1, max_size=40), records_max=st.integers(1, 30))
def test_the_newest_are_there_as_far_as_there_is_room_and_whoever_is_further_behind_is_told(
    sizes: list[int], records_max: int
) -> None:
    tail = Tail(records_max=records_max)
    for size in sizes:
        tail.publish(batch(size))
    held = _newest(sizes, records_max)
    assert tail.count == len(sizes)
    assert follow(tail, len(sizes) - held) == sizes[-held:]
    if held < len(sizes):
        with pytest.raises(TailLost):
            follow(tail, len(sizes) - held - 1)


def _newest(sizes: Iterable[int], records_max: int) -> int:
    """How many of the newest batches fit, the very last one always."""
    held = room = 0
    for size in reversed(list(sizes)):
        room += max(1, size)
        if held and room > records_max:
            break
        held += 1
    return held


async def test_who_has_heard_all_waits_for_the_next() -> None:
    tail, heard = Tail(records_max=8), list[int]()

    async def listen() -> None:
        for count in range(2):
            heard.extend(len(each.records) for each in await tail.after(count))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(listen)
        for size in (1, 2):
            await trio.testing.wait_all_tasks_blocked()
            tail.publish(batch(size))
    assert heard == [1, 2]


async def test_who_waits_when_the_room_stops_hears_why() -> None:
    tail = Tail(records_max=8)
    tail.publish(batch(1))
    tail.stop(OSError("gone"))
    assert [len(each.records) for each in await tail.after(0)] == [1]
    with pytest.raises(OSError, match="gone"):
        await tail.after(1)
