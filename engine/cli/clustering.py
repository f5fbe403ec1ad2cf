"""A house on several machines: ``gateway``, ``cluster status``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import EXIT_FAILED, app
from engine.cli.saying import JSON, Data, print_json, refuse, settings_of

cluster_app = typer.Typer(help="Look at a house on several machines.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(cluster_app, name="cluster")


@app.command()
def gateway(  # noqa: PLR0913, PLR0917 - a command line has its options
    keys: Annotated[
        Path,
        typer.Option(
            "--keys",
            help="Folder with keys/tokens, keys/house.pub and keys/cluster.key as the engine has them; on the engine's own "
            "machine its data folder.",
        ),
    ],
    socket: Annotated[Path | None, typer.Option(help="The engine's Unix socket, on its own machine.")] = None,
    redis: Annotated[
        str | None,
        typer.Option(help="Redis, without a password; one with a password goes into LUOCHUI_CLUSTER_REDIS_URL."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one [default: 8000].")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    as_json: JSON = False,
) -> None:
    """
    Serve pages and sockets of sales that an engine elsewhere holds.

    A gateway holds nothing that cannot be lost: run as many as there are viewers for, anywhere, and kill any of them. The engine
    is started with LUOCHUI_CLUSTER_SOCKET or LUOCHUI_CLUSTER_REDIS_URL, and this finds its sales there.
    """
    from engine.app import Serving
    from engine.outpost import keep_gateway

    def announce(serving: Serving) -> None:
        if as_json:
            print_json({"url": serving.url, "sales": serving.sales})
        else:
            print(f"落槌 Luochui gateway: {len(serving.sales)} sale(s) at {serving.url}. Ctrl-C stops.", flush=True)

    with PlainFaults(as_json=as_json):
        flags = {"cluster.redis_url": redis, "cluster.socket": None if socket is None else str(socket)}
        keep_gateway(keys, settings_of(config, host=host, port=port, **flags), announce)


@cluster_app.command()
def status(data: Data, as_json: JSON = False) -> None:
    """
    How the engine, or the standby, of a data folder stands: rooms, epochs, heads, second copy, gateways, carriers.

    Read from what they write there every second, so it answers also when they do not. Exit code 1: somebody should look.
    """
    import time

    import msgspec

    from engine import cluster_state, standby_state
    from engine.room.folder import DataFolder

    with PlainFaults(as_json=as_json):
        folder, now = DataFolder(data), time.time()
        engine, copy = cluster_state.read_state(folder), standby_state.read_state(folder)
    if engine is None and copy is None:
        refuse(f"{data} holds neither an engine with gateways or a standby, nor a standby.")
    good = (engine is None or cluster_state.in_order(engine, now)) and (
        engine is not None or standby_state.in_order(copy, now)
    )
    if as_json:
        told: dict[str, Any] = {"in_order": good}
        told |= {} if engine is None else {"engine": msgspec.to_builtins(engine)}
        told |= {} if copy is None else {"standby": msgspec.to_builtins(copy)}
        print_json(told)
    else:
        for line in [] if engine is None else cluster_state.lines(engine, now):
            print(line)
        for line in [] if copy is None else standby_state.lines(copy, now):
            print(line)
    if not good:
        raise typer.Exit(EXIT_FAILED)
