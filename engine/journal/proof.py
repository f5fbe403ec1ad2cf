"""The tree over the records of one commit: one signature covers all, and each record carries its path to it (RFC 6962, 2.1)."""

import hashlib
from collections.abc import Sequence


def levels(digests: Sequence[bytes]) -> list[list[bytes]]:
    """The tree over ``digests``, from leaves to root; a node without a sibling rises as it is."""
    sha256 = hashlib.sha256  # Two hashes a record, of millions: each call counts. They are those of engine.wire.tree.
    level = [sha256(b"\x00" + digest).digest() for digest in digests]
    tree = [level]
    while len(level) > 1:
        pairs, rising = zip(level[::2], level[1::2], strict=False), level[len(level) & ~1 :]
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + rising
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
