"""The tree over all records of a sale, as it grows: the root at any size, and the proofs an outsider asks for (RFC 9162, 2.1)."""

from collections.abc import Iterable
from typing import Final

from engine.wire.tree import EMPTY, leaf_hash, node_hash

HASH_BYTES: Final = 32


class Tree:
    """
    Only ever appended to; a whole subtree never changes, so each is hashed once.

    Holds 64 bytes for an entry.
    """

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        for entry in entries:
            self.append(entry)

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, entry: bytes) -> None:
        """Add one entry at the end."""
        node = leaf_hash(entry)
        for nodes in self._levels:
            nodes.extend(node)
            if len(nodes) // HASH_BYTES & 1:
                return
            node = node_hash(bytes(nodes[-2 * HASH_BYTES : -HASH_BYTES]), node)
        self._levels.append(bytearray(node))

    def root(self, size: int) -> bytes:
        """The root over the first ``size`` entries."""
        self._require(size >= 0)
        return self._hash(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of the entry at ``index`` to :meth:`root` of ``size``, lowest sibling first. Source: RFC 9162, 2.1.3.1."""
        self._require(0 <= index < size)
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """That :meth:`root` of ``second`` is over what :meth:`root` of ``first`` is over, and more. Source: RFC 9162, 2.1.4.1."""
        self._require(0 < first <= second)
        path: list[bytes] = []
        start, end, whole = 0, second, True
        while first != end:
            middle = start + _split(end - start)
            if first <= middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._hash(start, end))
        return path[::-1]

    def _hash(self, start: int, end: int) -> bytes:
        """The hash over the entries from ``start`` to before ``end``; ``start`` is a place where a subtree may begin."""
        self._require(end <= len(self))
        size = end - start
        if size & (size - 1) == 0:
            at = start // size * HASH_BYTES
            return bytes(self._levels[size.bit_length() - 1][at : at + HASH_BYTES])
        middle = start + _split(size)
        return node_hash(self._hash(start, middle), self._hash(middle, end))

    @staticmethod
    def _require(holds: bool) -> None:
        if not holds:
            raise ValueError("the tree has no such entries")


class Frontier:
    """
    The root over all entries, computed a second way, from whole subtrees alone.

    A log that signs a root with one wrong bit has ended for ever, so what is signed is computed twice.
    """

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self._size = 0
        self._peaks: list[bytes] = []
        for entry in entries:
            self.append(entry)

    def append(self, entry: bytes) -> None:
        """Add one entry at the end."""
        node, size = leaf_hash(entry), self._size
        while size & 1:
            node, size = node_hash(self._peaks.pop(), node), size >> 1
        self._peaks.append(node)
        self._size += 1

    def root(self) -> bytes:
        """The root over everything."""
        if not self._peaks:
            return EMPTY
        *higher, node = self._peaks
        for peak in reversed(higher):
            node = node_hash(peak, node)
        return node


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
