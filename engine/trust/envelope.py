"""Certificates and the envelope they belong to: the two that its manifest names, and the one that is at hand at the opening."""

from collections.abc import Sequence

from engine.sealing.manifest import Manifest
from engine.trust.certificate import Certificate
from engine.trust.chain import WORDS, Purpose
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.holder import Holder
from engine.trust.store import Moment, Trusted, TrustStore


def check_certificates(  # noqa: PLR0913 - an envelope, its two certificates, whose, and when
    manifest: Manifest,
    signing: Certificate,
    encryption: Certificate,
    *,
    store: TrustStore,
    holder: Holder,
    moment: Moment,
    sent: Sequence[Certificate] = (),
) -> tuple[Trusted, Trusted]:
    """
    Whether ``manifest`` was signed and sealed with certificates of ``holder`` that held at that moment.

    The signature itself is :meth:`Manifest.verify`'s to check.

    Raises:
        TrustFault: Other certificates than the manifest names, or one that does not hold.

    """
    suite = manifest.context.of
    both = ((signing, manifest.signing, Purpose.SIGNING), (encryption, manifest.encryption, Purpose.ENCRYPTION))
    for certificate, digest, purpose in both:
        if suite.hash(certificate.der) != digest:
            zh, en = WORDS[purpose]
            raise TrustFault(TrustCode.OTHER_CERTIFICATE, certificate=certificate.serial, zh=zh, en=en)
    first, second = (
        store.verify(certificate, purpose, moment, holder=holder, sent=sent) for certificate, _, purpose in both
    )
    return first, second


def check_at_hand(sealed_to: Certificate, at_hand: Certificate) -> None:
    """
    Whether the certificate in the bidder's USB key opens what was sealed to another; an authority may renew one over the same key.

    Raises:
        TrustFault: It was renewed with another key.

    """
    if sealed_to.key.spki != at_hand.key.spki:
        raise TrustFault(TrustCode.RENEWED, sealed=sealed_to.serial, certificate=at_hand.serial)
