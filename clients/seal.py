"""
Seals a bid on the bidder's own machine, offline, and opens it again.

An envelope is a folder: ``manifest.json``, its ``signature``, both certificates, and the sealed parts. Files are read and written
chunk by chunk: one gibibyte takes no more memory than one megabyte.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from engine.sealing.content import (
    DocumentsReader,
    FileEntry,
    SheetContent,
    documents_chunks,
    pack_documents,
    pack_sheet,
    unpack_sheet,
)
from engine.sealing.context import Context
from engine.sealing.envelope import Credential, Sealed, Sealer, open_part, unwrap_own
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.halves import DataKey
from engine.sealing.keys import SIGNATURE_BYTES_MAX, PrivateKey
from engine.sealing.manifest import MANIFEST_BYTES_MAX, Manifest, read_manifest
from engine.sealing.parts import CHUNK_BYTES, MIB, Part, PartName
from engine.sealing.pem import certificate_pem, read_credential
from engine.sealing.recovery import open_recovery, write_recovery
from engine.sealing.suites import TAG_BYTES
from engine.sealing.trustees import Chance, HallKey

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature"
SIGNING: Final = "signing.pem"
ENCRYPTION: Final = "encryption.pem"
Told = Callable[[int, int], None]
"""How many chunks are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """Who seals: two certificates (签名 and 加密) and the keys at hand."""

    signing: Credential
    signing_key: PrivateKey
    encryption: Credential
    encryption_key: PrivateKey | None
    """None if it lies in a device that is not at hand; the recovery file is then what the self-test opens with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """What is sealed."""

    context: Context
    sheet: SheetContent
    files: tuple[Path, ...]
    remedy: bool
    """Whether the tender announces that trustees may open for a bidder who cannot (补救方案)."""


def seal(  # noqa: PLR0913 - a bid, who makes it, and where it goes
    bid: Bid,
    hall: HallKey,
    bidder: Bidder,
    folder: Path,
    *,
    passphrase: str,
    told: Told = lambda _done, _all: None,
    chance: Chance = secrets.token_bytes,
) -> tuple[Manifest, bytes]:
    """
    Seal ``bid`` into ``folder``, then open it again, by the bidder's key and by the recovery file.

    Args:
        bid: What to seal.
        hall: The tender's hall key.
        bidder: Certificates and keys.
        folder: Made by this; nothing is there before the self-test passed.
        passphrase: For the recovery file.
        told: Called after each chunk, sealed or opened again.
        chance: Random bytes.

    Returns:
        The manifest, and the recovery file, which is not part of the envelope.

    Raises:
        SealFault: What cannot be sealed, or did not open again.
        OSError: A file cannot be read or written.

    """
    if bidder.signing_key.public.spki != bidder.signing.key.spki:
        raise SealFault(SealCode.WRONG_KEY)
    if folder.exists():
        raise FileExistsError(f"{folder} exists already")
    making = folder.with_name(folder.name + ".making")
    making.mkdir()
    try:
        sealer = Sealer(bid.context, hall, chance=chance)
        entries = [(FileEntry(name=path.name, size=path.stat().st_size), path) for path in bid.files]
        chunks = documents_chunks([entry for entry, _ in entries]) if entries else 0
        progress = _Progress(told, 2 * (1 + chunks))
        _write(making, PartName.SHEET, sealer.seal(PartName.SHEET, 1, [pack_sheet(bid.sheet)]), progress)
        if entries:
            packed = pack_documents(((entry, _read(path)) for entry, path in entries), chunks)
            _write(making, PartName.DOCUMENTS, sealer.seal(PartName.DOCUMENTS, chunks, packed), progress)
        sealed = sealer.finish(signing=bidder.signing, encryption=bidder.encryption, remedy=bid.remedy)
        manifest = sealed.manifest
        (making / MANIFEST).write_bytes(manifest.write())
        (making / SIGNATURE).write_bytes(bidder.signing_key.sign(manifest.signed_bytes()))
        (making / SIGNING).write_bytes(certificate_pem(bidder.signing))
        (making / ENCRYPTION).write_bytes(certificate_pem(bidder.encryption))
        recovery = write_recovery(manifest, sealed.own, passphrase, chance)
        _self_test(making, sealer, sealed, bidder, open_recovery(recovery, manifest, passphrase), progress)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return manifest, recovery


def read_envelope(folder: Path) -> Manifest:
    """
    The manifest in ``folder``, with signature and certificates checked against it; whether these may be trusted is not asked.

    Raises:
        SealFault: Something does not hold.

    """
    manifest = read_manifest(_small(folder / MANIFEST, MANIFEST_BYTES_MAX))
    signing = read_credential(_small(folder / SIGNING, 65536))
    encryption = read_credential(_small(folder / ENCRYPTION, 65536))
    suite = manifest.context.of
    if (suite.hash(signing.der), suite.hash(encryption.der)) != (manifest.signing, manifest.encryption):
        raise SealFault(SealCode.SIGNATURE)
    manifest.verify(signing.key, _small(folder / SIGNATURE, SIGNATURE_BYTES_MAX))
    return manifest


def open_sheet(folder: Path, key: DataKey, manifest: Manifest) -> SheetContent:
    """What is read out."""
    part = manifest.parts[0]
    with _sealed(folder, part) as chunk:
        return unpack_sheet(b"".join(open_part(key, part, chunk)))


def open_documents(folder: Path, key: DataKey, manifest: Manifest, to: Path) -> list[Path]:
    """
    Write the files to the folder ``to``, which is made; no file is ever written outside it or over another.

    Returns:
        The files.

    """
    part, made = manifest.part(PartName.DOCUMENTS), list[Path]()
    to.mkdir()
    if part is None:
        return made
    reader, out = DocumentsReader(), None
    try:
        with _sealed(folder, part) as chunk:
            for plain in open_part(key, part, chunk):
                for piece in reader.feed(plain):
                    if isinstance(piece, FileEntry):
                        if out is not None:
                            out.close()
                        made.append(to / piece.name)
                        out = made[-1].open("xb")
                    else:
                        assert out is not None
                        out.write(piece)
        reader.end()
    finally:
        if out is not None:
            out.close()
    return made


class _Progress:
    def __init__(self, told: Told, whole: int) -> None:
        self._told, self._whole, self._done = told, whole, 0

    def step(self) -> None:
        self._done += 1
        self._told(self._done, self._whole)


class _sealed:  # noqa: N801 - used as a context, as open() is
    """Fetches sealed chunks of a part by their index."""

    def __init__(self, folder: Path, part: Part) -> None:
        self._path, self._bytes = folder / part.name.value, CHUNK_BYTES[part.name] + TAG_BYTES

    def __enter__(self) -> Callable[[int], bytes]:
        self._file: BinaryIO = self._path.open("rb")
        return self._chunk

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _chunk(self, index: int) -> bytes:
        self._file.seek(index * self._bytes)
        return self._file.read(self._bytes)


def _self_test(  # noqa: PLR0913, PLR0917 - all that was made
    folder: Path, sealer: Sealer, sealed: Sealed, bidder: Bidder, recovered: bytes, progress: _Progress
) -> None:
    manifest = read_envelope(folder)
    if manifest != sealed.manifest:
        raise SealFault(SealCode.MANIFEST, where="manifest")
    if bidder.encryption_key is not None:
        sealer.self_test(manifest, unwrap_own(manifest, bidder.encryption_key))
    key = sealer.self_test(manifest, recovered)
    open_sheet(folder, key, manifest)
    progress.step()
    part, reader = manifest.part(PartName.DOCUMENTS), DocumentsReader()
    if part is None:
        return
    with _sealed(folder, part) as chunk:
        for plain in open_part(key, part, chunk):
            for _ in reader.feed(plain):
                pass
            progress.step()
    reader.end()


def _write(folder: Path, name: PartName, chunks: Iterator[bytes], progress: _Progress) -> None:
    with (folder / name.value).open("xb") as out:
        for chunk in chunks:
            out.write(chunk)
            progress.step()
        out.flush()
        os.fsync(out.fileno())


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(MIB):
            yield piece


def _small(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise SealFault(SealCode.TOO_LARGE, part=path.name, most=most)
    return data
