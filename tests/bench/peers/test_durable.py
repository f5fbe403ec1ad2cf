"""The durable bid beside naive auctions: who cannot be started is named, and what Redis says it kept is read."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from bench.histogram import Histogram
from bench.peers.durable import Bidder, Naive, Trips, auctions, length, round_trips
from bench.peers.processes import Stuck
from bench.peers.programs import python_with


def asked(answers: bytes, patience_s: float = 10.0) -> int:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(answers)
        far.shutdown(socket.SHUT_WR)
        found = length(near, patience_s)
        assert far.recv(64).startswith(b"LLEN bids\r\n")
        return found


def test_redis_says_how_many_it_kept() -> None:
    assert asked(b":1000\r\n") == 1000


def test_a_redis_that_still_reads_what_it_kept_is_asked_again() -> None:
    assert asked(b"-LOADING Redis is loading\r\n:7\r\n") == 7


@pytest.mark.parametrize("answer", [b"-LOADING\r\n", b"", b":x\r\n"])
def test_a_redis_that_does_not_say_is_no_proof(answer: bytes) -> None:
    with pytest.raises(Stuck, match="Redis says"):
        asked(answer, patience_s=0.0)


def test_an_acknowledged_bid_that_is_gone_is_seen() -> None:
    assert Trips("a", "", accepted=5, kept=5).whole
    assert Trips("a", "", accepted=5).whole
    assert not Trips("a", "", accepted=5, kept=4).whole


def test_trips_are_told_in_microseconds_and_none_are_not_guessed() -> None:
    told = Trips("a", "s", Histogram.of([1_000_000] * 9), 9, 9).plain()
    assert told["p50_us"] == pytest.approx(1000, rel=0.01)
    assert (told["accepted"], told["kept"]) == (9, 9)
    assert Trips("a", "s", skipped="no").plain()["p50_us"] is None


@dataclass
class Willing:
    """An auction that takes so many bids, answers each in a millisecond, and keeps some."""

    name: str = "willing"
    settings: str = "none"
    takes: int = 10_000
    keeps: int | None = None
    reason: str | None = None
    said: list[bytes] = field(default_factory=list)

    def missing(self) -> str | None:
        return self.reason

    @contextmanager
    def seats(self, folder: Path) -> Iterator[list[Bidder]]:
        assert folder.is_dir()
        if self.takes < 0:
            raise Stuck("the port is taken")
        yield [self]

    def kept(self, folder: Path) -> int | None:
        assert folder.is_dir()
        if self.keeps == -1:
            raise Stuck("Redis says nothing")
        return self.keeps

    def round_trip(self, text: bytes) -> tuple[int, bool]:
        self.said.append(text)
        return 1_000_000, len(self.said) <= self.takes


def test_all_bid_by_turns_and_each_bid_is_above_the_last(tmp_path: Path) -> None:
    both = [Willing(), Willing("other", keeps=120)]
    one, other = round_trips(tmp_path, both, times=120)
    assert (one.accepted, one.kept, other.accepted, other.kept) == (120, None, 120, 120)
    assert one.plain()["p50_us"] == pytest.approx(1000, rel=0.01)
    amounts = [orjson.loads(text)["amount_fen"] for text in both[0].said]
    assert amounts == sorted(set(amounts))
    assert list(tmp_path.iterdir()) == []


def test_one_who_refuses_loses_or_does_not_start_is_told_of_and_the_others_go_on(tmp_path: Path) -> None:
    taking = [Willing(takes=3), Willing(takes=-1), Willing(reason="no redis"), Willing(keeps=59), Willing(keeps=-1)]
    refused, unstarted, missing, lossy, dumb = round_trips(tmp_path, taking, times=60)
    assert refused.skipped == "after 3 bids: a bid was refused"
    assert (unstarted.skipped, missing.skipped) == ("the port is taken", "no redis")
    assert (lossy.accepted, lossy.whole) == (60, False)
    assert (dumb.whole, dumb.skipped) == (False, "what it kept could not be read: Redis says nothing")


def test_one_that_cannot_be_started_says_what_is_missing() -> None:
    naive = Naive("nobody", "", lambda: python_with("no_such_package", None))
    assert "no_such_package: not installed" in str(naive.missing())


def test_ours_comes_first_and_all_have_names_of_their_own() -> None:
    names = [each.name for each in auctions()]
    assert names[0] == "luochui"
    assert len(set(names)) == 3
