"""Where papers of a sale are handed out, and what is asked of whoever makes them. Shapes are in ``engine/wire/PROTOCOL.md``."""

from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from engine.gateway.callers import Callers
from engine.gateway.limits import Limits, Refused
from engine.gateway.requests import address_of, language
from engine.gateway.responses import TRY_AGAIN_MS, as_file, in_json
from engine.wire.refusals import Fault

MEDIA_TYPES: Final = {"pdf": "application/pdf", "json": "application/json", "csv": "text/csv; charset=utf-8"}
"""Form of a paper → how it is sent."""

AFTER_MS: Final = {Fault.BUSY: TRY_AGAIN_MS, Fault.PAPER_NOT_YET: 30_000}
"""When it is worth asking for a paper again."""

ROUTES: Final = (
    ("GET", "/api/sales/{sale}/papers", "paper_list"),
    ("GET", "/api/sales/{sale}/papers/{name}.{form}", "paper"),
)
"""Method, path, and the method of :class:`PaperCounter` that answers."""

_T = TypeVar("_T")


class Papers(Protocol):
    """The papers of every sale. A fault is why there is none, and is said to who asked."""

    async def listing(self, sale: str, *, officer: bool) -> dict[str, Any] | Fault:
        """The papers that there are, for officers all of them."""
        ...

    async def paper(  # noqa: PLR0913 - what is asked for and by whom
        self, sale: str, name: str, form: str, lang: str, *, officer: bool, signed: bool = False
    ) -> bytes | Fault:
        """One of them; a PDF with a signature, if the house has a certificate to sign with."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCounter:
    """The routes. One method, one address."""

    papers: Papers
    callers: Callers
    limits: Limits

    async def paper_list(self, request: Request) -> Response:
        """The papers of a sale; with an officer's token, those for officers too."""
        self.limits.read(address_of(request))
        found = await self.papers.listing(request.path_params["sale"], officer=self.callers.is_officer(request))
        return in_json(_given(found))

    async def paper(self, request: Request) -> Response:
        """One paper."""
        self.limits.read(address_of(request))
        sale, name, form = (request.path_params[each] for each in ("sale", "name", "form"))
        if form not in MEDIA_TYPES:
            raise Refused(Fault.NOT_FOUND)
        officer = self.callers.is_officer(request)
        signed = request.query_params.get("signed") == "1"
        made = await self.papers.paper(sale, name, form, language(request), officer=officer, signed=signed)
        return as_file(_given(made), f"{sale}-{name}{'.signed' if signed else ''}.{form}", MEDIA_TYPES[form])


def _given(found: _T | Fault) -> _T:
    """What was found; raises :class:`Refused` if nothing was."""
    if isinstance(found, Fault):
        raise Refused(found, **({"after_ms": AFTER_MS[found]} if found in AFTER_MS else {}))
    return found
