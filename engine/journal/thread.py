"""
One thread, and what is asked of it done in turn.

What a commit does may block, so that it needs a thread. Trio's come from a pool, are named anew for each job and counted by a
limiter; a journal has one job for all its life.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar, TypeVarTuple

import outcome
import trio

T = TypeVar("T")
Given = TypeVarTuple("Given")


class OneThread:
    """
    Works from the first job until :meth:`close`.

    Args:
        name: By which it is found among the threads of the process.

    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, work: Callable[[*Given], T], *given: *Given) -> T:
        """
        Have ``work(*given)`` done when what was asked before is done, and wait for it.

        Who waits may be cancelled before it is asked for, and not after: what is being written is written. Raises what it raises.
        """
        await trio.lowlevel.checkpoint_if_cancelled()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        asker, token = trio.lowlevel.current_task(), trio.lowlevel.current_trio_token()

        def job() -> None:
            result = outcome.capture(work, *given)
            with suppress(trio.RunFinishedError):
                token.run_sync_soon(trio.lowlevel.reschedule, asker, result)

        self._jobs.put(job)
        return await trio.lowlevel.wait_task_rescheduled(lambda _: trio.lowlevel.Abort.FAILED)  # type: ignore[no-any-return]

    def close(self) -> None:
        """What was asked is done first. A second time does nothing."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # Or it would hold on to its records until the next one comes.
