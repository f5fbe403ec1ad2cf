"""What was counted is said at the end, whether the tests passed or not."""

from collections.abc import Callable

import pytest

COUNTED: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COUNTED] = []


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Adds a line to the summary."""
    return request.config.stash.setdefault(COUNTED, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = config.stash.get(COUNTED, [])
    if lines:
        terminalreporter.section("kill -9")
        for line in lines:
            terminalreporter.write_line(line)
