"""F1 and F8: what a delivered message costs, beside a loop in C that does nothing but send."""

from functools import cache
from typing import Final

from bench.figures.figure import Figure, Found, NotMeasured, Setting, Value
from bench.figures.hall import LATE_MS, hall, held, medians
from bench.peers.measure import measure
from bench.peers.processes import Stuck
from bench.peers.programs import FLOOR, Missing
from bench.peers.task import Task

ROUNDS: Final = 3
"""Engine and floor by turns; the median of each counts."""

HALLS: Final = {1000: (20.0, 8.0), 10_000: (2.0, 10.0)}
"""Displays: bids a second, and for how many seconds: one event at a time."""

LEAVES_OUT: Final = (
    "TLS、真实网络、压缩；服务端 CPU 含裁决、落盘与签名，平摊到每条消息；C 循环只发送。",
    "TLS, any network, compression. The engine's CPU holds deciding, keeping and signing too, spread over the messages; the loop in C"
    " only sends.",
)


@cache
def costs(setting: Setting, displays: int) -> tuple[float, float]:
    """
    Microseconds of CPU for a delivered message: the engine's and the floor's.

    Raises:
        NotMeasured: There is no floor, or the crowd was not up to it.

    """
    rate, for_s = HALLS[displays]
    rounds = ROUNDS
    if setting.quick:
        rounds, displays, for_s = 1, displays // 10, for_s / 4
    ours, floors = [], []
    for _ in range(rounds):
        run = held(hall(displays, rate, for_s, enter_per_s=600, lag_p99_ms_max=LATE_MS))
        if "cpu" not in run.server:
            raise NotMeasured("此系统不提供进程的 CPU 时间。", "This system does not tell the CPU time of a process.")
        frames = run.found.counts["frames"]
        ours.append(run.server["cpu"] * run.server["seconds"] / frames * 1e6)
        size = round(run.found.counts["bytes"] / frames)
        try:
            floors.append(floor(Task(displays, size, int(rate * for_s), 1 / rate)))
        except (Missing, Stuck) as why:
            raise NotMeasured(f"无法运行 C 循环：{why}", f"The loop in C cannot be run: {why}") from None
    return medians(ours), medians(floors)


def floor(task: Task) -> float:
    """
    CPU of the loop in C for each message it sent, in microseconds.

    Raises:
        Missing: It cannot be built here.
        Stuck: It cannot be run.

    """
    with FLOOR.started(task) as server:
        return measure(server, task).cpu_us


def ratio(setting: Setting) -> Found:
    """F1."""
    values, detail = [], {}
    for displays, gate, target in ((1000, 1.35, 1.15), (10_000, 1.45, 1.20)):
        own, bare = costs(setting, displays)
        values.append(Value(f"N = {displays:,}", own / bare, "×", gate, target))
        detail[f"us_per_message_{displays}"] = {"engine": round(own, 3), "c": round(bare, 3)}
    return Found(values, detail)


def growth(setting: Setting) -> Found:
    """F8."""
    few, many = costs(setting, 1000), costs(setting, 10_000)
    return Found([Value("1,000 → 10,000", (many[0] / few[0]) / (many[1] / few[1]), "×", 1.35, 1.10)], {})


F1: Final = Figure(
    name="F1",
    zh="每条送达消息的服务端 CPU ÷ 纯 C 发送循环",
    en="server CPU per delivered message ÷ a bare send loop in C",
    leaves_out=LEAVES_OUT,
    measure=ratio,
)
F8: Final = Figure(
    name="F8",
    zh="每条消息成本随大屏数（1,000→10,000）的增长 ÷ C 循环的增长",
    en="growth of the cost per message from 1,000 to 10,000 displays ÷ that of the loop in C",
    leaves_out=LEAVES_OUT,
    measure=growth,
)
