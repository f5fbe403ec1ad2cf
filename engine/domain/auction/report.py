"""
The figures of one sale, as everybody may read them.

Every price, and whether bids may be counted at all, comes from the public parts of ``views``: what they do not say is not said here
either. A paddle's number appears nowhere.
"""

from collections.abc import Iterable
from typing import Any, Final

from engine.domain.auction.tally import BARS_US, ChannelTally, LotTally, Spans, Tally
from engine.domain.figures import premium
from engine.domain.parties import Channel
from engine.domain.units import Nanoseconds

ENDED: Final = frozenset({"sold", "passed", "withdrawn"})

Part = dict[str, Any]


def report(parts: Part, tally: Tally | None) -> Part:
    """
    A sale in figures, in the shape that ``engine/wire/PROTOCOL.md`` gives.

    Args:
        parts: The public picture.
        tally: The sale counted up to the same record; None while it is still being counted, and what only it knows is null.

    """
    lots = [part for name, part in parts.items() if name.startswith("lot/")]
    tally = tally if tally is not None and counts_shown(parts) else None
    by_lot = [_lot(part, tally) for part in lots]
    ended = [line for line in by_lot if line["phase"] in ENDED]
    figures = parts["figures"]
    return {
        "turnover_fen": figures["turnover_fen"],
        "opening_fen": figures["opening_fen"],
        "premium": figures["premium"],
        "average_fen": rounded(figures["turnover_fen"], figures["sold"]),
        "top": _top(figures["top"], by_lot),
        "lots": len(lots),
        "sold": figures["sold"],
        "passed": figures["passed"],
        "bids": _sum(channel.bids for channel in tally.channels.values()) if tally else None,
        "refused": _sum(channel.refused for channel in tally.channels.values()) if tally else None,
        "bidders": len(set[int]().union(*(channel.bidders for channel in tally.channels.values()))) if tally else None,
        "bids_per_lot": tenths(_sum(line["bids"] for line in ended), len(ended)),
        "lot_ms": rounded(_sum(line["open_ms"] for line in ended), len(ended)),
        "at_us": _us(tally.at) if tally else None,
        "opened_at_us": _us(tally.opened_at) if tally else None,
        "closed_at_us": _us(tally.closed_at) if tally else None,
        "channels": {
            channel.value: _channel(channel, figures, by_lot, tally.channels[channel] if tally else None)
            for channel in (Channel.HALL, Channel.ONLINE)
        },
        "bars_us": BARS_US,
        "refusals": [{"code": code, "count": count} for code, count in tally.refusals()] if tally else None,
        "by_lot": by_lot,
    }


def counts_shown(parts: Part) -> bool:
    """Whether everybody may know how many bids there have been: the views count those of every open lot and of the lots that ended."""
    lots = [part for name, part in parts.items() if name.startswith("lot/")]
    bidding = [parts["block"], *(part.get("open") for part in lots)]
    counted = [part["bid_count"] for part in bidding if part is not None]
    counted += [part["bid_count"] for part in lots if part["phase"] in {"sold", "passed"}]
    return None not in counted


def rounded(total: int | None, count: int) -> int | None:
    """``total`` shared out among ``count``, half up; None if there is nothing to share or nobody."""
    return None if total is None or not count else (2 * total + count) // (2 * count)


def tenths(total: int | None, count: int) -> str | None:
    """The same with one decimal place: ``12.5``."""
    shared = None if total is None else rounded(10 * total, count)
    return None if shared is None else f"{shared // 10}.{shared % 10}"


def _lot(part: Part, tally: Tally | None) -> Part:
    counted = tally.lots.get(part["lot"], LotTally()) if tally else None
    ended = part["phase"] in ENDED
    return {
        "lot": part["lot"],
        "plate": part["plate"],
        "phase": part["phase"],
        "opening_fen": part["opening_fen"],
        "hammer_fen": part["hammer_fen"],
        "premium": premium(part["hammer_fen"], part["opening_fen"]) if part["hammer_fen"] is not None else None,
        "channel": counted.channel if counted else None,
        "bids": counted.bids if counted and ended else None,
        "bidders": len(counted.bidders) if counted and ended else None,
        "open_ms": rounded(counted.open_for, 10**6) if counted and ended else None,
        "opened_at_us": _us(counted.opened_at) if counted else None,
        "ended_at_us": _us(counted.ended_at) if counted else None,
        "opened_seq": counted.opened_seq if counted else None,
        "ended_seq": counted.ended_seq if counted else None,
    }


def _top(top: Part | None, by_lot: list[Part]) -> Part | None:
    if top is None:
        return None
    return {**top, "seq": next(line["ended_seq"] for line in by_lot if line["lot"] == top["lot"])}


def _channel(channel: Channel, figures: Part, by_lot: list[Part], counted: ChannelTally | None) -> Part:
    sold = [line["hammer_fen"] for line in by_lot if line["channel"] == channel]
    return {
        "sold": figures[f"{channel}_sold"],
        "turnover_fen": _sum(sold) if counted else None,
        "bids": counted.bids if counted else None,
        "refused": counted.refused if counted else None,
        "bidders": len(counted.bidders) if counted else None,
        "spans": _spans(counted.spans) if counted else None,
    }


def _spans(spans: Spans) -> Part:
    return {
        "count": spans.count,
        "p50_us": _up(spans.percentile(500)),
        "p90_us": _up(spans.percentile(900)),
        "p99_us": _up(spans.percentile(990)),
        "max_us": _up(spans.most) if spans.count else None,
        "max_seq": spans.most_seq,
        "bars": list(spans.bars),
    }


def _sum(values: Iterable[int | None]) -> int | None:
    """The sum; None as soon as one is not to be known."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _us(at: Nanoseconds | None) -> int | None:
    return None if at is None else at // 1000


def _up(span: Nanoseconds | None) -> int | None:
    """In microseconds, rounded up: a delay is not made to look shorter."""
    return None if span is None else -(-span // 1000)
