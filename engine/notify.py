"""
What a service manager is told (systemd's ``sd_notify``): ready, alive, stopping.

Source: sd_notify(3). Without ``NOTIFY_SOCKET`` nobody is told anything.
"""

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import trio

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"
ALIVE: Final = "WATCHDOG=1"
STARTING_EVERY_S: Final = 10


class Notifier:
    """
    Tells the service manager that started us.

    Args:
        environ: Where ``NOTIFY_SOCKET`` and ``WATCHDOG_USEC`` may stand.
        now: Monotonic seconds.

    """

    def __init__(self, environ: Mapping[str, str], now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._next = now()
        where = environ.get("NOTIFY_SOCKET", "")
        self._where = "\0" + where[1:] if where.startswith("@") else where
        period = environ.get("WATCHDOG_USEC", "")
        self._alive_every_s = int(period) / 2e6 if period.isdecimal() and int(period) > 0 else None

    def tell(self, *words: str) -> None:
        """Say ``words``. Nobody may be there to hear."""
        if not self._where:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            sock.setblocking(False)
            sock.connect(self._where)
            sock.send("\n".join(words).encode())

    def still_starting(self, seq: int) -> None:
        """Recovery goes on, and has read record ``seq``: ask for more time, now and then."""
        now = self._now()
        if now >= self._next:
            self._next = now + STARTING_EVERY_S
            self.tell(
                f"EXTEND_TIMEOUT_USEC={4 * STARTING_EVERY_S * 1_000_000}", f"STATUS=Reads the journal, record {seq}"
            )

    async def keep_alive(self) -> None:
        """Say so while the house's own loop turns: a loop that hangs says nothing, and is started again."""
        while self._alive_every_s is not None:
            self.tell(ALIVE)
            await trio.sleep(self._alive_every_s)
