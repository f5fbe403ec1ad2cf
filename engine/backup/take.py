"""A copy of everything that must be kept, while an engine may be serving it."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from engine.backup.check import about, check, standing
from engine.backup.copying import JOURNAL, SEALED, copy, draft_beside, give_name, make_folder, others, sealed, settle
from engine.backup.manifest import DATA, FORMAT, NAME, BackupFault, KeptFile, KeptSale, Manifest, measured
from engine.journal.anchor import Anchor
from engine.journal.faults import JournalTailLost
from engine.journal.files import write_once
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder

TURNS: Final = 5
"""So often a journal and its anchor are taken again until they are of one moment."""


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
    Copy a journal, with the anchor as it was just before.

    Where bids come fast, several may be kept between the two, and the anchor would then seem older than its journal; and an envelope
    that the journal's copy speaks of may be replaced before it is copied: all is taken again, a few times. An envelope that is lacking
    twice at the same record is not here at all, and is counted.
    """
    target = data / "sales" / sale / JOURNAL
    make_folder(target.parent)
    journal, before = SqliteJournal.open_beside(folder.journal(sale)), None
    try:
        for _ in range(TURNS):
            target.unlink(missing_ok=True)
            anchor = folder.anchor(sale)
            image = Anchor.image(anchor) if anchor.is_file() else None
            journal.save_as(target)
            settle(target)
            _copy_sealed(folder.journal(sale).parent, target.parent)
            anchored = None if image is None else Anchor.newest(image, journal.identity.public_key)
            found = standing(target, None if anchored is None else anchored.last, on_progress)
            of_one_moment = anchored is None or found.records - anchored.last <= 1
            if of_one_moment and (not found.envelopes_lacking or found == before):
                break
            before = found
    finally:
        journal.close()
    if anchored is not None and anchored.last > found.records:
        raise JournalTailLost(found.records + 1, anchored.last)
    return found, image


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
