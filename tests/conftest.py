"""What every test shares."""

from collections.abc import Sequence
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

BROWSER: Final = "tests/browser/"
LONG: Final = ("browser", "kill", "redis")
"""Marks of what takes long, longest first."""


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
    """Files in the order in which they were collected, not by how many tests they hold."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return OneBrowser(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several work, what takes longest begins first, so that nobody is left with it at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _turn([mark.name for mark in item.iter_markers()]))


def _turn(marks: Sequence[str]) -> int:
    return next((place for place, long in enumerate(LONG) if long in marks), len(LONG))
