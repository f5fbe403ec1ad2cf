"""Robots hold whole sales against the real rules, and the house falls over under them."""

import random
from dataclasses import replace

import pytest
import trio
from trio.testing import MockClock

from clients.robots import FAST, LIVE, LotToSell, Paddle, Progress, Script, plan, play
from clients.robots.auctioneer import Auctioneer
from engine.domain.auction.commands import PlaceBid, ResumeSale, SuspendSale
from engine.domain.parties import Channel, Principal
from engine.domain.proceeding import Command
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import DepositRule, PaddleDisplay, RuleSheet
from engine.domain.units import Fen, LotNo, PaddleNo
from tests.clients.house import RULES, SALE, URL, House

LOTS = [LotToSell(LotNo(n), Fen(500_000), Fen(500_000 + 50_000 * (7 * n % 90))) for n in range(1, 8)]
LOTS.append(LotToSell(LotNo(8), Fen(500_000), None))
LOTS.append(LotToSell(LotNo(9), Fen(1_000_000), Fen(88_000_000)))
PADDLES = [Paddle(PaddleNo(n), Channel.HALL if n % 3 == 0 else Channel.ONLINE, 2) for n in range(1, 9)]


def scene(seed: int = 1, sheet: RuleSheet = RULES) -> tuple[House, Script, dict[Principal, str]]:
    house = House(
        [(sell.lot, sell.opening) for sell in LOTS],
        [*((paddle.number, paddle.channel.value, paddle.deposits) for paddle in PADDLES), (88, "online", 3)],
        sheet,
    )
    principals = ["auctioneer:1", "clerk:1", *(f"bidder:{paddle.number}" for paddle in PADDLES)]
    tokens = {Principal(by): house.let_in(by) for by in principals}
    return house, plan(LOTS, PADDLES, sheet, seed, kept={PaddleNo(88)}), tokens


def hammer_prices(house: House) -> dict[int, int | None]:
    assert house.auction is not None
    return {lot.number: lot.hammer_price for lot in house.auction.lots.values()}


WANTED = {sell.lot: sell.hammer for sell in LOTS}


async def test_every_lot_goes_for_the_price_of_the_script_and_the_sale_is_closed(autojump_clock: MockClock) -> None:
    house, script, tokens = scene()
    told: list[Progress] = []
    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        started = trio.current_time()
        figures = await play(URL, SALE, script, tokens, pace=FAST, on_progress=told.append, opener=house.opener)
        nursery.cancel_scope.cancel()
    assert trio.current_time() - started < 10
    assert hammer_prices(house) == WANTED
    assert figures["turnover_fen"] == script.turnover()
    assert [progress.lot for progress in told] == list(WANTED)
    assert [progress.hammer_fen for progress in told] == list(WANTED.values())
    refused = [outcome for _, outcome in house.records if isinstance(outcome, Refusal)]
    assert {refusal.reason for refusal in refused} <= {"E_BID_TOO_LOW"}
    assert len(refused) < 5


async def test_robots_hold_a_masked_sale_with_other_rules(autojump_clock: MockClock) -> None:
    sheet = replace(RULES, paddles=PaddleDisplay.MASKED, deposit=DepositRule.WHOLE_SALE, calls=1)
    house, script, tokens = scene(sheet=sheet)
    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        with trio.fail_after(60):
            await play(URL, SALE, script, tokens, pace=FAST, opener=house.opener)
        nursery.cancel_scope.cancel()
    assert hammer_prices(house) == WANTED


async def test_at_the_pace_of_people_a_sale_takes_the_time_people_take(autojump_clock: MockClock) -> None:
    house, script, tokens = scene()
    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        with trio.fail_after(3600):
            await play(URL, SALE, script, tokens, pace=LIVE, opener=house.opener)
        bids = sum(len(rungs) for rungs in script.lots.values())
        assert trio.current_time() > bids
        nursery.cancel_scope.cancel()
    assert hammer_prices(house) == WANTED


async def test_robots_first_bid_too_low_now_and_then_and_are_refused(autojump_clock: MockClock) -> None:
    house, script, tokens = scene(seed=4)
    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        await play(URL, SALE, script, tokens, pace=FAST, seed=3, opener=house.opener)
        nursery.cancel_scope.cancel()
    refused = [outcome.reason for _, outcome in house.records if isinstance(outcome, Refusal)]
    assert "E_BID_TOO_LOW" in refused
    assert hammer_prices(house) == WANTED


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("where", ["before", "after"])
async def test_killing_the_house_again_and_again_changes_no_price(
    seed: int, where: str, autojump_clock: MockClock
) -> None:
    """Before a command is recorded it is lost; after, only its answer is."""
    house, script, tokens = scene()
    dice = random.Random(seed)
    died = trio.Event()

    def perhaps(the_house: House, _: Command) -> None:
        nonlocal died
        if dice.random() < 0.08:
            the_house.kill()
            died.set()

    setattr(house, f"{where}_record", perhaps)

    async def revive() -> None:
        nonlocal died
        while True:
            await died.wait()
            died = trio.Event()
            await trio.sleep(dice.uniform(0, 4))
            house.start()

    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        nursery.start_soon(revive)
        with trio.fail_after(3600):
            await play(URL, SALE, script, tokens, pace=FAST, seed=seed, opener=house.opener)
        nursery.cancel_scope.cancel()
    assert hammer_prices(house) == WANTED


@pytest.mark.parametrize("seed", range(4))
async def test_killing_the_robots_again_and_again_changes_no_price(seed: int, autojump_clock: MockClock) -> None:
    house, script, tokens = scene()
    dice = random.Random(seed)
    lives = 0
    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        while True:
            lives += 1
            recorded = house.seq + dice.randint(1, 30)
            with trio.move_on_after(3600) as scope:

                def die(the_house: House, _: Command, scope: trio.CancelScope = scope, at: int = recorded) -> None:
                    if the_house.seq >= at:
                        scope.cancel()

                house.after_record = die
                await play(URL, SALE, script, tokens, pace=FAST, seed=seed, opener=house.opener)
            if not scope.cancelled_caught:
                break
        nursery.cancel_scope.cancel()
    assert lives > 2
    assert hammer_prices(house) == WANTED


async def test_a_person_bidding_off_the_script_is_outbid_by_exactly_one_robot(autojump_clock: MockClock) -> None:
    house, script, tokens = scene()
    person = Principal("bidder:88")
    bid_by_person = 0

    def outbid(the_house: House, command: Command) -> None:
        """The person at once offers the least amount over whatever a robot bid, while there is room below the script's price."""
        nonlocal bid_by_person
        assert the_house.auction is not None
        lot = the_house.auction.open_lot()
        if not isinstance(command, PlaceBid) or command.by == person or lot is None or lot.leading is None:
            return
        asked, hammer = the_house.auction.asked(lot), script.hammer(lot.number)
        if hammer is not None and asked < hammer and lot.leading.paddle != 88:
            bid_by_person += 1
            the_house.act(
                PlaceBid(command_id=f"p{bid_by_person}", by=person, lot=lot.number, paddle=PaddleNo(88), amount=asked)
            )

    house.after_showing = outbid
    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        with trio.fail_after(3600):
            await play(URL, SALE, script, tokens, pace=FAST, opener=house.opener)
        nursery.cancel_scope.cancel()
    assert bid_by_person > 10
    assert hammer_prices(house) == WANTED
    assert house.auction is not None
    assert not house.auction.paddles[PaddleNo(88)].won


async def test_a_suspended_sale_waits_for_the_person_who_suspended_it(autojump_clock: MockClock) -> None:
    house, script, tokens = scene()
    person = Principal("auctioneer:2")
    count = 0

    def suspend(the_house: House, _: Command) -> None:
        nonlocal count
        assert the_house.auction is not None
        if the_house.seq % 17 == 0 and the_house.auction.phase == "open":
            count += 1
            the_house.act(SuspendSale(command_id=f"s{count}", by=person, reason="power"))
            nursery.start_soon(resume, count)

    async def resume(number: int) -> None:
        await trio.sleep(20)
        house.act(ResumeSale(command_id=f"r{number}", by=person))

    house.after_showing = suspend
    async with trio.open_nursery() as nursery:
        await nursery.start(house.run)
        with trio.fail_after(3600):
            await play(URL, SALE, script, tokens, pace=FAST, opener=house.opener)
        nursery.cancel_scope.cancel()
    assert count > 3
    assert hammer_prices(house) == WANTED


@pytest.mark.parametrize(("cause", "goes_on"), [("takeover", True), ("standby", True), ("supervisor", False)])
def test_the_auctioneer_goes_on_only_after_an_interruption_nobody_ordered(cause: str, *, goes_on: bool) -> None:
    stopped = {"rules": {"calls": 3}, "sale": {"phase": "suspended", "suspended_by": cause}}
    want = Auctioneer(Script({}), FAST).want(stopped)
    assert (want is not None and want.act.kind == "resume") is goes_on


async def test_a_missing_token_is_named_before_anything_is_done() -> None:
    house, script, tokens = scene()
    del tokens[Principal("clerk:1")]
    del tokens[Principal("bidder:1")]
    with pytest.raises(ValueError, match=r"clerk:…, bidder:1$"):
        await play(URL, SALE, script, tokens, opener=house.opener)
