"""
P1, P2, P10 over a change of engines: ``python -m tests.cluster.succession --nightly --size N``: so many pairs of engine and standby.

Which fate each pair meets is seeded: an engine killed, put to sleep for up to a minute, off meanwhile and started again, or a standby
that goes and comes back; or a sale that changes its engine, both killed on the way. What meets what is truly concurrent.
"""

import random
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import orjson
import trio

from engine.domain.parties import bidder
from engine.domain.units import PaddleNo
from engine.passes import make_token
from engine.room.folder import DataFolder
from tests.blackbox.crowd import Crowd, Heard
from tests.blackbox.kept import Counts, Kept
from tests.blackbox.lives import SALE
from tests.cluster.moving import engines
from tests.cluster.pair import Pair, pair
from tests.nightly.telling import finish, progress, sized

SEED: Final = 20161015
FULL: Final = 120
SOME: Final = 40
NAP_S_MAX: Final = 60.0
MOVE_S_MAX: Final = 1.0
"""A sale of such a size has gone by then."""

SYNC: Final = "sync"


def seq(heard: Heard) -> int:
    """Where what was answered stands."""
    return int(orjson.loads(heard.first)["seq"])


def nothing_lost(found: Counts) -> None:
    assert found.lost == found.doubled == found.different == found.without_outcome == 0, found


async def killed(one: Pair) -> dict[str, Any]:
    """An engine is killed under load, and its copy served in its place. Returns what the promotion said."""
    await one.work(SOME)
    await one.engine.kill()
    await one.end_standby(signal.SIGTERM)
    done = await one.promote("--old-anchors", one.data / "anchors")
    assert (done["found"]["mode"], done["epoch"]) == (SYNC, 2)
    assert done["found"]["proved"]
    await one.serve_copy()
    await one.work(SOME)
    await one.rest()
    return done


async def slept(one: Pair, mode: str, nap_s: float = 0.0, *, alone: bool = False) -> int:
    """
    An engine sleeps through a promotion. When it wakes it acknowledges nothing that the copy lacks, and ends.

    In async mode the answers of one commit may be on their way out when it falls asleep, and go out when it wakes: how many did is
    returned.

    Args:
        one: The pair.
        mode: Of the engine.
        nap_s: How long it sleeps, beside what the promotion takes.
        alone: Its standby was given up before, and it had gone on without.

    """
    await one.work(SOME)
    if alone:
        await one.end_standby(signal.SIGKILL)
        await one.stands("gone")
        await one.work(SOME)
    assert one.engine.program is not None
    old = one.engine.program.process
    old.send_signal(signal.SIGSTOP)
    if not alone:
        await one.end_standby(signal.SIGTERM)
    done = await one.promote(*([] if mode == SYNC else ["--accept-loss"]))
    assert done["told"]
    await one.serve_copy(elsewhere=True)
    await trio.sleep(nap_s)
    told = dict(one.crowd.ledger.answers)
    old.send_signal(signal.SIGCONT)
    with trio.fail_after(40):
        assert await old.wait() == 70
    return await _no_second_answer(one, done, told, mode, asleep=mode != SYNC)


async def returned(one: Pair, mode: str) -> None:
    """An engine is off at the promotion, nobody can tell it, and it is started again: its heir tells it."""
    await one.work(SOME)
    await one.engine.kill()
    await one.end_standby(signal.SIGTERM)
    done = await one.promote("--old-is-off", *([] if mode == SYNC else ["--accept-loss"]))
    assert not done["told"]
    await one.serve_copy(elsewhere=True)
    told = dict(one.crowd.ledger.answers)
    old = await one.engine.begun()
    with trio.fail_after(40):
        assert await old.process.wait() == 70
    await _no_second_answer(one, done, told, mode)


async def _no_second_answer(
    one: Pair, done: dict[str, Any], told: dict[Any, Heard], mode: str, *, asleep: bool = False
) -> int:
    late = {seq(heard) for key, heard in one.crowd.ledger.answers.items() if key not in told}
    beyond = {each for each in late if each > done["found"]["records"]}
    assert len(commits_of(one.data, beyond)) <= asleep, (beyond, done)
    assert one.second is not None
    assert await one.second.end(signal.SIGTERM) == 0
    found = one.found(one.copy)
    assert found.doubled == found.different == 0, found
    assert found.lost == 0 or mode != SYNC, found
    assert one.anchored(one.data).epoch == 2
    return len(beyond)


def commits_of(data: Path, seqs: set[int]) -> set[int]:
    """The commits, by their last record, in which an engine that is not served any more kept these records."""
    with closing(sqlite3.connect(DataFolder(data).journal(SALE))) as journal:
        return {
            last
            for first, last in journal.execute("SELECT first, last FROM commits")
            if any(first <= seq <= last for seq in seqs)
        }


async def behind(one: Pair) -> tuple[dict[str, Any], int]:
    """In async mode the standby stands still and the engine is lost: what is missing is named. How many acknowledged ones."""
    await one.work(SOME)
    assert one.standby is not None
    one.standby.process.send_signal(signal.SIGSTOP)
    await one.work(SOME)
    assert (await one.stands("gone"))["behind"] > 0
    await one.engine.kill()
    await one.end_standby(signal.SIGKILL)
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
    return done, len(missing)


async def absent(one: Pair, *, restarted: bool = False) -> None:
    """A standby goes and comes back: nothing is acknowledged meanwhile, and everybody is told. The engine may be ``restarted``, too."""
    await one.work(SOME)
    await one.end_standby(signal.SIGKILL)
    await one.stands("gone")
    with trio.fail_after(20):
        while not one.crowd.ledger.others["E_STANDBY_LOST"]:  # noqa: ASYNC110 - of a process
            await trio.sleep(0.05)
    if one.gateway is not None:
        await notified(one, one.gateway.url)
    answered = len(one.crowd.ledger.answers)
    await trio.sleep(0.5)
    assert len(one.crowd.ledger.answers) == answered
    if restarted:
        await one.engine.kill()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(one.engine.start)
            await trio.sleep(2.0)
            assert one.engine.url_of_this_life == "", "it serves what its standby may lack"
            await one.start_standby()
    else:
        await one.start_standby()
    await one.work(SOME)
    await one.rest()
    await one.stands("in_force")
    assert await one.engine.end(signal.SIGTERM) == 0
    await one.end_standby(signal.SIGTERM)
    for where in (one.data, one.copy):
        nothing_lost(one.found(where))
    assert one.anchored(one.data) == one.anchored(one.copy)


async def notified(one: Pair, url: str) -> None:
    """Somebody who comes to this gateway is told that nothing is acknowledged at the moment."""
    by = bidder(PaddleNo(1))
    crowd = Crowd(url, SALE, {by: make_token(one.data, SALE, by, ttl_s=3600)}, 0, SEED)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(crowd.run)
        with trio.fail_after(20):
            while not crowd.ledger.others["E_STANDBY_LOST"]:  # noqa: ASYNC110 - of a process
                await trio.sleep(0.05)
        nursery.cancel_scope.cancel()


async def moved(folder: Path, nap_s: float | None) -> int:
    """A sale changes its engine; with a nap both engines are killed at some step of it. How many answers the people had."""
    async with engines(folder, gateways=2) as both:
        await both.one.work(SOME)
        if nap_s is None:
            assert (await both.move())["epoch"] == 2
        else:
            await both.killed_meanwhile(nap_s / NAP_S_MAX * MOVE_S_MAX)
        await both.one.work(SOME)
        await both.end()
        return both.one.answered


FATES: Final = (
    "absent",
    "absent_restarted",
    "behind",
    "killed",
    "moved",
    "moved_killed",
    "returned",
    "returned_async",
    "slept",
    "slept_async",
    "slept_alone",
)


async def meet(fate: str, folder: Path, nap_s: float) -> tuple[int, int]:
    """One pair meets its fate; how many answers its people had, and how many were on their way out of an engine that fell asleep."""
    if fate.startswith("moved"):
        return await moved(folder, nap_s if fate.endswith("_killed") else None), 0
    on_their_way = 0
    mode = "async" if fate == "behind" or fate.endswith(("_async", "_alone")) else SYNC
    async with pair(folder, mode) as one:
        match fate.partition("_")[0]:
            case "killed":
                await killed(one)
                assert one.second is not None
                assert await one.second.end(signal.SIGTERM) == 0
                nothing_lost(one.found(one.copy, replayed=True))
            case "slept":
                on_their_way = await slept(one, mode, nap_s, alone=fate.endswith("_alone"))
            case "returned":
                await returned(one, mode)
            case "behind":
                await behind(one)
            case _:
                await absent(one, restarted=fate.endswith("_restarted"))
        return len(one.crowd.ledger.answers), on_their_way


async def succession(size: int) -> dict[str, int]:
    """So many pairs. Raises AssertionError if anything was lost, doubled, or acknowledged twice."""
    dice, met, answers, on_their_way = random.Random(SEED), Counter[str](), 0, 0
    for nth in range(size):
        fate = FATES[nth % len(FATES)] if nth < len(FATES) else dice.choice(FATES)
        nap_s = dice.uniform(1.0, NAP_S_MAX)
        with tempfile.TemporaryDirectory(prefix="luochui-pair-") as folder:
            heard, late = await meet(fate, Path(folder), nap_s)
        answers, on_their_way = answers + heard, on_their_way + late
        met[fate] += 1
        progress(f"{nth + 1} pairs, {answers} answers; {fate}")
    return {
        "pairs": met.total(),
        **{fate: met[fate] for fate in FATES},
        "acknowledged": answers,
        "lost": 0,
        "doubled": 0,
        "on_their_way_when_async_fell_asleep": on_their_way,
    }


def main(arguments: list[str]) -> int:
    size = sized("tests.cluster.succession", FULL, arguments)
    figures = trio.run(succession, size)
    return finish(("P1", "P2", "P10"), dict(figures), passed=True, seeds=str(SEED))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
