"""
The desk of one sale: what integrators ask over HTTP instead of over a socket.

A command is the same frame with the same id, decided by the same clerk and answered with the same bytes. It is stamped when the last
byte of its body was read, and handed on before anything else may happen.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

import msgspec
import orjson
import trio

from engine.domain.parties import Principal
from engine.domain.refusals import Reason
from engine.domain.units import Nanoseconds
from engine.gateway.answers import STATUS, Answer
from engine.gateway.frames import not_authorised, refused
from engine.gateway.hub import Hub
from engine.gateway.limits import Limits, Refused
from engine.gateway.session import id_in
from engine.gateway.slips import BUSY_MS
from engine.journal.asking import Inquiry, RoomBusy
from engine.wire.acts import to_command
from engine.wire.messages import BadFrame, Hello, Outcome, Seen, Time, read_frame
from engine.wire.refusals import Fault
from engine.wire.words import CommandId

ACCEPTED: Final = 200
REFUSED_BY_THE_RULES: Final = 422
REFUSED_AT_THE_DOOR: Final = 400
"""Where :data:`engine.gateway.answers.STATUS` says nothing else."""

ASK_AGAIN_S: Final = 2
"""When to ask for what was not known yet."""

NOT_YOURS: Final = 403
_STATUS: Final = {str(code): status for code, status in STATUS.items()}


class Reply:
    """
    Hears what becomes of one request. See :class:`engine.gateway.post.Hearer`.

    The first thing said is the answer: what is decided after it was said to be unknown can be asked for under its id.
    """

    def __init__(self) -> None:
        self._payload = b""
        self._heard = trio.Event()

    def hear(self, payload: bytes) -> None:
        """See :class:`engine.gateway.post.Hearer`."""
        if not self._heard.is_set():
            self._payload = payload
            self._heard.set()

    async def payload(self) -> bytes:
        """What was said, as soon as it was."""
        await self._heard.wait()
        return self._payload


class Desk:
    """
    Takes commands and inquiries for one sale, and shows how it stands.

    Args:
        hub: The sale's.
        now: House time, for stamps.
        limits: How often one may ask.

    """

    def __init__(self, hub: Hub, now: Callable[[], Nanoseconds], limits: Limits) -> None:
        self.now = now
        self._hub, self._limits = hub, limits

    def picture(self, principal: Principal | None) -> dict[str, Any]:
        """What ``principal``, or None for the public, may see: ``{epoch, seq, head, parts}``, and ``mine`` for a bidder."""
        return self._hub.picture(principal)

    def take(self, raw: bytes, principal: Principal, arrived_at: Nanoseconds) -> Reply:
        """
        One frame of ``principal``: a command, or ``outcome``.

        It is on its way when this returns, whether anybody waits for the reply or not.
        """
        reply = Reply()
        try:
            self._limits.command(self._hub.sale, principal)
            message = read_frame(raw)
        except Refused as no:
            reply.hear(refused(no.fault, id_in(raw), **no.detail))
            return reply
        except BadFrame as bad:
            reply.hear(refused(bad.fault, bad.command_id, **bad.detail))
            return reply
        match message:
            case Hello() | Time() | Seen():
                reply.hear(refused(Fault.SCHEMA_INVALID, where="$.type", wanted="a command, or outcome"))
            case Outcome():
                self._ask(reply, message.id, Inquiry(message.id, principal), arrived_at)
            case _:
                command = to_command(message, principal)
                if command is None:
                    reply.hear(not_authorised(message.id))
                else:
                    self._ask(reply, message.id, command, arrived_at)
        return reply

    def inquire(self, command_id: str, principal: Principal) -> Reply:
        """What became of the command ``command_id`` of ``principal``."""
        reply = Reply()
        try:
            self._limits.command(self._hub.sale, principal)
            msgspec.convert(command_id, CommandId)
        except Refused as no:
            reply.hear(refused(no.fault, None, **no.detail))
        except msgspec.ValidationError:
            reply.hear(refused(Fault.SCHEMA_INVALID, None, where="$.id", wanted="1 to 64 of A-Z a-z 0-9 . _ : -"))
        else:
            self._ask(reply, command_id, Inquiry(command_id, principal), self.now())
        return reply

    def _ask(self, reply: Reply, command_id: str, content: object, arrived_at: Nanoseconds) -> None:
        try:
            self._hub.ask(reply, command_id, content, arrived_at)
        except RoomBusy:
            reply.hear(refused(Fault.BUSY, command_id, after_ms=BUSY_MS))


def answered(payload: bytes, sale: str, *, asked_only: bool = False) -> Answer:
    """
    ``payload`` as an answer over HTTP.

    Args:
        payload: What was heard: ``answer``, ``duplicate``, ``refused`` or ``unknown``.
        sale: Whose desk said it.
        asked_only: Nothing was to be done: an id that is on the record is then found, whatever the rules said to it.

    """
    said = orjson.loads(payload)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(payload)).encode()),
        (b"cache-control", b"no-store"),
    ]
    status = _status(said, asked_only=asked_only)
    if said.get("code") == Fault.UNKNOWN_OUTCOME:
        headers.append((b"location", f"/api/sales/{quote(sale, safe='')}/commands/{said['id']}".encode()))
        headers.append((b"retry-after", str(ASK_AGAIN_S).encode()))
    elif "after_ms" in said.get("detail", {}):
        headers.append((b"retry-after", str(-(-said["detail"]["after_ms"] // 1000)).encode()))
    return Answer(status, headers, payload)


def _status(said: dict[str, Any], *, asked_only: bool) -> int:
    match said["type"]:
        case "answer" | "duplicate":
            outcome = said.get("answer", said)["outcome"]
            return ACCEPTED if asked_only or "accepted" in outcome else REFUSED_BY_THE_RULES
        case _ if said["code"] == Reason.NOT_AUTHORISED:
            return NOT_YOURS
        case _:
            return _STATUS.get(said["code"], REFUSED_AT_THE_DOOR)
