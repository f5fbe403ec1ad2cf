"""One Chromium for all browser tests; each visitor gets a context of his own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect, sync_playwright

from engine.notice import DEMO
from tests.browser.chromium import DIED, Chromium, watched
from tests.browser.house import House, luochui
from tests.browser.screens import DESK, WITHIN_MS, Screen, open_screen

HERE: Final = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test whose browser died is tried once more; one that failed for any other reason is not."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=list(DIED)))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    """Closed when the last browser test is done: Playwright keeps a loop of its own that trio tests should not meet."""
    expect.set_options(timeout=WITHIN_MS)
    with sync_playwright() as playwright:
        chromium = Chromium(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def demo_held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that has held the demo sale, for tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    luochui("demo", "--fast", "--data", folder, "--json")
    with House(folder, DEMO / "sale.toml") as house:
        yield house


OpenScreen = Callable[..., Screen]


@pytest.fixture
def screen(chromium: Chromium) -> Iterator[OpenScreen]:
    """Opens screens, and closes them after the test."""
    opened: list[Screen] = []
    browser = chromium.browser()

    def open_one(size: tuple[int, int] = DESK, *, scheme: str = "light") -> Screen:
        opened.append(open_screen(browser, size, scheme=scheme))
        return opened[-1]

    with watched():
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
