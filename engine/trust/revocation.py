"""Revocation lists (CRL): whole ones, signed by the authority itself, not older than it said it would let them grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat import asn1

from engine.domain.units import Nanoseconds
from engine.trust.certificate import Certificate, instant, shown_instant, within
from engine.trust.der import MALFORMED, ListBody, opened
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.settings import TrustSettings


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list that could be read. Nothing says yet that its authority signed it."""

    der: bytes
    parsed: x509.CertificateRevocationList
    issuer: bytes
    """The issuer's name as DER."""

    this_update: datetime
    next_update: datetime

    def names(self, issuer: Certificate) -> bool:
        """Whether it says it is by ``issuer``; an authority may have several keys of one name."""
        if self.issuer != issuer.subject:
            return False
        own = issuer.extension(x509.SubjectKeyIdentifier)
        try:
            said = self.parsed.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        except x509.ExtensionNotFound:
            return True
        return own is None or said is None or own.value.digest == said


def read_list(der: bytes, settings: TrustSettings) -> RevocationList:
    """
    The revocation list in ``der``.

    Raises:
        TrustFault: Too large, no list of version 2 that says when its next is due, or one that tells only a part (a delta), or of
            other authorities' certificates.

    """
    if len(der) > settings.crl_bytes_max:
        raise TrustFault(TrustCode.TOO_LARGE, what="CRL", most=settings.crl_bytes_max)
    try:
        outer = opened(der)
        body = asn1.decode_der(ListBody, asn1.encode_der(outer.body))
        parsed = x509.load_der_x509_crl(der)
        begins, ends, extensions = parsed.last_update_utc, parsed.next_update_utc, parsed.extensions
    except MALFORMED:
        raise TrustFault(TrustCode.CRL_UNREADABLE, where="DER") from None
    critical = next((one.oid.dotted_string for one in extensions if one.critical), None)
    if critical is not None or ends is None:
        raise TrustFault(TrustCode.CRL_UNREADABLE, where=critical or "nextUpdate")
    return RevocationList(der, parsed, bytes(body.issuer.data), begins, ends)


def check_revocation(
    certificate: Certificate,
    issuer: Certificate,
    lists: Sequence[RevocationList],
    used_at: Nanoseconds,
    now: Nanoseconds,
) -> datetime | None:
    """
    Whether ``certificate`` was revoked when it was used.

    Args:
        certificate: Issued by ``issuer``, which the caller has checked.
        issuer: Its authority.
        lists: All that are at hand.
        used_at: When it was used: signed with, or sealed to.
        now: As of when the lists must be fresh.

    Returns:
        When it was revoked, if that was after it was used.

    Raises:
        TrustFault: It was revoked by then, or no list that may be believed says anything.

    """
    newest = _newest([one for one in lists if one.names(issuer)], certificate, issuer)
    if within(newest.this_update, now, newest.next_update):
        raise TrustFault(TrustCode.CRL_STALE, issuer=certificate.issuer_name, instant=shown_instant(newest.next_update))
    try:
        entry = newest.parsed.get_revoked_certificate_by_serial_number(certificate.parsed.serial_number)
        since = None if entry is None else _since(entry)
    except MALFORMED:
        raise TrustFault(TrustCode.CRL_UNREADABLE, where=certificate.serial) from None
    if since is not None and instant(since) <= used_at:
        raise TrustFault(TrustCode.REVOKED, certificate=certificate.serial, instant=shown_instant(since))
    return since


def _newest(candidates: Sequence[RevocationList], certificate: Certificate, issuer: Certificate) -> RevocationList:
    if not candidates:
        raise TrustFault(TrustCode.CRL_MISSING, certificate=certificate.serial, issuer=certificate.issuer_name)
    usage = issuer.extension(x509.KeyUsage)
    may = usage is not None and usage.value.crl_sign
    signed = [one for one in candidates if may and issuer.signed(one.der, one.parsed.tbs_certlist_bytes)]
    if not signed:
        raise TrustFault(TrustCode.CRL_SIGNATURE, issuer=certificate.issuer_name)
    return max(signed, key=lambda one: one.this_update)


def _since(entry: x509.RevokedCertificate) -> datetime:
    """The earlier of when it was revoked, and when its key is known to have been bad."""
    if any(one.critical and not isinstance(one.value, x509.CRLReason) for one in entry.extensions):
        raise ValueError
    try:
        said = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except x509.ExtensionNotFound:
        return entry.revocation_date_utc
    return min(said, entry.revocation_date_utc)
