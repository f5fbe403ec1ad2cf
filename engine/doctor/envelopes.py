"""
Do the sealed envelopes of an opening lie there as its record says, is there room for those that may come, and who may look?

Until submission is over nothing is counted: how many have bid is nobody's to know, not at a terminal either.
"""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.doctor.disk import GIB
from engine.doctor.finding import Finding, fault, ok, warning
from engine.domain.opening.state import Opening
from engine.journal.faults import JournalFault
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.room.recovery import retrace
from engine.submission import shelf
from engine.submission.settings import SubmissionSettings
from engine.submission.shelf import SHEETS, STORE, Shelf

OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeFacts:
    """What lies beside one opening's journal."""

    sale: str
    closed: bool
    """Whether submission is over."""

    lacking: int = 0
    """Envelopes that stand on the record and do not lie here wholly."""

    unfinished: int = 0
    """Uploads that were begun."""

    unrecorded: int = 0
    """Uploads that are finished, and stand on no record."""

    misshapen: int = 0
    """Of all uploads, those in which a file has another size than was declared."""

    unreadable: int = 0
    """Folders that are no upload that can be read."""

    open_to_others: tuple[str, ...] = ()
    """Files and folders that others may read or write; the first of them."""

    may_come_bytes: int = 0
    """How much more may be brought until submission is over."""

    free_bytes: int = 0
    verified: bool = False
    """Whether every byte was compared."""


def look(
    folder: DataFolder,
    sale: str,
    settings: SubmissionSettings,
    *,
    deep: bool,
    on_progress: Callable[[int], object] = lambda _seq: None,
) -> EnvelopeFacts | None:
    """
    Hold what lies beside the journal of ``sale`` to its record.

    Returns:
        None where it is no opening, or its journal cannot be read: that is said elsewhere.

    """
    try:
        opening = _opening(folder, sale, on_progress)
    except (JournalFault, OSError):
        return None
    if opening is None:
        return None
    place = folder.journal(sale).parent
    there = shelf.look(place)
    standing = {there.place(envelope) for envelope in opening.envelopes.values()}
    loose = [each for each in there.uploads if each.folder not in standing]
    return EnvelopeFacts(
        sale=sale,
        closed=opening.closed_at is not None,
        lacking=shelf.lacking(opening, there, deep=deep),
        unfinished=sum(not each.finished for each in loose),
        unrecorded=sum(each.finished for each in loose),
        misshapen=sum(not each.shapely for each in there.uploads),
        unreadable=len(there.unreadable),
        open_to_others=tuple(_open_to_others(place)),
        may_come_bytes=0 if opening.closed_at is not None else _may_come(opening, there, settings),
        free_bytes=shutil.disk_usage(place).free,
        verified=deep,
    )


def judge(facts: EnvelopeFacts) -> Iterator[Finding]:
    """What that means."""
    yield _judge_record(facts)
    if facts.open_to_others:
        first = facts.open_to_others[0]
        yield warning(
            f"envelope-rights:{facts.sale}",
            f"{facts.sale}：他人可以读写加密投标文件所在之处（如 {first}）。请执行 chmod -R go-rwx。",
            f"{facts.sale}: others may read or write where sealed envelopes lie ({first}, for one): chmod -R go-rwx.",
            open_to_others=list(facts.open_to_others),
        )
    if facts.may_come_bytes > facts.free_bytes:
        free, may_come = facts.free_bytes / GIB, facts.may_come_bytes / GIB
        yield warning(
            f"envelope-room:{facts.sale}",
            f"{facts.sale}：截止前至多还可能收到 {may_come:.1f} GiB，磁盘仅剩 {free:.1f} GiB：请扩容，"
            "或调低 submission.upload_bytes_max。",
            f"{facts.sale}: up to {may_come:.1f} GiB may still come before the deadline, and {free:.1f} GiB are free: make room, "
            "or lower submission.upload_bytes_max.",
            free_bytes=facts.free_bytes,
            may_come_bytes=facts.may_come_bytes,
        )


def _judge_record(facts: EnvelopeFacts) -> Finding:
    check, sale = f"envelopes:{facts.sale}", facts.sale
    counts = {"lacking": facts.lacking, "misshapen": facts.misshapen, "unreadable": facts.unreadable}
    if facts.closed:
        counts |= {"unfinished": facts.unfinished, "unrecorded": facts.unrecorded}
    if facts.lacking:
        return fault(
            check,
            f"{sale}：记录上有 {facts.lacking} 份投标文件在目录中缺失、不完整或已损坏。请勿开标：先从备份找回"
            f"（sales/{sale}/{STORE} 与 {SHEETS}），再次检查。找不回的，须按非投标人原因处理。",
            f"{sale}: {facts.lacking} envelope(s) on the record are missing here, cut short or damaged. Hold no opening: bring them "
            f"back from a backup (sales/{sale}/{STORE} and {SHEETS}) and look again. What is lost for good is not its bidder's cause.",
            **counts,
        )
    if facts.unreadable or facts.misshapen:
        return warning(
            check,
            f"{sale}：记录上的投标文件齐全；另有 {facts.unreadable} 个目录无法读取、{facts.misshapen} 份上传的文件大小不符，"
            "均未提交。投标人重新上传即可；无法读取的保持原样，请移出后核查。",
            f"{sale}: what is on the record is all here; besides, {facts.unreadable} folder(s) cannot be read and in "
            f"{facts.misshapen} upload(s) a file has another size than was declared. None of it was submitted: its bidder brings it "
            "again; move what cannot be read elsewhere and look at it.",
            **counts,
        )
    if facts.closed and (facts.unfinished or facts.unrecorded):
        return warning(
            check,
            f"{sale}：投标已截止，尚有 {facts.unfinished} 份未传完、{facts.unrecorded} 份未提交的上传：引擎下次开启时会清除。",
            f"{sale}: submission is over, and {facts.unfinished} unfinished and {facts.unrecorded} unsubmitted upload(s) are left: "
            "they are removed when the engine next starts.",
            **counts,
        )
    how_zh, how_en = ("，已逐字节核对", ", byte for byte") if facts.verified else ("", "")
    return ok(
        check,
        f"{sale}：记录上的投标文件齐全{how_zh}。",
        f"{sale}: whatever envelope is on the record is wholly here{how_en}.",
        **counts,
    )


def _opening(folder: DataFolder, sale: str, on_progress: Callable[[int], object]) -> Opening | None:
    """The opening as its record leaves it; None if it is none."""
    path, anchor = folder.journal(sale), folder.anchor(sale)
    if not path.is_file():
        return None
    journal = SqliteJournal.open_beside(path, anchor if anchor.is_file() else None)
    try:
        opening = None
        for record, memory in retrace(journal):
            if not isinstance(memory.state, Opening):
                return None
            opening = memory.state
            on_progress(record.seq)
        return opening
    finally:
        journal.close()


def _may_come(opening: Opening, there: Shelf, settings: SubmissionSettings) -> int:
    """A whole envelope for every bidder and section, as far as the store takes it, less what is there: its room is taken."""
    most = len(opening.bidders) * len(opening.rules.sections) * settings.upload_bytes_max
    held = sum(each.declaration.size for each in there.uploads)
    return max(0, min(most, settings.store_bytes_max) - held)


def _open_to_others(place: Path) -> Iterator[str]:
    for name in (STORE, SHEETS):
        for path in (place / name, *sorted((place / name).rglob("*"))):
            try:
                mode = stat.S_IMODE(path.stat().st_mode)
            except OSError:
                continue
            if mode & OTHERS and (path.is_file() or mode & stat.S_IWOTH):
                yield str(path)
