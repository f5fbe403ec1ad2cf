"""``luochui demo --cluster``: the published figures, whatever is killed on the way."""

import subprocess
from pathlib import Path

import pytest

from clients.news import Outcome
from engine.cluster_demo.ledger import Ledger, count
from engine.cluster_demo.machines import COMPLAINTS, SALE
from engine.cluster_demo.processes import ClusterDemoFault, ours
from engine.cluster_demo.show import play_cluster
from engine.demo_house import NotTheDemo
from engine.domain.parties import Principal
from engine.room.folder import DataFolder
from tests.blackbox.test_kill import PUBLISHED
from tests.cli.conftest import Played
from tests.cli.program import LUOCHUI, environment, last_json, luochui

PATIENCE_S = 200.0
"""Ten programs are started for it, one after the other wherever one waits for another."""


@pytest.mark.kill
@pytest.mark.redis
@pytest.mark.timeout(240)
def test_gateway_redis_and_engine_are_killed_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    done = subprocess.run(
        [LUOCHUI, "demo", "--cluster", "--chaos", "--fast", "--json", "--data", data],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment({}),
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    figures = last_json(done)
    assert figures | PUBLISHED == figures
    wanted = {
        "lost": 0,
        "doubled": 0,
        "killed": ["gateway", "redis", "engine"],
        "epoch": 2,
        "gateways": 3,
        "engines": 2,
    }
    assert figures | wanted == figures
    assert figures["watchers_agree"]
    assert figures["acknowledged"] >= figures["bids"] + figures["second"]["bids"]
    assert (figures["second"]["phase"], figures["second"]["sold"], figures["second"]["epoch"]) == ("closed", 4, 1)
    assert luochui("verify", data / "standby").returncode == 0
    assert luochui("verify", data / "second").returncode == 0
    assert "Traceback" not in (data / COMPLAINTS).read_text(encoding="utf-8")


def test_what_was_acknowledged_and_is_not_on_the_record_is_counted_as_lost(original: Played) -> None:
    folder = DataFolder(original.data)
    nobody = count(folder, SALE, Ledger())
    assert (nobody.acknowledged, nobody.lost, nobody.doubled, nobody.epoch) == (0, 0, 0, 1)
    assert nobody.figures | PUBLISHED == nobody.figures
    assert nobody.state_digest == original.figures["state_digest"]
    invented = Outcome(id="never", seq=7, receipt={"header": "{}", "command": "{}", "outcome": "{}"})
    found = count(folder, SALE, Ledger({(Principal("bidder:1"), "never"): invented}))
    assert (found.acknowledged, found.lost, found.doubled) == (1, 1, 0)


def test_without_a_redis_server_it_says_what_to_install(tmp_path: Path) -> None:
    done = luochui("demo", "--cluster", "--fast", "--json", env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    told = last_json(done)
    assert told["fault"] == "E_REDIS_MISSING"
    assert "redis-server" in told["zh"]
    assert "apt install redis-server" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_process_that_does_not_come_to_work_is_named_with_its_own_words(tmp_path: Path) -> None:
    engine = ours("engine", tmp_path / COMPLAINTS, {}, "serve", "--data", tmp_path / "nothing")
    with pytest.raises(ClusterDemoFault, match=r"the engine did not come to work: .*no sale") as caught:
        await engine.start()
    assert caught.value.code == "E_DEMO_PROCESS"
    await engine.kill()


def test_a_folder_with_something_in_it_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("keep me", encoding="utf-8")
    for fresh, fault in ((False, ClusterDemoFault), (True, NotTheDemo)):
        with pytest.raises(fault):
            play_cluster(tmp_path, fast=True, fresh=fresh, chaos=False, seed=1, host="127.0.0.1", port=None, quiet=True)
    assert other.read_text(encoding="utf-8") == "keep me"
