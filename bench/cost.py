"""
What a hall of so many watchers takes, reckoned from the figures in ``cost.toml``, and what would break first.

    python -m bench.cost

prints the tables of ``engine/deploy/COST.md``. It is arithmetic on what was measured on one machine, not a measurement.
"""

import math
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SOURCE: Final = Path(__file__).with_name("cost.toml")
WATCHERS: Final = (1_000, 10_000, 100_000, 1_000_000)
MICRO: Final = 1e6
MIB: Final = 1024.0
HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is reckoned with, by name; the unit is in the name."""

    measured: Mapping[str, Mapping[str, Any]]
    assumed: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, path: Path = SOURCE) -> "Figures":
        """
        Those in ``path``.

        Raises:
            OSError: It cannot be read.
            tomllib.TOMLDecodeError: It is no TOML.

        """
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(plain["measured"], plain["assumed"])

    def __getitem__(self, name: str) -> float:
        """The value of one."""
        return float((self.measured.get(name) or self.assumed[name])["value"])


@dataclass(frozen=True, slots=True)
class Cost:
    """What a hall takes. Shares are of what each may be used for in the rush."""

    watchers: int
    gateways: int
    cores: int
    memory_gib: float
    redis_mbit_per_s: float
    egress_gbit_per_s: float
    session_tb: float
    let_in_s: float
    shares: dict[str, float]

    @property
    def breaks(self) -> str:
        """What breaks, the worst first; where nothing does, what is nearest to it."""
        order = sorted(self.shares, key=lambda name: -self.shares[name])
        broken = [name for name in order if self.shares[name] > 1]
        return ", ".join(broken) if broken else f"nothing; nearest is {order[0]}"


def cost_of(watchers: int, of: Figures) -> Cost:
    """What ``watchers`` take."""
    peak, busy = of["peak_bids_per_s"], of["core_percent_max"] / 100
    for_watchers_us = busy * MICRO - peak * of["gateway_bid_us"]
    each = min(int(for_watchers_us / (peak * of["delivery_us"])), int(of["sockets_per_gateway_max"]))
    gateways = math.ceil(watchers / each)
    there = watchers / gateways
    gateway_core = peak * (of["gateway_bid_us"] + there * of["delivery_us"]) / MICRO
    engine_core, redis_core = peak * of["engine_bid_us"] / MICRO, peak * gateways * of["redis_bid_us"] / MICRO
    bytes_per_s = watchers * of["viewer_bytes"] * peak
    redis_bytes_per_s = peak * (of["redis_in_bytes"] + gateways * of["redis_out_bytes"])
    return Cost(
        watchers=watchers,
        gateways=gateways,
        cores=gateways + math.ceil(engine_core / busy) + 1,  # Redis works in one thread, however many cores there are.
        memory_gib=(
            of["engine_mib"]
            + gateways * of["gateway_mib"]
            + watchers * (of["socket_kib"] + of["kernel_socket_kib"]) / MIB
        )
        / MIB,
        redis_mbit_per_s=redis_bytes_per_s * 8 / MICRO,
        egress_gbit_per_s=bytes_per_s * 8 / 1e9,
        session_tb=watchers * of["viewer_bytes"] * of["bids_per_s"] * of["session_hours"] * HOUR_S / 1e12,
        let_in_s=there / of["arrivals_per_s"],
        shares={
            "a gateway's core": gateway_core / busy,
            "a gateway's line": bytes_per_s / gateways * 8 / 1e9 / of["gateway_gbit_per_s"],
            "the line to the world": bytes_per_s * 8 / 1e9 / of["uplink_gbit_per_s"],
            "the one thread of Redis": redis_core / busy,
            "the engine's core": engine_core / busy,
        },
    )


def rows(header: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    return [f"| {' | '.join(each)} |" for each in (header, ["---"] * len(header), *body)]


def text(of: Figures) -> str:
    """The tables of the page."""
    costs = [cost_of(watchers, of) for watchers in WATCHERS]
    taken = rows(
        (
            *("watchers", "gateways", "cores", "memory, GiB", "Redis, Mbit/s", "egress in the rush, Gbit/s"),
            *("egress of a session, TB", "all let in after, s"),
        ),
        (
            (
                f"{each.watchers:,}",
                f"{each.gateways:,}",
                f"{each.cores:,}",
                f"{each.memory_gib:,.1f}",
                f"{each.redis_mbit_per_s:,.1f}",
                f"{each.egress_gbit_per_s:,.2f}",
                f"{each.session_tb:,.3f}",
                f"{each.let_in_s:,.1f}",
            )
            for each in costs
        ),
    )
    names = list(costs[0].shares)
    broken = rows(
        ("watchers", *names, "breaks, the worst first"),
        (
            (
                f"{each.watchers:,}",
                *(f"{each.shares[name]:.0%}" for name in names),
                each.breaks,
            )
            for each in costs
        ),
    )
    known = rows(
        ("figure", "value", "what", "from"),
        (
            *((f"`{name}`", f"{row['value']:,}", row["en"], row["from"]) for name, row in of.measured.items()),
            *((f"`{name}`", f"{row['value']:,}", row["en"], "assumed") for name, row in of.assumed.items()),
        ),
    )
    return "\n".join([*taken, "", *broken, "", *known])


def main() -> int:
    """Print the tables."""
    print(text(Figures.read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
