"""Bytes into text, whatever the office saved them as: UTF-8 with or without a mark, GBK, or its successor GB18030."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from engine.domain.auction.plates import PROVINCES
from engine.notice.faults import FaultCode, Faults
from engine.notice.places import Place

FILE_BYTES_MAX: Final = 1 << 20
"""The greatest file a notice may consist of, in bytes, but for a list of bidders."""

_ENCODINGS: Final = "UTF-8, GBK, GB18030"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")

_HAN: Final = re.compile("[\u3400-\u9fff]")
_PLATE: Final = re.compile(f"[{PROVINCES}][A-Z]")
"""豫 and 鲁 in GBK are letters of other alphabets in UTF-8: a catalogue of their plates is text in either, by chance."""


class Source(Protocol):
    """Where the files of a notice are."""

    def text(
        self, name: str, faults: Faults, named_at: Place | None = None, *, bytes_max: int = FILE_BYTES_MAX
    ) -> str | None:
        """The text of the file ``name``, or None after noting why not."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Files on disk."""

    path: Path

    def text(
        self, name: str, faults: Faults, named_at: Place | None = None, *, bytes_max: int = FILE_BYTES_MAX
    ) -> str | None:
        """See :func:`read_text`."""
        return read_text(self.path / name, name, faults, named_at, bytes_max=bytes_max)


@dataclass(frozen=True, slots=True)
class Handed:
    """Files somebody handed in, by name. Nothing else is looked at."""

    files: Mapping[str, bytes]

    def text(
        self, name: str, faults: Faults, named_at: Place | None = None, *, bytes_max: int = FILE_BYTES_MAX
    ) -> str | None:
        """The text of the file ``name``, or None after noting why not."""
        data = self.files.get(name)
        if data is None:
            faults.add(FaultCode.FILE_MISSING, named_at or Place(name), name)
            return None
        if len(data) > bytes_max:
            faults.add(FaultCode.FILE_TOO_BIG, Place(name), wanted=bytes_max)
            return None
        return decode(data, name, faults)


def read_text(
    path: Path, name: str, faults: Faults, named_at: Place | None = None, *, bytes_max: int = FILE_BYTES_MAX
) -> str | None:
    """
    The text of a file, or None after noting why not.

    Args:
        path: Where the file is.
        name: What the notice calls it.
        faults: Where faults go.
        named_at: Where the notice names it, if it does.
        bytes_max: How big it may be.

    """
    place = named_at or Place(name)
    try:
        if not path.exists():
            faults.add(FaultCode.FILE_MISSING, place, name)
            return None
        if not path.is_file():
            faults.add(FaultCode.FILE_UNREADABLE, place, f"{name}: not a file")
            return None
        with path.open("rb") as file:
            data = file.read(bytes_max + 1)
    except (OSError, ValueError) as error:  # a name with a NUL byte is a ValueError
        said = error.strerror if isinstance(error, OSError) else error
        faults.add(FaultCode.FILE_UNREADABLE, place, f"{name}: {said}")
        return None
    if len(data) > bytes_max:
        faults.add(FaultCode.FILE_TOO_BIG, Place(name), wanted=bytes_max)
        return None
    return decode(data, name, faults)


def decode(data: bytes, name: str, faults: Faults) -> str | None:
    """The text of ``data`` without a byte order mark, or None after noting why not."""
    if data.startswith(_UTF_16):
        faults.add(FaultCode.ENCODING, Place(name, 1), "UTF-16", _ENCODINGS)
        return None
    if b"\0" in data:
        faults.add(FaultCode.NUL_BYTE, Place(name, data.count(b"\n", 0, data.index(b"\0")) + 1), wanted=_ENCODINGS)
        return None
    utf, gb = _decoded(data, "utf-8-sig"), _decoded(data, "gb18030")
    if isinstance(utf, str):
        chance = isinstance(gb, str) and not _HAN.search(utf) and _PLATE.search(gb)
        return str(gb) if chance else utf
    if isinstance(gb, str):
        return gb.removeprefix("\ufeff")
    line, byte = data.count(b"\n", 0, utf.start) + 1, data[utf.start]
    faults.add(FaultCode.ENCODING, Place(name, line), f"0x{byte:02X}", _ENCODINGS)
    return None


def _decoded(data: bytes, encoding: str) -> str | UnicodeDecodeError:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        return error


def inside(name: str) -> bool:
    """Whether ``name`` is a relative path that stays in the notice's folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.name != ""
