"""A WebSocket on a trio stream, as a client holds it."""

import math
from collections.abc import Sequence
from typing import Final

import trio
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Event
from websockets.typing import Origin
from websockets.uri import parse_uri

from clients.http import CHUNK_BYTES, Address, OpenStream

FRAME_BYTES_MAX: Final = 16 * 1024 * 1024
"""The longest frame taken from the house: a picture of a very large sale."""

PARTING_S: Final = 0.5


class Line:
    """A WebSocket on a stream: ``websockets`` reads and writes the bytes, this moves them."""

    def __init__(self, protocol: ClientProtocol, stream: trio.abc.Stream) -> None:
        self._protocol, self._stream = protocol, stream
        self._wake = trio.Event()
        self._writing = False
        self._fragments: list[bytes] = []
        self._early: list[Event] = []
        """Frames that came with the handshake."""

        self.heard_at = trio.current_time()
        self.pinged_at = -math.inf
        self.began_at = 0
        """The ``seq`` this connection began with."""

    @classmethod
    async def open(cls, address: Address, sale: str, opener: OpenStream) -> "Line":
        """A connection whose handshake is done."""
        protocol = ClientProtocol(
            parse_uri(address.socket(sale)), origin=Origin(address.origin), max_size=FRAME_BYTES_MAX
        )
        stream = await opener(address)
        wire = cls(protocol, stream)
        try:
            protocol.send_request(protocol.connect())
            await wire._shake_hands()
        except BaseException:
            await trio.aclose_forcefully(stream)
            raise
        return wire

    @property
    def close_code(self) -> int | None:
        """Why the house closed the connection, if it did."""
        return self._protocol.close_code if self._protocol.close_rcvd else None

    def say(self, text: str) -> None:
        """Put a frame on its way. Never waits; the room bounds how many there can be."""
        if self._protocol.state is OPEN:
            self._protocol.send_text(text.encode())
            self._wake.set()

    def ping(self) -> None:
        """Ask whether anybody is there."""
        self.pinged_at = trio.current_time()
        if self._protocol.state is OPEN:
            self._protocol.send_ping(b"")
            self._wake.set()

    async def write(self, scope: trio.CancelScope) -> None:
        """Send what is to be sent, for ever; end ``scope`` when nothing more can be."""
        try:
            while True:
                await self._flush()
                await self._wake.wait()
                self._wake = trio.Event()
        except (trio.BrokenResourceError, trio.ClosedResourceError, OSError):
            scope.cancel()

    async def receive(self) -> list[str] | None:
        """The text frames that came next, perhaps none; None when no more can come."""
        if self._early:
            early, self._early = self._early, []
            return self._texts(early)
        try:
            data = await self._stream.receive_some(CHUNK_BYTES)
        except (trio.BrokenResourceError, trio.ClosedResourceError, OSError):
            return None
        if not data:
            self._protocol.receive_eof()
            return None
        self.heard_at = trio.current_time()
        self._protocol.receive_data(data)
        self._wake.set()  # There may be a pong to send.
        return self._texts(self._protocol.events_received())

    async def part(self) -> None:
        """Say goodbye, if there is still someone to say it to, and close."""
        with trio.move_on_after(PARTING_S, shield=True):
            try:
                if self._protocol.state is OPEN and not self._writing:
                    self._protocol.send_close(1000)
                    await self._flush()
            except (trio.BrokenResourceError, trio.ClosedResourceError, OSError):
                pass
        await trio.aclose_forcefully(self._stream)

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._writing = True
                await self._stream.send_all(data)
                self._writing = False

    async def _shake_hands(self) -> None:
        await self._flush()
        while self._protocol.state is not OPEN:
            data = await self._stream.receive_some(CHUNK_BYTES)
            if data:
                self._protocol.receive_data(data)
            else:
                self._protocol.receive_eof()
            if self._protocol.handshake_exc is not None:
                raise self._protocol.handshake_exc
        self._early = self._protocol.events_received()[1:]  # The first is the response.

    def _texts(self, events: Sequence[Event]) -> list[str]:
        texts = []
        for frame in events:
            if isinstance(frame, Frame) and frame.opcode in {Opcode.TEXT, Opcode.CONT}:
                self._fragments.append(bytes(frame.data))
                if frame.fin:
                    texts.append(b"".join(self._fragments).decode(errors="replace"))
                    self._fragments = []
        return texts
