"""The way of one bid with and without a gateway is measured. How long it is, is not asked here."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from bench.hop import DOORS, Hops, table
from bench.latencies import Latencies

ROOT = Path(__file__).resolve().parents[2]
BIDS = 4


@pytest.mark.redis
@pytest.mark.timeout(180)
def test_every_bid_is_timed_at_every_door() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.hop", "--bids", str(BIDS), "--warm", "1", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = orjson.loads(done.stdout)
    assert found["bids"] == BIDS
    for what in ("seen", "later", "acknowledged"):
        assert {at: row["count"] for at, row in found[what].items()} == dict.fromkeys(DOORS, BIDS)
    assert found["later"]["engine"]["max"] == 0
    assert all(found["rss_mib"][at] > 10 for at in DOORS)
    assert 100 < found["viewer_bytes"] < 20_000
    assert found["redis"]["in_bytes"] > 100


def test_the_table_has_a_line_for_each_door_with_its_count() -> None:
    row = {at: Latencies.of([0.001, 0.003]) for at in DOORS}
    cost = dict.fromkeys(DOORS, 0.5)
    said = table(Hops(row, row, row, cost, cost, 1200, {"cpu_ms": 0.1, "in_bytes": 4000.0, "out_bytes": 5000.0}))
    latencies, programs = (part.splitlines() for part in said.split("\n\n"))
    assert len(latencies) == 1 + 3 + 2 + 3
    assert all(line.split()[-3:] == ["1.00", "3.00", "2"] for line in latencies[1:])
    assert [line.partition(":")[0] for line in programs] == [*DOORS, "redis-server", "a watcher"]
