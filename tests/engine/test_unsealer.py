"""The house's own hand: what a pause refused, and what a restart left undone, is done afterwards."""

from collections.abc import Callable
from typing import Any

import trio
import trio.lowlevel

from engine.domain.auction.commands import ResumeSale, SuspendSale
from engine.domain.opening.commands import OpenSheet
from engine.domain.proceeding import Command
from engine.domain.refusals import Refusal
from engine.domain.units import PaddleNo
from engine.sealing.parts import PartName
from engine.unsealer import Unsealer
from tests.domain.opening.house import HOST, House, code, sheet, three


class Taken:
    """A record, as far as the hand looks at it."""

    def __init__(self, command: Command, at: int, outcome: Any) -> None:
        self.command, self.arrived_at, self.outcome, self.by = command, at, outcome, command.by


class Shelf:
    """Holds every sealed sheet of a house."""

    def __init__(self, house: House) -> None:
        self._chunks = {
            (number, made.manifest.parts[0].root): made.chunks[PartName.SHEET][0]
            for (_, number), made in house.sealed.items()
        }

    def get(self, bidder: PaddleNo, digest: bytes) -> bytes | None:
        return self._chunks.get((bidder, digest))


def combined() -> House:
    """Every half is there; nothing is read yet."""
    house = three(House(sheet()))
    house.until_unsealing()
    for number in (4711, 305, 90210):
        house.unseal(number)
    house.until_combining()
    for trustee in (1, 2):
        house.answers(trustee, 4711, 305, 90210)
    return house


async def at_work(house: House, hand: Unsealer, until: Callable[[], bool]) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hand.run)
        with trio.fail_after(20):
            while not until():
                await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()


def hand_of(house: House, asked: list[Command]) -> Unsealer:
    return Unsealer(lambda: house.opening, Shelf(house), asked.append, lambda: len(house.taken))


async def test_what_a_pause_refused_is_asked_again_under_another_id() -> None:
    house, asked = combined(), list[Command]()
    hand = hand_of(house, asked)
    await at_work(house, hand, lambda: len(asked) == 3)
    house.ask(SuspendSale, HOST, reason="断电")
    refused = [(command, house.take(command, house.at)) for command in asked]  # type: ignore[arg-type]
    assert {code(outcome) for _, outcome in refused} == {"E_OPENING_PAUSED"}
    for command, outcome in refused:
        hand.take(Taken(command, house.at, outcome))  # type: ignore[arg-type]
    first = {command.command_id for command in asked}
    asked.clear()
    house.ask(ResumeSale, HOST)
    hand.take(Taken(*house.taken[-1]))  # type: ignore[arg-type]
    await at_work(house, hand, lambda: len(asked) == 3)
    assert first.isdisjoint(command.command_id for command in asked)
    assert all(isinstance(command, OpenSheet) for command in asked)
    outcomes = [house.take(command, house.at) for command in asked]  # type: ignore[arg-type]
    assert not any(isinstance(outcome, Refusal) for outcome in outcomes)
    assert not house.opening.outstanding()


async def test_who_comes_in_after_a_restart_does_what_was_left_undone_and_nothing_twice() -> None:
    house, asked = combined(), list[Command]()
    house.open(305)
    await at_work(house, hand_of(house, asked), lambda: len(asked) == 2)
    assert {command.bidder for command in asked} == {4711, 90210}  # type: ignore[union-attr]
