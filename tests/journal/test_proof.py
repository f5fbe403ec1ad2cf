"""The tree over a commit's records, against the definitions of RFC 6962 (2.1) and RFC 9162 (2.1.3), written out a second time."""

import hashlib
from collections.abc import Sequence

import pytest

from engine.journal.proof import levels, path
from engine.wire.tree import leaf_hash, node_hash, root_by_path

SIZE_MAX = 130


def split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def tree_hash(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1."""
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return hashlib.sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def audit_path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if index < k:
        return [*audit_path(index, entries[:k]), tree_hash(entries[k:])]
    return [*audit_path(index - k, entries[k:]), tree_hash(entries[:k])]


ENTRIES = [hashlib.sha256(bytes([at])).digest() for at in range(SIZE_MAX)]

# Inputs and roots of the Certificate Transparency project's own tests (merkle_tree_test, merkle/testonly).
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_well_known_eight_leaves_have_their_well_known_roots(size: int) -> None:
    assert levels(CT_LEAVES[:size])[-1] == [bytes.fromhex(CT_ROOTS[size - 1])]
    assert tree_hash(CT_LEAVES[:size]).hex() == CT_ROOTS[size - 1]


def test_the_root_is_the_tree_hash_of_the_rfc_for_every_size() -> None:
    for size in range(1, SIZE_MAX + 1):
        assert levels(ENTRIES[:size])[-1] == [tree_hash(ENTRIES[:size])]


def test_every_path_is_the_audit_path_of_the_rfc_and_leads_to_the_root() -> None:
    for size in range(1, SIZE_MAX + 1):
        entries = ENTRIES[:size]
        tree = levels(entries)
        for index in range(size):
            found = path(tree, index)
            assert found == audit_path(index, entries)
            assert root_by_path(entries[index], index, size, found) == tree[-1][0]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 13])
def test_a_path_leads_nowhere_else(size: int) -> None:
    entries = ENTRIES[:size]
    tree = levels(entries)
    root = tree[-1][0]
    for index in range(size):
        siblings = path(tree, index)
        other = ENTRIES[size]
        assert root_by_path(other, index, size, siblings) != root
        for place in range(size):
            if place != index:
                assert root_by_path(entries[index], place, size, siblings) != root
        assert root_by_path(entries[index], index, size, [*siblings, other]) is None
        for at, sibling in enumerate(siblings):
            assert root_by_path(entries[index], index, size, siblings[:at] + siblings[at + 1 :]) != root
            spoilt = bytes([sibling[0] ^ 1]) + sibling[1:]
            assert root_by_path(entries[index], index, size, [*siblings[:at], spoilt, *siblings[at + 1 :]]) != root
        if len(siblings) > 1 and siblings[0] != siblings[1]:
            assert root_by_path(entries[index], index, size, [siblings[1], siblings[0], *siblings[2:]]) != root


def test_a_node_cannot_pass_for_a_leaf() -> None:
    left, right = ENTRIES[:2]
    inside = leaf_hash(left) + leaf_hash(right)
    assert leaf_hash(inside) != node_hash(leaf_hash(left), leaf_hash(right))


@pytest.mark.parametrize(("index", "size"), [(1, 1), (7, 1)])
def test_a_place_outside_the_tree_has_no_path(index: int, size: int) -> None:
    entries = ENTRIES[:size]
    assert root_by_path(entries[0], index, size, path(levels(entries), 0)) is None
