"""Small quota sales in which everything happens that can, for whoever looks at what is shown of them."""

from dataclasses import replace
from typing import Final

from engine.domain.auction import commands as common
from engine.domain.parties import HOUSE, bidder
from engine.domain.quota import packs
from engine.domain.quota.commands import Command
from engine.domain.quota.events import Event
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Refusal
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from tests.domain.quota.room import AUCTIONEER, SUPERVISOR, Outcome, Room

REPORT: Final = "ab" * 32
Step = tuple[QuotaSale, tuple[Event, ...]]


class Watched(Room):
    """A room that keeps how the sale stood after each thing that happened."""

    def __post_init__(self) -> None:
        self.steps: list[Step] = []
        super().__post_init__()

    def _take(self, command: Command, at: int) -> Outcome:
        outcome = super()._take(command, at)
        if not isinstance(outcome, Refusal):
            self.steps.append((self.sale.fork(), outcome))
        return outcome


def conduct(room: Room) -> None:
    """Rest once, end every round, and sign."""
    room.wait(5)
    room.ask(common.SuspendSale(command_id="s", by=AUCTIONEER, reason="网络故障"))
    room.wait(3)
    room.ask(common.ResumeSale(command_id="r", by=AUCTIONEER))
    room.ask(common.RegisterStop(command_id="stop", by=SUPERVISOR, reason="核对"))
    room.ask(common.StateCopies(command_id="copies", by=HOUSE, copies=common.Copies.ASYNC))
    room.wait(2)
    room.ask(common.ResumeSale(command_id="r2", by=AUCTIONEER))


def finish(room: Room) -> None:
    """Let the last round end, and sign the result."""
    while (ends_at := room.sale.ends_at) is not None and room.sale.phase == "open":
        room.wait((ends_at - room.at) / 1e9 + 1)
    for by in (AUCTIONEER, SUPERVISOR):
        room.ask(common.SignResult(command_id=f"sign-{by}", by=by, report=REPORT))


def shanghai(*, lost: bool = False, published: bool = True) -> Watched:
    """Two classes and two rounds; changes within and out of reach."""
    sheet = packs.shanghai(3, Fen(90_000_00), companies=1)
    sheet = replace(sheet, sign_off=True, refused_counts=lost, offers_published=published)
    room = Watched(sheet, personal=9, company=3)
    for paddle in (*range(1, 8), 1001, 1002):
        number = PaddleNo(paddle)
        room.ask(
            common.AcceptRules(
                command_id=f"rules-{paddle}", by=bidder(number), paddle=number, digest=room.sale.rules_digest
            )
        )
    room.open()
    for nth, paddle in enumerate((1, 2, 3, 4, 5, 1001, 1002)):
        room.wait(7)
        room.offer(paddle, 86_000 + 100 * nth)
    conduct(room)
    assert room.sale.ends_at is not None
    room.wait((room.sale.ends_at - room.at) / 1e9 + 1)
    room.offer(1, 86_300)
    room.offer(2, 90_000)
    room.wait(60)
    room.offer(2, 86_500)
    conduct(room)
    finish(room)
    return room


def average() -> Watched:
    """Averages at set times, and nothing else."""
    sheet = packs.guangzhou(2, Fen(10_000_00))
    room = Watched(replace(sheet, average_at=(Nanoseconds(60 * 10**9),)), personal=6)
    room.open()
    for paddle in range(1, 5):
        room.wait(10)
        room.offer(paddle, 11_000 + 1_100 * paddle)
    room.wait(60)
    room.offer(1, 19_700)
    finish(room)
    return room


def secret(*, published: bool = True) -> Watched:
    """Nothing is told before the result."""
    room = Watched(replace(packs.shenzhen(2, Fen(10_000_00)), offers_published=published), personal=6)
    room.open()
    for paddle in range(1, 5):
        room.wait(10)
        room.offer(paddle, 11_000 + 1_100 * paddle)
    room.offer(4, 12_300)
    conduct(room)
    finish(room)
    return room


def uniform() -> Watched:
    """All pay the same."""
    room = Watched(packs.coe(2), personal=6)
    room.open()
    for paddle in range(1, 5):
        room.wait(10)
        room.offer(paddle, 11_007 + 1_101 * paddle)
    room.offer(1, 17_000)
    room.wait(10)
    finish(room)
    return room


def everything() -> list[Watched]:
    """One of each."""
    return [
        shanghai(),
        shanghai(lost=True),
        shanghai(published=False),
        average(),
        secret(),
        secret(published=False),
        uniform(),
    ]
