"""Messages to other systems: ``webhooks test`` tries an endpoint."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import EXIT_FAILED, app
from engine.cli.saying import JSON, print_json, refuse, settings_of

webhooks_app = typer.Typer(
    help="Signed messages to other systems (webhooks) when a sale changes.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(webhooks_app, name="webhooks")


@webhooks_app.callback()
def _group() -> None:
    """Keep the name of the one command."""


@webhooks_app.command("test")
def try_endpoint(
    url: Annotated[str, typer.Argument(metavar="URL", help="An endpoint, as it stands in webhooks.urls.")],
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    as_json: JSON = False,
) -> None:
    """
    Post a signed ping to an endpoint, once, and say what became of it.

    It is sent as every message is: its address is looked at first, no redirect is followed. Exit code 0: it was taken.
    """
    import time

    import trio

    from engine.domain.units import Nanoseconds
    from engine.webhooks.message import ping
    from engine.webhooks.post import NotDelivered, Post
    from engine.webhooks.settings import endpoints

    why = None
    with PlainFaults(as_json=as_json):
        settings = settings_of(config).webhooks
        found = next((each for each in endpoints(settings) if each.url == url), None)
        if found is None:
            refuse("webhooks.urls does not name this endpoint, so there is no secret for it")
        try:
            trio.run(Post(settings, time.time), found, ping(Nanoseconds(time.time_ns())))
        except NotDelivered as failed:
            why = failed.why
    if as_json:
        print_json({"endpoint": found.host, "delivered": why is None, "why": why})
    else:
        print(f"{found.host}: {'已送达 delivered' if why is None else f'未送达 not delivered: {why}'}")
    if why is not None:
        raise typer.Exit(EXIT_FAILED)
