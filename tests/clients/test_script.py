"""Scripts: every ladder is one the rules allow, ends at its price, and respects who may still buy."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.robots.bidder import next_rung
from clients.robots.script import RUNGS_MOST, LotToSell, Paddle, Script, ScriptImpossible, ladder, plan
from engine.domain.auction import rules
from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CallWarning,
    CatalogueEntry,
    Command,
    OpenLot,
    OpenSale,
    PassLot,
    PlaceBid,
    StrikeHammer,
    Title,
)
from engine.domain.auction.state import Auction
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.rulesheet import DepositRule, IncrementBand, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.notice import DEMO, read_notice, read_script
from tests.clients.house import RULES


@st.composite
def sheets(draw: st.DrawFn) -> RuleSheet:
    """Any steps at all, whether or not they divide each other."""
    froms = draw(st.lists(st.integers(1, 2000), unique=True, max_size=4).map(sorted))
    return RuleSheet(
        increments=tuple(IncrementBand(from_price=Fen(at), step=Fen(draw(st.integers(1, 60)))) for at in (0, *froms)),
        deposit=draw(st.sampled_from(DepositRule)),
    )


def walk(opening: int, sheet: RuleSheet, dice: random.Random, bids: int) -> int:
    """A price that can be reached: bid validly ``bids`` times."""
    price = Fen(opening + dice.randint(0, 5) * sheet.step(Fen(opening)))
    for _ in range(bids):
        price = Fen(price + dice.randint(1, 6) * sheet.step(price))
    return price


@given(sheets(), st.integers(1, 2500), st.integers(0, 12), st.integers())
def test_a_ladder_is_valid_step_by_step_and_ends_exactly_at_the_price(
    sheet: RuleSheet, opening: int, bids: int, seed: int
) -> None:
    dice = random.Random(seed)
    hammer = walk(opening, sheet, dice, bids)
    amounts = ladder(LotToSell(LotNo(1), Fen(opening), Fen(hammer)), sheet, dice)
    assert amounts[-1] == hammer
    assert amounts[0] >= opening
    assert (amounts[0] - opening) % sheet.step(Fen(opening)) == 0
    for below, above in pairwise(amounts):
        assert above >= sheet.next_bid(below)
        assert (above - sheet.next_bid(below)) % sheet.step(below) == 0
    assert len(amounts) <= max(RUNGS_MOST, len(sheet.increments))


@given(st.integers(0, 10_000))
def test_where_there_is_room_a_ladder_has_three_rungs_at_least(seed: int) -> None:
    dice = random.Random(seed)
    hammer = Fen(500_000 + 50_000 * dice.randint(11, 80))
    assert 3 <= len(ladder(LotToSell(LotNo(1), Fen(500_000), hammer), RULES, dice)) <= RUNGS_MOST


@pytest.mark.parametrize("hammer", [499_999, 500_001, 450_000, 5_075_000])
def test_a_price_that_no_bids_lead_to_is_said_to_be_so(hammer: int) -> None:
    with pytest.raises(ScriptImpossible, match=r"lot 1: no valid bids .* could be reached"):
        ladder(LotToSell(LotNo(1), Fen(500_000), Fen(hammer)), RULES, random.Random(1))


def held(script: Script, lots: list[LotToSell], paddles: list[Paddle], sheet: RuleSheet) -> Auction:
    """The sale, held as the script says; the real rules raise if they do not allow something."""
    auction: Auction | None = None
    commands: list[Command] = [
        AnnounceSale(
            command_id="a",
            by=HOUSE,
            sale="s",
            title=Title(zh="", en=""),
            rules=sheet,
            catalogue=tuple(
                CatalogueEntry(lot=sell.lot, plate="甘E00001", opening_price=sell.opening) for sell in lots
            ),
        )
    ]
    commands += [
        AdmitPaddle(command_id="a", by=HOUSE, paddle=one.number, channel=one.channel, deposits=one.deposits)
        for one in paddles
    ]
    auctioneer, clerk = Principal("auctioneer:1"), Principal("clerk:1")
    commands.append(OpenSale(command_id="o", by=auctioneer))
    for lot, rungs in script.lots.items():
        commands.append(OpenLot(command_id="o", by=auctioneer, lot=lot))
        for rung in rungs:
            by = clerk if rung.channel is Channel.HALL else bidder(rung.paddle)
            commands.append(PlaceBid(command_id="b", by=by, lot=lot, paddle=rung.paddle, amount=rung.amount))
        if not rungs:
            commands.append(PassLot(command_id="p", by=auctioneer, lot=lot))
            continue
        price = rungs[-1].amount
        commands += [CallWarning(command_id="c", by=auctioneer, lot=lot, call=call, price=price) for call in (1, 2, 3)]
        commands.append(StrikeHammer(command_id="h", by=auctioneer, lot=lot, price=price))
    for command in commands:
        for event in rules.decide(auction, command, Nanoseconds(1)):
            auction = rules.apply(auction, event)
    assert auction is not None
    return auction


@given(sheets(), st.lists(st.tuples(st.integers(1, 2500), st.integers(0, 9)), min_size=1, max_size=8), st.data())
def test_the_rules_allow_every_bid_of_a_script(
    sheet: RuleSheet, wanted: list[tuple[int, int]], data: st.DataObject
) -> None:
    seed = data.draw(st.integers())
    dice = random.Random(seed)
    lots = [
        LotToSell(LotNo(number), Fen(opening), Fen(walk(opening, sheet, dice, bids)) if bids else None)
        for number, (opening, bids) in enumerate(wanted, 1)
    ]
    paddles = [
        Paddle(PaddleNo(number), data.draw(st.sampled_from(Channel)), data.draw(st.integers(0, 3)))
        for number in range(1, data.draw(st.integers(1, 6)) + 1)
    ]
    kept = PaddleNo(data.draw(st.integers(1, 6)))
    able = [paddle for paddle in paddles if paddle.number != kept and paddle.deposits]
    if len(able) < 2 or sum(paddle.deposits for paddle in able) <= 3 * len(lots):
        paddles += [Paddle(PaddleNo(90 + number), Channel.ONLINE, len(lots) + 1) for number in (1, 2)]
    script = plan(lots, paddles, sheet, seed, kept=[kept])
    auction = held(script, lots, paddles, sheet)
    for sell in lots:
        assert auction.lots[sell.lot].hammer_price == sell.hammer
        assert script.hammer(sell.lot) == sell.hammer
        assert all(above.paddle != below.paddle for above, below in pairwise(script.lots[sell.lot]))
        assert all(rung.paddle != kept for rung in script.lots[sell.lot])
    assert plan(lots, paddles, sheet, seed, kept=[kept]) == script


@given(st.integers(0, 1000))
def test_the_demo_sale_ends_at_its_published_turnover_for_every_seed(seed: int) -> None:
    notice, prices = read_notice(DEMO / "sale.toml"), read_script(DEMO / "script.csv")
    lots = [LotToSell(entry.lot, entry.opening_price, prices.get(entry.lot)) for entry in notice.announce.catalogue]
    paddles = [Paddle(one.paddle, one.channel, one.deposits) for one in notice.admissions]
    script = plan(lots, paddles, notice.announce.rules, seed, kept=[PaddleNo(88)])
    assert script.turnover() == 95_100_000
    assert 88 not in script.paddles(Channel.ONLINE)
    assert min(len(rungs) for rungs in script.lots.values()) >= 3
    held(script, lots, paddles, notice.announce.rules)


def test_off_the_script_the_lowest_valid_rung_is_due() -> None:
    paddles = [Paddle(PaddleNo(number), Channel.ONLINE, 1) for number in (1, 2, 3)]
    [rungs] = plan([LotToSell(LotNo(1), Fen(500_000), Fen(1_500_000))], paddles, RULES, 5).lots.values()
    for below, above in pairwise(rungs):
        block = {"asked_fen": below.amount + 50_000, "step_fen": 50_000}
        assert next_rung(rungs, block) == above
        assert next_rung(rungs, {"asked_fen": above.amount, "step_fen": 50_000}) == above
    assert next_rung(rungs, {"asked_fen": 1_550_000, "step_fen": 50_000}) is None
    assert next_rung(rungs, {"asked_fen": rungs[0].amount - 1, "step_fen": 50_000}) is None


def test_too_few_paddles_with_a_right_left_are_said_to_be_too_few() -> None:
    lots = [LotToSell(LotNo(number), Fen(500_000), Fen(800_000)) for number in (1, 2, 3)]
    paddles = [Paddle(PaddleNo(number), Channel.ONLINE, 1) for number in (1, 2)]
    with pytest.raises(ScriptImpossible, match=r"lot 3: too few paddles have a right left \(0\)"):
        plan(lots, paddles, RULES, 1)


def test_the_last_paddle_with_a_right_wins_with_one_bid() -> None:
    lots = [LotToSell(LotNo(number), Fen(500_000), Fen(800_000)) for number in (1, 2)]
    paddles = [Paddle(PaddleNo(number), Channel.ONLINE, 1) for number in (1, 2)]
    assert [rung.amount for rung in plan(lots, paddles, RULES, 1).lots[LotNo(2)]] == [800_000]
