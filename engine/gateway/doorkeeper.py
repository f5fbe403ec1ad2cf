"""
Who came in by which token: a socket does not outlive it.

Each frame is asked about as it comes (:meth:`Doorkeeper.lets_in`); sockets that say nothing are gone through twice a second. What was
taken up before stands: a bid that was acknowledged binds, whoever's token is taken back afterwards.
"""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final

import trio

from engine.gateway.revocation import Revocation
from engine.gateway.tokens import Credential, Tokens

ROUND_S: Final = 0.5
"""How often what is new on the list of revocations is read, and who is inside looked at."""


class Doorkeeper:
    """
    Lets go of sockets whose token has expired or was taken back.

    Args:
        tokens: Says which tokens are good.
        now: Seconds since 1970.
        on_shut_out: Told of each socket that is let go.

    """

    def __init__(
        self, tokens: Tokens, now: Callable[[], float], on_shut_out: Callable[[], None] = lambda: None
    ) -> None:
        self._tokens, self._now, self._on_shut_out = tokens, now, on_shut_out
        self._inside: dict[Hashable, tuple[Credential, Callable[[], None]]] = {}

    def __len__(self) -> int:
        """How many are inside by a token."""
        return len(self._inside)

    def lets_in(self, credential: Credential) -> bool:
        """Whether its bearer may come in, or stay."""
        return self._tokens.good(credential, self._now())

    def came_in(self, who: Hashable, credential: Credential, shut_out: Callable[[], None]) -> None:
        """``who`` came in by ``credential``; ``shut_out`` is called when that is no longer good."""
        self._inside[who] = (credential, shut_out)

    def left(self, who: Hashable) -> None:
        """``who`` is gone, if he ever was inside."""
        self._inside.pop(who, None)

    def go_round(self) -> int:
        """Let go of whose token is no longer good. Returns how many those were."""
        now = self._now()
        late = [who for who, (credential, _) in self._inside.items() if not self._tokens.good(credential, now)]
        for who in late:
            _, shut_out = self._inside.pop(who)
            self._on_shut_out()
            shut_out()
        return len(late)

    async def run(
        self, news: Callable[[], Awaitable[Sequence[Revocation]]], on_revoked: Callable[[int, int], None]
    ) -> None:
        """
        Go round until cancelled.

        Args:
            news: What was taken back since the last time. May raise OSError: then nothing new is known.
            on_revoked: Told how many revocations were new, and how many sockets were let go in that round.

        """
        unread = False
        while True:
            await trio.sleep(ROUND_S)
            try:
                new, failed = await news(), False
            except OSError:
                new, failed = (), True  # Told once, not twice a second.
            for one in new:
                self._tokens.take_back(one)
            closed = self.go_round()
            if new or (failed and not unread):
                on_revoked(len(new), closed)
            unread = failed
