"""
A line between an engine and its standby: frames with their length before them, each closed for its place in this very conversation.

Both sides bring a number of their own, so nothing said in an earlier conversation is believed in a later one, and nothing twice.
"""

import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import trio

from engine.cluster.cipher import Cipher, Forged
from engine.cluster.standby_frames import Greeting, Hello, Line, Over, encode, opened
from engine.cluster.unix import listen_at

FRAME_BYTES_MAX: Final = 64 * 1024 * 1024
GREETING_BYTES_MAX: Final = 4096
"""Until both have said who they are."""

READ_BYTES: Final = 262_144
NONCE_BYTES: Final = 16
BACKLOG: Final = 8
_LENGTH: Final = struct.Struct(">I")


class LineLost(Exception):
    """The other side is gone, or is none of ours."""


class Channel:
    """One conversation. What is said arrives once and in order, or the conversation is over."""

    def __init__(self, stream: trio.SocketStream, cipher: Cipher) -> None:
        self._stream, self._cipher = stream, cipher
        self._came = bytearray()
        self._session, self._theirs, self._ours = "greeting", "", ""
        self._said = self._heard = 0
        self._saying = trio.Lock()

    def begin(self, session: str, *, ours: str, theirs: str) -> None:
        """From here on all is closed for ``session`` and its direction."""
        self._session, self._ours, self._theirs = session, ours, theirs
        self._said = self._heard = 0

    async def send(self, message: Line) -> None:
        """
        Say ``message``.

        Raises:
            LineLost: Nobody listens.

        """
        async with self._saying:
            closed = self._cipher.close(f"standby {self._session} {self._ours} {self._said}", encode(message))
            self._said += 1
            try:
                await self._stream.send_all(_LENGTH.pack(len(closed)) + closed)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                raise LineLost from None

    async def receive(self) -> Line:
        """
        What the other side says next.

        Raises:
            LineLost: It says no more, or something that is not for here.

        """
        (size,) = _LENGTH.unpack(await self._take(_LENGTH.size))
        if size > (FRAME_BYTES_MAX if self._ours else GREETING_BYTES_MAX):
            raise LineLost
        closed = await self._take(size)
        place = f"standby {self._session} {self._theirs} {self._heard}"
        self._heard += 1
        try:
            return opened(self._cipher.open(place, closed))
        except (Forged, msgspec.DecodeError):
            raise LineLost from None

    async def _take(self, size: int) -> bytes:
        try:
            while len(self._came) < size:
                data = await self._stream.receive_some(READ_BYTES)
                if not data:
                    raise LineLost
                self._came += data
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            raise LineLost from None
        taken = bytes(self._came[:size])
        del self._came[:size]
        return taken

    async def close(self) -> None:
        """Say no more."""
        with suppress(OSError):
            await trio.aclose_forcefully(self._stream)


async def greeted(stream: trio.SocketStream, cipher: Cipher) -> tuple[Channel, Hello | Over]:
    """
    The engine's side of a conversation that begins, and what the other says first.

    Raises:
        LineLost: It is none of ours.

    """
    channel, nonce = Channel(stream, cipher), os.urandom(NONCE_BYTES)
    with suppress(LineLost):  # Who only has to say that our time is over may have left again.
        await channel.send(Greeting(nonce))
    said = await channel.receive()
    if not isinstance(said, Hello | Over):
        raise LineLost
    if isinstance(said, Hello):
        channel.begin((nonce + said.nonce).hex(), ours="down", theirs="up")
    return channel, said


async def greet(stream: trio.SocketStream, cipher: Cipher, name: str) -> Channel:
    """
    The standby's side.

    Raises:
        LineLost: It is no engine of ours.

    """
    channel, nonce = Channel(stream, cipher), os.urandom(NONCE_BYTES)
    said = await channel.receive()
    if not isinstance(said, Greeting):
        raise LineLost
    await channel.send(Hello(nonce, name))
    channel.begin((said.nonce + nonce).hex(), ours="up", theirs="down")
    return channel


async def tell(address: str, cipher: Cipher, over: Over, patience_s: float) -> bool:
    """Tell the engine at ``address`` that its time is over; whether that lies with it. One that sleeps hears it when it wakes."""
    try:
        with trio.fail_after(patience_s):
            async with await connect(address) as stream:
                await Channel(stream, cipher).send(over)
                await stream.send_eof()
    except (OSError, LineLost, trio.TooSlowError, trio.BrokenResourceError):
        return False
    return True


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def is_path(address: str) -> bool:
    """Whether ``address`` is that of a Unix socket; otherwise it is ``host:port``."""
    return "/" in address


async def connect(address: str) -> trio.SocketStream:
    """
    A connection to ``address``: a path, or ``host:port``.

    Raises:
        OSError: Nobody listens there.

    """
    if is_path(address):
        return await trio.open_unix_socket(address)
    return await trio.open_tcp_stream(*_host_and_port(address))


async def listeners(address: str) -> list[trio.SocketListener]:
    """
    Listen at ``address``.

    Raises:
        OSError: It cannot be used.

    """
    if is_path(address):
        return [listen_at(Path(address))]
    host, port = _host_and_port(address)
    return await trio.open_tcp_listeners(port, host=host, backlog=BACKLOG)
