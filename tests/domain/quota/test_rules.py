"""A quota sale, rule by rule."""

from dataclasses import replace

import pytest

from engine.domain.auction import commands as common
from engine.domain.auction.events import ResultConfirmed, SaleClosed, SaleSuspended
from engine.domain.auction.state import SalePhase
from engine.domain.parties import HOUSE, Principal, bidder
from engine.domain.quota import commands as to
from engine.domain.quota import packs
from engine.domain.quota.events import AverageTold, OfferMade, QuotaAwarded, RevisionLost, RoundEnded, RoundMoved
from engine.domain.quota.rules import next_deadline
from engine.domain.quota.sheet import QuotaClass, QuotaSheet, Round, Ties
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import SECOND, InvalidRuleSheet
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.quota.room import AUCTIONEER, START, SUPERVISOR, Room, code

WARNING = Fen(86_300_00)
HALF_HOUR = 1800
MS = 1_000_000


def shanghai(quota: int = 3, **changes: object) -> Room:
    room = Room(replace(packs.shanghai(quota, WARNING), **changes))  # type: ignore[arg-type]
    room.open()
    return room


def revising(*offers: int, quota: int = 3, **changes: object) -> Room:
    """Shanghai in its second round; paddle n has offered the n-th price."""
    room = shanghai(quota, **changes)
    for paddle, yuan in enumerate(offers, start=1):
        room.wait(0.001)
        room.offer(paddle, yuan)
    room.wait(HALF_HOUR + 1)
    assert room.sale.round == 2
    return room


def cutoff(room: Room, name: str = "personal") -> int:
    return room.sale.books[name].cutoff().amount // 100


# First offers.


def test_a_first_offer_stands_and_is_the_only_one_of_its_bidder_in_the_first_round() -> None:
    room = shanghai()
    assert code(room.offer(1, 86_300)) == "OfferMade"
    assert code(room.offer(1, 86_200)) == "E_REVISIONS_USED"


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (86_300_00, "OfferMade"),
        (86_400_00, "E_OFFER_TOO_HIGH"),
        (100_00, "OfferMade"),
        (0, "E_BID_TOO_LOW"),
        (86_250_00, "E_BID_TOO_LOW"),
        (86_300_01, "E_BID_TOO_LOW"),
    ],
)
@article("26")
def test_a_first_offer_is_whole_hundreds_up_to_the_warning_price(fen: int, said: str) -> None:
    assert code(shanghai().offer_fen(1, fen)) == said


def test_a_price_off_the_steps_is_told_the_next_one() -> None:
    refused = shanghai().offer_fen(1, 86_250_01)
    assert isinstance(refused, Refusal)
    assert refused.detail == {"least_fen": 100_00, "step_fen": 100_00, "next_fen": 86_300_00}


def test_who_was_not_admitted_and_who_has_not_accepted_the_rules_makes_no_offer() -> None:
    room = shanghai(sign_off=True)
    assert code(room.offer(99, 86_000)) == "E_NOT_ELIGIBLE"
    assert code(room.offer(1, 86_000)) == "E_RULES_NOT_ACCEPTED"
    accept = common.AcceptRules(
        command_id="r", by=bidder(PaddleNo(1)), paddle=PaddleNo(1), digest=room.sale.rules_digest
    )
    assert code(room.ask(accept)) == "RulesAccepted"
    assert code(room.offer(1, 86_000)) == "OfferMade"
    assert code(room.ask(replace(accept, digest="00" * 32, command_id="r2"))) == "E_RULES_DIFFER"


def test_nobody_offers_for_another() -> None:
    command = to.MakeOffer(command_id="x", by=bidder(PaddleNo(2)), paddle=PaddleNo(1), amount=Fen(86_000_00))
    assert code(shanghai().ask(command)) == "E_NOT_AUTHORISED"
    assert code(shanghai().ask(replace(command, by=Principal("clerk:1")))) == "E_NOT_AUTHORISED"


# The running cut-off price.


@article("27")
def test_the_cutoff_is_the_floor_until_there_are_as_many_offers_as_plates_and_then_that_of_the_last_place() -> None:
    room, seen = shanghai(), []
    for paddle, yuan in enumerate((80_000, 80_200, 80_100, 80_150 - 50, 90), start=1):
        room.wait(1)
        room.offer(paddle, yuan)
        found = room.sale.books["personal"].cutoff()
        seen.append((found.amount // 100, found.at))
    assert seen[:2] == [(100, None), (100, None)]
    assert [amount for amount, _ in seen[2:]] == [80_000, 80_100, 80_100]
    assert seen[3][1] == START + 4 * SECOND


def test_of_equal_prices_the_earlier_is_in_and_of_equal_instants_the_one_recorded_first() -> None:
    room = shanghai(quota=1)
    room.offer(2, 80_000, at=START + 5)
    room.at += 10
    room.offer(1, 80_000, at=START + 5)
    book = room.sale.books["personal"]
    assert (book.inside(PaddleNo(2)), book.inside(PaddleNo(1))) == (True, False)
    room.offer(3, 80_000, at=START + 4)
    assert (book.inside(PaddleNo(3)), book.inside(PaddleNo(2))) == (True, False)


def test_ties_by_lot_do_not_depend_on_the_order_of_the_record() -> None:
    orders = []
    for paddles in ((1, 2, 3), (3, 2, 1)):
        room = Room(replace(packs.shanghai(1, WARNING), ties=Ties.DRAW))
        room.open()
        for paddle in paddles:
            room.offer(paddle, 80_000, at=START + 5)
        orders.append([offer.paddle for offer in room.sale.books["personal"]])
    assert orders[0] == orders[1]


# Changes.


@article("27")
def test_a_change_is_valid_exactly_within_300_yuan_of_the_cutoff() -> None:
    for off, said in ((-400, "E_OUT_OF_REACH"), (-300, "OfferMade"), (300, "OfferMade"), (400, "E_OUT_OF_REACH")):
        room = revising(85_000, 85_200, 85_400, 85_600)
        assert cutoff(room) == 85_200
        assert code(room.offer(1, 85_200 + off)) == said


def test_a_change_out_of_reach_is_told_the_reach_as_it_was_and_leaves_offer_and_chances() -> None:
    room = revising(85_000, 85_200, 85_400, 85_600)
    refused = room.offer(1, 86_000)
    assert isinstance(refused, Refusal)
    assert refused.detail == {"least_fen": 84_900_00, "most_fen": 85_500_00}
    assert [code(room.offer(1, yuan)) for yuan in (85_300, 85_400, 85_500)] == ["OfferMade"] * 2 + ["E_REVISIONS_USED"]


def test_where_the_sheet_says_so_a_change_out_of_reach_uses_up_a_chance() -> None:
    room = revising(85_000, 85_200, 85_400, 85_600, refused_counts=True)
    [lost] = room.offer(1, 86_000)  # type: ignore[misc]
    assert isinstance(lost, RevisionLost)
    assert [code(room.offer(1, yuan)) for yuan in (85_300, 85_400)] == ["OfferMade", "E_REVISIONS_USED"]


@article("27")
def test_the_cutoff_that_counts_is_that_of_the_moment_the_change_is_taken_up() -> None:
    room = revising(85_000, 85_200, 85_400, 85_600)
    assert (
        code(room.offer(1, 85_500)) == "OfferMade"
    )  # the cut-off moves to 85,400 between another's sending and taking up
    assert cutoff(room) == 85_400
    assert code(room.offer(2, 85_000)) == "E_OUT_OF_REACH"
    assert code(room.offer(2, 85_700)) == "OfferMade"


@article("26")
def test_a_third_change_is_refused_and_the_last_valid_one_stands() -> None:
    room = revising(85_000, 85_200, 85_400, 85_600)
    assert [code(room.offer(1, yuan)) for yuan in (85_300, 85_500)] == ["OfferMade", "OfferMade"]
    assert code(room.offer(1, 85_600)) == "E_REVISIONS_USED"
    standing = room.sale.books["personal"].of(PaddleNo(1))
    assert standing is not None
    assert standing.amount == 85_500_00


@article("26")
def test_who_made_no_first_offer_is_out() -> None:
    assert code(revising(85_000).offer(7, 85_000)) == "E_NO_FIRST_OFFER"


# The clock.


@article("28")
def test_an_offer_at_the_end_counts_and_one_nanosecond_later_waits_for_the_next_round() -> None:
    end = START + HALF_HOUR * SECOND
    assert code(shanghai().offer(1, 85_000, at=end)) == "OfferMade"
    refused = shanghai().offer(1, 85_000, at=end + 1)
    assert isinstance(refused, Refusal)
    assert (code(refused), refused.detail) == ("E_AUCTION_NOT_OPEN", {"after_ms": 300})


@article("28")
def test_the_second_round_begins_where_the_first_ended_and_ends_on_the_hour() -> None:
    room = revising(85_000)
    assert room.sale.round_at == START + HALF_HOUR * SECOND
    assert room.sale.ends_at == START + 2 * HALF_HOUR * SECOND


def test_an_offer_of_the_first_round_that_comes_after_its_announcement_is_told_both_stamps() -> None:
    room = revising(85_000)
    late = to.MakeOffer(command_id="late", by=bidder(PaddleNo(2)), paddle=PaddleNo(2), amount=Fen(85_000_00))
    refused = room.late(late, START + HALF_HOUR * SECOND - 1)
    assert isinstance(refused, Refusal)
    assert code(refused) == "E_LATE_TRANSIT"
    assert refused.detail["closed_us"] - refused.detail["arrived_us"] <= 1  # type: ignore[operator]


@article("29")
def test_after_the_last_round_the_quota_is_awarded_and_the_sale_is_closed() -> None:
    room = revising(85_000, 85_200, 85_400, 85_600)
    room.wait(HALF_HOUR)
    assert room.sale.phase is SalePhase.CLOSED
    award = room.sale.awards["personal"]
    assert (award.winners, award.offers, award.lowest, award.average) == (3, 4, 85_200_00, 85_400_00)
    assert award.lowest_at == START + 2 * MS
    end = START + 2 * HALF_HOUR * SECOND
    assert [code(room.offer(1, 85_000, at=at)) for at in (end, end + 1)] == ["E_LATE_TRANSIT", "E_AUCTION_CLOSED"]


def test_fewer_offers_than_plates_all_win_and_the_cutoff_stays_the_floor() -> None:
    room = revising(500, 700)
    assert cutoff(room) == 100
    room.wait(HALF_HOUR)
    assert (room.sale.awards["personal"].winners, room.sale.awards["personal"].lowest) == (2, 500_00)


def test_a_sale_without_an_offer_is_awarded_to_nobody() -> None:
    room = shanghai()
    room.wait(3 * HALF_HOUR)
    award = room.sale.awards["personal"]
    assert (award.winners, award.lowest, award.average, award.lowest_at) == (0, None, None, None)


@article("29")
def test_companies_do_not_win_below_the_persons_average() -> None:
    room = Room(packs.shanghai(2, WARNING, companies=2), company=5)
    room.open()
    for paddle, yuan in ((1, 85_000), (2, 85_200), (1001, 85_000), (1002, 85_100), (1003, 85_200)):
        room.offer(paddle, yuan)
    room.wait(2 * HALF_HOUR + 2)
    company = room.sale.awards["company"]
    assert (company.reserve, company.winners, company.lowest) == (85_100_00, 2, 85_100_00)


# Interruptions.


def suspend(by: Principal = AUCTIONEER, **more: object) -> common.SuspendSale:
    return common.SuspendSale(command_id="s", by=by, reason="停电", **more)  # type: ignore[arg-type]


RESUME = common.ResumeSale(command_id="r", by=AUCTIONEER)


def test_a_suspension_in_the_last_second_gives_a_minute_at_least_on_resumption() -> None:
    room = revising(85_000, 85_200, 85_400)
    room.at = START + (2 * HALF_HOUR - 1) * SECOND
    assert code(room.ask(suspend())) == "SaleSuspended"
    assert next_deadline(room.sale) is None
    assert code(room.offer(1, 85_000)) == "E_AUCTION_PAUSED"
    room.at += 600 * SECOND
    assert [type(event) for event in room.ask(RESUME)][1:] == [RoundMoved]  # type: ignore[union-attr]
    assert room.sale.ends_at == room.at + 60 * SECOND
    assert code(room.offer(1, 85_300)) == "OfferMade"


def test_a_suspension_early_on_gives_what_was_left() -> None:
    room = shanghai()
    room.at += 60 * SECOND
    room.ask(suspend())
    room.at += 600 * SECOND
    room.ask(RESUME)
    assert room.sale.ends_at == room.at + (HALF_HOUR - 60) * SECOND


def test_a_suspension_after_the_end_awards_what_was_over_and_after_a_restart_does_not() -> None:
    room = revising(85_000)
    after = START + 2 * HALF_HOUR * SECOND + 100 * MS
    over = room.ask(suspend(), at=after)
    assert not isinstance(over, Refusal)
    assert [type(event) for event in over] == [RoundEnded, QuotaAwarded, SaleClosed]
    room = revising(85_000)
    restart = suspend(HOUSE, cause=common.Cause.RESTART, since=Nanoseconds(after - 10 * SECOND))
    outcome = room.ask(restart, at=after)
    assert not isinstance(outcome, Refusal)
    assert isinstance(outcome[0], SaleSuspended)
    room.at = after + SECOND
    room.ask(RESUME)
    assert room.sale.ends_at == room.at + 60 * SECOND


def test_a_supervisor_stops_the_sale_and_only_a_running_one_rests() -> None:
    stop = common.RegisterStop(command_id="st", by=SUPERVISOR, reason="举报核查")
    room = Room(packs.shanghai(3, WARNING))
    assert [type(event).__name__ for event in room.ask(stop)] == ["StopRegistered"]  # type: ignore[union-attr]
    room.open()
    room.ask(replace(stop, command_id="st2"))
    assert room.sale.phase is SalePhase.SUSPENDED
    assert code(room.ask(suspend())) == "E_AUCTION_PAUSED"


# Other markets.


def test_guangzhou_tells_a_trimmed_average_at_set_times_and_nothing_in_between() -> None:
    room = Room(packs.guangzhou(3, Fen(10_000_00), trim_percent=10))
    room.open()
    for paddle in range(1, 11):
        room.offer(paddle, 10_000 + paddle * 100 if paddle < 10 else 900_000)
    room.wait(3601)
    events = [event for _, _, outcome in room.taken if not isinstance(outcome, Refusal) for event in outcome]
    [told] = [event for event in events if isinstance(event, AverageTold)]
    assert (told.average, told.offers, told.at) == (10_550_00, 10, START + 3600 * SECOND + 300 * MS)


def test_hangzhou_takes_nothing_above_a_multiple_of_last_months_average() -> None:
    room = Room(packs.hangzhou(3, Fen(10_000_00), Fen(21_234_56)))
    room.open()
    assert [code(room.offer(1, yuan)) for yuan in (42_400, 42_500)] == ["OfferMade", "E_OFFER_TOO_HIGH"]


def test_shenzhen_takes_one_offer_and_two_corrections_in_either_direction() -> None:
    room = Room(packs.shenzhen(3, Fen(10_000_00)))
    room.open()
    said = [code(room.offer(1, yuan)) for yuan in (20_000, 15_000, 15_050, 30_000, 10_000)]
    assert said == ["OfferMade", "OfferMade", "E_BID_TOO_LOW", "OfferMade", "E_REVISIONS_USED"]


@article("29")
def test_a_certificate_costs_everybody_the_highest_losing_offer_and_one_dollar() -> None:
    room = Room(packs.coe(2))
    room.open()
    for paddle, dollars in ((1, 100), (2, 90), (3, 80)):
        room.offer(paddle, dollars)
    assert [code(room.offer(3, dollars)) for dollars in (80, 79, 85)] == ["E_OFFER_NOT_HIGHER"] * 2 + ["OfferMade"]
    room.wait(53 * 3600)
    award = room.sale.awards["category"]
    assert (award.winners, award.uniform, award.average) == (2, 86_00, 86_00)


def test_equal_certificate_offers_at_the_edge_all_lose() -> None:
    room = Room(packs.coe(2))
    room.open()
    for paddle, dollars in ((1, 100), (2, 90), (3, 90)):
        room.offer(paddle, dollars)
    room.wait(53 * 3600)
    assert (room.sale.awards["category"].winners, room.sale.awards["category"].uniform) == (1, 91_00)


# The rest.


def test_a_sale_that_opens_by_itself_opens_at_its_instant() -> None:
    room = Room(replace(packs.shanghai(3, WARNING), opens_at=Nanoseconds(START + 10 * SECOND)))
    refused = room.open()
    assert isinstance(refused, Refusal)
    assert refused.detail == {"after_ms": 10_000}
    room.wait(11)
    assert (room.sale.phase, room.sale.opened_at) == (SalePhase.OPEN, START + 10 * SECOND)


@pytest.mark.parametrize(
    ("first", "last", "name"), [(20, 25, "personal"), (0, 5, "personal"), (30, 25, "personal"), (30, 40, "x")]
)
@article("25")
def test_paddles_are_admitted_once_and_to_a_class_there_is(first: int, last: int, name: str) -> None:
    assert code(Room(packs.shanghai(3, WARNING)).admit(first, last, name)) == "E_ADMITTED_ALREADY"


def test_the_result_is_final_when_both_officers_have_signed_the_same_report() -> None:
    room = revising(85_000)
    sign = common.SignResult(command_id="1", by=AUCTIONEER, report="ab" * 32)
    assert code(room.ask(sign)) == "E_SALE_NOT_CLOSED"
    room.wait(HALF_HOUR)
    assert code(room.ask(sign)) == "ResultSigned"
    assert code(room.ask(replace(sign, by=SUPERVISOR, report="cd" * 32))) == "E_REPORT_DIFFERS"
    outcome = room.ask(replace(sign, by=SUPERVISOR))
    assert not isinstance(outcome, Refusal)
    assert isinstance(outcome[1], ResultConfirmed)
    assert room.sale.final
    assert code(room.ask(suspend())) == "E_SALE_CLOSED"


def test_a_deadline_that_is_none_is_refused() -> None:
    room = shanghai()
    due = common.DeadlineReached(command_id="d", by=HOUSE, deadline=Nanoseconds(room.at + 5))
    assert code(room.ask(due)) == "E_NOT_DUE"


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ()},
        {"classes": (QuotaClass(name="a", quota=0),)},
        {"rounds": ()},
        {"rounds": (Round(name="r", span=Nanoseconds(SECOND), first_offers=False, revisions=1),)},
        {"floor": Fen(0)},
        {"first_max": Fen(1)},
        {"average_at": (Nanoseconds(SECOND),)},
        {"trim_percent": 50},
        {"mass_loss_percent": 101},
        {"grace": Nanoseconds(0)},
    ],
)
def test_a_sheet_by_which_no_sale_could_be_held_is_none(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidRuleSheet):
        replace(packs.shanghai(3, WARNING), **changes)  # type: ignore[arg-type]


def test_every_sheet_has_its_own_digest() -> None:
    sheets: list[QuotaSheet] = [
        packs.shanghai(3, WARNING),
        packs.shanghai(4, WARNING),
        packs.shenzhen(3, Fen(10_000_00)),
        packs.guangzhou(3, Fen(10_000_00)),
        packs.hangzhou(3, Fen(10_000_00), Fen(20_000_00)),
        packs.coe(3),
    ]
    assert len({sheet.digest() for sheet in sheets}) == len(sheets)
    assert isinstance(OfferMade.__slots__, tuple)
