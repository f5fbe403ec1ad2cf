"""A small sale to make papers of: two lots sold, one passed, a suspension, refusals; the same to the byte whenever it is made."""

from dataclasses import replace
from typing import Any, cast

from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CallWarning,
    CatalogueEntry,
    CloseSale,
    DeadlineReached,
    OpenLot,
    OpenSale,
    PassLot,
    PlaceBid,
    ResumeSale,
    StrikeHammer,
    SuspendSale,
    Title,
    WithdrawBid,
)
from engine.domain.parties import HOUSE, Channel, bidder
from engine.domain.proceeding import Command
from engine.domain.rulesheet import IncrementBand, PaddleDisplay, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.journal.base import JournalIdentity
from engine.journal.memory import MemoryJournal
from engine.papers.book import Book
from tests.golden.speech import Speaker
from tests.journal.books import AUCTIONEER, CLERK, IDENTITY, NOON, SIGNER, Kept, Scribe

TITLE = Title(zh="第五期号牌公开竞价", en="Fifth sale of number plates")
PLATES = ("豫H8H888", "=豫H12345", "豫H00001")
PADDLES = {4711: Channel.ONLINE, 4712: Channel.ONLINE, 4751: Channel.HALL}
"""Numbers that stand for nothing else, so that a text can be searched for them."""

REASON = "停电 / power cut"


class Secretary:
    """Writes commands, each with an id of its own."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def ask(self, kind: Any, by: Any, **fields: Any) -> None:
        self.commands.append(kind(command_id=f"c{len(self.commands) + 1}", by=by, **fields))

    def bid(self, lot: int, paddle: int, yuan: int) -> None:
        by = CLERK if PADDLES[paddle] is Channel.HALL else bidder(PaddleNo(paddle))
        self.ask(PlaceBid, by, lot=LotNo(lot), paddle=PaddleNo(paddle), amount=Fen(yuan * 100))

    def knock_down(self, lot: int, yuan: int) -> None:
        for call in (1, 2, 3):
            self.ask(CallWarning, AUCTIONEER, lot=LotNo(lot), call=call, price=Fen(yuan * 100))
        self.ask(StrikeHammer, AUCTIONEER, lot=LotNo(lot), price=Fen(yuan * 100))


def commands(paddles: PaddleDisplay = PaddleDisplay.SHOWN, *, close: bool = True) -> list[Command]:
    """The whole sale, or all but its closing."""
    desk = Secretary()
    desk.ask(
        AnnounceSale,
        HOUSE,
        sale=IDENTITY.sale,
        title=TITLE,
        rules=RuleSheet(increments=(IncrementBand(from_price=Fen(0), step=Fen(500_00)),), paddles=paddles),
        catalogue=tuple(
            CatalogueEntry(lot=LotNo(lot), plate=plate, opening_price=Fen(10_000_00))
            for lot, plate in enumerate(PLATES, 1)
        ),
    )
    for paddle, channel in PADDLES.items():
        desk.ask(AdmitPaddle, CLERK, paddle=PaddleNo(paddle), channel=channel, deposits=2)
    desk.ask(OpenSale, AUCTIONEER)
    desk.ask(OpenLot, AUCTIONEER, lot=LotNo(1))
    desk.bid(1, 4711, 10_000)
    desk.bid(1, 4751, 10_500)
    desk.ask(CallWarning, AUCTIONEER, lot=LotNo(1), call=1, price=Fen(10_500_00))
    desk.bid(1, 4711, 11_500)
    desk.knock_down(1, 11_500)
    desk.ask(OpenLot, AUCTIONEER, lot=LotNo(2))
    desk.ask(PassLot, AUCTIONEER, lot=LotNo(2))
    desk.ask(OpenLot, AUCTIONEER, lot=LotNo(3))
    desk.bid(3, 4712, 9_000)  # below the opening price
    desk.bid(3, 4712, 20_000)
    desk.ask(SuspendSale, AUCTIONEER, reason=REASON)
    desk.bid(3, 4751, 30_000)  # while suspended
    desk.ask(ResumeSale, AUCTIONEER)
    desk.ask(WithdrawBid, bidder(PaddleNo(4712)), lot=LotNo(3), paddle=PaddleNo(4712))
    desk.bid(3, 4751, 107_000)
    desk.knock_down(3, 107_000)
    if close:
        desk.ask(CloseSale, AUCTIONEER)
    return desk.commands


EVERYTHING = """
announce lots=3 proxies=yes sign-off=yes reoffers=1 delivery=90
admit 8 online 2
admit 9 online 2
admit 51 hall 2
accept 8
accept 9
reserve 20000 lot=2
priority 9 1 lot=1
withdraw-lot 委托人撤回 lot=3
open-sale
put-up 1
bid 8 5000
proxy 9 7000
no-proxy 9
bid 9 6000
call 1 6000
propose-void 2 miskeyed
drop-void 2
propose-void 2 miskeyed
confirm-void 2 as=auctioneer:1
call 1 5000
call 2 5000
call 3 5000
shown 5000 2/2
copies alone
hammer 5000
put-up 2
stop 请暂停
resume
pass lot=2
reoffer 10000 lot=2
put-up 2
pass lot=2
close-sale
sign a as=auctioneer:1
sign a as=supervisor:1
"""
TIMED = """
announce lots=1 timed=60/30 extension=add within=90 by=60
admit 8 online 1
open-sale
put-up 1
bid 8 5000
"""
END = Nanoseconds(NOON + 4_000 + (60 + 30 + 60) * 1_000_000_000 + 300_000_000)
"""When the end of the timed lot is announced: it was opened by the fourth record."""


def everything() -> list[list[Command]]:
    """Two sales in which all happens that can happen."""
    end = DeadlineReached(command_id="end", by=HOUSE, deadline=END)
    return [script(*EVERYTHING.strip().splitlines()), [*script(*TIMED.strip().splitlines()), end]]


def script(*lines: str) -> list[Command]:
    """Commands as transcripts write them."""
    speaker = Speaker()
    return [cast("Command", speaker.meant(line)) for line in lines]


def late_bids() -> list[Command]:
    """What comes when the sale is over."""
    desk = Secretary()
    desk.bid(3, 4711, 200_000)
    desk.bid(3, 4712, 300_000)
    return [_renamed(command, f"late-{at}") for at, command in enumerate(desk.commands)]


def kept(given: list[Command], *, scribe: Scribe | None = None, size: int = 5) -> list[Kept]:
    """The commands on the record, ``size`` in each commit."""
    scribe = scribe or Scribe()
    return [scribe.batch(given[at : at + size]) for at in range(0, len(given), size)]


def book_of(given: list[Command]) -> Book:
    """What the papers of a sale know of it."""
    history = [(commit, records) for records, commit in kept(given)]
    return Book.of(IDENTITY, history, anchored=history[-1][0].last)


def a_book(paddles: PaddleDisplay = PaddleDisplay.SHOWN, *, close: bool = True) -> Book:
    """The sale as its papers need it."""
    return book_of(commands(paddles, close=close))


async def a_journal(
    paddles: PaddleDisplay = PaddleDisplay.SHOWN, *, close: bool = True, sale: str = IDENTITY.sale
) -> MemoryJournal:
    """The sale in a journal."""
    journal = MemoryJournal(JournalIdentity(sale, 1, IDENTITY.salt_key, SIGNER.public))
    for records, commit in kept(commands(paddles, close=close)):
        await journal.append(records, commit)
    return journal


def _renamed(command: Command, command_id: str) -> Command:
    return replace(command, command_id=command_id)
