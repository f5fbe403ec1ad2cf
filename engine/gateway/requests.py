"""Reading what is asked over HTTP."""

from starlette.requests import Request

from engine.gateway.limits import Refused
from engine.wire.refusals import Fault

DIGITS_MAX = 18


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
    if not (given.isascii() and given.isdecimal() and len(given) <= DIGITS_MAX and int(given) >= least):
        raise Refused(Fault.HTTP_MALFORMED, field=name, least=least)
    return int(given)
