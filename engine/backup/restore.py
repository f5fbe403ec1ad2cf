"""From a backup back to a data folder that can be served."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.backup.check import check, check_folder
from engine.backup.copying import copy, draft_beside, give_name
from engine.backup.manifest import DATA, Manifest
from engine.room.folder import DataFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and what is still to be done before it is served."""

    manifest: Manifest

    without_anchor: tuple[str, ...]
    """Sales for which no anchor was given: nothing shows whether records were acknowledged after the backup."""

    key_there: bool
    """Whether the signing key was in the backup."""


def restore(
    backup: Path,
    data: Path,
    *,
    anchors: Path | None = None,
    on_progress: Callable[[int], object] = lambda _seq: None,
) -> Restored:
    """
    Put the backup's files into ``data``, whole or not at all; checked before and after.

    Args:
        backup: A backup.
        data: A folder that is not there yet, or empty.
        anchors: Where the head anchors are that were kept apart. They are read and not changed.
        on_progress: Told of records.

    Raises:
        BackupFault: The backup is not as it was made, or something is in ``data``.
        JournalTailLost: An anchor vouches for records that the backup does not hold; the first is named.
        JournalFault: Otherwise not sound.

    """
    draft = draft_beside(data)
    try:
        manifest = check(backup, anchors=anchors, on_progress=on_progress)
        for file in manifest.files:
            copy(backup / DATA / file.path, draft / file.path)
        check_folder(draft, manifest, anchors=anchors, on_progress=on_progress)
        give_name(draft, data)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    folder = DataFolder(data, anchors)
    return Restored(
        manifest=manifest,
        without_anchor=tuple(
            sale.sale for sale in manifest.sales if sale.records and not folder.anchor(sale.sale).is_file()
        ),
        key_there=folder.signing_key().is_file(),
    )
