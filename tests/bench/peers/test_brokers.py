"""Brokers of the system, each told over its own protocol."""

from pathlib import Path

import pytest

from bench.peers.brokers import BROKERS, Broker, mqtt_length
from bench.peers.measure import measure
from bench.peers.task import Task


@pytest.mark.parametrize("broker", BROKERS, ids=lambda broker: broker.name)
def test_a_broker_that_is_installed_delivers_everything_and_one_that_is_not_is_named(broker: Broker) -> None:
    missing = broker.missing()
    if missing is not None:
        assert missing.endswith(f": apt-get install {broker.package}")
        return
    task = Task(displays=3, size=200, events=5, interval_s=0.02)
    with broker.started(task) as server:
        found = measure(server, task, settle_s=0.1)
    assert (found.delivered, found.wanted) == (15, 15)


@pytest.mark.parametrize(
    ("size", "spelled"), [(0, b"\0"), (127, b"\x7f"), (128, b"\x80\x01"), (16_384, b"\x80\x80\x01")]
)
def test_the_length_of_a_message_is_spelled_as_mqtt_has_it(size: int, spelled: bytes) -> None:
    assert mqtt_length(size) == spelled


@pytest.mark.parametrize("broker", BROKERS, ids=lambda broker: broker.name)
def test_a_broker_listens_on_this_machine_alone(broker: Broker, tmp_path: Path) -> None:
    config = broker.config(tmp_path, 4001, 4002)
    assert "4001" in config
    assert "4002" in config
    assert "0.0.0.0" not in config
    assert config.count("127.0.0.1") >= 2
