"""
The core on trio: one TCP connection at a time, and always another one after it.

:func:`connect` is the way in. Everything below it awaits; everything it decides is decided in ``core.py``.
"""

# ruff: noqa: A002 - "id" is the frame's own word

import math
import random
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import trio
from websockets.exceptions import InvalidHandshake, InvalidStatus

from clients.backoff import wait_s
from clients.core import ClientCore
from clients.http import Address, HttpFault, OpenStream, exchange, open_stream
from clients.line import Line
from clients.news import (
    Answered,
    Away,
    MineChanged,
    NeedReconnect,
    NeverSeen,
    News,
    NotKnownYet,
    Outcome,
    PictureTaken,
    Plain,
    RecordFolded,
    TryAgain,
    Welcomed,
)
from clients.news_stream import NewsStream
from clients.unanswered import Unanswered

UNANSWERED_MAX: Final = 256
"""So many commands may wait for an answer."""

NEWS_MAX: Final = 1024
"""So many news wait for a reader; then the oldest are let go and counted."""

SILENCE_S: Final = 2.0
"""So long a command may go unanswered before the house is asked what became of it."""

RESEND_S: Final = 30.0
"""A command older than this is asked after instead of sent again, lest it bid at a price long gone."""

OPENING_S: Final = 10.0
PING_S: Final = 10.0
LOST_S: Final = 25.0
TICK_S: Final = 0.5

NOT_LET_IN: Final = 4401
TURNED_AWAY_MAX: Final = 3
SLOW_DOWN: Final = frozenset({1007, 1009, 4409, 4410})
SLOW_DOWN_S: Final = 5.0
HOPELESS: Final = frozenset({400, 401, 403, 404})


class NotLetIn(Exception):
    """The house will not let this client in, and trying again changes nothing: a wrong token, or no such sale."""


class TooManyUnanswered(Exception):
    """More commands wait for an answer than a client should have under way."""


@dataclass(slots=True)
class _Waiter:
    """Someone waits for an outcome."""

    text: str
    asked_at: float
    due: float
    again: bool = False
    outcome: Outcome | None = None
    done: trio.Event = field(default_factory=trio.Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomStatistics:
    """What a room is doing."""

    live: bool
    welcomes: int
    """How often the house let us in."""

    version: int
    unanswered: int


class Room:
    """
    One viewer's place in a sale. Made by :func:`connect`.

    Every act waits for its outcome, however often the connection is lost meanwhile. Whoever stops waiting does not
    take the act back: a bid binds. Its outcome then comes as news.
    """

    def __init__(self, core: ClientCore, rng: random.Random) -> None:
        self.core = core
        self.version = 0
        """Counts whatever may change a decision: new parts, a connection made or lost."""

        self.live = False
        """Whether the house hears us now."""

        self.welcomes = 0
        self._turned_away = 0
        self._rng = rng
        self._changed = trio.Event()
        self._line: Line | None = None
        self._waiters: dict[str, _Waiter] = {}
        self._streams: weakref.WeakSet[NewsStream] = weakref.WeakSet()
        for left in core.unanswered:  # by an earlier program
            self._waiters[left.id] = _Waiter(left.text, -math.inf, -math.inf)

    # Looking.

    @property
    def parts(self) -> Plain:
        """Everything this viewer may see, by part name: ``room.parts["block"]``."""
        return MappingProxyType(self.core.parts)

    @property
    def seq(self) -> int:
        """How far the record has been read."""
        return self.core.seq

    @property
    def epoch(self) -> int | None:
        """Which history ``seq`` counts in; None before the first picture."""
        return self.core.epoch

    @property
    def welcome(self) -> Welcomed | None:
        """Sale, role, paddle and key, as the house last said them."""
        return self.core.welcome

    def news(self, news_max: int = NEWS_MAX) -> NewsStream:
        """Everything from now on, for one reader."""
        stream = NewsStream(news_max)
        self._streams.add(stream)
        return stream

    async def changed(self, since: int) -> int:
        """Wait until :attr:`version` is beyond ``since``; return it."""
        while self.version <= since:
            await self._changed.wait()
        return self.version

    async def until(self, holds: Callable[[Plain], bool]) -> Plain:
        """Wait until ``holds(parts)``; return the parts."""
        while not holds(self.parts):
            await self.changed(self.version)
        return self.parts

    def statistics(self) -> RoomStatistics:
        """What this room is doing."""
        return RoomStatistics(
            live=self.live, welcomes=self.welcomes, version=self.version, unanswered=len(self.core.unanswered)
        )

    # Acting.

    async def bid(self, lot: int, amount_fen: int, *, id: str | None = None) -> Outcome:
        """Offer ``amount_fen`` for ``lot`` (应价): the whole price, in fen."""
        return await self.ask("bid", id=id, lot=lot, amount_fen=amount_fen)

    async def withdraw_bid(self, lot: int, *, id: str | None = None) -> Outcome:
        """Would take a bid back; the outcome says why that cannot be."""
        return await self.ask("withdraw_bid", id=id, lot=lot)

    async def hall_bid(self, lot: int, paddle: int, amount_fen: int, *, id: str | None = None) -> Outcome:
        """Enter the bid of ``paddle`` in the hall; for the clerk."""
        return await self.ask("hall_bid", id=id, lot=lot, paddle=paddle, amount_fen=amount_fen)

    async def admit(self, paddle: int, channel: str, deposits: int, *, id: str | None = None) -> Outcome:
        """Hand out a paddle, ``online`` or ``hall``; for the clerk."""
        return await self.ask("admit", id=id, paddle=paddle, channel=channel, deposits=deposits)

    async def open_sale(self, *, id: str | None = None) -> Outcome:
        """Open the sale; for the auctioneer, like all that follow."""
        return await self.ask("open_sale", id=id)

    async def close_sale(self, *, id: str | None = None) -> Outcome:
        """Close the sale."""
        return await self.ask("close_sale", id=id)

    async def suspend(self, reason: str, *, id: str | None = None) -> Outcome:
        """Suspend the sale; ``reason`` is published."""
        return await self.ask("suspend", id=id, reason=reason)

    async def resume(self, *, id: str | None = None) -> Outcome:
        """Resume the sale."""
        return await self.ask("resume", id=id)

    async def open_lot(self, lot: int, *, id: str | None = None) -> Outcome:
        """Put ``lot`` on the block."""
        return await self.ask("open_lot", id=id, lot=lot)

    async def pass_lot(self, lot: int, *, id: str | None = None) -> Outcome:
        """Pass ``lot``, on which nobody bid (流拍)."""
        return await self.ask("pass", id=id, lot=lot)

    async def call(self, lot: int, call: int, price_fen: int, *, id: str | None = None) -> Outcome:
        """Call ``price_fen``, the price you saw, for the ``call``-th time."""
        return await self.ask("call", id=id, lot=lot, call=call, price_fen=price_fen)

    async def hammer(self, lot: int, price_fen: int, *, id: str | None = None) -> Outcome:
        """Knock ``lot`` down at ``price_fen``, the price you saw (落槌)."""
        return await self.ask("hammer", id=id, lot=lot, price_fen=price_fen)

    async def ask(self, kind: str, *, id: str | None = None, **fields: int | str) -> Outcome:
        """
        Any command, by the ``type`` of its frame.

        Returns:
            The outcome, accepted or refused. ``(await room.bid(…)).or_raise()`` raises a refusal.

        Raises:
            TooManyUnanswered: 256 commands wait already.
            ValueError: See :meth:`clients.core.ClientCore.ask`.

        """
        if len(self._waiters) >= UNANSWERED_MAX and id not in self._waiters:
            raise TooManyUnanswered
        command = self.core.ask(kind, id=id, **fields)
        waiter = self._waiters.get(command.id)
        if waiter is None:
            now = trio.current_time()
            waiter = self._waiters[command.id] = _Waiter(command.text, now, now + SILENCE_S)
            self._say(command.text)
        await waiter.done.wait()
        assert waiter.outcome is not None  # set before ``done``
        return waiter.outcome

    # Talking with the house; below is for the shell.

    async def _work(self, address: Address, sale: str, token: str | None, opener: OpenStream) -> None:
        """Connect, and again, for ever."""
        tries = 0
        while True:
            welcomes, least_s, why = self.welcomes, 0.0, "the connection was lost"
            try:
                with trio.fail_after(OPENING_S):
                    ticket = await self._ticket(address, sale, token, opener)
                    line = await Line.open(address, sale, opener)
                try:
                    least_s = await self._converse(line, ticket)
                finally:
                    await line.part()
            except (HttpFault, InvalidStatus) as error:
                status = error.status if isinstance(error, HttpFault) else error.response.status_code
                if self._hopeless(status):
                    raise NotLetIn(f"there is no sale {sale!r} here" if status == 404 else str(error)) from error
                why = str(error)
            except (OSError, EOFError, InvalidHandshake, trio.BrokenResourceError, trio.TooSlowError) as error:
                why = str(error) or type(error).__name__
            self._set_live(None)
            tries = tries + 1 if self.welcomes == welcomes else 0
            retry_in_s = max(least_s, wait_s(tries, self._rng))
            self._tell(Away(why=why, retry_in_s=retry_in_s))
            await trio.sleep(retry_in_s)

    async def _ticket(self, address: Address, sale: str, token: str | None, opener: OpenStream) -> str | None:
        if token is None:
            return None
        headers = [("Authorization", f"Bearer {token}")]
        plain = await exchange(address, "POST", f"/api/sales/{sale}/ticket", headers=headers, opener=opener)
        return str(plain["ticket"])

    def _hopeless(self, status: int) -> bool:
        """A house that knew the sale before may only be starting up."""
        return status in HOPELESS and not (status == 404 and self.welcomes)

    async def _converse(self, line: Line, ticket: str | None) -> float:
        """One connection, from ``hello`` to its end. Returns the least number of seconds to stay away."""
        line.say(self.core.hello(ticket))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(line.write, nursery.cancel_scope)
            nursery.start_soon(self._watch, line, nursery.cancel_scope)
            gap = await self._listen(line)
            nursery.cancel_scope.cancel()
            if gap and self.core.seq == line.began_at:
                self.core.forget()  # A second gap at the same place: ask for everything.
        if line.close_code == NOT_LET_IN:
            # A wrong token is refused where tickets are given; here it may be that the house began anew in between.
            self._turned_away += 1
            if self._turned_away == TURNED_AWAY_MAX:
                raise NotLetIn("the house did not let us in: the token is wrong, spent or not for this sale")
        return SLOW_DOWN_S if line.close_code in SLOW_DOWN else 0.0

    async def _listen(self, line: Line) -> bool:
        """Take in what comes, until nothing more can. True if it ended in a gap."""
        line.began_at = self.core.seq
        while (texts := await line.receive()) is not None:
            for news in (news for text in texts for news in self.core.receive(text)):
                self._hear(news, line)
                self._tell(news)
                if isinstance(news, NeedReconnect):
                    return True
        return False

    def _hear(self, news: News, line: Line) -> None:
        match news:
            case Welcomed():
                self.welcomes += 1
                self._turned_away = 0
                self._set_live(line)
                self._catch_up()
            case PictureTaken() | RecordFolded() | MineChanged():
                self._bump()
            case Answered(outcome=outcome):
                self._settle(outcome)
            case TryAgain(id=command_id, after_ms=after_ms) if command_id in self._waiters:
                waiter = self._waiters[command_id]
                waiter.again, waiter.due = True, trio.current_time() + after_ms / 1000
            case NotKnownYet(id=command_id) if command_id in self._waiters:
                self._waiters[command_id].due = trio.current_time() + SILENCE_S
            case NeverSeen(id=command_id, refusal=refusal) if command_id in self._waiters:
                waiter = self._waiters[command_id]
                if not self._send_again(waiter):
                    self.core.give_up(command_id)
                    outcome = Outcome(id=command_id, refusal=refusal)
                    self._settle(outcome)
                    self._tell(Answered(outcome=outcome))
            case _:
                pass

    def _catch_up(self) -> None:
        """After a welcome: what has no answer goes out again, in order; what is too old is asked after."""
        for command in self.core.unanswered:
            now = trio.current_time()
            waiter = self._waiters.setdefault(command.id, _Waiter(command.text, now, now))
            if not self._send_again(waiter):
                self._say(self.core.ask_outcome(command.id))
                waiter.due = trio.current_time() + SILENCE_S

    def _send_again(self, waiter: _Waiter) -> bool:
        now = trio.current_time()
        if now - waiter.asked_at > RESEND_S:
            return False
        self._say(waiter.text)
        waiter.again, waiter.due = False, now + SILENCE_S
        return True

    async def _watch(self, line: Line, scope: trio.CancelScope) -> None:
        """Ask after what is not answered; end a connection that has gone silent."""
        while True:
            await trio.sleep(TICK_S)
            now = trio.current_time()
            if now - line.heard_at > LOST_S:
                scope.cancel()
            elif now - max(line.heard_at, line.pinged_at) > PING_S:
                line.ping()
            if not self.live:
                continue
            for command_id, waiter in self._waiters.items():
                if waiter.due > now or (waiter.again and self._send_again(waiter)):
                    continue
                self._say(self.core.ask_outcome(command_id))
                waiter.due = now + SILENCE_S

    def _say(self, text: str) -> None:
        """Into the connection, if there is one; what matters is kept and goes out with the next."""
        if self.live and self._line is not None:
            self._line.say(text)

    def _settle(self, outcome: Outcome) -> None:
        waiter = self._waiters.pop(outcome.id, None)
        if waiter is not None:
            waiter.outcome = outcome
            waiter.done.set()

    def _set_live(self, line: Line | None) -> None:
        self._line = line
        self.live = line is not None
        self._bump()

    def _bump(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = trio.Event()

    def _tell(self, news: News) -> None:
        for stream in self._streams:
            stream.put(news)

    def _end(self) -> None:
        for stream in self._streams:
            stream.end()


@asynccontextmanager
async def connect(  # noqa: PLR0913 - keyword-only, with defaults
    url: str,
    sale: str,
    *,
    token: str | None = None,
    unanswered: Unanswered | None = None,
    wait: bool = True,
    rng: random.Random | None = None,
    opener: OpenStream = open_stream,
) -> AsyncIterator[Room]:
    """
    Enter a sale; leave it with the block.

    Keeps trying for as long as the block lasts, whether the house is down at first or later: put ``trio.fail_after``
    around it to lose patience.

    Args:
        url: The house, ``http://localhost:8000``.
        sale: The sale's id.
        token: Who you are; None to watch with the public.
        unanswered: Where commands are kept until they are answered. In memory if None; ``InFile(path)`` survives a
            crash.
        wait: Whether to enter the block only when there is a picture to look at.
        rng: Dice for the jitter of reconnecting.
        opener: Opens connections; for tests and proxies.

    Raises:
        NotLetIn: The token is wrong or there is no such sale.

    """
    address = Address.of(url)
    room = Room(ClientCore(unanswered), random.Random() if rng is None else rng)
    fault: NotLetIn | None = None
    raised: Exception | None = None

    async def work() -> None:
        nonlocal fault
        try:
            await room._work(address, sale, token, opener)
        except NotLetIn as error:
            fault = error
            nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
        try:
            if wait:
                await room.until(lambda parts: "sale" in parts)
            yield room
        except Exception as error:
            raised = error  # Handed on as it is, not wrapped in a group.
        finally:
            room._end()
            nursery.cancel_scope.cancel()
    if raised is not None:
        raise raised
    if fault is not None:
        raise fault
