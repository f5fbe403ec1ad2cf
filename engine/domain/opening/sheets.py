"""
Opening sheets, held against what was submitted.

Padding, nonces and keys follow from what is known, so sealing a sheet again gives the same ciphertext: whoever has both halves and the
manifest can check what was read out, and needs no copy of the envelope.
"""

import base64
import binascii

from engine.domain.opening.state import Envelope
from engine.sealing import canonical, halves
from engine.sealing.content import SheetContent, pack_sheet, unpack_sheet
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.halves import DataKey
from engine.sealing.parts import CHUNK_BYTES, Part, PartName, Rooting, chunk_digest


def data_key(envelope: Envelope) -> DataKey:
    """
    The key of an envelope whose halves are both known.

    Raises:
        SealFault: Both halves are right and the commitment is not: the envelope was made so.

    """
    assert envelope.own is not None
    assert envelope.hall is not None
    return halves.data_key(envelope.manifest, envelope.own, envelope.hall)


def read(text: str) -> SheetContent:
    """
    The sheet that ``text`` spells.

    Raises:
        SealFault: It is not in its one spelling.

    """
    content = canonical.read(text.encode(), CHUNK_BYTES[PartName.SHEET], PartName.SHEET)
    if not isinstance(content, dict):
        raise SealFault(SealCode.MANIFEST, where=PartName.SHEET)
    pack_sheet(content)
    return dict(content)


def same(envelope: Envelope, text: str) -> None:
    """
    Whether ``text`` is what was sealed.

    Raises:
        SealFault: It is not, or it is not in its one spelling.

    """
    part = envelope.manifest.parts[0]
    sealed = data_key(envelope).cipher(part).seal(0, pack_sheet(read(text)))
    if _root(envelope, sealed) != part.root:
        raise SealFault(SealCode.CHUNK_HASH, part=part.name, chunk=0)


def reads(envelope: Envelope, chunk: str) -> bool:
    """
    Whether there is a sheet in ``chunk``, the sealed chunk in base64.

    Raises:
        SealFault: It is not the chunk that was submitted.

    """
    part: Part = envelope.manifest.parts[0]
    try:
        sealed = base64.b64decode(chunk, validate=True)
    except (ValueError, binascii.Error):
        sealed = b""
    if _root(envelope, sealed) != part.root:
        raise SealFault(SealCode.CHUNK_HASH, part=part.name, chunk=0)
    try:
        unpack_sheet(data_key(envelope).cipher(part).open(0, sealed))
    except SealFault:
        return False
    return True


def _root(envelope: Envelope, sealed: bytes) -> bytes:
    suite = envelope.manifest.context.of
    rooting = Rooting(suite)
    rooting.add(chunk_digest(suite, sealed))
    return rooting.root()
