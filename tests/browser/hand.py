"""Somebody who works without a page: sets a scene in a few lines."""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.house import House


class Hand:
    """One connection to a house. Made by :func:`hand`."""

    def __init__(self, socket: ClientConnection, ticket: str) -> None:
        self._socket = socket
        self._say({"type": "hello", "protocol": 1, "ticket": ticket})
        self._hear("welcome")

    def ask(self, kind: str, **fields: int | str) -> dict[str, Any]:
        """Ask something of the house, and return its answer, whatever it is."""
        command_id = str(uuid.uuid4())
        self._say({"type": kind, "id": command_id, **fields})
        return self._hear("answer", "refused", of=command_id)

    def do(self, kind: str, **fields: int | str) -> None:
        """Ask for something that must be accepted."""
        answer = self.ask(kind, **fields)
        assert "accepted" in answer.get("outcome", {}), answer

    def _say(self, frame: dict[str, Any]) -> None:
        self._socket.send(json.dumps(frame, ensure_ascii=False, separators=(",", ":"), sort_keys=True))

    def _hear(self, *kinds: str, of: str | None = None) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = json.loads(self._socket.recv(timeout=10))
            if frame["type"] in kinds and frame.get("id") == of:
                return frame


@contextmanager
def hand(house: House, token: str) -> Iterator[Hand]:
    """Whoever ``token`` is for, connected."""
    asked = urllib.request.Request(
        f"{house.url}/api/sales/{house.sale}/ticket", method="POST", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        ticket = json.load(answer)["ticket"]
    address = house.url.replace("http", "ws", 1)
    with connect(f"{address}/api/sales/{house.sale}/socket", proxy=None) as socket:
        yield Hand(socket, ticket)
