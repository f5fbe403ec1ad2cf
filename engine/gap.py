"""What a standby's copy lacks of what its engine had: proved by the engine's own anchor, or as the engine was last heard."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from engine.cluster.mirror import ASYNC, SYNC
from engine.domain.parties import Principal
from engine.journal.anchor import Anchor
from engine.journal.commit import Commit, Statement
from engine.journal.faults import JournalFault
from engine.journal.sqlite import SqliteJournal
from engine.passes import NothingToServe
from engine.room.folder import DataFolder
from engine.room.leaving import bound_for
from engine.standby_state import StandbyState


class PromotionRefused(JournalFault):
    """
    The copy is not put in force. Nothing was changed.

    Attributes:
        code: Which rule refused.

    """

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(en, zh)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How one sale's copy compares with what its engine had acknowledged."""

    sale: str
    records: int
    """The copy's last record."""

    head: str
    epoch: int
    mode: str
    by: tuple[Principal, ...]
    """The officers who decide."""

    engine_records: int
    """The engine's last record: by its anchor, or as it was last heard."""

    proved: bool
    """Whether the engine's own anchor was there to compare."""

    equal: bool
    """Whether nothing is known that the copy lacks; where it is not proved, as the engine was last heard."""

    missing_first: int | None
    missing_last: int | None
    """Which records the engine had, and may have acknowledged, that the copy lacks; None where none is known."""

    moved: bool = False
    """Whether its last record gave it to another engine: it is nobody's to put in force here."""

    @property
    def may_lose(self) -> bool:
        """Whether acknowledged records may be lost by this promotion."""
        return self.mode != SYNC and not (self.proved and self.equal)

    def said(self) -> tuple[str, str]:
        """In words, zh and en, as the record will say it."""
        officers = (
            "、".join(self.by),
            " and ".join(self.by),
        )
        zh = f"备机接管：第 {self.epoch + 1} 代引擎自第 {self.records + 1} 条起，由 {officers[0]} 决定。"
        en = f"The standby takes over: epoch {self.epoch + 1} from record {self.records + 1}, decided by {officers[1]}."
        if self.equal and self.proved:
            return (
                zh + "与原引擎锚点一致，无缺。",
                en + " The old engine's anchor ends where this copy does: nothing is missing.",
            )
        if self.equal and self.mode == SYNC:
            return (
                zh + "同步方式下，原引擎确认的各条本机均有。",
                en + " In sync mode the old engine acknowledged nothing that this copy lacks.",
            )
        if self.mode == SYNC:
            missing = f"{self.missing_first}–{self.missing_last}"
            return (
                zh + f"原引擎另写有第 {missing} 条，同步方式下未予确认，自此无效。",
                en
                + f" The old engine had written records {missing} as well; in sync mode they were not acknowledged, and are void.",
            )
        if self.missing_first is not None:
            missing = f"{self.missing_first}–{self.missing_last}"
            more = "" if self.proved else " Later ones may be missing too."
            more_zh = "" if self.proved else "其后亦可能有缺。"
            return (
                zh + f"异步方式：原引擎已有而本机缺第 {missing} 条，可能已确认。{more_zh}",
                en
                + f" Async mode: the old engine had records {missing}, which are missing here and may have been acknowledged.{more}",
            )
        return (
            zh + f"异步方式：原引擎最后所报至第 {self.engine_records} 条，其后可能有缺。",
            en
            + f" Async mode: the old engine was last heard at record {self.engine_records}; later ones may be missing.",
        )


def compare(
    folder: DataFolder, sale: str, state: StandbyState, by: tuple[Principal, ...], old_anchors: Path | None
) -> Found:
    """Read a copy whole, and hold its end against what the engine said of itself."""
    with closing(SqliteJournal.open(folder.journal(sale), folder.anchor(sale))) as journal:
        last: Commit | None = None
        moved = False
        for commit, records in journal.history():
            last, moved = commit, bool(bound_for(records[-1].command))
        identity = journal.identity
        if last is None:
            raise NothingToServe(f"the copy of {sale} holds no record")
        heard = state.sales.get(sale)
        anchored = None if old_anchors is None else _anchored(old_anchors / f"{sale}.anchor", identity.public_key)
        reached = anchored.last if anchored is not None else (heard.engine_seq if heard is not None else last.last)
        if anchored is not None and anchored.last == last.last and anchored.head != last.head:
            raise PromotionRefused(
                "E_STANDBY_FORKED",
                f"{sale}: the old engine's anchor knows another record {last.last} than this copy. Compare both with receipts",
                f"{sale}：原引擎锚点所记第 {last.last} 条与本副本不同，请与回执核对。",
            )
    missing = reached > last.last
    return Found(
        sale=sale,
        records=last.last,
        head=last.head.hex(),
        epoch=identity.epoch,
        mode=state.mode or ASYNC,
        by=by,
        engine_records=reached,
        proved=anchored is not None,
        equal=not missing,
        missing_first=last.last + 1 if missing else None,
        missing_last=reached if missing else None,
        moved=moved,
    )


def _anchored(path: Path, key: bytes) -> Statement:
    found = Anchor.newest(Anchor.image(path), key)
    if found is None:
        raise PromotionRefused("E_ANCHOR_LOST", f"{path} holds no head of this house", f"{path} 中没有本系统的锚点。")
    return found
