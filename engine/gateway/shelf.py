"""
The files of ``web/``, ready to be sent.

What may be asked for is found once, at the start, and looked up by name: a path that is not in the table is not there, whatever it
would mean to a file system. A file changed on disk is read again, so that a page can be worked on without a restart.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
"""Kinds of files that are sent. Others stay where they are: types, notes, maps."""

PRIVATE_FOLDERS: Final = frozenset({"tests", "node_modules", "screenshots"})


@dataclass(frozen=True, slots=True)
class Book:
    """A file as it was when last read."""

    content: bytes
    kind: str
    etag: str
    stamp: tuple[int, int]
    """When it was written, and its size."""


class Shelf:
    """The files under ``folder`` that anybody may have: those called ``names``, or all that pages are made of."""

    def __init__(self, folder: Path, names: Iterable[str] | None = None) -> None:
        self._folder = folder
        self._books = {name: _read(folder / name) for name in (_names(folder) if names is None else names)}

    def get(self, name: str) -> Book | None:
        """The file called ``name`` (``shared/base.css``), as it is now."""
        book = self._books.get(name)
        if book is None:
            return None
        try:
            if _stamp(self._folder / name) != book.stamp:
                book = self._books[name] = _read(self._folder / name)
        except OSError:
            pass  # Being written at this moment, or taken away: what was there is still good.
        return book

    def __len__(self) -> int:
        """How many files there are."""
        return len(self._books)


def _names(folder: Path) -> list[str]:
    """What may be sent: by kind, in a folder of its own, and nothing hidden."""
    root = folder.resolve()
    open_folders = [path for path in sorted(folder.iterdir()) if path.is_dir() and path.name not in PRIVATE_FOLDERS]
    names = []
    for path in (path for each in open_folders for path in sorted(each.rglob("*"))):
        name = PurePosixPath(path.relative_to(folder))
        hidden = any(part.startswith(".") for part in name.parts)
        if name.suffix in TYPES and not hidden and path.is_file() and path.resolve().is_relative_to(root):
            names.append(str(name))
    return names


def _read(path: Path) -> Book:
    stamp = _stamp(path)
    content = path.read_bytes()
    return Book(content, TYPES[path.suffix], f'"{hashlib.sha256(content).hexdigest()[:32]}"', stamp)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size
