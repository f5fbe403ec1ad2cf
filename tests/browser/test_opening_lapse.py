"""An envelope that the house has lost lapses at the host's desk, by clicking, and its bidder is not to blame."""

import shutil
from pathlib import Path

import pytest

from clients.robots.tender import SECTION, Way
from tests.articles import article
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import until
from tests.browser.opening import OpeningHouse, opening_house
from tests.browser.test_opening import come_in

pytestmark = pytest.mark.browser


@article("39")
def test_an_envelope_that_the_house_has_lost_is_let_lapse_by_clicking(screen: OpenScreen, tmp_path: Path) -> None:
    with opening_house(tmp_path) as house:
        house.receive(tmp_path)
        lost = house.bidders[Way.REMEDY].number
        house.past_the_deadline()
        for kind, fields in (("start_opening", {"absent": 3}), ("publish_list", {}), ("open_unsealing", {})):
            house.ask("host:1", kind, **fields)
        for way in (Way.KEY, Way.RECOVERY):
            house.unseal(way)
        shutil.rmtree(tmp_path / "data" / "sales" / house.sale / "chunks" / str(lost))
        house.past_the_window()

        host = come_in(house, screen(), "rostrum", "host:1")
        page = host.page
        host.see(".control-lapse_envelope:enabled")
        page.locator(".control-lapse_envelope").click()
        host.see("dialog[open] .asking-facts", str(lost))
        assert page.locator("dialog select[name=envelope] option").count() == 1  # The others were unsealed.
        page.locator("dialog .choices button").first.click()  # Left: nothing happens.
        host.miss("dialog[open]")
        assert _state(house, lost) == "sealed"
        page.locator(".control-lapse_envelope").click()
        host.see("dialog[open]")
        page.locator("dialog select[name=envelope]").select_option(f"{SECTION}/{lost}")
        assert axe(host) == []
        page.locator("dialog .choices .button-stop").click()  # Nobody is blamed by default.
        host.see("dialog[open]")
        page.locator("dialog select[name=cause]").select_option("platform")
        page.locator("dialog .presets button").nth(1).click()
        page.locator("dialog .choices .button-stop").click()
        host.miss("dialog[open]")
        until(lambda: _state(house, lost) == "withdrawn", what="the lapse, for which its bidder is not to blame")
        host.see(".control-lapse_envelope:disabled")
        assert [_state(house, house.bidders[way].number) for way in (Way.KEY, Way.RECOVERY)] == ["unsealed", "unsealed"]
        host.assert_calm()


def _state(house: OpeningHouse, number: int) -> str:
    [state] = (each["state"] for each in house.parts()[f"section/{SECTION}"]["bidders"] if each["bidder"] == number)
    return str(state)
