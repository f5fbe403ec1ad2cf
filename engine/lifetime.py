"""From the command to serve until a signal says stop."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import trio

from engine.app import Engine, Serving
from engine.config import Config
from engine.eventlog.lines import opened
from engine.notice import AnyNotice, read_any
from engine.notify import READY, STOPPING, Notifier
from engine.room.folder import DataFolder

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def serve_until_stopped(  # noqa: PLR0913 - as the command line gives them
    data: Path,
    notices: Sequence[Path],
    config: Config,
    *,
    anchors: Path | None,
    on_serving: Callable[[Serving], None],
    on_progress: Callable[[int], object] = lambda _seq: None,
    may_be_empty: bool = False,
) -> None:
    """Read the notices, open the house, serve it. Blocks."""
    folder = DataFolder(data, anchors)
    read = [read_any(path) for path in (*folder.notices(), *notices)]
    trio.run(partial(serve, may_be_empty=may_be_empty), folder, read, config, on_serving, on_progress)


async def serve(  # noqa: PLR0913 - everything is handed in
    folder: DataFolder,
    notices: Sequence[AnyNotice],
    config: Config,
    on_serving: Callable[[Serving], None],
    on_progress: Callable[[int], object],
    *,
    may_be_empty: bool = False,
) -> None:
    """Serve until a signal says stop. A service manager, if one started us, is told how it goes."""
    manager = Notifier(os.environ)

    def progress(seq: int) -> None:
        on_progress(seq)
        manager.still_starting(seq)

    with opened(config.log) as log:
        engine = await Engine.open(folder, notices, config, log=log, may_be_empty=may_be_empty, on_progress=progress)
        async with trio.open_nursery() as living:
            living.start_soon(manager.keep_alive)
            async with trio.open_nursery() as nursery:
                async with until_signalled(engine.stop):
                    serving = await nursery.start(engine.run)
                    manager.tell(READY, f"STATUS=Serves {len(serving.sales)} sale(s) at {serving.url}")
                    on_serving(serving)
                    await engine.stopped()
                manager.tell(STOPPING)
            living.cancel_scope.cancel()


@asynccontextmanager
async def until_signalled(then: Callable[[], None] = lambda: None) -> AsyncIterator[trio.CancelScope]:
    """Cancel the body when the process is told to stop (Ctrl-C, SIGTERM), having called ``then``."""
    with trio.open_signal_receiver(*STOP_SIGNALS) as signals:
        async with trio.open_nursery() as nursery:

            async def wait() -> None:
                async for _ in signals:
                    then()
                    nursery.cancel_scope.cancel()

            nursery.start_soon(wait)
            yield nursery.cancel_scope
            nursery.cancel_scope.cancel()
