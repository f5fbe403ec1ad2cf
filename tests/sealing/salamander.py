"""
Makes salamanders: one ciphertext of GCM that is authentic under two keys.

The tag is a polynomial in the ciphertext, keyed by the cipher. One block is left free, and is solved for so that both keys give the
same tag. Two keys opening one sealed bid to two prices is what a key commitment is for.
"""

from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from engine.sealing.suites import INTERNATIONAL, Suite

_REDUCE = 0xE1 << 120
_MODULUS = 1 << 128 | 0x87


def two_keys(suite: Suite, keys: tuple[bytes, bytes], *, nonce: bytes, aad: bytes, length: int, first: bytes) -> bytes:
    """
    A ciphertext of ``length`` bytes (whole blocks) with its tag, that opens under both ``keys``.

    Args:
        suite: Whose cipher.
        keys: The two keys.
        nonce: 12 bytes.
        aad: The header.
        length: In bytes, a multiple of 16.
        first: The first block of the ciphertext, to make one unlike the other. The last block is solved for, zeros stand between.

    """
    blocks = length // 16
    padded = aad.ljust(-(-len(aad) // 16) * 16, b"\0")
    lengths = (len(aad) * 8).to_bytes(8, "big") + (length * 8).to_bytes(8, "big")
    sums, weights = [], []
    for key in keys:
        encrypt = _block(suite, key)
        h = int.from_bytes(encrypt(bytes(16)), "big")
        total = 0
        for at in range(0, len(padded), 16):
            total = _times(total ^ int.from_bytes(padded[at : at + 16], "big"), h)
        total = _times(total ^ int.from_bytes(first, "big"), h)
        total = _times(total, _power(h, blocks - 1))
        total = _times(total ^ int.from_bytes(lengths, "big"), h)
        sums.append(total ^ int.from_bytes(encrypt(nonce + b"\0\0\0\1"), "big"))
        weights.append(_times(h, h))
    last = _times(sums[0] ^ sums[1], _inverse(weights[0] ^ weights[1]))
    tag = sums[0] ^ _times(last, weights[0])
    return first + bytes(length - 32) + last.to_bytes(16, "big") + tag.to_bytes(16, "big")


def _block(suite: Suite, key: bytes) -> Callable[[bytes], bytes]:
    algorithm = algorithms.AES(key) if suite is INTERNATIONAL else algorithms.SM4(key)
    return Cipher(algorithm, modes.ECB()).encryptor().update


def _times(x: int, y: int) -> int:
    product = 0
    for at in range(127, -1, -1):
        if x >> at & 1:
            product ^= y
        y = y >> 1 ^ (_REDUCE if y & 1 else 0)
    return product


def _power(x: int, exponent: int) -> int:
    result = 1 << 127
    while exponent:
        if exponent & 1:
            result = _times(result, x)
        x, exponent = _times(x, x), exponent >> 1
    return result


def _inverse(x: int) -> int:
    a, b, u, v = _reversed(x), _MODULUS, 1, 0
    while a != 1:
        shift = a.bit_length() - b.bit_length()
        if shift < 0:
            a, b, u, v, shift = b, a, v, u, -shift
        a, u = a ^ b << shift, u ^ v << shift
    while u.bit_length() > 128:
        u ^= _MODULUS << u.bit_length() - 129
    return _reversed(u)


def _reversed(x: int) -> int:
    return int(f"{x:0128b}"[::-1], 2)
