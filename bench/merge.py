"""What all generators found, put together. Pure."""

from array import array
from base64 import b64decode
from bisect import bisect_left
from collections import Counter as Counted
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bench.generator import FLAG_ACCEPTED, FLAG_TOUCHED
from bench.histogram import Histogram
from bench.thresholds import LATENCIES


@dataclass(slots=True)
class Found:
    """Latencies and counts of a whole run; what was warming up is left out of latencies and of bids."""

    latencies: dict[str, Histogram] = field(default_factory=lambda: {name: Histogram() for name in LATENCIES})
    counts: Counted[str] = field(default_factory=Counted)
    errors: Counted[str] = field(default_factory=Counted)
    refused: Counted[str] = field(default_factory=Counted)
    generator_cpu: float = 0.0
    """Share of one core of the busiest generator."""

    entry_s: float = 0.0
    """Processor time of a generator for each link it made, until that was shown the sale; of the one that took most."""


@dataclass(frozen=True, slots=True)
class _Bid:
    due: int
    answered: int
    seq: int
    flags: int


@dataclass(frozen=True, slots=True)
class _Display:
    lost: int
    seq: Sequence[int]
    at: Sequence[int]


ADDED: Final = ("bytes", "frames", "resyncs", "gaps", "dropped", "slow_dropped", "goodbyes")


def merge(results: Iterable[Mapping[str, Any]], warm_up_ns: int) -> Found:
    """
    Put the results of all generators together.

    Args:
        results: What each said in the end.
        warm_up_ns: Bids due before this are not counted.

    """
    found, bids, displays = Found(), list[_Bid](), list[_Display]()
    for result in results:
        for name in ("connect", "resume", "lag"):
            found.latencies[name].merge(Histogram.read(result[name]))
        for name in ADDED:
            found.counts[name] += result["counts"].get(name, 0)
        found.errors.update(result["errors"])
        found.refused.update(result["refused"])
        found.entry_s = max(found.entry_s, result["entry_s"])
        if result["took_s"]:
            found.generator_cpu = max(found.generator_cpu, result["cpu_s"] / result["took_s"])
        columns = [unpacked(result["bids"][name]) for name in ("due", "answered", "seq", "flags")]
        bids += [_Bid(*each) for each in zip(*columns, strict=True) if each[0] >= warm_up_ns]
        displays += [_Display(one["lost"], unpacked(one["seq"]), unpacked(one["at"])) for one in result["displays"]]
    _count_bids(found, bids)
    _look(found, bids, displays)
    return found


def unpacked(text: str) -> Sequence[int]:
    """What ``generator.packed`` wrote."""
    values = array("q")
    values.frombytes(b64decode(text))
    return values


def _count_bids(found: Found, bids: Iterable[_Bid]) -> None:
    for bid in bids:
        found.counts["bids"] += 1
        found.counts["accepted"] += bid.flags & FLAG_ACCEPTED
        if bid.answered < 0:
            found.counts["unanswered"] += 1
        else:
            name = "bid_ack_after_loss" if bid.flags & FLAG_TOUCHED else "bid_ack"
            found.latencies[name].add(bid.answered - bid.due)


def _look(found: Found, bids: Iterable[_Bid], displays: Iterable[_Display]) -> None:
    """When each accepted bid was shown to the first and the last of the displays whose links held, and what was conflated."""
    accepted = sorted((bid for bid in bids if bid.flags & FLAG_ACCEPTED), key=lambda bid: bid.seq)
    seqs = [bid.seq for bid in accepted]
    first: list[int | None] = [None] * len(accepted)
    last: list[int | None] = [None] * len(accepted)
    of_bids = set(seqs)
    for display in displays:
        if display.lost or not display.seq:
            continue
        at = 0
        for number, seq in enumerate(seqs):
            at = bisect_left(display.seq, seq, at)
            if at == len(display.seq):
                break
            seen, early, late = display.at[at], first[number], last[number]
            first[number] = seen if early is None else min(early, seen)
            last[number] = seen if late is None else max(late, seen)
        shown = bisect_left(seqs, display.seq[-1] + 1)
        found.counts["conflated"] += shown - sum(seq in of_bids for seq in display.seq)  # in a later frame with others
    for bid, early, late in zip(accepted, first, last, strict=True):
        if early is not None and late is not None and not bid.flags & FLAG_TOUCHED:
            found.latencies["bid_seen_first"].add(early - bid.due)
            found.latencies["bid_seen_last"].add(late - bid.due)
