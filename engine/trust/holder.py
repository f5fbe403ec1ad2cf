"""Whose certificate it is: the unified social credit code (统一社会信用代码, GB 32100) and the name in its subject."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from cryptography.x509.oid import NameOID

from engine.trust.certificate import Certificate
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.settings import TrustSettings

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE: Final = re.compile(rf"(?<![0-9A-Z])[{_ALPHABET}]{{18}}(?![0-9A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A bidder, as registered."""

    credit_code: str
    name: str | None = None
    """The organisation's name, if it is to be compared."""


def check_character(body: str) -> str:
    """The eighteenth character of a credit code, from the seventeen before it."""
    total = sum(_ALPHABET.index(letter) * pow(3, at, 31) for at, letter in enumerate(body))
    return _ALPHABET[-total % 31]


def credit_code(certificate: Certificate, settings: TrustSettings) -> str:
    """
    The credit code in the subject; authorities put it into different fields, with different words before it.

    Raises:
        TrustFault: There is none whose check character is right, or there are two.

    """
    values = (
        str(attribute.value).upper()
        for attribute in certificate.parsed.subject
        if attribute.oid.dotted_string in settings.subject_fields
    )
    codes = {code for value in values for code in _CODE.findall(value) if check_character(code[:-1]) == code[-1]}
    if len(codes) != 1:
        raise TrustFault(TrustCode.NO_CREDIT_CODE, certificate=certificate.serial)
    return str(codes.pop())


def check_holder(certificate: Certificate, holder: Holder, settings: TrustSettings) -> None:
    """Raises: TrustFault, if ``certificate`` is another's than ``holder``'s; whose is not said."""
    if credit_code(certificate, settings) != holder.credit_code:
        raise TrustFault(TrustCode.OTHER_BIDDER, certificate=certificate.serial, where="统一社会信用代码 / credit code")
    if holder.name is None:
        return
    subject = certificate.parsed.subject
    named = subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME) or subject.get_attributes_for_oid(
        NameOID.COMMON_NAME
    )
    if _plain(holder.name) not in {_plain(str(one.value)) for one in named}:
        raise TrustFault(TrustCode.OTHER_BIDDER, certificate=certificate.serial, where="名称 / name")


def _plain(name: str) -> str:
    """Full and half width, brackets and spaces make no other company."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
