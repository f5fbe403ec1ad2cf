"""The drill: bids, a backup while they come in, more bids, a house that dies, and its sale served again from the backup."""

import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import trio

from clients import connect
from tests.cli.program import PATIENCE_S, last_json, luochui, started
from tests.cli.test_serve import NOTICE, SALE, one_plain_sentence, pass_for, serving

STEP_FEN: Final = 10_000_00
"""Whole steps in every band of the demo sale."""

pytestmark = pytest.mark.kill


@dataclass(frozen=True)
class Ruins:
    """What is left: a backup, copies of anchors as old as it, the anchors that survived, and the keys, kept apart."""

    backup: Path
    anchors: Path
    anchors_then: Path
    keys: Path
    kept: dict[str, Any]
    """What the backup says of the sale."""

    acknowledged: int
    """The last record that a bidder holds a receipt for."""


@asynccontextmanager
async def bidding(url: str, data: Path) -> AsyncIterator[list[int]]:
    """A lot that is bid for all the time; the seq of every bid that was acknowledged."""
    receipts: list[int] = []
    async with connect(url, SALE, token=pass_for(data, "auctioneer:1")) as rostrum:
        (await rostrum.open_sale()).or_raise()
        (await rostrum.open_lot(1)).or_raise()
        async with (
            connect(url, SALE, token=pass_for(data, "bidder:1")) as one,
            connect(url, SALE, token=pass_for(data, "bidder:2")) as other,
            trio.open_nursery() as nursery,
        ):

            async def bid() -> None:
                asked = STEP_FEN
                while True:
                    for bidder in (one, other):
                        outcome = (await bidder.bid(1, asked)).or_raise()
                        assert outcome.seq is not None
                        receipts.append(outcome.seq)
                        asked += STEP_FEN

            nursery.start_soon(bid)
            yield receipts
            nursery.cancel_scope.cancel()


async def until(receipts: list[int], count: int) -> None:
    with trio.fail_after(PATIENCE_S):
        while len(receipts) < count:  # noqa: ASYNC110 - bids come in by themselves
            await trio.sleep(0.01)


@pytest.fixture(scope="module")
def ruins(tmp_path_factory: pytest.TempPathFactory) -> Ruins:
    return trio.run(_live_and_die, tmp_path_factory.mktemp("drill"))


async def _live_and_die(here: Path) -> Ruins:
    data, anchors, backup, then = here / "data", here / "anchors", here / "backup", here / "anchors-then"
    arguments = ("serve", "--data", data, "--anchors", anchors, "--sale", NOTICE, "--port", "0", "--json")
    unhurried = {"LUOCHUI_LIMITS_COMMANDS_PER_S": "1000"}
    async with started(here / "stderr", *arguments, env=unhurried) as house:
        url = await serving(house)
        async with bidding(url, data) as receipts:
            await until(receipts, 5)
            copy = partial(
                luochui, "backup", backup, "--data", data, "--anchors", anchors, "--anchors-to", then, "--json"
            )
            done = await trio.to_thread.run_sync(copy)
            assert done.returncode == 0, done.stderr
            await until(receipts, len(receipts) + 5)
            house.process.send_signal(signal.SIGKILL)
        await house.process.wait()
    (kept,) = last_json(done)["sales"]
    keys = here / "keys"
    shutil.move(data / "keys", keys)
    shutil.rmtree(data)  # the disk is gone
    return Ruins(backup, anchors, then, keys, kept, receipts[-1])


def put_keys_back(ruins: Ruins, data: Path) -> None:
    shutil.copytree(ruins.keys, data / "keys")


async def served(data: Path, errors: Path, *more: str | Path) -> int:
    """The last record of the sale as it is served from ``data``."""
    async with started(errors, "serve", "--data", data, *more, "--port", "0", "--json") as house:
        url = await serving(house)
        with trio.fail_after(PATIENCE_S):
            async with connect(url, SALE) as viewer:
                seq = viewer.seq
        assert await house.end(signal.SIGTERM) == 0
    return seq


def test_the_backup_holds_and_is_older_than_what_was_acknowledged(ruins: Ruins) -> None:
    assert 0 < ruins.kept["records"] < ruins.acknowledged
    done = luochui("backup", ruins.backup, "--verify")
    assert done.returncode == 0, done.stderr
    assert f"{ruins.kept['records']} records" in done.stdout
    assert "Private keys are not in it" in done.stdout
    assert not list(ruins.backup.rglob("*.pem"))
    assert not list(ruins.backup.rglob("*.anchor"))


def test_under_the_anchors_that_survived_it_is_refused_and_the_first_record_missing_is_named(
    ruins: Ruins, tmp_path: Path
) -> None:
    done = luochui("restore", ruins.backup, "--data", tmp_path / "data", "--anchors", ruins.anchors)
    assert done.returncode == 3
    assert f"lacks {ruins.kept['records'] + 1} onwards" in one_plain_sentence(done.stderr)
    assert list(tmp_path.iterdir()) == []


async def test_under_the_anchors_of_its_time_exactly_the_backup_is_served(ruins: Ruins, tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = luochui("restore", ruins.backup, "--data", data, "--anchors", ruins.anchors_then)
    assert done.returncode == 0, done.stderr
    assert "Put the signing key back" in done.stdout
    put_keys_back(ruins, data)
    anchors = tmp_path / "anchors"
    shutil.copytree(ruins.anchors_then, anchors)
    found = last_json(luochui("replay", data, "--anchor", anchors / f"{SALE}.anchor", "--json"))
    assert (found["records"], found["head"]) == (ruins.kept["records"], ruins.kept["head"])
    assert await served(data, tmp_path / "stderr", "--anchors", anchors) == ruins.kept["records"]


async def test_without_anchors_it_is_served_only_after_somebody_adopted_it(ruins: Ruins, tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = luochui("restore", ruins.backup, "--data", data)
    assert done.returncode == 0, done.stderr
    assert "luochui adopt" in done.stdout
    put_keys_back(ruins, data)
    refused = luochui("serve", "--data", data, "--port", "0")
    assert refused.returncode == 3
    assert "adopt" in one_plain_sentence(refused.stderr)
    adopted = luochui("adopt", "--data", data, "--sale", SALE, "--yes")
    assert adopted.returncode == 0, adopted.stderr
    assert await served(data, tmp_path / "stderr") == ruins.kept["records"]


def test_wrong_use_is_told_what_would_be_right(ruins: Ruins, tmp_path: Path) -> None:
    for arguments, words in (
        (("backup", tmp_path / "b"), "Give --data to make a backup"),
        (("backup", tmp_path / "b", "--verify", "--with-keys"), "go with --data"),
    ):
        done = luochui(*arguments)
        assert done.returncode == 2
        assert words in one_plain_sentence(done.stderr)
    nothing = luochui("backup", tmp_path / "b", "--verify", "--json")
    assert nothing.returncode == 3
    told = last_json(nothing)
    assert told["fault"] == "E_BACKUP"
    assert "不是备份" in told["zh"]
