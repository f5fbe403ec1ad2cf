"""
What an engine and a gateway process it started say to each other: one message a packet, some with a browser's socket.

The way is a pair of Unix sockets that keep packets apart (``SOCK_SEQPACKET``). It has no name: nobody else can speak on it, and the
end of either process ends it.
"""

import errno
import socket
import struct
from contextlib import suppress
from typing import Any, Final

import msgspec
import trio

from engine.gateway.tokens import Credential
from engine.wire.messages import Position

PACKET_BYTES_MAX: Final = 128 * 1024
AT_ONCE_MAX: Final = 512
"""Entries in one packet to an engine."""

HANDLE: Final = struct.Struct("i")
_ONE_HANDLE: Final = socket.CMSG_LEN(HANDLE.size)
FULL_S: Final = 0.001
"""A way that is full is tried again so soon, where the system does not say when there is room."""

_FULL: Final = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ETOOMANYREFS})


class Begin(msgspec.Struct, tag="begin", frozen=True):
    """The first: which gateway this is, of which data folder, and every setting by name."""

    number: int
    folder: str
    settings: dict[str, Any]


class Moved(msgspec.Struct, tag="moved", frozen=True):
    """A viewer was let in; his socket comes with this."""

    number: int
    """By which both know him."""

    sale: str
    credential: Credential | None
    """By which token he came in; None for the public."""

    after: Position | None
    """What he has read already."""

    unread: bytes
    """What he sent behind his hello."""


class Checkpoint(msgspec.Struct, tag="checkpoint", frozen=True):
    """The newest of a sale, as a frame."""

    sale: str
    seq: int
    """It covers no later record: it is shown behind this one."""

    ready: bytes


class Halted(msgspec.Struct, tag="halted", frozen=True):
    """The storage of a sale failed: nothing more is promised."""

    sale: str


class Ending(msgspec.Struct, tag="ending", frozen=True):
    """The house closes: everybody is told goodbye."""


class Told(msgspec.Struct, tag="told", frozen=True):
    """How it stands in a gateway, and what is new since it last said so."""

    sales: tuple[str, ...]
    """Those it can serve now."""

    waiting: int
    """Commands without an answer."""

    gone: tuple[int, ...] = ()
    """Viewers who have left."""

    seen: tuple[tuple[int, int], ...] = ()
    """Viewers whose page has shown a record, and which."""

    evicted: dict[str, int] = {}
    """Browsers let go, by reason."""

    resynced: int = 0
    """Viewers who had lost the thread, and got a new picture."""


Down = Begin | Moved | Checkpoint | Halted | Ending
"""From an engine to a gateway it started."""

Message = Down | Told
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final[msgspec.msgpack.Decoder[Message]] = msgspec.msgpack.Decoder(Message)


class Packets:
    """
    One end of the way.

    Args:
        sock: Connected; this object's from now on.

    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock

    def send(self, message: Message, moved: socket.socket | None = None) -> bool:
        """
        Send ``message``, with a socket if there is one. Whether it could be sent now.

        Raises:
            OSError: Nobody is there any more, or it is too long.

        """
        data = _ENCODER.encode(message)
        if len(data) > PACKET_BYTES_MAX:
            raise OSError(errno.EMSGSIZE, "a packet is longer than it may be")
        try:
            if moved is None:
                self._sock.send(data)
            else:
                socket.send_fds(self._sock, [data], [moved.fileno()])
        except OSError as error:
            if error.errno in _FULL:
                return False
            raise
        return True

    async def tell(self, message: Message) -> None:
        """
        Send ``message``, when there is room for it.

        Raises:
            OSError: Nobody is there any more.

        """
        while not self.send(message):
            await self.room()

    async def room(self) -> None:
        """
        Return when one more may be sent, perhaps.

        Raises:
            OSError: Nobody is there any more.

        """
        try:
            await trio.lowlevel.wait_writable(self._sock)
        except trio.ClosedResourceError:
            raise OSError(errno.EPIPE, "closed") from None
        await trio.sleep(FULL_S)

    async def receive(self) -> tuple[Message | None, socket.socket | None]:
        """The next message, with the socket that came with it; None when the other process has ended, or speaks another tongue."""
        await trio.lowlevel.checkpoint()
        while True:
            try:
                data, beside, flags, _ = self._sock.recvmsg(PACKET_BYTES_MAX, _ONE_HANDLE, socket.MSG_CMSG_CLOEXEC)
            except BlockingIOError:
                with suppress(trio.ClosedResourceError):
                    await trio.lowlevel.wait_readable(self._sock)
                continue
            except OSError:
                return None, None
            moved = _socket_in(beside)
            try:
                if data and not flags & socket.MSG_TRUNC:
                    return _DECODER.decode(data), moved
            except msgspec.DecodeError:
                pass
            if moved is not None:
                moved.close()
            return None, None

    def close(self) -> None:
        """Nobody speaks here any more, and who listens hears that it has ended."""
        trio.lowlevel.notify_closing(self._sock)
        self._sock.close()


def _socket_in(beside: list[tuple[int, int, bytes]]) -> socket.socket | None:
    """What :func:`socket.recv_fds` would find; but that one leaves it open to programs we start."""
    for level, kind, data in beside:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS) and len(data) == HANDLE.size:
            return socket.socket(fileno=HANDLE.unpack(data)[0])
    return None


def pair() -> tuple[Packets, socket.socket]:
    """A new way: our end, and that for the other process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    return Packets(ours), theirs
