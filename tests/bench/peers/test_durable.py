"""The durable bid beside naive auctions: who cannot be started is named, and what Redis says it kept is read."""

import socket
from collections.abc import Callable

import pytest

from bench.histogram import Histogram
from bench.peers.durable import NAIVES, Naive, Trips, length
from bench.peers.processes import Stuck
from bench.peers.programs import Missing, python_with


def asked(answer: bytes) -> int:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(answer)
        far.shutdown(socket.SHUT_WR)
        found = length(near)
        assert far.recv(64) == b"LLEN bids\r\n"
        return found


def test_redis_says_how_many_it_kept() -> None:
    assert asked(b":1000\r\n") == 1000


@pytest.mark.parametrize("answer", [b"-LOADING\r\n", b"", b":x\r\n"])
def test_a_redis_that_does_not_say_is_no_proof(answer: bytes) -> None:
    with pytest.raises(Stuck, match="Redis says"):
        asked(answer)


def test_an_acknowledged_bid_that_is_gone_is_seen() -> None:
    assert Trips("a", "", accepted=5, kept=5).whole
    assert Trips("a", "", accepted=5).whole
    assert not Trips("a", "", accepted=5, kept=4).whole


def test_trips_are_told_in_microseconds_and_none_are_not_guessed() -> None:
    told = Trips("a", "s", Histogram.of([1_000_000] * 9), 9, 9).plain()
    assert told["p50_us"] == pytest.approx(1000, rel=0.01)
    assert (told["accepted"], told["kept"]) == (9, 9)
    assert Trips("a", "s", skipped="no").plain()["p50_us"] is None


def nobody(python: str | None) -> list[object]:
    return list(python_with("no_such_package", python))


def test_one_that_cannot_be_started_says_what_is_missing() -> None:
    command: Callable[[str | None], list[object]] = nobody
    with pytest.raises(Missing):
        command(None)
    naive = Naive("nobody", "", lambda python: python_with("no_such_package", python))
    assert "no_such_package: not installed" in str(naive.missing(None))


def test_both_naive_auctions_have_names_of_their_own() -> None:
    assert len({naive.name for naive in NAIVES}) == 2
