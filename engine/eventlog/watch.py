"""Who tells the log: tasks beside the rooms. Nothing here is on the way of a bid."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import trio

from engine.certificates import CertificateTrouble, read_certificate
from engine.domain.auction.events import (
    BidVoided,
    LotWithdrawn,
    ResultConfirmed,
    SaleClosed,
    SaleOpened,
    SaleResumed,
    SaleSuspended,
    StopRegistered,
)
from engine.domain.refusals import Refusal
from engine.eventlog.lines import EventLog
from engine.journal.faults import JournalFault, RoomMoved
from engine.journal.tail import Tail, TailLost
from engine.meters import Meters

TOLD: Final[dict[type, str]] = {
    SaleOpened: "sale_opened",
    SaleSuspended: "sale_suspended",
    SaleResumed: "sale_resumed",
    SaleClosed: "sale_closed",
    StopRegistered: "stop_registered",
    BidVoided: "bid_voided",
    LotWithdrawn: "lot_withdrawn",
    ResultConfirmed: "result_confirmed",
}
"""The events of a sale an operator waits for. Whatever else happened stands in the record."""

NEAR_DAYS: Final = 14
DAY_S: Final = 24 * 3600.0
SLOW_PAUSE_S: Final = 10.0
"""A disk that stays slow is told so often, not with each commit."""


async def follow(sale: str, tail: Tail, log: EventLog, veiled: Callable[[], bool] = lambda: False) -> None:
    """Tell of the phases of ``sale`` until its room stops, and then of that; not of a record's place while that is ``veiled``."""
    count = tail.count
    try:
        while True:
            try:
                batches = await tail.after(count)
            except TailLost:
                count = tail.count
                continue
            count += len(batches)
            for record in (record for batch in batches for record in batch.records):
                if isinstance(record.outcome, Refusal):
                    continue
                for event in record.outcome:
                    if type(event) in TOLD:
                        where = {} if veiled() else {"seq": record.seq}
                        log.tell(TOLD[type(event)], sale=sale, **where)
    except RoomMoved:
        log.tell("sale_left", sale=sale)
    except JournalFault as fault:
        log.warn("room_halted", sale=sale, code=fault.code, why=str(fault))


async def sum_up(meters: Meters, log: EventLog, every_s: float) -> None:
    """Tell from time to time how many browsers were let go and how many tokens refused, if any were."""
    told: dict[str, int] = {}
    refused = 0
    while True:
        await trio.sleep(every_s)
        evicted = {why: count - told.get(why, 0) for why, count in meters.evictions.items()}
        evicted = {why: count for why, count in evicted.items() if count}
        if evicted:
            told = dict(meters.evictions)
            log.warn("browsers_let_go", by_reason=evicted)
        if meters.tokens_refused > refused:
            log.warn("tokens_refused", count=meters.tokens_refused - refused)
            refused = meters.tokens_refused


async def mind_certificate(path: Path, now: Callable[[], datetime], log: EventLog) -> None:
    """Tell each day how long the certificate is good for, once that is not long."""
    while True:
        try:
            left = read_certificate(path).days_left(now())
        except CertificateTrouble:
            log.warn("certificate_unreadable", file=path.name)
        else:
            if left < NEAR_DAYS:
                log.warn("certificate_expires", file=path.name, days=left)
        await trio.sleep(DAY_S)


class SlowCommits:
    """
    Tells of commits that took long.

    Args:
        log: Is told.
        slow_s: What counts as long.
        now: Monotonic seconds.

    """

    def __init__(self, log: EventLog, slow_s: float, now: Callable[[], float]) -> None:
        self._log, self._slow_s, self._now = log, slow_s, now
        self._quiet_until = 0.0
        self._untold = 0

    def __call__(self, sale: str, took_s: float) -> None:
        """A commit of ``sale`` took so long."""
        if took_s < self._slow_s:
            return
        now = self._now()
        if now < self._quiet_until:
            self._untold += 1
            return
        self._log.warn("slow_commit", sale=sale, ms=round(took_s * 1000), untold=self._untold)
        self._quiet_until, self._untold = now + SLOW_PAUSE_S, 0
