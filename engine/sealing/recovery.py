"""The recovery file: the bidder's half under a passphrase, for the day when the certificate was renewed or the driver fails."""

from typing import Any, Final

from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from engine.sealing import canonical, halves
from engine.sealing.context import FORMAT, Context
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.halves import OWN
from engine.sealing.manifest import Manifest
from engine.sealing.suites import HALF_BYTES, NONCE_BYTES, TAG_BYTES
from engine.sealing.trustees import Chance

ROUNDS: Final = 600_000
"""Of PBKDF2, in files we make."""

ROUNDS_MIN: Final = 100_000
ROUNDS_MAX: Final = 5_000_000
"""A stranger's file may not keep a machine busy for hours."""

RECOVERY_BYTES_MAX: Final = 4096
PASSPHRASE_CHARS_MIN: Final = 10
_SALT_BYTES: Final = 16
_FIELDS: Final = {
    "format",
    "suite",
    "tender",
    "section",
    "bidder",
    "version",
    "manifest",
    "rounds",
    "salt",
    "nonce",
    "sealed",
}


def write_recovery(manifest: Manifest, own: bytes, passphrase: str, chance: Chance, rounds: int = ROUNDS) -> bytes:
    """
    The recovery file of an envelope, with the bidder's half ``own``.

    Raises:
        SealFault: The passphrase is shorter than 10 characters.

    """
    if len(passphrase) < PASSPHRASE_CHARS_MIN:
        raise SealFault(SealCode.PASSPHRASE)
    context, salt, nonce = manifest.context, chance(_SALT_BYTES), chance(NONCE_BYTES)
    sealed = context.of.seal(_key(context, passphrase, salt, rounds), nonce, own, _header(context))
    return canonical.write(
        _whose(manifest)
        | {
            "rounds": rounds,
            "salt": salt.hex(),
            "nonce": nonce.hex(),
            "sealed": sealed.hex(),
        }
    )


def open_recovery(data: bytes, manifest: Manifest, passphrase: str) -> bytes:
    """
    The bidder's half, K1.

    Raises:
        SealFault: No recovery file, another envelope's, or a wrong passphrase.

    """
    context = manifest.context
    try:
        said = canonical.fields(canonical.read(data, RECOVERY_BYTES_MAX, "recovery file"), _FIELDS, "recovery file")
        _check_whose(said, manifest)
        rounds = canonical.whole(said["rounds"], "rounds", ROUNDS_MIN, ROUNDS_MAX)
        salt = canonical.octets(said["salt"], "salt", _SALT_BYTES, _SALT_BYTES)
        nonce = canonical.octets(said["nonce"], "nonce", NONCE_BYTES, NONCE_BYTES)
        sealed = canonical.octets(said["sealed"], "sealed", HALF_BYTES + TAG_BYTES, HALF_BYTES + TAG_BYTES)
    except SealFault as fault:
        raise SealFault(SealCode.RECOVERY, where=str(fault.detail.get("where", "size"))) from None
    try:
        own = context.of.open(_key(context, passphrase, salt, rounds), nonce, sealed, _header(context))
    except SealFault:
        raise SealFault(SealCode.PASSPHRASE) from None
    halves.check_half(manifest, OWN, own)
    return own


def _whose(manifest: Manifest) -> dict[str, str | int]:
    context = manifest.context
    return {
        "format": f"{FORMAT} recovery",
        "suite": context.suite,
        "tender": context.tender,
        "section": context.section,
        "bidder": context.bidder,
        "version": context.version,
        "manifest": manifest.digest().hex(),
    }


def _check_whose(said: dict[str, Any], manifest: Manifest) -> None:
    for name, value in _whose(manifest).items():
        if said[name] != value:
            raise SealFault(SealCode.RECOVERY, where=name)


def _header(context: Context) -> bytes:
    return context.purpose("recovery")


def _key(context: Context, passphrase: str, salt: bytes, rounds: int) -> bytes:
    suite = context.of
    slow = PBKDF2HMAC(algorithm=suite.algorithm, length=suite.key_bytes, salt=salt, iterations=rounds)
    return slow.derive(passphrase.encode())
