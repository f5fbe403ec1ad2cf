"""What everybody sees of a quota sale, and what nobody sees before the result."""

from typing import Any

import orjson
import pytest

from engine.domain.auction.sight import Audience
from engine.domain.auction.state import SalePhase
from engine.domain.parties import Principal, bidder
from engine.domain.quota import views
from engine.domain.quota.curve import POINTS_MAX
from engine.domain.quota.events import BiddersAdmitted, OfferMade, RevisionLost
from engine.domain.quota.sheet import Running
from engine.domain.quota.state import QuotaSale
from engine.domain.units import PaddleNo
from tests.articles import article
from tests.domain.quota.plays import Watched, average, everything, secret, shanghai, uniform

PADDLES = (*range(1, 10), 1001, 1002, 1003)
AUDIENCES = tuple(Audience)


def text(value: Any) -> str:
    return orjson.dumps(value).decode()


def numbers(value: Any) -> set[int]:
    """Every whole number anywhere in ``value``."""
    if isinstance(value, dict):
        return set().union(*map(numbers, value.values())) if value else set()
    if isinstance(value, list | tuple):
        return set().union(*map(numbers, value)) if value else set()
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


def offered(room: Watched) -> set[int]:
    """Every amount anybody has offered."""
    return {event.amount for _, events in room.steps for event in events if isinstance(event, OfferMade | RevisionLost)}


def open_steps(room: Watched) -> list[tuple[QuotaSale, Any]]:
    return [(sale, events) for sale, events in room.steps if sale.phase is not SalePhase.CLOSED]


# Leaks.


@article("30")
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("make", [average, secret])
def test_no_price_offered_is_in_any_picture_before_the_result_where_the_sheet_hides_it(
    make: Any, audience: Audience
) -> None:
    room = make()
    for sale, events in open_steps(room):
        averages = {told.average for told in sale.averages.values()}
        shown = [
            views.picture(sale, audience),
            views.changed(sale, events, audience),
            views.told(sale, events, audience),
        ]
        assert not numbers(shown) & offered(room) - averages


@article("30")
@pytest.mark.parametrize("audience", AUDIENCES)
def test_where_the_cutoff_is_told_no_other_price_is(audience: Audience) -> None:
    room = shanghai()
    for sale, events in open_steps(room):
        told: set[int] = {book.cutoff().amount for book in sale.books.values()}
        told |= {price for curve in sale.curves.values() for _, price in curve.points}
        told |= {price + change for price in told for change in (-300_00, 300_00)}
        shown = [
            views.picture(sale, audience),
            views.changed(sale, events, audience),
            views.told(sale, events, audience),
        ]
        assert not numbers(shown) & offered(room) - told


@article("30")
@pytest.mark.parametrize("audience", AUDIENCES)
def test_nobody_is_told_who_offered_before_the_result(audience: Audience) -> None:
    for room in everything():
        for sale, events in open_steps(room):
            assert '"paddle"' not in text(views.picture(sale, audience))
            heard = views.told(sale, events, audience)
            assert not [each for each in heard if each["type"] in {"OfferMade", "RevisionLost"}]


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.BIDDER])
def test_how_many_offers_there_are_is_told_only_where_the_sheet_does(audience: Audience) -> None:
    for room in everything():
        for sale, _ in open_steps(room):
            told = [
                part["offers"] for name, part in views.picture(sale, audience).items() if name.startswith("running/")
            ]
            hidden = sale.rules.running is not Running.CUTOFF
            assert all((offers is None) is hidden for offers in told)
            assert "desk" not in views.picture(sale, audience)


def test_officers_are_told_how_many_offers_there_are_and_no_price_more_than_the_public() -> None:
    for room in everything():
        for sale, _ in open_steps(room):
            mine, theirs = (views.picture(sale, each) for each in (Audience.ROSTRUM, Audience.PUBLIC))
            assert mine.pop("desk")["bidders"] == {name: len(book) for name, book in sale.books.items()}
            for name, part in mine.items():
                if name.startswith("running/"):
                    assert part.pop("offers") is not None
                    theirs[name].pop("offers")
                assert part == theirs[name]


@pytest.mark.parametrize("paddle", PADDLES)
def test_what_is_mine_holds_nothing_of_others(paddle: int) -> None:
    for room in everything():
        own = {
            event.amount
            for _, events in room.steps
            for event in events
            if isinstance(event, OfferMade) and event.paddle == paddle
        }
        for sale, _ in open_steps(room):
            part = views.mine(sale, PaddleNo(paddle))
            if part is None or sale.rules.running is Running.CUTOFF:
                continue
            assert part["inside"] is None
            known = own | {sale.rules.floor, sale.rules.price_max, sale.rules.first_max}
            assert not numbers({**part, "paddle": 0}) & offered(room) - known


@article("30")
def test_offers_are_on_the_public_record_once_the_sale_is_closed_unless_the_sheet_keeps_them() -> None:
    for room in everything():
        sale = room.sale
        offers = [events for _, events in room.steps if isinstance(events[0], OfferMade)]
        assert offers
        for events in offers:
            assert bool(views.told(sale, events, Audience.PUBLIC)) is sale.rules.offers_published
            assert views.disclosed(sale, events) is sale.rules.offers_published
            assert views.told(sale, events, Audience.ROSTRUM)
        admitted = [events for _, events in room.steps if isinstance(events[0], BiddersAdmitted)]
        assert admitted
        for events in admitted:  # With whom each class admits, the award can be made again.
            assert views.disclosed(sale, events) is sale.rules.offers_published
        for earlier, _ in open_steps(room):
            assert not any(views.disclosed(earlier, events) for events in (*offers, *admitted))
            assert not any(views.told(earlier, events, Audience.PUBLIC) for events in (*offers, *admitted))


def test_an_answer_is_the_same_at_any_time_and_holds_what_is_its_askers() -> None:
    room = shanghai(lost=True)
    for number, (sale, events) in enumerate(room.steps):
        for by in (bidder(PaddleNo(2)), Principal("clerk:1")):
            assert views.answered(sale, events, by) == views.answered(room.sale, events, by), number
    [made] = [events for _, events in room.steps if isinstance(events[0], OfferMade) and events[0].paddle == 2][:1]
    assert views.answered(room.sale, made, bidder(PaddleNo(2)))[0]["amount_fen"] == 86_100_00
    assert views.answered(room.sale, made, bidder(PaddleNo(3))) == []
    assert views.answered(room.sale, made, Principal("clerk:1")) == []


# What is shown.


@pytest.mark.parametrize("audience", AUDIENCES)
def test_parts_that_change_make_up_the_picture(audience: Audience) -> None:
    for room in everything():
        shown: dict[str, Any] = {}
        for sale, events in room.steps:
            shown.update(views.changed(sale, events, audience))
            assert shown == views.picture(sale, audience)


def test_private_parts_change_only_for_those_who_are_concerned() -> None:
    for room in everything():
        known: dict[int, Any] = {}
        for sale, events in room.steps:
            concerned = views.concerned(sale, events)
            for paddle in PADDLES:
                part = views.mine(sale, PaddleNo(paddle))
                window = {
                    "least_fen",
                    "most_fen",
                }  # The window of all changes moves with the cut-off price: it is in ``running``.
                told = None if part is None else {name: part[name] for name in part if name not in window}
                if told != known.get(paddle):
                    assert paddle in concerned or views.all_concerned(events), (events, paddle)
                known[paddle] = told


def test_a_bidder_sees_his_offer_his_changes_and_where_he_stands() -> None:
    room = shanghai()
    before_end = [sale for sale, _ in room.steps if sale.round == 2 and sale.phase is SalePhase.OPEN][-1]
    part = views.mine(before_end, PaddleNo(1))
    assert part is not None
    assert (part["offer"]["amount_fen"], part["inside"], part["may_offer"]) == (86_300_00, False, True)
    assert (part["revisions_used"], part["revisions_left"]) == (1, 1)
    assert (part["least_fen"], part["most_fen"]) == (86_000_00, 86_600_00)
    assert views.mine(before_end, PaddleNo(6)) is not None  # It made no offer: it may make none now.
    assert views.mine(before_end, PaddleNo(6))["may_offer"] is False  # type: ignore[index]
    assert views.mine(before_end, PaddleNo(77)) is None


def test_the_result_is_told_to_each_and_to_all() -> None:
    room = shanghai()
    won = {paddle: views.mine(room.sale, PaddleNo(paddle)) for paddle in (1, 2, 3, 4, 5, 1001, 1002)}
    assert [paddle for paddle, part in won.items() if part and part["result"]["won"]] == [2, 4, 5, 1002]
    result = views.picture(room.sale, Audience.PUBLIC)["result/personal"]
    assert (result["winners"], result["offers"], result["lowest_fen"]) == (3, 5, 86_300_00)
    assert views.mine(uniform().sale, PaddleNo(1))["result"] == {"won": True, "pays_fen": 14_311_00}  # type: ignore[index]


def test_who_is_below_a_reserve_or_the_price_all_pay_has_not_won() -> None:
    for room in everything():
        for name, made in room.sale.awards.items():
            parts = [views.mine(room.sale, PaddleNo(paddle)) for paddle in PADDLES]
            won = [part for part in parts if part and part["class"] == name and part["result"]["won"]]
            assert len(won) == made.winners


def test_the_curve_stays_short_however_long_the_sale() -> None:
    sale = shanghai().sale
    curve = sale.curves["personal"]
    book = sale.books["personal"]
    for second in range(0, 20_000, 3):
        curve.take(book.cutoff(), room_at(sale, second))
    assert POINTS_MAX / 4 < len(curve.points) <= POINTS_MAX
    instants = [at for at, _ in curve.points]
    assert instants == sorted(set(instants))


def room_at(sale: QuotaSale, second: int) -> Any:
    assert sale.ends_at is not None
    return sale.ends_at + second * 10**9
