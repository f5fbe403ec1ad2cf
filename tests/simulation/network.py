"""
Sockets without a kernel: what a browser and the house send each other, with all that can happen on the way.

Bytes of one direction keep their order, as TCP promises. What a frame meets is a fault of its own: lost, doubled, overtaken, late.
A line may stand still (its reader takes nothing) or vanish, with a word (both ends notice) or without (nobody does).
"""

import random
import select
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import trio

from engine.gateway.frames import text_frame
from tests.simulation.schedule import Schedule, on_grid

TEXT: Final = 1
CLOSE: Final = 8
PING: Final = 9
PONG: Final = b"\x8a\x80\0\0\0\0"
UPGRADE: Final = (
    b"GET /api/sales/trial/socket HTTP/1.1\r\nHost: house.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@dataclass(slots=True)
class Weather:
    """How the lines of a run behave. Shares of frames, or seconds."""

    latency_s: tuple[float, float] = (0.001, 0.04)
    lost: float = 0.0
    doubled: float = 0.0
    overtaken: float = 0.0
    late: float = 0.0
    """Frames towards the house that are late by up to :attr:`late_s`."""

    late_s: float = 1.5
    buffer_bytes: int = 65_536


class End(Protocol):
    """A browser's end of a line."""

    def on_text(self, text: bytes) -> None:
        """A message came."""

    def on_ping(self) -> None:
        """The house asks for a sign of life."""

    def on_lost(self, line: "Line") -> None:
        """The line is gone."""


class Ports:
    """The simulated sockets' epoll; see :class:`engine.gateway.reactor.Poll`."""

    def __init__(self) -> None:
        self.sockets: dict[int, Socket] = {}
        self._masks: dict[int, int] = {}
        self._changed: dict[int, None] = {}
        self._news = trio.Event()

    def register(self, fd: int, mask: int) -> None:
        self.modify(fd, mask)

    def modify(self, fd: int, mask: int) -> None:
        self._masks[fd] = mask
        self.touch(fd)

    def unregister(self, fd: int) -> None:
        self._masks.pop(fd, None)

    def close(self) -> None:
        self._masks.clear()

    def touch(self, fd: int) -> None:
        """Something about the socket changed."""
        self._changed[fd] = None
        self._news.set()

    async def ready(self) -> list[tuple[int, int]]:
        await trio.lowlevel.checkpoint()
        while not (found := self._found()):
            self._news = trio.Event()
            await self._news.wait()
        return found

    def _found(self) -> list[tuple[int, int]]:
        found = []
        for fd in sorted(self._changed):
            events = self._masks.get(fd, 0) & self.sockets[fd].events()
            if events:
                found.append((fd, events))
            else:
                del self._changed[fd]
        return found


class Socket:
    """The house's end: what :class:`engine.gateway.connection.Connection` needs of a socket."""

    def __init__(self, line: "Line", fd: int) -> None:
        self._line = line
        self._fd = fd
        self.inbox: deque[bytes] = deque()
        self.ended = self.reset = self.closed = False

    def events(self) -> int:
        readable = select.EPOLLIN if self.inbox or self.ended or self.reset else 0
        return readable | (select.EPOLLOUT if self._line.room() > 0 else 0)

    def fileno(self) -> int:
        return self._fd

    def setblocking(self, _flag: bool) -> None:
        """It never blocks."""

    def setsockopt(self, *_: int) -> None:
        """It has none."""

    def send(self, data: bytes) -> int:
        if self.reset or self.closed:
            raise BrokenPipeError
        if not self._line.house_alive():
            return len(data)
        taken = data[: self._line.room()]
        if not taken:
            raise BlockingIOError
        self._line.down(bytes(taken))
        return len(taken)

    def recv(self, _size: int) -> bytes:
        if self.inbox:
            return self.inbox.popleft()
        if self.reset:
            raise ConnectionResetError
        if self.ended:
            return b""
        raise BlockingIOError

    def shutdown(self, _how: int) -> None:
        self._line.house_ends()

    def close(self) -> None:
        self.closed = True
        self._line.house_ends()


class Line:
    """One connection, from dialling to its end."""

    def __init__(  # noqa: PLR0917 - everything is handed in
        self,
        number: int,
        end: End,
        schedule: Schedule,
        chance: random.Random,
        weather: Weather,
        house_alive: Callable[[], bool],
        touch: Callable[[int], None],
    ) -> None:
        self.number = number
        self.socket = Socket(self, number)
        self.house_alive = house_alive
        self.calm = False
        self.gone = False
        """The browser knows that it is over."""

        self.silent = False
        """Nothing passes any more, and neither end knows."""

        self.reading = True
        self.cut_after: int | None = None
        """The machine is lost when the house sends so many more times on this line."""

        self.on_cut: Callable[[], None] = lambda: None
        self.faults = 0
        """Frames that came other than they were sent."""

        self.opened_at = trio.current_time()
        self.slowest_s = weather.latency_s[1]
        self.wide = weather.buffer_bytes > 10_000
        """Whether it takes whole pictures at once."""

        self.exact = not weather.doubled
        """Whether what is sent once arrives once."""

        self.stalled = False
        """Whether its reader ever took nothing for a while."""

        self.asked: dict[str, int] = {}
        """How often something with this id reached the house on this line."""

        self.asked_at: dict[str, float] = {}
        """When it did for the first time that is not answered yet."""

        self.replies: dict[str, int] = {}
        self.inquiries: dict[str, list[float]] = {}

        self._end, self._schedule, self._chance, self._weather, self._touch = end, schedule, chance, weather, touch
        self._up_at = self._down_at = 0.0
        self._waiting = 0
        self._unread: deque[bytes] = deque()
        self._buffer = bytearray()
        self._held: bytes | None = None

    # Towards the house.

    def up(self, text: bytes, command_id: str | None = None) -> None:
        """The browser sends a message, about ``command_id`` if it is about one."""
        chance, weather = self._chance, self._weather
        frame = masked(text)
        if self.calm:
            self._carry_up(frame, 0.0, command_id)
            return
        if chance.random() < weather.lost:
            return
        late = chance.random() * weather.late_s if chance.random() < weather.late else 0.0
        if late or chance.random() < weather.overtaken:
            self._carry_up(frame, late or chance.random() * 0.2, command_id, in_order=False)
        else:
            self._carry_up(frame, 0.0, command_id)
        if chance.random() < weather.doubled:
            self._carry_up(frame, chance.random() * 0.5, command_id, in_order=False)

    def raw(self, data: bytes) -> None:
        """Bytes that no fault meets: handshake, pong."""
        self._carry_up(data, 0.0)

    def raw_text(self, text: bytes) -> None:
        """A message that no fault meets: hello."""
        self._carry_up(masked(text), 0.0)

    def _carry_up(self, data: bytes, late: float, command_id: str | None = None, *, in_order: bool = True) -> None:
        instant = trio.current_time() + self.latency() + late
        if in_order:
            instant = self._up_at = max(self._up_at, instant)
        self._schedule.at(on_grid(instant), lambda: self.arrive(data, command_id), self.number)

    def arrive(self, data: bytes, command_id: str | None = None) -> None:
        """Bytes reach the house."""
        socket = self.socket
        if self.silent or socket.closed or socket.reset or socket.ended or not self.house_alive():
            return
        if command_id is not None:
            self.asked[command_id] = self.asked.get(command_id, 0) + 1
            self.asked_at.setdefault(command_id, trio.current_time())
        socket.inbox.append(data)
        self._touch(self.number)

    # From the house.

    def room(self) -> int:
        """Bytes the house may send now."""
        return self._weather.buffer_bytes - self._waiting

    def down(self, data: bytes) -> None:
        """The house sends bytes."""
        if self.cut_after is not None:
            self.cut_after -= 1
            if self.cut_after <= 0:
                self.cut_after = None
                self.on_cut()
                return
        self._waiting += len(data)
        self._down_at = max(self._down_at, trio.current_time() + self.latency())
        self._schedule.at(on_grid(self._down_at), lambda: self._come(data), self.number)

    def _come(self, data: bytes) -> None:
        if self.gone or self.silent:
            return
        if not self.reading:
            self._unread.append(data)
            return
        self._read(data)

    def _read(self, data: bytes) -> None:
        self._waiting -= len(data)
        self._touch(self.number)
        self._buffer += data
        while not self.gone and (frame := _next_frame(self._buffer)) is not None:
            opcode, payload = frame
            if opcode == TEXT:
                self._text(payload)
            elif opcode == PING:
                self._end.on_ping()
            elif opcode == CLOSE:
                self.lose()
            else:
                self._buffer.clear()  # The answer to the upgrade request.

    def _text(self, payload: bytes) -> None:
        chance, weather = self._chance, self._weather
        held, self._held = self._held, None
        if self.calm:
            self._end.on_text(payload)
        elif chance.random() < weather.overtaken and held is None:
            self._held = payload
            self.faults += 1
            self._schedule.after(0.3, self._let_go, self.number)
            return
        else:
            self._end.on_text(payload)
            if chance.random() < weather.doubled and not self.gone:
                self.faults += 1
                self._end.on_text(payload)
        if held is not None and not self.gone:
            self._end.on_text(held)

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None and not self.gone:
            self._end.on_text(held)

    # The line itself.

    def latency(self) -> float:
        low, high = self._weather.latency_s
        return low + (high - low) * self._chance.random() ** 3

    def stall(self) -> None:
        """The browser takes nothing for the time being."""
        self.reading, self.stalled = False, True

    def go_on(self) -> None:
        """It takes again."""
        self.reading = True
        while self._unread and not self.gone:
            self._read(self._unread.popleft())

    def lose(self) -> None:
        """The line is gone, and both ends are told."""
        if not self.gone:
            self.gone = True
            self.socket.reset = True
            self._touch(self.number)
            self._end.on_lost(self)

    def heal(self) -> None:
        """No more faults on this line; what stands still goes on."""
        self.calm = True
        self.cut_after = None
        self._let_go()
        self.go_on()

    def vanish(self) -> None:
        """Nothing passes any more; nobody is told."""
        self.silent = True

    def house_ends(self) -> None:
        """The house has closed its end: the browser sees that after what was sent before."""
        self._schedule.at(on_grid(max(self._down_at, trio.current_time() + self.latency())), self._ended, self.number)

    def house_is_gone(self, *, with_what_was_sent: bool) -> None:
        """The machine at the other end is off."""
        if not with_what_was_sent:
            self.silent = True
        self._schedule.at(on_grid(max(self._down_at, trio.current_time() + 0.05)), self.lose, self.number)

    def _ended(self) -> None:
        if not self.silent:
            self.lose()


def masked(text: bytes) -> bytes:
    """``text`` as a browser sends it; the mask is of zeros."""
    frame = text_frame(text)
    head = len(frame) - len(text)
    return bytes((frame[0], frame[1] | 0x80)) + frame[2:head] + b"\0\0\0\0" + text


def _next_frame(buffer: bytearray) -> tuple[int, bytes] | None:
    """The next whole frame, taken out of ``buffer``; opcode 0 for what is no frame yet."""
    if len(buffer) < 2:
        return None
    if buffer[:5] == b"HTTP/":
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        del buffer[: end + 4]
        return _next_frame(buffer)
    size, head = buffer[1] & 0x7F, 2
    if size == 126:
        size, head = int.from_bytes(buffer[2:4]), 4
    elif size == 127:
        size, head = int.from_bytes(buffer[2:10]), 10
    if len(buffer) < head + size:
        return None
    opcode, payload = buffer[0] & 0x0F, bytes(buffer[head : head + size])
    del buffer[: head + size]
    return opcode, payload
