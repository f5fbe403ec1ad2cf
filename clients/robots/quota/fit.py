"""
How near the robots come to what was published: every month by the rules alone, without room or journal.

``python -m clients.robots.quota.fit MONTHS.CSV [2019-01 …]`` prints a line for each month: published and simulated lowest price and
average, and how far they are apart.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path

from clients.robots.quota.crowd import AFTER_S, END_MS, SECOND_MS, Crowd, Try, as_command, next_look
from clients.robots.quota.market import Market
from engine.domain import proceeding
from engine.domain.auction.commands import OpenSale, Title
from engine.domain.parties import HOUSE, Principal, Role
from engine.domain.proceeding import Command, DeadlineReached, State
from engine.domain.quota import packs
from engine.domain.quota.commands import AdmitBidders, AnnounceQuota, Run
from engine.domain.quota.events import QuotaAwarded
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Fen, Nanoseconds, PaddleNo

_MS = 1_000_000
_TITLE = Title(zh="模拟", en="Simulated")


@dataclass(slots=True)
class _Sale:
    """A quota sale of one class without anything around it."""

    state: State | None = None

    def do(self, command: Command, at: int) -> Reason | None:
        """Decide ``command``; why not, or None."""
        try:
            events = proceeding.decide(self.state, command, Nanoseconds(at))
        except Refusal as refusal:
            return refusal.reason
        for event in events:
            self.state = proceeding.apply(self.state, event)
        return None

    def pass_deadlines(self, before: int | None) -> None:
        while (due := proceeding.next_deadline(self.state)) is not None and (before is None or due < before):
            self.do(DeadlineReached(command_id=f"deadline-{due}", by=HOUSE, deadline=due), due)

    @property
    def quota(self) -> QuotaSale:
        assert isinstance(self.state, QuotaSale)
        return self.state


def simulate(market: Market, seed: int) -> QuotaAwarded:
    """The result the crowd of ``market`` comes to."""
    return hold(market, seed)[0]


def hold(market: Market, seed: int) -> tuple[QuotaAwarded, list[tuple[Try, Reason | None]]]:
    """The same, and every offer with the reason for which it was refused, if it was."""
    sale, crowd = _Sale(), Crowd(market, seed)
    rules = packs.shanghai(market.plates, market.warning)
    sale.do(AnnounceQuota(command_id="announce", by=HOUSE, sale="fit", title=_TITLE, rules=rules), 0)
    everybody = (Run(first=PaddleNo(1), last=PaddleNo(market.bidders)),)
    sale.do(AdmitBidders(command_id="admit", by=HOUSE, quota_class="personal", runs=everybody), 0)
    sale.do(OpenSale(command_id="open", by=Principal(f"{Role.AUCTIONEER}:1")), 0)
    made: list[tuple[Try, Reason | None]] = []
    waiting: list[tuple[int, int, int, Try]] = []
    second, heard = 0, 0
    while second < END_MS // SECOND_MS + AFTER_S:
        for one, reason in made[heard:]:
            crowd.hear(second, one.paddle, one.amount, reason)
        heard = len(made)
        for one in crowd.decide(second, sale.quota.books["personal"].cutoff().amount):
            heappush(waiting, (one.at_ms, one.paddle, one.nth, one))
        second = next_look(second)
        while waiting and waiting[0][0] < second * SECOND_MS:
            one = heappop(waiting)[3]
            sale.pass_deadlines(one.at_ms * _MS)
            made.append((one, sale.do(as_command(one), one.at_ms * _MS)))
    sale.pass_deadlines(None)
    return sale.quota.awards["personal"], made


def main(arguments: Sequence[str] | None = None) -> int:
    """A line for each month, as a table."""
    parser = argparse.ArgumentParser(prog="python -m clients.robots.quota.fit", description=__doc__)
    parser.add_argument("file", type=Path, help="the published months: month,plates,lowest_yuan,average_yuan,bidders")
    parser.add_argument("months", nargs="*", help="which of them; all, if left out")
    parser.add_argument("--seed", type=int, default=20161015)
    given = parser.parse_args(arguments)
    print("| month | plates | bidders | lowest | simulated | | average | simulated | |")
    print("|---|---|---|---|---|---|---|---|---|")
    with given.file.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if given.months and row["month"] not in given.months:
                continue
            lowest, average = Fen(int(row["lowest_yuan"]) * 100), Fen(int(row["average_yuan"]) * 100)
            market = Market.of(plates=int(row["plates"]), bidders=int(row["bidders"]), lowest=lowest, average=average)
            award = simulate(market, given.seed)
            print(
                f"| {row['month']} | {market.plates:,} | {market.bidders:,} | {_beside(lowest, award.lowest)} "
                f"| {_beside(average, award.average)} |",
                flush=True,
            )
    return 0


def _beside(was: Fen, now: Fen | None) -> str:
    return f"{was // 100:,} | {(now or 0) // 100:,} | {((now or 0) - was) * 100 / was:+.2f} %"


if __name__ == "__main__":
    sys.exit(main())
