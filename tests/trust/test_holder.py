"""Whose certificate it is."""

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from engine.trust.chain import Purpose
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.holder import Holder, check_character, check_holder, credit_code
from engine.trust.making.authority import bidder_extensions
from engine.trust.making.demo import company
from tests.trust.scene import DATE, DAY, SETTINGS, WHO, kinds, read, refused, scene, verify

PUBLISHED = ("91350100M000100Y43", "9144030071526726XG", "91330100799655058B", "914403001922038216")
"""Codes that companies show in public, and the example of GB 32100."""


def certificate(*subject: tuple[x509.ObjectIdentifier, str]) -> bytes:
    made = scene("P-256")
    name = x509.Name([x509.NameAttribute(oid, value, _ASN1Type.UTF8String) for oid, value in subject])
    key = made.signing_key.public
    return made.issuing.issue(name, key, DATE - DAY, DATE + DAY, bidder_extensions(Purpose.SIGNING))


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_have_the_right_check_character(code: str) -> None:
    assert check_character(code[:-1]) == code[-1]


@kinds
def test_a_certificate_is_its_own_bidders_only(kind: str) -> None:
    made = scene(kind)
    fault = refused(TrustCode.OTHER_BIDDER, made.store(), made.leaf(), holder=company(7, 2))
    assert WHO.credit_code not in str(fault) + fault.zh
    named = Holder(credit_code=WHO.credit_code, name="另一公司")
    fault = refused(TrustCode.OTHER_BIDDER, made.store(), made.leaf(), holder=named)
    assert str(WHO.name) not in str(fault) + fault.zh
    verify(made.store(), made.leaf(), holder=Holder(credit_code=WHO.credit_code))
    verify(made.store(), made.leaf(), holder=None)


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        (((NameOID.SERIAL_NUMBER, PUBLISHED[0]),), PUBLISHED[0]),
        (((NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{PUBLISHED[1]}"),), PUBLISHED[1]),
        (((NameOID.SERIAL_NUMBER, f"统一社会信用代码:{PUBLISHED[2].lower()}"),), PUBLISHED[2]),
        (((NameOID.SERIAL_NUMBER, PUBLISHED[0]), (NameOID.ORGANIZATION_IDENTIFIER, PUBLISHED[0])), PUBLISHED[0]),
        (((NameOID.SERIAL_NUMBER, PUBLISHED[0]), (NameOID.ORGANIZATION_IDENTIFIER, PUBLISHED[1])), None),
        (((NameOID.SERIAL_NUMBER, PUBLISHED[0][:-1] + "4"),), None),
        (((NameOID.SERIAL_NUMBER, PUBLISHED[0] + "7"),), None),
        (((NameOID.COMMON_NAME, PUBLISHED[0]),), None),
        ((), None),
    ],
)
def test_the_code_is_found_where_authorities_put_it(
    subject: tuple[tuple[x509.ObjectIdentifier, str], ...], code: str | None
) -> None:
    made = read(certificate(*subject))
    if code is not None:
        assert credit_code(made, SETTINGS) == code
        return
    with pytest.raises(TrustFault) as fault:
        credit_code(made, SETTINGS)
    assert fault.value.code is TrustCode.NO_CREDIT_CODE


def test_brackets_and_spaces_make_no_other_company() -> None:
    made = read(
        certificate((NameOID.ORGANIZATION_NAME, "测试（上海） 有限公司"), (NameOID.SERIAL_NUMBER, PUBLISHED[0]))
    )
    check_holder(made, Holder(credit_code=PUBLISHED[0], name="测试(上海)有限公司"), SETTINGS)
