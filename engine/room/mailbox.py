"""Where commands wait for the clerk, in the order in which they reached the house."""

from collections import deque
from dataclasses import dataclass

import trio

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


class Mailbox:
    """Bounded; in the order of arrival, also for a letter that was longer on its way to us than a later one."""

    def __init__(self, letters_max: int) -> None:
        self._letters: deque[Letter] = deque()
        self._letters_max = letters_max
        self._something = trio.Event()

    def __len__(self) -> int:
        """How many letters wait."""
        return len(self._letters)

    def put(self, letter: Letter) -> None:
        """
        Leave ``letter`` for the clerk.

        Raises:
            RoomBusy: The limit is reached.

        """
        if len(self._letters) >= self._letters_max:
            raise RoomBusy
        later: list[Letter] = []
        while self._letters and self._letters[-1].arrived_at > letter.arrived_at:
            later.append(self._letters.pop())
        self._letters.append(letter)
        self._letters.extend(reversed(later))
        self._something.set()

    async def wait(self) -> None:
        """Return when there is a letter."""
        if not self._letters:
            self._something = trio.Event()
            await self._something.wait()

    def take(self, most: int, until: Nanoseconds | None) -> list[Letter]:
        """Up to ``most`` letters that arrived no later than ``until``, in order."""
        taken: list[Letter] = []
        while self._letters and len(taken) < most:
            if until is not None and self._letters[0].arrived_at > until:
                break
            taken.append(self._letters.popleft())
        return taken
