"""Connections that have not asked yet: gathered, let go in time, and never more of them than others can bear."""

import itertools
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from engine.gateway.http import HttpSettings
from engine.gateway.porch import HEADS_MAX, Porch, Visitor, settled

HEAD = b"GET / HTTP/1.1\r\nHost: house\r\n\r\n"
LATE = b"HTTP/1.1 408 too slow\r\n\r\n"
BYTES_MAX = 1000


@dataclass
class Trial:
    """A porch, and what became of those on it."""

    porch: Porch = field(init=False)
    arrived: list[Visitor] = field(default_factory=list)
    gone: list[Visitor] = field(default_factory=list)
    theirs: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.porch = Porch(
            HttpSettings(head_bytes_max=BYTES_MAX),
            arrived=self.arrived.append,
            late=lambda _: LATE,
            gone=self.gone.append,
        )

    def somebody(self) -> tuple[socket.socket, Visitor]:
        """Who connects, and how the porch knows him."""
        theirs, ours = socket.socketpair()
        theirs.setblocking(False)
        ours.setblocking(False)
        self.theirs.append(theirs)
        visitor = Visitor(ours, "192.0.2.1", "192.0.2.1")
        self.porch.welcome(visitor)
        return theirs, visitor


@asynccontextmanager
async def trial() -> AsyncIterator[Trial]:
    made = Trial()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.porch.run)
        try:
            yield made
        finally:
            nursery.cancel_scope.cancel()
    for sock in [*made.theirs, *(visitor.sock for visitor in made.arrived)]:
        sock.close()


async def settle() -> None:
    """Let the porch see what has happened."""
    await trio.testing.wait_all_tasks_blocked(0.02)


def heard(sock: socket.socket) -> bytes | None:
    """What came; None if nothing has, empty at the end."""
    with suppress(BlockingIOError):
        return sock.recv(4096)
    return None


async def test_a_head_is_gathered_byte_by_byte_and_arrives_whole() -> None:
    async with trial() as at:
        theirs, visitor = at.somebody()
        for byte in HEAD:
            assert at.arrived == []
            theirs.send(bytes([byte]))
            await settle()
        assert at.arrived == [visitor]
        assert visitor.data == HEAD
        assert len(at.porch) == 1, "he is being attended to"
        at.porch.done(visitor)
        assert (len(at.porch), at.gone) == (0, [visitor])


async def test_who_has_asked_before_he_is_let_in_never_waits() -> None:
    at = Trial()
    theirs, ours = socket.socketpair()
    ours.setblocking(False)
    theirs.send(HEAD)
    visitor = Visitor(ours, "192.0.2.1", "192.0.2.1")
    assert at.porch.welcome(visitor)
    assert (at.arrived, bytes(visitor.data), len(at.porch)) == ([visitor], HEAD, 1)
    at.porch.done(visitor)
    assert (at.gone, len(at.porch)) == ([visitor], 0)
    for sock in (theirs, ours):
        sock.close()


async def test_who_has_begun_before_he_is_let_in_goes_on_here(mock_clock: trio.testing.MockClock) -> None:
    async with trial() as at:
        theirs, ours = socket.socketpair()
        at.theirs.append(theirs)
        ours.setblocking(False)
        theirs.send(HEAD[:9])
        visitor = Visitor(ours, "192.0.2.1", "192.0.2.1")
        assert not at.porch.welcome(visitor)
        theirs.send(HEAD[9:])
        await settle()
        assert (at.arrived, bytes(visitor.data)) == ([visitor], HEAD)


async def test_who_has_left_before_he_is_let_in_is_forgotten() -> None:
    at = Trial()
    theirs, ours = socket.socketpair()
    ours.setblocking(False)
    theirs.close()
    assert not at.porch.welcome(Visitor(ours, "192.0.2.1", "192.0.2.1"))
    assert (len(at.gone), len(at.porch), ours.fileno()) == (1, 0, -1)


async def test_nobody_is_let_in_once_it_is_shut() -> None:
    at = Trial()
    at.porch.shut()
    theirs, ours = socket.socketpair()
    theirs.send(HEAD)
    assert not at.porch.welcome(Visitor(ours, "192.0.2.1", "192.0.2.1"))
    assert (at.arrived, len(at.gone), ours.fileno()) == ([], 1, -1)
    theirs.close()


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01", b"\r\n", b" GET", b"GET / HTTP/1.1\nHost: a\n\n", b"x" * (BYTES_MAX + 1), HEAD + b"more"]
)
async def test_what_can_only_be_refused_arrives_at_once(data: bytes) -> None:
    async with trial() as at:
        theirs, visitor = at.somebody()
        theirs.send(data)
        await settle()
        assert at.arrived == [visitor]


@given(st.binary(max_size=80).map(lambda data: b"G" + data + HEAD), st.lists(st.integers(0, 200)))
def test_where_a_head_ends_does_not_depend_on_how_it_came(data: bytes, cuts: list[int]) -> None:
    whole = next(size for size in range(1, len(data) + 1) if settled(data[:size], 0, BYTES_MAX))
    known = 0
    for cut in sorted({min(cut, len(data)) for cut in cuts} | {len(data)}):
        if settled(data[:cut], known, BYTES_MAX):
            assert known < whole <= cut
            return
        known = cut
    raise AssertionError("it never ended")


async def test_who_says_nothing_is_let_go_and_not_answered(mock_clock: trio.testing.MockClock) -> None:
    async with trial() as at:
        theirs, visitor = at.somebody()
        await settle()
        mock_clock.jump(4.9)
        await settle()
        assert heard(theirs) is None
        mock_clock.jump(0.2)
        await settle()
        assert (heard(theirs), at.gone) == (b"", [visitor])


async def test_who_is_slow_is_told_so_and_seen_off(mock_clock: trio.testing.MockClock) -> None:
    async with trial() as at:
        theirs, visitor = at.somebody()
        await settle()
        mock_clock.jump(4)
        theirs.send(b"G")
        await settle()
        mock_clock.jump(4.9)
        theirs.send(b"E")
        await settle()
        assert heard(theirs) is None, "five seconds from the first byte"
        mock_clock.jump(0.2)
        await settle()
        assert (heard(theirs), heard(theirs)) == (LATE, b"")
        theirs.send(b"T")
        await settle()
        assert at.gone == [], "what he still says is read a moment longer"
        mock_clock.jump(1.1)
        await settle()
        assert at.gone == [visitor]


async def test_after_an_answer_one_may_wait_longer(mock_clock: trio.testing.MockClock) -> None:
    async with trial() as at:
        theirs, visitor = at.somebody()
        for _ in range(5):
            theirs.send(HEAD)
            await settle()
            assert at.arrived.pop() is visitor
            visitor.data.clear()
            at.porch.come_back(visitor, b"")
            await settle()
            mock_clock.jump(14)
            await settle()
        mock_clock.jump(1.1)
        await settle()
        assert at.gone == [visitor]


async def test_what_was_begun_behind_a_request_has_the_patience_of_a_head(mock_clock: trio.testing.MockClock) -> None:
    async with trial() as at:
        theirs, visitor = at.somebody()
        theirs.send(HEAD)
        await settle()
        visitor.data.clear()
        at.porch.come_back(visitor, b"GET / HT")
        await settle()
        mock_clock.jump(5.1)
        await settle()
        assert heard(theirs) == LATE


async def test_who_leaves_is_forgotten() -> None:
    async with trial() as at:
        theirs, visitor = at.somebody()
        theirs.send(b"GET")
        theirs.close()
        await settle()
        assert (at.gone, len(at.porch)) == ([visitor], 0)


async def test_others_get_their_turn_between_requests() -> None:
    async with trial() as at:
        for _ in range(5 * HEADS_MAX):
            at.somebody()[0].send(HEAD)
        seen = [0]
        while seen[-1] < 5 * HEADS_MAX:
            await trio.lowlevel.checkpoint()
            seen.append(len(at.arrived))
        assert max(after - before for before, after in itertools.pairwise(seen)) <= 2 * HEADS_MAX


async def test_a_porch_that_shuts_waits_for_those_who_have_begun() -> None:
    at = Trial()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(at.porch.run)
        silent, _ = at.somebody()
        begun, begins = at.somebody()
        begun.send(HEAD[:9])
        asked, asks = at.somebody()
        asked.send(HEAD)
        await settle()
        at.porch.shut()
        await settle()
        assert (heard(silent), heard(begun), len(at.porch)) == (b"", None, 2)
        begun.send(HEAD[9:])
        await settle()
        assert at.arrived == [asks, begins]
        asks.data.clear()
        at.porch.come_back(asks, b"")
        assert heard(asked) == b"", "nobody asks again"
        begins.sock.close()
        at.porch.done(begins)
    for sock in at.theirs:
        sock.close()
    assert len(at.porch) == 0


async def test_a_porch_that_is_cancelled_keeps_nobody_who_has_not_asked() -> None:
    async with trial() as at:
        _, waits = at.somebody()
        theirs, asks = at.somebody()
        theirs.send(HEAD)
        await settle()
    assert (at.gone, at.arrived) == ([waits], [asks])
    assert waits.sock.fileno() == -1


class Steps(trio.abc.Instrument):
    """How often any task was woken."""

    count = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


async def test_nobody_is_woken_for_the_patience_one_had_with_who_has_asked_or_left(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with trial() as at:
        others = [at.somebody()[0] for _ in range(20)]
        for theirs in others[:10]:
            theirs.send(HEAD)
        for theirs in others[10:]:
            theirs.close()
        await settle()
        assert (len(at.arrived), len(at.gone)) == (10, 10)
        steps = Steps()
        trio.lowlevel.add_instrument(steps)
        await trio.sleep(3600)
        trio.lowlevel.remove_instrument(steps)
        assert steps.count <= 3
