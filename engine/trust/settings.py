"""How much is read before it is believed, and where a bidder's code stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSettings:
    """Limits of what strangers hand in, and of the trust store."""

    certificate_bytes_max: int = 16_384
    """One certificate, as DER."""

    crl_bytes_max: int = 16_777_216
    """One revocation list, as DER."""

    sent_max: int = 8
    """Certificates of authorities that may come with a bidder's."""

    store_max: int = 400
    """Files in each folder of a trust store."""

    chain_max: int = 4
    """Authorities above a bidder's certificate, the root among them."""

    signatures_max: int = 32
    """Signatures checked while looking for one chain: names can be forged so that every certificate may have issued every other."""

    subject_fields: tuple[str, ...] = ("2.5.4.97", "2.5.4.5")
    """Attributes of a subject that may hold the unified social credit code: organizationIdentifier, serialNumber."""

    shown_for_s: float = 900.0
    """How long certificates that a bidder has shown are good for submitting; then lists are asked again."""
