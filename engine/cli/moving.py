"""A sale that goes to another engine: ``move``."""

from pathlib import Path
from typing import Annotated, Final

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import EXIT_FAILED, EXIT_NOT_SOUND, app
from engine.cli.saying import JSON, Data, print_json, refuse

LOOK_S: Final = 0.1


@app.command()
def move(  # noqa: PLR0913, PLR0917 - a command line has its options
    sale: Annotated[str, typer.Argument(help="Id of the sale.")],
    data: Data,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="Where the other engine takes sales (cluster.moves_listen): host:port, or a Unix socket's path.",
        ),
    ],
    by: Annotated[
        list[Path],
        typer.Option("--by", help="File with an officer's token; given twice, for two officers of different roles."),
    ],
    wait_s: Annotated[float, typer.Option(min=0, help="How long to wait until it is done.")] = 60.0,
    as_json: JSON = False,
) -> None:
    """
    Have the engine of a data folder give a sale to another engine of the same house. Two officers decide; the record says so.

    The engine does it while it serves, or when it is started, and goes on until it is done. The sale is suspended meanwhile; the
    auctioneer resumes it. Exit code 1: not done yet. Exit code 3: it was refused, and the sale is served where it was.
    """
    import time

    from engine.config import ADDRESS
    from engine.promotion import officers
    from engine.retired import MoveAsked, ask, read_asked, went
    from engine.room.folder import DataFolder

    folder = DataFolder(data)
    if not to or not ADDRESS.fullmatch(to):
        refuse("--to is host:port, or the path of a Unix socket.")
    if sale not in folder.sales():
        refuse(f"{data} holds no sale {sale}.")
    with PlainFaults(as_json=as_json):
        before = went(folder, sale)
        decided = officers(folder, sale, [path.read_text(encoding="utf-8", errors="replace") for path in by])
        ask(folder, sale, MoveAsked(to, decided))
        until = time.monotonic() + wait_s
        while (asked := read_asked(folder, sale)) is not None and time.monotonic() < until:
            time.sleep(LOOK_S)
        epoch = went(folder, sale)
    done = asked is None and epoch != before
    if as_json:
        print_json({"sale": sale, "to": to, "by": decided, "moved": done, "epoch": epoch if done else None})
    elif done:
        print(f"{sale} has gone to the engine at {to}, which serves it in epoch {epoch}.")
    elif asked is None:
        print(f"{sale} was not given: the engine's log says why.")
    else:
        print(f"{sale} has not gone yet. Its engine goes on trying while it serves; its log says what is in the way.")
    if not done:
        raise typer.Exit(EXIT_NOT_SOUND if asked is None else EXIT_FAILED)
