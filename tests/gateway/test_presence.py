"""Who is here, what they have been shown, when many are lost at once; and what of it the house puts on the record."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
import trio

from engine.domain.auction.commands import Cause, ShowPrice, SuspendSale
from engine.domain.parties import HOUSE
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import RuleSheet
from engine.domain.units import PaddleNo
from engine.gateway.connection import Connection, Host
from engine.gateway.hub import HubSettings
from engine.gateway.presence import LOSS_LEAST, LOSS_WINDOW_S, Presence, Shown
from engine.journal.record import Record
from engine.room.recovery import retrace
from tests.gateway.saleroom import RULES, Browser, Saleroom, a_memory_journal, saleroom
from tests.gateway.test_broadcaster import Silence

LIMIT_S = 5
QUICK = HubSettings(unknown_after_s=0.2)


class Pages:
    """Pages of browsers, told apart by number."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._made = stack, dict[int, Connection]()

    def __getitem__(self, number: int) -> Connection:
        if number not in self._made:
            ours, theirs = (self._stack.enter_context(closing(end)) for end in socket.socketpair())
            assert theirs.fileno() >= 0
            host = Host(lambda: 0.0, lambda _connection, _mask: None, lambda _connection: None, lambda _why: None)
            self._made[number] = Connection(ours, host, Silence(), frame_bytes_max=1024, outbox_bytes_max=65536)
        return self._made[number]


@pytest.fixture
def page() -> Iterator[Pages]:
    with ExitStack() as stack:
        yield Pages(stack)


def eight_and(*others: int) -> list[PaddleNo]:
    return [PaddleNo(number) for number in (8, *others)]


# What was shown.


def test_a_page_that_does_not_say_what_it_shows_does_not_count(page: Pages) -> None:
    presence = Presence()
    eight, nine = eight_and(9)
    presence.join(eight, page[1])
    presence.join(nine, page[2])
    assert presence.shown(5) == Shown(present=0, shown=0)
    presence.see(eight, page[1], 4)
    assert presence.shown(5) == Shown(present=1, shown=0)
    presence.see(eight, page[1], 5)
    assert presence.shown(5) == Shown(present=1, shown=1)


def test_a_bidder_with_two_pages_is_one_and_has_seen_what_either_showed(page: Pages) -> None:
    presence = Presence()
    (eight,) = eight_and()
    for number in (1, 2):
        presence.join(eight, page[number])
    presence.see(eight, page[1], 5)
    presence.see(eight, page[2], 3)
    assert presence.shown(5) == Shown(present=1, shown=1)
    assert presence.of(eight) == {page[1], page[2]}


def test_what_was_shown_does_not_become_less(page: Pages) -> None:
    presence = Presence()
    (eight,) = eight_and()
    presence.join(eight, page[1])
    presence.see(eight, page[1], 9)
    presence.see(eight, page[1], 2)
    assert presence.shown(9).shown == 1


def test_what_a_page_says_that_is_not_here_is_not_heard(page: Pages) -> None:
    presence = Presence()
    eight, nine = eight_and(9)
    presence.join(eight, page[1])
    presence.see(eight, page[2], 5)
    presence.see(nine, page[1], 5)
    assert presence.shown(5) == Shown(present=0, shown=0)
    presence.leave(eight, page[1], 0.0)
    assert (len(presence), presence.paddles(), presence.of(eight)) == (0, [], set())


# Who was lost.


def crowd(page: Pages, count: int) -> Presence:
    presence = Presence()
    for number in range(1, count + 1):
        presence.join(PaddleNo(number), page[number])
    return presence


def lose(presence: Presence, page: Pages, *numbers: int, at: float = 100.0) -> None:
    for number in numbers:
        presence.leave(PaddleNo(number), page[number], at)


@pytest.mark.parametrize(("percent", "lost"), [(30, True), (31, False), (100, False), (1, True)])
def test_exactly_the_share_of_those_who_were_here_is_many(page: Pages, percent: int, lost: bool) -> None:
    presence = crowd(page, 10)
    lose(presence, page, 1, 2, 3)
    assert presence.lost(100.0, percent) is lost


def test_a_few_are_not_many_whatever_their_share(page: Pages) -> None:
    presence = crowd(page, LOSS_LEAST)
    lose(presence, page, *range(1, LOSS_LEAST))
    assert not presence.lost(100.0, 1)
    lose(presence, page, LOSS_LEAST)
    assert presence.lost(100.0, 100)


def test_who_comes_back_or_has_another_page_was_not_lost(page: Pages) -> None:
    presence = crowd(page, 4)
    presence.join(PaddleNo(1), page[11])
    lose(presence, page, 1, 2, 3, 4)
    presence.join(PaddleNo(2), page[12])
    assert not presence.lost(100.0, 1)


@pytest.mark.parametrize(("after_s", "lost"), [(LOSS_WINDOW_S, True), (LOSS_WINDOW_S + 0.001, False)])
def test_only_those_who_left_within_the_last_seconds_count(page: Pages, after_s: float, lost: bool) -> None:
    presence = crowd(page, 3)
    lose(presence, page, 1, 2, 3)
    assert presence.lost(100.0 + after_s, 50) is lost


def test_a_loss_is_told_once(page: Pages) -> None:
    presence = crowd(page, 6)
    lose(presence, page, 1, 2, 3)
    assert presence.lost(100.0, 50)
    assert not presence.lost(100.0, 50)


# What goes on the record.


def recorded(place: Saleroom) -> list[Record]:
    return [record for record, _ in retrace(place.room.journal)]


async def until_shown(browser: Browser, part: str, **fields: Any) -> None:
    """Read on until ``part`` says so."""
    with trio.fail_after(LIMIT_S):
        while True:
            shown = (await browser.until("record"))["parts"].get(part) or {}
            if fields.items() <= shown.items():
                return


def the_record(place: Saleroom, kind: type) -> Record:
    """The one record of a command of ``kind``."""
    (record,) = (record for record in recorded(place) if isinstance(record.command, kind))
    return record


async def act(browser: Browser, **frame: Any) -> dict[str, Any]:
    await browser.send(frame)
    with trio.fail_after(LIMIT_S):
        return await browser.until("answer", id=frame["id"])


async def begin(rostrum: Browser) -> None:
    await act(rostrum, type="open_sale", id="open")
    await act(rostrum, type="open_lot", id="lot-1", lot=1)


def sheet(**more: Any) -> RuleSheet:
    return RuleSheet(increments=RULES.increments, **more)


async def test_that_the_price_was_shown_to_enough_goes_on_the_record_once_the_calls_have_begun() -> None:
    async with (
        saleroom(rules=sheet(delivery_percent=100), journal=a_memory_journal(), settings=QUICK) as place,
        place.browser("auctioneer:1") as rostrum,
        place.browser("bidder:1") as first,
        place.browser("bidder:3") as second,
    ):
        await begin(rostrum)
        answer = await act(first, type="bid", id="b1", lot=1, amount_fen=1_000_000)
        await first.send({"type": "seen", "seq": answer["seq"]})
        await second.send({"type": "seen", "seq": answer["seq"] - 1})
        await act(rostrum, type="call", id="c1", lot=1, call=1, price_fen=1_000_000)
        refused = await act(rostrum, type="hammer", id="h1", lot=1, price_fen=1_000_000)
        assert "refused" in refused["outcome"]
        assert not any(isinstance(record.command, ShowPrice) for record in recorded(place))
        await second.send({"type": "seen", "seq": answer["seq"]})
        await until_shown(rostrum, "block", delivered=True)
        record = the_record(place, ShowPrice)
        command = record.command
        assert isinstance(command, ShowPrice)
        assert (command.by, command.price, command.present, command.shown) == (HOUSE, 1_000_000, 2, 2)
        assert not isinstance(record.outcome, Refusal)


async def test_that_many_lost_their_connection_at_once_suspends_the_sale_and_says_why() -> None:
    async with (
        saleroom(rules=sheet(mass_loss_percent=50), journal=a_memory_journal(), settings=QUICK) as place,
        place.browser("auctioneer:1") as rostrum,
        place.browser("bidder:7"),
    ):
        await begin(rostrum)
        async with place.browser("bidder:1"), place.browser("bidder:3"), place.browser("bidder:5"):
            pass
        await until_shown(rostrum, "sale", phase="suspended", suspended_by="connections")
        command = the_record(place, SuspendSale).command
        assert isinstance(command, SuspendSale)
        assert (command.by, command.cause) == (HOUSE, Cause.CONNECTIONS)


async def test_where_the_sheet_does_not_ask_for_it_nothing_is_reported() -> None:
    async with (
        saleroom(journal=a_memory_journal(), settings=QUICK) as place,
        place.browser("auctioneer:1") as rostrum,
    ):
        await begin(rostrum)
        async with place.browser("bidder:1") as first, place.browser("bidder:3"), place.browser("bidder:5"):
            answer = await act(first, type="bid", id="b1", lot=1, amount_fen=1_000_000)
            await first.send({"type": "seen", "seq": answer["seq"]})
        await act(rostrum, type="call", id="c1", lot=1, call=1, price_fen=1_000_000)
        assert not any(isinstance(record.command, ShowPrice | SuspendSale) for record in recorded(place))
