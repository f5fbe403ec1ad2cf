"""What reports say, in Chinese and English."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    # latencies
    "bid_ack": ("出价 → 回执", "bid → acknowledged"),
    "bid_ack_after_loss": ("出价 → 回执（其间断线）", "bid → acknowledged, link lost meanwhile"),
    "bid_seen_first": ("出价 → 第一块大屏可见", "bid → seen by the first display"),
    "bid_seen_last": ("出价 → 最后一块大屏可见", "bid → seen by the last display"),
    "connect": ("入场", "coming in"),
    "resume": ("断线后恢复", "coming back after a loss"),
    "lag": ("压测端自身迟到", "generator late by"),
    # counts
    "bids": ("出价", "bids"),
    "accepted": ("有效出价", "accepted"),
    "refused": ("被拒绝", "refused"),
    "unanswered": ("无回执", "unanswered"),
    "errors": ("差错", "errors"),
    "dropped": ("被断开的连接", "links dropped by the house"),
    "slow_dropped": ("被断开的慢速大屏", "slow displays dropped"),
    "conflated": ("合并显示的出价（抽样大屏）", "bids conflated, at sampled displays"),
    "resyncs": ("重新同步", "resyncs"),
    "gaps": ("缺失的帧", "frames missing"),
    "frames": ("收到的帧", "frames received"),
    "bytes": ("收到的字节", "bytes received"),
    "goodbyes": ("服务端道别", "goodbyes of the house"),
    # errors
    "not_let_in": ("有人未能入场", "somebody was not let in"),
    "not_shown_the_last": ("有大屏未显示最后一条记录", "a display was not shown the last record"),
    "link_not_made": ("连接未能建立", "a link could not be made"),
    "frame_cut_off": ("大屏最后一帧不完整", "a display's last frame was cut off"),
    # the house
    "cpu": ("服务端 CPU（单核）", "house: share of a core"),
    "rss_mib": ("服务端内存峰值 MiB", "house: most memory, MiB"),
    "others_on_its_core": ("其他程序占用服务端核心", "other programs on the house's core"),
    "commit_ms": ("每次落盘 ms（均值）", "a commit, ms (mean)"),
    "commit_ms_at_most": ("每次落盘至多 ms", "a commit, ms (at most)"),
    "sweep_ms": ("每轮推送 ms（均值）", "a sweep over all displays, ms (mean)"),
    "records": ("记录", "records"),
    "commits": ("落盘次数", "commits"),
    "sweeps": ("推送轮次", "sweeps"),
    "evicted_stalled": ("因不接收被断开", "let go as stalled"),
    "evicted_silent": ("因无响应被断开", "let go as silent"),
    "seconds": ("秒", "seconds"),
    # headings
    "title": ("落槌 压力测试报告", "Luochui load test report"),
    "rehearsal": ("落槌 演练报告", "Luochui rehearsal report"),
    "what_was_sold": ("演练成交情况", "What was sold"),
    "proof": ("签名", "Signature"),
    "key": ("公钥", "key"),
    "rules": ("规则摘要", "digest of the rules"),
    "digest": ("报告摘要 SHA-256", "digest of the report, SHA-256"),
    "signature": ("签名值", "signature"),
    "lot": ("标的", "lot"),
    "plate": ("号牌", "plate"),
    "hammer": ("落槌价", "hammer price"),
    "passed": ("流拍", "passed"),
    "not_ended": ("未能结束", "not ended"),
    "latencies": ("延迟（毫秒，自计划时刻起）", "Latencies (milliseconds, from the planned instant)"),
    "thresholds": ("必须达到", "What must hold"),
    "held": ("达到", "held"),
    "crossed": ("未达到", "crossed"),
    "value": ("实测", "measured"),
    "count": ("次数", "count"),
    "code": ("代码", "code"),
    "counted": ("计数", "Counted"),
    "house": ("服务端", "The house"),
    "tried": ("场景", "What was tried"),
    "where": ("测试环境", "Where"),
    "left_out": ("本报告不包括", "What this leaves out"),
    "over_time": ("回执延迟，逐秒", "Acknowledgement, second by second"),
    "rate": ("每秒出价", "Bids a second"),
    "sent": ("发出", "sent"),
    "answered": ("回执", "answered"),
    "curve": ("延迟分布", "Distribution"),
    "share": ("占全部的份额", "share of all"),
    "pass": ("通过", "PASS"),
    "fail": ("未通过", "FAIL"),
    "void": ("无效", "VOID"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "none": ("无", "none"),
    "processor": ("处理器", "processor"),
    "cores": ("核心数", "cores"),
    "cores_apart": ("服务端与压测端各用各的核心", "house and crowd on cores of their own"),
    "system": ("系统", "system"),
    "python": ("Python", "Python"),
    "load_average": ("当时负载", "load average"),
    "settings": ("放宽的设置", "settings raised"),
    "generators": ("压测进程", "generators"),
    "generator_cpu": ("最忙压测进程 CPU", "busiest generator: share of a core"),
}

LEFT_OUT: Final[tuple[tuple[str, str], ...]] = (
    ("TLS（在引擎之前终结）与任何真实网络：本机回环，发送方也承担接收方的 TCP 开销。",
     "TLS, which ends in front of the house, and any network: on a loopback the sender also pays for the receiver's TCP."),
    ("压缩、浏览器自身的工作、移动网络、断电。", "Compression, browsers' own work, mobile links, power cuts."),
    ("先看价再出价的人：此处按计划出价。", "Bidders who look before they bid: these bid by plan."),
    ("除抽样大屏外，其他大屏只计帧数，最后核对一次。",
     "Displays outside the sample are counted frame by frame, and asked once at the end."),
    ("其他磁盘：落盘时间因盘而异。", "Other disks: a commit takes what the disk takes."),
)  # fmt: skip


def zh(key: str) -> str:
    """In Chinese; the key itself where there is no word for it."""
    return WORDS.get(key, (key, key))[0]


def en(key: str) -> str:
    """In English; the key itself where there is no word for it."""
    return WORDS.get(key, (key, key))[1]
