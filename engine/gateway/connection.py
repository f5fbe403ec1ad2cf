"""One browser's socket: bytes in through the sans-I/O WebSocket protocol, ready frames out."""

import logging
import select
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import CONNECTING, OPEN, State
from websockets.server import ServerProtocol

from engine.gateway.borders import UNKNOWN, past_frames, to_come
from engine.gateway.frames import text_frame
from engine.gateway.outbox import Outbox, OutboxFull, Shared

READ: Final = select.EPOLLIN | select.EPOLLRDHUP
READ_AND_WRITE: Final = READ | select.EPOLLOUT

_END_OF_HEAD: Final = b"\r\n\r\n"
_PONG: Final = b"\x8a\x80"
"""How an empty pong begins; its mask follows, and nothing else."""

_PONG_BYTES: Final = 6

_QUIET = logging.getLogger("luochui.websocket")
_QUIET.setLevel(logging.WARNING)


class Talk(Protocol):
    """Who speaks with the browser at the other end."""

    def opened(self) -> None:
        """The handshake is done."""

    def on_text(self, raw: bytes) -> None:
        """A whole text message came; ``raw`` is checked for size only."""

    def on_unreadable(self) -> None:
        """A message came that is not text."""

    def on_too_big(self) -> None:
        """A message is beyond the limit; the connection is about to be closed with 1009."""

    def on_late(self) -> None:
        """What was due by :attr:`Connection.due_at` has not come."""

    def closed(self) -> None:
        """The socket is gone. Nothing more can be sent."""


@dataclass(frozen=True, slots=True)
class Host:
    """What a connection needs of the reactor that holds it."""

    now: Callable[[], float]
    """Monotonic seconds."""

    arm: Callable[["Connection", int], None]
    """Watch the socket for these epoll events from now on."""

    gone: Callable[["Connection"], None]
    """The socket is about to be closed: forget it."""

    evicted: Callable[[str], None]
    """A browser is let go, and why."""

    frames_per_s_max: int = 500
    """Frames of any kind a browser may send in a second; only one that floods sends so many."""


def _always() -> bool:
    return True


def _protocol(frame_bytes_max: int | None, state: State) -> ServerProtocol:
    return ServerProtocol(max_size=frame_bytes_max, state=state, logger=_QUIET)


class Connection:
    """
    A socket between handshake and close.

    ``blocked`` is the one thing a broadcaster looks at: while it is false no other bytes wait, and whole frames may be written
    straight to the socket with ``send``.

    Args:
        sock: Connected, non-blocking.
        host: Who watches over it.
        talk: Who speaks on this side.
        frame_bytes_max: A longer message closes it.
        outbox_bytes_max: Private bytes that may wait.
        begun: Whether the handshake is over already, or its answer made.
        may_move: Whether the socket may become another process's, see :meth:`unread`.

    """

    __slots__ = (
        "_armed",
        "_fragments",
        "_frames",
        "_host",
        "_outbox",
        "_protocol",
        "_raw",
        "_second_began",
        "_talk",
        "_to_come",
        "_whole",
        "blocked",
        "closing_at",
        "counted",
        "dead",
        "due_at",
        "fd",
        "heard_at",
        "look_at",
        "moved_at",
        "pinged_at",
        "progress_at",
        "send",
        "sock",
    )

    def __init__(  # noqa: PLR0913 - keyword-only, with defaults
        self,
        sock: socket.socket,
        host: Host,
        talk: Talk,
        *,
        frame_bytes_max: int,
        outbox_bytes_max: int,
        begun: bool = False,
        may_move: bool = False,
    ) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.send = sock.send
        self.blocked = not begun
        self.heard_at = self.moved_at = self.progress_at = self.pinged_at = host.now()
        # Last heard from; began to wait or took some of what waits; took some of what waits; last asked for a sign of life.
        self.closing_at: float | None = None
        self.due_at: float | None = None
        """Until when the browser must say who it is; None once it has."""

        self.look_at = 0.0
        """Before this moment there is no need to look after it."""

        self.dead = False
        self.counted: Callable[[], bool] = _always
        """Whether it may be told that this browser was let go: not while nobody may know who is there."""

        self._host = host
        self._talk = talk
        self._armed = READ
        self._outbox = Outbox(outbox_bytes_max)
        self._fragments = bytearray()
        self._second_began = host.now()
        self._frames = 0
        self._protocol = _protocol(frame_bytes_max, OPEN if begun else CONNECTING)
        self._to_come = 0 if begun else UNKNOWN
        """Bytes the frame under way still lacks; 0 between two frames."""

        self._raw = bytearray() if may_move else None
        """What came and is not acted on yet, as it came; None if nobody will want it."""

        self._whole = 0
        """So many frames at its beginning are being acted on, or were."""

    @property
    def waiting(self) -> bool:
        """Whether bytes wait that the socket would not take."""
        return not self._outbox.idle

    def grant(self, answer: bytes) -> None:
        """Send the other half of a handshake whose request was read elsewhere: the first bytes of all."""
        self._out(answer)
        if not self.dead:
            self._talk.opened()

    def receive(self, data: bytes, at: float | None = None) -> None:
        """Bytes came from the browser, ``at`` this moment or now; none at its end."""
        if not data:
            self.drop()
            return
        self.heard_at = self._host.now() if at is None else at
        if not self._to_come:
            if len(data) == _PONG_BYTES and data.startswith(_PONG) and self.closing_at is None:
                self._count()
                return  # A sign of life: everybody gives one every other second, and there is nothing in it to read.
            self._to_come = to_come(0, data)
        elif self._to_come != UNKNOWN:
            self._to_come = to_come(self._to_come, data)
        if self._raw is not None:
            self._raw += data
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                if self.closing_at is None and not self.dead:
                    self._whole += 1
                    self._count()
                    self._take(event)
            elif isinstance(event, Request):
                if self._raw is not None:
                    del self._raw[: self._raw.index(_END_OF_HEAD) + len(_END_OF_HEAD)]
                self._shake_hands(event, alone=data.find(_END_OF_HEAD) == len(data) - len(_END_OF_HEAD))
        if self.dead:
            return
        if self.closing_at is None and isinstance(self._protocol.parser_exc, PayloadTooBig):
            self._talk.on_too_big()
        self._flush()
        if self._raw is not None and self.closing_at is None and not self.dead:
            del self._raw[: past_frames(self._raw, self._whole)]
            self._whole = 0

    def let_go(self, why: str) -> None:
        """This browser costs the others too much, or nothing is heard of it: it is dropped."""
        if self.counted():
            self._host.evicted(why)
        self.drop()

    def write(self, data: bytes) -> None:
        """Send ``data`` to this browser alone: now, or in its turn. A browser that lets too much wait is let go."""
        if self.closing_at is None and not self.dead:
            self._out(data)

    def hear(self, payload: bytes) -> None:
        """Send ``payload``, one JSON object meant for this browser alone, as a frame."""
        self.write(text_frame(payload))

    def catch_up(self, data: bytes) -> None:
        """Send a picture, or all a viewer missed: it may be long, and the viewer has done nothing wrong."""
        if self.closing_at is not None or self.dead:
            return
        sent = 0 if self.blocked else self._try(data)
        if sent < len(data) and not self.dead:
            self._outbox.bulk(data[sent:])
            self._wait()

    def cut(self, sent: int, frames: Sequence[Shared], data: bytes) -> bool:
        """
        The socket took ``sent`` bytes of ``data``: finish the frame that was begun, conflate those of ``frames`` after it.

        Args:
            sent: How many it took.
            frames: What ``data`` begins with.
            data: All of it; behind ``frames`` there may be one frame more.

        Returns:
            Whether ``frames`` were taken, so that what is behind them comes, too.

        """
        at = 0
        for number, one in enumerate(frames):
            begins, at = at, at + len(one.ready)
            if sent >= at:
                continue
            if sent > begins:
                self._outbox.rest(one.ready[sent - begins :])
                number += 1  # noqa: PLW2901 - the frame begun is not conflated
            self._outbox.fall_behind(frames[number:])
            self._wait()
            return False
        self._outbox.rest(data[sent:])
        self._wait()
        return True

    def fall_behind(self, frames: Sequence[Shared]) -> None:
        """Shared frames came while the socket takes nothing."""
        if self.closing_at is None and not self.dead:
            self._outbox.fall_behind(frames)

    def writable(self) -> None:
        """The socket takes bytes again."""
        while (data := self._outbox.next()) is not None:
            sent = self._try(data)
            if self.dead:
                return
            if sent:
                self._outbox.took(sent)
                self.moved_at = self.progress_at = self._host.now()
            if sent < len(data):
                return
        self._arm(READ)
        self.blocked = self.closing_at is not None
        if self.blocked:
            self._half_close()

    def ping(self, ready: bytes) -> None:
        """Ask for a sign of life, unless bytes wait already."""
        self.pinged_at = self._host.now()
        if not self.blocked:
            self._out(ready)

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye; the socket goes when the browser has answered, or a moment later."""
        if self._protocol.state is not OPEN:
            self.drop()
        elif self.closing_at is None and not self.dead:
            self._protocol.send_close(code, reason)
            self._flush()

    def late(self) -> None:
        """What was due has not come in time."""
        self.due_at = None
        self._talk.on_late()

    def drop(self) -> None:
        """Let go at once."""
        if not self.dead:
            self.dead = self.blocked = True
            self._host.gone(self)
            self.sock.close()
            self._talk.closed()

    def unread(self) -> bytes | None:
        """
        What came behind the frame that is being acted on, if another process may have the socket from here on.

        None if it may not: it waits for our bytes, or is about to close, or was never meant to move. Asked once in a life.
        """
        raw, self._raw = self._raw, None
        protocol = self._protocol
        ends = protocol.state is not OPEN or protocol.parser_exc is not None or protocol.close_rcvd is not None
        if raw is None or ends:
            return None
        self._flush()
        if self.blocked:
            return None
        return bytes(raw[past_frames(raw, self._whole) :])

    def move_out(self) -> socket.socket:
        """Another process gets the socket: it is watched over here no longer, and nobody is told. The caller closes it."""
        self.dead = self.blocked = True
        self._host.gone(self)
        return self.sock

    def _shake_hands(self, request: Request, *, alone: bool) -> None:
        """``alone`` if nothing came behind the request."""
        protocol = self._protocol
        protocol.send_response(protocol.accept(request))
        self.blocked = False
        self._flush()
        if protocol.state is OPEN:
            if alone:  # The one that shook hands holds the whole request for as long as it lives: two KiB.
                self._protocol, self._to_come = _protocol(protocol.max_message_size, OPEN), 0
            self._talk.opened()

    def _take(self, frame: Frame) -> None:
        if self.dead:
            return
        if frame.opcode is Opcode.BINARY:
            self._talk.on_unreadable()
        elif frame.opcode in {Opcode.TEXT, Opcode.CONT}:
            if frame.fin and not self._fragments:
                self._talk.on_text(bytes(frame.data))
                return
            self._fragments += frame.data
            if frame.fin:
                whole = bytes(self._fragments)
                self._fragments.clear()
                self._talk.on_text(whole)

    def _count(self) -> None:
        """Let go of a browser that floods: pings and empty frames cost us as much as bids."""
        if self.heard_at - self._second_began >= 1:
            self._second_began, self._frames = self.heard_at, 0
        self._frames += 1
        if self._frames > self._host.frames_per_s_max:
            self.let_go("flood")

    def _flush(self) -> None:
        """Send what the protocol has to say, and stop all else once it has said goodbye."""
        for data in self._protocol.data_to_send():
            if data and not self.dead:
                self._out(data)
        if self._protocol.state is not OPEN and self.closing_at is None and not self.dead:
            self.closing_at = self._host.now()
            self.look_at = 0.0
            self.blocked = True
            if self._outbox.idle:
                self._half_close()

    def _out(self, data: bytes) -> None:
        if self.blocked:
            try:
                self._outbox.private(data)
            except OutboxFull:
                self.let_go("outbox full")
            return
        sent = self._try(data)
        if sent < len(data) and not self.dead:
            self._outbox.rest(data[sent:])
            self._wait()

    def _half_close(self) -> None:
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop()

    def _try(self, data: bytes) -> int:
        try:
            return self.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.drop()
            return 0

    def _wait(self) -> None:
        self.moved_at = self._host.now()
        self.blocked = True
        self._arm(READ_AND_WRITE)

    def _arm(self, mask: int) -> None:
        if self._armed != mask and not self.dead:
            self._armed = mask
            self._host.arm(self, mask)
