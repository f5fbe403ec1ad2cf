"""A manifest and a hall key have one spelling; every other is refused, and says where."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sealing.context import Context
from engine.sealing.faults import SENTENCES, SealCode, SealFault
from engine.sealing.manifest import MANIFEST_BYTES_MAX, read_manifest
from engine.sealing.parts import Rooting, chunk_digest
from engine.sealing.suites import Suite
from engine.sealing.trustees import check_share, deal, read_hall
from engine.wire.tree import leaf_hash, node_hash
from tests.sealing.scene import BOTH, TRUSTEES, Tender, chance

suites = pytest.mark.parametrize("suite", BOTH, ids=["AES", "SM4"])


def respelled(data: bytes, **changes: Any) -> bytes:
    said = {name: value for name, value in (json.loads(data) | changes).items() if value is not None}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@suites
def test_a_manifest_says_where_it_is_wrong(suite: Suite) -> None:
    data = Tender(suite).seal(files={"a": b""}).manifest.write()
    sheet, documents = json.loads(data)["parts"]
    wraps = json.loads(data)["wrap_hall"]
    wrong: dict[str, dict[str, Any]] = {
        "format": {"format": "luochui-seal-2"},
        "tender": {"tender": "../x"},
        "bidder": {"bidder": "甲"},
        "section": {"section": 1},
        "version": {"version": 0},
        "kc": {"kc": "00"},
        "half_own": {"half_own": "AA" * 32},
        "wrap_own": {"wrap_own": "00" * 600},
        "wrap_hall": {"wrap_hall": "05" + wraps[2:]},
        "wrap_remedy": {"wrap_remedy": wraps[:-2]},
        "manifest": {"more": 1},
        "parts": {"parts": [documents, sheet]},
        "chunks of sheet": {"parts": [sheet | {"chunks": 2}]},
        "chunks of documents": {"parts": [sheet, documents | {"chunks": True}]},
        "root of documents": {"parts": [sheet, documents | {"root": ""}]},
    }
    for where, changes in wrong.items():
        with pytest.raises(SealFault) as fault:
            read_manifest(respelled(data, **changes))
        assert (fault.value.code, fault.value.detail) == (SealCode.MANIFEST, {"where": where})
    several: tuple[dict[str, Any], ...] = (
        {"parts": []},
        {"parts": [sheet, documents, documents]},
        {"kc": None},
        {"version": 1.5},
    )
    for changes in several:
        with pytest.raises(SealFault):
            read_manifest(respelled(data, **changes))
    for raw in (
        b" " + data,
        data + b"\n",
        data[:-1],
        b"",
        b"null",
        b"[]",
        b"[" * 8000,
        b"x" * (MANIFEST_BYTES_MAX + 1),
    ):
        with pytest.raises(SealFault):
            read_manifest(raw)


@settings(max_examples=60)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_altered_manifest_is_taken_for_the_signed_one(at: int, bit: int) -> None:
    tender, made = SEALED
    data = bytearray(made.manifest.write())
    data[at % len(data)] ^= 1 << bit
    try:
        read = read_manifest(bytes(data))
    except SealFault:
        return
    with pytest.raises(SealFault):
        read.verify(tender.key("bidder-1 signing").public, made.signature)


@settings(max_examples=50)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_by_a_fault_and_nothing_else(data: bytes) -> None:
    for read in (read_manifest, read_hall):
        with pytest.raises(SealFault):
            read(data)


@suites
def test_a_hall_key_is_read_back_and_shares_are_checked_against_it(suite: Suite) -> None:
    hall, shares = deal(suite, "t", TRUSTEES, 2, chance("deal"))
    assert read_hall(hall.write()) == hall
    for share in shares:
        check_share(hall, share)
    for wrong in (replace(shares[0], trustee=2), replace(shares[0], number=0), replace(shares[0], trustee=4)):
        with pytest.raises(SealFault) as fault:
            check_share(hall, wrong)
        assert fault.value.code is SealCode.SHARE
    points = json.loads(hall.write())["commitments"]
    for changes in (
        {"trustees": ["a", "a", "b"]}, {"trustees": ["a"]}, {"commitments": points[:1]}, {"commitments": points * 3},
        {"commitments": [points[0], points[1][:-2] + "00"]}, {"suite": "x"}, {"format": "x"}, {"trustees": "ab"},
    ):  # fmt: skip
        with pytest.raises(SealFault):
            read_hall(respelled(hall.write(), **changes))


def test_a_deal_needs_two_of_different_names() -> None:
    for names, threshold in ((("a", "b"), 1), (("a", "a"), 2), (("a", "b"), 3), (tuple("abcdefghij"), 2)):
        with pytest.raises(SealFault):
            deal(BOTH[0], "t", names, threshold, chance("x"))


@pytest.mark.parametrize(("names", "threshold"), [(("a", "b"), 2), (tuple("abcde"), 3)])
def test_other_numbers_of_trustees_work_too(names: tuple[str, ...], threshold: int) -> None:
    hall, shares = deal(BOTH[1], "t", names, threshold, chance("x"))
    for share in shares:
        check_share(hall, share)
    assert hall.threshold == threshold


@given(count=st.integers(1, 70))
def test_the_root_is_that_of_the_tree_everybody_knows(count: int) -> None:
    chunks = [bytes([n]) for n in range(count)]

    def root(some: list[bytes]) -> bytes:
        if len(some) == 1:
            return leaf_hash(some[0])
        half = 1 << (len(some) - 1).bit_length() - 1
        return node_hash(root(some[:half]), root(some[half:]))

    rooting = Rooting(BOTH[0])
    for chunk in chunks:
        rooting.add(chunk_digest(BOTH[0], chunk))
    assert rooting.root() == root(chunks)


def test_two_contexts_never_share_a_digest() -> None:
    parts = [("ab", "c", "d"), ("a", "bc", "d"), ("a", "b", "cd"), ("ab", "c", "D")]
    digests = {
        Context(suite=suite.name, tender=t, section=s, bidder=b, version=version).digest
        for suite in BOTH
        for t, s, b in parts
        for version in (1, 2)
    }
    assert len(digests) == 2 * 2 * len(parts)


def test_every_fault_has_both_sentences() -> None:
    assert set(SENTENCES) == set(SealCode)
    assert all(zh and en for zh, en in SENTENCES.values())


SEALED = (Tender(BOTH[0]), Tender(BOTH[0]).seal())
