"""What is promised, in words a person can hold us to, and the tests of every day that look at it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise."""

    zh: str
    en: str
    daily: tuple[str, ...]
    """Where ``make test`` looks at it, in small."""


PROMISES: Final = {
    "P1": Promise(
        zh="已回执的应价，无论进程被杀、系统崩溃或断电，都不会丢失。",
        en="No acknowledged command is ever lost: not to a killed process, a crash, or a power cut.",
        daily=("tests/blackbox", "tests/journal"),
    ),
    "P2": Promise(
        zh="同一指令重复发送，只生效一次，且每次得到逐字节相同的答复。",
        en="No command takes effect twice, and the same id gets the same answer, byte for byte.",
        daily=("tests/blackbox", "tests/gateway"),
    ),
    "P3": Promise(
        zh="由同一份记录重演，必得同一结果。",
        en="Replay is exact: the same journal gives the same digest.",
        daily=("tests/room", "tests/blackbox"),
    ),
    "P4": Promise(
        zh="答复的次序即记录的次序；先得到答复者在先。",
        en="The order of outcomes is the order of the journal; what was answered before another was sent stands before it.",
        daily=("tests/blackbox",),
    ),
    "P5": Promise(
        zh="价格只升不降，每次至少一个加价幅度；领先者是最高的有效应价人。",
        en="The price rises by a step at least, and the leader is who bid most.",
        daily=("tests/domain",),
    ),
    "P6": Promise(
        zh="截止时刻以系统收到为准：按时到达者必受理，迟到者必不受理；调快调慢时钟都不影响。",
        en="A bid counts if and only if it reached the house by the end, whatever is done to the machine's clock.",
        daily=("tests/clocks", "tests/room"),
    ),
    "P7": Promise(
        zh="每个竞价时段都给足时间；中断之后重新给足一个完整时段。",
        en="Every window for bids is given in full, and again in full after an interruption.",
        daily=("tests/clocks", "tests/domain"),
    ),
    "P8": Promise(
        zh="记录被截断、改动或损坏，必被发现，系统拒绝服务而不是少给历史。",
        en="A journal that was cut, changed or damaged is noticed, and not served.",
        daily=("tests/journal",),
    ),
    "P9": Promise(
        zh="磁盘写满或出错时，绝无虚假回执。",
        en="A disk that is full or fails leads to no false acknowledgement.",
        daily=("tests/journal", "tests/cli", "tests/submission"),
    ),
    "P10": Promise(
        zh="一份记录同时只有一个系统写入。",
        en="One engine writes a journal at a time.",
        daily=("tests/cli", "tests/journal"),
    ),
    "P11": Promise(
        zh="Redis 停机、清空、切换或回滚：已确认者不丢，各网关恢复一致。",
        en="Redis down, flushed, failed over or rolled back: nothing acknowledged is lost, and every gateway converges.",
        daily=("tests/cluster",),
    ),
    "P12": Promise(
        zh="每个页面看到的记录连续无缺，否则被明确告知重取；慢的、停住的连接不影响他人。",
        en="A viewer sees no gap, or is told to take a new picture; who is slow or stands still costs the others nothing.",
        daily=("tests/gateway", "tests/blackbox"),
    ),
    "P13": Promise(
        zh="每个指令两秒内得到受理、拒绝或未知的答复；未知的随时可以查明。",
        en="Within 2 s a command is accepted, refused or unknown, and what is unknown can be asked for.",
        daily=("tests/gateway", "tests/clients"),
    ),
    "P14": Promise(
        zh="任何异常输入都得到列明的代码，不会使系统出错，也不拖慢他人。",
        en="Whatever comes in gets a code on the list, breaks nothing, and slows nobody down.",
        daily=("tests/gateway", "tests/engine", "tests/blackbox"),
    ),
    "P15": Promise(
        zh="一人或一地址的洪水般请求，不影响他人应价。",
        en="A flood from one bidder or one address is not felt by the others.",
        daily=("tests/gateway", "tests/blackbox"),
    ),
    "P16": Promise(
        zh="众人同时全力应价时，各得均等的处理。",
        en="Bidders who all ask as fast as they can are served alike.",
        daily=("tests/gateway",),
    ),
    "P17": Promise(
        zh="广播的先后对每个人均等，且可由公开记录复算。",
        en="Nobody is always shown a price first, and where each showing began can be worked out from the record.",
        daily=("tests/gateway",),
    ),
    "P18": Promise(
        zh="仅凭回执与公开记录，局外人即可识破任何改动、删除、插入或分叉。",
        en="With receipts and the public record alone an outsider finds any edit, drop, insertion or fork.",
        daily=("tests/journal", "tests/clients"),
    ),
    "P19": Promise(
        zh="投标截止之前，平台连同任何一名份额保管人都读不出一份报价；截止之后，凡合格的投标都能打开；任何时候都不提前开启。",
        en="Before the deadline nobody reads a bid, not the house with any one trustee; after it every well-formed bid opens; "
        "nothing is opened early.",
        daily=("tests/sealing", "tests/engine", "tests/clocks", "tests/blackbox"),
    ),
    "P20": Promise(
        zh="一份密封投标至多开出一个内容：为两把密钥制作的密文、抄来的密文，都不成立。",
        en="At most one text opens per sealed bid: neither ciphertexts made for two keys nor copied ones are bids.",
        daily=("tests/sealing", "tests/domain"),
    ),
    "P21": Promise(
        zh="招标文件载明补救方案的，不能解密的投标人不因此受损；给出错误份额的保管人被指名，其余份额照常开启。",
        en="Where the tender announced the remedy, who cannot unseal loses nothing; a trustee who answers wrongly is named, "
        "and the others open.",
        daily=("tests/domain", "tests/sealing", "tests/blackbox"),
    ),
    "P24": Promise(
        zh="工作人员的每项操作在生效之前先入记录。",
        en="Whatever officers do is on the record before it takes effect.",
        daily=("tests/room", "tests/engine"),
    ),
    "P25": Promise(
        zh="一百万条记录，十秒内恢复服务。",
        en="A journal of a million records is served again within ten seconds.",
        daily=(),
    ),
    "P26": Promise(
        zh="测试本身会失败：故意植入的错误都被找出。",
        en="The tests can fail: bugs that were planted are found.",
        daily=(),
    ),
}
"""Only what touches something that exists; the numbers are those of the list of promises of the whole project."""
