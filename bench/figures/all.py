"""All twelve, in their order."""

from collections.abc import Iterator, Sequence
from typing import Final

from bench.faults import BenchCode, BenchFault
from bench.figures.f01_fan_out import F1, F8
from bench.figures.f02_peers import F2
from bench.figures.f03_bursts import F3, F11
from bench.figures.f04_durable import F4, F5
from bench.figures.f06_last_display import F6
from bench.figures.f07_quota import F7
from bench.figures.f09_recovery import F9
from bench.figures.f10_idle import F10, F12
from bench.figures.figure import Figure, Setting, Standing, measured

FIGURES: Final[tuple[Figure, ...]] = (F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12)


def chosen(names: Sequence[str]) -> tuple[Figure, ...]:
    """
    The figures of these names; all of them for none.

    Raises:
        BenchFault: There is no such figure.

    """
    known = {figure.name: figure for figure in FIGURES}
    for name in names:
        if name.upper() not in known:
            raise BenchFault(BenchCode.FIGURE_UNKNOWN, name)
    wanted = {name.upper() for name in names}
    return tuple(figure for figure in FIGURES if not wanted or figure.name in wanted)


def take(figures: Sequence[Figure], setting: Setting) -> Iterator[Standing]:
    """Each of them, measured one after another."""
    for figure in figures:
        yield measured(figure, setting)
