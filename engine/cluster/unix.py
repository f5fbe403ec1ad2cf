"""Carriers for gateways on the engine's own machine: Unix sockets, frames with their length before them. They hold nothing."""

import errno
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import trio

from engine.cluster.carrier import Trouble
from engine.journal.asking import RoomBusy

FRAME_BYTES_MAX: Final = 64 * 1024 * 1024
OUTBOX_MAX: Final = 8192
"""Frames that may wait for one gateway; one that takes no more is let go, comes back, and asks for what it lacks."""

REPORTS_BEHIND_MAX: Final = 64
"""Behind more frames than this no report waits: the next one says what it would have said."""

BACKOFF_S: Final = (0.05, 1.0)
READ_BYTES: Final = 262_144
HEAD: Final = struct.Struct(">IH")


def packed(sale: str, frame: bytes) -> bytes:
    """A frame as it crosses the socket."""
    name = sale.encode()
    return HEAD.pack(len(name) + len(frame), len(name)) + name + frame


async def unpack(stream: trio.abc.ReceiveStream, take: Callable[[str, bytes], None]) -> None:
    """Hand every frame that comes to ``take``; returns when the stream ends, or at what is no frame."""
    came = bytearray()
    with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        while data := await stream.receive_some(READ_BYTES):
            came += data
            start = 0
            while len(came) - start >= HEAD.size:
                size, name = HEAD.unpack_from(came, start)
                if size > FRAME_BYTES_MAX or name > size:
                    return
                body, end = start + HEAD.size, start + HEAD.size + size
                if len(came) < end:
                    break
                take(bytes(came[body : body + name]).decode("utf-8", "replace"), bytes(came[body + name : end]))
                start = end
            del came[:start]


def _is_listened_at(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def listen_at(path: Path) -> trio.SocketListener:
    """
    A listener at ``path``, for the owner of this process only. What an earlier one left there is removed.

    Raises:
        OSError: The path cannot be used, or somebody listens there.

    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if _is_listened_at(path):
            raise OSError(errno.EADDRINUSE, f"another engine listens at {path}")  # noqa: TRY301 - as bind would say it
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(64)
    except BaseException:
        listener.close()
        raise
    return trio.SocketListener(trio.socket.from_stdlib_socket(listener))


class StreamEngine:
    """What :class:`engine.cluster.carrier.EngineCarrier` says of streams on this machine, however they come about."""

    trouble: Trouble | None = None
    once = True

    def __init__(self) -> None:
        self._outboxes: set[trio.MemorySendChannel[bytes]] = set()
        self._beats: dict[str, bytes] = {}

    async def serve(self, stream: trio.SocketStream, take: Callable[[str, bytes], None]) -> None:
        """Talk over one stream until it ends."""
        send, receive = trio.open_memory_channel[bytes](OUTBOX_MAX)
        for sale, frame in self._beats.items():
            send.send_nowait(packed(sale, frame))
        self._outboxes.add(send)
        try:
            await _talk(stream, receive, take)
        finally:
            self._outboxes.discard(send)

    async def publish(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        for _, frame in frames:
            await self.note(sale, frame)

    async def note(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        await trio.lowlevel.checkpoint()
        data = packed(sale, frame)
        for outbox in tuple(self._outboxes):
            try:
                outbox.send_nowait(data)
            except (trio.WouldBlock, trio.BrokenResourceError, trio.ClosedResourceError):
                outbox.close()
                self._outboxes.discard(outbox)

    async def beat(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        self._beats[sale] = frame
        await self.note(sale, frame)

    async def held(self, sale: str, epoch: int) -> int | None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        await trio.lowlevel.checkpoint()
        return None

    async def restore(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """Nothing is held."""
        raise AssertionError("a socket holds nothing")


class UnixEngine(StreamEngine):
    """Listens at a path. See :class:`engine.cluster.carrier.EngineCarrier`."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    async def run(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`. Whoever can open the socket may send; frames say whose they are."""
        listener = listen_at(self._path)

        async def serve(stream: trio.SocketStream) -> None:
            await self.serve(stream, _of_these(take, sales))

        try:
            await trio.serve_listeners(serve, [listener])
        finally:
            self._path.unlink(missing_ok=True)


class PairedEngine(StreamEngine):
    """Over streams handed in one by one, for processes this engine started. See :class:`engine.cluster.carrier.EngineCarrier`."""

    def __init__(self, streams_max: int) -> None:
        super().__init__()
        self._join, self._come = trio.open_memory_channel[trio.SocketStream](streams_max)

    def join(self, stream: trio.SocketStream) -> None:
        """One more of them."""
        self._join.send_nowait(stream)

    async def run(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        async with trio.open_nursery() as nursery:
            async for stream in self._come:
                nursery.start_soon(self._serve_and_close, stream, _of_these(take, sales))

    async def _serve_and_close(self, stream: trio.SocketStream, take: Callable[[str, bytes], None]) -> None:
        async with stream:
            await self.serve(stream, take)


def _of_these(take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> Callable[[str, bytes], None]:
    def take_ours(sale: str, frame: bytes) -> None:
        if sale in sales():
            take(sale, frame)

    return take_ours


class StreamGateway:
    """The other end of :class:`StreamEngine`."""

    def __init__(self, letters_max: int) -> None:
        self.trouble: Trouble | None = None
        self._letters_max = letters_max
        self._outbox: trio.MemorySendChannel[bytes] | None = None

    async def talk(self, stream: trio.SocketStream, hear: Callable[[str, bytes], None]) -> None:
        """Talk over ``stream`` until it ends, and close it."""
        async with stream:
            self._outbox, receive = trio.open_memory_channel[bytes](self._letters_max)
            await _talk(stream, receive, hear)
        self._outbox = None

    def follow(self, sale: str, epoch: int, seq: int) -> None:
        """What comes is all there is."""

    def send(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`. While nobody listens a letter is lost, as on any other way."""
        if self._outbox is None:
            return
        try:
            self._outbox.send_nowait(packed(sale, frame))
        except trio.WouldBlock:
            raise RoomBusy from None
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return

    def report(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`."""
        if self._outbox is not None and self._outbox.statistics().current_buffer_used < REPORTS_BEHIND_MAX:
            with suppress(RoomBusy):
                self.send(sale, frame)


class UnixGateway(StreamGateway):
    """Comes to a path, again and again. See :class:`engine.cluster.carrier.GatewayCarrier`."""

    def __init__(self, path: Path, letters_max: int) -> None:
        super().__init__(letters_max)
        self._path = path

    async def run(self, hear: Callable[[str, bytes], None]) -> None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`."""
        shortest, longest = BACKOFF_S
        wait = shortest
        while True:
            with suppress(OSError):
                stream = await trio.open_unix_socket(str(self._path))
                wait, self.trouble = shortest, None
                await self.talk(stream, hear)
            self.trouble = Trouble.UNREACHABLE
            await trio.sleep(wait)
            wait = min(longest, wait * 2)


class PairedGateway(StreamGateway):
    """Has the one stream its engine gave it: when that ends, so does all. See :class:`engine.cluster.carrier.GatewayCarrier`."""

    def __init__(self, stream: trio.SocketStream, letters_max: int) -> None:
        super().__init__(letters_max)
        self._stream = stream

    async def run(self, hear: Callable[[str, bytes], None]) -> None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`."""
        await self.talk(self._stream, hear)


async def _talk(
    stream: trio.SocketStream, outbox: trio.MemoryReceiveChannel[bytes], take: Callable[[str, bytes], None]
) -> None:
    """Read and write until either ends."""
    async with trio.open_nursery() as nursery:

        async def pour() -> None:
            await _pour(outbox, stream)
            nursery.cancel_scope.cancel()

        nursery.start_soon(pour)
        await unpack(stream, take)
        nursery.cancel_scope.cancel()


async def _pour(outbox: trio.MemoryReceiveChannel[bytes], stream: trio.SocketStream) -> None:
    """Write what lies in ``outbox``, as much at once as there is, until it is closed or nobody reads."""
    with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        async for first in outbox:
            data = bytearray(first)
            with suppress(trio.WouldBlock, trio.EndOfChannel):
                while len(data) < READ_BYTES:
                    data += outbox.receive_nowait()
            await stream.send_all(data)
