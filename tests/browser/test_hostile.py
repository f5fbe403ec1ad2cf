"""Hostile words on every page: they are shown as words, and the page is the page of a harmless sale (threat T6)."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Dialog

from tests.browser.conftest import OpenScreen
from tests.browser.hand import Hand, hand
from tests.browser.house import House, write_sale
from tests.browser.screens import Screen, enter, laid_out
from tests.browser.test_builder import at_the_desk, choose, fill
from tests.hostile.payloads import SHOWN

pytestmark = pytest.mark.browser

Serve = Callable[[Path], House]

BUILT: Final = """
(words) => {
  const kinds = {}, carried = {};
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      const kind = `${one.localName}[${one.getAttributeNames().sort()}]`;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      for (const { name, value } of one.attributes) if (words && value.includes(words)) carried[`${one.localName}.${name}`] = value;
      if (one.shadowRoot) look(one.shadowRoot);
    }
  };
  look(document);
  return { kinds, carried, text: document.documentElement.textContent };
}
"""
"""What a page is built of: elements with the names of their attributes, and which attributes carry the words."""

WORDS_MAY_STAND_IN: Final = frozenset({"title", "aria-label", "value", "datetime"})
HARMLESS: Final = ("某期小型汽车号牌公开竞价", "Number plates, some sale")


def gathered(words: Sequence[str], characters_max: int) -> list[str]:
    """As many of ``words`` in a line as it may hold: pages are slow to look at."""
    lines = [""]
    for each in words:
        longer = f"{lines[-1]} {each}".strip()
        if len(longer) <= characters_max:
            lines[-1] = longer
        else:
            lines.append(each)
    return lines


REASONS: Final = gathered(SHOWN, 200)


def built(one: Screen, words: str = "") -> dict[str, Any]:
    laid_out(one)
    found: dict[str, Any] = one.page.evaluate(BUILT, words)
    return found


class Watch:
    """What the pages did besides showing: windows they popped up, and whom else they asked."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.popped: list[str] = []
        self.strangers: list[str] = []

    def over(self, one: Screen) -> Screen:
        def on_dialog(dialog: Dialog) -> None:
            self.popped.append(dialog.message)
            dialog.dismiss()

        def on_request(request: Any) -> None:
            if not request.url.startswith((self._house.url, "data:", "blob:")):
                self.strangers.append(request.url)

        one.page.on("dialog", on_dialog)
        one.page.on("request", on_request)
        return one

    def assert_nothing(self) -> None:
        assert (self.popped, self.strangers) == ([], [])


def pages(house: House, screen: OpenScreen, watch: Watch) -> dict[str, Screen]:
    of = {"hall": None, "bidder": house.token("bidder", 8), "rostrum": house.token("auctioneer"), "record": None}
    found = {view: enter(watch.over(screen()), house, view, shown) for view, shown in of.items()}
    found["supervisor"] = enter(watch.over(screen()), house, "supervisor", house.token("supervisor"))
    found["hall"].see(
        "html[data-idle]"
    )  # A wall left alone says so after a while; all halls are compared as left alone.
    return found


def suspend(auctioneer: Hand, screens: dict[str, Screen], words: str) -> None:
    auctioneer.do("suspend", reason=words)
    for one in screens.values():
        one.see("body", words)


def test_hostile_words_make_no_page_another(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    harmless = serve(write_sale(tmp_path / "harmless", titles=HARMLESS))
    titles = (" ".join(SHOWN[3:6])[:120], " ".join(SHOWN[:3])[:120])
    hostile = serve(write_sale(tmp_path / "hostile", titles=titles))
    watch = Watch(hostile)
    plain, spoilt = pages(harmless, screen, Watch(harmless)), pages(hostile, screen, watch)
    for view, one in spoilt.items():
        found = built(one, titles[0])
        assert Counter(found["kinds"]) == Counter(built(plain[view])["kinds"]), view
        assert {name.partition(".")[2] for name in found["carried"]} <= WORDS_MAY_STAND_IN, view
        assert titles[0] in found["text"]

    with hand(harmless, harmless.token("auctioneer")) as auctioneer:
        auctioneer.do("open_sale")
        suspend(auctioneer, plain, "停电")
        kinds = {view: built(one)["kinds"].keys() for view, one in plain.items()}
    with hand(hostile, hostile.token("auctioneer")) as auctioneer:
        auctioneer.do("open_sale")
        for words in REASONS:
            suspend(auctioneer, spoilt, words)
            for view, one in spoilt.items():
                found = built(one, words)
                assert found["kinds"].keys() <= kinds[view], (view, words)
                assert {name.partition(".")[2] for name in found["carried"]} <= WORDS_MAY_STAND_IN, (view, words)
            auctioneer.do("resume")
    index = watch.over(screen())
    index.page.goto(f"{hostile.url}/?lang=en")
    index.see(".sale h3", titles[1])
    for one in (*spoilt.values(), index):
        one.assert_calm()
    watch.assert_nothing()


def test_hostile_words_in_the_builder_make_it_no_other_page(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    house = serve(write_sale(tmp_path))
    watch = Watch(house)
    one = at_the_desk(house, watch.over(screen()))

    def typed(first: str, second: str) -> dict[str, Any]:
        fill(one, id=first, title_zh=first, title_en=second)
        cells = ['"' + words.replace('"', '""') + '"' for words in (first, second)]
        choose(one, "catalogue", f"lot,plate,opening_yuan\n1,{cells[0]},{cells[1]}\n")
        one.see(".line-bad", second[:30])
        return built(one, first)

    kinds = typed("某个 Name", "another one")["kinds"].keys()
    for first, second in zip(gathered(SHOWN, 110), gathered(SHOWN[::-1], 110), strict=False):
        found = typed(first, second)
        assert found["kinds"].keys() <= kinds, (first, second)
        assert {name.partition(".")[2] for name in found["carried"]} <= WORDS_MAY_STAND_IN, (first, second)
    one.assert_calm()
    watch.assert_nothing()
