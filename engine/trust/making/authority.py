"""An authority for trials, and what it puts into a certificate: its own, and a bidder's two."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from engine.sealing.keys import PublicKey
from engine.trust.chain import Purpose
from engine.trust.holder import Holder
from engine.trust.making.dice import Dice, SoftKey
from engine.trust.making.issue import Draft, Issuer, Revocation, certify, list_revoked

_USAGES: Final = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
    "encipher_only", "decipher_only",
)  # fmt: skip
_BIDDERS: Final = {
    Purpose.SIGNING: ("digital_signature", "content_commitment"),
    Purpose.ENCRYPTION: ("key_encipherment", "data_encipherment", "key_agreement"),
}


@dataclass(kw_only=True)
class Authority:
    """Issues certificates, and remembers which it revoked."""

    issuer: Issuer
    certificate: bytes
    """Its own, as DER."""

    dice: Dice
    revoked: list[Revocation] = field(default_factory=list)

    @classmethod
    def root(cls, dice: Dice, kind: str, name: str, begins: datetime, ends: datetime) -> "Authority":
        """An authority that signs its own certificate."""
        issuer = Issuer(name=authority_name(name), key=dice.key(kind))
        draft = Draft(
            subject=issuer.name,
            public=issuer.public,
            serial=dice.serial(),
            begins=begins,
            ends=ends,
            extensions=authority_extensions(None),
        )
        return cls(issuer=issuer, certificate=certify(draft, issuer), dice=dice)

    def authority(self, kind: str, name: str, begins: datetime, ends: datetime) -> "Authority":
        """An authority below this one, with none below it."""
        issuer = Issuer(name=authority_name(name), key=self.dice.key(kind))
        certificate = self.issue(issuer.name, issuer.public, begins, ends, authority_extensions(0))
        return Authority(issuer=issuer, certificate=certificate, dice=self.dice)

    def bidder(self, holder: Holder, purpose: Purpose, key: SoftKey, begins: datetime, ends: datetime) -> bytes:
        """One of a bidder's two certificates, as DER."""
        return self.issue(bidder_name(holder), key.public, begins, ends, bidder_extensions(purpose))

    def issue(
        self,
        subject: x509.Name,
        public: PublicKey,
        begins: datetime,
        ends: datetime,
        extensions: tuple[tuple[x509.ExtensionType, bool], ...],
    ) -> bytes:
        """A certificate of any kind, as DER."""
        draft = Draft(
            subject=subject,
            public=public,
            serial=self.dice.serial(),
            begins=begins,
            ends=ends,
            extensions=extensions,
        )
        return certify(draft, self.issuer)

    def revoke(self, certificate: bytes, at: datetime) -> None:
        """Put ``certificate`` on the lists that are made from now on."""
        serial = x509.load_der_x509_certificate(certificate).serial_number
        self.revoked.append(Revocation(serial=serial, at=at))

    def revocations(self, this_update: datetime, next_update: datetime) -> bytes:
        """The revocation list, as DER."""
        return list_revoked(self.revoked, self.issuer, this_update, next_update)


def usage(*named: str) -> x509.KeyUsage:
    """A key usage with these bits."""
    return x509.KeyUsage(**{name: name in named for name in _USAGES})


def authority_extensions(path_length: int | None) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """What makes an authority one."""
    return (x509.BasicConstraints(ca=True, path_length=path_length), True), (usage("key_cert_sign", "crl_sign"), True)


def bidder_extensions(purpose: Purpose) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """What a bidder's certificate is for."""
    return (x509.BasicConstraints(ca=False, path_length=None), True), (usage(*_BIDDERS[purpose]), True)


def authority_name(name: str) -> x509.Name:
    """An authority's name."""
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Luochui, for tests only"),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ])  # fmt: skip


def bidder_name(holder: Holder) -> x509.Name:
    """A bidder's name, with its credit code."""
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, holder.name or "?"),
        x509.NameAttribute(NameOID.COMMON_NAME, holder.name or "?"),
        x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, holder.credit_code),
    ])  # fmt: skip
