"""
Whole sales, written down: commands in, what the record and every view show out.

A transcript begins with a paragraph that says why it exists. Then come scenes: commands, one a line, that reach the house together; a
line ``----``; and what came of them. Each scene begins a second after the one before. Amounts in commands are in yuan. ``at=20.9s`` is
the stamp of a command that was longer on its way to the clerk.

``LUOCHUI_REWRITE=1 python -m tests tests/golden`` writes the answers anew. Read the difference: it is what users will see.
"""

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
import trio
import trio.testing

from engine.domain.canonical import plain
from engine.domain.opening.state import Opening
from engine.domain.proceeding import Event, State, apply
from engine.domain.refusals import Refusal, yuan
from engine.domain.units import Nanoseconds, PaddleNo
from engine.domain.views import Audience, all_concerned, changed, concerned, disclosed, mine, picture, told
from engine.journal.asking import Answer, Conflicting, Repeated
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.room.recovery import retrace
from tests.golden.opening_speech import brief
from tests.golden.speech import Speaker
from tests.journal.books import IDENTITY
from tests.room.scene import NOON, SECOND, Desk, at_work

TRANSCRIPTS = Path(__file__).parent / "transcripts"
RULE = "----"


Scene = tuple[str, ...]
"""Commands that reach the house together."""


def scenes(text: str) -> Iterator[Scene]:
    for block in text.split("\n\n"):
        asked, rule, _ = block.partition(f"\n{RULE}")
        if not rule:
            raise AssertionError(f"a scene without {RULE}: {block}")
        yield tuple(asked.splitlines())


def stamp(line: str) -> Nanoseconds | None:
    """The stamp that ``line`` asks for; None for that of the moment."""
    given = next((word for word in shlex.split(line) if word.startswith("at=")), None)
    return None if given is None else Nanoseconds(NOON + int(Decimal(given[3:].removesuffix("s")) * SECOND))


@dataclass
class Hall:
    """A sale at work, and somebody who writes down what he sees of it from every seat."""

    desk: Desk
    state: State | None = None
    views: dict[Audience, dict[str, Any]] = field(default_factory=lambda: {audience: {} for audience in Audience})
    private: dict[PaddleNo, Any] = field(default_factory=dict)
    speaker: Speaker = field(default_factory=Speaker)
    shown: int = 0

    async def play(self, scene: Scene) -> list[str]:
        await trio.sleep(1)
        if self.speaker.table is not None:
            assert self.state is None or isinstance(self.state, Opening)
            self.speaker.table.seen(self.state, Nanoseconds(NOON + round(trio.current_time() * SECOND)))
        slips = [
            (line, self.desk.hand_in(content, stamp(line))) for line in scene if (content := self.speaker.meant(line))
        ]
        await trio.testing.wait_all_tasks_blocked()
        for line in scene:
            if line.startswith("wait "):
                await trio.sleep(float(line.removeprefix("wait ").removesuffix("s")))
        lines: list[str] = []
        records = self.desk.follower.records
        for record in records[self.shown :]:
            lines += self.written(record)
        self.shown = len(records)
        for line, slip in slips:
            answer = self.desk.follower.answer(slip)
            if not isinstance(answer, Record):
                lines.append(f"{line}: {said(answer)}")
        return lines

    # What is seen.

    def written(self, record: Record) -> list[str]:
        """The record, and what it changed for everybody."""
        at = f"{(record.arrived_at - NOON) / SECOND:.10g}s"
        head = f"#{record.seq} {at} {record.by} {record.command_id}"
        if isinstance(record.outcome, Refusal):
            return [f"{head} refused {record.outcome.reason}{details(record.outcome.detail)}"]
        for event in record.outcome:
            self.state = apply(self.state, event)
        assert self.state is not None
        lines = [head]
        lines += [f"  {name}{details(values)}" for name, values in named(shown(events_of(record), self.state))]
        heard = named(shown(told(self.state, record.outcome, Audience.PUBLIC), self.state))
        lines += [f"  public hears {name}{details(values)}" for name, values in heard]
        seen = {audience: self.seen(self.state, record.outcome, audience) for audience in Audience}
        public, bidder, rostrum = (seen[audience] for audience in Audience)
        for name in sorted(public | bidder | rostrum):
            if public.get(name) == bidder.get(name) == rostrum.get(name):
                lines.append(f"  all {name}{public[name]}")
                continue
            lines += [f"  public {name}{public[name]}"] if name in public else []
            lines += [f"  bidders {name}{bidder[name]}"] if name in bidder and bidder[name] != public.get(name) else []
            lines += [f"  rostrum {name}{rostrum[name]}"] if name in rostrum else []
        paddles = concerned(self.state, record.outcome)
        if all_concerned(self.state, record.outcome):
            paddles |= self.private.keys()
        for paddle in sorted(paddles):
            part = shown(mine(self.state, paddle), self.state)
            other = difference(self.private.get(paddle), part)
            if other or not all_concerned(self.state, record.outcome):
                lines.append(f"  mine {paddle}{other}")
            self.private[paddle] = part
        if not disclosed(self.state, record.outcome):
            lines.append("  (sealed from the public)")
        return lines

    def seen(self, state: State, events: tuple[Event, ...], audience: Audience) -> dict[str, str]:
        """What is other than before in each part, for those of ``audience``."""
        view, lines = self.views[audience], {}
        for name, part in shown(changed(state, events, audience), state).items():
            other = difference(view.get(name), part)
            if other:
                lines[name] = other
            view[name] = part
        return lines


def shown(value: Any, state: State) -> Any:
    """What is seen, as plain data; what is long and looks like chance, cut."""
    return brief(plain(value)) if isinstance(state, Opening) else plain(value)


ANNOUNCED = {"SaleAnnounced", "QuotaAnnounced", "OpeningAnnounced"}


def events_of(record: Record) -> list[dict[str, Any]]:
    """The events in the very words of the record; of the announcement, only that it was."""
    events: list[dict[str, Any]] = orjson.loads(record.outcome_bytes)["events"]
    return [{"type": event["type"]} if event["type"] in ANNOUNCED else event for event in events]


def named(events: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event's type, and the rest of it."""
    for event in events:
        yield event["type"], {name: value for name, value in event.items() if name != "type"}


def said(answer: Answer | None) -> str:
    match answer:
        case Repeated(seq):
            return f"as recorded, #{seq}"
        case Conflicting(seq, digest):
            return f"this id means something else since #{seq} ({digest[:8]})"
        case None:
            return "no answer"
        case _:
            return "never seen"


INSTANTS = {
    "at",
    "at_us",
    "opens_at_us",
    "closes_at",
    "closes_at_us",
    "limited_from_us",
    "hammer_from_us",
    "suspended_at_us",
    "since",
    "arrived_us",
    "closed_us",
    "ends_at",
    "ends_at_us",
    "began_at_us",
    "cutoff_at_us",
    "lowest_at",
    "lowest_at_us",
    "opened_at_us",
    "deadline",
    "deadline_us",
    "closed_at_us",
    "started_at_us",
    "listed_at_us",
    "read_out_at_us",
    "signed_in_at_us",
}
MONEY = {"lowest", "average", "uniform"}


def worded(name: str, value: Any) -> str:
    if (name.endswith(("_fen", "amount", "price", "maximum")) or name in MONEY) and isinstance(value, int):
        return yuan(value)
    if name in INSTANTS and isinstance(value, int):
        return f"{(value * (1000 if name.endswith('_us') else 1) - NOON) / SECOND:.10g}s"
    if name == "rules" and isinstance(value, str):
        return value[:8]
    if name == "points" and isinstance(value, list):
        return "[" + " ".join(f"{worded('at_us', at)}:{yuan(price)}" for at, price in value) + "]"
    if name == "bids" and isinstance(value, list):
        return "[" + " ".join(map(bid_line, value)) + "]"
    if isinstance(value, dict) and value.keys() <= {"paddle", "alias"}:
        return whose(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def bid_line(bid: dict[str, Any]) -> str:
    basis = "" if bid["basis"] == "bid" else f" {bid['basis']}"
    return f"{whose(bid['who'])}:{yuan(bid['amount_fen'])}{basis}{' voided' if bid['voided'] else ''}"


def whose(who: dict[str, int]) -> str:
    return "".join(f"{kind}:{number}" for kind, number in who.items())


def details(values: dict[str, Any]) -> str:
    return "".join(f" {name}={worded(name, value)}" for name, value in values.items())


def difference(before: Any, after: Any) -> str:
    """The fields that are new or other than before."""
    if before == after or not isinstance(after, dict):
        return ""
    if not isinstance(before, dict):
        return details({name: value for name, value in after.items() if value not in (None, 0, [], False)})
    other = {name: value for name, value in after.items() if before.get(name) != value}
    return details({name: value for name, value in other.items() if name != "open"}) + inner(before, other)


def inner(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What is other in the bidding for a lot that is open together with others."""
    if after.get("open") is None:
        return " open=null" if "open" in after else ""
    return f" open: {difference(before.get('open'), after['open']).strip()}"


async def played(text: str) -> list[list[str]]:
    """What comes of every scene."""
    journal = MemoryJournal(IDENTITY)
    async with at_work(journal) as desk:
        hall = Hall(desk)
        answers = [await hall.play(scene) for scene in scenes(text)]
        assert hall.state is not None
        for audience in Audience:  # what was put together part by part is what a newcomer sees
            for name, part in shown(picture(hall.state, audience), hall.state).items():
                assert hall.views[audience][name] == part, name
        for number, part in hall.private.items():
            assert shown(mine(hall.state, number), hall.state) == part
    assert [record.seq for record, _ in retrace(journal)] == list(range(1, hall.shown + 1))
    return answers


@pytest.mark.parametrize("path", sorted(TRANSCRIPTS.glob("*.txt")), ids=lambda path: path.stem)
def test_the_sale_goes_as_written(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    why, _, script = text.rstrip("\n").partition("\n\n")
    clock = trio.testing.MockClock(autojump_threshold=0)
    answers = trio.run(played, script, clock=clock)
    again = ["\n".join([*scene, RULE, *answer]) for scene, answer in zip(scenes(script), answers, strict=True)]
    written = "\n\n".join([why, *again]) + "\n"
    if os.environ.get("LUOCHUI_REWRITE"):
        path.write_text(written, encoding="utf-8")
    else:
        assert written.splitlines() == text.splitlines()


def test_every_transcript_says_why_it_exists() -> None:
    for path in TRANSCRIPTS.glob("*.txt"):
        why, _, _ = path.read_text(encoding="utf-8").partition("\n\n")
        assert RULE not in why
        assert why.endswith("."), path.name
