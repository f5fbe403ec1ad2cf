"""A socket goes from one process to another: whole, with what was read of it, or not at all."""

import os
import socket
from collections.abc import Callable

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from engine.gateway.borders import past_frames
from engine.gateway.connection import Connection, Talk
from engine.gateway.handing import PACKET_BYTES_MAX, Halted, Moved, Packets, Told, pair
from engine.gateway.reactor import Reactor, SocketSettings
from engine.gateway.session import Session
from engine.gateway.upgrade import Upgrade
from tests.gateway.doorstep import granted, upgrade
from tests.gateway.saleroom import OpenDoor, Saleroom, saleroom

HELLO = b'{"protocol":1,"type":"hello"}'
TIME = b'{"t0":7,"type":"time"}'


def said(data: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    """As a browser says it."""
    return bytes(Frame(opcode, data, fin).serialize(mask=True))


@given(st.lists(st.integers(0, 70_000), max_size=5), st.binary(max_size=20), st.data())
def test_frames_end_where_they_end(sizes: list[int], rest: bytes, data: st.DataObject) -> None:
    frames = [said(bytes(size), Opcode.BINARY) for size in sizes]
    count = data.draw(st.integers(0, len(frames)))
    assert past_frames(b"".join(frames) + rest, count) == sum(len(frame) for frame in frames[:count])


# What a connection gives away.


async def offered(
    place: Saleroom, *parts: bytes, ours: socket.socket | None = None, way: Callable[[bytes], Upgrade] = Upgrade
) -> bytes | None:
    """What would go with the socket of a browser that came ``way`` and says ``parts``, each when the one before was read."""
    near, theirs = socket.socketpair()
    found: list[bytes | None] = []
    connections: list[Connection] = []

    def look(connection: Connection, _principal: object, _after: object) -> bool:
        found.append(connection.unread())
        return False

    def meet(make: Callable[[Talk], Connection]) -> Connection:
        now = place.room.clock.now
        session = Session(place.hub, OpenDoor(), now, make, frame_bytes_max=1024, elsewhere=look)
        connections.append(session.connection)
        return session.connection

    place.reactor.adopt(ours or near, way(upgrade() + parts[0]), meet)
    for part in parts[1:]:
        place.reactor.hear(connections[0], part)
    if ours is not None:
        near.close()
    theirs.close()
    [unread] = found
    return unread


@pytest.mark.parametrize("way", [granted, Upgrade], ids=["quick", "long"])
@pytest.mark.parametrize(
    ("parts", "unread"),
    [
        ((said(HELLO),), b""),
        ((said(HELLO) + said(TIME),), TIME),
        ((said(b"1", Opcode.PING) + said(HELLO) + said(TIME) + said(TIME),), TIME + TIME),
        ((b"", said(HELLO[:9], fin=False), said(b"", Opcode.PONG) + said(HELLO[9:], Opcode.CONT) + said(TIME)), TIME),
        ((said(HELLO)[:3], said(HELLO)[3:] + said(TIME)), None),
    ],
    ids=["nothing", "a frame", "after a ping", "in fragments", "in pieces"],
)
async def test_what_came_behind_the_hello_goes_with_the_socket(
    parts: tuple[bytes, ...], unread: bytes | None, way: Callable[[bytes], Upgrade]
) -> None:
    if unread is None:  # Masks are drawn anew each time: take the pieces of one frame.
        whole = said(HELLO) + said(TIME)
        parts, unread = (whole[:3], whole[3:]), TIME
    async with saleroom() as place:
        found = await offered(place, *parts, way=way)
    assert found is not None
    assert texts(found) == unread


def texts(raw: bytes) -> bytes:
    """What is said in these frames of a browser."""
    heard, at = b"", 0
    while at < len(raw):
        end = at + past_frames(raw[at:], 1)
        mask, body = raw[end - (raw[at + 1] & 0x7F) - 4 :][:4], raw[end - (raw[at + 1] & 0x7F) : end]
        heard += bytes(byte ^ mask[nth % 4] for nth, byte in enumerate(body))
        at = end
    return heard


async def test_half_a_frame_goes_with_it_too() -> None:
    half = said(TIME)[:-5]
    async with saleroom() as place:
        assert await offered(place, said(HELLO) + half) == half


@pytest.mark.parametrize(
    "behind",
    [said(b"\x03\xe8", Opcode.CLOSE), b"\xff\xff", said(bytes(20_000))],
    ids=["a goodbye", "no frame", "too big"],
)
async def test_one_who_is_about_to_go_is_not_moved(behind: bytes) -> None:
    async with saleroom() as place:
        assert await offered(place, said(HELLO) + behind) is None


async def test_one_for_whom_bytes_wait_is_not_moved() -> None:
    class Full(socket.socket):
        def send(self, data: bytes, flags: int = 0) -> int:  # type: ignore[override]
            raise BlockingIOError

    near, theirs = socket.socketpair()
    async with saleroom() as place:
        assert await offered(place, said(HELLO), ours=Full(fileno=near.detach())) is None
    theirs.close()


async def test_a_reactor_that_moves_nobody_remembers_nothing() -> None:
    async with saleroom() as place:
        place.reactor = Reactor(SocketSettings())
        assert await offered(place, said(HELLO) + said(TIME)) is None
        place.reactor.close()


# Packets.


async def both() -> tuple[Packets, Packets]:
    await trio.lowlevel.checkpoint()
    ours, theirs = pair()
    return ours, Packets(theirs)


async def test_a_socket_crosses_with_its_message_and_is_the_same_socket() -> None:
    ours, theirs = await both()
    near, far = socket.socketpair()
    message = Moved(3, "s1", None, None, b"\x81\x80")
    assert ours.send(message, near)
    near.close()
    came, moved = await theirs.receive()
    assert came == message
    assert moved is not None
    assert not os.get_inheritable(moved.fileno())
    moved.send(b"here")
    assert far.recv(9) == b"here"
    moved.close()
    assert far.recv(9) == b"", "no other end of it was left open"
    far.close()
    ours.close()
    theirs.close()


async def test_a_way_that_is_full_says_so_and_takes_up_again() -> None:
    ours, theirs = await both()
    sent = 0
    while ours.send(Told(("s1",), sent)):
        sent += 1
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ours.tell, Told(("s1",), sent))
        for nth in range(sent + 1):
            message, _ = await theirs.receive()
            assert message == Told(("s1",), nth)
    ours.close()
    theirs.close()


async def test_what_is_too_long_is_not_sent() -> None:
    ours, theirs = await both()
    with pytest.raises(OSError, match="longer"):
        ours.send(Moved(1, "s1", None, None, bytes(PACKET_BYTES_MAX)))
    assert ours.send(Halted("s1"))
    assert (await theirs.receive())[0] == Halted("s1")
    ours.close()
    theirs.close()


async def test_who_has_ended_is_nobody_to_send_to_and_says_nothing() -> None:
    ours, theirs = await both()
    theirs.close()
    with pytest.raises(OSError, match="Broken pipe"):
        ours.send(Halted("s1"))
    assert await ours.receive() == (None, None)
    ours.close()


async def test_what_is_no_message_of_ours_ends_the_talk() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    near, far = socket.socketpair()
    socket.send_fds(ours, [b"\xc1 no message"], [near.fileno()])
    packets = Packets(theirs)
    assert await packets.receive() == (None, None)
    near.close()
    assert far.recv(9) == b"", "the socket that came with it is closed"
    for each in (far, ours, packets):
        each.close()
