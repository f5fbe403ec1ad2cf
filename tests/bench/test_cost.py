"""The cost page's tables are what the script prints, and the script reckons as it says."""

from itertools import pairwise
from pathlib import Path

from bench.cost import WATCHERS, Figures, cost_of, text

PAGE = Path(__file__).resolve().parents[2] / "engine" / "deploy" / "COST.md"
BEGIN, END = "<!-- python -m bench.cost -->\n", "\n<!-- end -->"


def test_the_page_has_what_the_script_prints() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0] == text(Figures.read())


def test_every_figure_says_what_it_is_and_every_measured_one_where_it_is_from() -> None:
    of = Figures.read()
    assert all(row["en"] and row["from"] for row in of.measured.values())
    assert all(row["en"] and row["value"] > 0 for row in of.assumed.values())
    assert not of.measured.keys() & of.assumed.keys()


def test_more_watchers_never_take_less_and_no_gateway_is_busier_than_it_may_be() -> None:
    of = Figures.read()
    costs = [cost_of(watchers, of) for watchers in (1, 10, *WATCHERS)]
    for less, more in pairwise(costs):
        assert less.gateways <= more.gateways
        assert less.memory_gib < more.memory_gib
        assert less.egress_gbit_per_s < more.egress_gbit_per_s
    assert all(each.shares["a gateway's core"] <= 1 for each in costs)


def test_by_hand() -> None:
    """3,000 watchers, 10 bids a second, 10 µs each: half a core of one gateway; 100 bytes each are 24 Mbit/s."""
    given = {
        **dict.fromkeys(Figures.read().measured, 0.0),
        **dict.fromkeys(Figures.read().assumed, 1.0),
        "delivery_us": 10.0,
        "viewer_bytes": 100.0,
        "arrivals_per_s": 1000.0,
        "peak_bids_per_s": 10.0,
        "core_percent_max": 60.0,
        "sockets_per_gateway_max": 20_000.0,
    }
    found = cost_of(3_000, Figures({name: {"value": value} for name, value in given.items()}, {}))
    assert found.gateways == 1
    assert round(found.shares["a gateway's core"], 6) == 0.5
    assert round(found.egress_gbit_per_s, 6) == 0.024
    assert found.let_in_s == 3.0
    assert found.session_tb == 3_000 * 100 * 3600 / 1e12
