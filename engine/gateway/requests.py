"""Reading what is asked over HTTP."""

from typing import Final

from starlette.requests import Request

from engine.gateway.limits import Refused
from engine.wire.refusals import Fault

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
