"""The whole comparison as people ask for it."""

import orjson
from typer.testing import CliRunner

from bench.peers.compare import Comparison
from bench.peers.durable import Trips
from bench.peers.measure import Sample
from bench.peers.peers import Row
from engine.cli import app


def test_a_comparison_is_whole_if_nothing_was_lost_on_the_way_or_on_the_disk() -> None:
    good, lossy = Row("a", "", {1: [Sample(1, 1, 1, 9, 9, 1)]}), Row("b", "", {1: [Sample(1, 1, 1, 8, 9, 1)]})
    kept, lost = Trips("a", "", accepted=1, kept=1), Trips("a", "", accepted=1, kept=0)
    assert Comparison([good], [kept], {}).whole
    assert not Comparison([good, lossy], [kept], {}).whole
    assert not Comparison([good], [lost], {}).whole
    assert Comparison([good], [kept], {}).plain()["whole"] is True


def test_nobody_measured_ends_with_1_and_says_why() -> None:
    asked = ["bench", "peers", "--only", "nats-server", "--quick", "--json"]
    done = CliRunner().invoke(app, asked, env={"PATH": ""})
    assert done.exit_code == 1
    assert orjson.loads(done.stdout)["fault"] == "E_BENCH_NO_PEER_MEASURED"
    assert "nats-server is not installed: apt-get install nats-server" in done.stderr


def test_a_name_nobody_has_ends_with_1_and_says_the_names() -> None:
    done = CliRunner().invoke(app, ["bench", "peers", "--only", "nobody", "--json"])
    assert done.exit_code == 1
    assert "websockets.trio" in done.stderr
