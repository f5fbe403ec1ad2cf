"""Proofs over a growing tree, against the definitions of RFC 9162 written out a second time, and against what does not follow."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.journal.tree import Frontier, Tree
from engine.wire.tree import EMPTY, consistent, leaf_hash, node_hash, root_by_path

SIZE_MAX = 512
ENTRIES = [hashlib.sha256(at.to_bytes(2)).digest() for at in range(SIZE_MAX)]


def split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


class Plain:
    """The tree as the RFC defines it, each range hashed once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, start: int, end: int) -> bytes:
        """MTH(D[start:end])."""
        found = self._known.get((start, end))
        if found is None:
            if end - start == 1:
                found = leaf_hash(ENTRIES[start])
            else:
                k = split(end - start)
                found = node_hash(self.root(start, start + k), self.root(start + k, end))
            self._known[start, end] = found
        return found

    def proof(self, first: int, start: int, end: int, whole: bool) -> list[bytes]:
        """SUBPROOF(first, D[start:end], whole)."""
        if first == end - start:
            return [] if whole else [self.root(start, end)]
        k = split(end - start)
        if first <= k:
            return [*self.proof(first, start, start + k, whole), self.root(start + k, end)]
        return [*self.proof(first - k, start + k, end, whole=False), self.root(start, start + k)]


PLAIN, TREE = Plain(), Tree(ENTRIES)


def test_the_root_of_every_size_is_that_of_the_rfc_computed_both_ways() -> None:
    tree, frontier = Tree(), Frontier()
    assert tree.root(0) == frontier.root() == EMPTY == hashlib.sha256().digest()
    for size, entry in enumerate(ENTRIES, start=1):
        tree.append(entry)
        frontier.append(entry)
        assert len(tree) == size
        assert tree.root(size) == frontier.root() == PLAIN.root(0, size)
    assert [TREE.root(size) for size in range(1, 100)] == [PLAIN.root(0, size) for size in range(1, 100)]


def test_every_consistency_proof_up_to_512_is_that_of_the_rfc_and_holds() -> None:
    roots = [TREE.root(size) for size in range(SIZE_MAX + 1)]
    for second in range(1, SIZE_MAX + 1):
        for first in range(1, second + 1):
            path = TREE.consistency(first, second)
            assert path == PLAIN.proof(first, 0, second, whole=True)
            assert consistent(first, second, roots[first], roots[second], path)


def test_every_inclusion_proof_up_to_130_leads_to_the_root() -> None:
    for size in range(1, 131):
        root = TREE.root(size)
        for index in range(size):
            assert root_by_path(ENTRIES[index], index, size, TREE.inclusion(index, size)) == root


@given(st.data())
def test_no_consistency_is_proved_between_trees_that_differ(data: st.DataObject) -> None:
    second = data.draw(st.integers(2, 200))
    first = data.draw(st.integers(1, second - 1))
    forked = data.draw(st.integers(0, first - 1))
    other = Tree([hashlib.sha256(b"other").digest() if at == forked else ENTRIES[at] for at in range(second)])
    for path in (TREE.consistency(first, second), other.consistency(first, second)):
        assert not consistent(first, second, TREE.root(first), other.root(second), path)
        assert not consistent(first, second, other.root(first), TREE.root(second), path)


@given(st.data())
def test_a_proof_with_a_changed_missing_or_further_node_does_not_hold(data: st.DataObject) -> None:
    second = data.draw(st.integers(2, 200))
    first = data.draw(st.integers(1, second - 1))
    path = TREE.consistency(first, second)
    roots = TREE.root(first), TREE.root(second)
    at = data.draw(st.integers(0, len(path) - 1))
    changed = bytes([path[at][0] ^ 1]) + path[at][1:]
    for spoilt in ([*path[:at], changed, *path[at + 1 :]], path[:at] + path[at + 1 :], [*path, changed], []):
        assert not consistent(first, second, *roots, spoilt)


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [(0, 5, []), (5, 5, []), (0, 0, [])],
)
def test_what_needs_no_proof_needs_no_proof(first: int, second: int, path: Sequence[bytes]) -> None:
    assert consistent(first, second, TREE.root(first), TREE.root(second), path)
    assert not consistent(first, second, TREE.root(first), TREE.root(second), [EMPTY])
    assert not consistent(first, second, b"\1" * 32, TREE.root(second), path)


def test_a_smaller_tree_does_not_continue_a_larger_one() -> None:
    assert not consistent(5, 4, TREE.root(5), TREE.root(4), TREE.consistency(4, 5))


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 513)])
def test_no_path_is_made_for_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such entries"):
        TREE.inclusion(index, size)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (1, 513)])
def test_no_consistency_is_made_for_what_is_not_there(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="no such entries"):
        TREE.consistency(first, second)
