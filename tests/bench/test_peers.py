"""Others beside us: measured where they can be started, named with the reason where they cannot."""

import re

import pytest

from bench.peers.brokers import BROKERS, Broker, mqtt_length, told
from bench.peers.loop import Stuck, loop
from bench.peers.page import page
from bench.peers.peers import FLOOR, PEERS, Missing, Peer, Row


def by_name(name: str) -> Peer:
    return next(peer for peer in PEERS if peer.name == name)


def test_a_peer_that_is_installed_tells_everybody_and_says_what_it_took() -> None:
    command = by_name("websockets.asyncio broadcast").command("python-that-is-not-there")
    assert 0 < loop(command, "/", displays=3, size=200, events=3, interval_s=0.01) < 1e6


def test_a_peer_whose_package_is_missing_is_named_with_it() -> None:
    peer = Peer("nobody", "", "no_such_package", "nobody")
    with pytest.raises(Missing, match="no_such_package is not installed"):
        peer.command("python3")


def test_a_server_that_does_not_start_says_why() -> None:
    with pytest.raises(Stuck, match="No module named"):
        loop(["python3", "-m", "no.such.server"], "/", 1, 100, 1, 0.01)


def test_the_page_shows_ratios_to_the_floor_and_who_was_not_measured() -> None:
    floor = Row(FLOOR, "", {100: 4.0, 1000: 5.0})
    rows = [floor, Row("us", "as it comes", {100: 5.0, 1000: 6.0}), Row("<other>", "", {}, "not installed")]
    told = [row.plain(floor) for row in rows]
    assert told[1]["over_c"] == {"100": 1.25, "1000": 1.2}
    text = page(told, {"cores": 2})
    assert "5.00 (1.25)" in text
    assert "&lt;other&gt;" in text
    assert "<svg" in text
    assert re.search("每条送达消息", text)


def test_everybody_has_a_name_of_his_own() -> None:
    names = [peer.name for peer in PEERS] + [broker.name for broker in BROKERS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("broker", BROKERS, ids=lambda broker: broker.name)
def test_a_broker_that_is_installed_delivers_everything_and_one_that_is_not_is_named(broker: Broker) -> None:
    missing = broker.missing()
    if missing is not None:
        assert "not installed" in missing or "no nchan module" in missing
        return
    assert told(broker, displays=3, size=200, events=5, interval_s=0.02) >= 0


@pytest.mark.parametrize(
    ("size", "spelled"), [(0, b"\0"), (127, b"\x7f"), (128, b"\x80\x01"), (16_384, b"\x80\x80\x01")]
)
def test_the_length_of_a_message_is_spelled_as_mqtt_has_it(size: int, spelled: bytes) -> None:
    assert mqtt_length(size) == spelled
