"""The tree over the records of one commit: one signature covers all, and each record carries its path to it (RFC 6962, 2.1)."""

from collections.abc import Sequence

from engine.wire.tree import leaf_hash, node_hash


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
