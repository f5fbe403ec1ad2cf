"""
P14: a hundred thousand malformed frames on real sockets.

Behind each goes a question for the time, so that a connection that goes on is seen to. Every frame gets a code on the list, or the
connection ends with a close code on the list. Some of those who send are of the public, some are bidders who were not admitted.
"""

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson
import trio

from clients.http import HttpFault
from engine.domain.refusals import Reason
from engine.wire.messages import BadFrame, Seen, Time, read_frame
from engine.wire.refusals import Fault
from tests.blackbox.held import held
from tests.blackbox.line import Line, ticket
from tests.blackbox.malformed import frames
from tests.blackbox.siege import Plan

PROTOCOL: Final = Path(__file__).resolve().parents[2] / "engine" / "wire" / "PROTOCOL.md"
CODES: Final = {*map(str, Fault), *map(str, Reason)}
PUBLIC: Final = 12
BIDDERS: Final = 4
SOURCE: Final = "127.0.7.1"
PER_S: Final = 400
ANSWER_S: Final = 5.0
FACTOR: Final = 1.5
UNLIMITED: Final = {
    "LUOCHUI_LIMITS_COMMANDS_PER_S": "100000",
    "LUOCHUI_LIMITS_COMMANDS_BURST": "100000",
    "LUOCHUI_LIMITS_TICKETS_PER_S": "10000",
    "LUOCHUI_LIMITS_TICKETS_BURST": "10000",
    "LUOCHUI_SOCKET_FRAMES_PER_S_MAX": "100000",
}
"""What is tried here is how frames are read, not how many."""


def close_codes() -> set[int]:
    """Those on the list in ``PROTOCOL.md``."""
    text = PROTOCOL.read_text(encoding="utf-8").partition("## Close codes")[2].partition("##")[0]
    return {int(code) for code in re.findall(r"`(\d{4})`", text)}


async def besiege(plan: Plan, counts: Counter[str], ready: Callable[[], None]) -> None:
    """Send so many, each sender in its turn."""
    listed = close_codes()
    turns = iter(range(plan.size))
    begin = trio.current_time()
    async with trio.open_nursery() as nursery:
        for number in range(PUBLIC + BIDDERS):
            token = plan.tokens[number] if number < BIDDERS else None
            sender = Sender(plan, counts, listed, token, random.Random(f"{plan.seed}/{number}"))
            nursery.start_soon(sender.run, turns, begin)
        ready()


class Sender:
    """One who sends, and comes back when he was let go."""

    def __init__(
        self, plan: Plan, counts: Counter[str], listed: set[int], token: str | None, dice: random.Random
    ) -> None:
        self._plan, self._counts, self._listed, self._token, self._dice = plan, counts, listed, token, dice
        self._line: Line | None = None

    async def run(self, turns: Any, begin: float) -> None:
        """Send what falls to us."""
        try:
            await self._run(turns, begin)
        finally:
            with trio.CancelScope(shield=True):
                await self._leave()

    async def _run(self, turns: Any, begin: float) -> None:
        malformed = frames(self._dice, breaks=self._token is None)
        for turn in turns:
            await trio.sleep_until(begin + turn / PER_S)
            text, data = next(malformed)
            while self._line is None:
                await self._come_in()
            self._counts["frames"] += 1
            with trio.move_on_after(ANSWER_S) as patience:
                await self._try(self._line, turn, text, data)
            if patience.cancelled_caught:
                self._fail("unanswered", text, data)
                await self._leave()

    async def _come_in(self) -> None:
        plan = self._plan
        try:
            more = {} if self._token is None else {"ticket": await ticket(plan.at, plan.sale, self._token, SOURCE)}
            line = await Line.open(plan.at, plan.sale, SOURCE)
            await line.say({"type": "hello", "protocol": 1, **more})
            while (text := await line.hear()) is not None:
                if orjson.loads(text)["type"] == "picture":
                    self._line = line
                    return
            await line.hang_up()
        except (HttpFault, OSError, trio.BrokenResourceError):
            pass
        self._counts["not_let_in"] += 1
        await trio.sleep(0.2)

    async def _leave(self) -> None:
        if self._line is not None:
            await self._line.hang_up()
            self._line = None

    async def _try(self, line: Line, turn: int, text: bytes | None, data: bytes) -> None:
        """Send one, and look at what comes back until its answer and the time have come, or the end."""
        mark = -turn - 1
        answered, told_time = not needs_answer(text), False
        try:
            await line.send(data)
            if text is None:
                answered = False
            await line.say({"type": "time", "t0": mark})
        except trio.BrokenResourceError:
            pass  # the end, with its code, waits to be heard
        while not (answered and told_time):
            said = await line.hear()
            if said is None:
                self._ended(line, text, data)
                await self._leave()
                return
            frame = orjson.loads(said)
            if frame["type"] == "time" and frame["t0"] == mark:
                told_time = True
            elif (code := code_of(frame)) is not None:
                answered = True
                self._counts["answered"] += 1
                if code not in CODES:
                    self._fail(f"told_{code}", text, data)
        self._counts["silent_by_right"] += not needs_answer(text)

    def _ended(self, line: Line, text: bytes | None, data: bytes) -> None:
        if line.close_code in self._listed:
            self._counts[f"closed_{line.close_code}"] += 1
        else:
            self._fail(f"ended_with_{line.close_code}", text, data)

    def _fail(self, how: str, text: bytes | None, data: bytes) -> None:
        self._counts["wrong"] += 1
        self._counts[f"wrong: {how}: {(text if text is not None else data)[:60]!r}"] += 1


def needs_answer(text: bytes | None) -> bool:
    """Whether the house must say something: not to a frame that is right and asks nothing, nor to a second question for the time."""
    if text is None:
        return True
    try:
        return not isinstance(read_frame(text), Seen | Time)
    except BadFrame:
        return True


def code_of(frame: dict[str, Any]) -> str | None:
    """The code in something the house said to us alone; None for what it says to all."""
    if frame["type"] == "answer":
        refused = frame["outcome"].get("refused")
        return str(refused["code"]) if refused else "accepted"
    if frame["type"] in {"refused", "unknown", "duplicate", "notice"}:
        return str(frame["code"])
    return None


def all_answered(counts: dict[str, int]) -> bool:
    """Whether every frame was."""
    return counts["frames"] > 0 and not counts.get("wrong", 0)


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check."""
    felt = await held("frames", size, settings=UNLIMITED, say=say, strangers=BIDDERS)
    return felt.sound and felt.within(FACTOR) and all_answered(felt.counts), felt.figures()
