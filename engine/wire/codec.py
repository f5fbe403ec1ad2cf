"""
The canonical bytes of commands and outcomes, as they are hashed, journaled and shown on receipts.

Canonical: JSON, keys sorted, no white space, UTF-8. One value has one spelling.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final, cast, get_args

import msgspec
import orjson

from engine.domain import canonical
from engine.domain.proceeding import Command, Event
from engine.domain.refusals import Reason, Refusal

Outcome = tuple[Event, ...] | Refusal

READER_EVENTS_MAX: Final = 8
"""Longer sequences of events are read one by one."""

READERS_MAX: Final = 256
"""Sequences of events for which a reader is remembered; most commands bring about one of some dozens."""


def dumps(value: Any) -> bytes:
    """The canonical bytes of plain data."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def encode_command(command: Command) -> bytes:
    """The canonical bytes of ``command``."""
    return dumps(_tagged(command))


def decode_command(data: bytes) -> Command:
    """The command whose canonical bytes are ``data``."""
    try:
        return _command_reader(_KIND.decode(data).type).decode(data)  # type: ignore[no-any-return]
    except (ValueError, KeyError):  # What is wrong with it is said by the slower way.
        return cast("Command", _untagged(orjson.loads(data), _COMMANDS))


def encode_outcome(outcome: Outcome) -> bytes:
    """The canonical bytes of what a command brought about."""
    if isinstance(outcome, Refusal):
        return dumps({"refused": {"code": outcome.reason, "detail": outcome.detail}})
    return dumps({"events": [_tagged(event) for event in outcome]})


def decode_outcome(data: bytes) -> Outcome:
    """The outcome whose canonical bytes are ``data``."""
    if data.startswith(_EVENTS_BEGIN):
        try:
            kinds = tuple([event.type for event in _KINDS.decode(data).events])
            if len(kinds) <= READER_EVENTS_MAX:
                return _events_reader(kinds).decode(data).events  # type: ignore[no-any-return]
        except (ValueError, KeyError):
            pass  # What is wrong with it is said below.
    plain = orjson.loads(data)
    if "refused" in plain:
        refused = plain["refused"]
        return Refusal(Reason(refused["code"]), **refused["detail"])
    return tuple(cast("Sequence[Event]", [_untagged(event, _EVENTS) for event in plain["events"]]))


class _Kind(msgspec.Struct, gc=False):
    type: str


class _Kinds(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    events: list[_Kind]


_EVENTS_BEGIN: Final = b'{"events":'
_KIND: Final = msgspec.json.Decoder(_Kind)
_KINDS: Final = msgspec.json.Decoder(_Kinds)


@cache
def _command_reader(kind: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_COMMANDS[kind])


@lru_cache(maxsize=READERS_MAX)
def _events_reader(kinds: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """Reads events of these kinds, in this order, straight from their bytes: millions are read when a long journal is opened."""
    each = tuple[tuple(_EVENTS[kind] for kind in kinds)] if kinds else tuple[()]  # type: ignore[misc]
    return msgspec.json.Decoder(msgspec.defstruct("Events", [("events", each)]))


def _by_name(kinds: Any) -> dict[str, type]:
    return {kind.__name__: kind for kind in get_args(kinds)}


_COMMANDS: Final = _by_name(Command)
_EVENTS: Final = _by_name(Event)
_NESTED: Final = {
    *("AnnounceSale", "SaleAnnounced", "AnnounceQuota", "QuotaAnnounced", "AdmitBidders", "BiddersAdmitted"),
    *("AnnounceOpening", "OpeningAnnounced", "SubmitEnvelope", "GiveAnswers", "FileEvidence", "EvidenceFiled"),
}
_FLAT: Final = frozenset(kind for kind in (*_COMMANDS.values(), *_EVENTS.values()) if kind.__name__ not in _NESTED)
"""Kinds whose fields are numbers and strings only: no need to look inside them."""


def _tagged(value: Command | Event) -> dict[str, Any]:
    kind = type(value)
    plain = msgspec.to_builtins(value) if kind in _FLAT else canonical.plain(value)
    plain["type"] = kind.__name__
    return cast("dict[str, Any]", plain)


def _untagged(plain: dict[str, Any], kinds: dict[str, type]) -> Any:
    return msgspec.convert(plain, kinds[plain["type"]])
