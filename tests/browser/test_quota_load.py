"""When the house leaves pictures out, whoever watches a quota sale is told so in a line of its own, and nothing moves for it."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House
from tests.browser.picture import Picture
from tests.browser.quota import LONG_S, REVISION, SHANGHAI, QuotaScene, write_quota
from tests.browser.screens import DESK, PHONE, WALL, Screen, laid_out

pytestmark = pytest.mark.browser

SAYS: Final = {"zh-CN": "报价高峰：中间的变化未逐一显示", "en": "Peak load: changes in between were left out"}
WHOLE: Final = {"every_ms": 250, "incomplete": False, "left_out": 0}
SHED: Final = {"every_ms": 250, "incomplete": True, "left_out": 7}
SEATS: Final = (("hall", None, WALL), ("hall", None, PHONE), ("bidder", "8", PHONE), ("bidder", "8", DESK))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuotaScene]:
    """A sale in its first round; how it goes on is made by hand."""
    folder = tmp_path_factory.mktemp("load")
    rounds = [{"name": "first", "span_s": LONG_S}, {**REVISION, "span_s": LONG_S}]
    with House(folder, write_quota(folder, SHANGHAI, rounds)) as house:
        one = QuotaScene(house)
        one.begin({8: 86_000, 11: 86_100, 12: 85_900})
        yield one


def shown(scene: QuotaScene, screen: Screen, view: str, who: str | None, lang: str) -> Picture:
    """The page, given the sale's own picture by hand."""
    house = scene.house
    first: dict[str, Any] = screen.page.request.get(f"{house.url}/api/sales/{house.sale}/picture").json()["parts"]
    picture = Picture(screen, house)
    picture.show(view, {**first, "feed": WHOLE}, lang=lang, token=scene.token(who) if who else None)
    return picture


def places(screen: Screen) -> list[Any]:
    laid_out(screen)
    boxes = [each.bounding_box() for each in screen.page.locator("main > *, .running, .figures, .seal").all()]
    return [*boxes, screen.page.locator(".feed").evaluate("(line) => [line.offsetTop, line.offsetHeight]")]


@pytest.mark.parametrize(("view", "who", "size"), SEATS, ids=[f"{view}-{width}" for view, _, (width, _) in SEATS])
@pytest.mark.parametrize("lang", SAYS)
def test_pictures_left_out_are_told_in_their_own_line_and_nothing_moves(  # noqa: PLR0917 - pytest's
    scene: QuotaScene, screen: OpenScreen, view: str, who: str | None, size: tuple[int, int], lang: str
) -> None:
    one = screen(size)
    picture = shown(scene, one, view, who, lang)
    assert one.page.locator(".feed").inner_text() == ""
    before = places(one)
    picture.become(feed=SHED)
    one.see(".feed-incomplete", SAYS[lang])
    assert places(one) == before
    told = one.page.locator(".feed")
    assert told.evaluate("(line) => line.scrollWidth <= line.clientWidth && line.scrollHeight <= line.clientHeight")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert axe(one) == []
    picture.become(feed={**SHED, "incomplete": False})
    one.miss(".feed-incomplete")
    one.assert_calm()
