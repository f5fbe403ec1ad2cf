"""F10 and F12: browsers that only look on, and how fast they come."""

import time
from typing import Final

import orjson

from bench.figures.closed import SETTINGS
from bench.figures.figure import Figure, Found, NotMeasured, Setting, Value
from bench.figures.hall import hall, held
from bench.target import own_house
from bench.wire import enter

SETTLE_S: Final = 1.0


def memory(setting: Setting) -> Found:
    """F10."""
    count = 500 if setting.quick else 5000
    hello = orjson.dumps({"protocol": 1, "type": "hello"}, option=orjson.OPT_SORT_KEYS)
    with own_house(hall(0, 1.0, 1.0), SETTINGS) as house:
        socks = [enter(house.url, house.sale, hello)[0] for _ in range(50)]  # whatever the first ones need once
        time.sleep(SETTLE_S)
        before = house.used().rss_kib
        socks += [enter(house.url, house.sale, hello)[0] for _ in range(count)]
        time.sleep(SETTLE_S)
        grown = house.used().rss_kib - before
        for sock in socks:
            sock.close()
    return Found([Value("RSS", grown / count, "KiB", 6.0, 1.0)], {"browsers": count})


def arrivals(setting: Setting) -> Found:
    """F12: all are due at once; from then until the last has its first picture."""
    count = 500 if setting.quick else 5000
    run = held(hall(count, 1.0, 1.0, enter_per_s=1e6))
    took = run.found.latencies["connect"]
    if took.count != count + 10:
        raise NotMeasured("有人未能入场。", "Somebody was not let in.")
    rate = took.count / (took.most / 1e9)
    return Found([Value("/s", rate, "/s", 5000.0, 20_000.0, more_is_better=True)], {"browsers": took.count})


F10: Final = Figure(
    name="F10",
    zh="每个空闲浏览器占用的常驻内存",
    en="resident memory per idle browser",
    leaves_out=("内核为套接字保留的内存；TLS。", "What the kernel keeps for a socket; TLS."),
    measure=memory,
)
F12: Final = Figure(
    name="F12",
    zh="每秒接入的连接（已升级并收到第一幅画面）",
    en="connections a second (upgraded, and shown their first picture)",
    leaves_out=(
        "是下界：压测端也用 Python 握手，每个连接数十微秒（`luochui bench self` 给出），自占一核。",
        "A lower bound: the crowd, on a core of its own, shakes hands in Python, too: some tens of microseconds each, as"
        " `luochui bench self` says.",
    ),
    measure=arrivals,
)
