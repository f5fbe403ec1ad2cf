"""Shared frames reach everybody who looks, whole, in order, and the slow do not hold up the quick."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.auction.views import Audience
from engine.gateway.audience import Gallery
from engine.gateway.broadcaster import Broadcaster, Rest, SweepSettings
from engine.gateway.connection import Connection, Host
from engine.gateway.frames import text_frame
from engine.gateway.outbox import Shared
from tests.gateway.test_outbox import a_frame, read


class Silence:
    def opened(self) -> None: ...

    def on_text(self, raw: bytes) -> None: ...

    def on_unreadable(self) -> None: ...

    def on_too_big(self) -> None: ...

    def on_late(self) -> None: ...

    def closed(self) -> None: ...


@asynccontextmanager
async def a_viewer(gallery: Gallery) -> AsyncIterator[tuple[Connection, socket.socket]]:
    """A connection past its handshake, and the browser's end of it."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    host = Host(trio.current_time, lambda _connection, _mask: None, lambda _connection: None, lambda _why: None)
    connection = Connection(ours, host, Silence(), frame_bytes_max=1024, outbox_bytes_max=65536)
    connection.receive(
        b"GET / HTTP/1.1\r\nHost: house\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    head = theirs.recv(65536)
    assert head.endswith(b"\r\n\r\n")
    gallery.members[connection] = connection.send
    try:
        yield connection, theirs
    finally:
        connection.drop()
        theirs.close()


def everything(end: socket.socket, connection: Connection) -> bytes:
    """What the browser reads until nothing more comes, the house being told whenever it may write again."""
    data = b""
    while True:
        try:
            more = end.recv(65536)
        except BlockingIOError:
            if not connection.waiting:
                return data
            connection.writable()
            continue
        data += more


async def sweep(gallery: Gallery, frames: list[Shared], settings: SweepSettings | None = None) -> None:
    broadcaster = Broadcaster(settings or SweepSettings())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(broadcaster.run)
        for one in frames:
            broadcaster.offer(gallery, one)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()


async def test_frames_of_one_sweep_arrive_whole_and_in_order(autojump_clock: object) -> None:
    gallery = Gallery(Audience.PUBLIC, seq=0, frames_max=8)
    async with a_viewer(gallery) as (connection, end):
        await sweep(gallery, [a_frame(1, block=1), a_frame(2, block=2)])
        assert [frame["seq"] for frame in read(everything(end, connection))] == [1, 2]


async def test_a_viewer_who_cannot_take_a_frame_gets_its_rest_and_then_the_newest(autojump_clock: object) -> None:
    gallery = Gallery(Audience.PUBLIC, seq=0, frames_max=8)
    async with a_viewer(gallery) as (connection, end), a_viewer(gallery) as (quick, quick_end):
        seen: list[int] = []
        for seq in range(1, 60):
            await sweep(gallery, [a_frame(seq, block="x" * 300)])
            seen += [frame["seq"] for frame in read(everything(quick_end, quick))]
        assert seen == list(range(1, 60))
        frames = read(everything(end, connection))
        assert len(frames) < 59
        assert frames[-1]["seq"] == 59
        assert all(later["prev"] == earlier["seq"] for earlier, later in pairwise(frames))
        assert not connection.blocked


async def test_more_than_a_sweep_may_carry_is_conflated_for_everybody(autojump_clock: object) -> None:
    gallery = Gallery(Audience.PUBLIC, seq=0, frames_max=8)
    async with a_viewer(gallery) as (connection, end):
        await sweep(gallery, [a_frame(seq, block=seq) for seq in range(1, 20)], SweepSettings(sweep_bytes_max=500))
        [one] = read(everything(end, connection))
        assert (one["prev"], one["seq"], one["parts"]) == (0, 19, {"block": 19})


async def test_a_viewer_who_is_gone_is_passed_over(autojump_clock: object) -> None:
    gallery = Gallery(Audience.PUBLIC, seq=0, frames_max=8)
    async with a_viewer(gallery) as (gone, gone_end), a_viewer(gallery) as (connection, end):
        gone_end.close()
        await sweep(gallery, [a_frame(1, block=1)])
        await sweep(gallery, [a_frame(2, block=2)])
        assert gone.dead
        assert [frame["seq"] for frame in read(everything(end, connection))] == [1, 2]


async def test_what_closes_a_sweep_comes_behind_its_frames_to_whoever_takes_them_and_is_missed_by_the_others(
    autojump_clock: object,
) -> None:
    gallery = Gallery(Audience.PUBLIC, seq=0, frames_max=8)
    last, missed = text_frame(b'{"seq":99}'), list[Connection]()
    async with a_viewer(gallery) as (quick, quick_end), a_viewer(gallery) as (slow, slow_end):
        while not slow.blocked:
            slow.write(text_frame(b'{"seq":0,"parts":"%s"}' % (b"x" * 5000)))
        broadcaster = Broadcaster(SweepSettings())
        async with trio.open_nursery() as nursery:
            nursery.start_soon(broadcaster.run)
            broadcaster.offer(gallery, a_frame(1, block=1))
            broadcaster.close_with([gallery], text_frame(b'{"seq":98}'), missed.append)
            broadcaster.close_with([gallery], last, missed.append)
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
        assert [frame["seq"] for frame in read(everything(quick_end, quick))] == [1, 99]
        assert missed == [slow]
        assert {frame["seq"] for frame in read(everything(slow_end, slow))} == {0, 1}


@pytest.mark.parametrize("taken", [0, 1, 40])
async def test_a_frame_cut_anywhere_comes_whole_and_so_does_what_closes_the_sweep(
    taken: int, autojump_clock: object
) -> None:
    gallery = Gallery(Audience.PUBLIC, seq=0, frames_max=8)
    frames, last = (a_frame(1, block=1), a_frame(2, block=2)), text_frame(b'{"seq":99}')
    data = b"".join(one.ready for one in frames) + last
    begins = [0, len(frames[0].ready), len(data) - len(last)]
    for begin in begins:
        async with a_viewer(gallery) as (connection, end):
            connection.send(data[: begin + min(taken, len(last) - 1)])
            took = connection.cut(begin + min(taken, len(last) - 1), frames, data)
            shown = [frame["seq"] for frame in read(everything(end, connection))]
            assert took == (begin == begins[-1])
            assert shown == ([1, 2, 99] if took else [1, 2] if begin or taken else [2])


PAUSES = st.lists(st.tuples(st.floats(0, 0.05), st.floats(0, 0.05)), max_size=50)


@given(pauses=PAUSES, ratio=st.floats(0, 2))
def test_pauses_and_rests_are_never_less_than_sweeps_owe(pauses: list[tuple[float, float]], ratio: float) -> None:
    settings = SweepSettings(rest_ratio=ratio)
    rest, slept, idle, swept = Rest(settings), 0.0, 0.0, 0.0
    for pause, took in pauses:
        idle += slept + pause
        swept += took * ratio
        slept = rest.due(slept + pause, took)
        assert slept == 0 or settings.rest_from_s <= slept <= swept + 1e-9
        assert swept - (idle + slept) < settings.rest_from_s + 1e-9


def test_one_bid_now_and_then_owes_no_rest() -> None:
    rest = Rest(SweepSettings())
    assert [rest.due(0.05, 0.001) for _ in range(100)] == [0.0] * 100


def test_sweeps_without_a_pause_rest_as_long_as_they_take() -> None:
    rest, slept, rested = Rest(SweepSettings()), 0.0, 0.0
    for _ in range(1000):
        slept = rest.due(slept, 0.0005)
        rested += slept
    assert rested == pytest.approx(0.5, rel=0.01)
