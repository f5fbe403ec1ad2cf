"""The one browser of all browser tests: opened again where it died, killed where it hangs."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright

from tests.browser.screens import CHROMIUM, CHROMIUM_FLAGS

HANGS_S: Final = 75.0
"""No test takes a fifth of it. What the page is asked to compute has no limit of its own, and a browser may stop for ever."""

DIED: Final = ("TargetClosedError", "Target crashed")
"""What a test meets whose browser died. It says nothing of the page, so such a test is tried once more, and counted as a rerun."""


class Chromium:
    """Opens the browser when one is wanted and none lives."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        """A browser that lives."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        return self._browser

    def close(self) -> None:
        """Let go of it."""
        if self._browser is not None:
            self._browser.close()


@contextmanager
def watched(hangs_s: float = HANGS_S) -> Iterator[None]:
    """Kill the browsers of this process where the block takes longer: what waits for them fails then, and says where it waited."""
    watch = threading.Timer(hangs_s, kill)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def kill() -> None:
    """Kill the browsers of this process. Playwright's driver is our child, and they are its children."""
    for child in _children(os.getpid()):
        for grandchild in _children(child):
            with suppress(OSError):
                if b"--remote-debugging-pipe" in Path(f"/proc/{grandchild}/cmdline").read_bytes():
                    os.kill(grandchild, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text("ascii").split())
    return found
