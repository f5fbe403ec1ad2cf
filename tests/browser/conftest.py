"""One Chromium for all browser tests; each visitor gets a context of his own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from engine.notice import DEMO
from tests.browser.house import House, luochui
from tests.browser.screens import CHROMIUM, CHROMIUM_FLAGS, DESK, WITHIN_MS, Screen, open_screen


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Closed when the last browser test is done: Playwright keeps a loop of its own that trio tests should not meet."""
    expect.set_options(timeout=WITHIN_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def demo_held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that has held the demo sale, for tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    luochui("demo", "--fast", "--data", folder, "--json")
    with House(folder, DEMO / "sale.toml") as house:
        yield house


OpenScreen = Callable[..., Screen]


@pytest.fixture
def screen(chromium: Browser) -> Iterator[OpenScreen]:
    """Opens screens, and closes them after the test."""
    opened: list[Screen] = []

    def open_one(size: tuple[int, int] = DESK, *, scheme: str = "light") -> Screen:
        opened.append(open_screen(chromium, size, scheme=scheme))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Path], House]]:
    """Serves a notice from its own folder, until the end of the test."""
    houses: list[House] = []

    def serve_one(notice: Path) -> House:
        house = House(notice.parent, notice)
        houses.append(house)
        house.start()
        return house

    yield serve_one
    for house in houses:
        house.stop()
