"""Not one byte of a certificate or a revocation list can be another."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.trust.faults import TrustFault
from engine.trust.making.dice import KINDS
from engine.trust.revocation import read_list
from engine.trust.store import TrustStore
from tests.trust.scene import SETTINGS, read, scene, verify

WHAT = ("bidder", "issuing", "root list", "issuing list")


@cache
def parts(kind: str) -> dict[str, bytes]:
    made = scene(kind)
    ours, theirs = made.lists()
    return {
        "root": made.root.certificate,
        "bidder": made.leaf(),
        "issuing": made.issuing.certificate,
        "root list": ours.der,
        "issuing list": theirs.der,
    }


def check(said: dict[str, bytes]) -> None:
    lists = tuple(read_list(said[name], SETTINGS) for name in ("root list", "issuing list"))
    store = TrustStore(roots=(read(said["root"]),), issuing=(read(said["issuing"]),), lists=lists, settings=SETTINGS)
    verify(store, said["bidder"])


def flipped(kind: str, what: str, at: int, mask: int) -> dict[str, bytes]:
    der = bytearray(parts(kind)[what])
    der[at % len(der)] ^= mask
    return parts(kind) | {what: bytes(der)}


@pytest.mark.parametrize("what", WHAT)
def test_every_byte_counts(what: str) -> None:
    check(parts("P-256"))
    for at in range(len(parts("P-256")[what])):
        with pytest.raises(TrustFault):
            check(flipped("P-256", what, at, 1 << at % 8))


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(KINDS), what=st.sampled_from(WHAT), at=st.integers(0, 2000), mask=st.integers(1, 255))
def test_any_byte_changed_in_any_way_is_refused(kind: str, what: str, at: int, mask: int) -> None:
    with pytest.raises(TrustFault):
        check(flipped(kind, what, at, mask))


@settings(max_examples=100, deadline=None)
@given(kind=st.sampled_from(KINDS), what=st.sampled_from(WHAT), cut=st.integers(0, 2000), more=st.binary(max_size=9))
def test_cut_or_lengthened_is_refused(kind: str, what: str, cut: int, more: bytes) -> None:
    der = parts(kind)[what]
    said = der[: cut % len(der)] + more if cut % 2 else der + more + b"\0"
    with pytest.raises(TrustFault):
        check(parts(kind) | {what: said})


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_refused_with_a_code(noise: bytes) -> None:
    for readable in (noise, b"\x30" + bytes([len(noise) & 127]) + noise):
        with pytest.raises(TrustFault):
            read(readable)
        with pytest.raises(TrustFault):
            read_list(readable, SETTINGS)
