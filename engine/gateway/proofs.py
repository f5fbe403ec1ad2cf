"""What outsiders ask a sale's transparency log over HTTP: its checkpoint, its proofs, and that a cosignature be taken."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.gateway.followed_log import FollowedLog
from engine.gateway.limits import Limits, Refused
from engine.gateway.requests import address_of, number
from engine.gateway.responses import in_json
from engine.gateway.transparency import TransparencyLog
from engine.wire.refusals import Fault

TEXT: Final = "text/plain; charset=utf-8"
_LOG: Final = "/api/sales/{sale}/log"
ROUTES: Final = (
    ("GET", f"{_LOG}/checkpoint", "checkpoint"),
    ("GET", f"{_LOG}/inclusion", "inclusion"),
    ("GET", f"{_LOG}/consistency", "consistency"),
    ("POST", f"{_LOG}/cosignatures", "cosign"),
)
"""Method, path, and the method of :class:`Proofs` that answers."""


@dataclass(frozen=True, slots=True)
class OpenLog:
    """A log, and how the pages hear of what it signs."""

    log: TransparencyLog | FollowedLog
    tell: Callable[[bytes], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """The routes. One method, one address."""

    logs: Callable[[str], OpenLog | None]
    limits: Limits

    async def checkpoint(self, request: Request) -> Response:
        """The newest checkpoint of a sale's log, with every cosignature it has."""
        return _text(self._log(request).log.note())

    async def inclusion(self, request: Request) -> Response:
        """That one record is in the log of a size."""
        log = self._log(request).log
        size = number(request, "size", least=1, otherwise=int(log.brief()["size"]))
        seq = number(request, "seq", least=1, otherwise=size)
        path = log.inclusion(seq, size)
        return in_json({"sale": request.path_params["sale"], "seq": seq, "size": size, "path": _hex(path)})

    async def consistency(self, request: Request) -> Response:
        """That the log of one size begins with all of the log of a smaller one."""
        log = self._log(request).log
        second = number(request, "to", least=1, otherwise=int(log.brief()["size"]))
        first = number(request, "from", least=1, otherwise=second)
        path = log.consistency(first, second)
        return in_json({"sale": request.path_params["sale"], "from": first, "to": second, "path": _hex(path)})

    async def cosign(self, request: Request) -> Response:
        """Signature lines of witnesses for the checkpoint of a size."""
        opened = self._log(request)
        size = number(request, "size", least=1, otherwise=int(opened.log.brief()["size"]))
        try:
            lines = (await request.body()).decode()
        except UnicodeDecodeError:
            raise Refused(Fault.COSIGNATURE_INVALID) from None
        cosigned = await opened.log.cosign(size, lines, opened.tell)
        return in_json({"sale": request.path_params["sale"], "size": size, "witnesses": cosigned})

    def _log(self, request: Request) -> OpenLog:
        self.limits.read(address_of(request))
        opened = self.logs(request.path_params["sale"])
        if opened is None:
            raise Refused(Fault.NOT_FOUND)
        return opened


def _hex(path: list[bytes]) -> list[str]:
    return [node.hex() for node in path]


def _text(text: str) -> Response:
    return Response(text, media_type=TEXT, headers={"cache-control": "no-store"})
