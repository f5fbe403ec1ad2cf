"""The terminals: what they show, and what a key press does."""

import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
import pytest
import trio
import typer
from rich.console import Console
from trio.testing import MockClock
from typer.testing import CliRunner

from clients import NotLetIn, verify_cli
from clients import bidder as bidder_terminal
from clients import board as board_terminal
from clients.bidder import SEEN_S, attend, read_yuan
from clients.board import watch
from clients.terminal import board, run
from clients.unanswered import InFile
from clients.words import WORDS, Speech
from engine.domain.auction import views
from engine.domain.auction.commands import CallWarning, CloseSale, OpenLot, OpenSale, PassLot, PlaceBid, StrikeHammer
from engine.domain.auction.views import Audience
from engine.domain.parties import Principal
from engine.domain.units import Fen, LotNo, PaddleNo
from tests.clients.house import SALE, URL, House
from tests.clients.test_verify import BOOK, KEY

ROSTRUM = Principal("auctioneer:1")


@pytest.fixture
async def house(nursery: trio.Nursery) -> House:
    house = House([(8, 500_000), (9, 500_000)], [(1, "online", 2), (2, "online", 2), (88, "online", 1)])
    await nursery.start(house.run)
    return house


def opened(house: House, lot: int = 8) -> House:
    if not house.auction or house.auction.phase == "planned":
        house.act(OpenSale(command_id="o", by=ROSTRUM))
    house.act(OpenLot(command_id=f"l{lot}", by=ROSTRUM, lot=LotNo(lot)))
    return house


def bid(house: House, paddle: int, amount: int, lot: int = 8) -> None:
    by = Principal(f"bidder:{paddle}")
    house.act(PlaceBid(command_id=f"{amount}", by=by, lot=LotNo(lot), paddle=PaddleNo(paddle), amount=Fen(amount)))


def hammered(house: House, amount: int, lot: int = 8) -> None:
    for call in (1, 2, 3):
        house.act(CallWarning(command_id=f"c{call}", by=ROSTRUM, lot=LotNo(lot), call=call, price=Fen(amount)))
    house.act(StrikeHammer(command_id="h", by=ROSTRUM, lot=LotNo(lot), price=Fen(amount)))


def drawn(house: House, lang: str, *, live: bool = True) -> str:
    assert house.auction is not None
    console = Console(file=io.StringIO(), width=100)
    console.print(board(views.picture(house.auction, Audience.PUBLIC), Speech(lang), live=live))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


# The board.


async def test_the_board_shows_the_plate_the_price_the_leader_and_the_calls(house: House) -> None:
    opened(house)
    bid(house, 1, 500_000)
    bid(house, 2, 1_050_000)
    house.act(CallWarning(command_id="c", by=ROSTRUM, lot=LotNo(8), call=1, price=Fen(1_050_000)))
    shown = drawn(house, "en")
    for piece in ("甘E00008", "¥10,500", "Paddle 2", "●○○", "Bids (2)", "¥5,000", "To come 2", "¥11,000"):
        assert piece in shown
    for piece in ("8 号标的", "当前价", "2 号", "下一口价", "成交总额 ¥0", "标王 –"):
        assert piece in drawn(house, "zh")


async def test_where_prices_are_hidden_the_board_asks_for_none(house: House) -> None:
    opened(house)
    assert house.auction is not None
    parts = dict(views.picture(house.auction, Audience.PUBLIC))
    parts["block"] = {**parts["block"], "asked_fen": None, "price_fen": None, "leader": None, "bids": []}
    console = Console(file=io.StringIO(), width=100)
    console.print(board(parts, Speech("en"), live=True))
    assert isinstance(console.file, io.StringIO)
    assert "¥5,000" in console.file.getvalue()
    assert "Asked" not in console.file.getvalue()


async def test_the_board_shows_what_was_sold_and_the_top_lot(house: House) -> None:
    opened(house)
    bid(house, 1, 1_500_000)
    hammered(house, 1_500_000)
    shown = drawn(house, "en", live=False)
    for piece in (
        "sold",
        "Hammer price",
        "Turnover ¥15,000",
        "Premium 200%",
        "Top lot 甘E00008 ¥15,000",
        "connection lost",
    ):
        assert piece in shown


async def test_the_board_shows_a_sale_before_it_is_open_and_while_it_is_connecting(house: House) -> None:
    assert "nothing on the block yet" in drawn(house, "en")
    console = Console(file=io.StringIO(), width=80)
    console.print(board({}, Speech("zh")))
    assert isinstance(console.file, io.StringIO)
    assert "正在连接" in console.file.getvalue()


async def test_the_board_follows_the_sale_to_its_end(house: House, autojump_clock: MockClock) -> None:
    console = Console(file=io.StringIO(), width=100)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: watch(URL, SALE, console, Speech("en"), opener=house.opener))
        await trio.sleep(1)
        opened(house)
        house.act(PassLot(command_id="p", by=ROSTRUM, lot=LotNo(8)))
        opened(house, 9)
        house.act(PassLot(command_id="p", by=ROSTRUM, lot=LotNo(9)))
        await trio.sleep(1)
        house.act(CloseSale(command_id="c", by=ROSTRUM))
    assert isinstance(console.file, io.StringIO)
    assert "closed" in console.file.getvalue()
    await watch(URL, SALE, console, Speech("en"), once=True, opener=house.opener)


# The bidder.

Script = Callable[[], Awaitable[str | None]]


class Person:
    """Types what a test says, when it says so, and remembers what was shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.types, self._keys = trio.open_memory_channel[str](100)

    async def ask(self) -> str | None:
        try:
            return await self._keys.receive()
        except trio.EndOfChannel:
            return None

    async def type(self, line: str) -> None:
        """Type a line, having looked at the screen."""
        await trio.sleep(1)
        await self.types.send(line)
        await trio.sleep(1)

    def saw(self, *pieces: str) -> bool:
        return any(all(piece in line for piece in pieces) for line in self.lines)


@pytest.fixture
async def person(house: House, nursery: trio.Nursery, tmp_path: Path) -> Person:
    person = Person()
    opened(house)
    nursery.start_soon(
        lambda: attend(
            URL,
            SALE,
            house.let_in("bidder:88"),
            Speech("en"),
            ask=person.ask,
            tell=person.lines.append,
            unanswered=InFile(tmp_path / "kept"),
            opener=house.opener,
        )
    )
    return person


def bids(house: House) -> list[tuple[int, int]]:
    assert house.auction is not None
    return [(bid.paddle, bid.amount) for lot in house.auction.lots.values() for bid in lot.bids]


async def test_enter_bids_the_asked_price(house: House, person: Person, autojump_clock: MockClock) -> None:
    await person.type("")
    assert bids(house) == [(88, 500_000)]
    assert person.saw("Enter bids ¥5,000")
    assert person.saw("→", "¥5,000 sent")
    assert person.saw("✓", "¥5,000 accepted, record")
    assert person.saw("甘E00008", "you lead")


async def test_an_amount_bids_that_many_yuan_and_a_refusal_says_what_to_do(
    house: House, person: Person, autojump_clock: MockClock
) -> None:
    await person.type("￥6,000")
    bid(house, 1, 650_000)
    await person.type("6700")
    assert bids(house) == [(88, 600_000), (1, 650_000)]
    assert person.saw("✗", "¥6,700 refused: Not a valid price", "You can bid ¥7,000")
    await person.type("7000")
    assert bids(house)[-1] == (88, 700_000)


async def test_what_is_no_amount_bids_nothing(house: House, person: Person, autojump_clock: MockClock) -> None:
    for line in ("abc", "0", "-5", "1.234", "1e99", "NaN"):
        await person.type(line)
        assert person.saw(f"{line!r} is no amount")
    await person.type("?")
    assert person.saw("A bid binds")
    assert bids(house) == []


async def test_enter_does_not_bid_a_price_nobody_can_have_seen(
    house: House, person: Person, autojump_clock: MockClock
) -> None:
    await person.type("?")
    bid(house, 1, 500_000)
    await trio.sleep(SEEN_S / 2)
    await person.types.send("")
    await trio.sleep(1)
    assert bids(house) == [(1, 500_000)]
    assert person.saw("just become ¥5,500")
    await person.type("")
    assert bids(house) == [(1, 500_000), (88, 550_000)]


async def test_between_lots_enter_bids_nothing(house: House, person: Person, autojump_clock: MockClock) -> None:
    await person.type("?")
    house.act(PassLot(command_id="p", by=ROSTRUM, lot=LotNo(8)))
    await person.type("")
    assert person.saw("no lot takes bids now")


async def test_a_lost_connection_is_said_and_the_bid_arrives_later(
    house: House, person: Person, autojump_clock: MockClock
) -> None:
    await person.type("?")
    house.kill()
    await person.type("6000")
    assert person.saw("connection lost")
    assert bids(house) == []
    house.start()
    await trio.sleep(10)
    assert bids(house) == [(88, 600_000)]
    assert person.saw("✓", "¥6,000 accepted")


async def test_leaving_with_a_bid_unanswered_says_so_and_the_next_start_asks_after_it(
    house: House, person: Person, tmp_path: Path, autojump_clock: MockClock
) -> None:
    await person.type("?")
    house.silent = True
    await person.type("6000")
    await person.type("q")
    assert person.saw("1 bid(s) have no answer yet")
    house.silent = False
    again = Person()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(
            lambda: attend(
                URL,
                SALE,
                house.let_in("bidder:88"),
                Speech("en"),
                ask=again.ask,
                tell=again.lines.append,
                unanswered=InFile(tmp_path / "kept"),
                opener=house.opener,
            )
        )
        await again.type("?")
        await again.type("q")
    assert again.saw("1 command(s) of last time")
    assert again.saw("✓", "bid of last time accepted")
    assert bids(house) == [(88, 600_000)]


async def test_the_terminal_closes_with_the_sale(house: House, person: Person, autojump_clock: MockClock) -> None:
    await person.type("?")
    house.act(PassLot(command_id="p", by=ROSTRUM, lot=LotNo(8)))
    opened(house, 9)
    house.act(PassLot(command_id="p", by=ROSTRUM, lot=LotNo(9)))
    house.act(CloseSale(command_id="c", by=ROSTRUM))
    await trio.sleep(1)
    assert person.saw("the sale is over")


async def test_after_the_sale_the_terminal_says_so_and_leaves(house: House, autojump_clock: MockClock) -> None:
    opened(house)
    house.act(PassLot(command_id="p", by=ROSTRUM, lot=LotNo(8)))
    opened(house, 9)
    house.act(PassLot(command_id="p", by=ROSTRUM, lot=LotNo(9)))
    house.act(CloseSale(command_id="c", by=ROSTRUM))
    late = Person()
    token = house.let_in("bidder:88")
    await attend(URL, SALE, token, Speech("zh"), ask=late.ask, tell=late.lines.append, opener=house.opener)
    assert late.saw("拍卖会已结束")


@pytest.mark.parametrize(
    ("typed", "fen"),
    [("10500", 1_050_000), ("10,500", 1_050_000), ("¥ 1.50", 150), ("10，500", 1_050_000), ("1.005", None), ("", None)],
)
def test_yuan_are_read_to_the_fen(typed: str, fen: int | None) -> None:
    assert read_yuan(typed) == fen


# Words and command lines.


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [(NotLetIn("no such sale"), 2, "no such sale"), (KeyboardInterrupt(), 130, ""), (None, 0, "")],
)
def test_a_terminal_ends_with_a_line_and_not_with_a_trace(
    fault: BaseException | None, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def program() -> None:
        await trio.lowlevel.checkpoint()
        if fault is not None:
            raise BaseExceptionGroup("in a nursery", [fault])

    if status:
        with pytest.raises(typer.Exit) as left:
            run(URL, program)
        assert left.value.exit_code == status
    else:
        run(URL, program)
    assert capsys.readouterr().err.strip() == said


def test_what_is_no_address_is_said_before_anything_is_tried() -> None:
    with pytest.raises(typer.BadParameter, match="no address of a house"):
        run("localhost", trio.sleep_forever)


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_say_everything_with_the_same_values(key: str) -> None:
    zh, en = WORDS[key]
    assert zh
    assert en
    assert zh.count("{") == en.count("{")


def test_help_teaches() -> None:
    runner = CliRunner()
    for main, words in ((bidder_terminal.main, "a bid binds"), (board_terminal.main, "top lot")):
        app = typer.Typer()
        app.command()(main)
        said = runner.invoke(app, ["--help"], env={"COLUMNS": "200"})
        assert said.exit_code == 0
        assert words in said.output.lower()
        assert "Example: python -m clients." in said.output


def test_a_receipt_is_checked_from_the_command_line(tmp_path: Path) -> None:
    runner, file = CliRunner(), tmp_path / "receipt.json"
    file.write_bytes(orjson.dumps({"type": "answer", "receipt": BOOK.private[3]}))
    good = runner.invoke(verify_cli.app, ["receipt", str(file), "--key", KEY])
    assert (good.exit_code, good.output[:4]) == (0, "GOOD")
    unsure = runner.invoke(verify_cli.app, ["receipt", str(file)])
    assert "compare this key" in unsure.output
    bad = runner.invoke(verify_cli.app, ["receipt", str(file), "--key", "00" * 32])
    assert (bad.exit_code, bad.output[:3]) == (1, "BAD")
    file.write_text("{")
    assert runner.invoke(verify_cli.app, ["receipt", str(file)]).exit_code == 2
