"""Reading a sale from its notice."""

import pytest

from engine.domain.auction.commands import AdmitPaddle, CatalogueEntry, Command, Title
from engine.domain.auction.rules import apply, decide
from engine.domain.auction.state import Auction
from engine.domain.parties import HOUSE, Channel
from engine.domain.rulesheet import DepositRule, IncrementBand, Mode, PaddleDisplay, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.articles import article
from tests.notice.conftest import CATALOGUE, OWN_LOTS, PADDLES, SALE, Desk


@article("1", "2")
def test_a_notice_becomes_the_announcement_of_its_sale(desk: Desk) -> None:
    notice = desk.read()
    assert notice.sale == "plates-9"
    assert notice.announce.command_id == "announce"
    assert notice.announce.by == HOUSE
    assert notice.announce.title == Title(zh="第九期号牌竞价", en="Number plates, ninth sale")
    assert notice.announce.rules == RuleSheet(
        mode=Mode.ROSTRUM,
        calls=3,
        deposit=DepositRule.ONE_LOT,
        paddles=PaddleDisplay.SHOWN,
        opens_at=Nanoseconds(1476495000 * 10**9),
        increments=(
            IncrementBand(from_price=Fen(0), step=Fen(50_000)),
            IncrementBand(from_price=Fen(2_000_000), step=Fen(100_000)),
        ),
    )
    assert notice.announce.catalogue == (
        CatalogueEntry(lot=LotNo(1), plate="豫H8H888", opening_price=Fen(5_000_000)),
        CatalogueEntry(lot=LotNo(2), plate="豫HA1234", opening_price=Fen(2_000_000)),
    )


@article("4")
def test_paddles_are_admitted_with_the_same_ids_each_time(desk: Desk) -> None:
    assert desk.read().admissions == (
        AdmitPaddle(command_id="admit-8", by=HOUSE, paddle=PaddleNo(8), channel=Channel.ONLINE, deposits=1),
        AdmitPaddle(command_id="admit-51", by=HOUSE, paddle=PaddleNo(51), channel=Channel.HALL, deposits=2),
    )
    assert desk.read() == desk.read()


def test_the_rules_accept_what_a_notice_says(desk: Desk) -> None:
    notice = desk.read()
    auction: Auction | None = None
    commands: list[Command] = [notice.announce, *notice.admissions]
    for command in commands:
        for event in decide(auction, command, Nanoseconds(0)):
            auction = apply(auction, event)
    assert auction is not None
    assert set(auction.paddles) == {8, 51}


def test_a_notice_without_officers_has_one_of_each(desk: Desk) -> None:
    assert desk.read().officers == ("auctioneer:1", "clerk:1", "supervisor:1", "registrar:1")


def test_a_notice_may_name_its_officers(desk: Desk) -> None:
    desk.write("sale.toml", SALE + '\n[officers]\nauctioneers = ["east"]\nclerks = ["desk-1", "desk-2"]\n')
    officers = desk.read().officers
    assert officers == ("auctioneer:east", "clerk:desk-1", "clerk:desk-2", "supervisor:1", "registrar:1")


def test_lots_and_paddles_may_stand_in_the_notice_itself(desk: Desk) -> None:
    own = OWN_LOTS + '\n[[paddles]]\npaddle = 88\nchannel = "online"\ndeposits = 5\n'
    desk.write("sale.toml", SALE + own)
    notice = desk.read()
    assert [entry.lot for entry in notice.announce.catalogue] == [1, 2, 3]
    assert [admission.paddle for admission in notice.admissions] == [8, 51, 88]
    desk.change("sale.toml", 'catalogue = "catalogue.csv"\npaddles = "paddles.csv"\n', "")
    notice = desk.read()
    assert [entry.plate for entry in notice.announce.catalogue] == ["豫H12345"]
    assert [admission.paddle for admission in notice.admissions] == [88]


def test_a_notice_need_not_admit_anyone_yet_nor_say_when_it_opens(desk: Desk) -> None:
    desk.change("sale.toml", 'paddles = "paddles.csv"\n', "")
    desk.change("sale.toml", "opens_at = 2016-10-15T09:30:00+08:00\n", "")
    assert desk.read().admissions == ()
    assert desk.read().announce.rules.opens_at is None


def test_columns_may_have_chinese_headers_in_any_order(desk: Desk) -> None:
    desk.write("catalogue.csv", "号牌,标的号,起拍价\n豫H8H888,1,50000\n豫HA1234,2,20000\n")
    desk.write("paddles.csv", "竞买号牌,渠道,保证金份数\n8,网络,1\n51,现场,2\n")
    spoken = desk.read()
    desk.write("catalogue.csv", CATALOGUE)
    desk.write("paddles.csv", PADDLES)
    assert desk.read() == spoken


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_are_read_as_the_office_saved_them(desk: Desk, encoding: str, newline: str) -> None:
    expected = desk.read()
    for name, text in (("sale.toml", SALE), ("catalogue.csv", CATALOGUE), ("paddles.csv", PADDLES)):
        desk.write(name, text.replace("\n", newline).encode(encoding))
    assert desk.read() == expected


@pytest.mark.parametrize("province", "豫鲁粤京")
def test_a_catalogue_of_plates_alone_is_read_in_gbk_too(desk: Desk, province: str) -> None:
    desk.write("catalogue.csv", CATALOGUE.replace("豫", province).encode("gbk"))
    assert [entry.plate for entry in desk.read().announce.catalogue] == [f"{province}H8H888", f"{province}HA1234"]


def test_an_accented_letter_is_no_chinese_character(desk: Desk) -> None:
    desk.change("sale.toml", "第九期号牌竞价", "Vente aux enchères à Genève")
    assert desk.read().announce.title.zh == "Vente aux enchères à Genève"


def test_blank_lines_blank_cells_at_the_end_and_quoted_cells_do_no_harm(desk: Desk) -> None:
    expected = desk.read()
    desk.write("catalogue.csv", '\nlot,plate,opening_yuan\n\n"1", 豫H8H888 ,50000\n,,\n2,"豫HA1234",20000\n\n')
    assert desk.read() == expected


def test_a_title_is_kept_in_composed_form(desk: Desk) -> None:
    desk.change("sale.toml", "Number plates, ninth sale", " Cafe\u0301 plates ")
    assert desk.read().announce.title.en == "Caf\u00e9 plates"
