"""Which files of a data folder are kept, and how one is copied so that it survives a power cut."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.backup.manifest import BackupFault
from engine.journal.files import sync_folder
from engine.submission.shelf import SHEETS, STORE
from engine.submission.upload import FINISHED

OWNER_ONLY: Final = 0o600
FOLDER_OWNER_ONLY: Final = 0o700
JOURNAL: Final = "journal.sqlite"
SEALED: Final = (SHEETS, STORE)
"""Beside the journal of an opening."""

PRIVATE: Final = frozenset({"keys", "tls"})
"""Folders of private keys."""

NEVER: Final = frozenset({"anchors"})
"""Kept apart from what they vouch for."""

ENDS_NEVER: Final = frozenset({".anchor", ".new", ".lock"})


def others(data: Path, *, keys: bool) -> Iterator[Path]:
    """
    Every file to be kept that is no journal: notices, cosigned checkpoints, tokens taken back; with ``keys`` private keys too.

    Left out are anchors, wherever they lie, what was never finished (a name that begins with a dot or ends in ``.new``), locks,
    what belongs to an open journal, and what bidders have sealed (:func:`sealed`).
    """
    for folder, folders, names in os.walk(data):
        here = Path(folder)
        if here == data:
            private = NEVER if keys else NEVER | PRIVATE
            folders[:] = sorted(name for name in folders if name not in private)
        of_a_sale = here.parent == data / "sales"
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (of_a_sale and name in SEALED))
        for name in sorted(names):
            path = here / name
            left_out = name.startswith((".", JOURNAL)) or path.suffix in (ENDS_NEVER if keys else ENDS_NEVER | {".pem"})
            if not left_out and path.is_file() and not path.is_symlink():
                yield path


def sealed(sale: Path) -> list[Path]:
    """
    What bidders have sealed and sent to the sale whose folder this is. To be copied after its journal.

    Of uploads only those that are finished: what was not cannot have been submitted.
    """
    whole = (path for path in sale.glob(f"{STORE}/[!.]*/*") if path.with_name(FINISHED).exists())
    found = [*sale.glob(f"{SHEETS}/*/*"), *whole]
    return sorted(path for path in found if path.suffix not in ENDS_NEVER)


def copy(source: Path, target: Path) -> None:
    """Copy one file, readable by its owner only, and return when it is on the device."""
    make_folder(target.parent)
    shutil.copyfile(source, target)
    settle(target)


def settle(path: Path) -> None:
    """Let only its owner read ``path``, and return when it is on the device."""
    path.chmod(OWNER_ONLY)
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make ``path`` and what is missing above it, for its owner only."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=FOLDER_OWNER_ONLY)


def draft_beside(place: Path) -> Path:
    """
    An empty folder beside ``place``, to be given its name once it is whole.

    Raises:
        BackupFault: Something is there already.

    """
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise BackupFault(
            f"{place} is there already and not empty; nothing is overwritten: name a new folder",
            f"{place} 已存在且不为空；不覆盖任何内容：请指定新目录。",
        )
    draft = place.resolve().with_name(f".{place.resolve().name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    make_folder(draft)
    return draft


def give_name(draft: Path, place: Path) -> None:
    """Let ``draft`` take the name of ``place``, which is empty or not there."""
    if place.exists():
        place.rmdir()
    draft.rename(place.resolve())
    sync_folder(place.resolve().parent)
