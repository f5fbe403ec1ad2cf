"""P8: every way of tampering, tried; in a few processes, and gone on with after an interruption."""

import multiprocessing
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from tests.attack.cases import Family, families
from tests.attack.judge import Judge, Outcome
from tests.attack.scene import Scene, one_more
from tests.journal.books import Kept
from tests.nightly.machine import can_be_found_again

CHUNK: Final = 4096
WRONG_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some cases of one family: so many, spread evenly, or all between two numbers."""

    family: str
    numbers: list[int] | range


@dataclass(slots=True)
class Tally:
    """What became of the cases so far."""

    by_family: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, family: str, outcomes: Counter[str], wrong: list[str]) -> None:
        self.by_family.setdefault(family, Counter()).update(outcomes)
        self.wrong += wrong

    @property
    def cases(self) -> int:
        return sum(count.total() for count in self.by_family.values())

    def of(self, outcome: Outcome) -> int:
        return sum(count[outcome] for count in self.by_family.values())


class Bench:
    """One process's scene and its folder, in memory where the system has such a place."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self._folder = Path(tempfile.mkdtemp(prefix="luochui-attack-", dir=memory if memory.is_dir() else None))
        scene = Scene(self._folder / "scene")
        self._book, self._one_more = scene.book, one_more()
        self.families: dict[str, Family] = {family.name: family for family in families(scene)}

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def work(self, chunk: Chunk) -> tuple[str, Counter[str], list[str]]:
        """Try the cases of ``chunk``."""
        return _tried(self.families[chunk.family], chunk.numbers, self._folder / "work", self._book, self._one_more)


def _tried(
    family: Family, numbers: list[int] | range, folder: Path, book: list[Kept], more: Kept
) -> tuple[str, Counter[str], list[str]]:
    judge, outcomes, wrong = Judge(folder, book, more), Counter[str](), []
    for number in numbers:
        case = family.make(number)
        verdict = judge.verdict(case)
        outcomes[verdict.outcome.value] += 1
        if verdict.outcome is Outcome.WRONG:
            wrong.append(f"{family.name}, case {number} ({case.what}): {verdict.said}")
    return family.name, outcomes, wrong


def chunks(every: dict[str, Family], most: int | None, seed: int) -> Iterator[Chunk]:
    """All cases, or at most ``most`` of each family, drawn with ``seed``."""
    for name, family in every.items():
        if most is not None and family.count > most:
            drawn = sorted(random.Random(f"{seed}/{name}").sample(range(family.count), most))
            yield from (Chunk(name, drawn[first : first + CHUNK]) for first in range(0, most, CHUNK))
        else:
            for first in range(0, family.count, CHUNK):
                yield Chunk(name, range(first, min(first + CHUNK, family.count)))


_bench: Bench | None = None


def _work(chunk: Chunk) -> tuple[str, Counter[str], list[str]]:
    global _bench  # noqa: PLW0603 - a process makes its scene once
    if _bench is None:
        _bench = Bench()
        multiprocessing.util.Finalize(None, _bench.close, exitpriority=10)
    return _bench.work(chunk)


def run(
    *,
    most: int | None,
    seed: int,
    jobs: int,
    progress: Path | None,
    resume: bool,
    commit: str,
    say: Callable[[str], object],
) -> dict[str, Any]:
    """
    Try everything.

    Args:
        most: Cases of a family at most; None for all.
        seed: Draws them.
        jobs: Processes.
        progress: Where it is kept how far it got.
        resume: Whether to go on from there, if it was at the same commit and nothing was changed since.
        commit: What is tried.
        say: Told how it goes.

    """
    began, tally, done, took_before = time.monotonic(), Tally(), 0, 0.0
    bench = Bench()
    every = list(chunks(bench.families, most, seed))
    bench.close()
    mark = {"commit": commit, "most": most, "seed": seed, "chunks": len(every)}
    if resume and progress is not None and (kept := resumed(progress, mark)) is not None:
        done, took_before = kept["done"], kept["took_s"]
        tally = Tally({name: Counter(count) for name, count in kept["by_family"].items()}, kept["wrong"])
    total = sum(len(chunk.numbers) for chunk in every)
    told = began
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for result in pool.imap(_work, every[done:]):
            tally.add(*result)
            done += 1
            now = time.monotonic()
            took_s = took_before + now - began
            if progress is not None and (now - told > 5 or done == len(every)):
                told = now
                _save(progress, {"mark": mark, "done": done, "took_s": took_s, "wrong": tally.wrong}, tally)
                say(f"{tally.cases:,} of {total:,} cases, {tally.cases / took_s:,.0f}/s, {len(tally.wrong)} wrong")
        pool.close()
        pool.join()
    took_s = took_before + time.monotonic() - began
    for line in tally.wrong[:WRONG_SHOWN]:
        say(line)
    for name, outcomes in tally.by_family.items():
        say(f"{name}: " + ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items())))
    return {
        "cases": tally.cases,
        "wrong": len(tally.wrong),
        **{outcome.replace(" ", "_"): tally.of(outcome) for outcome in Outcome if outcome is not Outcome.WRONG},
        "cases_per_s": round(tally.cases / took_s),
    }


def resumed(path: Path, mark: dict[str, Any]) -> dict[str, Any] | None:
    """What was written down, if it was of the same cases and of a commit that can be come back to."""
    if not path.exists() or not can_be_found_again(mark["commit"]):
        return None
    kept: dict[str, Any] = orjson.loads(path.read_bytes())
    return kept if kept["mark"] == mark else None


def _save(path: Path, state: dict[str, Any], tally: Tally) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(orjson.dumps(state | {"by_family": {name: dict(c) for name, c in tally.by_family.items()}}))
    draft.replace(path)
