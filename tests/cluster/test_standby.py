"""The real thing: an engine and its standby as processes, bidders at the engine, and what becomes of them."""

import signal
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
import trio

from clients.http import HttpFault
from clients.verifier import judge
from engine.domain.auction.events import SaleSuspended
from engine.domain.refusals import Refusal
from tests.blackbox.crowd import Heard
from tests.blackbox.kept import Kept
from tests.blackbox.lives import SALE
from tests.cli.program import last_json, luochui
from tests.cluster.pair import Pair, pair

pytestmark = [pytest.mark.kill, pytest.mark.timeout(180)]
SOME = 40


async def test_a_standby_that_is_missing_suspends_bidding_on_every_screen_and_when_it_is_back_nothing_is_lost(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, "sync") as one:
        await one.work(SOME)
        assert await one.status(one.data) == (0, "in_force")
        await one.end_standby(signal.SIGKILL)
        await one.stands("gone")
        with trio.fail_after(20):
            while not one.crowd.ledger.others["E_STANDBY_LOST"]:  # noqa: ASYNC110 - of a process
                await trio.sleep(0.05)
        assert await one.status(one.data) == (1, "gone")
        answered = len(one.crowd.ledger.answers)
        await trio.sleep(0.5)
        assert len(one.crowd.ledger.answers) == answered
        await one.start_standby()
        await one.work(SOME)
        await one.rest()
        await one.stands("in_force")
        assert await one.engine.end(signal.SIGTERM) == 0
        await one.end_standby(signal.SIGTERM)
        for where in (one.data, one.copy):
            found = one.found(where)
            assert found.lost == found.doubled == found.different == found.without_outcome == 0, found
    kept = Kept.read(one.data)
    events = [event for record in kept.records if not isinstance(record.outcome, Refusal) for event in record.outcome]
    (suspended,) = [event for event in events if isinstance(event, SaleSuspended)]
    assert suspended.cause == "standby"
    assert one.anchored(one.data) == one.anchored(one.copy)


async def test_an_engine_killed_under_load_is_replaced_by_its_standby_and_nothing_acknowledged_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, "sync") as one:
        await one.serve_gateway()
        await one.work(SOME)
        await one.engine.kill()
        await one.end_standby(signal.SIGTERM)
        done = await one.promote("--old-anchors", one.data / "anchors")
        assert (done["found"]["mode"], done["epoch"]) == ("sync", 2)
        assert done["found"]["proved"]
        await one.serve_copy()
        await one.work(SOME)
        await one.rest()
        assert one.second is not None
        assert one.gateway is not None
        await shows(one, one.gateway.url, await one.about(one.second.url))
        export = await trio.to_thread.run_sync(fetched, f"{one.second.url}/api/sales/{SALE}/export.jsonl")
        assert await one.second.end(signal.SIGTERM) == 0
        found = one.found(one.copy, replayed=True)
    assert found.lost == found.doubled == found.different == found.without_outcome == 0, found
    said = judge(export, None, {}, [])
    assert (said["verdict"], said["records"]) == ("GOOD", found.records), said
    kept = Kept.read(one.copy)
    assert [record.epoch for record in kept.records] == sorted(record.epoch for record in kept.records)
    takeover = kept.records[done["record"] - 1]
    assert (takeover.epoch, takeover.seq) == (2, done["found"]["records"] + 1)
    assert not isinstance(takeover.outcome, Refusal)
    (suspended,) = takeover.outcome
    assert isinstance(suspended, SaleSuspended)
    assert suspended.cause == "takeover"
    assert "auctioneer:1" in suspended.reason
    assert "supervisor:1" in suspended.reason
    refused = luochui("verify", one.data, "--json")
    assert (refused.returncode, last_json(refused)["fault"]) == (3, "E_EPOCH_STALE")


async def shows(one: Pair, url: str, wanted: dict[str, Any]) -> None:
    """Wait until the gateway at ``url`` has come to where the engine in force stands."""
    with trio.fail_after(20):
        while True:
            with suppress(OSError, HttpFault):
                told = await one.about(url)
                if (told["epoch"], told["seq"], told["head"]) == (2, wanted["seq"], wanted["head"]):
                    return
            await trio.sleep(0.1)


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_an_engine_that_slept_through_a_promotion_acknowledges_nothing_when_it_wakes(
    tmp_path: Path, mode: str
) -> None:
    async with pair(tmp_path, mode) as one:
        await one.work(SOME)
        assert one.engine.program is not None
        old = one.engine.program.process
        old.send_signal(signal.SIGSTOP)
        await one.end_standby(signal.SIGTERM)
        loss = [] if mode == "sync" else ["--accept-loss"]
        done = await one.promote(*loss)
        assert done["told"]
        told = dict(one.crowd.ledger.answers)
        await one.serve_copy(elsewhere=True)
        old.send_signal(signal.SIGCONT)
        with trio.fail_after(20):
            assert await old.wait() == 70
        late = {seq(heard) for key, heard in one.crowd.ledger.answers.items() if key not in told}
        assert all(each <= done["found"]["records"] for each in late), (late, done)
        assert one.second is not None
        assert await one.second.end(signal.SIGTERM) == 0
        found = one.found(one.copy)
        assert found.doubled == found.different == 0, found
        assert found.lost == 0 or mode == "async", found
    assert one.anchored(one.data).epoch == 2


def seq(heard: Heard) -> int:
    """Where what was answered stands."""
    return int(orjson.loads(heard.first)["seq"])


async def test_in_async_mode_what_the_standby_lacks_is_named_and_nothing_else_is_lost(tmp_path: Path) -> None:
    async with pair(tmp_path, "async") as one:
        await one.work(SOME)
        assert one.standby is not None
        one.standby.process.send_signal(signal.SIGSTOP)
        await one.work(SOME)
        assert (await one.stands("gone"))["behind"] > 0
        await one.engine.kill()
        await one.end_standby(signal.SIGKILL)
        refused = await one.try_to_promote("--old-anchors", one.data / "anchors")
        assert (refused.returncode, last_json(refused)["fault"]) == (3, "E_LOSS_NOT_ACCEPTED")
        done = await one.promote("--old-anchors", one.data / "anchors", "--accept-loss")
        gap = range(done["found"]["missing_first"], done["found"]["missing_last"] + 1)
        kept = Kept.read(one.copy)
        missing = {
            seq(heard)
            for (by, command_id), heard in one.crowd.ledger.answers.items()
            if not kept.holds(by, command_id, orjson.loads(heard.first))
        }
        assert missing
        assert missing <= set(gap)
        assert gap[0] == done["record"]
        assert f"{gap[0]}–{gap[-1]}" in done["said"][1]
