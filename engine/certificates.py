"""
Certificates: what one says, and a pair for trials.

A trial certificate is signed by an authority made for it alone, whose key is thrown away at once: nobody, not even this house, can
ever sign a second one with it. So whoever trusts it trusts these names and no others.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS: Final = 30
NAMES_MAX: Final = 100
_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")

SKEW: Final = timedelta(minutes=5)
"""How far the clock of whoever checks may be behind ours."""


class CertificateTrouble(Exception):
    """A certificate or its key cannot be used. Names the file, never shows what is in the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says of itself."""

    names: tuple[str, ...]
    """Host names and addresses it is good for."""

    begins: datetime
    ends: datetime
    signed_by_itself: bool

    def days_left(self, now: datetime) -> int:
        """Whole days until it ends; negative if it has."""
        return (self.ends - now) // timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TrialPair:
    """PEM texts of a trial: the authority to be trusted, the certificate with its chain, its key."""

    authority: bytes
    certificate: bytes
    key: bytes


def read_certificate(path: Path) -> Certificate:
    """
    The first certificate in a PEM file.

    Raises:
        CertificateTrouble: There is none that can be read.

    """
    found = _load(path)
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        said = (
            *names.get_values_for_type(x509.DNSName),
            *(str(address) for address in names.get_values_for_type(x509.IPAddress)),
        )
    except x509.ExtensionNotFound:
        said = ()
    return Certificate(
        names=said,
        begins=found.not_valid_before_utc,
        ends=found.not_valid_after_utc,
        signed_by_itself=found.issuer == found.subject,
    )


def check_pair(certificate: Path, key: Path) -> None:
    """
    Whether ``key`` is the key of ``certificate``.

    Raises:
        CertificateTrouble: It is not, or one of them cannot be read.

    """
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except OSError as error:
        raise CertificateTrouble(f"{key} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError):
        raise CertificateTrouble(f"{key} holds no private key in PEM that can be read without a password") from None
    if _spki(private.public_key()) != _spki(_load(certificate).public_key()):
        raise CertificateTrouble(f"{key} is not the key of {certificate}")


def trial_pair(hosts: Sequence[str], now: datetime, days: int = DAYS) -> TrialPair:
    """
    A new authority and one certificate signed by it (P-256), for ``hosts``, from ``now`` on for ``days`` days.

    Raises:
        CertificateTrouble: One of ``hosts`` is neither a host name nor an address.

    """
    names = [_name(host) for host in hosts]
    if not 1 <= len(names) <= NAMES_MAX:
        raise CertificateTrouble(f"a certificate needs a name, and takes {NAMES_MAX} at most")
    signing, serving = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    stamp = now.strftime("%Y-%m-%d %H:%M:%S")
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Luochui trial authority {stamp}")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Luochui trial {stamp}")])

    def begun(whose: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(whose)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - SKEW)
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        )

    authority = (
        begun(issuer, signing.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(signing, hashes.SHA256())
    )
    certificate = (
        begun(subject, serving.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(signing, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return TrialPair(
        authority=authority.public_bytes(pem),
        certificate=certificate.public_bytes(pem) + authority.public_bytes(pem),
        key=serving.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def utc_now() -> datetime:
    """The time of day, as certificates count it."""
    return datetime.now(UTC).replace(microsecond=0)


def _load(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise CertificateTrouble(f"{path} cannot be read: {error.strerror}") from error
    except ValueError:
        raise CertificateTrouble(f"{path} holds no certificate in PEM") from None


def _spki(public: object) -> bytes:
    make = getattr(public, "public_bytes")  # noqa: B009 - every kind of key has it, and their union has no name
    spki: bytes = make(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return spki


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        pass
    if len(host) > 253 or _HOST.fullmatch(host.lower()) is None:
        raise CertificateTrouble(f"{host!r} is neither a host name (sale.example.cn) nor an address (192.168.1.8)")
    return x509.DNSName(host.lower())


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
