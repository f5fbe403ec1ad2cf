"""One run from beginning to end: the crowd comes, bids by plan, and is asked what it saw."""

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import trio

from bench.crew import crew
from bench.house import Cores, House
from bench.ledger import Ledger, Told
from bench.machine import machine
from bench.merge import merge
from bench.program import Program, share
from bench.result import About, Run, judge
from bench.scenario import Scenario
from bench.schedule import SECOND_NS, looked_at, plan_cuts, slow
from clients import connect
from engine.domain.parties import Principal, bidder
from engine.domain.units import PaddleNo

LEAD_S: Final = 0.3
"""Between the last order and the first instant of the plan."""

SETTLE_S: Final = 0.5


async def conduct(
    house: House,
    scenario: Scenario,
    program: Program,
    settings: Mapping[str, str],
    told: Told = lambda _what, _second: None,
) -> Run:
    """
    Carry out ``scenario`` against ``house``.

    Raises:
        BenchFault: A generator ended before its time.
        OSError: The house is not there.

    """
    began_at = datetime.now(UTC).isoformat(timespec="seconds")
    count = scenario.processes or max(1, len(house.cores.generator))
    log = Ledger(house, told)
    told("start", None)
    async with (
        crew(count, log.second) as generators,
        connect(house.url, house.sale, token=house.token(Principal("auctioneer:1"))) as rostrum,
    ):
        await generators.each(jobs(house, scenario, program, count), "ready")
        told("enter", None)
        arriving_s = (scenario.displays + scenario.bidders) / scenario.enter_per_s
        entered = await generators.order("entered", arriving_s, enter=time.monotonic_ns() + SECOND_NS // 10)
        await program.open(rostrum)
        await trio.sleep(SETTLE_S)
        meters = await trio.to_thread.run_sync(house.meters)
        told("run", None)
        used = log.begin()
        begin_ns, begin_s = time.monotonic_ns() + round(LEAD_S * SECOND_NS), trio.current_time() + LEAD_S
        async with trio.open_nursery() as nursery:
            nursery.start_soon(program.conduct, rostrum, begin_s)
            await generators.order("done", program.seconds, go=begin_ns, for_s=program.seconds)
        server = log.end(used, meters, await trio.to_thread.run_sync(house.meters))
        told("look", None)
        await generators.order("listening", listen=True)
        last = await program.close(rostrum)
        behind = sum(await generators.order("behind", reach=last))
        found = merge(await generators.order("result", end=True), round(scenario.warm_up_s * SECOND_NS))
    found.errors["not_let_in"] += sum(not each for each in entered)
    found.errors["not_shown_the_last"] += behind
    about = About(began_at=began_at, machine=machine(house.cores), settings=settings, generators=count)
    return judge(scenario, found, server, [log.seconds[at] for at in sorted(log.seconds)], about)


def jobs(house: House, scenario: Scenario, program: Program, count: int) -> list[dict[str, Any]]:
    """Everybody by turns to one generator, with his bids and the losses of his link."""
    run = secrets.token_hex(4)
    watched, quick = looked_at(scenario), scenario.displays - slow(scenario)
    paddles = program.paddles
    cuts = plan_cuts(scenario, program.seconds)
    made: list[dict[str, Any]] = []
    for number in range(count):
        displays: list[dict[str, Any]] = [
            {"who": who, "watched": who in watched, "slow": who >= quick}
            for who in range(number, scenario.displays, count)
        ]
        own = paddles[number::count]
        bidders: list[dict[str, Any]] = [
            {"who": scenario.displays + paddles.index(one), "paddle": one, "token": house.token(bidder(PaddleNo(one)))}
            for one in own
        ]
        mine = {link["who"] for link in (*displays, *bidders)}
        bids = [
            [bid.due_ns, bid.no, bid.paddle, bid.lot, bid.amount_fen]
            for bid in share(program.bids, frozenset(PaddleNo(one) for one in own))
        ]
        made.append(
            {
                "run": run,
                "url": house.url,
                "sale": house.sale,
                "number": number,
                "of": count,
                "cores": _core(house.cores, number),
                "links": [*displays, *bidders],
                "bids": bids,
                "cuts": [[cut.due_ns, cut.who, cut.back_ns] for cut in cuts if cut.who in mine],
                "enter_per_s": scenario.enter_per_s,
                "slow_bytes_per_s": scenario.slow_bytes_per_s,
                "tell_seen": program.tell_seen,
            }
        )
    return made


def _core(cores: Cores, number: int) -> list[int]:
    own = sorted(cores.generator)
    return [own[number % len(own)]] if own else []
