"""
What lies on the disk of one opening's sealed envelopes, looked at from outside: by a backup, and by who looks for what is wrong.

Nothing is changed, and an engine may be serving the folder. What cannot be read counts as not there.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.domain.opening.state import Envelope, Opening
from engine.domain.parties import bidder
from engine.sealing.manifest import Manifest
from engine.sealing.parts import CHUNK_BYTES, Rooting, chunk_digest
from engine.sealing.suites import TAG_BYTES
from engine.submission import declaration as declared
from engine.submission.declaration import Declaration
from engine.submission.upload import DECLARED, DRAFT, FINISHED

STORE: Final = "submission"
SHEETS: Final = "chunks"
"""Beside the journal of an opening: the store of uploads, and sealed sheets that came without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """An upload as it lies there."""

    folder: Path
    owner: str
    declaration: Declaration
    finished: bool
    sizes: dict[str, int]
    """Bytes of the file of each part; a file that is not there has none."""

    @property
    def shapely(self) -> bool:
        """Whether the file of each part is as large as it was declared: so it is made when the upload begins."""
        return all(self.sizes.get(piece.name) == piece.size for piece in self.declaration.pieces)

    @property
    def whole(self) -> bool:
        """Whether it was finished, and nothing of it has another size."""
        return self.finished and self.shapely


@dataclass(frozen=True, slots=True)
class Shelf:
    """All of them."""

    uploads: tuple[Lying, ...]
    unreadable: tuple[str, ...]
    """Names of folders that are none of ours, or whose declaration is damaged."""

    sheets: Path

    def place(self, envelope: Envelope) -> Path | None:
        """The folder of the upload, or the file of the sheet, in which ``envelope`` lies; None if it does not."""
        owner, digest = bidder(envelope.bidder), envelope.manifest.digest()
        for each in self.uploads:
            if each.owner == owner and each.declaration.manifest == digest and each.whole:
                return each.folder
        [sheet, *documents] = envelope.manifest.parts
        path = self.sheets / str(envelope.bidder) / sheet.root.hex()
        size = CHUNK_BYTES[sheet.name] + TAG_BYTES
        return path if not documents and _size(path) == size else None


def look(sale: Path) -> Shelf:
    """What lies in the folder of a sale."""
    uploads, unreadable = list[Lying](), list[str]()
    store = sale / STORE
    for folder in sorted(store.iterdir()) if store.is_dir() else ():
        if folder.name.startswith(DRAFT):
            continue  # Not yet, or no longer, an upload.
        said = None
        with suppress(OSError):
            said = declared.read((folder / DECLARED).read_bytes())
        if said is None:
            if folder.exists():  # Else it went while we looked.
                unreadable.append(folder.name)
            continue
        owner, declaration = said
        sizes = {piece.name.value: _size(folder / piece.name) for piece in declaration.pieces}
        finished = (folder / FINISHED).exists()
        uploads.append(
            Lying(
                folder=folder,
                owner=owner,
                declaration=declaration,
                finished=finished,
                sizes={name: size for name, size in sizes.items() if size is not None},
            )
        )
    return Shelf(tuple(uploads), tuple(unreadable), sale / SHEETS)


def lacking(opening: Opening, shelf: Shelf, *, deep: bool = False) -> int:
    """
    How many of the envelopes that stand on the record do not lie there wholly.

    Args:
        opening: As its record says.
        shelf: What lies there.
        deep: Read every byte, and count those that are not what was sealed.

    """
    count = 0
    for envelope in opening.envelopes.values():
        place = shelf.place(envelope)
        count += place is None or (deep and not _as_sealed(envelope.manifest, place))
    return count


def _as_sealed(manifest: Manifest, place: Path) -> bool:
    for part in manifest.parts:
        rooting = Rooting(manifest.context.of)
        with suppress(OSError):  # What cannot be read is not what was sealed.
            for chunk in _chunks(place / part.name if place.is_dir() else place, CHUNK_BYTES[part.name] + TAG_BYTES):
                rooting.add(chunk_digest(manifest.context.of, chunk))
        if rooting.count != part.chunks or rooting.root() != part.root:
            return False
    return True


def _chunks(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(size):
            yield chunk


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
