"""F6: from the bid to the very last of a thousand displays."""

from typing import Final

from bench.figures.figure import Figure, Found, Setting, Value
from bench.figures.hall import hall, held


def measure(setting: Setting) -> Found:
    """Every display is looked at, so that the last is the last."""
    displays = 100 if setting.quick else 1000
    run = held(hall(displays, 20.0, 2.0 if setting.quick else 30.0, sampled=displays))
    seen = run.found.latencies["bid_seen_last"]
    detail = {"displays": displays, "p50_ms": seen.percentile(50) / 1e6, "generator_cpu": run.found.generator_cpu}
    return Found([Value("p99", seen.percentile(99) / 1e6, "ms", 30.0, 12.0)], detail)


F6: Final = Figure(
    name="F6",
    zh="出价 → 1,000 块大屏中最后一块可见，p99，每秒 20 次出价，开环",
    en="bid → last of 1,000 displays, p99, 20 bids/s, open loop",
    leaves_out=(
        "浏览器自身的绘制；压测端读取 1,000 块大屏所需的时间算在内。",
        "Drawing in browsers. What the generator needs to read a thousand displays is in it.",
    ),
    measure=measure,
)
