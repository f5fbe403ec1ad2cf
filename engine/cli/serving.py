"""Serving sales, and playing one: ``serve``, ``demo``, ``health``."""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import app
from engine.cli.saying import JSON, Data, Progress, print_figures, print_json, refuse, settings_of


class DemoKind(StrEnum):
    """Which demo is played."""

    ROSTRUM = "rostrum"
    TIMED = "timed"
    QUOTA = "quota"
    OPENING = "opening"


@app.command()
def serve(  # noqa: PLR0913, PLR0917 - a command line has its options
    data: Data,
    sale: Annotated[
        list[Path] | None,
        typer.Option("--sale", help="A sale's notice (TOML). Those in the data folder (*.toml) are read anyway."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one [default: 8000].")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    gateways: Annotated[
        int | None,
        typer.Option(
            help="Gateway processes beside the engine, behind the same port: sockets of bidders and watchers are spread over them "
            "[default: 0]."
        ),
    ] = None,
    anchors: Annotated[Path | None, typer.Option(help="Folder for head anchors, best on another device.")] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Serve even without a sale: the first is then made at /builder.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """
    Serve the sales of a data folder: pages, HTTP and WebSocket on one port.

    A sale is described by one TOML file and the CSV files it names; put it into the data folder or name it with --sale. What was
    announced stays announced: the journal is the truth, and serving it again goes on where it stood.
    """
    from engine.app import Serving
    from engine.lifetime import serve_until_stopped

    def announce(serving: Serving) -> None:
        if as_json:
            print_json({"url": serving.url, "sales": serving.sales})
            return
        print(f"落槌 Luochui serves {len(serving.sales)} sale(s) at {serving.url}")
        for name in serving.sales:
            print(f"  {serving.url}/sales/{name}/hall")
        print("Links for bidders and officers: luochui token --help. Ctrl-C stops.", flush=True)

    progress = Progress(quiet=as_json)

    def on_serving(serving: Serving) -> None:
        progress.finish()
        announce(serving)

    with PlainFaults(as_json=as_json), progress:
        settings = settings_of(config, host=host, port=port, gateways=gateways)
        if settings.cluster.gateways and settings.http.tls_certificate:
            print("TLS ends in the engine: all sockets stay with it, and no gateways are started.", file=sys.stderr)
        serve_until_stopped(
            data,
            sale or [],
            settings,
            anchors=anchors,
            on_serving=on_serving,
            on_progress=progress,
            may_be_empty=empty,
        )


@app.command()
def demo(  # noqa: PLR0913, PLR0917 - a command line has its options
    kind: Annotated[
        DemoKind,
        typer.Argument(
            help="Which demo: by the hammer, by the clock, a month of Shanghai's plates, or an opening of sealed bids."
        ),
    ] = DemoKind.ROSTRUM,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the demo; run again on it to go on where it stood.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="To the end, without browsers, as fast as the house answers.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget an earlier demo in this folder and begin anew.")
    ] = False,
    cluster: Annotated[
        bool,
        typer.Option("--cluster", help="On a house of many processes: two engines, a standby, Redis, three gateways."),
    ] = False,
    chaos: Annotated[
        bool, typer.Option("--chaos", help="With --cluster: a gateway, Redis and the engine are killed on the way.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides how the robots bid.")] = 20161015,
    month: Annotated[str, typer.Option(help="Of a quota demo: which month, 2002-01 to 2019-01.")] = "2019-01",
    bidders: Annotated[
        int | None,
        typer.Option(
            min=10, max=999_999, help="Of a quota demo: so many robots, with plates in proportion [default: all]."
        ),
    ] = None,
    round_s: Annotated[
        int | None,
        typer.Option(
            min=4, max=1800, help="Of a quota demo with pages: how long a round lasts, in seconds [default: 120]."
        ),
    ] = None,
    seats: Annotated[
        int, typer.Option(min=1, max=100_000, help="Of a quota demo with pages: so many paddles are left for people.")
    ] = 1,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port [default: 8000; --fast takes a free one].")] = None,
    as_json: JSON = False,
) -> None:
    """
    Play a demo sale with robots: thirty plates at the rostrum, twelve by the clock (timed), a month of Shanghai's plates (quota).

    A quota demo takes what was published of the month, and simulates every bidder. An opening has five bids sealed, opened and read
    out; one bidder has lost his certificate, for another trustees open. With --cluster the first is held on a house of many processes.

    Prints links: the hall screen, a paddle for you to bid with, the rostrum, the public record. Ctrl-C stops; running it again on
    the same folder resumes the same sale.
    """
    from functools import partial

    if (chaos and not cluster) or (cluster and kind is not DemoKind.ROSTRUM):
        refuse("--cluster is for the sale by the hammer; --chaos goes with --cluster.")
    say: Callable[[dict[str, Any]], None]
    play: Callable[..., dict[str, Any] | None]
    if cluster:
        from engine.cluster_demo.show import play_cluster, print_cluster

        play, say = partial(play_cluster, chaos=chaos), print_cluster
    elif kind is DemoKind.QUOTA:
        from engine.reenactment.demo import play_month, print_month

        play, say = partial(play_month, month=month, bidders=bidders, round_s=round_s, seats=seats), print_month
    elif kind is DemoKind.OPENING:
        from engine.demo_opening import play_opening, print_opening

        play, say = play_opening, print_opening
    else:
        from engine.demo import Kind, play_demo

        play, say = partial(play_demo, kind=Kind(kind)), print_figures
    with PlainFaults(as_json=as_json):
        figures = play(data, fast=fast, fresh=fresh, seed=seed, host=host, port=port, quiet=as_json)
    if as_json:
        print_json(figures if figures is not None else {"stopped": True})
    elif figures is not None:
        if cluster:
            print_figures(figures)
        say(figures)


@app.command()
def health(
    url: Annotated[str, typer.Argument(help="Where the house listens.")] = "http://127.0.0.1:8000",
) -> None:
    """
    Ask a running house whether it serves. Exit code 0: it does.

    A trial certificate is trusted with SSL_CERT_FILE=ca.pem.
    """
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/readyz", timeout=3) as answer:  # noqa: S310 - the address is the caller's own
            print(answer.read().decode())
    except (urllib.error.URLError, OSError, ValueError) as error:
        print(f"not serving: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
