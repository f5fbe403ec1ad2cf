"""A copy of everything that must be kept, while an engine may be serving it."""

import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from engine.backup.check import about, check, standing
from engine.backup.copying import JOURNAL, SEALED, copy, draft_beside, give_name, make_folder, others, sealed, settle
from engine.backup.manifest import DATA, FORMAT, NAME, BackupFault, KeptFile, KeptSale, Manifest, measured
from engine.journal.anchor import Anchor
from engine.journal.commit import Commit
from engine.journal.faults import JournalTailLost
from engine.journal.files import write_once
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder

TURNS: Final = 5
"""So often a journal and its envelopes are taken again until they are of one moment."""


def take(  # noqa: PLR0913 - a backup has its choices
    folder: DataFolder,
    place: Path,
    *,
    keys: bool = False,
    anchors_to: Path | None = None,
    verify: bool = False,
    on_progress: Callable[[int], object] = lambda _seq: None,
) -> Manifest:
    """
    Copy what ``folder`` holds to ``place``, whole or not at all.

    Notices and checkpoints are copied before the journals, anchors are read before the journal they vouch for: whatever one of them
    speaks of is in the journals' copies.

    Args:
        folder: Where the house keeps things; an engine may be serving it.
        place: A folder that is not there yet, or empty.
        keys: Copy the private keys too.
        anchors_to: Copy the anchors there: best on another device than ``place``.
        verify: Decide every record of the copy again before it gets its name.
        on_progress: Told of records.

    Raises:
        BackupFault: It cannot be made there, or there is nothing to keep.
        JournalFault: A journal is not sound; nothing was made.

    """
    sales = folder.sales()
    if not folder.root.is_dir() or not (sales or folder.notices()):
        raise BackupFault(
            f"{folder.root} holds neither journals nor notices: is it the data folder?",
            f"{folder.root} 里既无日志也无公告：是数据目录吗？",
        )
    _require_apart(folder, place, anchors_to)
    draft = draft_beside(place)
    try:
        data = draft / DATA
        make_folder(data)
        for path in others(folder.root, keys=keys):
            copy(path, data / path.relative_to(folder.root))
        kept, images = [], {}
        for sale in folder.sales():
            with about(sale):
                one, image = _copy_sale(folder, sale, data, on_progress)
            kept.append(one)
            images[sale] = image
        files = tuple(measured(data, path) for path in sorted(data.rglob("*")) if path.is_file())
        manifest = Manifest(
            format=FORMAT,
            taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
            keys=keys,
            files=files,
            sales=tuple(kept),
        )
        write_once(draft / NAME, manifest.written(), mode=0o600)
        if verify:
            check(draft, on_progress=on_progress)
        give_name(draft, place)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    if anchors_to is not None:
        _save_anchors(anchors_to, images, measured(place, place / NAME))
    return manifest


def _copy_sale(
    folder: DataFolder, sale: str, data: Path, on_progress: Callable[[int], object]
) -> tuple[KeptSale, bytes | None]:
    """
    Copy a journal, with the anchor as it was at that moment.

    The anchor is read before and after: before, it vouches for nothing the copy lacks; after, it may be far beyond it, and then the
    copy's last commit was the newest in it once.

    An envelope that the journal's copy speaks of may be replaced before it is copied: all is taken again, a few times. One that is
    lacking twice at the same record is not here at all, and is counted.
    """
    target = data / "sales" / sale / JOURNAL
    make_folder(target.parent)
    path, before = folder.anchor(sale), None
    for _ in range(TURNS):
        target.unlink(missing_ok=True)
        first = Anchor.image(path) if path.is_file() else None
        with closing(SqliteJournal.open_beside(folder.journal(sale))) as journal:  # As it stands now, and no longer.
            journal.save_as(target)
            newest, key = journal.reader.newest(), journal.identity.public_key
        settle(target)
        _copy_sealed(folder.journal(sale).parent, target.parent)
        image = None if first is None else anchored_then(first, Anchor.image(path), newest, key)
        anchored = None if image is None else Anchor.newest(image, key)
        found = standing(target, None if anchored is None else anchored.last, on_progress)
        if not found.envelopes_lacking or found == before:
            break
        before = found
    if anchored is not None and anchored.last > found.records:
        raise JournalTailLost(found.records + 1, anchored.last)
    return found, image


def anchored_then(first: bytes, then: bytes, newest: Commit | None, key: bytes) -> bytes:
    """The anchor that goes with a journal whose ``newest`` commit was copied between ``first`` and ``then``."""
    before, after = Anchor.newest(first, key), Anchor.newest(then, key)
    if newest is None or before is None or after is None or before.last >= newest.last:
        return first
    if after.epoch == newest.statement.epoch and after.last < newest.last:
        return then  # Its last commit was on its way.
    return Anchor.image_of(newest)


def _copy_sealed(sale: Path, target: Path) -> None:
    """Copy what bidders have sealed, instead of what an earlier turn had copied."""
    for name in SEALED:
        shutil.rmtree(target / name, ignore_errors=True)
    for path in sealed(sale):
        with suppress(FileNotFoundError):  # Its bidder has sent another since.
            copy(path, target / path.relative_to(sale))


def _require_apart(folder: DataFolder, place: Path, anchors_to: Path | None) -> None:
    root = folder.root.resolve()
    if place.resolve().is_relative_to(root):
        raise BackupFault(
            f"{place} lies in the data folder, and would be lost with it: name a place on another device",
            f"{place} 在数据目录之内，会一同丢失：请指定另一设备上的位置。",
        )
    if anchors_to is not None and (
        anchors_to.resolve().is_relative_to(place.resolve()) or anchors_to.resolve().is_relative_to(root)
    ):
        raise BackupFault(
            f"{anchors_to} lies with the journals: anchors are kept apart, best on another device",
            f"{anchors_to} 与日志在一处：锚点须分开存放，最好在另一设备上。",
        )


def _save_anchors(place: Path, images: dict[str, bytes | None], manifest: KeptFile) -> None:
    """The anchors, and of which backup they are."""
    saved = {sale: image for sale, image in images.items() if image is not None}
    for sale, image in saved.items():
        write_once(place / f"{sale}.anchor", image)
    told = {"format": "luochui anchors 1", "manifest_sha256": manifest.sha256, "anchors": sorted(saved)}
    write_once(place / "anchors.json", orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
