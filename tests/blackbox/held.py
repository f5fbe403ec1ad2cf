"""A house held to a siege: what others feel before, during and after it, and what the house says of itself in the end."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import trio

from bench.house import SALE, House, open_lot, serving, share_cores
from engine.domain.parties import bidder
from engine.domain.units import PaddleNo
from tests.blackbox.probe import BIDDERS, Probe, p99_ms
from tests.blackbox.siege import Plan, siege

QUIET_S: Final = 15.0
"""Before and after a siege."""

UNFELT_MS: Final = 10.0
"""So much more proves nothing, and nobody feels it."""

BUSY_MS: Final = 50.0
"""Where one in a hundred feels more than that in quiet, the machine is busy with other work, and times found on it are void."""

QUIET_TRIES: Final = 4
QUIET_AGAIN_S: Final = 15.0
"""A busy machine is given some time to become quiet."""

STRANGERS: Final = 9000
"""Paddles from here on have tokens, and were not admitted: whatever they ask is refused."""


@dataclass
class Felt:
    """What others felt, and what was counted."""

    quiet: list[float] = field(default_factory=list)
    during: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    newcomer_ms: float = 0.0
    """What one newcomer in a hundred waited for a picture during the siege."""

    evicted: dict[str, int] = field(default_factory=dict)
    rss_before_mib: float = 0.0
    rss_max_mib: float = 0.0
    complaints: str = ""

    @property
    def void(self) -> bool:
        """Whether times prove nothing, because the machine was busy without us."""
        return p99_ms(self.quiet) > BUSY_MS

    def within(self, factor: float) -> bool:
        """Whether others felt at most ``factor`` times what they feel in quiet."""
        quiet = p99_ms(self.quiet)
        return not self.void and p99_ms(self.during) <= max(factor * quiet, quiet + UNFELT_MS)

    @property
    def sound(self) -> bool:
        """Whether nobody who behaved lost anything, and nothing went wrong inside."""
        return not self.lost and not self.complaints and not self.evicted.get("fault")

    def figures(self) -> dict[str, Any]:
        """For the report."""
        quiet, during = p99_ms(self.quiet), p99_ms(self.during)
        return {
            **self.counts,
            "healthy_p99_ms_quiet": quiet,
            "healthy_p99_ms_during": during,
            "ratio": round(during / quiet, 2),
            "newcomer_p99_ms": self.newcomer_ms,
            "rss_mib_before": round(self.rss_before_mib),
            "rss_mib_max": round(self.rss_max_mib),
            **{f"evicted_{why.replace(' ', '_')}": count for why, count in self.evicted.items()},
            **({"void": "the machine was busy with other work; repeat"} if self.void else {}),
            **self.lost,
            **({"complaints": self.complaints[-500:]} if self.complaints else {}),
        }


@asynccontextmanager
async def a_house(settings: Mapping[str, str]) -> AsyncIterator[House]:
    """A house of its own, with a lot open for bids."""
    with (
        tempfile.TemporaryDirectory(prefix="luochui-siege-") as folder,
        serving(Path(folder), BIDDERS, settings, share_cores()) as house,
    ):
        await open_lot(house)
        yield house


def plan_for(house: House, size: int, strangers: int = 0, first: int = STRANGERS) -> Plan:
    """What a siege of ``house`` is told; so many, with paddles from ``first`` on, may show a token."""
    tokens = tuple(house.token(bidder(PaddleNo(first + number))) for number in range(strangers))
    return Plan(url=house.url, sale=SALE, size=size, tokens=tokens)


def complaints(house: House) -> str:
    """What it said on stderr, if anything went wrong in it."""
    said = (house.data.parent / "stderr.txt").read_text(encoding="utf-8", errors="replace")
    return said if "Traceback" in said or "could not be served" in said else ""


def evicted(house: House) -> dict[str, int]:
    """How many the house let go, by reason."""
    name = 'luochui_evictions_total{why="'
    return {key[len(name) : -2]: int(count) for key, count in house.meters().items() if key.startswith(name)}


async def held(
    name: str,
    size: int,
    *,
    settings: Mapping[str, str],
    say: Callable[[str], None],
    strangers: int = 0,
    seconds: float | None = None,
    company: str | None = None,
    afterwards: Callable[[House, Felt], Awaitable[None]] | None = None,
) -> Felt:
    """
    Hold a house to the siege ``name``.

    Args:
        name: A module beside this one.
        size: Of the siege.
        settings: Of the house, where they differ from the defaults.
        say: Is told what goes on.
        strangers: How many of those who besiege have tokens.
        seconds: How long it lasts at full strength; None until it is done.
        company: Who is there in quiet, as many as will besiege: a module too.
        afterwards: Looks at the house when the siege is over.

    """
    felt = Felt()
    async with a_house(settings) as house, trio.open_nursery() as nursery:
        probe = Probe(house)
        await nursery.start(probe.run)
        await probe.measure(2)
        async with _in_company(company, house, size):
            for _ in range(QUIET_TRIES):
                felt.quiet = await probe.measure(QUIET_S)
                say(f"in quiet one in a hundred feels {p99_ms(felt.quiet)} ms")
                if not felt.void:
                    break
                await trio.sleep(QUIET_AGAIN_S)
        probe.newcomers.clear()
        felt.rss_before_mib = house.used().rss_kib / 1024
        async with siege(name, plan_for(house, size, strangers)) as besieger:
            await besieger.ready()
            say("besieged")
            if seconds is not None:
                felt.during += await probe.measure(seconds)
                felt.counts |= await besieger.end()
            else:
                await _measure_until_done(probe, felt, besieger, say)
        felt.newcomer_ms = p99_ms(probe.newcomers)
        say(f"{felt.counts}")
        if afterwards is not None:
            await afterwards(house, felt)
        async with _in_company(company, house, size):
            felt.quiet += await probe.measure(QUIET_S)
        felt.rss_max_mib = house.used().rss_max_kib / 1024
        felt.evicted |= evicted(house)
        felt.lost = {what: count for what, count in probe.lost.items() if count}
        felt.complaints = complaints(house)
        nursery.cancel_scope.cancel()
    return felt


@asynccontextmanager
async def _in_company(name: str | None, house: House, size: int) -> AsyncIterator[None]:
    """So many who behave, for as long as the block lasts."""
    if name is None:
        yield
        return
    async with siege(name, plan_for(house, size)) as company:
        await company.ready()
        yield
        await company.end()


async def _measure_until_done(probe: Probe, felt: Felt, besieger: Any, say: Callable[[str], None]) -> None:
    async with trio.open_nursery() as both:
        over = trio.Event()

        async def wait() -> None:
            felt.counts |= await besieger.done()
            over.set()

        both.start_soon(wait)
        while not over.is_set():
            felt.during += await probe.measure(5)
            say(f"besieged, one in a hundred feels {p99_ms(felt.during)} ms")
