"""Do journals and their anchors hold, and does the signing key fit? Read from a copy, so that a running engine does not notice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from engine.doctor.finding import Finding, fault, ok, warning
from engine.journal.faults import JournalFault, JournalLocked
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.room.recovery import retrace

AHEAD_MAX: Final = timedelta(seconds=2)
"""House time goes on evenly while the system's clock is slewed, and the time compared with is of whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFacts:
    """One sale's journal and anchor, as they were found."""

    sale: str
    trouble: str | None = None
    """Why it cannot be served, in English."""

    trouble_zh: str = ""
    code: str = ""
    seq: int | None = None
    """The first record at fault or missing, where one can be named."""

    lost: bool = False
    """Whether the journal itself is gone, and its write-ahead log or its anchor is left."""

    key: bytes = b""
    """The public key whose holder signed it."""

    busy: bool = False
    """Whether it was written to so fast that it could not be read."""

    last: int = 0
    before: int = 0
    """Where the commit before the last one ended: an anchor vouches for so much at least."""

    recorded_at_ns: int = 0
    epoch: int = 0
    anchored: int | None = None
    """The last record the anchor vouches for; None if there is no anchor, or nothing in it."""

    anchor_there: bool = True
    same_device: bool = False
    """Whether the anchor lies on the journal's own device."""

    verified: bool = False
    """Whether every record was decided again."""


def look(folder: DataFolder, sale: str, *, deep: bool, on_progress: Callable[[int], object]) -> JournalFacts:
    """Read the journal of ``sale``; if ``deep``, decide all of it again."""
    path, anchor = folder.journal(sale), folder.anchor(sale)
    there = anchor.is_file()
    if not path.is_file():
        return JournalFacts(sale=sale, lost=True, anchor_there=there)
    same = there and anchor.stat().st_dev == path.stat().st_dev
    try:
        journal = SqliteJournal.open_beside(path, anchor if there else None)
    except JournalFault as trouble:
        return _troubled(sale, trouble, there=there, same=same)
    try:
        last, before, recorded_at = journal.reader.end()
        anchored = journal.anchored
        if deep:
            for record, _ in retrace(journal):
                on_progress(record.seq)
        return JournalFacts(
            sale=sale,
            last=last,
            before=before,
            recorded_at_ns=recorded_at,
            epoch=journal.identity.epoch,
            anchored=None if anchored is None else anchored.last,
            anchor_there=there,
            same_device=same,
            verified=deep,
            key=journal.identity.public_key,
        )
    except JournalFault as trouble:
        return _troubled(sale, trouble, there=there, same=same)
    finally:
        journal.close()


def _troubled(sale: str, trouble: JournalFault, *, there: bool, same: bool) -> JournalFacts:
    return JournalFacts(
        sale=sale,
        trouble=str(trouble),
        trouble_zh=trouble.zh,
        code=trouble.code,
        seq=getattr(trouble, "seq", None),
        busy=isinstance(trouble, JournalLocked),
        anchor_there=there,
        same_device=same,
    )


def judge(facts: JournalFacts, now: datetime) -> list[Finding]:
    """What that means: of the journal, then of its anchor."""
    check = f"journal:{facts.sale}"
    if facts.busy:
        return [
            warning(
                check,
                "引擎正在频繁写入，暂时无法复制记录：请在拍卖间歇再查。",
                "An engine writes so fast that no copy could be taken: look again while the sale rests.",
            )
        ]
    if facts.lost:
        return [
            fault(
                check,
                "该场的日志文件不在，只剩预写日志或锚点：请勿开启（会另起一本新日志），用备份恢复：luochui restore --help。",
                "The journal of this sale is gone, and only its write-ahead log or anchor is left: do not serve, which would begin a "
                "new one; restore it from a backup: luochui restore --help.",
            )
        ]
    if facts.trouble is not None:
        return [
            fault(
                check,
                f"记录不可用：{facts.trouble_zh}",
                f"The journal must not be served: {facts.trouble}",
                code=facts.code,
                seq=facts.seq,
            )
        ]
    return [_journal(check, facts, now), _anchor(f"anchor:{facts.sale}", facts)]


def _journal(check: str, facts: JournalFacts, now: datetime) -> Finding:
    told: dict[str, Any] = {"last": facts.last, "epoch": facts.epoch, "verified": facts.verified}
    if not facts.last:
        return ok(check, "记录为空，尚未公告。", "The journal is empty: nothing was announced yet.", **told)
    at = datetime.fromtimestamp(facts.recorded_at_ns / 1e9, UTC)
    told["recorded_at"] = at.isoformat(timespec="seconds")
    if at > now + AHEAD_MAX:
        return fault(
            check,
            f"最后一条记录（{facts.last}）的时刻晚于现在：时钟被拨回，请先校时。",
            f"The last record ({facts.last}) is later than now: the clock went back; set it right first.",
            **told,
        )
    depth_zh, depth_en = (
        ("已逐条重演核验", "was decided again and holds")
        if facts.verified
        else ("可读（--deep 逐条核验）", "can be read (--deep verifies it)")
    )
    return ok(
        check,
        f"记录{depth_zh}：至第 {facts.last} 条（{told['recorded_at']}），第 {facts.epoch} 代。",
        f"The journal {depth_en}: up to record {facts.last} ({told['recorded_at']}), epoch {facts.epoch}.",
        **told,
    )


def _anchor(check: str, facts: JournalFacts) -> Finding:
    told = {"anchored": facts.anchored, "last": facts.last, "same_device": facts.same_device}
    if not facts.anchor_there and facts.last:
        return fault(
            check,
            "锚点文件不在：无从得知记录是否完整。请放回原锚点，或见 luochui adopt --help。",
            "The head anchor is gone: nothing says how far the journal must reach. Put it back, or see luochui adopt --help.",
            **told,
        )
    anchored = facts.anchored or 0
    if anchored > facts.last:
        return fault(
            check,
            f"锚点在第 {anchored} 条，记录只到第 {facts.last} 条：自第 {facts.last + 1} 条起缺失，请勿开启，恢复完整副本。",
            f"The anchor vouches for record {anchored}, the journal ends at {facts.last}: records {facts.last + 1} onwards are lost. "
            "Do not serve it; restore a copy that reaches so far.",
            **told,
            seq=facts.last + 1,
        )
    if anchored and anchored < facts.before:
        return fault(
            check,
            f"锚点只记到第 {anchored} 条，记录已至第 {facts.last} 条：锚点是旧副本。请放回原锚点，或见 luochui adopt --help。",
            f"The anchor vouches for record {anchored} only, and the journal reaches {facts.last}: it is an old copy. Put the right "
            "one back, or see luochui adopt --help.",
            **told,
        )
    if facts.last and not anchored:
        return fault(
            check,
            "锚点文件里没有可信的内容：请放回原锚点，或见 luochui adopt --help。",
            "The head anchor holds nothing that can be trusted: put the right one back, or see luochui adopt --help.",
            **told,
        )
    if facts.same_device:
        return warning(
            check,
            "锚点与记录在同一磁盘：一坏俱坏，请用 --anchors 指到另一磁盘。",
            "The anchor lies on the journal's own device and is lost with it: put anchors on another (--anchors).",
            **told,
        )
    return ok(
        check,
        f"锚点在另一磁盘，已记到第 {anchored} 条。",
        f"The anchor is on another device and vouches for record {anchored}.",
        **told,
    )


def judge_key(signing: bytes | None, found: Sequence[JournalFacts]) -> Finding:
    """Whether the key in the folder, if there is one, is that of its journals."""
    signed = [facts for facts in found if facts.key]
    if signing is None and not found:
        return ok(
            "signing key",
            "尚无签名密钥，首次开启时生成。",
            "There is no signing key yet; it is made at the first start.",
        )
    if signing is None:
        return fault(
            "signing key",
            "签名密钥 keys/journal.pem 不在或不可用，而日志已由其签名：请从另存处放回，切勿另生成一把。",
            "The signing key keys/journal.pem is gone or cannot be used, and journals were signed with it: put it back from where "
            "it is kept apart; do not have a new one made.",
        )
    strange = [facts.sale for facts in signed if facts.key != signing]
    if strange:
        return fault(
            "signing key",
            f"keys/journal.pem 不是签署以下日志的密钥：{'、'.join(strange)}。请放回与之相符的密钥。",
            f"keys/journal.pem is not the key that signed {', '.join(strange)}: put the key back that belongs to them.",
            sales=strange,
        )
    return ok(
        "signing key",
        f"签名密钥与 {len(signed)} 本日志相符。",
        f"The signing key is that of {len(signed)} journal(s).",
        sales=[facts.sale for facts in signed],
    )


def look_key(folder: DataFolder) -> bytes | None:
    """The public half of the signing key; None if there is none, or none that can be used. Nothing is made."""
    path = folder.signing_key()
    try:
        return Signer.from_file(path).public if path.is_file() else None
    except (JournalFault, OSError):
        return None


def sales_of(data: Path, anchors: Path | None) -> tuple[DataFolder, list[str]]:
    """The data folder, and the sales of which anything is left in it: a journal, its write-ahead log, or an anchor."""
    folder = DataFolder(data, anchors)
    logs = {path.parent.name for path in data.glob("sales/*/journal.sqlite-wal")}
    anchored = {path.stem for path in (anchors or data / "anchors").glob("*.anchor")}
    return folder, sorted({*folder.sales(), *logs, *anchored})
