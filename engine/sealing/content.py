"""
What lies inside the parts, before padding.

The sheet is one JSON object after its length. Documents are files one after the other, each after a small header, ended by an empty
header; padding is zeros. Sizes are told before contents, so both ends work chunk by chunk.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from engine.sealing import canonical
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.parts import CHUNK_BYTES, PartName, padded_chunks

FILES_MAX: Final = 500
NAME_BYTES_MAX: Final = 200
HEADER_BYTES_MAX: Final = 512
FIELDS_MAX: Final = 60
TEXT_BYTES_MAX: Final = 2000
_LENGTH: Final = 4
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII)
_FORBIDDEN: Final = set('/\\:*?"<>|')
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co"}
"""Not ``Cn``: a letter newer than the tables of whoever reads (a rare surname) must not close an envelope that was sealed with it."""
SheetContent = dict[str, str | int]
"""Field names of the tender's rule sheet, with money in fen and periods in days as whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of the documents."""

    name: str
    size: int
    """In bytes."""

    def header(self) -> bytes:
        """What stands before its content."""
        said = canonical.write({"name": self.name, "size": self.size})
        return len(said).to_bytes(_LENGTH, "big") + said


def pack_sheet(content: SheetContent) -> bytes:
    """
    The one chunk of the sheet.

    Raises:
        SealFault: Names, values or sizes that a sheet cannot hold.

    """
    _check_sheet(content)
    said = canonical.write(content)
    whole = CHUNK_BYTES[PartName.SHEET]
    if len(said) + _LENGTH > whole:
        raise SealFault(SealCode.TOO_LARGE, part=PartName.SHEET, most=whole - _LENGTH)
    return (len(said).to_bytes(_LENGTH, "big") + said).ljust(whole, b"\0")


def unpack_sheet(chunk: bytes) -> SheetContent:
    """
    The sheet in its chunk.

    Raises:
        SealFault: The key was right, and there is no sheet inside.

    """
    length = int.from_bytes(chunk[:_LENGTH], "big")
    try:
        content = canonical.read(_unpadded(chunk, length), len(chunk), PartName.SHEET)
        _check_sheet(content)
    except SealFault as fault:
        raise SealFault(SealCode.CONTENT, part=PartName.SHEET, where=str(fault.detail.get("where", "size"))) from None
    return dict(content)


def documents_chunks(entries: list[FileEntry]) -> int:
    """
    How many chunks these files take.

    Raises:
        SealFault: A name cannot be used, or it is too much.

    """
    check_names([entry.name for entry in entries])
    return padded_chunks(sum(len(entry.header()) + entry.size for entry in entries) + _LENGTH)


def pack_documents(files: Iterable[tuple[FileEntry, Iterable[bytes]]], chunks: int) -> Iterator[bytes]:
    """
    Whole chunks, padded, of files whose contents come piece by piece.

    Raises:
        SealFault: A file is not as long as it was said to be.

    """
    whole = CHUNK_BYTES[PartName.DOCUMENTS]
    held, made = bytearray(), 0
    for piece in _pieces(files):
        held += piece
        while len(held) >= whole:
            yield bytes(held[:whole])
            del held[:whole]
            made += 1
    while made < chunks:
        yield bytes(held).ljust(whole, b"\0")
        held.clear()
        made += 1


class DocumentsReader:
    """Takes the plaintext chunk by chunk, and hands out files and their contents."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._left = 0
        self._names: list[str] = []
        self._ended = False

    def feed(self, chunk: bytes) -> Iterator[FileEntry | bytes]:
        """
        What ``chunk`` adds: a :class:`FileEntry`, then pieces of its content.

        Raises:
            SealFault: The key was right, and what is inside is not as the format asks.

        """
        self._held += chunk
        while self._held and not self._ended:
            if self._left:
                piece = bytes(self._held[: self._left])
                del self._held[: self._left]
                self._left -= len(piece)
                yield piece
                continue
            entry = self._header()
            if entry is None:
                break
            yield entry
        if self._ended and any(self._held):
            raise _unreadable("padding")
        if self._ended:
            self._held.clear()

    def end(self) -> None:
        """Raises: SealFault, if the documents stop before their end."""
        if not self._ended:
            raise _unreadable("end")

    def _header(self) -> FileEntry | None:
        if len(self._held) < _LENGTH:
            return None
        length = int.from_bytes(self._held[:_LENGTH], "big")
        if length > HEADER_BYTES_MAX:
            raise _unreadable("header")
        if len(self._held) < _LENGTH + length:
            return None
        data = bytes(self._held[_LENGTH : _LENGTH + length])
        del self._held[: _LENGTH + length]
        if not length:
            self._ended = True
            return None
        try:
            said = canonical.fields(canonical.read(data, HEADER_BYTES_MAX, "header"), {"name", "size"}, "header")
            entry = FileEntry(
                name=canonical.text(said["name"], "name"),
                size=canonical.whole(said["size"], "size", 0, canonical.WHOLE_MAX),
            )
            self._names.append(entry.name)
            check_names(self._names)
        except SealFault as fault:
            raise _unreadable(str(fault.detail.get("where", "name"))) from None
        self._left = entry.size
        return entry


def check_names(names: list[str]) -> None:
    """
    Whether these are names of files side by side in one folder, on any system.

    Raises:
        SealFault: One cannot be used; it is shown without what made it unusable.

    """
    if len(names) > FILES_MAX:
        raise SealFault(SealCode.TOO_LARGE, part=PartName.DOCUMENTS, most=FILES_MAX)
    seen: set[str] = set()
    for name in names:
        same = unicodedata.normalize("NFC", name).casefold()
        if not _usable(name) or same in seen:
            raise SealFault(SealCode.NAME, name=ascii(name)[:60])
        seen.add(same)


def _usable(name: str) -> bool:
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    odd = any(unicodedata.category(letter) in _UNSEEN or letter in _FORBIDDEN for letter in name)
    return 1 <= size <= NAME_BYTES_MAX and not odd and name.strip(" .") == name and not _DEVICES.fullmatch(name)


def _unpadded(chunk: bytes, length: int) -> bytes:
    if length > len(chunk) - _LENGTH or any(chunk[_LENGTH + length :]):
        raise SealFault(SealCode.MANIFEST, where="padding")
    return chunk[_LENGTH : _LENGTH + length]


def _check_sheet(content: Any) -> None:
    if not isinstance(content, dict) or not 1 <= len(content) <= FIELDS_MAX:
        raise SealFault(SealCode.MANIFEST, where="sheet")
    for name, value in content.items():
        if not isinstance(name, str) or _FIELD.fullmatch(name) is None:
            raise SealFault(SealCode.MANIFEST, where="sheet")
        if isinstance(value, str):
            canonical.text(value, name, TEXT_BYTES_MAX)
        else:
            canonical.whole(value, name, 0, canonical.WHOLE_MAX)


def _pieces(files: Iterable[tuple[FileEntry, Iterable[bytes]]]) -> Iterator[bytes]:
    for entry, content in files:
        yield entry.header()
        size = 0
        for piece in content:
            size += len(piece)
            if size > entry.size:
                break
            yield piece
        if size != entry.size:
            raise SealFault(SealCode.CONTENT, part=PartName.DOCUMENTS, where="size")
    yield bytes(_LENGTH)


def _unreadable(where: str) -> SealFault:
    return SealFault(SealCode.CONTENT, part=PartName.DOCUMENTS, where=where)
