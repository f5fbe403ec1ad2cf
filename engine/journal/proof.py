"""The tree over the records of one commit: one signature covers all, and each record carries its path to it (RFC 6962, 2.1)."""

import hashlib
from collections.abc import Sequence


def leaf_hash(digest: bytes) -> bytes:
    """The tree hash of one record's digest."""
    return hashlib.sha256(b"\x00" + digest).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The tree hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def levels(digests: Sequence[bytes]) -> list[list[bytes]]:
    """The tree over ``digests``, from leaves to root; a node without a sibling rises as it is."""
    level = [leaf_hash(digest) for digest in digests]
    tree = [level]
    while len(level) > 1:
        level = [
            node_hash(level[at], level[at + 1]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)
        ]
        tree.append(level)
    return tree


def path(tree: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The audit path of the leaf at ``index``, lowest sibling first."""
    found = []
    for level in tree[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            found.append(level[sibling])
        index >>= 1
    return found


def root_of(digest: bytes, index: int, size: int, siblings: Sequence[bytes]) -> bytes | None:
    """The root to which ``siblings`` lead from the leaf at ``index`` of ``size``; None if they cannot be its path."""
    if not 0 <= index < size:
        return None
    node = leaf_hash(digest)
    rest = list(siblings)
    last = size - 1
    while last:
        if index ^ 1 <= last:
            if not rest:
                return None
            sibling = rest.pop(0)
            node = node_hash(sibling, node) if index & 1 else node_hash(node, sibling)
        index >>= 1
        last >>= 1
    return None if rest else node
