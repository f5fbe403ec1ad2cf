"""Uploads of a few bytes, and a store for them."""

import hashlib
from itertools import count
from pathlib import Path
from typing import Any

from engine.domain.units import Nanoseconds
from engine.sealing.parts import PartName, chunk_digest
from engine.sealing.suites import INTERNATIONAL
from engine.submission.declaration import Declaration, Piece
from engine.submission.settings import SubmissionSettings
from engine.submission.store import Store
from tests.submission.disk import Disk

FOLDER = Path("sale/submission")
CHUNK_BYTES = 8
A, B = "bidder:8", "bidder:9"
SETTINGS = SubmissionSettings(upload_bytes_max=64, uploads_per_bidder=2, uploads_max=5, store_bytes_max=400)


class Small:
    """An envelope with a sheet of one chunk and some chunks of documents, made from a word."""

    def __init__(self, word: str, documents: int = 2, section: str = "1") -> None:
        self.section = section
        self.chunks: dict[tuple[str, int], bytes] = {
            (name, index): hashlib.sha256(f"{word} {name} {index}".encode()).digest()[:CHUNK_BYTES]
            for name, many in ((PartName.SHEET, 1), (PartName.DOCUMENTS, documents))
            for index in range(many)
        }
        self.manifest = hashlib.sha256(f"{word} {section} {documents}".encode()).digest()

    @property
    def declaration(self) -> Declaration:
        digests: dict[str, list[bytes]] = {}
        for (name, _), content in self.chunks.items():
            digests.setdefault(name, []).append(chunk_digest(INTERNATIONAL, content))
        pieces = tuple(
            Piece(name=PartName(name), chunk_bytes=CHUNK_BYTES, digests=tuple(each)) for name, each in digests.items()
        )
        return Declaration(section=self.section, manifest=self.manifest, suite=INTERNATIONAL.name, pieces=pieces)


class Clock:
    """House time that somebody moves."""

    def __init__(self) -> None:
        self.at = 1_000_000_000_000

    def __call__(self) -> Nanoseconds:
        return Nanoseconds(self.at)

    def pass_s(self, seconds: float) -> None:
        self.at += int(seconds * 1_000_000_000)


class Names:
    """Names that look like chance and are the same each time."""

    def __init__(self, many: int = 0) -> None:
        self._count = count(many)

    def __call__(self, size: int) -> str:
        return hashlib.sha256(str(next(self._count)).encode()).hexdigest()[: 2 * size]


def store_on(disk: Disk, clock: Clock | None = None, **given: Any) -> Store:
    """A store on ``disk``; ``given`` changes the settings or the names."""
    return Store(
        FOLDER,
        given.get("settings", SETTINGS),
        now=clock or Clock(),
        disk=disk,
        chance=given.get("chance") or Names(1000 * disk.lives),
    )


def send(store: Store, owner: str, small: Small) -> str:
    """Begin, and put every chunk."""
    name = store.begin(owner, small.declaration)
    for (part, index), content in small.chunks.items():
        store.put(owner, name, part, index, content)
    return name


def missing(store: Store, owner: str, name: str) -> list[tuple[str, int]]:
    """What the store says is not there."""
    _, gaps, _ = store.there(owner, name)
    return [(gap.part, index) for gap in gaps for index in gap.missing]
