"""A rehearsal's plan: one's own catalogue lot by lot, each bid for as the scenario says, knocked down as the rules say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import trio

from bench.faults import BenchCode, BenchFault
from bench.scenario import Scenario
from bench.schedule import SECOND_NS, Bid, due_times, pieces, turns
from clients import Outcome, Room
from engine.domain.parties import Channel
from engine.domain.rulesheet import SECOND, DepositRule, Mode
from engine.domain.units import FEN_MAX, Fen, PaddleNo
from engine.notice import Notice

OPEN_S: Final = 0.5
"""From opening a lot to its first bid."""

END_S: Final = 2.0
"""For calls and hammer, beyond what the sheet lets the hammer wait."""

AGAIN_S: Final = 0.2
PATIENCE_S: Final = 30.0
"""A lot that has not ended by then is left; the report says so."""


@dataclass(frozen=True, slots=True)
class Slot:
    """When a lot is on the block, in seconds from the beginning."""

    lot: int
    plate: str
    opens_s: float
    ends_s: float


@dataclass(slots=True)
class Catalogue:
    """The program of a rehearsal."""

    bids: Sequence[Bid]
    paddles: Sequence[int]
    slots: Sequence[Slot]
    calls: int
    tell_seen: bool
    ended: dict[int, int | None]
    """By lot, what it went for; None where it was passed. A lot that did not end is not there."""

    @classmethod
    def of(cls, notice: Notice, scenario: Scenario, lots: int) -> "Catalogue":
        """
        The first ``lots`` lots of ``notice``, all for 0.

        Raises:
            BenchFault: Such a sale cannot be rehearsed.

        """
        rules = notice.announce.rules
        if rules.mode is not Mode.ROSTRUM:
            raise BenchFault(BenchCode.TIMED_SALE, notice.sale)
        if rules.opens_at is not None:
            raise BenchFault(BenchCode.OPENS_LATER, notice.sale)
        online = {one.paddle: one.deposits for one in notice.admissions if one.channel is Channel.ONLINE}
        if len(online) < 2:
            raise BenchFault(BenchCode.TOO_FEW_PADDLES, notice.sale)
        entries = notice.announce.catalogue[: lots or None]
        each_s = OPEN_S + scenario.seconds
        gap_s = END_S + rules.dwell / SECOND
        slots = [
            Slot(entry.lot, entry.plate, at * (each_s + gap_s), at * (each_s + gap_s) + each_s)
            for at, entry in enumerate(entries)
        ]
        rights = dict(online) if rules.deposit is DepositRule.ONE_LOT else dict.fromkeys(online, len(entries))
        bids: list[Bid] = []
        for slot, entry in zip(slots, entries, strict=True):
            due = due_times(pieces(scenario), steady=scenario.steady, seed=scenario.seed + slot.lot)
            eligible = sorted(paddle for paddle, left in rights.items() if left > 0)
            ladder = _ladder(entry.opening_price, notice)
            for at, paddle, amount in zip(due, _in_turn(eligible, scenario.seed + slot.lot), ladder, strict=False):
                bids.append(Bid(round((slot.opens_s + OPEN_S) * SECOND_NS) + at, len(bids), paddle, slot.lot, amount))
            if bids and bids[-1].lot == slot.lot:
                rights[PaddleNo(bids[-1].paddle)] -= 1  # as far as can be known beforehand
        tell_seen = rules.delivery_percent > 0
        return cls(bids, sorted(online), slots, rules.calls, tell_seen, {})

    @property
    def seconds(self) -> float:
        """From the first lot's opening to the last one's calls."""
        return self.slots[-1].ends_s

    async def open(self, rostrum: Room) -> None:
        """
        Open the sale.

        Raises:
            BenchFault: It is open already, or over.

        """
        sale = (await rostrum.until(lambda parts: "sale" in parts))["sale"]
        if sale["phase"] != "planned":
            raise BenchFault(BenchCode.SALE_BEGUN, sale["id"])
        (await rostrum.open_sale()).or_raise()

    async def conduct(self, rostrum: Room, begin_s: float) -> None:
        """Put each lot on the block in time, and knock it down when its bids were due."""
        for slot in self.slots:
            await trio.sleep_until(begin_s + slot.opens_s)
            (await rostrum.open_lot(slot.lot)).or_raise()
            await trio.sleep_until(begin_s + slot.ends_s)
            with trio.move_on_after(PATIENCE_S):
                self.ended[slot.lot] = await self._end(rostrum, slot.lot)

    async def close(self, rostrum: Room) -> int:
        """Close the sale, or stop it where lots are left: a record everybody is told of."""
        outcome = await rostrum.close_sale()
        if not outcome.accepted:
            outcome = (await rostrum.suspend("演练到此为止 The rehearsal ends here")).or_raise()
        assert outcome.seq is not None
        return outcome.seq

    async def _end(self, rostrum: Room, lot: int) -> int | None:
        while True:
            block = rostrum.parts["block"]
            price = block["price_fen"]
            if price is None or (block["calls"] == self.calls and block["reserve"] == "unmet"):
                if (await rostrum.pass_lot(lot)).accepted:
                    return None
            elif block["calls"] < self.calls:
                if await self._shown(rostrum, await rostrum.call(lot, block["calls"] + 1, price)):
                    continue
            elif (await rostrum.hammer(lot, price)).accepted:
                return int(price)
            await trio.sleep(AGAIN_S)

    @staticmethod
    async def _shown(rostrum: Room, outcome: Outcome) -> bool:
        """Whether it was accepted, and the rostrum has been shown so."""
        seq = outcome.seq
        if not outcome.accepted or seq is None:
            return False
        while rostrum.seq < seq:
            await rostrum.changed(rostrum.version)
        return True


def _in_turn(paddles: Sequence[int], seed: int) -> Iterator[int]:
    """One after another, for ever; nobody where fewer than two may bid."""
    order = turns(len(paddles), seed)
    while len(paddles) > 1:
        yield from (paddles[at] for at in order)


def _ladder(opening: Fen, notice: Notice) -> Iterator[int]:
    """The amounts that may follow each other from the opening price on."""
    amount = opening
    while amount <= FEN_MAX:
        yield amount
        amount = notice.announce.rules.next_bid(amount)
