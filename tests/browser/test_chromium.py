"""A browser that hangs, or died, costs its own test an attempt and the others nothing."""

import pytest
from playwright.sync_api import Error

from tests.browser.chromium import DIED, Chromium, watched
from tests.browser.screens import open_screen

pytestmark = pytest.mark.browser


def test_a_browser_that_hangs_is_killed_and_the_next_test_has_a_new_one(chromium: Chromium) -> None:
    hung = open_screen(chromium.browser())
    with pytest.raises(Error) as met, watched(hangs_s=0.5):
        hung.page.evaluate("new Promise(() => {})")
    assert type(met.value).__name__ in DIED

    afresh = open_screen(chromium.browser())
    assert afresh.page.evaluate("1 + 1") == 2
    afresh.context.close()


def test_what_takes_no_longer_is_left_alone(chromium: Chromium) -> None:
    one = open_screen(chromium.browser())
    with watched(hangs_s=60):
        pass
    assert one.page.evaluate("1 + 1") == 2
    one.context.close()
