"""What every test shares."""

import os
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import Phase, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# A busy machine is not a fault: no time limit per example, pytest's own covers the whole test. The same examples each time: what is
# red is red for a reason in the change. `python -m tests.explore` draws others, and shows what it found as it found it.
settings.register_profile("luochui", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, phases=(Phase.explicit, Phase.generate), print_blob=True)
settings.load_profile("luochui")

# Hundreds of programs are started here. Where Python may not keep what it compiled, each would compile the whole house again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

HERE: Final = Path(__file__).resolve().parent
BROWSER: Final = "tests/browser/"
LONG: Final = (
    "simulation/test_simulation",
    "blackbox/test_kill",
    "cluster/test_standby",
    "cli/test_operating",
    "cli/test_evidence",
    "cli/test_demo",
    "cluster/test_gateways",
    "cluster/test_moving",
    "cli/test_demo_timed",
    "cli/test_serve",
    "cli/test_demo_cluster",
    "cli/test_demo_opening",
    "bench/test_rush",
    "blackbox/test_openings",
    "blackbox/test_sieges",
    "domain/auction/test_leaks",
    "domain/auction/test_naive",
    "cli/test_papers",
    "cli/test_demo_quota",
    "cli/test_restore_drill",
    "simulation/test_planted",
    "blackbox/test_kill_uploads",
)
"""Files that take a quarter of a minute and more, longest first."""


class OneBrowser(LoadFileScheduling):  # type: ignore[misc] # it has no types
    """
    A file at a time, and all of ``tests/browser`` to one worker.

    It starts one browser and holds one demo sale, and two browsers do not make each other slow. Only where its files follow each
    other is a browser kept: it belongs to their package.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """How ``python -m tests`` shares the files out."""
    return OneBrowser(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several work, what takes longest begins first, so that nobody is left with it at the end."""
    if not hasattr(config, "workerinput"):
        return
    turns = {HERE / f"{name}.py": turn for turn, name in enumerate(LONG)}
    items.sort(key=lambda item: -1 if item.path.parent == HERE / "browser" else turns.get(item.path, len(LONG)))
