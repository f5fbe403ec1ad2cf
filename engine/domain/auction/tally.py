"""
How a sale went, counted record by record: bids, bidders, lots, refusals, and the time from arrival to record.

A tally holds no price: what a lot was sold for is said by the views alone, and when they may say it. It grows with lots and bidders
and not with bids, so the longest sale costs no more memory than a short one.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from engine.domain.auction.commands import Command, PlaceBid
from engine.domain.auction.events import BidPlaced, Event, HammerFell, LotOpened, LotPassed, SaleClosed, SaleOpened
from engine.domain.parties import Channel, Role, role_of
from engine.domain.refusals import Refusal
from engine.domain.units import LotNo, Nanoseconds, PaddleNo

LATEST_MAX: Final = 200
"""Records named for each figure; those before them are counted and found in the whole record."""

BARS_US: Final = tuple(digit * 10**power for power in range(2, 7) for digit in (1, 2, 5))
"""Upper edges of the bars of a distribution, in microseconds, 0.1 ms to 5 s; a last bar takes what is above."""

FINE_BITS: Final = 8
"""Leading bits by which spans are told apart: a percentile is at most 1/128 above the true one, and never below."""


@dataclass(slots=True)
class Spans:
    """A distribution of spans of time."""

    count: int = 0
    most: Nanoseconds = Nanoseconds(0)
    most_seq: int | None = None
    """The record that took longest; of equals the first."""

    bars: list[int] = field(default_factory=lambda: [0] * (len(BARS_US) + 1))
    fine: Counter[int] = field(default_factory=Counter)
    """How many spans fell into each narrow class, by the greatest span of the class."""

    def add(self, span: Nanoseconds, seq: int) -> int:
        """Count ``span`` of record ``seq``, and say which bar it belongs to."""
        if self.most_seq is None or span > self.most:
            self.most, self.most_seq = span, seq
        self.count += 1
        shift = max(0, span.bit_length() - FINE_BITS)
        self.fine[(((span >> shift) + 1) << shift) - 1] += 1
        bar = next((at for at, edge in enumerate(BARS_US) if span <= edge * 1000), len(BARS_US))
        self.bars[bar] += 1
        return bar

    def percentile(self, permille: int) -> Nanoseconds | None:
        """A span that ``permille`` thousandths of all spans do not exceed, rounded up by 1/128 at most; None if there are no spans."""
        due = -(-self.count * permille // 1000)
        for greatest in sorted(self.fine):
            due -= self.fine[greatest]
            if due <= 0:
                return Nanoseconds(min(greatest, self.most))
        return None


@dataclass(slots=True)
class LotTally:
    """What became of one lot. Times are None until it is so far."""

    opened_at: Nanoseconds | None = None
    opened_seq: int | None = None
    ended_at: Nanoseconds | None = None
    ended_seq: int | None = None

    open_for: Nanoseconds = Nanoseconds(0)
    """From the block to the end; suspensions are in it."""

    bids: int = 0
    bidders: set[PaddleNo] = field(default_factory=set)

    channel: Channel | None = None
    """The buyer's."""


@dataclass(slots=True)
class ChannelTally:
    """What came through one door."""

    bids: int = 0
    """Accepted."""

    refused: int = 0
    bidders: set[PaddleNo] = field(default_factory=set)
    """With an accepted bid."""

    spans: Spans = field(default_factory=Spans)
    """From arrival to record, of every bid, accepted or refused."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When one record came and was made. Its header says the same to everybody."""

    seq: int
    arrived_at: Nanoseconds
    recorded_at: Nanoseconds


@dataclass(slots=True)
class Group:
    """The records behind one figure."""

    count: int = 0
    latest: deque[Moment] = field(default_factory=lambda: deque(maxlen=LATEST_MAX))

    def add(self, moment: Moment) -> None:
        """Count one record."""
        self.count += 1
        self.latest.append(moment)


@dataclass(slots=True)
class Tally:
    """A sale counted up to record ``seq``."""

    seq: int = 0
    at: Nanoseconds | None = None
    """When that record was made."""

    opened_at: Nanoseconds | None = None
    closed_at: Nanoseconds | None = None
    lots: dict[LotNo, LotTally] = field(default_factory=dict)
    channels: dict[Channel, ChannelTally] = field(
        default_factory=lambda: {channel: ChannelTally() for channel in Channel}
    )

    groups: dict[str, Group] = field(default_factory=dict)
    """``bids.hall``, ``refused.E_BID_TOO_LOW``, ``spans.online.3`` (a bar), with the records counted there."""

    def take(self, moment: Moment, command: Command, outcome: tuple[Event, ...] | Refusal) -> None:
        """Count one more record: the one after ``seq``."""
        if moment.seq != self.seq + 1:
            raise AssertionError(f"record {moment.seq} is not the one after {self.seq}")
        self.seq, self.at = moment.seq, moment.recorded_at
        if isinstance(command, PlaceBid):
            self._bid(moment, command, accepted=not isinstance(outcome, Refusal))
        if isinstance(outcome, Refusal):
            self._group(f"refused.{outcome.reason}").add(moment)
        else:
            self._happened(moment, outcome)

    def refusals(self) -> list[tuple[str, int]]:
        """How often each rule refused, by code, the most frequent first."""
        counts = [
            (name.removeprefix("refused."), group.count)
            for name, group in self.groups.items()
            if name.startswith("refused.")
        ]
        return sorted(counts, key=lambda pair: (-pair[1], pair[0]))

    def _bid(self, moment: Moment, bid: PlaceBid, *, accepted: bool) -> None:
        door = Channel.HALL if role_of(bid.by) == Role.CLERK else Channel.ONLINE
        channel = self.channels[door]
        span = Nanoseconds(max(0, moment.recorded_at - moment.arrived_at))
        self._group(f"spans.{door}.{channel.spans.add(span, moment.seq)}").add(moment)
        if not accepted:
            channel.refused += 1

    def _happened(self, moment: Moment, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case BidPlaced():
                    lot, channel = self._lot(event.lot), self.channels[event.channel]
                    lot.bids += 1
                    lot.bidders.add(event.paddle)
                    channel.bids += 1
                    channel.bidders.add(event.paddle)
                    self._group(f"bids.{event.channel}").add(moment)
                case LotOpened():
                    lot = self._lot(event.lot)
                    lot.opened_at, lot.opened_seq = event.at, moment.seq
                    lot.ended_at = lot.ended_seq = lot.channel = None
                case HammerFell() | LotPassed():
                    lot = self._lot(event.lot)
                    lot.ended_at, lot.ended_seq = event.at, moment.seq
                    lot.open_for = Nanoseconds(lot.open_for + max(0, event.at - (lot.opened_at or event.at)))
                    lot.channel = event.channel if isinstance(event, HammerFell) else None
                case SaleOpened():
                    self.opened_at = event.at
                case SaleClosed():
                    self.closed_at = event.at
                case _:
                    pass

    def _lot(self, number: LotNo) -> LotTally:
        return self.lots.setdefault(number, LotTally())

    def _group(self, name: str) -> Group:
        return self.groups.setdefault(name, Group())
