"""
Certificates and revocation lists, signed by keys of any of the three kinds.

The library makes them for RSA and P-256. For SM2, which it does not know, it makes one with a stand-in key; key, algorithm and
signature are then put in their places, by the same declared shapes that are read with.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from engine.sealing.curves import P256
from engine.sealing.keys import CurvePrivateKey, PublicKey
from engine.trust.der import ALGORITHMS, CertificateBody, ListBody, Signed, kind
from engine.trust.making.dice import SoftKey

_DER: Final = serialization.Encoding.DER
_STAND_IN: Final = ec.derive_private_key(1, ec.SECP256R1())


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a certificate is to say."""

    subject: x509.Name
    public: PublicKey
    serial: int
    begins: datetime
    ends: datetime
    extensions: tuple[tuple[x509.ExtensionType, bool], ...]
    """Each with whether it is critical; key identifiers are added."""


@dataclass(kw_only=True)
class Issuer:
    """A name and the key that signs for it."""

    name: x509.Name
    key: SoftKey
    public: PublicKey = field(init=False)
    """Worked out once: on the curves that takes as long as a signature."""

    def __post_init__(self) -> None:
        self.public = self.key.public


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A line of a revocation list."""

    serial: int
    at: datetime
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = field(default=())


def certify(draft: Draft, issuer: Issuer) -> bytes:
    """The certificate, as DER."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(draft.subject)
        .issuer_name(issuer.name)
        .serial_number(draft.serial)
        .not_valid_before(draft.begins)
        .not_valid_after(draft.ends)
    )
    own, whose = key_identifier(draft.public), key_identifier(issuer.public)
    builder = builder.add_extension(x509.SubjectKeyIdentifier(own), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier(whose, None, None), critical=False)
    for extension, critical in draft.extensions:
        builder = builder.add_extension(extension, critical=critical)
    if "SM2" not in {kind(draft.public), kind(issuer.public)}:
        public = serialization.load_der_public_key(draft.public.spki)
        assert isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        return _sign(builder.public_key(public), issuer.key)
    made = builder.public_key(_STAND_IN.public_key()).sign(_STAND_IN, hashes.SHA256())
    body = asn1.decode_der(CertificateBody, made.tbs_certificate_bytes)
    spki, algorithm = _tlv(draft.public.spki), _algorithm(issuer)
    return signed(asn1.encode_der(replace(body, spki=spki, algorithm=algorithm)), issuer)


def list_revoked(
    revoked: Sequence[Revocation],
    issuer: Issuer,
    this_update: datetime,
    next_update: datetime,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """The revocation list, as DER."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.name)
        .last_update(this_update)
        .next_update(next_update)
        .add_extension(x509.AuthorityKeyIdentifier(key_identifier(issuer.public), None, None), critical=False)
        .add_extension(x509.CRLNumber(int(this_update.timestamp())), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
        for extension, critical in one.extensions:
            entry = entry.add_extension(extension, critical=critical)
        builder = builder.add_revoked_certificate(entry.build())
    if kind(issuer.public) != "SM2":
        return _sign(builder, issuer.key)
    body = asn1.decode_der(ListBody, builder.sign(_STAND_IN, hashes.SHA256()).tbs_certlist_bytes)
    return signed(asn1.encode_der(replace(body, algorithm=_algorithm(issuer))), issuer)


def key_identifier(public: PublicKey) -> bytes:
    """By which certificates name a key: twenty bytes of its digest (RFC 7093)."""
    return hashlib.sha256(public.spki).digest()[:20]


def _sign(builder: x509.CertificateBuilder | x509.CertificateRevocationListBuilder, key: SoftKey) -> bytes:
    if not isinstance(key, CurvePrivateKey):
        return builder.sign(key.key, hashes.SHA256()).public_bytes(_DER)
    assert key.curve is P256
    private = ec.derive_private_key(key.number, ec.SECP256R1())
    return builder.sign(private, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(_DER)


def signed(body: bytes, issuer: Issuer) -> bytes:
    """``body`` with its signature, as DER."""
    signature = asn1.BitString(issuer.key.sign(body), 0)
    return asn1.encode_der(Signed(body=_tlv(body), algorithm=_algorithm(issuer), signature=signature))


def _algorithm(issuer: Issuer) -> asn1.TLV:
    return _tlv(ALGORITHMS[kind(issuer.public)][0])


def _tlv(der: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, der)
