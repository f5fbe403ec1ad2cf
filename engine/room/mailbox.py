"""
Where commands wait for the clerk, in the order in which they reached the house.

Order is by arrival and nothing else: the law counts the instant at which a bid reached us. What is shared out fairly is therefore not
the order but the room to wait in. Who has nothing under way may always leave a letter; more only as far as his share of the clerk's
next batch goes. So whoever sends as fast as he can gets as much done as each other who does, on however many sockets, and a letter is
taken up within two rounds: a round is a batch, or a letter of everybody who has one where that is more.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

import trio

from engine.domain.parties import HOUSE, Principal
from engine.domain.proceeding import Command
from engine.domain.units import Nanoseconds
from engine.journal.asking import Inquiry, RoomBusy


@dataclass(frozen=True, slots=True)
class Letter:
    """A command or an inquiry, stamped at the door."""

    content: Command | Inquiry

    arrived_at: Nanoseconds
    """When its last byte had reached the house. This is the instant the rules use."""

    slip: object
    """Given back with the answer; what it is concerns only who handed it in."""


@dataclass(slots=True)
class _Turns:
    """Who has letters here, and who had some in the last batches: among these the next batch is shared."""

    waiting: Counter[Principal] = field(default_factory=Counter)
    being_decided: Counter[Principal] = field(default_factory=Counter)
    decided: Counter[Principal] = field(default_factory=Counter)
    """In the batch before: they are likely to be back with their next."""

    present: Counter[Principal] = field(default_factory=Counter)
    """The three together."""

    def left(self, by: Principal) -> None:
        self.waiting[by] += 1
        self.present[by] += 1

    def taken(self, letters: list[Letter]) -> None:
        """``letters`` are the clerk's next batch; the one before is decided."""
        _less(self.present, self.decided)
        self.decided = self.being_decided
        self.being_decided = Counter(letter.content.by for letter in letters)
        _less(self.waiting, self.being_decided)

    def under_way(self, by: Principal) -> bool:
        return by in self.waiting or by in self.being_decided


def _less(count: Counter[Principal], by: Counter[Principal]) -> None:
    for principal, letters in by.items():
        count[principal] -= letters
        if not count[principal]:
            del count[principal]


class Mailbox:
    """
    Bounded; in the order of arrival, also for a letter that was longer on its way to us than a later one.

    Args:
        letters_max: How many letters may wait in all.
        batch_max: How many the clerk takes up at once; this is shared out.

    """

    def __init__(self, letters_max: int, batch_max: int) -> None:
        self._letters: deque[Letter] = deque()
        self._letters_max, self._batch_max = letters_max, batch_max
        self._turns = _Turns()
        self._something = trio.Event()
        self._closed = False

    def close(self, last: Letter) -> None:
        """``last`` is put behind all that waits; nothing is taken any more."""
        self._turns.left(last.content.by)
        self._letters.append(last)
        self._closed = True
        self._something.set()

    def __len__(self) -> int:
        """How many letters wait."""
        return len(self._letters)

    @property
    def closed(self) -> bool:
        """Whether nothing is taken any more."""
        return self._closed

    @property
    def newest(self) -> Nanoseconds | None:
        """When the newest letter that waits arrived."""
        return self._letters[-1].arrived_at if self._letters else None

    def put(self, letter: Letter) -> None:
        """
        Leave ``letter`` for the clerk.

        Raises:
            RoomBusy: The limit is reached, or its sender's share; or it is closed.

        """
        by = letter.content.by
        if self._closed or len(self._letters) >= self._letters_max or not self._has_room_for(by):
            raise RoomBusy
        self._turns.left(by)
        later: list[Letter] = []
        while self._letters and self._letters[-1].arrived_at > letter.arrived_at:
            later.append(self._letters.pop())
        self._letters.append(letter)
        self._letters.extend(reversed(later))
        self._something.set()

    def _has_room_for(self, by: Principal) -> bool:
        turns, batch_max = self._turns, self._batch_max
        if by == HOUSE or not turns.under_way(by):
            return True
        among = len(turns.present)
        if among > batch_max:
            return False  # Not all fit into a batch: nobody's second command goes before another's first.
        held = turns.waiting[by]
        return not held or (len(self._letters) < batch_max and held < batch_max // among)

    async def wait(self) -> None:
        """Return when there is a letter."""
        if not self._letters:
            self._something = trio.Event()
            await self._something.wait()

    def take(self, most: int, until: Nanoseconds | None) -> list[Letter]:
        """Up to ``most`` letters that arrived no later than ``until``, in order. Those taken before are decided by now."""
        taken: list[Letter] = []
        while self._letters and len(taken) < most:
            if until is not None and self._letters[0].arrived_at > until:
                break
            taken.append(self._letters.popleft())
        self._turns.taken(taken)
        return taken
