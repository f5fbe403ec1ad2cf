"""Certificate authorities (多CA互认): ``ca demo`` makes some for trials, ``ca check`` checks a certificate, ``ca key`` plays a key."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import app
from engine.cli.saying import JSON, print_json, refuse, settings_of

ca_app = typer.Typer(
    help="Certificate authorities (多CA互认): check a bidder's certificate, make authorities for trials.",
    no_args_is_help=True,
)
app.add_typer(ca_app, name="ca")

FILE_BYTES_MAX = 1 << 20


@ca_app.command("demo")
def make_demo(
    out: Annotated[Path, typer.Option(help="Folder to make; it must not be there.")],
    seed: Annotated[
        str | None, typer.Option(help="The same files every time: whoever knows the seed knows the keys.")
    ] = None,
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day (UTC) they are made for; now, if left out.")
    ] = None,
) -> None:
    """
    Make three authorities for trials (RSA, P-256, SM2) with bidders' certificates: sound, renewed, revoked, expired.

    Never for a real tender. The folder says what is what.
    """
    from engine.trust.making.demo import demo
    from engine.trust.making.dice import seeded_dice, system_dice

    day = datetime.now(UTC).replace(microsecond=0) if date is None else date.replace(tzinfo=UTC)
    with PlainFaults(as_json=False):
        out.mkdir()
        for name, data, secret in demo(system_dice() if seed is None else seeded_dice(seed), day):
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600 if secret else 0o644, exist_ok=False)
            path.write_bytes(data)
    print(out / "README.md")


@ca_app.command("check")
def check(  # noqa: PLR0913, PLR0917 - a command line has its options
    certificate: Annotated[
        Path, typer.Argument(metavar="CERTIFICATE", help="The bidder's (PEM or DER); its authorities may follow it.")
    ],
    store: Annotated[Path, typer.Option(help="The trust store: a folder with roots, issuing and crls.")],
    use: Annotated[str, typer.Option(metavar="signing|encryption", help="What it is to be used for.")] = "signing",
    bidder: Annotated[
        str | None, typer.Option(metavar="CODE", help="The unified social credit code it must hold.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%SZ"], help="When it was used (UTC); now, if left out."),
    ] = None,
    as_json: JSON = False,
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file with settings.")] = None,
) -> None:
    """
    Check a bidder's certificate: chain, validity when it was used, revocation, key usage, and whose it is.

    Exit code 3: it is not accepted, and it is said why and what to do.
    """
    from engine.trust.certificate import instant, read_certificates, shown_instant
    from engine.trust.chain import Purpose
    from engine.trust.holder import Holder
    from engine.trust.store import Moment, load_store

    if use not in set(Purpose):
        refuse("--use is signing or encryption.")
    with PlainFaults(as_json=as_json):
        settings = settings_of(config).trust
        now = datetime.now(UTC)
        used = now if at is None else at.replace(tzinfo=UTC)
        with certificate.open("rb") as file:
            leaf, *sent = read_certificates(file.read(FILE_BYTES_MAX), settings)
        trusted = load_store(store, settings).verify(
            leaf,
            Purpose(use),
            Moment(used_at=instant(used), now=instant(now)),
            holder=None if bidder is None else Holder(credit_code=bidder),
            sent=sent,
        )
        later = trusted.revoked_later
        told = {
            "certificate": leaf.serial,
            "use": use,
            "used_at": shown_instant(used),
            "authorities": [one.shown for one in trusted.authorities],
            "ends": shown_instant(leaf.parsed.not_valid_after_utc),
            "revoked_later": None if later is None else shown_instant(later),
        }
        if as_json:
            print_json(told)
            return
        for name, value in told.items():
            print(f"{name}: {' < '.join(value) if isinstance(value, list) else value or '-'}")


@ca_app.command("key")
def serve_keys(
    keys: Annotated[Path, typer.Option(help="A folder of keys, as `luochui ca demo` makes it: DIR/keys.")],
    loopback: Annotated[
        bool, typer.Option("--loopback", help="Needed: this is a stand-in for trials, on this machine only.")
    ] = False,
    origin: Annotated[
        list[str] | None, typer.Option(help="A page that may use the keys, as http://127.0.0.1:8000; once for each.")
    ] = None,
    port: Annotated[int, typer.Option(help="0 takes one that is free.", min=0, max=65_535)] = 0,
) -> None:
    """
    Stand in for the middleware of USB keys (USB Key 驱动的替身), until Ctrl-C: a WebSocket on 127.0.0.1 that speaks the SOF calls.

    Prints its address. A key is pulled out by renaming its folder. After six wrong PINs it locks itself until this is started again.
    """
    import trio

    from clients.usbkey.loopback import Middleware
    from clients.usbkey.service import HOST, run, slots
    from engine.gateway.origins import normal_origin

    if not loopback:
        refuse("Give --loopback: the keys are files, and this is for trials only.")
    pages = [normal_origin(one) for one in origin or ()]
    if None in pages:
        refuse("--origin is a page's address without a path: http://127.0.0.1:8000")

    async def serve() -> None:
        async with trio.open_nursery() as nursery:
            middleware = Middleware(found)
            number = await nursery.start(partial(run, middleware, origins=[one for one in pages if one], port=port))
            print(f"ws://{HOST}:{number}/", *found, flush=True)

    with PlainFaults(as_json=False):
        found = slots(keys)
        if not found:
            refuse(f"{keys} holds no key: make some with `luochui ca demo`.")
        trio.run(serve)
