"""Keys that a command uses without seeing them: in a USB key, asked through the middleware on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.saying import refuse

if TYPE_CHECKING:
    from clients.seal import Bidder

UsbKey = Annotated[
    str | None,
    typer.Option("--usb-key", metavar="PORT/KEY", help="A USB key instead of files, as `luochui ca key` names them."),
]
Pin = Annotated[
    Path | None, typer.Option("--pin-file", help="File with the PIN. Without it: LUOCHUI_PIN, or you are asked.")
]
PIN_BYTES_MAX = 256


@contextmanager
def usb_bidder(where: str, pin_file: Path | None) -> "Iterator[Bidder]":
    """
    The bidder whose USB key is at ``where``, for as long as the block lasts.

    Raises:
        KeyFault: The key, or its middleware, says no.

    """
    from clients.seal import Bidder
    from clients.usbkey.client import usb_keys
    from clients.usbkey.provider import DeviceKey, Use

    port, _, key = where.partition("/")
    if not (port.isascii() and port.isdecimal() and 0 < int(port) <= 65_535 and key):
        refuse("--usb-key is PORT/KEY: 4711/sm2-sound")
    with usb_keys(int(port)) as keys:
        signing, encryption = (keys.credential(key, use) for use in (Use.SIGNING, Use.ENCRYPTION))
        keys.login(key, _pin(pin_file))
        yield Bidder(
            signing=signing,
            signing_key=DeviceKey(keys, key, Use.SIGNING),
            encryption=encryption,
            encryption_key=DeviceKey(keys, key, Use.ENCRYPTION),
        )


def _pin(path: Path | None) -> str:
    """Never an option of its own: what stands on a command line, others on the machine can read."""
    if path is not None:
        with path.open("rb") as file:
            return file.read(PIN_BYTES_MAX).decode().strip()
    return os.environ.get("LUOCHUI_PIN") or str(typer.prompt("PIN of the USB key", hide_input=True))
