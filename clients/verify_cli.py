"""The command line of ``clients.verify``."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import trio
import typer

from clients.http import Address, HttpFault, OpenStream, exchange, open_stream
from clients.verify import ReceiptFault, RecordChecked, RecordChecker, RecordFault, verify_receipt

app = typer.Typer(
    help="Check what a house says without asking the house. 不依赖平台，独立核验回执与公开记录。",
    no_args_is_help=True,
    add_completion=False,
)

PAGE: int = 500

Key = Annotated[
    str | None,
    typer.Option(
        help="The house's public key, in hexadecimal, from somewhere else than the house: the printed notice, say. "
        "Without it, only consistency is checked, with the key the house itself names. 平台公钥。"
    ),
]


@app.command()
def receipt(
    file: Annotated[Path, typer.Argument(help="The receipt, or the whole answer it came in, as JSON.", exists=True)],
    key: Key = None,
) -> None:
    """
    Check one receipt: the house recorded this command, with this outcome, in this place.

    Exit status: 0 it holds, 1 it does not, 2 it could not be read.
    """
    try:
        plain: Any = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        typer.echo(f"{file}: no JSON: {error}", err=True)
        raise typer.Exit(2) from error
    found = plain.get("receipt", plain) if isinstance(plain, dict) else {}
    try:
        verify_receipt(found, key)
    except ReceiptFault as fault:
        typer.echo(f"BAD 不成立  {fault}")
        raise typer.Exit(1) from fault
    typer.echo(f"GOOD 成立  {found['header']}\n  {found['command']}\n  {found['outcome']}")
    _warn(key, found["key"])


@app.command()
def record(
    url: Annotated[str, typer.Argument(help="The house: http://localhost:8000")],
    sale: Annotated[str, typer.Argument(help="The sale's id.")],
    key: Key = None,
) -> None:
    """
    Fetch a sale's public record and check all of it: chain, commits, signatures, disclosed outcomes.

    Exit status: 0 it holds, 1 it does not, 2 it could not be read.
    """
    try:
        checked = trio.run(fetch_record, Address.of(url), sale, key)
    except RecordFault as fault:
        typer.echo(f"BAD 不成立  {fault}")
        raise typer.Exit(1) from fault
    except (HttpFault, OSError, ValueError, trio.BrokenResourceError) as error:
        typer.echo(f"{url}: {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(
        f"GOOD 成立  {checked.sale}: {checked.records} records, {checked.commits} commits, "
        f"{checked.disclosed} outcomes disclosed\n  head {checked.head}\n  rule sheet 规则摘要 {checked.rules}"
    )
    _warn(key, checked.key)


async def fetch_record(address: Address, sale: str, key: str | None, opener: OpenStream = open_stream) -> RecordChecked:
    """
    Fetch a sale's public record page by page and check it.

    Raises:
        RecordFault: It does not hold.
        HttpFault: There is no such sale, or the answer cannot be read.

    """
    checker = RecordChecker(key)
    while True:
        before = checker.seq
        page = await exchange(address, "GET", f"/api/sales/{sale}/record?after={before}&limit={PAGE}", opener=opener)
        checker.take(page)
        if checker.seq == before or checker.seq >= page.get("seq", 0):
            return checker.finish()


def _warn(key: str | None, named: str) -> None:
    if key is None:
        typer.echo(f"  signed with {named}; compare this key with the printed notice, or give it with --key")


def main() -> None:
    """Run the command line."""
    app(prog_name="python -m clients.verify")
