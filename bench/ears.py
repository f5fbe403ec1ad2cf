"""What the crowd of one generator hears: answers, frames shown, refusals; and what it makes of them."""

import re
from collections import Counter as Counted
from collections.abc import Iterable
from typing import Any, Final

import orjson

from bench.histogram import Histogram
from bench.link import Link, Step
from bench.schedule import Bid

_RECORD: Final = re.compile(rb'"prev":(\d+),"seq":(\d+),"type":"record"\}$')
_PICTURE: Final = re.compile(rb'"seq":(\d+),"type":"picture"\}$')
_ACCEPTED: Final = re.compile(rb'\{"id":"([^"\\]+)","outcome":\{"accepted":')
_ANSWER: Final = re.compile(rb'"seq":(\d+),"type":"answer"\}$')
_TAIL: Final = 80
"""Keys are sorted, so beginning and end of a frame say all that is wanted of most of them."""

RESYNC: Final = "E_RESYNC_REQUIRED"


class Told:
    """One bid of the plan, and what became of it. Instants are those of the machine's steady clock, in nanoseconds."""

    __slots__ = ("accepted", "answered_ns", "bid", "code", "sent_ns", "seq", "touched")

    def __init__(self, bid: Bid) -> None:
        self.bid = bid
        self.sent_ns = self.answered_ns = self.seq = 0
        self.accepted = self.touched = False
        """``touched``: its bidder's link was away when it was due, or was lost before the answer came."""

        self.code = ""


class Ears:
    """
    Takes in frames.

    Args:
        run: Begins every id, so that another run on the same sale has other ids.
        bids: The generator's share of the plan, in order.

    """

    def __init__(self, run: str, bids: Iterable[Bid]) -> None:
        self._run = run
        self.bids = [Told(bid) for bid in bids]
        self._by_id = {self._id(told.bid): told for told in self.bids}
        self._waiting: dict[int, dict[str, Told]] = {}
        """By bidder, what is not answered."""

        self.begin_ns = 0
        self.counts: Counted[str] = Counted()
        self.errors: Counted[str] = Counted()
        self.refused: Counted[str] = Counted()
        """Bids, and links that were not let in, by code."""

        self.connect, self.resume, self.lag, self.second = Histogram(), Histogram(), Histogram(), Histogram()
        """``second``: acknowledgements since it was last taken away."""

        self.latest: Link | None = None
        """Who was last shown something and read it."""

    @property
    def answered_all(self) -> bool:
        """Whether every bid that was due has its answer."""
        return not any(self._waiting.values())

    def due(self, told: Told, link: Link, now: int) -> None:
        """A bid is due: say it, or keep it until its bidder's link is back."""
        self._waiting.setdefault(link.who, {})[self._id(told.bid)] = told
        if link.step is not Step.IN:
            told.touched = True
            return
        self.lag.add(now - self.begin_ns - told.bid.due_ns)
        self._say(told, link, now)

    def lost(self, link: Link) -> None:
        """A link is gone: what it waits for will come later than the house is to blame for."""
        for told in self._waiting.get(link.who, {}).values():
            told.touched = True

    def hear(self, link: Link, content: bytes, now: int) -> None:
        """One message of the house to ``link``."""
        found = _RECORD.search(content, max(0, len(content) - _TAIL))
        if found is not None:
            self._shown(link, int(found[1]), int(found[2]), content, now)
            return
        accepted = _ACCEPTED.match(content)
        if accepted is not None and (found := _ANSWER.search(content, len(content) - _TAIL)) is not None:
            self._accepted(link, accepted[1].decode(), int(found[1]), now)
            return
        if link.paddle is None and (found := _PICTURE.search(content, len(content) - _TAIL)) is not None:
            self._shown_whole(link, int(found[1]), content, now)
            self._arrived(link, now)
            return
        frame = orjson.loads(content)
        match frame["type"]:
            case "answer":
                self._answered(link, frame, now)
            case "duplicate":
                self._answered(link, frame["answer"], now)
            case "picture":
                self._picture(link, frame, content, now)
            case "refused":
                self._turned_down(link, frame, now)
            case "notice" if frame["code"] == RESYNC:
                self.counts["resyncs"] += 1
            case "notice" | "unknown":
                self.errors[frame["code"]] += 1
            case "checkpoint" if link.resuming:
                self._arrived(link, now)
            case _:
                pass

    def _shown(self, link: Link, prev: int, seq: int, content: bytes, now: int) -> None:
        if link.last and prev > link.seq:
            self.counts["gaps"] += 1
        self._shown_whole(link, seq, content, now)
        self._arrived(link, now)

    def _shown_whole(self, link: Link, seq: int, content: bytes, now: int) -> None:
        link.seq, link.last = seq, content
        if link.watched:
            link.seen_seq.append(seq)
            link.seen_at.append(now)
            self.latest = link

    def _picture(self, link: Link, frame: dict[str, Any], content: bytes, now: int) -> None:
        self._shown_whole(link, frame["seq"], content, now)
        if link.paddle is not None and frame["parts"]["rules"]["sign_off"]:
            digest = frame["parts"]["sale"]["rules"]
            link.say(f'{{"digest":"{digest}","id":"{self._run}.rules.{link.paddle}","type":"accept_rules"}}'.encode())
        self._arrived(link, now)

    def _arrived(self, link: Link, now: int) -> None:
        if link.step is not Step.HELLO:
            return
        link.step = Step.IN
        (self.resume if link.resuming else self.connect).add(now - link.due_ns)
        for told in list(self._waiting.get(link.who, {}).values()):
            self._say(told, link, now)

    def _accepted(self, link: Link, command_id: str, seq: int, now: int) -> None:
        told = self._settle(link, command_id, now)
        if told is not None:
            told.seq, told.accepted = seq, True

    def _answered(self, link: Link, frame: dict[str, Any], now: int) -> None:
        told = self._settle(link, frame["id"], now)
        if told is None:
            return
        told.seq = frame["seq"]
        told.accepted = "accepted" in frame["outcome"]
        if not told.accepted:
            told.code = frame["outcome"]["refused"]["code"]
            self.refused[told.code] += 1

    def _turned_down(self, link: Link, frame: dict[str, Any], now: int) -> None:
        """The door said no, and nothing is on the record."""
        self.refused[frame["code"]] += 1
        told = self._settle(link, frame["id"], now) if frame["id"] is not None else None
        if told is not None:
            told.code = frame["code"]

    def _settle(self, link: Link, command_id: str, now: int) -> Told | None:
        told = self._by_id.get(command_id)
        if told is None or told.answered_ns:
            return None
        self._waiting[link.who].pop(command_id, None)
        told.answered_ns = now
        if not told.touched:
            self.second.add(now - self.begin_ns - told.bid.due_ns)
        self.counts["answered"] += 1
        return told

    def _say(self, told: Told, link: Link, now: int) -> None:
        bid = told.bid
        text = b'{"amount_fen":%d,"id":"%s","lot":%d,"type":"bid"}'
        link.say(text % (bid.amount_fen, self._id(bid).encode(), bid.lot))
        told.sent_ns = told.sent_ns or now
        self.counts["sent"] += 1

    def _id(self, bid: Bid) -> str:
        return f"{self._run}.{bid.no}"
