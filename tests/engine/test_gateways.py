"""An engine with gateway processes beside it, as processes: what they hold is said, and one that is killed takes nothing with it."""

import logging
import os
import signal
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trio

from engine import cluster_state
from engine.cluster.settings import ClusterSettings
from engine.config import Config, ConfigFault, from_plain, load_config
from engine.notice import Notice
from engine.passes import make_token
from engine.room.folder import DataFolder
from tests.blackbox.crowd import Crowd, everybody
from tests.blackbox.kept import Kept, compare, prices_rise, receipts_hold
from tests.blackbox.lives import PADDLES, SALE, UNLIMITED, notice
from tests.cluster.fleet import ENOUGH_FEN, SEED, Fleet, Process, gone, no_loss
from tests.engine.house import RunningHouse, act, open_first_lot, running_house
from tests.gateway.saleroom import Browser, admissions, an_announcement

pytestmark = pytest.mark.kill
TWO = Config(cluster=ClusterSettings(gateways=2, gateway_back_ms=10))
PATIENCE_S = 20
SOME = 30


async def until(comes: Any) -> None:
    with trio.fail_after(PATIENCE_S):
        while not comes():  # noqa: ASYNC110 - another process tells nobody here
            await trio.sleep(0.02)


async def test_what_gateways_hold_is_said_and_one_that_dies_is_named_and_started_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "luochui.events")
    async with running_house(tmp_path, config=TWO) as house:
        await open_first_lot(house)
        await another_is_announced(house)
        async with house.viewer("bidder:1") as first, house.viewer("bidder:3") as second, house.viewer() as hall:
            answer = await act(first, type="bid", id="b1", lot=1, amount_fen=1_000_000)
            await hall.until("record", seq=answer["seq"])
            ready = await house.get("/readyz")
            assert sorted(ready["rooms"]["gateways"].values()) == [1, 2]
            state = await until_written(tmp_path)
            assert sorted(each.sockets for each in state.beside) == [1, 2]
            assert "gateway 1 (pid" in "\n".join(cluster_state.lines(state, state.at_s))
            told = (await house.http.get("/metrics")).text
            for line in (
                'luochui_connections{role="bidder"} 2.0',
                'luochui_connections{role="public"} 1.0',
                'luochui_queue_depth{queue="sockets"} 3.0',
            ):
                assert line in told.splitlines()
            pid = next(each.pid for each in state.beside if each.sockets == 1)
            os.kill(pid, signal.SIGKILL)
            await until(lambda: any(record.message == "gateway_ended" for record in caplog.records))
            [ended] = [record for record in caplog.records if record.message == "gateway_ended"]
            fields: dict[str, object] = ended.fields  # type: ignore[attr-defined]
            assert (fields["pid"], fields["code"], fields["sockets"]) == (pid, -signal.SIGKILL, 1)
            await until(lambda: sum(record.message == "gateway_started" for record in caplog.records) == 3)
            async with house.viewer("bidder:5"):  # Wherever there is room for him.
                pass
            here = [browser for browser in (first, second, hall) if await lives(browser)]
            assert len(here) == 2
            house.engine.stop()
            assert [await browser.end() for browser in here] == [1001, 1001]


async def another_is_announced(house: RunningHouse) -> None:
    """While it serves; the gateways show it too."""
    notice = Notice(
        announce=replace(an_announcement(), sale="another"), admissions=admissions(4), terms=(), officers=()
    )
    await house.engine.held.announce(notice)
    annexes = house.engine._annexes
    assert annexes is not None
    await until(lambda: [each.sales for each in annexes.states()] == [2, 2])
    async with house.socket(sale="another") as stranger:
        await stranger.send({"type": "hello", "protocol": 1})
        await stranger.until("picture")
        assert len(annexes) == 1
    await until(lambda: len(annexes) == 0)


async def lives(browser: Browser) -> bool:
    """Whether somebody is at the other end."""
    try:
        await browser.send({"type": "time", "t0": 1})
        await browser.until("time")
    except (EOFError, trio.BrokenResourceError):
        return False
    return True


async def until_written(folder: Path) -> cluster_state.EngineState:
    """What an operator finds there when all three are counted."""
    with trio.fail_after(PATIENCE_S):
        while True:
            state = cluster_state.read_state(DataFolder(folder))
            if state is not None and sum(each.sockets for each in state.beside) == 3:
                return state
            await trio.sleep(0.05)


@pytest.mark.timeout(180)
async def test_a_gateway_and_then_the_engine_is_killed_under_load_and_nothing_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    data, errors = tmp_path / "data", tmp_path / "stderr.txt"
    arguments: tuple[str | Path, ...] = ("serve", "--data", data, "--sale", notice(tmp_path), "--gateways", "2")
    engine = Process(errors, arguments, UNLIMITED)
    fleet = Fleet(data, engine, [], None)
    async with AsyncExitStack() as stack, trio.open_nursery() as nursery:
        stack.push_async_callback(gone, engine)
        await engine.start()
        tokens = {by: make_token(data, SALE, by, ttl_s=3600) for by in everybody(PADDLES)}
        fleet.crowds.append(Crowd(engine.url, SALE, tokens, ENOUGH_FEN, SEED))
        nursery.start_soon(fleet.crowds[0].run)
        await fleet.work(SOME)
        await until(lambda: 1 in gateways(data))
        os.kill(gateways(data)[1], signal.SIGKILL)
        await fleet.work(SOME)
        await fleet.rest()
        pids = gateways(data).values()
        await engine.kill()
        await until(lambda: not any(at_work(pid) for pid in pids))
        nursery.cancel_scope.cancel()
    kept, [crowd] = Kept.read(data), fleet.crowds
    receipts_hold(crowd.ledger, kept.key)
    prices_rise(kept.state)
    assert no_loss(counts := [compare(crowd.ledger, kept, set(crowd.sent))]), counts
    assert "Traceback" not in errors.read_text(encoding="utf-8")


def at_work(pid: int) -> bool:
    """Whether that process has not ended."""
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gateways(data: Path) -> dict[int, int]:
    """The process of each, by number."""
    state = cluster_state.read_state(DataFolder(data))
    return {} if state is None else {each.number: each.pid for each in state.beside}


def test_a_gateway_has_the_settings_its_engine_has() -> None:
    config = load_config(environ={}, flags={"gateways": 2, "http.origins": ("https://sale.example.cn",)})
    assert from_plain(config.plain()) == replace(config, sources=from_plain({}).sources)


def test_more_gateways_than_cores_there_could_be_are_refused() -> None:
    with pytest.raises(ConfigFault, match="at most 64"):
        load_config(environ={}, flags={"gateways": 65})
