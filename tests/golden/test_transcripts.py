"""
Whole sales, written down: commands in, what the record and every view show out.

A transcript begins with a paragraph that says why it exists. Then come scenes: commands, one a line, that reach the house together; a
line ``----``; and what came of them. Each scene begins a second after the one before. Amounts in commands are in yuan.

``LUOCHUI_REWRITE=1 python -m tests tests/golden`` writes the answers anew. Read the difference: it is what users will see.
"""

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
import trio
import trio.testing

from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CallWarning,
    CatalogueEntry,
    CloseSale,
    OpenLot,
    OpenSale,
    PassLot,
    PlaceBid,
    ResumeSale,
    StrikeHammer,
    SuspendSale,
    Title,
    WithdrawBid,
)
from engine.domain.auction.state import Auction
from engine.domain.auction.views import Audience, changed, concerned, disclosed, mine, picture, told
from engine.domain.canonical import plain
from engine.domain.parties import HOUSE, Channel, Principal
from engine.domain.proceeding import Command, Event, apply
from engine.domain.refusals import Refusal, yuan
from engine.domain.rulesheet import DepositRule, IncrementBand, PaddleDisplay, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.journal.asking import Answer, Conflicting, Inquiry, Repeated
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.room.recovery import retrace
from tests.journal.books import IDENTITY
from tests.room.scene import NOON, SECOND, Desk, at_work

TRANSCRIPTS = Path(__file__).parent / "transcripts"
RULE = "----"
PLATES = ("豫H8H888", "豫HA1234", "豫H111V6")
DEFAULT_BY = {"bid": "", "withdraw": "", "announce": HOUSE, "admit": "clerk:1"}


Scene = tuple[str, ...]
"""Commands that reach the house together."""


def scenes(text: str) -> Iterator[Scene]:
    for block in text.split("\n\n"):
        asked, rule, _ = block.partition(f"\n{RULE}")
        if not rule:
            raise AssertionError(f"a scene without {RULE}: {block}")
        yield tuple(asked.splitlines())


@dataclass
class Hall:
    """A sale at work, and somebody who writes down what he sees of it from every seat."""

    desk: Desk
    state: Auction | None = None
    views: dict[Audience, dict[str, Any]] = field(default_factory=lambda: {audience: {} for audience in Audience})
    private: dict[PaddleNo, Any] = field(default_factory=dict)
    ids: int = 0
    shown: int = 0
    block: int = 1
    """What commands are about that do not name a lot."""

    async def play(self, scene: Scene) -> list[str]:
        await trio.sleep(1)
        slips = [(line, self.desk.hand_in(content)) for line in scene if (content := self.meant(line))]
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

    # Commands.

    def meant(self, line: str) -> Command | Inquiry | None:
        """What the line asks for; None for one that only lets time pass."""
        kind, *rest = shlex.split(line)
        if kind == "wait":
            return None
        words = [word for word in rest if "=" not in word]
        options = dict(word.split("=", 1) for word in rest if "=" in word)
        if "id" not in options:
            self.ids += 1
        by = options.get("as") or DEFAULT_BY.get(kind, "auctioneer:1")
        if not by:
            by = "clerk:1" if int(words[0]) >= 50 else f"bidder:{words[0]}"
        asked: dict[str, Any] = {"command_id": options.get("id", f"c{self.ids}"), "by": Principal(by)}
        if kind == "put-up":
            self.block = int(words[0])
        lot = LotNo(int(options.get("lot", self.block)))
        if kind == "inquire":
            return Inquiry(**asked)
        return self.command(kind, words, options, asked, lot)

    def command(
        self, kind: str, words: list[str], options: dict[str, str], asked: dict[str, Any], lot: LotNo
    ) -> Command:
        match kind, words:
            case "announce", _:
                return announcement(options, asked)
            case "admit", [paddle, channel, deposits]:
                return AdmitPaddle(
                    **asked, paddle=PaddleNo(int(paddle)), channel=Channel(channel), deposits=int(deposits)
                )
            case "open-sale", []:
                return OpenSale(**asked)
            case "close-sale", []:
                return CloseSale(**asked)
            case "suspend", [reason]:
                return SuspendSale(**asked, reason=reason)
            case "resume", []:
                return ResumeSale(**asked)
            case "put-up", [number]:
                return OpenLot(**asked, lot=LotNo(int(number)))
            case "pass", []:
                return PassLot(**asked, lot=lot)
            case "bid", [paddle, amount]:
                return PlaceBid(**asked, lot=lot, paddle=PaddleNo(int(paddle)), amount=fen(amount))
            case "withdraw", [paddle]:
                return WithdrawBid(**asked, lot=lot, paddle=PaddleNo(int(paddle)))
            case "call", [nth, price]:
                return CallWarning(**asked, lot=lot, call=int(nth), price=fen(price))
            case "hammer", [price]:
                return StrikeHammer(**asked, lot=lot, price=fen(price))
            case _:
                raise AssertionError(f"nobody says: {kind} {words}")

    # What is seen.

    def written(self, record: Record) -> list[str]:
        """The record, and what it changed for everybody."""
        at = f"{(record.arrived_at - NOON) / SECOND:g}s"
        head = f"#{record.seq} {at} {record.by} {record.command_id}"
        if isinstance(record.outcome, Refusal):
            return [f"{head} refused {record.outcome.reason}{details(record.outcome.detail)}"]
        for event in record.outcome:
            self.state = apply(self.state, event)
        assert self.state is not None
        lines = [head]
        lines += [f"  {name}{details(values)}" for name, values in named(events_of(record))]
        heard = named(plain(told(self.state, record.outcome, Audience.PUBLIC)))
        lines += [f"  public hears {name}{details(values)}" for name, values in heard]
        public, rostrum = (self.seen(self.state, record.outcome, audience) for audience in Audience)
        for name in sorted(public | rostrum):
            if public.get(name) == rostrum.get(name):
                lines.append(f"  all {name}{public[name]}")
                continue
            lines += [f"  public {name}{public[name]}"] if name in public else []
            lines += [f"  rostrum {name}{rostrum[name]}"] if name in rostrum else []
        for paddle in sorted(concerned(self.state, record.outcome)):
            part = plain(mine(self.state, paddle))
            lines.append(f"  mine {paddle}{difference(self.private.get(paddle), part)}")
            self.private[paddle] = part
        if not disclosed(self.state, record.outcome):
            lines.append("  (sealed from the public)")
        return lines

    def seen(self, state: Auction, events: tuple[Event, ...], audience: Audience) -> dict[str, str]:
        """What is other than before in each part, for those of ``audience``."""
        view, lines = self.views[audience], {}
        for name, part in plain(changed(state, events, audience)).items():
            other = difference(view.get(name), part)
            if other:
                lines[name] = other
            view[name] = part
        return lines


def events_of(record: Record) -> list[dict[str, Any]]:
    """The events in the very words of the record; of the announcement, only that it was."""
    events: list[dict[str, Any]] = orjson.loads(record.outcome_bytes)["events"]
    return [{"type": "SaleAnnounced"} if event["type"] == "SaleAnnounced" else event for event in events]


def named(events: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event's type, and the rest of it."""
    for event in events:
        yield event["type"], {name: value for name, value in event.items() if name != "type"}


def announcement(options: dict[str, str], asked: dict[str, Any]) -> AnnounceSale:
    opens = options.get("opens")
    rules = RuleSheet(
        increments=(
            IncrementBand(from_price=Fen(0), step=Fen(500_00)),
            IncrementBand(from_price=Fen(20_000_00), step=Fen(1_000_00)),
        ),
        calls=int(options.get("calls", 3)),
        paddles=PaddleDisplay(options.get("paddles", "shown")),
        deposit=DepositRule(options.get("deposit", "one_lot")),
        opens_at=None if opens is None else Nanoseconds(NOON + int(opens.removesuffix("s")) * SECOND),
    )
    return AnnounceSale(
        **asked,
        sale="trial",
        title=Title(zh="试拍", en="Trial"),
        rules=rules,
        catalogue=tuple(
            CatalogueEntry(lot=LotNo(number), plate=plate, opening_price=Fen(5_000_00 * number))
            for number, plate in enumerate(PLATES[: int(options.get("lots", 2))], 1)
        ),
    )


def fen(text: str) -> Fen:
    return Fen(int(text) * 100)


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


def worded(name: str, value: Any) -> str:
    if name.endswith(("_fen", "amount", "price")) and isinstance(value, int):
        return yuan(value)
    if name in {"at", "at_us", "opens_at_us"} and isinstance(value, int):
        return f"{(value * (1000 if name.endswith('_us') else 1) - NOON) / SECOND:g}s"
    if name == "rules" and isinstance(value, str):
        return value[:8]
    if name == "bids" and isinstance(value, list):
        return "[" + " ".join(f"{whose(bid['who'])}:{yuan(bid['amount_fen'])}" for bid in value) + "]"
    if isinstance(value, dict) and value.keys() <= {"paddle", "alias"}:
        return whose(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()


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
    return details({name: value for name, value in after.items() if before.get(name) != value})


async def played(text: str) -> list[list[str]]:
    """What comes of every scene."""
    journal = MemoryJournal(IDENTITY)
    async with at_work(journal) as desk:
        hall = Hall(desk)
        answers = [await hall.play(scene) for scene in scenes(text)]
        assert hall.state is not None
        for audience in Audience:  # what was put together part by part is what a newcomer sees
            for name, part in plain(picture(hall.state, audience)).items():
                assert hall.views[audience][name] == part, name
        for number, part in hall.private.items():
            assert plain(mine(hall.state, number)) == part
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
