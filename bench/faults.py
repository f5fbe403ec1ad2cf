"""Why nothing could be measured: a code, and a sentence in Chinese and English."""

from enum import StrEnum
from typing import Final


class BenchCode(StrEnum):
    """What kind of fault; for programs, never changes."""

    NOT_A_RUN = "E_BENCH_NOT_A_RUN"
    GENERATOR_LOST = "E_BENCH_GENERATOR_LOST"
    HOUSE_NOT_STARTED = "E_BENCH_HOUSE_NOT_STARTED"
    HOUSE_NOT_THERE = "E_BENCH_HOUSE_NOT_THERE"
    NOT_LOOPBACK = "E_BENCH_NOT_LOOPBACK"
    NO_TLS = "E_BENCH_NO_TLS"
    BAD_ADDRESS = "E_BENCH_BAD_ADDRESS"
    DATA_MISSING = "E_BENCH_DATA_MISSING"
    NOT_FOR_REHEARSALS = "E_BENCH_NOT_FOR_REHEARSALS"
    TIMED_SALE = "E_BENCH_TIMED_SALE"
    QUOTA_SALE = "E_BENCH_QUOTA_SALE"
    TOO_FEW_PADDLES = "E_BENCH_TOO_FEW_PADDLES"
    SALE_BEGUN = "E_BENCH_SALE_BEGUN"
    OPENS_LATER = "E_BENCH_OPENS_LATER"
    REPORT_INVALID = "E_BENCH_REPORT_INVALID"
    FIGURE_UNKNOWN = "E_BENCH_FIGURE_UNKNOWN"
    PEER_UNKNOWN = "E_BENCH_PEER_UNKNOWN"
    NO_PEER_MEASURED = "E_BENCH_NO_PEER_MEASURED"


SENTENCES: Final[dict[BenchCode, tuple[str, str]]] = {
    BenchCode.NOT_A_RUN: (
        "{found} 不是压测结果；应为 result.json 或其所在文件夹。",
        "{found} is no result of a run; give a result.json or the folder that holds one.",
    ),
    BenchCode.GENERATOR_LOST: ("压测进程中断：{found}。", "A generator was lost: {found}."),
    BenchCode.HOUSE_NOT_STARTED: ("服务端未能启动：{found}", "The house did not start: {found}"),
    BenchCode.HOUSE_NOT_THERE: ("无法连接服务端 {found}。", "There is no house at {found}."),
    BenchCode.NOT_LOOPBACK: (
        "{found} 不是本机；压测只针对本机，除非确认主机归自己所有（--i-own-this-host）。",
        "{found} is not this machine; a load test goes to this machine only, unless you say --i-own-this-host.",
    ),
    BenchCode.NO_TLS: (
        "压测端不使用 TLS；请给出代理之后的 http 地址，而不是 {found}。",
        "The crowd speaks no TLS; give the http address behind the proxy instead of {found}.",
    ),
    BenchCode.BAD_ADDRESS: (
        "{found} 不是服务端地址；写法如 http://127.0.0.1:8000。",
        "{found} is no address of a house; write it like http://127.0.0.1:8000.",
    ),
    BenchCode.DATA_MISSING: (
        "--url 需要与 --data 一起给出：凭证由该数据文件夹签发。",
        "--url goes with --data: tokens are made from that data folder.",
    ),
    BenchCode.NOT_FOR_REHEARSALS: (
        "{found} 未标明专用于演练；假出价会留在记录上。若确属演练专用，请在其中建立名为 rehearsal 的文件。",
        "{found} is not marked as a folder for rehearsals, and fake bids stay on the record. If it is one, put a file called"
        " rehearsal into it.",
    ),
    BenchCode.TIMED_SALE: (
        "{found} 由时钟结束（限时竞价）；目前只能演练由拍卖师落槌的拍卖会。",
        "{found} ends by the clock; only sales by the hammer can be rehearsed so far.",
    ),
    BenchCode.QUOTA_SALE: (
        "{found} 是额度拍卖；目前只能演练由拍卖师落槌的拍卖会。",
        "{found} is a quota sale; only sales by the hammer can be rehearsed so far.",
    ),
    BenchCode.TOO_FEW_PADDLES: (
        "{found} 只有不到两个网络竞买号牌，无法竞价。",
        "{found} has fewer than two online paddles; nobody can be outbid.",
    ),
    BenchCode.SALE_BEGUN: (
        "{found} 已经开始；请用新的数据文件夹演练。",
        "{found} has begun already; rehearse it on a fresh data folder.",
    ),
    BenchCode.OPENS_LATER: (
        "{found} 定时开拍；请用一份去掉 opens_at 的公告演练。",
        "{found} opens at an instant of its own; rehearse a copy of the notice without opens_at.",
    ),
    BenchCode.REPORT_INVALID: ("演练报告不成立：{found}。", "The rehearsal report does not hold: {found}."),
    BenchCode.FIGURE_UNKNOWN: (
        "没有指标 {found}；可选 F1 至 F12。",
        "There is no figure {found}; choose from F1 to F12.",
    ),
    BenchCode.PEER_UNKNOWN: ("没有这个同类软件：{found}", "There is no such peer: {found}"),
    BenchCode.NO_PEER_MEASURED: ("一个也未能测量：{found}", "Nobody could be measured: {found}"),
}
"""What each code says, in Chinese and English."""


class BenchFault(Exception):
    """
    Nothing was measured.

    Attributes:
        code: What kind of fault.
        zh: The sentence in Chinese.
        en: The same in English.

    """

    def __init__(self, code: BenchCode, found: object = "") -> None:
        self.code = code
        self.zh, self.en = (sentence.format(found=found) for sentence in SENTENCES[code])
        super().__init__(f"{self.zh} {self.en}")
