"""Where others connect to an engine: each guest says who he is, in time, or is let go."""

from collections.abc import Awaitable, Callable
from typing import Final

import trio

from engine.cluster.channel import Channel, LineLost, greeted, listeners
from engine.cluster.cipher import Cipher
from engine.cluster.standby_frames import Hello, Over

GUESTS_MAX: Final = 16
"""Connections at once, of whoever: one is spoken with, others say who they are or are let go."""


class Reception:
    """
    Greets whoever comes.

    Args:
        cipher: Closes what is said.
        patience_s: How long a guest may take to say who he is.
        meet: Talks with a guest who has; when it returns, or the line or the time is lost in it, the guest is let go.

    """

    def __init__(
        self, cipher: Cipher, patience_s: float, meet: Callable[[Channel, Hello | Over], Awaitable[None]]
    ) -> None:
        self._cipher, self._patience_s, self._meet = cipher, patience_s, meet
        self._guests = 0

    async def run(self, address: str) -> None:
        """
        Await guests at ``address``, for ever.

        Raises:
            OSError: It cannot be used.

        """
        await trio.serve_listeners(self._serve, await listeners(address))

    async def _serve(self, stream: trio.SocketStream) -> None:
        if self._guests >= GUESTS_MAX:
            await trio.aclose_forcefully(stream)
            return
        self._guests += 1
        try:
            with trio.fail_after(self._patience_s):
                channel, said = await greeted(stream, self._cipher)
            await self._meet(channel, said)
        except (LineLost, trio.TooSlowError):
            return
        finally:
            self._guests -= 1
            await trio.aclose_forcefully(stream)
