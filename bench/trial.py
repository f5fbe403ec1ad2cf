"""A scenario tried out: the house found or started, the run made, the terminal told."""

from functools import partial
from pathlib import Path
from typing import Final

import trio

from bench.house import SALE
from bench.program import OneLot
from bench.result import Run
from bench.run import conduct
from bench.scenario import Scenario
from bench.target import needed_settings, own_house, running_house
from bench.terminal import progress

SCENARIOS: Final = Path(__file__).parent / "scenarios"


def try_out(  # noqa: PLR0913 - as the command line gives them
    scenario: Scenario, *, url: str | None, data: Path | None, pid: int | None, own_host: bool, quiet: bool
) -> Run:
    """
    Carry out ``scenario`` against the house at ``url``, or one of our own.

    Raises:
        BenchFault: Nothing could be measured.

    """
    program = OneLot.of(scenario)
    with progress(scenario.seconds, quiet=quiet) as told:
        if url is not None:
            house = running_house(url, data, SALE, pid, own_host=own_host)
            return trio.run(partial(conduct, house, scenario, program, {}, told))
        settings = needed_settings(scenario)
        with own_house(scenario, settings) as house:
            return trio.run(partial(conduct, house, scenario, program, settings, told))
