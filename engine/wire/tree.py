"""The hash tree of RFC 6962 (section 2.1): how it is hashed, and how what is said of it is checked without having it."""

import hashlib
from collections.abc import Sequence
from typing import Final

EMPTY: Final = hashlib.sha256(b"").digest()
"""The root over no entries."""


def leaf_hash(entry: bytes) -> bytes:
    """The tree hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The tree hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_by_path(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """
    The root to which ``path``, lowest sibling first, leads from ``entry`` at ``index`` of ``size``; None if it cannot be its path.

    Source: RFC 9162, section 2.1.3.2.

    """
    if not 0 <= index < size:
        return None
    node, place, last = leaf_hash(entry), index, size - 1
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def consistent(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """
    Whether ``path`` proves that the tree of size ``second`` begins with all of the tree of size ``first``.

    Source: RFC 9162, section 2.1.4.2.

    """
    if not 0 <= first <= second:
        return False
    if first == 0:
        return not path and first_root == EMPTY
    if first == second:
        return not path and first_root == second_root
    nodes = list(path)
    if first & (first - 1) == 0:
        nodes.insert(0, first_root)
    if not nodes:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, node)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
