"""A reader that stalls disturbs nobody and is let go within 5 s. Real sockets, real time."""

import socket
from collections.abc import Iterator

import pytest
import trio

from engine.gateway.reactor import SocketSettings
from tests.gateway.saleroom import Browser, Saleroom, saleroom

EVICTED_WITHIN_S = 5.0
WATCHERS = 20
BIDS_PER_S = 50


async def a_stalled_reader(place: Saleroom) -> trio.SocketStream:
    """Says hello, then takes nothing any more."""
    sock = trio.socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    await sock.connect(place.address)
    stream = trio.SocketStream(sock)
    browser = Browser(stream)
    await browser.shake_hands()
    await browser.send({"type": "hello", "protocol": 1})
    await browser.until("picture")
    return stream


def amounts() -> Iterator[int]:
    amount = 1_000_000
    while True:
        yield amount
        amount += 50_000


async def bid_for_ever(place: Saleroom, bids: Iterator[int]) -> None:
    async with place.browser("bidder:1") as one, place.browser("bidder:3") as other:
        bidders = (one, other)
        for turn, amount in enumerate(bids):
            bidder = bidders[turn % 2]
            await bidder.send({"type": "bid", "id": f"b{amount}", "lot": 1, "amount_fen": amount})
            await bidder.until("answer")
            await trio.sleep(1 / BIDS_PER_S)


async def ask_for_ever(bidder: Browser) -> None:
    """Never reads an answer."""
    while True:
        await bidder.send({"type": "outcome", "id": "x"})
        await trio.lowlevel.checkpoint()


async def test_a_stalled_reader_is_let_go_within_5_s_and_the_others_are_shown_every_bid_meanwhile() -> None:
    """What they feel of it, in milliseconds, is measured at night (``tests/blackbox/readers.py``)."""
    async with saleroom() as place, trio.open_nursery() as nursery:
        async with place.browser("auctioneer:1") as rostrum:
            for act in ({"type": "open_sale", "id": "open"}, {"type": "open_lot", "id": "lot", "lot": 1}):
                await rostrum.send(act)
                await rostrum.until("answer")
        shown: list[list[int]] = [[] for _ in range(WATCHERS)]

        async def watch(mine: list[int]) -> None:
            async with place.browser() as watcher:
                while True:
                    mine.append((await watcher.until("record"))["seq"])

        for mine in shown:
            nursery.start_soon(watch, mine)
        nursery.start_soon(bid_for_ever, place, amounts())
        with trio.fail_after(EVICTED_WITHIN_S):
            while not all(shown):  # noqa: ASYNC110 - they come in one by one
                await trio.sleep(0.02)
        stalled = await a_stalled_reader(place)
        many = len(place.reactor)
        with trio.fail_after(EVICTED_WITHIN_S):
            while len(place.reactor) == many:  # noqa: ASYNC110 - looked at from outside
                await trio.sleep(0.02)
        until = place.room.clerk.memory.seq
        with trio.fail_after(EVICTED_WITHIN_S):
            while any(mine[-1] < until for mine in shown):  # noqa: ASYNC110 - each in its time
                await trio.sleep(0.02)
        nursery.cancel_scope.cancel()
    await stalled.aclose()
    for mine in shown:
        assert mine == list(range(mine[0], mine[0] + len(mine))), "every bid, once, in order"


async def test_a_reader_that_gives_no_sign_of_life_is_let_go_though_nothing_is_sent_to_it() -> None:
    async with saleroom() as place:
        stalled = await a_stalled_reader(place)
        with trio.fail_after(EVICTED_WITHIN_S):
            while len(place.reactor):  # noqa: ASYNC110 - looked at from outside
                await trio.sleep(0.02)
        await stalled.aclose()


@pytest.mark.parametrize("outbox_bytes_max", [2048])
async def test_a_bidder_who_asks_without_reading_answers_is_let_go_at_his_limit(outbox_bytes_max: int) -> None:
    settings = SocketSettings(outbox_bytes_max=outbox_bytes_max, sndbuf_bytes=4096)
    async with saleroom(sockets=settings) as place:
        sock = trio.socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        await sock.connect(place.address)
        bidder = Browser(trio.SocketStream(sock))
        await bidder.shake_hands()
        await bidder.send({"type": "hello", "protocol": 1, "ticket": "bidder:1"})
        with pytest.raises(trio.BrokenResourceError), trio.fail_after(EVICTED_WITHIN_S):
            await ask_for_ever(bidder)
        assert len(place.reactor) == 0
        await bidder.stream.aclose()
