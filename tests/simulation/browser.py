"""A person's browser as the protocol wants it: ids of its own, asked again until answered; a picture kept up to date, or taken anew."""

import random
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import orjson
import trio

from engine.domain.auction.views import Audience
from engine.domain.parties import Principal
from engine.gateway.viewer import audience_of
from engine.wire.messages import own_paddle
from tests.simulation.acts import canonical
from tests.simulation.ledger import Ledger
from tests.simulation.network import PONG, Line
from tests.simulation.schedule import Schedule, on_grid

TICK_S: Final = 0.7
PATIENCE_S: Final = 1.1
SILENT_S: Final = 5.5
"""A line on which nothing comes for so long is given up; the house pings every two seconds."""

Position = tuple[int, int, str]
"""Epoch, seq, head."""

FORGED: Final = {"sale": "of another history"}
"""What a browser is shown that stems from one."""


@dataclass
class Ask:
    """Something asked for and not answered yet."""

    command_id: str
    frame: bytes
    asked_at: float
    tries: int = 0
    never_seen: bool = False


class House(Protocol):
    """What a browser can reach of the house."""

    def dial(self, browser: "Browser") -> Line | None:
        """A line, if anybody is there."""
        ...

    def ticket(self, principal: Principal) -> str | None:
        """A ticket, if anybody is there."""
        ...


@dataclass
class Browser:
    """See the module."""

    number: int
    principal: Principal | None
    house: House
    schedule: Schedule
    ledger: Ledger
    chance: random.Random
    forged: float = 0.0
    patient: bool = True
    """Asks again in its own time; when all has healed, at once."""

    line: Line | None = None
    welcome: bool = False
    position: Position | None = None
    parts: dict[str, Any] = field(default_factory=dict)
    mine: Any = None
    mine_seq: int = -1
    asks: dict[str, Ask] = field(default_factory=dict)
    heard_at: float = 0.0
    claimed: Position | None = None
    """The place named in the last hello, until the house has shown whether it goes on from there."""

    noticed: bool = False
    seen_seq: int = 0

    def __post_init__(self) -> None:
        self.name = f"{self.principal or 'public'}#{self.number}"
        self.audience: Audience = audience_of(self.principal)
        self.paddle = None if self.principal is None else own_paddle(self.principal)
        self.schedule.after(0.05 + self.chance.random() * 0.1, self.dial, self.number)
        self.schedule.after(TICK_S, self.tick, self.number)

    # Asking.

    def ask(self, command_id: str, frame: bytes) -> None:
        """Ask for something, now and until there is an answer."""
        self.note(command_id, frame)
        self.send(frame, command_id)

    def note(self, command_id: str, frame: bytes) -> Ask:
        """Remember that it is asked for."""
        ask = self.asks[command_id] = Ask(command_id, frame, trio.current_time())
        assert self.principal is not None
        self.ledger.asks(self.principal, command_id, frame)
        return ask

    def send(self, frame: bytes, command_id: str | None = None) -> None:
        """Send a frame, if there is a line."""
        if self.line is not None and self.welcome:
            self.line.up(frame, command_id)

    def tick(self) -> None:
        """Look after what is not answered, and after the line."""
        self.schedule.after(TICK_S, self.tick, self.number)
        if self.line is None:
            return
        now = trio.current_time()
        if now - self.heard_at > SILENT_S and self.line.reading:
            self.hang_up()
            return
        if not self.welcome:
            return
        for ask in list(self.asks.values())[:4]:
            if now - ask.asked_at > PATIENCE_S:
                ask.asked_at, ask.tries = now, ask.tries + 1
                if ask.never_seen or (ask.tries % 2 == 0) == (self.chance.random() < 0.7):
                    self.send(ask.frame, ask.command_id)
                else:
                    self.inquire(ask.command_id)
        if self.paddle is not None and self.position is not None and self.position[1] > self.seen_seq:
            self.seen_seq = self.position[1]
            self.send(canonical({"type": "seen", "seq": self.seen_seq}))

    def inquire(self, command_id: str) -> None:
        """Ask what became of it."""
        if self.line is not None:
            self.line.inquiries.setdefault(command_id, []).append(trio.current_time())
        self.send(canonical({"type": "outcome", "id": command_id}), command_id)

    # The line.

    def dial(self) -> None:
        """Try to reach the house."""
        if self.line is not None:
            return
        line = self.house.dial(self)
        if line is None:
            later = trio.current_time() + 0.2 + self.chance.random() * 0.6
            self.schedule.at(on_grid(later, 0.05), self.dial, self.number)
            return
        self.line, self.welcome, self.noticed, self.heard_at = line, False, False, trio.current_time()
        hello: dict[str, Any] = {"type": "hello", "protocol": 1}
        if self.principal is not None:
            hello["ticket"] = self.house.ticket(self.principal)
        if self.position is not None and self.chance.random() < self.forged:
            self._forge()
        self.claimed = self.position
        if self.position is not None:
            epoch, seq, head = self.position
            hello["after"] = {"epoch": epoch, "head": head, "seq": seq}
        line.raw_text(canonical(hello))

    def _forge(self) -> None:
        """Stem from another history: what is shown was never true in this one."""
        assert self.position is not None
        epoch, seq, head = self.position
        other = head[:-1] + ("0" if head[-1] != "0" else "1")
        forged = self.chance.choice(
            [
                (max(0, epoch - 1), seq, head),
                (max(0, epoch - 1), seq, head),
                (epoch, seq, other),
                (epoch, seq + 5, head),
            ]
        )
        if self.parts != FORGED:  # Forged twice it might be true again.
            self.position, self.parts = forged, dict(FORGED)

    def hang_up(self) -> None:
        """Give the line up and try again."""
        if self.line is not None:
            self.line.lose()

    def on_lost(self, line: Line) -> None:
        """The line is gone."""
        if line is self.line:
            self.ledger.line_over(self.name, line)
            self.line, self.welcome = None, False
            self.schedule.after(0.1 + self.chance.random() * (0.8 if self.patient else 0.1), self.dial, self.number)

    def on_ping(self) -> None:
        self.heard_at = trio.current_time()
        if self.line is not None:
            self.line.raw(PONG)

    # Hearing.

    def on_text(self, text: bytes) -> None:
        """A frame came."""
        line = self.line
        if line is None:
            return
        self.heard_at = trio.current_time()
        told: dict[str, Any] = orjson.loads(text)
        kind = told["type"]
        self.ledger.hears(self, kind, told, text)
        match kind:
            case "welcome":
                self.welcome = True
                for ask in self.asks.values():
                    ask.asked_at = trio.current_time() - PATIENCE_S * self.chance.random()
            case "picture":
                self._take_picture(told)
            case "record":
                self._take_record(told, line)
            case "mine":
                if told["seq"] >= self.mine_seq:
                    self.mine, self.mine_seq = told["part"], told["seq"]
            case "notice":
                self.noticed |= told["code"] == "E_RESYNC_REQUIRED"
            case "answer" | "duplicate":
                answer = told.get("answer", told)
                self.asks.pop(answer["id"], None)
            case "refused":
                self._refused(told)
            case "unknown":
                if told["id"] in self.asks:
                    self.asks[told["id"]].never_seen = told["code"] == "E_NEVER_SEEN"
            case _:
                pass

    def _refused(self, told: dict[str, Any]) -> None:
        if told["id"] is None or told["retry"] in {"after_ms", "same_id"}:
            return
        if told["code"] == "E_IDEMPOTENCY_CONFLICT" and told["id"] in self.asks:
            return  # Somebody sent another body under our id before: ``outcome`` will tell.
        self.asks.pop(told["id"], None)

    def _take_picture(self, told: dict[str, Any]) -> None:
        assert self.line is not None
        if self.claimed is not None and not self.noticed and not self.line.faults:
            self.ledger.broken("P12", f"{self.name} was given a new picture and not told why")
        self.claimed = None
        self.position = (told["epoch"], told["seq"], told["head"])
        self.parts = told["parts"]
        self.ledger.stands(self)

    def _take_record(self, told: dict[str, Any], line: Line) -> None:
        if self.position is None:
            if not line.faults:
                self.ledger.broken("P12", f"{self.name} was sent a record before its first picture")
            return
        self._may_go_on(line)
        epoch, seq, _ = self.position
        if told["epoch"] != epoch:
            self.hang_up()
            return
        if told["seq"] <= seq:
            return
        if told["prev"] > seq:
            if not line.faults:
                self.ledger.broken(
                    "P12", f"{self.name} stood at {seq} and was sent a record that follows {told['prev']}"
                )
            self.hang_up()
            return
        self.position = (told["epoch"], told["seq"], told["head"])
        self.parts.update(told["parts"])
        self.ledger.stands(self)

    def _may_go_on(self, line: Line) -> None:
        """The house goes on from the place we named: it must have been one of its own."""
        claimed, self.claimed = self.claimed, None
        if claimed is not None and not line.faults and not self.ledger.is_place(claimed):
            self.ledger.broken(
                "P12", f"{self.name} named {claimed}, which is no place in this history, and was let go on from it"
            )
