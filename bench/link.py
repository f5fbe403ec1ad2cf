"""
One connection of the crowd, without waiting: asks for a ticket, shakes hands, says hello, is lost and comes back.

Everything here is done when a socket is ready, so that no bid of another is late because of it.
"""

import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import orjson

from bench.wire import Counter, Reader, masked
from clients.http import Address

RECEIVE_BYTES: Final = 1 << 18
HEAD_BYTES_MAX: Final = 1 << 16
SLOW_BUFFER_BYTES: Final = 4096
"""What the kernel keeps for a display that reads slowly: as little as it will."""

_POSITION: Final = re.compile(rb'\{(?:"at_us":\d+,)?"epoch":(\d+),.*?"head":"([0-9a-f]{64})"', re.DOTALL)
_KEY: Final = "bHVvY2h1aS1iZW5jaC0wMQ=="


class Refused(Exception):
    """
    The house did not let the link in.

    Attributes:
        code: What it said.

    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Step(Enum):
    """How far a link has come."""

    AWAY = auto()
    TICKET = auto()
    HANDSHAKE = auto()
    HELLO = auto()
    """Let in, and not yet shown anything."""

    IN = auto()


@dataclass(frozen=True, slots=True)
class Position:
    """How far a viewer has read."""

    epoch: int
    seq: int
    head: str


class Link:
    """One display (no token) or bidder of a sale."""

    __slots__ = (
        "_address",
        "_came",
        "_out",
        "_sale",
        "_ticket",
        "counter",
        "due_ns",
        "last",
        "lost",
        "paddle",
        "reader",
        "resuming",
        "seen_at",
        "seen_seq",
        "seq",
        "slow",
        "sock",
        "step",
        "token",
        "told_seq",
        "watched",
        "who",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - keyword-only
        self, who: int, address: Address, sale: str, *, token: str | None, paddle: int | None, watched: bool, slow: bool
    ) -> None:
        self.who, self._address, self._sale = who, address, sale
        self.token, self.paddle, self.watched, self.slow = token, paddle, watched, slow
        self.step = Step.AWAY
        self.sock: socket.socket | None = None
        self.counter = Counter()
        self.reader: Reader | None = None
        """None while its frames are only counted."""

        self.seq = 0
        self.last = b""
        """The newest picture or record it has read."""

        self.told_seq = 0
        """The newest record it has told the house it was shown."""

        self.due_ns = 0
        """When this connection was planned."""

        self.resuming = False
        self.lost = 0
        """How often it was lost so far."""

        self.seen_seq: list[int] = []
        self.seen_at: list[int] = []
        self._out = b""
        self._came = bytearray()
        self._ticket: str | None = None

    def begin(self, due_ns: int, *, resuming: bool) -> socket.socket:
        """Set out. The socket is to be watched for reading, and for writing while the link :attr:`speaks`."""
        self.due_ns, self.resuming, self._ticket = due_ns, resuming, None
        self.counter, self.reader = Counter(), Reader()
        self.step = Step.TICKET if self.token is not None else Step.HANDSHAKE
        return self._dial()

    def _dial(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET6 if ":" in self._address.host else socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.slow:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER_BYTES)
        sock.connect_ex((self._address.host, self._address.port))
        self._came.clear()
        path = f"/api/sales/{self._sale}"
        host = f"Host: {self._address.host}:{self._address.port}\r\n"
        if self.step is Step.TICKET:
            said = (
                f"POST {path}/ticket HTTP/1.1\r\n{host}Authorization: Bearer {self.token}\r\nContent-Length: 0\r\n\r\n"
            )
        else:
            said = (
                f"GET {path}/socket HTTP/1.1\r\n{host}Upgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
        self._out = said.encode()
        self.sock = sock
        with suppress(OSError):  # Not connected yet, or never: whoever watches it is told.
            self.on_writable()
        return sock

    @property
    def speaks(self) -> bool:
        """Whether something waits to be said."""
        return bool(self._out)

    def on_writable(self) -> bool:
        """Say what waits. Whether all is said, so that only reading is of interest from now on."""
        assert self.sock is not None
        sent = self.sock.send(self._out)
        self._out = self._out[sent:]
        return not self._out

    def on_answer(self, data: bytes, after: Position | None) -> bytes | None:
        """
        Take in what came before the link is let in.

        Returns:
            Frames that came behind the handshake, once it is done; None as long as it is not. After a ticket there is another
            socket, to be watched as the first.

        Raises:
            Refused: The house did not let it in.

        """
        self._came += data
        head, gap, rest = bytes(self._came).partition(b"\r\n\r\n")
        if not gap:
            if len(head) > HEAD_BYTES_MAX:
                raise Refused("no end of the head")
            return None
        status = head[9:12].decode("ascii", "replace")
        if self.step is Step.HANDSHAKE and status == "101":
            self._greet(after)
            return rest
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if len(rest) < length:
            return None
        told = _read(rest)
        if status != "200" or self.step is not Step.TICKET or "ticket" not in told:
            raise Refused(str(told.get("code", f"HTTP {status}")))
        self._ticket = str(told["ticket"])
        self.hang_up()
        self.step = Step.HANDSHAKE
        self._dial()
        return None

    def _greet(self, after: Position | None) -> None:
        assert self.sock is not None
        hello: dict[str, Any] = {"protocol": 1, "type": "hello"}
        if self._ticket is not None:
            hello["ticket"] = self._ticket
        if self.resuming and after is not None:
            hello["after"] = {"epoch": after.epoch, "head": after.head, "seq": after.seq}
        self.sock.send(masked(orjson.dumps(hello, option=orjson.OPT_SORT_KEYS)))
        self.step = Step.HELLO
        self._came.clear()

    def say(self, text: bytes) -> None:
        """
        One message to the house.

        Raises:
            OSError: It cannot be said; the link is lost.

        """
        assert self.sock is not None
        frame = masked(text)
        if self.sock.send(frame) != len(frame):
            raise ConnectionError("the house does not read")

    def position(self) -> Position | None:
        """How far it has read, if it reads."""
        found = _POSITION.match(self.last)
        return Position(int(found[1]), self.seq, found[2].decode()) if found is not None else None

    def hang_up(self) -> None:
        """Close the socket; nothing is said."""
        if self.sock is not None:
            self.sock.close()
            self.sock = None


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}
