"""
The canonical bytes of commands and outcomes, as they are hashed, journaled and shown on receipts.

Canonical: JSON, keys sorted, no white space, UTF-8. One value has one spelling.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any, Final, cast, get_args

import msgspec
import orjson

from engine.domain import canonical
from engine.domain.proceeding import Command, Event
from engine.domain.refusals import Reason, Refusal

Outcome = tuple[Event, ...] | Refusal


def dumps(value: Any) -> bytes:
    """The canonical bytes of plain data."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def encode_command(command: Command) -> bytes:
    """The canonical bytes of ``command``."""
    return dumps(_tagged(command))


def decode_command(data: bytes) -> Command:
    """The command whose canonical bytes are ``data``."""
    return cast("Command", _untagged(orjson.loads(data), _COMMANDS))


def encode_outcome(outcome: Outcome) -> bytes:
    """The canonical bytes of what a command brought about."""
    if isinstance(outcome, Refusal):
        return dumps({"refused": {"code": outcome.reason, "detail": outcome.detail}})
    return dumps({"events": [_tagged(event) for event in outcome]})


def decode_outcome(data: bytes) -> Outcome:
    """The outcome whose canonical bytes are ``data``."""
    plain = orjson.loads(data)
    if "refused" in plain:
        refused = plain["refused"]
        return Refusal(Reason(refused["code"]), **refused["detail"])
    return tuple(cast("Sequence[Event]", [_untagged(event, _EVENTS) for event in plain["events"]]))


def _by_name(kinds: Any) -> dict[str, type]:
    return {kind.__name__: kind for kind in get_args(kinds)}


_COMMANDS: Final = _by_name(Command)
_EVENTS: Final = _by_name(Event)
_NESTED: Final = {
    *("AnnounceSale", "SaleAnnounced", "AnnounceQuota", "QuotaAnnounced", "AdmitBidders", "BiddersAdmitted"),
}
_FLAT: Final = {
    kind: tuple(field.name for field in dataclasses.fields(kind))
    for kind in (*_COMMANDS.values(), *_EVENTS.values())
    if kind.__name__ not in _NESTED
}
"""Kinds whose fields are numbers and strings only: no need to look inside them."""


def _tagged(value: Command | Event) -> dict[str, Any]:
    kind = type(value)
    names = _FLAT.get(kind)
    plain = {name: getattr(value, name) for name in names} if names is not None else canonical.plain(value)
    plain["type"] = kind.__name__
    return cast("dict[str, Any]", plain)


def _untagged(plain: dict[str, Any], kinds: dict[str, type]) -> Any:
    return msgspec.convert(plain, kinds[plain["type"]])
