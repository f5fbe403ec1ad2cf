"""Where keys and serial numbers of trial authorities come from: the system's chance, or a seed that gives the same ones every time."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd, prod
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from engine.sealing.curves import P256, SM2
from engine.sealing.keys import CurvePrivateKey, RsaPrivateKey
from engine.sealing.trustees import Chance

RSA_BITS: Final = 2048
EXPONENT: Final = 65537
KINDS: Final = ("RSA", "P-256", "SM2")
SoftKey = CurvePrivateKey | RsaPrivateKey
_SMALL: Final = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]
_SMALL_PRODUCT: Final = prod(_SMALL)
_ROUNDS: Final = 24


@dataclass(frozen=True, slots=True)
class Dice:
    """Random bytes, and RSA keys, which the library makes by its own chance only."""

    chance: Chance
    rsa: Callable[[], rsa.RSAPrivateKey]

    def key(self, kind: str) -> SoftKey:
        """A new private key of that kind."""
        if kind == "RSA":
            return RsaPrivateKey(self.rsa())
        curve = SM2 if kind == "SM2" else P256
        return CurvePrivateKey(curve, curve.scalar(self.chance(48)))

    def serial(self) -> int:
        """A certificate's serial number: positive, sixteen bytes."""
        return int.from_bytes(self.chance(16), "big") >> 1 | 1 << 126


def system_dice() -> Dice:
    """The system's chance."""
    return Dice(secrets.token_bytes, lambda: rsa.generate_private_key(EXPONENT, RSA_BITS))


def seeded_dice(seed: str) -> Dice:
    """The same every time for the same ``seed``: who knows it knows the keys."""
    chance = _stream(seed)
    return Dice(chance, lambda: _rsa_key(chance))


def _stream(seed: str) -> Chance:
    count = 0

    def draw(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"luochui trial authority\n{seed}\n{count}".encode()).digest(length)

    return draw


def _rsa_key(chance: Chance) -> rsa.RSAPrivateKey:
    p, q = sorted((_prime(chance), _prime(chance)), reverse=True)
    d = rsa.rsa_recover_private_exponent(EXPONENT, p, q)
    public = rsa.RSAPublicNumbers(EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    )
    return numbers.private_key()


def _prime(chance: Chance) -> int:
    """A prime of half the bits, both highest set; the library checks the key made of two."""
    bits = RSA_BITS // 2
    while True:
        n = int.from_bytes(chance(bits // 8), "big") | 3 << (bits - 2) | 1
        if gcd(n, _SMALL_PRODUCT) == 1 and n % EXPONENT != 1 and _probably_prime(n, chance):
            return n


def _probably_prime(n: int, chance: Chance) -> bool:
    """Miller and Rabin; the first base is 2, and most numbers go no further."""
    twos = (n - 1 & 1 - n).bit_length() - 1
    odd = n - 1 >> twos
    bases = [2] + [int.from_bytes(chance(32), "big") for _ in range(_ROUNDS)]
    return all(_passes(n, base, odd, twos) for base in bases)


def _passes(n: int, base: int, odd: int, twos: int) -> bool:
    x = pow(base, odd, n)
    if x in (1, n - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False
