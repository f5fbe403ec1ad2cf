"""
Those who behave: bidders who bid by plan, watchers who look, and newcomers. What they feel is what a siege costs others.

Open loop: each bid has its instant, and is charged from then on. A bid is felt when it is answered, and when each watcher is shown it.
"""

from collections import Counter
from typing import Any, Final

import orjson
import trio

from bench.house import LOT, SALE, House, amount_fen
from bench.latencies import Latencies
from clients.http import Address
from engine.domain.parties import bidder
from engine.domain.units import PaddleNo
from tests.blackbox.line import Line, ticket

HOME: Final = "127.0.0.1"
BIDDERS: Final = 8
WATCHERS: Final = 10
BIDS_PER_S: Final = 25
DRAIN_S: Final = 5.0
NEWCOMER_S: Final = 5.0
"""A newcomer who has seen nothing by then was not served."""


class Probe:
    """The healthy clients of one house."""

    def __init__(self, house: House) -> None:
        self._house, self._at = house, Address.of(house.url)
        self._bidders: list[Line] = []
        self._bids = 0
        self._due: dict[int, float] = {}
        self._answered: set[int] = set()
        self._felt: list[float] = []
        self.lost: Counter[str] = Counter()
        """What went wrong for somebody who did nothing wrong."""

        self.newcomers: list[float] = []
        """How long each took to see the sale."""

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Come in, and then listen until cancelled."""
        async with trio.open_nursery() as nursery:
            for paddle in range(1, BIDDERS + 1):
                given = await ticket(self._at, SALE, self._house.token(bidder(PaddleNo(paddle))), HOME)
                self._bidders.append(await self._enter(given))
                nursery.start_soon(self._bidder, self._bidders[-1])
            for _ in range(WATCHERS):
                nursery.start_soon(self._watcher, await self._enter())
            task_status.started()

    async def measure(self, seconds: float) -> list[float]:
        """Bid for so long. What each bid felt like to its bidder and to each watcher, in seconds."""
        self._felt = []
        begin = trio.current_time() + 0.1
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._newcomers)
            for turn in range(round(seconds * BIDS_PER_S)):
                number, due = self._bids, begin + turn / BIDS_PER_S
                self._bids += 1
                self._due[number] = due
                await trio.sleep_until(due)
                frame = {"type": "bid", "id": f"p{number}", "lot": LOT, "amount_fen": amount_fen(number)}
                try:
                    await self._bidders[number % BIDDERS].say(frame)
                except trio.BrokenResourceError:
                    self.lost["a bid could not be sent"] += 1
            with trio.move_on_after(DRAIN_S):
                while len(self._answered) < self._bids:  # noqa: ASYNC110 - of many, none may be left
                    await trio.sleep(0.02)
            nursery.cancel_scope.cancel()
        self.lost["a bid was not answered"] += self._bids - len(self._answered)
        return self._felt

    async def _enter(self, given: str | None = None) -> Line:
        line = await Line.open(self._at, SALE, HOME)
        try:
            await line.say({"type": "hello", "protocol": 1, **({} if given is None else {"ticket": given})})
        except BaseException:
            await line.hang_up()  # Nobody else knows of the line yet.
            raise
        return line

    async def _bidder(self, line: Line) -> None:
        async with line:
            while (text := await line.hear()) is not None:
                frame = orjson.loads(text)
                if frame["type"] in {"answer", "refused", "unknown"} and str(frame["id"]).startswith("p"):
                    number = int(frame["id"][1:])
                    self._answered.add(number)
                    self._felt.append(trio.current_time() - self._due[number])
                    if frame["type"] != "answer":
                        self.lost[frame["code"]] += 1
        self.lost["a bidder was let go"] += 1

    async def _watcher(self, line: Line) -> None:
        shown = self._bids - 1
        async with line:
            while (text := await line.hear()) is not None:
                number = _shown(orjson.loads(text))
                now = trio.current_time()
                while shown < number:
                    shown += 1
                    self._felt.append(now - self._due[shown])
        self.lost["a watcher was let go"] += 1

    async def _newcomers(self) -> None:
        while True:
            await trio.sleep(1)
            began = trio.current_time()
            try:
                with trio.fail_after(NEWCOMER_S):
                    async with await self._enter() as line:
                        while (text := await line.hear()) is not None and orjson.loads(text)["type"] != "picture":
                            pass
            except (OSError, trio.BrokenResourceError, trio.TooSlowError):
                text = None
            if text is None:
                self.lost["a newcomer was not served"] += 1
            else:
                self.newcomers.append(trio.current_time() - began)


def _shown(frame: dict[str, Any]) -> int:
    """The number of the bid that leads in what a watcher was sent; -1 if none does."""
    block = frame.get("parts", {}).get("block")
    price = block["price_fen"] if block else None
    return -1 if price is None else (price - amount_fen(0)) // (amount_fen(1) - amount_fen(0))


def p99_ms(felt: list[float]) -> float:
    """What one in a hundred felt like, in milliseconds."""
    return Latencies.of(felt).p99
