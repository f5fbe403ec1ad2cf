"""
Keys that sign and unwrap, of the three kinds certificates hold: P-256, SM2, RSA.

A device that keeps its private key to itself (USB key, phone) stands in for :class:`PrivateKey` by its two methods.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from engine.sealing import hpke, sm2
from engine.sealing.curves import P256, POINT_BYTES, SM2, Curve, Point
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.suites import COMMERCIAL, HALF_BYTES, Suite

RSA_BITS_MIN: Final = 2048
RSA_BITS_MAX: Final = 4096
SIGNATURE_BYTES_MAX: Final = 512
WRAPPED_BYTES_MAX: Final = 512
_EC: Final = bytes.fromhex("06072a8648ce3d0201")
_SHA256: Final = hashes.SHA256()


class PrivateKey(Protocol):
    """What a bidder's key does; where it lies is its own affair."""

    @property
    def public(self) -> "PublicKey":
        """The public half."""

    def sign(self, message: bytes) -> bytes:
        """A signature: DER of r and s for the curves, PKCS #1 v1.5 for RSA."""

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """What was wrapped to the public half for ``info``."""


@dataclass(frozen=True, slots=True)
class CurveKey:
    """A public key on one of the two curves."""

    curve: Curve
    point: Point

    @property
    def spki(self) -> bytes:
        """SubjectPublicKeyInfo in DER."""
        name = _EC + self.curve.oid
        head = b"\x30" + bytes([len(name)]) + name
        body = head + b"\x03" + bytes([POINT_BYTES + 1]) + b"\x00" + self.curve.encode(self.point)
        return b"\x30" + bytes([len(body)]) + body

    def wrap(self, plain: bytes, info: bytes, seed: bytes) -> bytes:
        """``plain`` wrapped for ``info``; ``seed`` is 48 random bytes."""
        if self.curve is P256:
            return hpke.seal(self.point, info, plain, self.curve.scalar(seed))
        return sm2.encrypt(self.point, COMMERCIAL.hash(info) + plain, self.curve.scalar(seed))

    def verify(self, message: bytes, signature: bytes) -> None:
        """Raises: SealFault, if the signature does not hold."""
        try:
            if self.curve is P256:
                public = ec.EllipticCurvePublicNumbers(*self.point, ec.SECP256R1()).public_key()
                public.verify(signature, message, ec.ECDSA(_SHA256))
                return
            r, s = decode_dss_signature(signature)
        except (InvalidSignature, ValueError):
            raise SealFault(SealCode.SIGNATURE) from None
        if encode_dss_signature(r, s) != signature or not sm2.verify(self.point, message, r, s):
            raise SealFault(SealCode.SIGNATURE)


@dataclass(frozen=True, slots=True)
class RsaKey:
    """A public RSA key."""

    key: rsa.RSAPublicKey

    @property
    def spki(self) -> bytes:
        """SubjectPublicKeyInfo in DER."""
        return self.key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def wrap(self, plain: bytes, info: bytes, seed: bytes) -> bytes:
        """``plain`` wrapped for ``info`` by OAEP; the library brings its own chance, and ``seed`` is not used."""
        del seed
        return self.key.encrypt(plain, _oaep(info))

    def verify(self, message: bytes, signature: bytes) -> None:
        """Raises: SealFault, if the signature does not hold."""
        try:
            self.key.verify(signature, message, padding.PKCS1v15(), _SHA256)
        except InvalidSignature:
            raise SealFault(SealCode.SIGNATURE) from None


PublicKey = CurveKey | RsaKey


@dataclass(frozen=True, slots=True)
class CurvePrivateKey:
    """A private key on one of the two curves, in software."""

    curve: Curve
    number: int

    @property
    def public(self) -> CurveKey:
        """The public half."""
        return CurveKey(self.curve, self.curve.times(self.number))

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256, or SM2 with SM3; DER of r and s."""
        if self.curve is P256:
            return ec.derive_private_key(self.number, ec.SECP256R1()).sign(
                message, ec.ECDSA(_SHA256, deterministic_signing=True)
            )
        return encode_dss_signature(*sm2.sign(self.number, message))

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """Raises: SealFault, if it was wrapped to another key or for another purpose."""
        if self.curve is P256:
            return hpke.open_sealed(self.number, self.public.point, info, wrapped)
        return bound(sm2.decrypt(self.number, wrapped), info)


@dataclass(frozen=True, slots=True)
class RsaPrivateKey:
    """A private RSA key, in software."""

    key: rsa.RSAPrivateKey

    @property
    def public(self) -> RsaKey:
        """The public half."""
        return RsaKey(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        """PKCS #1 v1.5 with SHA-256: what USB keys can do."""
        return self.key.sign(message, padding.PKCS1v15(), _SHA256)

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """Raises: SealFault, if it was wrapped to another key or for another purpose."""
        try:
            return self.key.decrypt(wrapped, _oaep(info))
        except ValueError:
            raise SealFault(SealCode.WRONG_KEY) from None


def hall_wrap_bytes(suite: Suite) -> int:
    """How long a half is, wrapped to a key of the suite's curve."""
    if suite.curve is P256:
        return hpke.OVERHEAD_BYTES + HALF_BYTES
    return sm2.OVERHEAD_BYTES + len(COMMERCIAL.hash()) + HALF_BYTES


def bound(plain: bytes, info: bytes) -> bytes:
    """What SM2 unwrapped, without the digest of its purpose that stands before it."""
    if plain[:32] != COMMERCIAL.hash(info):
        raise SealFault(SealCode.WRONG_KEY)
    return plain[32:]


def public_key(spki: bytes) -> PublicKey:
    """
    The key of a SubjectPublicKeyInfo in DER.

    Raises:
        SealFault: Neither P-256 nor SM2 nor RSA of 2048 to 4096 bits.

    """
    for curve in (P256, SM2):
        candidate = CurveKey(curve, curve.g).spki[:-POINT_BYTES]
        if spki.startswith(candidate):
            return CurveKey(curve, curve.decode(spki[len(candidate) :]))
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise SealFault(SealCode.KEY_UNREADABLE) from None
    if not isinstance(key, rsa.RSAPublicKey) or not RSA_BITS_MIN <= key.key_size <= RSA_BITS_MAX:
        raise SealFault(SealCode.KEY_UNREADABLE)
    return RsaKey(key)


def _oaep(info: bytes) -> padding.OAEP:
    return padding.OAEP(padding.MGF1(_SHA256), _SHA256, label=info)
