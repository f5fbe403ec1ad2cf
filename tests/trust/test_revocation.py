"""Revocation lists: there, fresh, of the right authority, and what they say of the instant that counts."""

from datetime import timedelta

import pytest
from cryptography import x509

from engine.trust.faults import TrustCode, TrustFault
from engine.trust.making.issue import Revocation, list_revoked, signed
from engine.trust.revocation import RevocationList, read_list
from engine.trust.settings import TrustSettings
from tests.trust.scene import DATE, DAY, SETTINGS, Extensions, Scene, kinds, read, refused, scene, verify, when

SECOND = timedelta(seconds=1)


def with_list(made: Scene, *, at: int = -1, entry: Extensions = (), whole: Extensions = ()) -> RevocationList:
    """The issuing authority's list, with the bidder's certificate revoked that many days from the date."""
    revoked = [Revocation(serial=read(made.leaf()).parsed.serial_number, at=DATE + at * DAY, extensions=entry)]
    der = list_revoked(revoked, made.issuing.issuer, DATE - DAY, DATE + 30 * DAY, whole)
    return read_list(der, SETTINGS)


@kinds
def test_revoked_before_it_was_used_is_refused_and_after_is_told(kind: str) -> None:
    made = scene(kind)
    leaf = made.leaf()
    made.issuing.revoke(leaf, DATE)
    store = made.store(lists=made.lists(DATE + DAY))
    now = DATE + 2 * DAY
    assert refused(TrustCode.REVOKED, store, leaf, moment=when(DATE, now)).detail["instant"] == "2026-11-27 04:00:00Z"
    refused(TrustCode.REVOKED, store, leaf, moment=when(DATE + SECOND, now))
    assert verify(store, leaf, moment=when(DATE - SECOND, now)).revoked_later == DATE


@kinds
def test_a_revoked_authority_spoils_what_it_issued(kind: str) -> None:
    made = scene(kind)
    made.root.revoke(made.issuing.certificate, DATE - DAY)
    fault = refused(TrustCode.REVOKED, made.store(), made.leaf())
    assert fault.detail["certificate"] == read(made.issuing.certificate).serial


@kinds
def test_without_a_list_of_each_authority_nothing_is_said(kind: str) -> None:
    made = scene(kind)
    ours, theirs = made.lists()
    for lists, issuer in (((theirs,), "Root"), ((ours,), "Issuing"), ((), "Root")):
        fault = refused(TrustCode.CRL_MISSING, made.store(lists=lists), made.leaf())
        assert fault.detail["issuer"] == f"{issuer} scene {kind}"


@kinds
def test_a_list_must_be_fresh_when_it_is_asked(kind: str) -> None:
    made = scene(kind)
    this, following = DATE - DAY, DATE + DAY
    store, leaf = made.store(lists=made.lists(this, following)), made.leaf()
    for now in (this, following, following + SECOND * 0):
        verify(store, leaf, moment=when(DATE, now))
    for now in (this - SECOND, following + SECOND):
        refused(TrustCode.CRL_STALE, store, leaf, moment=when(DATE, now))


@kinds
def test_anothers_list_under_the_authoritys_name_is_not_used(kind: str) -> None:
    made, foreign = scene(kind), scene(kind, "foreign")
    ours, theirs = made.lists()
    forged = read_list(signed(theirs.parsed.tbs_certlist_bytes, made.forger), SETTINGS)
    refused(TrustCode.CRL_SIGNATURE, made.store(lists=(ours, forged)), made.leaf())
    swapped = foreign.lists()
    refused(TrustCode.CRL_MISSING, made.store(lists=swapped), made.leaf())
    verify(made.store(lists=(ours, forged, theirs, *swapped)), made.leaf())


@kinds
def test_the_newest_list_counts(kind: str) -> None:
    made = scene(kind)
    leaf, before = made.leaf(), made.lists(DATE - 2 * DAY)
    made.issuing.revoke(leaf, DATE - 3 * DAY)
    after = made.lists(DATE - DAY)
    refused(TrustCode.REVOKED, made.store(lists=(*after, *before)), leaf)
    refused(TrustCode.REVOKED, made.store(lists=(*before, *after)), leaf)


@kinds
def test_a_key_known_to_have_been_bad_earlier_counts_from_then(kind: str) -> None:
    made = scene(kind)
    leaf = made.leaf()
    invalid: Extensions = (
        (x509.InvalidityDate((DATE - 5 * DAY).replace(tzinfo=None)), False),
        (x509.CRLReason(x509.ReasonFlags.key_compromise), False),
    )
    serial = read(leaf).parsed.serial_number
    revoked = [Revocation(serial=serial, at=DATE + DAY, extensions=invalid)]
    der = list_revoked(revoked, made.issuing.issuer, DATE - DAY, DATE + DAY)
    lists = (made.lists()[0], read_list(der, SETTINGS))
    refused(TrustCode.REVOKED, made.store(lists=lists), leaf)
    early = verify(made.store(lists=lists), leaf, moment=when(DATE - 6 * DAY, DATE))
    assert early.revoked_later == DATE - 5 * DAY


@kinds
def test_lists_that_tell_only_a_part_are_refused(kind: str) -> None:
    made = scene(kind)
    point = x509.IssuingDistributionPoint(
        full_name=None,
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=True,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    for extension in (x509.DeltaCRLIndicator(3), point):
        with pytest.raises(TrustFault) as fault:
            with_list(made, whole=((extension, True),))
        assert fault.value.code is TrustCode.CRL_UNREADABLE


@kinds
def test_an_entry_for_somebody_elses_certificate_is_not_understood_and_refused(kind: str) -> None:
    made = scene(kind)
    leaf = made.leaf()
    whose = x509.CertificateIssuer([x509.DirectoryName(made.root.issuer.name)])
    revoked = [Revocation(serial=read(leaf).parsed.serial_number, at=DATE + DAY, extensions=((whose, True),))]
    der = list_revoked(revoked, made.issuing.issuer, DATE - DAY, DATE + DAY)
    lists = (made.lists()[0], read_list(der, SETTINGS))
    refused(TrustCode.CRL_UNREADABLE, made.store(lists=lists), leaf)


def test_what_is_no_list_is_not_read() -> None:
    made = scene("P-256")
    for der in (b"", b"\x30\x00", made.leaf(), made.lists()[0].der + b"\0"):
        with pytest.raises(TrustFault) as fault:
            read_list(der, SETTINGS)
        assert fault.value.code is TrustCode.CRL_UNREADABLE
    with pytest.raises(TrustFault) as fault:
        read_list(made.lists()[0].der, TrustSettings(crl_bytes_max=100))
    assert fault.value.code is TrustCode.TOO_LARGE
