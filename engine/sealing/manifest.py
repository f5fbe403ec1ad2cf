"""
The manifest of an envelope: what the bidder signs.

It fixes the ciphertext by its roots, the data key by its commitment, and both halves of the key by digests, so that whoever hands in
a half can be told at once whether it is the right one, and later whose half was wrong.
"""

from dataclasses import dataclass
from typing import Any, Final

from engine.sealing import canonical
from engine.sealing.context import FORMAT, VERSION_MAX, Context
from engine.sealing.curves import POINT_BYTES
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import WRAPPED_BYTES_MAX, PublicKey, hall_wrap_bytes
from engine.sealing.parts import PART_CHUNKS_MAX, Part, PartName
from engine.sealing.suites import Suite

MANIFEST_BYTES_MAX: Final = 8192
_DIGEST: Final = 32
_FIELDS: Final = {
    "bidder", "encryption", "format", "hall", "half_hall", "half_own", "kc", "parts", "section", "signing", "suite", "tender",
    "version", "wrap_hall", "wrap_own",
}  # fmt: skip
_REMEDY: Final = "wrap_remedy"
_SIGNED: Final = b"luochui-seal-1 manifest\n"
_WITHDRAWN: Final = b"luochui-seal-1 withdrawal\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is sealed, for whom, and how it opens. Every digest is 32 bytes, by the hash of the suite."""

    context: Context
    parts: tuple[Part, ...]
    """The sheet, and the documents if there are any."""

    hall: bytes
    """Digest of the hall key's statement."""

    signing: bytes
    """Digest of the signing certificate, in DER."""

    encryption: bytes
    """Digest of the encryption certificate, in DER."""

    kc: bytes
    """Commitment to the data key over :func:`content_digest`."""

    half_own: bytes
    """Digest of the bidder's half, K1."""

    half_hall: bytes
    """Digest of the hall's half, K2."""

    wrap_own: bytes
    """K1, wrapped to the bidder's encryption certificate."""

    wrap_hall: bytes
    """K2, wrapped to the hall key."""

    wrap_remedy: bytes | None
    """K1, wrapped to the hall key; only where the tender announces the remedy (补救方案)."""

    def write(self) -> bytes:
        """The one spelling of the manifest."""
        context = self.context
        said: dict[str, Any] = {
            "format": FORMAT,
            "suite": context.suite,
            "tender": context.tender,
            "section": context.section,
            "bidder": context.bidder,
            "version": context.version,
            "parts": [{"name": p.name.value, "chunks": p.chunks, "root": p.root.hex()} for p in self.parts],
        }
        for name in sorted(_FIELDS - set(said)):
            said[name] = getattr(self, name).hex()
        if self.wrap_remedy is not None:
            said[_REMEDY] = self.wrap_remedy.hex()
        return canonical.write(said)

    def signed_bytes(self) -> bytes:
        """What the signature covers."""
        return _SIGNED + self.write()

    def withdrawal_bytes(self) -> bytes:
        """What is signed to take this very envelope back."""
        return _WITHDRAWN + self.digest()

    def verify(self, key: PublicKey, signature: bytes) -> None:
        """Raises: SealFault, if ``signature`` is not by ``key`` over this manifest."""
        key.verify(self.signed_bytes(), signature)

    def part(self, name: PartName) -> Part | None:
        """The part of that name."""
        return next((part for part in self.parts if part.name is name), None)

    def digest(self) -> bytes:
        """The manifest hash that receipts and the record name."""
        return self.context.of.hash(self.write())


def read_manifest(data: bytes) -> Manifest:
    """
    The manifest that ``data`` spells.

    Raises:
        SealFault: It is not exactly as the format asks; ``where`` names the field.

    """
    said = canonical.read(data, MANIFEST_BYTES_MAX, "manifest")
    said = canonical.fields(said, _FIELDS | ({_REMEDY} & set(said if isinstance(said, dict) else ())), "manifest")
    if said["format"] != FORMAT:
        raise SealFault(SealCode.MANIFEST, where="format")
    context = Context(
        suite=canonical.text(said["suite"], "suite"),
        tender=canonical.text(said["tender"], "tender"),
        section=canonical.text(said["section"], "section"),
        bidder=canonical.text(said["bidder"], "bidder"),
        version=canonical.whole(said["version"], "version", 1, VERSION_MAX),
    )
    digests = {
        name: canonical.octets(said[name], name, _DIGEST, _DIGEST)
        for name in ("hall", "signing", "encryption", "kc", "half_own", "half_hall")
    }
    wraps: dict[str, bytes] = {
        name: canonical.octets(said[name], name, _DIGEST, WRAPPED_BYTES_MAX)
        for name in ("wrap_own", "wrap_hall", _REMEDY)
        if name in said
    }
    _check_hall_wraps(context.of, wraps)
    return Manifest(
        context=context,
        parts=_parts(said["parts"]),
        **digests,
        **{_REMEDY: None, **wraps},  # type: ignore[arg-type]
    )


def content_digest(suite: Suite, parts: tuple[Part, ...]) -> bytes:
    """``H(ciphertext)``: over names, counts and roots of all parts."""
    said = [part.name.encode().ljust(16, b"\0") + part.chunks.to_bytes(4, "big") + part.root for part in parts]
    return suite.hash(len(parts).to_bytes(4, "big"), *said)


def _check_hall_wraps(suite: Suite, wraps: dict[str, bytes]) -> None:
    """What is wrapped to the hall must be a wrap at all: nobody may find that out only at the opening."""
    for name in ("wrap_hall", _REMEDY):
        if name not in wraps:
            continue
        if len(wraps[name]) != hall_wrap_bytes(suite):
            raise SealFault(SealCode.MANIFEST, where=name)
        try:
            suite.curve.decode(wraps[name][:POINT_BYTES])
        except SealFault:
            raise SealFault(SealCode.MANIFEST, where=name) from None


def _parts(said: Any) -> tuple[Part, ...]:
    if not isinstance(said, list) or not 1 <= len(said) <= len(PartName):
        raise SealFault(SealCode.MANIFEST, where="parts")
    return tuple(_part(one, name) for one, name in zip(said, PartName, strict=False))


def _part(said: Any, name: PartName) -> Part:
    said = canonical.fields(said, {"name", "chunks", "root"}, "parts")
    if said["name"] != name:
        raise SealFault(SealCode.MANIFEST, where="parts")
    return Part(
        name=name,
        chunks=canonical.whole(said["chunks"], f"chunks of {name}", 1, PART_CHUNKS_MAX[name]),
        root=canonical.octets(said["root"], f"root of {name}", _DIGEST, _DIGEST),
    )
