"""The simulated bidders of a month: what they come to, month by month, and that nothing but the seed is left to chance."""

from collections import Counter
from typing import Final

import pytest

from clients.robots.quota.crowd import END_MS, FIRST_MS, REACH, RUSH_MS, Crowd, Try, next_look
from clients.robots.quota.fit import hold, main, simulate
from clients.robots.quota.market import Market
from engine.domain.refusals import Reason
from engine.domain.units import Fen, PaddleNo
from engine.shanghai import Month, published
from engine.shanghai.months import FILE

SEED: Final = 20161015
PERCENT: Final = 100


def small(month: Month, bidders: int) -> Market:
    """``month`` with so many bidders, and plates in proportion."""
    plates = round(month.plates * bidders / month.bidders)
    return Market.of(plates=plates, bidders=bidders, lowest=month.lowest, average=month.average)


def off_percent(now: Fen | None, was: Fen) -> float:
    assert now is not None
    return abs(now - was) * PERCENT / was


@pytest.mark.parametrize(
    "month",
    ["2013-11", "2014-01", "2014-06", "2014-12", "2015-03", "2015-09", "2016-05", "2017-06", "2018-04", "2019-01"],
)
def test_since_the_warning_price_the_robots_come_within_a_percent_of_what_was_published(month: str) -> None:
    was = published()[month]
    award = simulate(small(was, 800), SEED)
    assert off_percent(award.lowest, was.lowest) < 1
    assert off_percent(award.average, was.average) < 1


@pytest.mark.parametrize("month", ["2004-05", "2010-12", "2012-06"])
def test_before_it_winners_paid_far_more_than_the_lowest_price_which_no_bidder_under_these_rules_can(
    month: str,
) -> None:
    was = published()[month]
    award = simulate(small(was, 800), SEED)
    assert award.lowest is not None
    assert award.average is not None
    assert award.average - award.lowest <= REACH
    assert off_percent(award.average, was.average) > 1


def test_with_fewer_bidders_than_plates_whoever_offers_wins_at_any_price() -> None:
    was = published()["2002-12"]
    award = simulate(small(was, 500), SEED)
    assert award.winners == award.offers
    assert off_percent(award.lowest, was.lowest) > 90


def test_the_crowd_does_the_same_for_the_same_seed_and_something_else_for_another() -> None:
    market = small(published()["2019-01"], 300)
    first, again, other = (list(hold(market, seed)[1]) for seed in (1, 1, 2))
    assert first == again != other


def test_every_mistake_of_the_readme_is_made_and_the_last_minute_is_ten_times_as_dense() -> None:
    market = small(published()["2019-01"], 6000)
    made = hold(market, SEED)[1]
    assert Counter(reason for _, reason in made).keys() == {
        None,
        Reason.OUT_OF_REACH,
        Reason.REVISIONS_USED,
        Reason.OFFER_TOO_HIGH,
        Reason.BID_TOO_LOW,
        Reason.NO_FIRST_OFFER,
        Reason.AUCTION_NOT_OPEN,
        Reason.AUCTION_CLOSED,
    }
    calm = sum(FIRST_MS <= one.at_ms < END_MS - RUSH_MS for one, _ in made) / (FIRST_MS - RUSH_MS)
    rush = sum(END_MS - RUSH_MS <= one.at_ms < END_MS for one, _ in made) / RUSH_MS
    assert 8 <= rush / calm <= 13


def test_no_bidder_makes_two_offers_under_one_number_nor_is_one_there_that_was_not_admitted() -> None:
    market = small(published()["2016-05"], 800)
    made = [one for one, _ in hold(market, SEED)[1]]
    assert len({(one.paddle, one.nth) for one in made}) == len(made)
    assert {one.paddle for one in made} == set(range(1, market.bidders + 1))


def test_the_price_is_looked_at_more_often_towards_the_end() -> None:
    looks = [0]
    while looks[-1] < END_MS // 1000:
        looks.append(next_look(looks[-1]))
    assert FIRST_MS // 1000 in looks
    assert looks[-61:] == list(range(3540, 3601))


def test_a_crowd_that_goes_on_numbers_its_offers_after_those_that_were_answered() -> None:
    market = small(published()["2019-01"], 100)
    crowd = Crowd(market, SEED)
    crowd.hear(0, PaddleNo(1), market.warning, None)
    crowd.hear(0, PaddleNo(1), market.warning, Reason.REVISIONS_USED)
    crowd.go_on_at(3540)
    later: list[Try] = [one for second in range(3540, 3600) for one in crowd.decide(second, market.warning)]
    assert all(one.at_ms >= END_MS - RUSH_MS for one in later)
    assert all(one.nth == 3 for one in later if one.paddle == 1)


def test_the_command_prints_a_line_for_each_month_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FILE), "2002-01", "2002-12"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["2002-01", "2002-12"]
