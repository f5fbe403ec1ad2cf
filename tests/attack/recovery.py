"""P25: how long it takes to open a journal of a million records."""

import resource
import shutil
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, Final

import trio

from engine.domain import proceeding
from engine.journal.commit import sign_commit
from engine.journal.sqlite import SqliteJournal
from engine.room.recovery import recover
from tests.attack.scene import Place, commands
from tests.journal.books import SIGNER, Scribe

COMMIT: Final = 20
"""Records in a commit: what a hall that bids as fast as it can makes of a disk that takes a millisecond."""

STATE_DIGEST_EVERY: Final = 1000
PROMISED_S: Final = 10.0
PROMISED_RECORDS: Final = 1_000_000


def build(folder: Path, records: int, say: Callable[[str], object], commit: int = COMMIT) -> Place:
    """A journal of so many records in ``folder``; the one that is there, if it is whole."""
    place = Place(folder / f"{records}-by-{commit}")
    done = place.folder / "whole"
    if done.exists():
        return place
    shutil.rmtree(place.folder, ignore_errors=True)
    began = time.monotonic()
    trio.run(_fill, place, records, commit)
    done.touch()
    say(f"built {records:,} records in {time.monotonic() - began:.0f} s: {place.folder}")
    return place


async def _fill(place: Place, records: int, commit: int) -> None:
    scribe, source = Scribe(), islice(commands(), records)
    journal = place.create()
    try:
        while made := tuple(scribe.record(command) for command in islice(source, commit)):
            due = made[-1].seq // STATE_DIGEST_EVERY > (made[0].seq - 1) // STATE_DIGEST_EVERY
            digest = proceeding.kept_digest(scribe.state) if due else None
            await journal.append(made, sign_commit(made, SIGNER, proceeding.rules_digest(scribe.state), digest))
    finally:
        journal.close()


def run(*, records: int, folder: Path, say: Callable[[str], object]) -> dict[str, Any]:
    """Open a journal of ``records`` records as an engine does at its start, and time it."""
    place = build(folder, records, say)
    began, cpu, of_second = time.monotonic(), time.process_time(), _cpu_of_children()
    journal: SqliteJournal = place.open()
    try:
        memory, last = recover(journal)
    finally:
        journal.close()
    took_s, cpu_s = time.monotonic() - began, time.process_time() - cpu
    second_cpu_s = _cpu_of_children() - of_second
    assert last is not None
    say(f"recovered {memory.seq:,} records in {took_s:.1f} s")
    limit_s = PROMISED_S * records / PROMISED_RECORDS
    return {
        "records": memory.seq,
        "records_a_commit": COMMIT,
        "took_s": round(took_s, 2),
        "cpu_s": round(cpu_s, 2),
        "second_cpu_s": round(second_cpu_s, 2),
        "promised_s": round(limit_s, 2),
        "records_per_s": round(memory.seq / took_s),
        "wrong": int(took_s > limit_s or memory.seq != records),
    }


def _cpu_of_children() -> float:
    """Seconds of processor time of processes that we started and that have ended: of the second process that checks."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
