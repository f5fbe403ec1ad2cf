"""Chains of all three kinds, by the same rules."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from engine.domain.units import Nanoseconds
from engine.sealing.curves import P256
from engine.sealing.keys import CurvePrivateKey
from engine.trust.chain import Purpose
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.making.authority import Authority, authority_extensions, authority_name, bidder_extensions, usage
from engine.trust.making.issue import Issuer, signed
from engine.trust.settings import TrustSettings
from engine.trust.store import Moment
from tests.trust.scene import DATE, DAY, SETTINGS, WHO, Scene, at, kinds, read, refused, scene, verify, when

BOTH = pytest.mark.parametrize("purpose", Purpose)


def below(whose: Scene, name: str, extensions: object, begins: int = -400, ends: int = 400) -> Authority:
    """Somebody below the root who wants to be an authority."""
    issuer = Issuer(name=authority_name(name), key=whose.root.dice.key(whose.kind))
    certificate = whose.root.issue(
        issuer.name, issuer.public, DATE + begins * DAY, DATE + ends * DAY, extensions  # type: ignore[arg-type]
    )  # fmt: skip
    return Authority(issuer=issuer, certificate=certificate, dice=whose.root.dice)


@kinds
@BOTH
def test_a_bidders_certificate_is_followed_to_the_root(kind: str, purpose: Purpose) -> None:
    made = scene(kind)
    trusted = verify(made.store(), made.leaf(purpose), purpose)
    assert [one.der for one in trusted.authorities] == [made.issuing.certificate, made.root.certificate]
    assert trusted.revoked_later is None


@kinds
def test_the_issuing_authority_may_come_with_the_certificate(kind: str) -> None:
    made = scene(kind)
    store = made.store(issuing=())
    fault = refused(TrustCode.ISSUER, store, made.leaf())
    assert fault.detail["issuer"] == f"Issuing scene {kind}"
    verify(store, made.leaf(), sent=[made.issuing.certificate])


@kinds
@BOTH
def test_a_certificate_for_one_use_is_refused_for_the_other(kind: str, purpose: Purpose) -> None:
    made = scene(kind)
    other = Purpose.ENCRYPTION if purpose is Purpose.SIGNING else Purpose.SIGNING
    fault = refused(TrustCode.USAGE, made.store(), made.leaf(purpose), other)
    assert fault.detail["en"] == f"the {other} certificate"


@kinds
def test_a_servers_certificate_is_no_bidders_where_its_authority_insists(kind: str) -> None:
    made = scene(kind)
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    said = bidder_extensions(Purpose.SIGNING)
    refused(TrustCode.USAGE, made.store(), made.leaf(extensions=(*said, (server, True))))
    verify(made.store(), made.leaf(extensions=(*said, (server, False))))


@kinds
def test_without_a_key_usage_or_with_an_authoritys_it_is_no_bidders_certificate(kind: str) -> None:
    made = scene(kind)
    for extensions in (
        (),
        ((x509.BasicConstraints(ca=False, path_length=None), True),),
        ((usage("digital_signature", "key_cert_sign"), True),),
        authority_extensions(None),
    ):
        refused(TrustCode.USAGE, made.store(), made.leaf(extensions=extensions, by=made.root))


@kinds
def test_who_only_bears_the_authoritys_name_issued_nothing(kind: str) -> None:
    made = scene(kind)
    forger = Authority(issuer=made.forger, certificate=b"", dice=made.issuing.dice)
    assert refused(TrustCode.ISSUER, made.store(), made.leaf(by=forger)).detail["issuer"] == f"Issuing scene {kind}"


@kinds
def test_a_root_of_the_same_name_that_is_not_trusted_gives_nothing(kind: str) -> None:
    made, foreign = scene(kind), scene(kind, "foreign")
    twin = Authority.root(foreign.root.dice, kind, f"Root scene {kind}", DATE - 900 * DAY, DATE + 900 * DAY)
    issuing = twin.authority(kind, "Issuing twin", DATE - 400 * DAY, DATE + 400 * DAY)
    code = refused_code(made, made.leaf(by=issuing), [issuing.certificate, twin.certificate])
    assert code in {TrustCode.ISSUER, TrustCode.SIGNATURE}


def refused_code(made: Scene, leaf: bytes, sent: list[bytes]) -> TrustCode:
    with pytest.raises(TrustFault) as fault:
        verify(made.store(), leaf, sent=sent)
    return fault.value.code


@kinds
def test_a_signature_by_another_key_under_the_right_names_is_refused(kind: str) -> None:
    made = scene(kind)
    forged = signed(read(made.leaf()).parsed.tbs_certificate_bytes, made.forger)
    assert refused(TrustCode.SIGNATURE, made.store(), forged).detail["issuer"] == f"Issuing scene {kind}"


@kinds
def test_a_bidder_cannot_issue_certificates(kind: str) -> None:
    made = scene(kind)
    for extensions, code in (
        (bidder_extensions(Purpose.SIGNING), TrustCode.NOT_CA),
        (((usage("key_cert_sign", "crl_sign"), True),), TrustCode.NOT_CA),
        (((x509.BasicConstraints(ca=True, path_length=0), True),), TrustCode.NOT_CA),
        (((x509.BasicConstraints(ca=True, path_length=0), True), (usage("crl_sign"), True)), TrustCode.NOT_CA),
        (
            ((x509.BasicConstraints(ca=True, path_length=0), False), (usage("key_cert_sign"), True)),
            TrustCode.NOT_CA,
        ),
    ):
        somebody = below(made, "Somebody", extensions)
        refused(code, made.store(), made.leaf(by=somebody), sent=[somebody.certificate])


@kinds
def test_an_authority_that_may_have_none_below_it_has_none(kind: str) -> None:
    made = scene(kind)
    third = made.issuing.authority(kind, "Third", DATE - 300 * DAY, DATE + 300 * DAY)
    fault = refused(TrustCode.PATH_LENGTH, made.store(), made.leaf(by=third), sent=[third.certificate])
    assert fault.detail["below"] == 1


@kinds
def test_a_chain_longer_than_the_setting_is_refused(kind: str) -> None:
    made = scene(kind)
    second = below(made, "Second", authority_extensions(None))
    third = second.issue(
        authority_name("Third"), made.signing_key.public, DATE - 9 * DAY, DATE + 9 * DAY, authority_extensions(None)
    )
    last = Authority(
        issuer=Issuer(name=authority_name("Third"), key=made.signing_key), certificate=third, dice=second.dice
    )
    store = made.store(settings=TrustSettings(chain_max=2))
    refused(TrustCode.DEPTH, store, made.leaf(by=last), sent=[second.certificate, third])
    refused(TrustCode.CRL_MISSING, made.store(), made.leaf(by=last), sent=[second.certificate, third])


@kinds
def test_names_that_lead_everywhere_cost_a_bounded_number_of_signatures(kind: str) -> None:
    made = scene(kind)
    name, key = authority_name("Everywhere"), made.signing_key
    everywhere = Authority(issuer=Issuer(name=name, key=key), certificate=b"", dice=made.root.dice)
    sent = [
        everywhere.issue(name, key.public, DATE - 9 * DAY, DATE + (9 + n) * DAY, authority_extensions(None))
        for n in range(8)
    ]
    store = made.store(settings=TrustSettings(chain_max=8, signatures_max=12))
    with pytest.raises(TrustFault):
        verify(store, made.leaf(by=everywhere), sent=sent)
    with pytest.raises(TrustFault) as fault:
        verify(store, made.leaf(by=everywhere), sent=[*sent, sent[0]])
    assert fault.value.code is TrustCode.TOO_LARGE


@kinds
def test_a_certificate_holds_from_its_first_second_through_its_last_and_the_stamp_decides(kind: str) -> None:
    made = scene(kind)
    begins, ends = DATE - 5 * DAY, DATE + 5 * DAY
    leaf, store = made.leaf(begins=begins, ends=ends), made.store()
    second = timedelta(seconds=1)
    for used, code in (
        (at(begins) - 1, TrustCode.NOT_YET),
        (at(begins), None),
        (at(ends), None),
        (at(ends + second) - 1, None),
        (at(ends + second), TrustCode.EXPIRED),
    ):
        moment = Moment(used_at=Nanoseconds(used), now=at(DATE))
        if code is None:
            verify(store, leaf, moment=moment)
        else:
            refused(code, store, leaf, moment=moment)


@kinds
def test_an_expired_authority_spoils_the_chain_unless_it_was_renewed(kind: str) -> None:
    made = scene(kind)
    late = DATE + 600 * DAY
    leaf, lists = made.leaf(ends=DATE + 700 * DAY), made.lists(late - DAY, late + DAY)
    fault = refused(TrustCode.EXPIRED, made.store(lists=lists), leaf, moment=when(late))
    assert fault.detail["certificate"] == read(made.issuing.certificate).serial
    issuer = made.issuing.issuer
    renewed = made.root.issue(issuer.name, issuer.public, DATE + 400 * DAY, DATE + 900 * DAY, authority_extensions(0))
    trusted = verify(made.store(lists=lists), leaf, moment=when(late), sent=[renewed])
    assert trusted.authorities[0].der == renewed


@kinds
def test_a_root_out_of_its_time_is_trusted_no_longer(kind: str) -> None:
    made, late = scene(kind), DATE + 1001 * DAY
    store = made.store(lists=made.lists(late - DAY, late + DAY))
    fault = refused(TrustCode.EXPIRED, store, made.leaf(), moment=when(late))
    assert fault.detail["certificate"] == read(made.root.certificate).serial


@kinds
def test_a_critical_extension_that_nobody_understands_is_refused_wherever_it_stands(kind: str) -> None:
    made = scene(kind)
    odd: tuple[tuple[x509.ExtensionType, bool], ...] = (
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.156.99999.1"), b"\x05\x00"), True),
    )
    fault = refused(TrustCode.CRITICAL, made.store(), made.leaf(extensions=bidder_extensions(Purpose.SIGNING) + odd))
    assert fault.detail["oid"] == "1.2.156.99999.1"
    somebody = below(made, "Odd", authority_extensions(0) + odd)
    refused(TrustCode.CRITICAL, made.store(), made.leaf(by=somebody), sent=[somebody.certificate])
    plain = (*bidder_extensions(Purpose.SIGNING), (odd[0][0], False))
    verify(made.store(), made.leaf(extensions=plain))


@kinds
def test_constraints_on_names_are_refused_rather_than_overlooked(kind: str) -> None:
    made = scene(kind)
    constraint = x509.NameConstraints(permitted_subtrees=[x509.DNSName("example.cn")], excluded_subtrees=None)
    for critical in (True, False):
        somebody = below(made, "Constrained", (*authority_extensions(0), (constraint, critical)))
        refused(TrustCode.CRITICAL, made.store(), made.leaf(by=somebody), sent=[somebody.certificate])


def test_authorities_of_three_kinds_stand_in_one_store() -> None:
    made = [scene(kind) for kind in ("RSA", "P-256", "SM2")]
    stores = [one.store() for one in made]
    store = made[0].store(
        roots=tuple(root for one in stores for root in one.roots),
        issuing=tuple(one for each in stores for one in each.issuing),
        lists=tuple(one for each in stores for one in each.lists),
    )
    for one in made:
        verify(store, one.leaf())


def test_an_sm2_authority_may_certify_a_p256_key_and_the_other_way_round() -> None:
    for kind, other in (("SM2", "P-256"), ("P-256", "SM2")):
        made = scene(kind)
        made.signing_key = scene(other).signing_key
        verify(made.store(), made.leaf())


def test_a_certificate_larger_than_the_setting_is_not_read() -> None:
    with pytest.raises(TrustFault) as fault:
        read(scene("P-256").leaf() + bytes(SETTINGS.certificate_bytes_max))
    assert fault.value.code is TrustCode.TOO_LARGE


def test_keys_and_algorithms_of_other_kinds_are_named() -> None:
    made = scene("P-256")
    der = made.leaf()
    sha512 = der.replace(bytes.fromhex("2a8648ce3d040302"), bytes.fromhex("2a8648ce3d040304"))
    with pytest.raises(TrustFault) as fault:
        read(sha512)
    assert fault.value.code is TrustCode.ALGORITHM
    point = CurvePrivateKey(P256, 5).public
    spoilt = der.replace(P256.encode(made.signing_key.public.point), P256.encode(point.point)[:-1] + b"\0")  # type: ignore[union-attr]
    with pytest.raises(TrustFault) as fault:
        read(spoilt)
    assert fault.value.code is TrustCode.KEY


@kinds
def test_extensions_that_real_authorities_use_are_no_obstacle(kind: str) -> None:
    made = scene(kind)
    policy = x509.PolicyInformation(x509.ObjectIdentifier("1.2.156.112559.1.1"), None)
    point = x509.DistributionPoint([x509.UniformResourceIdentifier("http://crl.example.cn/1.crl")], None, None, None)
    name = x509.SubjectAlternativeName([x509.DirectoryName(authority_name("of a company"))])
    for extension, critical in (
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]), True),
        (x509.CertificatePolicies([policy]), False),
        (x509.CRLDistributionPoints([point]), False),
        (name, False),
        (name, True),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.156.10260.4.1.4"), b"\x13\x01A"), False),
    ):
        for purpose in Purpose:
            verify(
                made.store(),
                made.leaf(purpose, extensions=(*bidder_extensions(purpose), (extension, critical))),
                purpose,
            )


def test_a_name_that_the_library_cannot_hold_is_refused_as_unreadable() -> None:
    der = scene("P-256").leaf()
    code = WHO.credit_code.encode()
    spoilt = der.replace(b"\x0c" + bytes([len(code)]) + code, b"\x03" + bytes([len(code)]) + b"\0" + code[1:])
    assert spoilt != der
    with pytest.raises(TrustFault) as fault:
        read(spoilt)
    assert fault.value.code is TrustCode.UNREADABLE
