"""Keys and certificates as they come in files (PEM): of P-256, SM2 and RSA alike."""

import base64
import binascii
import re
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from engine.sealing.curves import P256, SM2
from engine.sealing.envelope import Credential
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import CurvePrivateKey, RsaPrivateKey, public_key

PEM_BYTES_MAX: Final = 65536
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
_NUMBER: Final = b"\x02\x01\x01\x04\x20"
"""What stands before the private number of a curve key (RFC 5915)."""


def read_private_key(pem: bytes, password: bytes | None = None) -> CurvePrivateKey | RsaPrivateKey:
    """
    The private key in ``pem``; an SM2 key must not be under a password.

    Raises:
        SealFault: There is none of a kind we know, or the password is wrong.

    """
    for der in _blocks(pem, (b"PRIVATE KEY", b"EC PRIVATE KEY")):
        at = der.find(_NUMBER)
        if SM2.oid in der and at >= 0:
            number = int.from_bytes(der[at + len(_NUMBER) : at + len(_NUMBER) + 32], "big")
            if not 1 <= number < SM2.n - 1:
                raise SealFault(SealCode.KEY_UNREADABLE)
            return CurvePrivateKey(SM2, number)
    try:
        key = serialization.load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SealFault(SealCode.KEY_UNREADABLE) from None
    if isinstance(key, rsa.RSAPrivateKey):
        return RsaPrivateKey(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return CurvePrivateKey(P256, key.private_numbers().private_value)
    raise SealFault(SealCode.KEY_UNREADABLE)


def read_credential(pem: bytes) -> Credential:
    """
    The first certificate in ``pem``, with its key.

    Raises:
        SealFault: There is none, or its key is of a kind we do not know.

    """
    for der in _blocks(pem, (b"CERTIFICATE",)):
        return certificate_credential(der)
    raise SealFault(SealCode.KEY_UNREADABLE)


def certificate_credential(der: bytes) -> Credential:
    """The credential of a certificate in DER."""
    try:
        tbs = x509.load_der_x509_certificate(der).tbs_certificate_bytes
        return Credential(der, public_key(_spki(tbs)))
    except (ValueError, IndexError):
        raise SealFault(SealCode.KEY_UNREADABLE) from None


def certificate_pem(credential: Credential) -> bytes:
    """A certificate as a file holds it."""
    lines = base64.encodebytes(credential.der).replace(b"\n", b"")
    folded = b"\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    return b"-----BEGIN CERTIFICATE-----\n" + folded + b"\n-----END CERTIFICATE-----\n"


def _blocks(pem: bytes, kinds: tuple[bytes, ...]) -> list[bytes]:
    if len(pem) > PEM_BYTES_MAX:
        raise SealFault(SealCode.TOO_LARGE, part="PEM", most=PEM_BYTES_MAX)
    try:
        return [base64.b64decode(found[2]) for found in _BLOCK.finditer(pem) if found[1] in kinds]
    except binascii.Error:
        raise SealFault(SealCode.KEY_UNREADABLE) from None


def _spki(tbs: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a certificate's signed part; the library parsed the whole, but gives no SM2 key out."""
    at, _ = _content(tbs, 0)
    if tbs[at] == 0xA0:
        at = _content(tbs, at)[1]
    for _ in range(5):  # serial, algorithm, issuer, validity, subject
        at = _content(tbs, at)[1]
    return tbs[at : _content(tbs, at)[1]]


def _content(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at ``at`` begins, and where it ends."""
    length, begins = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, begins = int.from_bytes(data[begins : begins + count], "big"), begins + count
    return begins, begins + length
