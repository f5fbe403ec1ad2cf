"""Is a backup what its manifest says, to the last record?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.backup.copying import JOURNAL
from engine.backup.manifest import DATA, BackupFault, KeptSale, Manifest, measured
from engine.domain.opening.state import Opening
from engine.domain.proceeding import state_digest
from engine.journal.faults import JournalFault
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.room.recovery import blank, retrace
from engine.submission.shelf import lacking, look


def check(
    backup: Path, *, anchors: Path | None = None, on_progress: Callable[[int], object] = lambda _seq: None
) -> Manifest:
    """
    Compare the backup with its manifest, file by file, and decide every record again; nothing in it is changed.

    Args:
        backup: The folder.
        anchors: Where head anchors are, which the journals must reach.
        on_progress: Told of records.

    Raises:
        BackupFault: It is not what its manifest says.
        JournalFault: A journal is not sound, or ends before its anchor; the first bad or missing record is named.

    """
    manifest = Manifest.of(backup)
    check_folder(backup / DATA, manifest, anchors=anchors, on_progress=on_progress)
    return manifest


def check_folder(data: Path, manifest: Manifest, *, anchors: Path | None, on_progress: Callable[[int], object]) -> None:
    """The same for a folder that holds what ``manifest`` names, and nothing else."""
    _check_files(data, manifest)
    folder = DataFolder(data, anchors)
    for sale in manifest.sales:
        anchor = folder.anchor(sale.sale)
        anchor_there = anchors is not None and anchor.is_file()
        found = standing(folder.journal(sale.sale), sale.anchored, on_progress, anchor=anchor if anchor_there else None)
        if found != sale:
            raise BackupFault(
                f"the journal of {sale.sale} holds {found.records} records with head {found.head}, and the manifest says "
                f"{sale.records} with head {sale.head}: it is not the copy that was made. Use another backup.",
                f"{sale.sale} 的日志有 {found.records} 条、头为 {found.head}，清单所记为 {sale.records} 条、头为 {sale.head}："
                "已非当时的副本。请用另一份备份。",
            )
    if manifest.keys and folder.signing_key().is_file():
        key = Signer.from_file(folder.signing_key()).public.hex()
        strange = [sale.sale for sale in manifest.sales if sale.key != key]
        if strange:
            raise BackupFault(
                f"keys/journal.pem is not the key that signed {', '.join(strange)}",
                f"keys/journal.pem 不是签署以下日志的密钥：{'、'.join(strange)}。",
            )


def standing(
    path: Path, anchored: int | None, on_progress: Callable[[int], object], *, anchor: Path | None = None
) -> KeptSale:
    """
    Decide every record of the journal at ``path`` again, and say where that leads; of an opening, whether its envelopes lie beside it.

    Raises:
        JournalFault: It is not sound, or ends before ``anchor``.

    """
    journal = SqliteJournal.open_beside(path, anchor)
    try:
        memory = blank()
        for record, memory in retrace(journal):  # noqa: B007 - the last one is what we are after
            on_progress(record.seq)
        identity, state = journal.identity, memory.state
        return KeptSale(
            sale=identity.sale,
            epoch=identity.epoch,
            records=memory.seq,
            head=memory.head.hex(),
            state_digest=state_digest(state),
            key=identity.public_key.hex(),
            anchored=anchored,
            envelopes_lacking=lacking(state, look(path.parent), deep=True) if isinstance(state, Opening) else 0,
        )
    finally:
        journal.close()


@contextmanager
def about(sale: str) -> Iterator[None]:
    """Let a fault within say of which sale's journal it speaks."""
    try:
        yield
    except JournalFault as fault:
        fault.args = (f"{sale}: {fault}",)
        raise


def first_fault(path: Path, on_progress: Callable[[int], object] = lambda _seq: None) -> JournalFault | None:
    """What is wrong with the journal at ``path``; None if nothing is."""
    try:
        standing(path, None, on_progress)
    except JournalFault as fault:
        return fault
    return None


def _check_files(data: Path, manifest: Manifest) -> None:
    there = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
    named = {file.path for file in manifest.files}
    if there != named:
        strange = min(there ^ named)
        which, which_zh = ("is missing", "缺失") if strange in named else ("is not named in the manifest", "不在清单内")
        raise BackupFault(
            f"{strange} {which}: the backup is not as it was made. Use another one.",
            f"{strange} {which_zh}：备份已非当时的样子。请用另一份。",
        )
    journals = {f"sales/{sale.sale}/{JOURNAL}" for sale in manifest.sales}
    if journals != {name for name in named if name.endswith(f"/{JOURNAL}")}:
        raise BackupFault(
            "the manifest names other sales than it names journals: it was changed. Use another backup.",
            "清单所列拍卖会与日志不一致：清单被改动过。请用另一份备份。",
        )
    for file in manifest.files:
        if measured(data, data / file.path) == file:
            continue
        fault = first_fault(data / file.path) if file.path in journals else None
        why, why_zh = ("", "") if fault is None else (f" ({fault})", f"（{fault.zh}）")
        raise BackupFault(
            f"{file.path} has another SHA-256 than when it was copied{why}: use another backup",
            f"{file.path} 的 SHA-256 与复制时不同{why_zh}：请用另一份备份。",
        )
