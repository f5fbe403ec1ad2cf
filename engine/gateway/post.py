"""What single viewers are told: each is written to once for all that a commit has for him."""

from typing import Protocol

from engine.gateway.connection import Connection
from engine.gateway.frames import text_frame


class Hearer(Protocol):
    """Whoever asked: a socket, or a request over HTTP."""

    def hear(self, payload: bytes) -> None:
        """
        Take one JSON object meant for this asker alone: an ``answer``, ``duplicate``, ``refused`` or ``unknown``.

        What became of a command may be told after it was said to be unknown. One who has left hears nothing, and that is no fault.
        """
        ...


class Post:
    """What a batch has for single viewers: each is written to once, in the order in which it was left."""

    def __init__(self) -> None:
        self._frames: dict[Connection, list[bytes]] = {}

    def answer(self, hearer: Hearer, payload: bytes) -> None:
        """An answer for whoever asked. Who did not ask over a socket has it at once."""
        if isinstance(hearer, Connection):
            self.leave(hearer, text_frame(payload))
        else:
            hearer.hear(payload)

    def leave(self, connection: Connection, ready: bytes) -> None:
        """A frame for one viewer."""
        self._frames.setdefault(connection, []).append(ready)

    def deliver(self) -> None:
        """Write."""
        for connection, frames in self._frames.items():
            connection.write(b"".join(frames))
