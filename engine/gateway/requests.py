"""Reading what is asked over HTTP."""

from collections.abc import Callable
from typing import Any, Final, Literal

from starlette.requests import Request

from engine.gateway.limits import Refused
from engine.wire.refusals import Fault

Language = Literal["zh-CN", "en"]

NUMBER_MAX: Final = 10**18 - 1


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client is not None else ""


def number(request: Request, name: str, *, least: int, otherwise: int) -> int:
    """
    A whole number in the query.

    Args:
        request: What is asked.
        name: Of the number.
        least: It may be.
        otherwise: What holds if it is left out.

    Raises:
        Refused: It is none, or too small.

    """
    given = request.query_params.get(name)
    if given is None:
        return otherwise
    digits = given.isascii() and given.isdecimal() and len(given) <= len(str(NUMBER_MAX))
    if not digits or int(given) < least:
        raise Refused(Fault.HTTP_MALFORMED, field=name, least=least)
    return int(given)


def language(request: Request) -> Language:
    """In which language a table is asked for."""
    return "en" if request.query_params.get("lang") == "en" else "zh-CN"


def named(about: Callable[[str], dict[str, Any] | None], request: Request) -> dict[str, Any]:
    """
    What everybody may know of the sale a request names.

    Args:
        about: See :meth:`engine.gateway.sales.Sales.about`.
        request: What is asked.

    Raises:
        Refused: There is none.

    """
    found = about(request.path_params["sale"])
    if found is None:
        raise Refused(Fault.NOT_FOUND)
    return found
