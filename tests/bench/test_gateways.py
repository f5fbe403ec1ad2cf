"""Houses with and without gateways are tried by turns. How fast they are is not asked here."""

from dataclasses import replace

from bench.gateways import HOUSES, Tried, middle, table

ONE = Tried(1000.0, 2.0, 4.0, 50.0, 0.0, 3.0, 9.0, 20_000.0, "")


def test_of_several_rounds_each_figure_is_its_own_median() -> None:
    rounds = [replace(ONE, bids_per_s=float(rate), answered_p50_ms=10.0 - rate) for rate in (1, 3, 2)]
    assert (middle(rounds).bids_per_s, middle(rounds).answered_p50_ms) == (2.0, 8.0)
    assert middle([ONE, replace(ONE, void="the crowd was late")]).void == "the crowd was late"


def test_the_table_gives_the_ratio_to_a_house_without_gateways() -> None:
    more = replace(ONE, bids_per_s=1500.0, bid_gateways_cpu_us=7.0, void="late")
    said = table({count: more if count else ONE for count in HOUSES}).splitlines()
    assert said[0].split() == ["gateways", "0", "1", "2"]
    assert said[1].split() == ["bids_per_s", "1,000.00", "(1.00×)", "1,500.00", "(1.50×)", "1,500.00", "(1.50×)"]
    assert "bid_gateways_cpu_us 0.00 7.00 7.00" in " ".join(said[5].split())
    assert said[-2:] == [f"{count} gateway(s): the open loop measured nothing: late" for count in (1, 2)]
