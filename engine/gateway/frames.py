"""
What the house says, as bytes. Shapes are in ``engine/wire/PROTOCOL.md``.

A *payload* is one JSON object: what a single asker is told, on whatever way he asked. A *frame* is the same, ready for a socket.
"""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.proceeding import State
from engine.domain.refusals import WORDING, Reason, Refusal
from engine.domain.views import answered
from engine.journal.commit import Commit
from engine.journal.receipt import receipt, sealed_receipt
from engine.journal.record import Record
from engine.wire.codec import dumps
from engine.wire.refusals import Fault, answer

PING: Final = b"\x89\x00"
"""A ready WebSocket ping."""

_ONE_BYTE_MAX: Final = 125
_TWO_BYTES_MAX: Final = 0xFFFF


def text_frame(text: bytes) -> bytes:
    """``text`` as one unmasked WebSocket text message (RFC 6455, 5.2)."""
    size = len(text)
    if size <= _ONE_BYTE_MAX:
        return bytes((0x81, size)) + text
    if size <= _TWO_BYTES_MAX:
        return b"\x81\x7e" + size.to_bytes(2) + text
    return b"\x81\x7f" + size.to_bytes(8) + text


def payload(kind: str, **fields: Any) -> bytes:
    """A payload of type ``kind``."""
    fields["type"] = kind
    return dumps(fields)


def frame(kind: str, **fields: Any) -> bytes:
    """A frame of type ``kind``."""
    return text_frame(payload(kind, **fields))


def refused(fault: Fault, command_id: str | None = None, /, **detail: int | str) -> bytes:
    """The door says no. Nothing was recorded. A payload."""
    return payload("refused", id=command_id, **answer(fault, **detail))


def unknown(fault: Fault, command_id: str) -> bytes:
    """What became of ``command_id`` is not known, or it never came. A payload."""
    return payload("unknown", id=command_id, **answer(fault))


def notice(fault: Fault, **detail: int | str) -> bytes:
    """Something the viewer must know about his connection."""
    return frame("notice", **answer(fault, **detail))


def not_authorised(command_id: str) -> bytes:
    """A viewer asked for what only a principal may ask. A payload."""
    return payload("refused", id=command_id, **worded(Refusal(Reason.NOT_AUTHORISED)))


def answer_payload(state: State, record: Record, commit: Commit, public_key: bytes) -> bytes:
    """The first answer to the command of ``record``; the same record gives the same bytes, always."""
    return dumps(
        {
            "type": "answer",
            "id": record.command_id,
            "seq": record.seq,
            "outcome": _decided(state, record),
            "receipt": receipt(record, commit, public_key),
        }
    )


def sealed_answer(state: State, record: Record, public_key: bytes, sign: Callable[[bytes], bytes] | None) -> bytes:
    """The answer to the command of ``record`` while the record is veiled: nothing in it depends on what others have done."""
    return dumps(
        {
            "type": "answer",
            "id": record.command_id,
            "outcome": _decided(state, record),
            "sealed": sealed_receipt(record, public_key, sign),
        }
    )


def duplicate(first: bytes) -> bytes:
    """The first answer again, byte for byte, said to be the first. A payload."""
    return b'{"answer":' + first + b',"code":"' + Fault.DUPLICATE.encode() + b'","type":"duplicate"}'


def _decided(state: State, record: Record) -> dict[str, Any]:
    if isinstance(record.outcome, Refusal):
        return {"refused": worded(record.outcome)}
    return {"accepted": answered(state, record.outcome, record.by)}


def worded(refusal: Refusal) -> dict[str, Any]:
    """A refusal of the rules as the protocol gives it."""
    wording = WORDING[refusal.reason]
    zh, en = wording.say(refusal.detail)
    return {
        "code": refusal.reason,
        "retry": wording.retry,
        "zh": zh,
        "en": en,
        "detail": refusal.detail,
    }
