"""
What is told, and how it is signed (Standard Webhooks).

Told is only what everybody hears at once, whoever may watch: that a sale was announced, opened, put off, suspended, closed, confirmed.
Nobody, no amount, no count, no free text, and never a record's place: before its list the record of an opening is veiled (article 34).
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from engine.domain.auction import events as common
from engine.domain.auction.commands import AnnounceSale, Title
from engine.domain.opening import events as opening
from engine.domain.opening.commands import AnnounceOpening
from engine.domain.proceeding import Announcement
from engine.domain.quota import events as quota
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds
from engine.journal.record import Record

PING: Final = "ping"
TOLD: Final[dict[type, str]] = {
    common.SaleAnnounced: "sale.announced",
    quota.QuotaAnnounced: "sale.announced",
    opening.OpeningAnnounced: "sale.announced",
    common.SaleOpened: "sale.opened",
    opening.TimeChanged: "opening.put_off",
    opening.SubmissionClosed: "opening.submission_closed",
    opening.OpeningStarted: "sale.opened",
    common.SaleSuspended: "sale.suspended",
    common.SaleResumed: "sale.resumed",
    common.SaleClosed: "sale.closed",
    opening.OpeningEnded: "sale.closed",
    opening.OpeningReconvened: "opening.reconvened",
    common.ResultConfirmed: "sale.result_confirmed",
}
"""What is told of, and under which type."""

_MORE: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    opening.TimeChanged: lambda event: {"deadline_us": event.deadline // 1000},
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Message:
    """One message, the same bytes at every attempt."""

    id: str
    type: str
    sale: str
    body: bytes

    def headers(self, secret: bytes, at_s: int) -> list[tuple[bytes, bytes]]:
        """The three headers of Standard Webhooks, for an attempt made ``at_s`` seconds after 1970."""
        return [
            (b"webhook-id", self.id.encode()),
            (b"webhook-timestamp", str(at_s).encode()),
            (b"webhook-signature", signature(secret, self.id, at_s, self.body).encode()),
        ]


def signature(secret: bytes, message_id: str, at_s: int, body: bytes) -> str:
    """``v1,`` and base64 of HMAC-SHA256 over id, instant and body, with dots between."""
    signed = b".".join((message_id.encode(), str(at_s).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a sale is called in every message of it."""

    sale: str
    kind: str
    title: Title


def subject(announced: Announcement) -> Subject:
    """The sale that was announced."""
    kind = {AnnounceSale: "auction", AnnounceOpening: "opening"}.get(type(announced), "quota")
    return Subject(announced.sale, kind, announced.title)


def messages(of: Subject, record: Record) -> list[Message]:
    """What is told of one record: nothing, of nearly all."""
    if isinstance(record.outcome, Refusal):
        return []
    return [_message(of, record, no, event) for no, event in enumerate(record.outcome) if type(event) in TOLD]


def ping(at: Nanoseconds) -> Message:
    """A message that tells of nothing, to try an endpoint with."""
    return _made(PING, "", at, f"{PING}\n{at}", {})


def _message(of: Subject, record: Record, no: int, event: Any) -> Message:
    at: Nanoseconds = getattr(event, "at", record.recorded_at)
    data = {
        "sale": of.sale,
        "kind": of.kind,
        "title": {"zh": of.title.zh, "en": of.title.en},
        "at_us": at // 1000,
        "api": f"/api/sales/{of.sale}",
        **_MORE.get(type(event), lambda _: {})(event),
    }
    # The same event has the same id after a restart; what it is made from tells nothing of the record's place.
    return _made(TOLD[type(event)], of.sale, at, f"{of.sale}\n{TOLD[type(event)]}\n{at}\n{no}", data)


def _made(kind: str, sale: str, at: Nanoseconds, unique: str, data: dict[str, Any]) -> Message:
    when = (_EPOCH + timedelta(microseconds=at // 1000)).isoformat(timespec="microseconds")
    body = orjson.dumps({"type": kind, "timestamp": when.replace("+00:00", "Z"), "data": data})
    return Message(f"msg_{hashlib.sha256(unique.encode()).hexdigest()[:32]}", kind, sale, body)
