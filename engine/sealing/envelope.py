"""Sealing an envelope, chunk by chunk, and opening it again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from engine.sealing import halves
from engine.sealing.context import Context
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.halves import HALL, OWN, REMEDY, DataKey, half_digest
from engine.sealing.keys import PrivateKey, PublicKey
from engine.sealing.manifest import Manifest
from engine.sealing.parts import Part, PartName, Rooting, chunk_digest
from engine.sealing.suites import HALF_BYTES
from engine.sealing.trustees import Answer, Chance, HallKey, open_together

SEED_BYTES = 48


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate in DER, and the key it certifies."""

    der: bytes
    key: PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What sealing gives: the manifest to be signed, and the bidder's half for the recovery file."""

    manifest: Manifest
    own: bytes
    """K1. Whoever has it and the hall's half reads the envelope."""


class Sealer:
    """
    Seals one envelope. The sheet first, then the documents, then :meth:`finish`; sealed chunks are handed out as they are made.

    Both halves of the key are held while sealing and forgotten with this object.
    """

    def __init__(self, context: Context, hall: HallKey, *, chance: Chance) -> None:
        if (hall.suite, hall.tender) != (context.suite, context.tender):
            raise SealFault(SealCode.CONTEXT)
        self._context, self._hall, self._chance = context, hall, chance
        self._own, self._hall_half = chance(HALF_BYTES), chance(HALF_BYTES)
        self._key = halves.join(context, self._own, self._hall_half)
        self._parts: list[Part] = []

    def seal(self, name: PartName, chunks: int, plain: Iterable[bytes]) -> Iterator[bytes]:
        """The sealed chunks of a part, one by one; ``plain`` gives exactly ``chunks`` whole chunks."""
        assert name is list(PartName)[len(self._parts)], "the sheet first, and each part once"
        cipher, rooting, suite = self._key.cipher(name, chunks), Rooting(self._context.of), self._context.of
        for index, chunk in enumerate(plain):
            sealed = cipher.seal(index, chunk)
            rooting.add(chunk_digest(suite, sealed))
            yield sealed
        assert rooting.count == chunks
        self._parts.append(Part(name=name, chunks=chunks, root=rooting.root()))

    def finish(self, *, signing: Credential, encryption: Credential, remedy: bool) -> Sealed:
        """The manifest over all parts sealed."""
        context, suite, parts = self._context, self._context.of, tuple(self._parts)

        def wrapped(key: PublicKey, half: bytes, what: str) -> bytes:
            return key.wrap(half, context.purpose(what), self._chance(SEED_BYTES))

        manifest = Manifest(
            context=context,
            parts=parts,
            hall=self._hall.digest(),
            signing=suite.hash(signing.der),
            encryption=suite.hash(encryption.der),
            kc=self._key.commitment(parts),
            half_own=half_digest(context, OWN, self._own),
            half_hall=half_digest(context, HALL, self._hall_half),
            wrap_own=wrapped(encryption.key, self._own, OWN),
            wrap_hall=wrapped(self._hall.public, self._hall_half, HALL),
            wrap_remedy=wrapped(self._hall.public, self._own, REMEDY) if remedy else None,
        )
        return Sealed(manifest=manifest, own=self._own)

    def self_test(self, manifest: Manifest, own: bytes) -> DataKey:
        """
        The data key as the opening will get it, from the half that the bidder's key or recovery file gave back.

        Raises:
            SealFault: What was made does not open.

        """
        return halves.data_key(manifest, own, self._hall_half)


def unwrap_own(manifest: Manifest, key: PrivateKey) -> bytes:
    """
    K1, by the bidder's own key: what leaves the bidder's device at the opening.

    Raises:
        SealFault: It is not the key of the certificate that was sealed to.

    """
    half = key.unwrap(manifest.wrap_own, manifest.context.purpose(OWN))
    halves.check_half(manifest, OWN, half)
    return half


def unwrap_hall(manifest: Manifest, hall: HallKey, answers: Iterable[Answer]) -> bytes:
    """
    K2, by the trustees.

    Raises:
        SealFault: An answer is wrong, there are too few, or the bidder wrapped something else than he committed to.

    """
    half = _together(manifest, hall, manifest.wrap_hall, HALL, answers)
    halves.check_half(manifest, HALL, half)
    return half


def unwrap_remedy(manifest: Manifest, hall: HallKey, answers: Iterable[Answer]) -> bytes:
    """
    K1, by the trustees, where the tender announced the remedy.

    Raises:
        SealFault: As for :func:`unwrap_hall`, or there is no remedy.

    """
    if manifest.wrap_remedy is None:
        raise SealFault(SealCode.MANIFEST, where="wrap_remedy")
    half = _together(manifest, hall, manifest.wrap_remedy, REMEDY, answers)
    halves.check_half(manifest, OWN, half)
    return half


def open_part(key: DataKey, part: Part, chunk: Callable[[int], bytes]) -> Iterator[bytes]:
    """
    The plaintext of a part, chunk by chunk.

    Args:
        key: As :func:`engine.sealing.halves.data_key` gave it.
        part: As the manifest has it.
        chunk: Fetches the sealed chunk of that index.

    Raises:
        SealFault: A chunk is not the one that was sealed there; at the end, if the root is another.

    """
    cipher, suite, rooting = key.cipher(part), key.context.of, Rooting(key.context.of)
    for index in range(part.chunks):
        sealed = chunk(index)
        rooting.add(chunk_digest(suite, sealed))
        try:
            plain = cipher.open(index, sealed)
        except SealFault:
            raise SealFault(SealCode.CHUNK_HASH, part=part.name, chunk=index) from None
        yield plain
    if rooting.root() != part.root:
        raise SealFault(SealCode.MANIFEST, where=f"root of {part.name}")


def _together(manifest: Manifest, hall: HallKey, wrapped: bytes, what: str, answers: Iterable[Answer]) -> bytes:
    if hall.digest() != manifest.hall:
        raise SealFault(SealCode.CONTEXT)
    return open_together(hall, wrapped, manifest.context.purpose(what), list(answers))
