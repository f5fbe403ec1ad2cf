"""
HPKE (RFC 9180) in base mode, one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

Written out because a message to the hall is opened from a point that trustees computed together: no library takes a point instead of
a private key. What is sealed here opens with any other implementation, and the other way round; the tests do both.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from engine.sealing.curves import P256, POINT_BYTES, SCALAR_BYTES, Point
from engine.sealing.suites import INTERNATIONAL, NONCE_BYTES, TAG_BYTES

OVERHEAD_BYTES: Final = POINT_BYTES + TAG_BYTES
_KEM: Final = b"KEM" + (0x0010).to_bytes(2, "big")
_HPKE: Final = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x0010, 0x0001, 0x0002))
_MAC: Final = INTERNATIONAL.mac
_NO_SALT: Final = bytes(32)


def seal(public: Point, info: bytes, plain: bytes, ephemeral: int) -> bytes:
    """``plain`` sealed to ``public``: 65 bytes of the ephemeral point, then ciphertext and tag."""
    own = ec.derive_private_key(ephemeral, ec.SECP256R1())
    point = own.public_key().public_numbers()
    enc = P256.encode((point.x, point.y))
    key, nonce = _schedule(exchange(ephemeral, public), enc, P256.encode(public), info)
    return enc + INTERNATIONAL.seal(key, nonce, plain, b"")


def open_sealed(private: int, public: Point, info: bytes, sealed: bytes) -> bytes:
    """What was sealed to ``public``, with its private key."""
    return open_shared(exchange(private, P256.decode(sealed[:POINT_BYTES])), public, info, sealed)


def open_shared(shared: bytes, public: Point, info: bytes, sealed: bytes) -> bytes:
    """What was sealed to ``public``, with the x coordinate of private key times ephemeral point."""
    enc = sealed[:POINT_BYTES]
    key, nonce = _schedule(shared, enc, P256.encode(public), info)
    return INTERNATIONAL.open(key, nonce, sealed[POINT_BYTES:], b"")


def exchange(private: int, public: Point) -> bytes:
    """The x coordinate of ``private`` times ``public``, in constant time."""
    other = ec.EllipticCurvePublicNumbers(*public, ec.SECP256R1()).public_key()
    return ec.derive_private_key(private, ec.SECP256R1()).exchange(ec.ECDH(), other)


def _schedule(shared: bytes, enc: bytes, recipient: bytes, info: bytes) -> tuple[bytes, bytes]:
    eae = _extract(_KEM, _NO_SALT, b"eae_prk", shared)
    secret = _expand(_KEM, eae, b"shared_secret", enc + recipient, SCALAR_BYTES)
    context = b"\x00" + _extract(_HPKE, _NO_SALT, b"psk_id_hash", b"") + _extract(_HPKE, _NO_SALT, b"info_hash", info)
    whole = _extract(_HPKE, secret, b"secret", b"")
    return (
        _expand(_HPKE, whole, b"key", context, INTERNATIONAL.key_bytes),
        _expand(_HPKE, whole, b"base_nonce", context, NONCE_BYTES),
    )


def _extract(which: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    return _MAC(salt, b"HPKE-v1", which, label, material)


def _expand(which: bytes, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return INTERNATIONAL.expand(secret, length.to_bytes(2, "big") + b"HPKE-v1" + which + label + info, length)
