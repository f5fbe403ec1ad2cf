"""A second copy of the journals: ``standby``, ``promote``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import app
from engine.cli.saying import JSON, Data, plain, print_json, refuse, settings_of


@app.command()
def standby(
    data: Data,
    source: Annotated[
        str,
        typer.Option(
            "--from", help="Where the engine awaits it (cluster.standby_listen): host:port, or a Unix socket's path."
        ),
    ],
    anchors: Annotated[Path | None, typer.Option(help="Folder for head anchors, best on another device.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    as_json: JSON = False,
) -> None:
    """
    Keep a second copy of an engine's journals, each commit checked and synced before it is answered.

    The folder holds keys/cluster.key and keys/house.pub of the engine, and nothing else at first. The engine is started with
    LUOCHUI_CLUSTER_STANDBY_LISTEN. Exit code 3: the engine does not take this copy, and the first record that differs is named.
    """
    from engine.config import ADDRESS
    from engine.room.folder import DataFolder
    from engine.standby import keep_standby

    if not source or not ADDRESS.fullmatch(source):
        refuse("--from is host:port, or the path of a Unix socket.")

    def announce(copies: dict[str, Any]) -> None:
        if as_json:
            print_json({"copies": copies})
        else:
            print(f"落槌 Luochui standby: {len(copies)} sale(s) here, following {source}. Ctrl-C stops.", flush=True)

    with PlainFaults(as_json=as_json):
        keep_standby(DataFolder(data, anchors), source, settings_of(config).cluster, announce)


@app.command()
def promote(  # noqa: PLR0913, PLR0917 - a command line has its options
    data: Annotated[
        Path, typer.Argument(metavar="DIR", help="The standby's folder; the standby itself must be stopped.")
    ],
    by: Annotated[
        list[Path],
        typer.Option("--by", help="File with an officer's token; given twice, for two officers of different roles."),
    ],
    anchors: Annotated[Path | None, typer.Option(help="Folder for head anchors, if not in the folder.")] = None,
    old_anchors: Annotated[
        Path | None,
        typer.Option(help="The old engine's folder of head anchors, if it can be reached: compared, then written to."),
    ] = None,
    old_is_off: Annotated[
        bool, typer.Option("--old-is-off", help="We vouch that the old engine does not run.")
    ] = False,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="We know what may be missing (async mode only), and go on without it.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """
    Put a standby in force in its engine's place. Two officers decide; the record says so, and what is missing, if anything is.

    Every copy is read whole first. The old engine is told that its time is over, also one that only sleeps. Afterwards: luochui serve
    --data DIR. Exit code 3: it was refused, and nothing was changed.
    """
    from engine.promotion import promote as put_in_force
    from engine.room.folder import DataFolder

    with PlainFaults(as_json=as_json):
        done = put_in_force(
            DataFolder(data, anchors),
            tokens=[path.read_text(encoding="utf-8", errors="replace") for path in by],
            old_anchors=old_anchors,
            old_is_off=old_is_off,
            accept_loss=accept_loss,
        )
    if as_json:
        print_json({"promoted": [plain(one) | {"said": one.found.said()} for one in done]})
        return
    for one in done:
        print(f"{one.found.sale}: epoch {one.epoch} from record {one.record}, head {one.head}")
        for words in one.found.said():
            print(f"  {words}")
        print(
            f"  The old engine {'was told' if one.told else 'could not be told'}{', and its anchor says so' if one.fenced else ''}."
        )
    print(f"Then: luochui serve --data {data}")
