"""One certificate: read strictly, its signature checked by whoever claims to have issued it. P-256, SM2 and RSA alike."""

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509.oid import NameOID

from engine.domain.units import Nanoseconds
from engine.sealing.envelope import Credential
from engine.sealing.faults import SealFault
from engine.sealing.keys import PublicKey
from engine.sealing.pem import certificate_credential
from engine.trust.der import ALGORITHMS, MALFORMED, CertificateBody, kind, opened
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.settings import TrustSettings

SERIAL_BITS_MAX: Final = 160
"""RFC 5280: twenty bytes."""

_SECOND_NS: Final = 1_000_000_000
_E = TypeVar("_E", bound=x509.ExtensionType)
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]+)-----END \1-----")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that could be read. Nothing says yet that it may be believed."""

    der: bytes
    parsed: x509.Certificate
    key: PublicKey
    issuer: bytes
    """The issuer's name as DER: names are compared byte by byte."""

    subject: bytes

    @property
    def serial(self) -> str:
        """By which it is named to people and in faults, in hexadecimal."""
        return f"{self.parsed.serial_number:x}"

    @property
    def credential(self) -> Credential:
        """As envelopes know it."""
        return Credential(self.der, self.key)

    @property
    def issuer_name(self) -> str:
        """The name of the authority that it says issued it, fit to be shown."""
        return shown_name(self.parsed.issuer)

    @property
    def shown(self) -> str:
        """Its own name, fit to be shown; for authorities only."""
        return shown_name(self.parsed.subject)

    def extension(self, wanted: type[_E]) -> x509.Extension[_E] | None:
        """The extension of that kind, or None."""
        try:
            return self.parsed.extensions.get_extension_for_class(wanted)
        except x509.ExtensionNotFound:
            return None

    def issued(self, other: "Certificate") -> bool:
        """Whether ``other`` names this one as its issuer, by name and, where both say it, by key identifier."""
        if other.issuer != self.subject:
            return False
        own, said = self.extension(x509.SubjectKeyIdentifier), other.extension(x509.AuthorityKeyIdentifier)
        if own is None or said is None or said.value.key_identifier is None:
            return True
        return own.value.digest == said.value.key_identifier

    def signed(self, der: bytes, body: bytes) -> bool:
        """Whether ``der``, whose signed part is ``body``, is signed by this one's key."""
        outer = opened(der)
        if asn1.encode_der(outer.algorithm) not in ALGORITHMS[kind(self.key)]:
            return False
        try:
            self.key.verify(body, outer.signature.as_bytes())
        except SealFault:
            return False
        return True


def read_certificate(der: bytes, settings: TrustSettings) -> Certificate:
    """
    The certificate in ``der``.

    Raises:
        TrustFault: Too large, not a certificate of version 3, two names for its algorithm, or a key or algorithm of another kind.

    """
    if len(der) > settings.certificate_bytes_max:
        raise TrustFault(TrustCode.TOO_LARGE, what="certificate", most=settings.certificate_bytes_max)
    try:
        outer = opened(der)
        body = asn1.decode_der(CertificateBody, asn1.encode_der(outer.body))
    except ValueError:
        raise TrustFault(TrustCode.UNREADABLE, where="DER") from None
    if body.version != 2 or body.serial <= 0 or body.serial.bit_length() > SERIAL_BITS_MAX:
        raise TrustFault(TrustCode.UNREADABLE, where="version, serial")
    serial = f"{body.serial:x}"
    algorithm = asn1.encode_der(outer.algorithm)
    if not any(algorithm in spelled for spelled in ALGORITHMS.values()):
        raise TrustFault(TrustCode.ALGORITHM, certificate=serial)
    if asn1.encode_der(body.algorithm) != algorithm:
        raise TrustFault(TrustCode.UNREADABLE, where="signature")
    try:
        parsed = x509.load_der_x509_certificate(der)
        _ = parsed.extensions, parsed.subject, parsed.issuer, parsed.not_valid_before_utc, parsed.not_valid_after_utc
    except MALFORMED:
        raise TrustFault(TrustCode.UNREADABLE, where="X.509") from None
    try:
        key = certificate_credential(der).key
    except SealFault:
        raise TrustFault(TrustCode.KEY, certificate=serial) from None
    return Certificate(der, parsed, key, bytes(body.issuer.data), bytes(body.subject.data))


def read_certificates(data: bytes, settings: TrustSettings) -> list[Certificate]:
    """
    All certificates in a file, PEM or a single DER, in their order.

    Raises:
        TrustFault: There is none, there are too many, or one cannot be read.

    """
    ders = blocks(data, b"CERTIFICATE")
    if not ders:
        raise TrustFault(TrustCode.UNREADABLE, where="PEM")
    if len(ders) > settings.sent_max + 1:
        raise TrustFault(TrustCode.TOO_LARGE, what="certificates", most=settings.sent_max + 1)
    return [read_certificate(der, settings) for der in ders]


def blocks(data: bytes, label: bytes) -> list[bytes]:
    """The DER of every block of that label in a PEM file; ``data`` itself if it is DER."""
    if data[:1] == b"\x30":
        return [data]
    try:
        return [base64.b64decode(found[2]) for found in _BLOCK.finditer(data) if found[1] == label]
    except binascii.Error:
        return []


def shown_name(name: x509.Name) -> str:
    """The common name or organisation in ``name``, without what would spoil a line; for authorities only."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            text = str(attribute.value)
            return "".join(one for one in text if unicodedata.category(one)[0] not in "CZ" or one == " ")[:60] or "?"
    return "?"


def instant(moment: datetime) -> Nanoseconds:
    """A certificate's instant, which counts whole seconds."""
    return Nanoseconds(int(moment.timestamp()) * _SECOND_NS)


def shown_instant(moment: datetime) -> str:
    """An instant for people, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def within(begins: datetime, at: Nanoseconds, ends: datetime) -> int:
    """−1 if ``at`` lies before ``begins``, 1 if after the second of ``ends`` is over, else 0."""
    if at < instant(begins):
        return -1
    return 1 if at >= instant(ends) + _SECOND_NS else 0
