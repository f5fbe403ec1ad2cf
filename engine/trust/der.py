"""The outer shape of certificates and revocation lists: what is signed, how, and the signature. The library reads the rest."""

from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1

from engine.sealing.curves import P256
from engine.sealing.keys import CurveKey, PublicKey

MALFORMED: Final = (
    ValueError,
    TypeError,  # an attribute of a name that is a bit string
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
)
"""What the library says of bytes that are not what they should be."""


@asn1.sequence
class Signed:
    """A certificate or revocation list."""

    body: asn1.TLV
    algorithm: asn1.TLV
    signature: asn1.BitString


@asn1.sequence
class CertificateBody:
    """What an authority signs of a certificate, of version 3 and without unique identifiers."""

    version: Annotated[int, asn1.Explicit(0)]
    serial: int
    algorithm: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    spki: asn1.TLV
    extensions: Annotated[asn1.TLV, asn1.Explicit(3)]


@asn1.sequence
class ListBody:
    """What an authority signs of a revocation list, of version 2 and with an instant for the next."""

    version: int
    algorithm: asn1.TLV
    issuer: asn1.TLV
    this_update: asn1.TLV
    next_update: asn1.TLV
    revoked: list[asn1.TLV] | None
    extensions: Annotated[list[asn1.TLV], asn1.Explicit(0)]


ALGORITHMS: Final = {
    "RSA": (bytes.fromhex("300d06092a864886f70d01010b0500"),),
    "P-256": (bytes.fromhex("300a06082a8648ce3d040302"),),
    "SM2": (bytes.fromhex("300a06082a811ccf55018375"), bytes.fromhex("300c06082a811ccf550183750500")),
}
"""How each kind of key signs: sha256WithRSAEncryption, ecdsa-with-SHA256, SM2 with SM3 (1.2.156.10197.1.501, also with NULL)."""


def opened(der: bytes) -> Signed:
    """
    The outer shape of ``der``.

    Raises:
        ValueError: There is none, or its signature does not fill its last byte.

    """
    outer = asn1.decode_der(Signed, der)
    if outer.signature.padding_bits():
        raise ValueError("signature")
    return outer


def kind(key: PublicKey) -> str:
    """Which of the three kinds ``key`` is."""
    if isinstance(key, CurveKey):
        return "P-256" if key.curve is P256 else "SM2"
    return "RSA"
