"""Certificates and lists that no honest authority makes, rightly signed by one that is not honest or not able."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat import asn1

from engine.sealing.curves import SM2
from engine.trust.certificate import read_certificate
from engine.trust.chain import Purpose
from engine.trust.der import ALGORITHMS, CertificateBody, Signed
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.making.authority import Authority, authority_name, usage
from engine.trust.making.issue import Issuer, list_revoked
from engine.trust.revocation import read_list
from tests.trust.scene import DATE, DAY, SETTINGS, kinds, read, refused, scene, verify


def tlv(der: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, der)


def relabelled(der: bytes, algorithm: bytes) -> bytes:
    """With another algorithm beside the signature."""
    return asn1.encode_der(replace(asn1.decode_der(Signed, der), algorithm=tlv(algorithm)))


def signed_anew(der: bytes, by: Issuer, algorithm: bytes | None = None, validity: bytes | None = None) -> bytes:
    """With another algorithm or validity inside, signed again."""
    body = asn1.decode_der(CertificateBody, read(der).parsed.tbs_certificate_bytes)
    said = body.algorithm if algorithm is None else tlv(algorithm)
    body = replace(body, algorithm=said, validity=body.validity if validity is None else tlv(validity))
    inner = asn1.encode_der(body)
    return asn1.encode_der(Signed(body=tlv(inner), algorithm=said, signature=asn1.BitString(by.key.sign(inner), 0)))


@kinds
def test_an_authority_that_may_only_sign_is_still_no_bidder(kind: str) -> None:
    made = scene(kind)
    extensions = ((x509.BasicConstraints(ca=True, path_length=None), True), (usage("digital_signature"), True))
    refused(TrustCode.USAGE, made.store(), made.leaf(extensions=extensions, by=made.root))


@kinds
def test_an_authority_that_may_sign_no_lists_is_not_believed_about_its_own(kind: str) -> None:
    made = scene(kind)
    issuer = Issuer(name=authority_name("No lists"), key=made.encryption_key)
    extensions = ((x509.BasicConstraints(ca=True, path_length=0), True), (usage("key_cert_sign"), True))
    certificate = made.root.issue(issuer.name, issuer.public, DATE - 9 * DAY, DATE + 9 * DAY, extensions)
    silent = Authority(issuer=issuer, certificate=certificate, dice=made.root.dice)
    own = read_list(silent.revocations(DATE - DAY, DATE + DAY), SETTINGS)
    store = made.store(lists=(*made.lists(), own))
    refused(TrustCode.CRL_SIGNATURE, store, made.leaf(by=silent), sent=[certificate])


@kinds
def test_a_list_by_another_key_of_the_same_name_is_not_the_authoritys(kind: str) -> None:
    made = scene(kind)
    other = read_list(list_revoked([], made.forger, DATE - DAY, DATE + DAY), SETTINGS)
    refused(TrustCode.CRL_MISSING, made.store(lists=(made.lists()[0], other)), made.leaf())


def test_two_spellings_of_one_algorithm_in_one_certificate_or_list_are_refused() -> None:
    made = scene("SM2")
    plain, with_null = ALGORITHMS["SM2"]
    for der in (relabelled(made.leaf(), with_null), relabelled(made.root.certificate, with_null)):
        with pytest.raises(TrustFault) as fault:
            read(der)
        assert fault.value.code is TrustCode.UNREADABLE
    with pytest.raises(TrustFault) as fault:
        read_list(relabelled(made.lists()[0].der, with_null), SETTINGS)
    assert fault.value.code is TrustCode.CRL_UNREADABLE
    verify(made.store(), signed_anew(made.leaf(), made.issuing.issuer, with_null))
    verify(made.store(), signed_anew(made.leaf(), made.issuing.issuer, plain))


@pytest.mark.parametrize(("kind", "other"), [("P-256", "SM2"), ("SM2", "P-256"), ("P-256", "RSA")])
def test_a_signature_under_the_name_of_another_kinds_algorithm_is_refused(kind: str, other: str) -> None:
    made = scene(kind)
    forged = signed_anew(made.leaf(), made.issuing.issuer, ALGORITHMS[other][0])
    refused(TrustCode.SIGNATURE, made.store(), forged)


@pytest.mark.parametrize("kind", ["P-256", "SM2"])
def test_a_signature_that_does_not_fill_its_last_byte_is_refused(kind: str) -> None:
    made = scene(kind)
    der = next(der for der in (made.leaf() for _ in range(64)) if not der[-1] & 1)
    at = len(der) - len(read(der).parsed.signature) - 1
    assert der[at] == 0
    with pytest.raises(TrustFault) as fault:
        read(der[:at] + b"\x01" + der[at + 1 :])
    assert fault.value.code is TrustCode.UNREADABLE


@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_where_the_library_sees_more_than_we_do_its_no_counts(kind: str) -> None:
    made = scene(kind)
    long_years = bytes.fromhex("3022180f") + b"20260101000000Z" + bytes.fromhex("180f") + b"20270101000000Z"
    refused(TrustCode.CHAIN, made.store(), signed_anew(made.leaf(), made.issuing.issuer, validity=long_years))


def test_an_sm2_point_beside_the_curve_is_no_key() -> None:
    made = scene("SM2")
    der = made.leaf(Purpose.ENCRYPTION)
    point = made.encryption_key.public.spki[-65:]
    with pytest.raises(TrustFault) as fault:
        read_certificate(der.replace(point, SM2.encode((1, 1))), SETTINGS)
    assert fault.value.code is TrustCode.KEY
