"""One browser's talk with the house: who it is, what it asks, how it is answered."""

import re
from collections.abc import Callable
from typing import Final

from engine.domain.parties import Principal
from engine.domain.units import Nanoseconds
from engine.gateway.connection import Connection
from engine.gateway.door import Door
from engine.gateway.frames import frame, not_authorised, refused
from engine.gateway.hub import Hub
from engine.gateway.limits import Refused
from engine.gateway.slips import BUSY_MS
from engine.journal.asking import Inquiry, RoomBusy
from engine.wire.acts import to_command
from engine.wire.messages import BadFrame, Hello, Message, Outcome, Position, Seen, Time, own_paddle, read_frame
from engine.wire.refusals import Fault

PROTOCOL: Final = 1
UNREADABLE_MAX: Final = 3
UNHEEDED_MAX: Final = 50
"""Frames in a row that came too soon."""

UNREADABLE: Final = 1007
NOT_LET_IN: Final = 4401
NO_HELLO: Final = 4408
TURNED_AWAY: Final = 4409
FLOODING: Final = 4410

_ID: Final = re.compile(rb'"id":"([A-Za-z0-9._:-]{1,64})"')

_CLOSE_CODES: Final = {
    Fault.AUTH_INVALID: NOT_LET_IN,
    Fault.HELLO_EXPECTED: NO_HELLO,
    Fault.TICKET_USED: TURNED_AWAY,
    Fault.TOO_MANY_SESSIONS: TURNED_AWAY,
}


Elsewhere = Callable[[Connection, Principal | None, Position | None], bool]
"""
``elsewhere(connection, principal, after)``: a viewer who has said who he is may be served by another process. Whether he now is: the
connection is then nobody's here.
"""


def at_home(_connection: Connection, _principal: Principal | None, _after: Position | None) -> bool:
    """Everybody is served here."""
    return False


class Session:
    """From handshake to goodbye. See :class:`engine.gateway.connection.Talk`."""

    def __init__(  # noqa: PLR0913 - keyword-only, with defaults
        self,
        hub: Hub,
        door: Door,
        now: Callable[[], Nanoseconds],
        connect: Callable[["Session"], Connection],
        *,
        frame_bytes_max: int,
        elsewhere: Elsewhere = at_home,
        saw: Callable[[int], None] = lambda _seq: None,
    ) -> None:
        self._elsewhere, self._saw = elsewhere, saw
        self._hub = hub
        self._frame_bytes_max = frame_bytes_max
        self._door = door
        self._now = now
        self._principal: Principal | None = None
        self._welcome = False
        self._unreadable = 0
        self._unheeded = 0
        self.connection = connect(self)

    def opened(self) -> None:
        """The handshake is done; the viewer speaks first."""

    def on_text(self, raw: bytes) -> None:
        """Read a frame and act on it. The stamp is taken when its last byte is decoded."""
        if self._welcome and not self._may_speak(raw):
            return
        try:
            message = read_frame(raw)
        except BadFrame as bad:
            self._refuse(bad)
            if not self._welcome and bad.fault is not Fault.FRAME_NOT_JSON:
                self._turn_away(Fault.HELLO_EXPECTED)
            return
        arrived_at = self._now()
        if not self._welcome:
            self._enter(message)
        else:
            self._act(message, arrived_at)

    def on_unreadable(self) -> None:
        """The viewer sent what is no text."""
        if self._welcome and not self._may_speak(b""):
            return
        self._refuse(BadFrame(Fault.FRAME_NOT_JSON))

    def on_too_big(self) -> None:
        """The viewer sent more than a frame may hold."""
        self.connection.hear(refused(Fault.FRAME_TOO_BIG, bytes_max=self._frame_bytes_max))

    def on_late(self) -> None:
        """The viewer has not said who it is."""
        self._turn_away(Fault.HELLO_EXPECTED)

    def closed(self) -> None:
        """The viewer is gone."""
        self._hub.leave(self.connection)
        self._door.leave()

    def _may_speak(self, raw: bytes) -> bool:
        """Whether one more frame may be acted on now. Who does not heed the answer is let go."""
        try:
            self._door.spend()
        except Refused as no:
            if no.fault in _CLOSE_CODES:
                self._turn_away(no.fault, **no.detail)
                return False
            self._unheeded += 1
            if self._unheeded > UNHEEDED_MAX:
                self.connection.close(FLOODING, no.fault)
            else:
                self.connection.hear(refused(no.fault, id_in(raw), **no.detail))
            return False
        self._unheeded = 0
        return True

    def _enter(self, message: Message) -> None:
        if not isinstance(message, Hello) or message.protocol != PROTOCOL:
            self._turn_away(Fault.HELLO_EXPECTED)
            return
        self.come_in(message.ticket, message.after)

    def come_in(self, ticket: str | None, after: Position | None) -> None:
        """The viewer says by which ticket he comes, and what he has read."""
        try:
            self._principal = self._door.enter(ticket, self._shut_out)
        except Refused as no:
            self._turn_away(no.fault, **no.detail)
            return
        self._welcome = True
        self.connection.due_at = None
        if self._elsewhere(self.connection, self._principal, after):
            return
        self._hub.join(self.connection, self._principal, after, self._greeting())

    def _act(self, message: Message, arrived_at: Nanoseconds) -> None:
        match message:
            case Hello():
                self.connection.hear(refused(Fault.SCHEMA_INVALID, where="$.type", wanted="no second hello"))
            case Time():
                t1, t2 = arrived_at // 1000, self._now() // 1000
                self.connection.write(frame("time", t0=message.t0, t1_us=t1, t2_us=t2))
            case Seen():
                self._hub.seen(self.connection, message.seq)
                self._saw(message.seq)
            case _ if self._principal is None:
                self.connection.hear(not_authorised(message.id))
            case Outcome():
                self._ask(message.id, Inquiry(message.id, self._principal), arrived_at)
            case _:
                command = to_command(message, self._principal)
                if command is None:
                    self.connection.hear(not_authorised(message.id))
                else:
                    self._ask(message.id, command, arrived_at)

    def _ask(self, command_id: str, content: object, arrived_at: Nanoseconds) -> None:
        try:
            self._hub.ask(self.connection, command_id, content, arrived_at)
        except RoomBusy:
            self.connection.hear(refused(Fault.BUSY, command_id, after_ms=BUSY_MS))

    def _greeting(self) -> bytes:
        fields: dict[str, object] = {
            "protocol": PROTOCOL,
            "sale": self._hub.sale,
            "role": "public" if self._principal is None else self._principal.partition(":")[0],
            "epoch": self._hub.epoch,
            "server_us": self._now() // 1000,
            "key": self._hub.public_key.hex(),
            "frame_bytes_max": self._frame_bytes_max,
        }
        paddle = own_paddle(self._principal) if self._principal is not None else None
        if paddle is not None:
            fields["paddle"] = paddle
        return frame("welcome", **fields)

    def _refuse(self, bad: BadFrame) -> None:
        self.connection.hear(refused(bad.fault, bad.command_id, **bad.detail))
        if bad.fault is Fault.FRAME_NOT_JSON:
            self._unreadable += 1
            if self._unreadable >= UNREADABLE_MAX:
                self.connection.close(UNREADABLE, Fault.FRAME_NOT_JSON)

    def _shut_out(self) -> None:
        """The token this viewer came in by is no longer good."""
        self._turn_away(Fault.AUTH_INVALID)

    def _turn_away(self, fault: Fault, **detail: int | str) -> None:
        self.connection.hear(refused(fault, **detail))
        self.connection.close(_CLOSE_CODES[fault], fault)


def id_in(raw: bytes) -> str | None:
    """The id a frame seems to carry, so that its sender knows which to send again; found without reading the frame."""
    found = _ID.search(raw)
    return found.group(1).decode() if found else None
