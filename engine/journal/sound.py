"""
Whether a stretch of a journal is what its digests, roots and signatures say: a yes or a no, for many commits at once.

A stretch needs only the digest before it, so stretches can be checked in any order, and by others than who reads them on. No
yes is given in doubt; what is wrong, and where, is said by who reads record by record. Salts are those of
:func:`engine.journal.header.salts`, spelled out: a million calls take half a second.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from engine.journal import proof
from engine.journal.header import SALT_BYTES, begun, header_text, statement_text
from engine.journal.signing import holds

Row = Sequence[Any]
"""A record as it is kept: seq, epoch, arrived_at, recorded_at, command, outcome, digest."""

CommitRow = Sequence[Any]
"""A commit as it is kept: last, first, epoch, root, rules, signature, state_digest."""

Stretch = Sequence[tuple[CommitRow, Sequence[Row]]]


def sound(  # noqa: PLR0913, PLR0917 - three that say whose it is, two where it stands
    sale: str, salt_key: bytes, public_key: bytes, prev: bytes, seq: int, stretch: Stretch
) -> bool:
    """
    Whether the commits of ``stretch`` follow record ``seq`` and its digest ``prev`` without a gap, each with all its records.

    Args:
        sale: Whose journal it is.
        salt_key: What the salts are made with.
        public_key: Who must have signed.
        prev: The digest of the record before the stretch.
        seq: The number of that record; 0 if there is none.
        stretch: Commits with their records, as they are kept.

    """
    sha256 = hashlib.sha256
    inner_begun, outer_begun = begun(salt_key)
    try:
        for (last, first, epoch, root, rules, signature, _), rows in stretch:
            if first != seq + 1 or last < first or len(rows) != last - first + 1:
                return False
            digests = []
            for at, its_epoch, arrived_at, recorded_at, command, outcome, digest in rows:
                seq += 1
                if at != seq:
                    return False
                inner, outer = inner_begun.copy(), outer_begun.copy()
                inner.update(at.to_bytes(8))
                outer.update(inner.digest())
                both = outer.digest()
                command_digest = sha256(both[:SALT_BYTES] + command).hexdigest()
                outcome_digest = sha256(both[SALT_BYTES:] + outcome).hexdigest()
                header = header_text(sale, its_epoch, at, arrived_at, recorded_at, command_digest, outcome_digest, prev)
                if sha256(header.encode()).digest() != digest:
                    return False
                prev = digest
                digests.append(digest)
            if proof.levels(digests)[-1][0] != root:
                return False
            if not holds(public_key, statement_text(sale, epoch, first, last, prev, root, rules).encode(), signature):
                return False
    except (ValueError, TypeError, AttributeError, OverflowError):
        return False
    return True
