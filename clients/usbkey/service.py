"""The stand-in on a socket: this machine only, pages of named origins only, and nothing of what is said is ever logged."""

import logging
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final

import trio
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.trio.server import ServerConnection, serve
from websockets.typing import Origin

from clients.usbkey.calls import FRAME_BYTES_MAX
from clients.usbkey.loopback import KEYS_MAX, KeyFiles, Middleware, Slot

HOST: Final = "127.0.0.1"
CONNECTIONS_MAX: Final = 8
IDLE_S: Final = 300.0
"""A page that says nothing for so long is let go, and its keys are closed."""

PATIENCE_S: Final = 5.0
FILE_BYTES_MAX: Final = 65_536
_FILES: Final = ("signing.pem", "signing.key", "encryption.pem", "encryption.key", "pin")


def quiet() -> logging.Logger:
    """A logger that says nothing to nobody: at its most talkative the library would log every frame, PINs among them."""
    logger = logging.Logger("usbkey")
    logger.disabled = True
    return logger


def slots(folder: Path) -> dict[str, Slot]:
    """
    The keys in ``folder``: each folder in it with two certificates, their keys and a PIN.

    A key is pulled out by renaming its folder.

    """
    found = sorted(one for one in folder.iterdir() if all((one / name).is_file() for name in _FILES))[:KEYS_MAX]
    return {one.name: _slot(one) for one in found}


async def run(
    middleware: Middleware,
    *,
    origins: Sequence[str],
    port: int,
    idle_s: float = IDLE_S,
    task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED,
) -> None:
    """
    Serve until cancelled.

    Args:
        middleware: The keys.
        origins: Pages that may speak to it; programs, which say no origin, may as well: whose machine it is runs them.
        port: 0 for any that is free.
        idle_s: Silence after which a connection is closed.
        task_status: Told the port.

    """
    listeners = await trio.open_tcp_listeners(port, host=HOST)
    number: int = listeners[0].socket.getsockname()[1]
    hosts = [f"{HOST}:{number}"], [f"localhost:{number}"]
    connections = 0

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        """A name that was made to lead here (DNS rebinding) is not ours."""
        del connection
        if request.headers.get_all("Host") not in hosts:
            return _no(HTTPStatus.FORBIDDEN)
        return _no(HTTPStatus.SERVICE_UNAVAILABLE) if connections >= CONNECTIONS_MAX else None

    async def speak(connection: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        session = middleware.session()
        try:
            while True:
                with trio.fail_after(idle_s):
                    frame = await connection.recv()
                await connection.send(session.answer(frame))
        except (ConnectionClosed, trio.TooSlowError):
            return
        finally:
            connections -= 1

    serving = partial(
        serve,
        speak,
        listeners=listeners,
        origins=[None, *(Origin(one) for one in origins)],
        process_request=admit,
        compression=None,
        max_size=FRAME_BYTES_MAX,
        max_queue=1,
        open_timeout=PATIENCE_S,
        close_timeout=PATIENCE_S,
        server_header=None,
        logger=quiet(),
    )
    async with trio.open_nursery() as nursery:
        await nursery.start(serving)
        task_status.started(number)


def _no(status: HTTPStatus) -> Response:
    return Response(status, status.phrase, Headers([("Content-Length", "0"), ("Connection", "close")]), b"")


def _slot(folder: Path) -> Slot:
    def look() -> KeyFiles | None:
        try:
            *pems, pin = (_small(folder / name) for name in _FILES)
        except OSError:
            return None
        signing, signing_key, encryption, encryption_key = pems
        return KeyFiles(signing, signing_key, encryption, encryption_key, pin.decode(errors="replace").strip())

    return look


def _small(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(FILE_BYTES_MAX)
