"""A house that does nothing but take envelopes, as a process of its own: ``python -m tests.submission.serving FOLDER``."""

import sys
import time
from pathlib import Path
from typing import Any

import trio
from starlette.applications import Starlette
from starlette.routing import Mount

from engine.domain.units import Nanoseconds
from engine.gateway.http import HttpSettings, Request
from engine.gateway.limits import Refused
from engine.gateway.server import Server, listen
from engine.meters import Meters
from engine.submission.front import Front
from engine.submission.settings import SubmissionSettings
from engine.submission.store import Store
from engine.wire.refusals import Fault
from tests.submission.front import OPENING, SIGNER, TOKENS

PATH = "/api/sales/x/submission"


def refuse(*_: Any) -> None:
    raise Refused(Fault.NOT_FOUND)


async def serve(folder: Path) -> None:
    """Serve the store in ``folder`` until killed; the port is the first line that is said."""
    settings = SubmissionSettings()

    def now() -> Nanoseconds:
        return Nanoseconds(time.time_ns())

    front = Front(
        Store(folder, settings, now=now),
        opening=OPENING,
        who=TOKENS.get,
        deadline=lambda: Nanoseconds(2**62),
        now=now,
        signer=SIGNER,
        settings=settings,
    )

    def longest(asked: Request) -> int | None:
        if not asked.path.startswith(f"{PATH}/"):
            return None
        most = front.body_bytes_max(asked.method, asked.table.get(b"authorization", b"").decode("latin-1"))
        if most is None:
            raise Refused(Fault.AUTH_INVALID)
        return most

    server = Server(
        listener=listen("127.0.0.1", 0, 16),
        app=Starlette(routes=[Mount(PATH, front.app())]),
        handover=refuse,
        settings=HttpSettings(port=0),
        meters=Meters(),
        bodies=longest,
    )
    print(server.port, flush=True)
    await server.run()


if __name__ == "__main__":
    trio.run(serve, Path(sys.argv[1]))
