"""The demo sale: its figures add up to the published ones, and it can be held under its own rules."""

import csv

import pytest

from engine.domain.auction.commands import CallWarning, Command, OpenLot, OpenSale, PlaceBid, StrikeHammer
from engine.domain.auction.plates import CLASS_NAMES, is_plate, plate_classes
from engine.domain.auction.rules import apply, decide
from engine.domain.auction.state import Auction
from engine.domain.figures import TopLot, sale_figures
from engine.domain.parties import Channel, Principal
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.notice import DEMO, FaultCode, NoticeFault, read_notice, read_script
from tests.articles import article
from tests.notice.conftest import Desk

TOP = LotNo(27)
HUMAN = PaddleNo(88)
ROSTRUM = Principal("auctioneer:1")

NOTICE = read_notice(DEMO / "sale.toml")
HAMMER = read_script(DEMO / "script.csv")
CATALOGUE = {entry.lot: entry for entry in NOTICE.announce.catalogue}


def ladder(opening: Fen, hammer: Fen) -> list[Fen]:
    """The least bids one after the other, from the opening price to the hammer price."""
    bids = [opening]
    while bids[-1] < hammer:
        bids.append(NOTICE.announce.rules.next_bid(bids[-1]))
    return bids


def test_it_is_the_fourth_sale_with_thirty_plates_of_one_city() -> None:
    assert NOTICE.sale == "plates-4"
    assert "第四期" in NOTICE.announce.title.zh
    assert list(CATALOGUE) == list(range(1, 31))
    assert len({entry.plate for entry in CATALOGUE.values()}) == 30
    assert all(is_plate(entry.plate) and entry.plate.startswith("豫H") for entry in CATALOGUE.values())


def test_its_prices_add_up_to_the_published_figures() -> None:
    assert sum(entry.opening_price for entry in CATALOGUE.values()) == 33_960_000
    assert sum(HAMMER.values()) == 95_100_000
    assert HAMMER.keys() == CATALOGUE.keys()
    assert all(price % 100 == 0 for price in HAMMER.values())


def test_its_top_lot_is_the_published_one_and_alone_at_the_top() -> None:
    assert CATALOGUE[TOP].plate == "豫H8H888"
    assert sorted(HAMMER.values())[-2] < HAMMER[TOP] == 15_000_000


def test_each_hammer_price_is_reached_by_least_bids_of_which_there_are_three_or_more() -> None:
    for lot, entry in CATALOGUE.items():
        bids = ladder(entry.opening_price, HAMMER[lot])
        assert bids[-1] == HAMMER[lot], entry
        assert len(bids) >= 3, entry


def test_its_plates_show_the_classes_the_sale_was_known_for_and_many_more() -> None:
    shown = {code for entry in CATALOGUE.values() for code in plate_classes(entry.plate)}
    assert {"AAA", "SAME4", "AAAA", "ABC", "ABCD", "CBA", "DCBA", "AABB", "ABAB", "ABBA", "EIGHTS", "SIXES"} <= shown
    assert shown <= set(CLASS_NAMES)
    assert {"SAME4", "AAA", "EIGHTS"} <= set(plate_classes(CATALOGUE[TOP].plate))


def test_it_admits_thirty_six_paddles_and_leaves_one_to_the_person_who_plays() -> None:
    channels = [admission.channel for admission in NOTICE.admissions]
    assert (channels.count(Channel.ONLINE), channels.count(Channel.HALL)) == (26, 10)
    human = next(admission for admission in NOTICE.admissions if admission.paddle == HUMAN)
    assert (human.channel, human.deposits) == (Channel.ONLINE, 5)


def test_robots_could_buy_everything_and_still_have_rivals() -> None:
    robots = [admission for admission in NOTICE.admissions if admission.paddle != HUMAN]
    rights = sorted(admission.deposits for admission in robots)
    # Even if every lot goes to those who hold most, two are left to bid against each other for the last.
    assert sum(rights) - rights[-1] > len(CATALOGUE)


@article("4", "7", "9", "11", "14")
def test_held_by_its_script_it_gives_the_published_figures() -> None:
    auction: Auction | None = None
    at = 0

    def carry_out(command: Command) -> Auction:
        nonlocal auction, at
        at += 1
        for event in decide(auction, command, Nanoseconds(at)):
            auction = apply(auction, event)
        assert auction is not None
        return auction

    carry_out(NOTICE.announce)
    for admission in NOTICE.admissions:
        carry_out(admission)
    sale = carry_out(OpenSale(command_id="open", by=ROSTRUM))
    for lot, entry in CATALOGUE.items():
        carry_out(OpenLot(command_id=f"open-{lot}", by=ROSTRUM, lot=lot))
        able = [n for n, paddle in sale.paddles.items() if sale.rights(paddle) and n != HUMAN]
        for turn, amount in enumerate(ladder(entry.opening_price, HAMMER[lot])):
            paddle = able[turn % len(able)]
            channel = sale.paddles[paddle].channel
            by = Principal(f"bidder:{paddle}" if channel is Channel.ONLINE else "clerk:1")
            carry_out(PlaceBid(command_id=f"{lot}-{turn}", by=by, lot=lot, paddle=paddle, amount=amount))
        for call in (1, 2, 3):
            carry_out(CallWarning(command_id=f"call-{lot}-{call}", by=ROSTRUM, lot=lot, call=call, price=HAMMER[lot]))
        carry_out(StrikeHammer(command_id=f"hammer-{lot}", by=ROSTRUM, lot=lot, price=HAMMER[lot]))

    figures = sale_figures(sale)
    assert (figures.lots, figures.sold, figures.passed) == (30, 30, 0)
    assert figures.hall_sold + figures.online_sold == 30
    assert (figures.turnover, figures.opening) == (95_100_000, 33_960_000)
    assert figures.premium == "180%"
    assert figures.top == TopLot(lot=TOP, plate="豫H8H888", hammer_price=Fen(15_000_000))


def test_it_says_which_of_its_figures_were_published() -> None:
    readme = (DEMO / "README.md").read_text(encoding="utf-8")
    published, illustrative = readme.index("**Published**"), readme.index("**Illustrative**")
    for figure in ("15 October 2016", "30 plates", "951,000", "180 %", "豫H8H888", "150,000"):
        assert figure in readme[published:illustrative]
    for word in ("opening price", "hammer price", "bid"):
        assert word in readme[illustrative:]


def test_its_files_have_nothing_a_spreadsheet_would_add() -> None:
    for file in DEMO.glob("*.csv"):
        rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
        assert all(len(row) == len(rows[0]) and all(cell == cell.strip() != "" for cell in row) for row in rows)


# The script is read as carefully as the notice.


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("lot,hammer_yuan\n1,x\n", FaultCode.NOT_A_NUMBER, "script.csv:2: hammer_yuan"),
        ("标的号,成交价\n1,0\n", FaultCode.TOO_SMALL, "script.csv:2: 成交价"),
        ("lot,hammer_yuan\n1,5\n1,6\n", FaultCode.DUPLICATE_LOT, "script.csv:3: lot"),
        ("lot,hammer\n1,5\n", FaultCode.UNKNOWN_FIELD, "script.csv:1: hammer"),
        ("lot,hammer_yuan\n,5\n", FaultCode.MISSING_FIELD, "script.csv:2: lot"),
    ],
)
def test_a_fault_in_a_script_names_line_and_column(desk: Desk, text: str, code: FaultCode, place: str) -> None:
    desk.write("script.csv", text)
    with pytest.raises(NoticeFault) as raised:
        read_script(desk.sale.parent / "script.csv")
    assert raised.value.faults[0].code is code
    assert str(raised.value.faults[0].place) == place


def test_a_script_that_is_not_there_is_named(desk: Desk) -> None:
    with pytest.raises(NoticeFault, match=r"script\.csv: "):
        read_script(desk.sale.parent / "script.csv")
