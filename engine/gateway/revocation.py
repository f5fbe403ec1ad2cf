"""
Tokens taken back (凭证作废): a list in the data folder that only grows, one JSON line each, kept before anybody is told.

``luochui revoke`` adds to it while the house serves; the house reads what is new twice a second. Nothing is ever taken off: to let
somebody in again he is given a new token.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from engine.domain.parties import Principal
from engine.journal.files import sync_folder

TOKEN_ID: Final = re.compile(r"[0-9a-f]{32}")
FILE: Final = "revoked.jsonl"


class TokenRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="of", tag="token"):
    """One token is no longer good."""

    at_s: int
    """Seconds since 1970."""

    id: str
    """Its ``jti``."""


class BearerRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="of", tag="bearer"):
    """No token that somebody was given by then is good any more. One made later is."""

    at_s: int
    """Seconds since 1970."""

    sale: str
    principal: Principal


Revocation = TokenRevoked | BearerRevoked

_DECODER: Final[msgspec.json.Decoder[Revocation]] = msgspec.json.Decoder(Revocation)


class RevocationList:
    """The list at ``path``, as far as it has been read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_to = 0
        self._file: tuple[int, int] | None = None
        self.unreadable = 0
        """Whole lines that say nothing we understand."""

    def add(self, one: Revocation) -> None:
        """
        Keep ``one``; when this returns it survives a power cut.

        Raises:
            OSError: It was not kept.

        """
        is_new = not self._path.exists()
        with _locked(self._path) as handle:
            _cut_what_was_never_finished(handle)
            line = msgspec.json.encode(one) + b"\n"
            while line:
                line = line[os.write(handle, line) :]
            os.fsync(handle)
        if is_new:
            sync_folder(self._path.parent)

    def news(self) -> list[Revocation]:
        """
        What has been added since the last time. A line still being written waits for the next.

        Raises:
            OSError: The file is there and cannot be read.

        """
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return []
        with file:
            found = os.fstat(file.fileno())
            if (found.st_dev, found.st_ino) != self._file or found.st_size < self._read_to:
                # Another file than before: all of it is news. What was read from the old one stays taken back.
                self._file, self._read_to = (found.st_dev, found.st_ino), 0
            file.seek(self._read_to)
            whole, ended, _ = file.read().rpartition(b"\n")
        self._read_to += len(whole) + len(ended)
        return [one for line in whole.splitlines() if (one := self._revocation(line)) is not None]

    def _revocation(self, line: bytes) -> Revocation | None:
        try:
            return _DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unreadable += 1
            return None


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, and nobody else adds to it meanwhile."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _cut_what_was_never_finished(handle: int) -> None:
    """A line without an end was being written when the power went: nobody was told that it stands."""
    content = os.pread(handle, os.fstat(handle).st_size, 0)
    if content and not content.endswith(b"\n"):
        os.ftruncate(handle, content.rfind(b"\n") + 1)
