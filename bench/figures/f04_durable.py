"""F4 and F5: what durability costs one bidder, and how many durable bids fit through one core."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.figures.closed import bid, saturate, seated
from bench.figures.figure import Figure, Found, NotMeasured, Setting, Value
from bench.figures.hall import hall
from bench.histogram import Histogram

TIMES: Final = 1000
BLOCK: Final = b"\0" * 4096


def one_bidder(setting: Setting) -> Found:
    """F4: two paddles by turns, since nobody may outbid himself; one bid on its way at a time."""
    times = 100 if setting.quick else TIMES
    with seated(hall(0, 1.0, 1.0), 2) as (_, seats):
        echo = Histogram.of(seats[0].round_trip(b'{"t0":%d,"type":"time"}' % number)[0] for number in range(times))
        bids = Histogram()
        for number in range(times):
            took, accepted = seats[number % 2].round_trip(bid(number))
            if not accepted:
                raise NotMeasured("有出价被拒绝。", "A bid was refused.")
            bids.add(took)
    sync = bare_sync(setting.folder, times)
    above = (bids.percentile(99) - sync.percentile(99)) / 1e3
    ratio = bids.percentile(50) / (echo.percentile(50) + sync.percentile(50))
    detail = {
        "p50_us": {
            "bid": bids.percentile(50) / 1e3,
            "echo": echo.percentile(50) / 1e3,
            "sync": sync.percentile(50) / 1e3,
        },
        "p99_us": {
            "bid": bids.percentile(99) / 1e3,
            "echo": echo.percentile(99) / 1e3,
            "sync": sync.percentile(99) / 1e3,
        },
    }
    return Found([Value("p99 above", above, "µs", 300.0, 150.0), Value("p50 ÷", ratio, "×", 2.0, 1.3)], detail)


def bare_sync(folder: Path, times: int) -> Histogram:
    """How long it takes to append 4 KiB and have them on the disk of ``folder``."""
    path = folder / "bare-sync"
    found = Histogram()
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            began = time.monotonic_ns()
            file.write(BLOCK)
            os.fdatasync(file.fileno())
            found.add(time.monotonic_ns() - began)
    path.unlink()
    return found


def throughput(setting: Setting) -> Found:
    """F5."""
    seconds = 2.0 if setting.quick else 10.0
    with seated(replace(hall(0, 1.0, 1.0), bidders=100), 100) as (house, seats):
        warm = saturate(seats, 0.5)
        used, own, began = house.used(), time.process_time(), time.monotonic()
        accepted, refused, took = saturate(seats, seconds, sum(warm[:2]) + len(seats))
        passed = time.monotonic() - began
        cpu, own = (house.used().cpu_s - used.cpu_s) / passed, (time.process_time() - own) / passed
    answers = Histogram.of(took)
    detail = {"accepted": accepted, "refused": refused, "server_cpu": round(cpu, 3), "generator_cpu": round(own, 3)}
    return Found(
        [
            Value("bids/s", accepted / seconds, "/s", 25_000.0, 60_000.0, more_is_better=True),
            Value("p99", answers.percentile(99) / 1e6, "ms", 5.0, 2.0),
        ],
        detail,
    )


F4: Final = Figure(
    name="F4",
    zh="单个竞买人的持久出价：p99 高出裸 fdatasync 的 p99 多少；p50 ÷（回声 + fdatasync）",
    en="durable bid, one bidder: p99 above that of a bare fdatasync; p50 ÷ (echo + fdatasync)",
    leaves_out=(
        "一次落盘含日志与锚点两次同步，基准只有一次；大屏为零。",
        "A commit is two syncs, journal and anchor, and the floor is one. There are no displays.",
    ),
    measure=one_bidder,
)
F5: Final = Figure(
    name="F5",
    zh="单核每秒持久、裁决、签收的出价，100 个竞买人闭环；p99",
    en="durable, validated, receipted bids/s on one core, 100 bidders in a closed loop; p99",
    leaves_out=(
        "只计有效出价；每个竞买人还会看到其他人的记录，推送成本算在内。",
        "Accepted bids alone are counted. Each bidder is also shown everybody's records, and that is in it.",
    ),
    measure=throughput,
)
