"""A sale in figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.auction.events import SaleAnnounced
from engine.domain.auction.rules import apply
from engine.domain.figures import SaleFigures, TopLot, sale_figures
from engine.domain.units import Fen, LotNo
from tests.articles import article
from tests.domain.auction.saleroom import Saleroom, announcement


def figures(turnover: int, opening: int) -> SaleFigures:
    return SaleFigures(
        lots=30,
        sold=30,
        passed=0,
        hall_sold=0,
        online_sold=30,
        turnover=Fen(turnover),
        opening=Fen(opening),
        top=None,
    )


@article("14")
@pytest.mark.parametrize(
    ("turnover", "opening", "premium"),
    [
        (951_000_00, 339_600_00, "180%"),  # the sale of 15 October 2016
        (951_000_00, 339_000_00, "180.5%"),
        (4, 3, "33.3%"),
        (5, 3, "66.7%"),
        (3, 3, "0%"),
        (2001, 2000, "0.1%"),  # half a tenth goes up
        (20009, 20000, "0%"),
        (20010, 20000, "0.1%"),
        (10**13, 1, "999999999999900%"),
        (975, 1000, "-2.5%"),
        (900, 1000, "-10%"),
    ],
)
def test_the_premium_is_the_rise_over_the_opening_prices(turnover: int, opening: int, premium: str) -> None:
    assert figures(turnover, opening).premium == premium


@article("14")
def test_while_nothing_is_sold_there_is_no_premium_and_no_top_lot() -> None:
    command = announcement()
    event = SaleAnnounced(sale="s", title=command.title, rules=command.rules, catalogue=command.catalogue)
    none = sale_figures(apply(None, event))
    assert (none.lots, none.sold, none.passed, none.turnover, none.opening) == (3, 0, 0, 0, 0)
    assert none.premium is None
    assert none.premium_permille is None
    assert none.top is None


@article("14")
def test_only_lots_sold_count_and_a_lot_on_the_block_does_not_yet() -> None:
    room = Saleroom().open()
    room.sell(1, 51, 7_500)
    room.passed(2)
    room.put_up(3)
    room.bid(8, 6_000)
    now = sale_figures(room.auction)
    assert (now.lots, now.sold, now.passed, now.hall_sold, now.online_sold) == (3, 1, 1, 1, 0)
    assert (now.turnover, now.opening, now.premium) == (7_500_00, 5_000_00, "50%")
    assert now.top == TopLot(lot=LotNo(1), plate="豫H8H888", hammer_price=Fen(7_500_00))


@article("14")
def test_of_equal_hammer_prices_the_lot_sold_first_is_the_top_lot() -> None:
    room = Saleroom().open()
    room.sell(3, 8, 20_000)
    room.sell(1, 51, 20_000)
    top = sale_figures(room.auction).top
    assert top is not None
    assert top.lot == 3


@given(st.integers(0, 10**15), st.integers(1, 10**13))
def test_the_premium_is_right_to_half_a_tenth_of_a_percent(gain: int, opening: int) -> None:
    permille = figures(opening + gain, opening).premium_permille
    assert permille is not None
    assert -opening <= 2 * (1000 * gain - permille * opening) < opening  # half up
