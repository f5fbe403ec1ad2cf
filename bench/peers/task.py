"""
What every server is told to do. Imports nothing of ours, for peers run in environments of their own.

A peer's arguments are N BYTES EVENTS INTERVAL_US. It says its port, "in" once N have come, and tells all of them again and again
once a line is said to it.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MARK: Final = "<end>"
"""The last of every message, by which those that came are counted. ``floor.c`` and the servers on Node spell it too."""

FRAME_BYTES: Final = 4
"""What a frame of some hundred bytes has before its text."""


@dataclass(frozen=True, slots=True)
class Task:
    """So many viewers, so many bytes a frame, so many events, so long between them."""

    displays: int
    size: int
    events: int
    interval_s: float

    @property
    def text(self) -> str:
        """What everybody is told."""
        return "x" * (self.size - FRAME_BYTES - len(MARK)) + MARK

    @property
    def messages(self) -> int:
        """How many are to be delivered."""
        return self.displays * self.events

    def arguments(self) -> list[str]:
        """As a peer takes them."""
        return [str(self.displays), str(self.size), str(self.events), str(round(self.interval_s * 1e6))]

    @classmethod
    def from_arguments(cls, arguments: Sequence[str] = sys.argv[1:]) -> "Task":
        """As :meth:`arguments` gives them; those of this process if none are given."""
        displays, size, events, interval_us = map(int, arguments[:4])
        return cls(displays, size, events, interval_us / 1e6)
