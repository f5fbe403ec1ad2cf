"""A house on several machines: ``gateway``."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import app
from engine.cli.saying import JSON, print_json, settings_of


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
