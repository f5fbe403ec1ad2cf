"""What the terminals share: money, names, the sale at a glance."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

import trio
import typer
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from clients.http import Address
from clients.socket import NotLetIn
from clients.words import Speech
from engine.domain.refusals import yuan

INTERRUPTED: Final = 130
NOT_LET_IN: Final = 2

Parts = Mapping[str, Any]


def run(url: str, program: Callable[[], Awaitable[None]]) -> None:
    """Run a terminal's program on the house at ``url``: what a person can mend is one line, Ctrl-C is no fault."""
    try:
        Address.of(url)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="url") from error
    status = 0
    try:
        trio.run(program)
    except* KeyboardInterrupt:
        status = INTERRUPTED
    except* NotLetIn as group:
        status = NOT_LET_IN
        typer.echo("\n".join(_said(group)), err=True)
    if status:
        raise typer.Exit(status)


BIDS_SHOWN = 6


def who(leader: Mapping[str, Any] | None, say: Speech) -> str:
    """A bidder as the house shows them."""
    if leader is None:
        return say("nobody")
    if "paddle" in leader:
        return say("paddle", leader["paddle"])
    return say("alias", leader["alias"])


def _said(group: BaseExceptionGroup[NotLetIn]) -> Iterator[str]:
    for one in group.exceptions:
        yield from _said(one) if isinstance(one, BaseExceptionGroup) else [str(one)]


def board(parts: Parts, say: Speech, *, live: bool = True) -> RenderableType:
    """The hall: what is on the block, who leads, what the sale has brought."""
    if "sale" not in parts:
        return Panel(say("waiting for house"))
    sale = parts["sale"]
    phase = say(f"phase {sale['phase']}", sale["suspended"] or "")
    title = Text.assemble((sale["title"][say.lang], "bold"), f"  {phase}")
    rows: list[RenderableType] = []
    if not live:
        rows.append(Text(say("away"), style="black on yellow"))
    block = parts.get("block")
    if block is None:
        rows.append(Text(say("block empty"), style="dim"))
    else:
        rows += [_block(block, parts["rules"]["calls"], say), _bids(block, say)]
    rows.append(_figures(parts, say))
    return Panel(Group(*rows), title=title, padding=(1, 2))


def _block(block: Mapping[str, Any], calls: int, say: Speech) -> RenderableType:
    style = {"open": "bold", "sold": "bold green", "passed": "dim"}[block["phase"]]
    table = Table.grid(padding=(0, 2))
    table.add_row(
        say("lot", block["lot"]), Text(block["plate"], style="bold white on blue"), say(f"block {block['phase']}")
    )
    price = block["price_fen"]
    label = say("opening" if price is None else "hammer" if block["phase"] == "sold" else "price")
    table.add_row(
        label, Text(yuan(block["opening_fen"] if price is None else price), style=style), who(block["leader"], say)
    )
    if block["phase"] == "open":
        if block["asked_fen"] is not None:
            table.add_row(say("asked"), yuan(block["asked_fen"]), f"+{yuan(block['step_fen'])}")
        table.add_row(say("calls"), Text("●" * block["calls"] + "○" * (calls - block["calls"]), style="red"))
    return table


def _bids(block: Mapping[str, Any], say: Speech) -> RenderableType:
    table = Table(title=f"{say('bids')} ({block['bid_count']})", title_justify="left", box=None, show_header=False)
    for bid in block["bids"][:BIDS_SHOWN]:
        table.add_row(yuan(bid["amount_fen"]), who(bid["who"], say), say(bid["channel"]))
    return table


def _figures(parts: Parts, say: Speech) -> RenderableType:
    figures, lots = parts["figures"], parts["sale"]["lots"]
    top = figures["top"]
    money = [
        f"{say('turnover')} {yuan(figures['turnover_fen'])}",
        f"{say('premium')} {figures['premium'] or '–'}",
        f"{say('top')} {top['plate']} {yuan(top['hammer_fen'])}" if top else f"{say('top')} –",
    ]
    count = [
        f"{say('sold')} {figures['sold']}",
        f"{say('passed')} {figures['passed']}",
        f"{say('remain')} {lots - figures['sold'] - figures['passed']}",
    ]
    return Text(f"\n{'   '.join(money)}\n{'   '.join(count)}", style="cyan")
