"""One seed, from its plan to what was found."""

import subprocess
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import trio
import trio.testing

import engine
from tests.simulation.ledger import Broken
from tests.simulation.plan import Plan, plan
from tests.simulation.world import World

LAST_LINES: Final = 40
VIRTUAL_S_MAX: Final = 600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a seed."""

    plan: Plan
    broken: Broken | None
    named: str | None
    """The loss that the house itself found and named, on a disk that lies."""

    digest: str
    virtual_s: float
    took_s: float
    counts: dict[str, int]
    coverage: dict[str, dict[str, int]]
    lines: list[str] = field(default_factory=list)
    """Everything that happened."""

    @property
    def last(self) -> list[str]:
        """What happened last."""
        return self.lines[-LAST_LINES:]


def run(seed: int) -> Outcome:
    """Run it."""
    chosen = plan(seed)
    clock = trio.testing.MockClock(autojump_threshold=0)
    began = time.perf_counter()
    world: list[World] = []
    virtual_s: list[float] = [0.0]

    async def whole() -> None:
        world.append(World(chosen, clock))
        with trio.move_on_after(VIRTUAL_S_MAX) as patience:
            await world[0].run()
        if patience.cancelled_caught:
            world[0].ledger.broken("P13", f"the run is not over after {VIRTUAL_S_MAX:.0f} s")
        virtual_s[0] = trio.current_time()

    trio._core._run._ALLOW_DETERMINISTIC_SCHEDULING = True  # type: ignore[misc]
    trio._core._run._r.seed(f"trio {seed}")
    fault: Broken | None = None
    try:
        trio.run(whole, clock=clock)
    except Exception:
        fault = Broken("P14", f"the house stumbled:\n{traceback.format_exc()}")
    ledger = world[0].ledger
    if ledger.found:
        fault = ledger.found[0]
    named = world[0].named
    return Outcome(
        plan=chosen,
        broken=fault,
        named=None if named is None else named.code,
        digest=ledger.digest(),
        virtual_s=virtual_s[0],
        took_s=time.perf_counter() - began,
        counts={**ledger.counts, "records": len(ledger.records), "lives": ledger.life},
        coverage=ledger.coverage.plain(),
        lines=ledger.lines,
    )


def commit() -> str:
    """The commit of the engine that is run, or ``?``."""
    folder = Path(next(iter(engine.__path__)))
    done = subprocess.run(
        ["git", "-C", str(folder), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "?"
