"""An error over HTTP: the same ``{code, retry, zh, en, detail}`` as on a socket, with the status that says it to a machine."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import orjson

from engine.gateway.headers import Headers, secured
from engine.wire.refusals import Fault, answer

STATUS: Final[dict[Fault, int]] = {
    Fault.UNKNOWN_OUTCOME: 202,
    Fault.AUTH_INVALID: 401,
    Fault.ORIGIN_DENIED: 403,
    Fault.HTTP_NOT_LOCAL: 403,
    Fault.NOT_FOUND: 404,
    Fault.NEVER_SEEN: 404,
    Fault.HTTP_METHOD: 405,
    Fault.TIMEOUT: 408,
    Fault.PAPER_NOT_YET: 409,
    Fault.IDEMPOTENCY_CONFLICT: 409,
    Fault.SALE_EXISTS: 409,
    Fault.DRAFT_CHANGED: 409,
    Fault.HTTP_BODY_TOO_BIG: 413,
    Fault.HTTP_UPGRADE: 426,
    Fault.RATE_LIMITED: 429,
    Fault.TOO_MANY_SESSIONS: 429,
    Fault.HTTP_HEAD_TOO_BIG: 431,
    Fault.COSIGNATURE_INVALID: 422,
    Fault.DRAFT_FAULTY: 422,
    Fault.INTERNAL: 500,
    Fault.STORAGE: 507,
    Fault.BUSY: 503,
    Fault.FONTS_MISSING: 503,
    Fault.PAPER_TOO_LONG: 503,
    Fault.NOT_READY: 503,
    Fault.ENGINE_HALTED_STORAGE: 503,
    Fault.ROOM_MOVED: 503,
}
"""Any other fault is 400."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, ready to be sent."""

    status: int
    headers: Headers
    body: bytes

    def whole(self, scheme: str = "http") -> bytes:
        """The bytes of it, for a connection on which no request was read and none will be."""
        head = b"HTTP/1.1 %d %s\r\n" % (self.status, HTTPStatus(self.status).phrase.encode())
        headers = [*secured(self.headers, scheme, b""), (b"connection", b"close")]
        return head + b"".join(name + b": " + value + b"\r\n" for name, value in headers) + b"\r\n" + self.body


def problem(fault: Fault, **detail: Any) -> Answer:
    """What is said of ``fault`` over HTTP. ``detail`` as in :func:`engine.wire.refusals.answer`."""
    body = orjson.dumps(answer(fault, **detail))
    headers: Headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if fault is Fault.AUTH_INVALID:
        headers.append((b"www-authenticate", b"Bearer"))
    elif fault is Fault.HTTP_UPGRADE:
        headers += [(b"upgrade", b"websocket"), (b"sec-websocket-version", b"13")]
    if "after_ms" in detail:
        headers.append((b"retry-after", str(-(-detail["after_ms"] // 1000)).encode()))
    return Answer(STATUS.get(fault, 400), headers, body)
