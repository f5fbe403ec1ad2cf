"""
The client's side of the protocol, pure: acts in, frames out; frames in, news out.

Theory of operation. The house keeps a record; a viewer holds ``parts``, a picture of it as of record ``seq``. A
``picture`` frame replaces the picture; a ``record`` frame replaces some parts and moves ``seq`` on. It may be folded
only if nothing is missing before it, so three things can be said of any record frame: it is old news and dropped, it
is next and folded, or something lies between and this connection is of no more use
(:class:`~clients.news.NeedReconnect`). At every moment, ``parts`` is what the house showed this viewer at ``seq``.

What is asked is kept (:mod:`clients.unanswered`) before its frame is handed out, and until its answer comes. After a
reconnect the shell sends all of :attr:`ClientCore.unanswered` again, in order; the ids make sure that nothing happens
twice.

Whoever uses the core without the shell does four things: send :meth:`ClientCore.hello` first; after ``Welcomed`` send
what is unanswered; feed every text frame to :meth:`ClientCore.receive`; on ``NeedReconnect`` hang up and begin again
with the same core.
"""

# ruff: noqa: A002 - "id" is the frame's own word

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import orjson

from clients.news import (
    Answered,
    MineChanged,
    NeedReconnect,
    NeverSeen,
    News,
    Noticed,
    NotKnownYet,
    Outcome,
    PictureTaken,
    Plain,
    PresenceTold,
    RecordFolded,
    Refusal,
    TimeTold,
    TryAgain,
    Welcomed,
    Why,
)
from clients.unanswered import Command, InMemory, Unanswered
from engine.domain.plaintext import composed
from engine.domain.units import FEN_MAX

PROTOCOL: Final = 1

AGAIN_MS: Final = 1000
"""How long to wait before the same frame is sent again when the house does not say."""

NEVER_SEEN: Final = "E_NEVER_SEEN"


def _uuid() -> str:
    return str(uuid4())


class ClientCore:
    """
    One viewer of one sale, across any number of connections.

    Args:
        unanswered: Keeps commands until they are answered; in memory if not given.
        new_id: Makes ids for commands that come without one.

    """

    def __init__(self, unanswered: Unanswered | None = None, new_id: Callable[[], str] = _uuid) -> None:
        self.parts: dict[str, Any] = {}
        """Everything this viewer may see, by part name. Replaced, never changed in place."""

        self.welcome: Welcomed | None = None
        """What the house said when it last let us in."""

        self.epoch: int | None = None
        self.seq = 0
        self.head = ""
        self._mine_seq = -1
        self._lost = False
        self._asked_after: set[str] = set()
        self._unanswered = InMemory() if unanswered is None else unanswered
        self.new_id = new_id

    # Coming in.

    def hello(self, ticket: str | None = None) -> str:
        """The first frame of a connection. Says how far we have read, so that only the rest need come."""
        self._lost = False
        frame: dict[str, Any] = {"protocol": PROTOCOL}
        if ticket is not None:
            frame["ticket"] = ticket
        if self.epoch is not None:
            frame["after"] = {"epoch": self.epoch, "seq": self.seq, "head": self.head}
        return _frame("hello", frame)

    def forget(self) -> None:
        """Let the next ``hello`` ask for a whole picture. What is known stays until it comes."""
        self.epoch, self.seq, self.head, self._mine_seq = None, 0, "", -1

    # Asking.

    def bid(self, lot: int, amount_fen: int, *, id: str | None = None) -> Command:
        """Offer ``amount_fen`` for ``lot``, with the paddle the token names."""
        return self.ask("bid", id=id, lot=lot, amount_fen=amount_fen)

    def withdraw_bid(self, lot: int, *, id: str | None = None) -> Command:
        """Would take a bid back; the answer says why that cannot be."""
        return self.ask("withdraw_bid", id=id, lot=lot)

    def hall_bid(self, lot: int, paddle: int, amount_fen: int, *, id: str | None = None) -> Command:
        """The clerk enters the bid of ``paddle`` in the hall."""
        return self.ask("hall_bid", id=id, lot=lot, paddle=paddle, amount_fen=amount_fen)

    def admit(self, paddle: int, channel: str, deposits: int, *, id: str | None = None) -> Command:
        """The clerk hands out a paddle, ``online`` or ``hall``."""
        return self.ask("admit", id=id, paddle=paddle, channel=channel, deposits=deposits)

    def open_sale(self, *, id: str | None = None) -> Command:
        """The auctioneer opens the sale."""
        return self.ask("open_sale", id=id)

    def close_sale(self, *, id: str | None = None) -> Command:
        """The auctioneer closes the sale."""
        return self.ask("close_sale", id=id)

    def suspend(self, reason: str, *, id: str | None = None) -> Command:
        """The auctioneer suspends the sale; ``reason`` is published."""
        return self.ask("suspend", id=id, reason=composed(reason))

    def resume(self, *, id: str | None = None) -> Command:
        """The auctioneer resumes the sale."""
        return self.ask("resume", id=id)

    def open_lot(self, lot: int, *, id: str | None = None) -> Command:
        """The auctioneer puts ``lot`` on the block."""
        return self.ask("open_lot", id=id, lot=lot)

    def pass_lot(self, lot: int, *, id: str | None = None) -> Command:
        """The auctioneer passes ``lot``, on which nobody bid."""
        return self.ask("pass", id=id, lot=lot)

    def call(self, lot: int, call: int, price_fen: int, *, id: str | None = None) -> Command:
        """The auctioneer calls ``price_fen``, the price he saw, for the ``call``-th time."""
        return self.ask("call", id=id, lot=lot, call=call, price_fen=price_fen)

    def hammer(self, lot: int, price_fen: int, *, id: str | None = None) -> Command:
        """The auctioneer knocks ``lot`` down at ``price_fen``, the price he saw."""
        return self.ask("hammer", id=id, lot=lot, price_fen=price_fen)

    def ask(self, kind: str, *, id: str | None = None, **fields: int | str) -> Command:
        """
        The frame of any command, kept until it is answered.

        Args:
            kind: The frame's ``type``.
            id: An id of one's own, where a program must be able to ask twice and act once; a new one if None.
            fields: The other fields, as in the protocol.

        Raises:
            ValueError: An amount is no whole number of fen, or ``id`` is taken by another command.

        """
        for name in ("amount_fen", "price_fen"):
            amount = fields.get(name, 1)
            if type(amount) is not int or not 0 < amount <= FEN_MAX:
                raise ValueError(f"{name} must be a whole number of fen from 1 to {FEN_MAX}, not {amount!r}")
        command_id = self.new_id() if id is None else id
        command = Command(command_id, _frame(kind, {**fields, "id": command_id}))
        self._unanswered.keep(command)
        return command

    def ask_outcome(self, command_id: str) -> str:
        """The frame that asks what became of ``command_id``."""
        self._asked_after.add(command_id)
        return _frame("outcome", {"id": command_id})

    def ask_time(self, t0: int) -> str:
        """The frame that asks for house time; ``t0`` comes back with the answer."""
        return _frame("time", {"t0": t0})

    @property
    def unanswered(self) -> tuple[Command, ...]:
        """Every command without an answer, oldest first."""
        return self._unanswered.all()

    def give_up(self, command_id: str) -> None:
        """Send ``command_id`` no more. If it ever reached the house, it stands."""
        self._unanswered.settle(command_id)

    # Hearing.

    def receive(self, text: str | bytes) -> list[News]:
        """
        Take in one text frame of the house.

        Returns:
            What is new, in order; nothing for old news and for frames of a later protocol.

        """
        try:
            frame = orjson.loads(text)
            hear = _HEAR.get(frame["type"])
            return [] if hear is None else hear(self, frame)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return self._no_use(Why.UNREADABLE)

    def _welcomed(self, frame: Plain) -> list[News]:
        self.welcome = Welcomed(
            sale=frame["sale"],
            role=frame["role"],
            paddle=frame.get("paddle"),
            epoch=frame["epoch"],
            key=frame["key"],
            server_us=frame["server_us"],
            frame_bytes_max=frame.get("frame_bytes_max"),
        )
        if self.epoch is not None and self.epoch != self.welcome.epoch:
            self.forget()
        return [self.welcome]

    def _picture(self, frame: Plain) -> list[News]:
        epoch, seq, head, parts = frame["epoch"], frame["seq"], frame["head"], dict(frame["parts"])
        if self.epoch is not None and epoch != self.epoch:
            self._mine_seq = -1
        if "mine" in self.parts:
            parts.setdefault("mine", self.parts["mine"])  # It has frames of its own.
        self.epoch, self.seq, self.head, self.parts = epoch, seq, head, parts
        self._lost = False
        return [PictureTaken(seq=seq)]

    def _record(self, frame: Plain) -> list[News]:
        prev, seq, head, parts = frame["prev"], frame["seq"], frame["head"], frame["parts"]
        if frame["epoch"] != self.epoch:
            return self._no_use(Why.EPOCH)
        if seq == self.seq and head != self.head:
            return self._no_use(Why.FORK)
        if seq <= self.seq:
            return []
        if prev > self.seq:
            return self._no_use(Why.GAP)
        news = RecordFolded(seq=seq, at_us=frame["at_us"], changed=tuple(parts), events=tuple(frame["events"]))
        self.seq, self.head, self.parts = seq, head, {**self.parts, **parts}
        return [news]

    def _mine(self, frame: Plain) -> list[News]:
        seq, part = frame["seq"], frame["part"]
        if seq < self._mine_seq:
            return []
        self._mine_seq, self.parts = seq, {**self.parts, "mine": part}
        return [MineChanged(seq=seq)]

    def _answer(self, frame: Plain) -> list[News]:
        return self._settle(_outcome(frame, duplicate=False))

    def _duplicate(self, frame: Plain) -> list[News]:
        return self._settle(_outcome(frame["answer"], duplicate=True))

    def _settle(self, outcome: Outcome) -> list[News]:
        """The first answer to a command counts; a repetition is old news."""
        expected = self._unanswered.get(outcome.id) is not None or outcome.id in self._asked_after
        self._unanswered.settle(outcome.id)
        self._asked_after.discard(outcome.id)
        return [Answered(outcome=outcome)] if expected else []

    def _refused(self, frame: Plain) -> list[News]:
        """Turned away at the door: either the same may be sent again, or this was the outcome."""
        refusal = _refusal(frame)
        command_id = frame.get("id")
        if command_id is None:
            return [Noticed(notice=refusal)]
        if refusal.retry in {"after_ms", "same_id"} and self._unanswered.get(command_id) is not None:
            after_ms = refusal.detail.get("after_ms", AGAIN_MS)
            return [TryAgain(id=command_id, after_ms=int(after_ms), refusal=refusal)]
        return self._settle(Outcome(id=command_id, refusal=refusal))

    def _unknown(self, frame: Plain) -> list[News]:
        command_id = frame["id"]
        if frame["code"] == NEVER_SEEN:
            self._asked_after.discard(command_id)
            return [NeverSeen(id=command_id, refusal=_refusal(frame))]
        return [NotKnownYet(id=command_id)]

    def _presence(self, frame: Plain) -> list[News]:
        return [PresenceTold(online=tuple(frame["online"]), watchers=frame["watchers"], bidders=frame["bidders"])]

    def _time(self, frame: Plain) -> list[News]:
        return [TimeTold(t0=frame["t0"], t1_us=frame["t1_us"], t2_us=frame["t2_us"])]

    def _notice(self, frame: Plain) -> list[News]:
        return [Noticed(notice=_refusal(frame))]

    def _no_use(self, why: Why) -> list[News]:
        """Said once for each connection."""
        if self._lost:
            return []
        self._lost = True
        return [NeedReconnect(why=why)]


_HEAR: Final[dict[str, Callable[[ClientCore, Plain], list[News]]]] = {
    "welcome": ClientCore._welcomed,
    "picture": ClientCore._picture,
    "record": ClientCore._record,
    "mine": ClientCore._mine,
    "answer": ClientCore._answer,
    "duplicate": ClientCore._duplicate,
    "refused": ClientCore._refused,
    "unknown": ClientCore._unknown,
    "presence": ClientCore._presence,
    "time": ClientCore._time,
    "notice": ClientCore._notice,
}
"""How each frame of the house is heard."""


def _frame(kind: str, fields: dict[str, Any]) -> str:
    """The canonical spelling of a frame."""
    return orjson.dumps({**fields, "type": kind}, option=orjson.OPT_SORT_KEYS).decode()


def _outcome(frame: Plain, *, duplicate: bool) -> Outcome:
    outcome = frame["outcome"]
    refused = outcome.get("refused")
    return Outcome(
        id=frame["id"],
        events=() if refused is not None else tuple(outcome["accepted"]),
        refusal=None if refused is None else _refusal(refused),
        seq=frame.get("seq"),
        receipt=frame.get("receipt"),
        sealed=frame.get("sealed"),
        duplicate=duplicate,
    )


def _refusal(frame: Plain) -> Refusal:
    return Refusal(
        code=frame["code"],
        retry=frame.get("retry", "never"),
        zh=frame.get("zh", ""),
        en=frame.get("en", ""),
        detail=frame.get("detail") or {},
    )
