"""
What can be wrong with a journal. A fault stops the room: it is never worked around, never retried.

JournalFault
├── JournalLocked       another engine holds it
├── JournalDamaged      what is kept contradicts itself
├── JournalTailLost     it ends before a head that was acknowledged
├── AnchorLost          nothing says how far it must reach
├── WrongKey            it was signed with another key than ours
├── EpochStale          another engine was put in force since
├── RoomMoved           the sale was given to another engine
├── CopyRefused         a standby's copy cannot follow this engine
└── StorageFault        writing or reading failed
"""

from typing import Final

_WHAT_ZH: Final = {
    "it is missing": "该条缺失",
    "no commit covers it": "没有任何提交涵盖它",
    "the commit's root is not that of its records": "提交的根与其记录不符",
    "the commit's signature is not the house's": "提交的签名不是本系统的签名",
    "its epoch is not the journal's": "其代号与日志不符",
    "its content or place does not match its digest": "其内容或位置与摘要不符",
    "its content cannot be read": "其内容无法读出",
    "it cannot be read": "无法读出",
    "the rules decide this command otherwise": "按规则应作出不同的决定",
    "it was signed under another rule sheet than was announced": "签名所依规则与公告的规则不同",
    "the state it led to has another digest than was kept": "由其得到的状态与所存摘要不符",
    "the digest kept of the state is none": "所存状态摘要不成其为摘要",
    "the file is not a journal": "该文件不是日志",
    "the file cannot be opened": "该文件无法打开",
    "the journal was written in another format": "日志的格式不同",
    "the journal does not say whose it is": "日志未说明属于哪场拍卖会",
}


class JournalFault(Exception):
    """
    A journal that cannot be served.

    Attributes:
        zh: The same in Chinese.

    """

    code = "E_ENGINE_HALTED_STORAGE"

    def __init__(self, en: str = "", zh: str = "") -> None:
        super().__init__(en)
        self.zh = zh or en


class JournalLocked(JournalFault):
    """Another engine holds the journal: one writer only."""

    code = "E_JOURNAL_LOCKED"

    def __init__(self, en: str) -> None:
        super().__init__(en, f"另一引擎正在使用该日志（{en}）：请先停止它。")


class JournalDamaged(JournalFault):
    """
    What is kept contradicts itself.

    Attributes:
        seq: The first record at fault.

    """

    code = "E_JOURNAL_DAMAGED"

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(
            f"record {seq}: {what}. Records before it are sound. Stop, keep a copy of the data directory, and restore the "
            "journal from a copy that holds this record; do not edit it.",
            f"第 {seq} 条记录有损坏：{_what_zh(what)}。其前各条完好。请停止服务，整份保留数据目录的副本，"
            "用含有该条的备份恢复日志；切勿自行修改。",
        )
        self.seq = seq


class JournalTailLost(JournalFault):
    """
    The journal ends before a record that was acknowledged.

    Attributes:
        seq: The first record that is missing.

    """

    code = "E_JOURNAL_TAIL_LOST"

    def __init__(self, seq: int, anchored: int, *, forked: bool = False) -> None:
        what = (
            f"the anchor knows another record {anchored} than the journal holds"
            if forked
            else f"the anchor proves that records up to {anchored} were acknowledged, but the journal lacks {seq} onwards"
        )
        what_zh = (
            f"锚点所记的第 {anchored} 条与日志中的不是同一条"
            if forked
            else f"锚点证明直至第 {anchored} 条均已确认，而日志自第 {seq} 条起缺失"
        )
        super().__init__(
            f"{what}. Do not serve this journal: restore a copy that reaches record {anchored} with the anchored digest, "
            "or let two officers decide on the record.",
            f"{what_zh}。请勿开启：用含有第 {anchored} 条且摘要与锚点一致的备份恢复，或由两名负责人依据记录作出决定。",
        )
        self.seq = seq


class AnchorLost(JournalFault):
    """The head anchor is gone or outdated: nothing says how far the journal must reach."""

    code = "E_ANCHOR_LOST"

    def __init__(self, anchored: int, last: int) -> None:
        super().__init__(
            f"the journal reaches record {last}, but its head anchor only {anchored}. Each commit is anchored before it is "
            "acknowledged, so the anchor is gone, was replaced, or is an old copy. Put the right one back. If it is lost for good, "
            "compare the journal with receipts and copies of the record, then accept it as it is: luochui adopt --help",
            f"日志已至第 {last} 条，锚点只记到第 {anchored} 条。每次提交都先记入锚点再确认，故锚点丢失、被换或是旧副本。"
            "请放回原锚点；如确已丢失，先与回执及记录副本核对，再按现状采认：luochui adopt --help",
        )


class WrongKey(JournalFault):
    """The journal was signed with another key than the one at hand."""

    code = "E_WRONG_KEY"

    def __init__(self) -> None:
        super().__init__(
            "the journal was signed with another key than the one in keys/journal.pem; put the key back that belongs to it",
            "日志的签名密钥与 keys/journal.pem 不同：请放回与该日志相符的密钥。",
        )


class EpochStale(JournalFault):
    """
    Another engine was put in force: this one's time is over.

    Attributes:
        in_force: The epoch in force.
        seq: Its first record.

    """

    code = "E_EPOCH_STALE"

    def __init__(self, ours: int, in_force: int, seq: int) -> None:
        super().__init__(
            f"epoch {in_force} is in force from record {seq} on: a standby was promoted. This engine is of epoch {ours} and must "
            "not be served; keep its folder as evidence, and let it follow the new engine from an empty folder: luochui standby --help",
            f"第 {in_force} 代引擎自第 {seq} 条起已接管；本引擎属第 {ours} 代，不得再开启。请保留其数据目录备查，"
            "并以空目录跟随新引擎：luochui standby --help",
        )
        self.in_force, self.seq = in_force, seq


class RoomMoved(JournalFault):
    """
    The last record of this journal gives the sale to another engine.

    Attributes:
        target: The name of that engine's folder.

    """

    code = "E_ROOM_MOVED"

    def __init__(self, target: str) -> None:
        super().__init__(
            f"the last record of this journal gives the sale to another engine (engine.name {target}); only that one may go on with "
            "it. If it has not everything yet, the engine here goes on handing it over: luochui move --help",
            f"本日志末条已将该场移交另一引擎（engine.name {target}），只有它可以继续；未交接完毕的由本引擎继续交付：luochui move",
        )
        self.target = target


class CopyRefused(JournalFault):
    """
    A standby's copy cannot follow this engine.

    Attributes:
        code: ``E_STANDBY_FORKED``: its past is another. ``E_STANDBY_OTHER``: the engine has another standby.
            ``E_STANDBY_UNSOUND``: what the engine sent does not hold.
        seq: The first record that differs; 0 where none does.

    """

    _SAID: Final = {
        "E_STANDBY_FORKED": (
            "record {seq} of {sale} is another here than at the engine; records before it are the same. Keep this copy as evidence, "
            "find out which of the two people have receipts of, and begin a new copy in an empty folder",
            "场次 {sale} 第 {seq} 条与引擎所存不同，其前各条一致。请保留本副本备查，核对回执以何者为准，再以空目录重建副本。",
        ),
        "E_STANDBY_OTHER": (
            "the engine has another standby. If that one is given up for good, remove standby.name from the engine's data folder",
            "该引擎已有另一备机；如该备机确已停用，请删除引擎数据目录中的 standby.name。",
        ),
        "E_MOVE_HELD": (
            "the other engine holds another record of {sale}. Keep both, and find out which of the two people have receipts of",
            "对方引擎已有场次 {sale} 的另一份记录。请保留两份备查，核对回执以何者为准。",
        ),
        "E_MOVE_ELSEWHERE": (
            "{sale} was given to another engine than the one that was reached. Reach that one: its name is in its folder's engine.name",
            "场次 {sale} 已移交另一引擎，并非现在连上的这一台；请连接其数据目录 engine.name 所示的引擎。",
        ),
        "E_STANDBY_UNSOUND": (
            "record {seq} of {sale} as the engine sent it does not hold; it was not kept. Look at the engine: luochui verify",
            "引擎送来的场次 {sale} 第 {seq} 条不成立，未予保存。请检查引擎：luochui verify",
        ),
    }

    def __init__(self, code: str, sale: str, seq: int) -> None:
        en, zh = (said.format(sale=sale, seq=seq) for said in self._SAID[code])
        super().__init__(en, zh)
        self.code, self.sale, self.seq = code, sale, seq


class StorageFault(JournalFault):
    """Writing or reading failed. What was in flight is unknown until the journal is read again."""

    def __init__(self, en: str = "") -> None:
        super().__init__(
            en, f"存储读写失败（{en}）：请检查磁盘、剩余空间与权限，再重新开启；在途的出价须读过日志才知是否已记录。"
        )


def _what_zh(what: str) -> str:
    """What is wrong with a record, in Chinese; what stands in parentheses is for programmers and stays."""
    plain, opens, detail = what.partition(" (")
    known = _WHAT_ZH.get(plain)
    return what if known is None else known + (f"（{detail.rstrip(')')}）" if opens else "")
