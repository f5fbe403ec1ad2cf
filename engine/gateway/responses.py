"""Writing what is answered over HTTP."""

import re
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from engine.gateway.answers import Answer
from engine.gateway.shelf import Book

CSV: Final = "text/csv; charset=utf-8"
NO_STORE: Final = {"cache-control": "no-store"}
REVALIDATE: Final = "no-cache"
"""Keep it, but ask each time whether it is still the same."""

TRY_AGAIN_MS: Final = 1000

Routes = tuple[tuple[str, str, str], ...]
"""Method, path, and the name of what answers."""

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]")


def in_json(value: Any, status: int = 200) -> Response:
    """``value``, which is not kept for another."""
    return Response(orjson.dumps(value), status, NO_STORE, "application/json")


def to_keep(name: str) -> dict[str, str]:
    """The headers of a file that is saved under ``name``."""
    return {"content-disposition": f'attachment; filename="{_NOT_IN_NAMES.sub("_", name)}"'}


def as_file(content: bytes, name: str, media_type: str = CSV) -> Response:
    """A file to be saved under ``name``."""
    return Response(content, media_type=media_type, headers={**to_keep(name), **NO_STORE})


def as_answered(answer: Answer) -> Response:
    """An answer that is ready, header by header."""
    response = Response(answer.body, answer.status)
    response.raw_headers = list(answer.headers)
    return response


def sent(book: Book, request: Request) -> Response:
    """A file of the shelf, or that the browser has it already."""
    headers = {"etag": book.etag, "cache-control": REVALIDATE}
    if _has(request, book):
        return Response(status_code=304, headers=headers)
    return Response(book.content, headers={**headers, "content-type": book.kind})


def _has(request: Request, book: Book) -> bool:
    """Whether the browser has this very file."""
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return book.etag in known or "*" in known
