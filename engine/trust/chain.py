"""From a bidder's certificate up to a root that the centre trusts: every way is tried, and each must keep all the rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

from engine.domain.units import Nanoseconds
from engine.trust.certificate import Certificate, shown_instant, within
from engine.trust.der import kind
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.settings import TrustSettings

UNDERSTOOD: Final = frozenset(
    one.oid for one in (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.SubjectAlternativeName)
)
"""Extensions that may be critical. Alternative names give a bidder's certificate no right here, and take none."""

REFUSED: Final = frozenset((x509.NameConstraints.oid, x509.PolicyConstraints.oid, x509.InhibitAnyPolicy.oid))
"""They limit what an authority may issue, and are not worked out here: refused, critical or not, rather than overlooked."""


PERSONS: Final = frozenset(
    (
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
    )
)
"""Extended usages of those who act: any, client authentication, e-mail, documents (RFC 9336)."""


class Purpose(StrEnum):
    """Which of a bidder's two certificates is wanted."""

    SIGNING = "signing"
    ENCRYPTION = "encryption"


WORDS: Final = {
    Purpose.SIGNING: ("签名证书", "the signing certificate"),
    Purpose.ENCRYPTION: ("加密证书", "the encryption certificate"),
}


@dataclass
class _Tries:
    left: int


def paths(
    leaf: Certificate, between: Sequence[Certificate], roots: Sequence[Certificate], settings: TrustSettings
) -> Iterator[tuple[Certificate, ...]]:
    """
    Every chain from ``leaf`` to one of ``roots`` whose names and signatures hold, ``leaf`` first.

    Raises:
        TrustFault: There is none, and why.

    """
    found, faults = False, list[TrustFault]()
    for path in _climb((leaf,), between, roots, settings, _Tries(settings.signatures_max), faults):
        found = True
        yield path
    if not found:
        raise faults[0]


def check_path(path: Sequence[Certificate], purpose: Purpose, used_at: Nanoseconds, settings: TrustSettings) -> None:
    """
    Whether every certificate of ``path`` keeps the rules at ``used_at``.

    Raises:
        TrustFault: One does not; the root's are looked at first.

    """
    for below, authority in reversed(list(enumerate(path[1:]))):
        _check_any(authority, used_at)
        _check_authority(authority, below)
    _check_any(path[0], used_at)
    _check_leaf(path[0], purpose)
    if all(kind(one.key) != "SM2" for one in path):
        _ask_the_library(path, used_at, settings)


def _climb(  # noqa: PLR0913, PLR0917 - what a search carries along
    path: tuple[Certificate, ...],
    between: Sequence[Certificate],
    roots: Sequence[Certificate],
    settings: TrustSettings,
    tries: _Tries,
    faults: list[TrustFault],
) -> Iterator[tuple[Certificate, ...]]:
    top = path[-1]
    named = [one for one in (*roots, *between) if one.issued(top) and one not in path]
    if not named:
        faults.append(TrustFault(TrustCode.ISSUER, certificate=top.serial, issuer=top.issuer_name))
    elif len(path) > settings.chain_max:
        faults.append(TrustFault(TrustCode.DEPTH, certificate=path[0].serial, most=settings.chain_max))
        return
    for issuer in named:
        if not tries.left:
            faults.append(TrustFault(TrustCode.TOO_LARGE, what="signatures", most=settings.signatures_max))
            return
        tries.left -= 1
        if not issuer.signed(top.der, top.parsed.tbs_certificate_bytes):
            faults.append(TrustFault(TrustCode.SIGNATURE, certificate=top.serial, issuer=top.issuer_name))
        elif issuer in roots:
            yield (*path, issuer)
        else:
            yield from _climb((*path, issuer), between, roots, settings, tries, faults)


def _check_any(certificate: Certificate, used_at: Nanoseconds) -> None:
    for one in certificate.parsed.extensions:
        if one.oid in REFUSED or (one.critical and one.oid not in UNDERSTOOD):
            raise TrustFault(TrustCode.CRITICAL, certificate=certificate.serial, oid=one.oid.dotted_string)
    begins, ends = certificate.parsed.not_valid_before_utc, certificate.parsed.not_valid_after_utc
    when = within(begins, used_at, ends)
    if when < 0:
        raise TrustFault(TrustCode.NOT_YET, certificate=certificate.serial, instant=shown_instant(begins))
    if when > 0:
        raise TrustFault(TrustCode.EXPIRED, certificate=certificate.serial, instant=shown_instant(ends))


def _check_authority(authority: Certificate, below: int) -> None:
    constraints, usage = authority.extension(x509.BasicConstraints), authority.extension(x509.KeyUsage)
    if constraints is None or not constraints.critical or not constraints.value.ca:
        raise TrustFault(TrustCode.NOT_CA, certificate=authority.serial)
    if usage is None or not usage.value.key_cert_sign:
        raise TrustFault(TrustCode.NOT_CA, certificate=authority.serial)
    if constraints.value.path_length is not None and below > constraints.value.path_length:
        raise TrustFault(TrustCode.PATH_LENGTH, certificate=authority.serial, below=below)


def _check_leaf(leaf: Certificate, purpose: Purpose) -> None:
    constraints, usage = leaf.extension(x509.BasicConstraints), leaf.extension(x509.KeyUsage)
    authority = constraints is not None and constraints.value.ca
    extended = leaf.extension(x509.ExtendedKeyUsage)
    machine = extended is not None and extended.critical and PERSONS.isdisjoint(extended.value)
    if authority or machine or usage is None or not _may(usage.value, purpose):
        zh, en = WORDS[purpose]
        raise TrustFault(TrustCode.USAGE, certificate=leaf.serial, zh=zh, en=en)


def _may(usage: x509.KeyUsage, purpose: Purpose) -> bool:
    if usage.key_cert_sign or usage.crl_sign:
        return False
    if purpose is Purpose.SIGNING:
        return usage.digital_signature or usage.content_commitment
    return usage.key_encipherment or usage.data_encipherment or usage.key_agreement


def _ask_the_library(path: Sequence[Certificate], used_at: Nanoseconds, settings: TrustSettings) -> None:
    """A second opinion where there is one to be had; it knows no SM2, no key usages of ours and no revocation lists."""
    any_leaf = verification.ExtensionPolicy.permit_all()
    authority = any_leaf.require_present(x509.BasicConstraints, verification.Criticality.CRITICAL, None)
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store([path[-1].parsed]))
        .time(datetime.fromtimestamp(used_at // 1_000_000_000, UTC))
        .max_chain_depth(settings.chain_max)
        .extension_policies(ca_policy=authority, ee_policy=any_leaf)
        .build_client_verifier()
    )
    try:
        verifier.verify(path[0].parsed, [one.parsed for one in path[1:-1]])
    except verification.VerificationError:
        raise TrustFault(TrustCode.CHAIN, certificate=path[0].serial) from None
