"""Who may come in: ``token``, ``revoke``."""

import sys
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import app
from engine.cli.saying import JSON, Data, print_json, refuse


class Role(StrEnum):
    """For whom a token is made."""

    BIDDER = "bidder"
    AUCTIONEER = "auctioneer"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    REGISTRAR = "registrar"
    HOST = "host"
    TRUSTEE = "trustee"


PAGES: Final = {Role.BIDDER: "bidder", Role.SUPERVISOR: "supervisor", Role.REGISTRAR: "admission"}
"""Whose page is not the rostrum."""


@app.command()
def token(  # noqa: PLR0913, PLR0917 - a command line has its options
    data: Data,
    sale: Annotated[str | None, typer.Option(help="The sale's id.")] = None,
    role: Annotated[Role | None, typer.Option(help="For whom.")] = None,
    planner: Annotated[
        bool, typer.Option("--planner", help="For one who makes sales at /builder, instead of --sale and --role.")
    ] = False,
    paddle: Annotated[int | None, typer.Option(min=1, help="The bidder's paddle.")] = None,
    name: Annotated[str, typer.Option(help="Which officer or planner; never a person's name.")] = "1",
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 31, help="How long it is good for.")] = 12,
    url: Annotated[str | None, typer.Option(help="Print a ready link to this house instead.")] = None,
    as_json: JSON = False,
) -> None:
    """
    Make a token for a bidder or an officer of a sale, or for one who makes sales.

    The token is a secret: hand it over as you would a key. In a link it stands behind '#', which browsers do not send.
    """
    from engine.passes import make_planner_token, make_token

    if planner:
        if sale is not None or role is not None or paddle is not None:
            refuse("--planner goes without --sale, --role and --paddle: it is for the whole house.")
        with PlainFaults(as_json=as_json):
            made = make_planner_token(data, name, ttl_s=int(hours * 3600))
        _print_token(made, f"planner:{name}", url, "/builder", as_json=as_json)
        return
    if sale is None or role is None:
        refuse("Give --sale and --role, or --planner.")
    principal = _principal(role, paddle, name)
    with PlainFaults(as_json=as_json):
        made = make_token(data, sale, principal, ttl_s=int(hours * 3600))
    page = PAGES.get(role, "rostrum")
    _print_token(made, principal, url, f"/sales/{sale}/{page}", as_json=as_json)


@app.command()
def revoke(  # noqa: PLR0913, PLR0917 - a command line has its options
    data: Data,
    token_id: Annotated[
        str | None, typer.Option("--id", help="Of one token, as `luochui token` said when it was made.")
    ] = None,
    sale: Annotated[str | None, typer.Option(help="Or every token somebody has for this sale.")] = None,
    role: Annotated[Role | None, typer.Option(help="Whose.")] = None,
    planner: Annotated[
        bool, typer.Option("--planner", help="Or every token of a planner, instead of --sale and --role.")
    ] = False,
    paddle: Annotated[int | None, typer.Option(min=1, help="The bidder's paddle.")] = None,
    name: Annotated[str, typer.Option(help="Which officer or planner.")] = "1",
    as_json: JSON = False,
) -> None:
    """
    Take a token back: one that was lost, or all that somebody was given.

    A serving house knows within a second, closes what was opened with it, and answers it with 401 from then on; it need not be
    restarted. Bids that were acknowledged stand. A token made afterwards is good.
    """
    from engine.domain.parties import Principal
    from engine.gateway.revocation import TOKEN_ID
    from engine.passes import revoke_bearer, revoke_token

    if token_id is not None:
        if sale is not None or role is not None or planner or paddle is not None:
            refuse("--id goes alone: it is of one token.")
        if TOKEN_ID.fullmatch(token_id) is None:
            refuse("--id has 32 digits and letters a to f, as `luochui token` said when the token was made.")
        with PlainFaults(as_json=as_json):
            revoke_token(data, token_id)
        said: dict[str, Any] = {"id": token_id}
    elif planner:
        if sale is not None or role is not None or paddle is not None:
            refuse("--planner goes without --sale, --role and --paddle: it is for the whole house.")
        said = {"principal": f"planner:{name}"}
        with PlainFaults(as_json=as_json):
            revoke_bearer(data, None, Principal(said["principal"]))
    elif sale is None or role is None:
        refuse("Give --id, or --sale and --role, or --planner.")
    else:
        said = {"sale": sale, "principal": _principal(role, paddle, name)}
        with PlainFaults(as_json=as_json):
            revoke_bearer(data, sale, said["principal"])
    if as_json:
        print_json({"revoked": said})
    else:
        print("已作废，正在服务的引擎一秒内生效。Taken back; a serving house knows within a second.")


def _principal(role: Role, paddle: int | None, name: str) -> Any:
    from engine.domain.parties import Principal, bidder
    from engine.domain.units import PaddleNo

    if (role is Role.BIDDER) != (paddle is not None):
        refuse("--paddle goes with --role bidder, and only with it.")
    return bidder(PaddleNo(paddle)) if paddle is not None else Principal(f"{role}:{name}")


def _print_token(token: str, principal: str, url: str | None, page: str, *, as_json: bool) -> None:
    from engine.gateway.tokens import token_id

    link = f"{url.rstrip('/')}{page}#token={token}" if url else None
    if as_json:
        print_json({"token": token, "id": token_id(token), "principal": principal, "link": link})
    else:
        print(link or token)
        # Beside the token, which scripts take from stdout: what the desk notes down, to take it back by.
        print(f"编号 id {token_id(token)}  (luochui revoke --id)", file=sys.stderr)
