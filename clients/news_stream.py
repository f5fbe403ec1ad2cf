"""What a room tells, for one reader who may be slow."""

from collections import deque
from typing import Self

import trio

from clients.news import Missed, News


class NewsStream:
    """The news of a room, for one reader. Holds a limited number, then lets the oldest go."""

    def __init__(self, news_max: int) -> None:
        self._waiting: deque[News] = deque()
        self._missed = 0
        self._news_max = news_max
        self._wake = trio.Event()
        self._over = False

    def put(self, news: News) -> None:
        """For the room."""
        self._waiting.append(news)
        if len(self._waiting) > self._news_max:
            self._waiting.popleft()
            self._missed += 1
        self._wake.set()

    def end(self) -> None:
        """For the room."""
        self._over = True
        self._wake.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> News:
        while not (self._waiting or self._over):
            self._wake = trio.Event()
            await self._wake.wait()
        await trio.lowlevel.checkpoint()
        if self._missed:
            missed, self._missed = self._missed, 0
            return Missed(count=missed)
        if self._waiting:
            return self._waiting.popleft()
        raise StopAsyncIteration
