"""Who tells the log, and what."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import trio
import trio.testing

from engine.certificates import trial_pair, utc_now
from engine.eventlog.lines import EventLog
from engine.eventlog.watch import SlowCommits, follow, mind_certificate, sum_up
from engine.journal.faults import StorageFault
from engine.journal.tail import Tail
from engine.meters import Meters
from tests.gateway.saleroom import SALE, saleroom


@dataclass
class Told(EventLog):
    """Keeps what it is told."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def tell(self, event: str, /, **fields: Any) -> None:
        self.events.append((event, fields))

    warn = tell


async def held(log: EventLog) -> int:
    """Hold a sale up to its suspension; the record that opened it."""
    async with saleroom() as place, trio.open_nursery() as nursery:
        nursery.start_soon(follow, SALE, place.room.tail, log)
        await trio.testing.wait_all_tasks_blocked()
        async with place.browser("auctioneer:1") as rostrum, place.browser("bidder:1") as bidder:
            await rostrum.send({"type": "open_sale", "id": "o"})
            opened: int = (await rostrum.until("answer", id="o"))["seq"]
            await rostrum.send({"type": "open_lot", "id": "l", "lot": 1})
            await rostrum.until("answer", id="l")
            await bidder.send({"type": "bid", "id": "b", "lot": 1, "amount_fen": 1_000_000})
            await bidder.until("answer", id="b")
            await rostrum.send({"type": "suspend", "id": "s", "reason": "王某 asked"})
            await rostrum.until("answer", id="s")
        nursery.cancel_scope.cancel()
    return opened


async def test_the_phases_of_a_sale_are_told_with_their_record_and_no_bid_is() -> None:
    log = Told()
    with trio.fail_after(10):
        opened = await held(log)
    assert [event for event, _ in log.events] == ["sale_opened", "sale_suspended"]
    assert log.events[0][1] == {"sale": SALE, "seq": opened}
    assert "王" not in str(log.events)


async def test_a_room_that_stops_is_told_with_its_code() -> None:
    log, tail = Told(), Tail(records_max=4)
    tail.stop(StorageFault("the disk is full"))
    await follow("s1", tail, log)
    fields = {"sale": "s1", "code": "E_ENGINE_HALTED_STORAGE", "why": "the disk is full"}
    assert log.events == [("room_halted", fields)]


async def test_what_is_counted_is_told_once_and_only_if_it_is_new(autojump_clock: trio.testing.MockClock) -> None:
    log, meters = Told(), Meters()
    with trio.move_on_after(35):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sum_up, meters, log, 10.0)
            meters.evicted("stalled")
            meters.evicted("stalled")
            meters.token_refused()
            await trio.sleep(25)
            meters.evicted("flood")
    assert log.events == [
        ("browsers_let_go", {"by_reason": {"stalled": 2}}),
        ("tokens_refused", {"count": 1}),
        ("browsers_let_go", {"by_reason": {"flood": 1}}),
    ]


async def test_a_certificate_near_its_end_is_told_every_day(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    log, path, began = Told(), tmp_path / "server.pem", utc_now()
    path.write_bytes(trial_pair(["house.test"], began, days=15).certificate)
    with trio.move_on_after(3 * 24 * 3600 + 1):
        await mind_certificate(path, lambda: began + timedelta(seconds=trio.current_time()), log)
    assert [fields["days"] for _, fields in log.events] == [13, 12]


async def test_a_certificate_that_is_gone_is_told(tmp_path: Path, autojump_clock: trio.testing.MockClock) -> None:
    log = Told()
    with trio.move_on_after(1):
        await mind_certificate(tmp_path / "none.pem", utc_now, log)
    assert log.events == [("certificate_unreadable", {"file": "none.pem"})]


def test_a_slow_commit_is_told_and_those_after_it_are_counted() -> None:
    log, now = Told(), [100.0]
    slow = SlowCommits(log, 0.25, lambda: now[0])
    slow("s1", 0.1)
    slow("s1", 0.3)
    slow("s1", 0.4)
    slow("s1", 0.5)
    now[0] += 10
    slow("s1", 0.6)
    assert log.events == [
        ("slow_commit", {"sale": "s1", "ms": 300, "untold": 0}),
        ("slow_commit", {"sale": "s1", "ms": 600, "untold": 2}),
    ]
