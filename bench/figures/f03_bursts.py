"""F3 and F11: many bids at once, and five hundred a second before a thousand displays."""

from functools import cache
from typing import Final

from bench.figures.figure import Figure, Found, NotMeasured, Setting, Value
from bench.figures.hall import Bursts, hall, held
from bench.program import OneLot
from bench.result import Run

DISPLAYS: Final = 1000
BURST: Final = 10
EVERY_S: Final = 0.5
RATE: Final = 500.0


@cache
def crowded(setting: Setting) -> Run:
    """
    Five hundred bids a second before a thousand displays.

    Raises:
        NotMeasured: The crowd was not up to it.

    """
    scenario = hall(200 if setting.quick else DISPLAYS, RATE, 2.0 if setting.quick else 10.0, sampled=7)
    return held(scenario, OneLot.of(scenario))


def bursts(setting: Setting) -> Found:
    """F3."""
    scenario = hall(200 if setting.quick else DISPLAYS, BURST / EVERY_S, 2.0 if setting.quick else 10.0)
    run = held(scenario, Bursts.every(EVERY_S, BURST, scenario))
    if "cpu" not in run.server:
        raise NotMeasured("此系统不提供进程的 CPU 时间。", "This system does not tell the CPU time of a process.")
    delivered = run.found.counts["accepted"] * (scenario.displays + scenario.bidders)
    cost = run.server["cpu"] * run.server["seconds"] / delivered * 1e6
    late = crowded(setting).found.latencies["bid_seen_last"].percentile(99) / 1e6
    return Found(
        [
            Value("10 × 1,000", cost, "µs", 1.5, 0.8),
            Value("500/s × 1,000, p99", late, "ms", 50.0, 12.0),
        ],
        {"accepted": run.found.counts["accepted"], "frames": run.found.counts["frames"]},
    )


def commits(setting: Setting) -> Found:
    """F11."""
    most = crowded(setting).server.get("commit_ms_at_most")
    if most is None:
        raise NotMeasured(
            "有落盘超过服务端计量的最大刻度，最坏值不详。",
            "A commit took longer than the house's meters go; the worst is not known.",
        )
    return Found([Value("at most", most, "ms", 10.0, 2.0)], {"mean_ms": crowded(setting).server["commit_ms"]})


F3: Final = Figure(
    name="F3",
    zh="合并推送：10 × 1,000 突发时每条送达消息的 CPU；每秒 500 条 × 1,000 块大屏时 p99，无丢失",
    en="coalescing: CPU per delivered message in bursts of 10 × 1,000; p99 at 500 events/s × 1,000, nothing lost",
    leaves_out=(
        "送达按有效出价 × 连接数计：合并在一帧中的多次出价各算一次。p99 为抽样七块大屏。",
        "A message is one accepted bid at one viewer, also where several come in one frame. The p99 is that of seven sampled displays.",
    ),
    measure=bursts,
)
F11: Final = Figure(
    name="F11",
    zh="循环饱和时最坏的一次落盘",
    en="worst commit while the loop is saturated",
    leaves_out=(
        "取自服务端计量的刻度，是上界而非精确值；饱和即每秒 500 次出价 × 1,000 块大屏。",
        "Taken from the buckets of the house's meters: a bound, not the value itself. Saturated: 500 bids/s before 1,000 displays.",
    ),
    measure=commits,
)
