"""SM2 (GB/T 32918): signatures, and public-key encryption as 04 ‖ C1 ‖ C3 ‖ C2."""

from typing import Final

from engine.sealing.curves import POINT_BYTES, SM2, Point
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.suites import COMMERCIAL

OVERHEAD_BYTES: Final = POINT_BYTES + 32
IDENTITY: Final = b"1234567812345678"
"""The identity that certificates and signatures use where none is agreed on (GM/T 0009)."""

_A: Final = SM2.p - 3


def encrypt(public: Point, plain: bytes, ephemeral: int) -> bytes:
    """``plain`` sealed to ``public``."""
    shared = SM2.times(ephemeral, public)
    stream = _stream(shared, len(plain))
    sealed = bytes(a ^ b for a, b in zip(plain, stream, strict=True))
    return SM2.encode(SM2.times(ephemeral)) + _seal(shared, plain) + sealed


def decrypt(private: int, sealed: bytes) -> bytes:
    """What was sealed, with the private key."""
    return decrypt_shared(SM2.times(private, SM2.decode(sealed[:POINT_BYTES])), sealed)


def decrypt_shared(shared: Point, sealed: bytes) -> bytes:
    """
    What was sealed, with the point private key times C1.

    Raises:
        SealFault: Another key, or altered.

    """
    said, body = sealed[POINT_BYTES:OVERHEAD_BYTES], sealed[OVERHEAD_BYTES:]
    plain = bytes(a ^ b for a, b in zip(body, _stream(shared, len(body)), strict=True))
    if _seal(shared, plain) != said:
        raise SealFault(SealCode.WRONG_KEY)
    return plain


def sign(private: int, message: bytes) -> tuple[int, int]:
    """
    Both numbers, r and s, of a signature over ``message``.

    The nonce is made of key and message (as RFC 6979 does, with HMAC-SM3): no poor source of chance can give the key away.
    """
    e = int.from_bytes(_digest(SM2.times(private), message), "big")
    secret = private.to_bytes(32, "big")
    count = 0
    while True:
        seed = COMMERCIAL.expand(secret, b"luochui sm2 nonce" + e.to_bytes(32, "big") + bytes([count]), 48)
        k = SM2.scalar(seed)
        r = (e + SM2.times(k)[0]) % SM2.n
        s = pow(1 + private, -1, SM2.n) * (k - r * private) % SM2.n
        if r and s and r + k != SM2.n:
            return r, s
        count += 1


def verify(public: Point, message: bytes, r: int, s: int) -> bool:
    """Whether r and s are a signature of ``message`` by ``public``."""
    t = (r + s) % SM2.n
    if not (0 < r < SM2.n and 0 < s < SM2.n and t):
        return False
    e = int.from_bytes(_digest(public, message), "big")
    try:
        x = SM2.sum_of([(s, SM2.g), (t, public)])[0]
    except SealFault:
        return False
    return (e + x) % SM2.n == r


def _digest(public: Point, message: bytes) -> bytes:
    parameters = b"".join(number.to_bytes(32, "big") for number in (_A, SM2.b, *SM2.g, *public))
    who = COMMERCIAL.hash((len(IDENTITY) * 8).to_bytes(2, "big"), IDENTITY, parameters)
    return COMMERCIAL.hash(who, message)


def _stream(shared: Point, length: int) -> bytes:
    secret = SM2.encode(shared)[1:]
    blocks = (COMMERCIAL.hash(secret, count.to_bytes(4, "big")) for count in range(1, length // 32 + 2))
    return b"".join(blocks)[:length]


def _seal(shared: Point, plain: bytes) -> bytes:
    x, y = (number.to_bytes(32, "big") for number in shared)
    return COMMERCIAL.hash(x, plain, y)
