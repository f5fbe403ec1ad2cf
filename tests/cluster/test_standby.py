"""The real thing: an engine and its standby as processes, bidders at the engine, and what becomes of them."""

import signal
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio

from clients.http import HttpFault
from clients.verifier import judge
from engine.domain.auction.events import SaleSuspended
from engine.domain.refusals import Refusal
from engine.wire.note import Note, Verifier
from engine.wire.shapes.http import SecondCopy
from tests.blackbox.kept import Kept
from tests.blackbox.lives import SALE
from tests.cli.program import last_json, luochui
from tests.cluster.pair import Pair, pair
from tests.cluster.succession import absent, behind, killed, nothing_lost, slept

pytestmark = [pytest.mark.kill, pytest.mark.timeout(180)]


async def test_a_standby_that_is_missing_suspends_bidding_on_every_screen_and_when_it_is_back_nothing_is_lost(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, "sync") as one:
        told = (await one.about())["standby"]
        assert msgspec.to_builtins(msgspec.convert(told, SecondCopy)) == told
        await one.serve_gateway()
        assert one.gateway is not None
        told = await one.about(one.gateway.url)
        assert told["standby"]["mode"] == "sync"
        note = await trio.to_thread.run_sync(fetched, f"{one.gateway.url}/api/sales/{SALE}/log/checkpoint")
        assert Note.parse(note).signed_by(Verifier.parse(told["log"]["vkey"]))
        assert await one.status(one.data) == (0, "in_force")
        await absent(one, restarted=True)
    kept = Kept.read(one.data)
    events = [event for record in kept.records if not isinstance(record.outcome, Refusal) for event in record.outcome]
    (suspended,) = [event for event in events if isinstance(event, SaleSuspended)]
    assert suspended.cause == "standby"


async def test_an_engine_killed_under_load_is_replaced_by_its_standby_and_nothing_acknowledged_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, "sync") as one:
        await one.serve_gateway()
        done = await killed(one)
        assert one.second is not None
        assert one.gateway is not None
        await shows(one, one.gateway.url, await one.about(one.second.url))
        export = await trio.to_thread.run_sync(fetched, f"{one.second.url}/api/sales/{SALE}/export.jsonl")
        assert await one.second.end(signal.SIGTERM) == 0
        found = one.found(one.copy)
    nothing_lost(found)
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
async def test_an_engine_that_slept_through_a_promotion_acknowledges_nothing_new_when_it_wakes(
    tmp_path: Path, mode: str
) -> None:
    """In async mode but for the answers it was sending when it fell asleep, as ``CLUSTER.md`` says."""
    async with pair(tmp_path, mode) as one:
        await slept(one, mode)


async def test_in_async_mode_what_the_standby_lacks_is_named_and_nothing_else_is_lost(tmp_path: Path) -> None:
    async with pair(tmp_path, "async") as one:
        await behind(one)
