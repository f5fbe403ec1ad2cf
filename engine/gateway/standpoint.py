"""
Where the viewers of a sale stand: up to which record they have been shown it.

Mostly that is the record's own number and digest. While the record is veiled (:func:`engine.domain.views.veiled`) neither is told to
anybody: viewers are then counted on by what everybody was shown, from 1, and each place has a mark of its own, made of nothing that
others have done. When the veil is lifted all go on from the record's own number, which is never below.
"""

import hashlib
from collections import deque
from dataclasses import dataclass
from typing import Final

from engine.domain.units import Nanoseconds
from engine.journal.record import Record
from engine.wire.messages import Position

ANNOUNCED: Final = 1
"""The one record that everybody may have behind the veil: the announcement."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a frame says of the record it comes from; see :class:`engine.journal.record.Record`."""

    epoch: int
    seq: int
    digest: bytes
    recorded_at: Nanoseconds


class Standpoint:
    """
    Where viewers of one sale stand.

    Args:
        sale: Its id.
        epoch: Of its record.
        seq: The last record there is.
        head: Its digest.
        veiled: Whether neither may be known.
        opened_at: When this began: marks behind the veil hold for as long as this does, and no longer.
        heads_max: Latest places held to check where a viewer stands.

    """

    def __init__(  # noqa: PLR0913 - a standpoint is described by all of these
        self, *, sale: str, epoch: int, seq: int, head: bytes, veiled: bool, opened_at: Nanoseconds, heads_max: int
    ) -> None:
        self._mark = f"luochui veil v1\n{sale}\n{epoch}\n{opened_at}\n"
        self._epoch = epoch
        self.veiled = veiled
        self.seq, self.head = (ANNOUNCED, self._marked(ANNOUNCED)) if veiled else (seq, head)
        self._heads: deque[bytes] = deque([self.head], maxlen=heads_max)

    def carry(self, record: Record, *, veiled: bool) -> Place:
        """
        ``record`` was applied; the sale is ``veiled`` after it, or not.

        Returns:
            Where viewers stand who are shown it. Behind the veil they stand there once :meth:`show` says that they were.

        """
        if veiled:
            seq = self.seq + 1
            return Place(self._epoch, seq, self._marked(seq), record.recorded_at)
        if self.veiled:
            self.veiled = False
            self._heads.clear()  # Places behind the veil are none of the record's: who stands there takes a new picture.
        self._stand(record.seq, record.digest)
        return Place(record.epoch, record.seq, record.digest, record.recorded_at)

    def show(self, place: Place) -> None:
        """Somebody is shown ``place``: behind the veil everybody is counted on to it."""
        if self.veiled and place.seq > self.seq:
            self._stand(place.seq, place.digest)

    def continues(self, after: Position) -> bool:
        """Whether ``after`` is a place in this very history, near enough to go on from."""
        back = self.seq - after.seq
        if after.epoch != self._epoch or not 0 <= back < len(self._heads):
            return False
        return self._heads[-1 - back].hex() == after.head

    def _stand(self, seq: int, head: bytes) -> None:
        self.seq, self.head = seq, head
        self._heads.append(head)

    def _marked(self, seq: int) -> bytes:
        return hashlib.sha256(f"{self._mark}{seq}\n".encode()).digest()
