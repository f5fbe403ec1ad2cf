"""
A crowd outside the house: real clients on real sockets, and an ear at every socket that keeps what the house really said.

The clients are those of ``clients.socket``: they keep what they ask before they send it, come back by themselves, and send again
under the same ids. The ear hears the bytes before the client does, so that nothing the client drops as old news is lost to us.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import trio

from clients import connect
from clients.http import Address, open_stream
from clients.socket import Room
from engine.domain.parties import Principal, bidder
from engine.domain.units import PaddleNo

ANSWER: Final = b'"type":"answer"}'
"""How an answer ends: keys are sorted."""

DUPLICATE_BEGINS: Final = b'{"answer":'
DUPLICATE_ENDS: Final = b',"code":"OK_DUPLICATE","type":"duplicate"}'

CODE: Final = b'{"code":'
"""How a frame begins that says neither yes nor no."""

TEXT: Final = 1
AUCTIONEER: Final = Principal("auctioneer:1")


class Eager(random.Random):
    """Dice of a client that comes back ten times as soon as others: the schedule of kills is tight."""

    def uniform(self, a: float, b: float) -> float:
        """A tenth of it."""
        return super().uniform(a, b) / 10


@dataclass
class Heard:
    """What the house said about one id, to one asker."""

    first: bytes
    """The first answer, as it came."""

    as_duplicate: bool
    """The first answer to arrive was a repetition: the command was kept, and its own answer was lost with the house."""

    at: float
    """When it was heard."""

    again: int = 0
    """How often it was repeated since."""


@dataclass
class Ledger:
    """Everything the house acknowledged to the crowd, over all its lives."""

    answers: dict[tuple[Principal, str], Heard] = field(default_factory=dict)
    by_asker: dict[Principal, list[Heard]] = field(default_factory=dict)
    different: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Answers to one id that were not the same bytes."""

    others: Counter[str] = field(default_factory=Counter)
    """Frames that say neither yes nor no, by code."""

    news: trio.Event = field(default_factory=trio.Event)

    def came(self, by: Principal) -> None:
        """``by`` has a new connection."""

    def asked(self, by: Principal, command_id: str) -> None:
        """``by`` is about to send this for the first time."""

    def hear(self, by: Principal, text: bytes) -> None:
        """One text frame came for ``by``."""
        if text.endswith(ANSWER):
            self._answer(by, text, repeated=False)
        elif text.endswith(DUPLICATE_ENDS) and text.startswith(DUPLICATE_BEGINS):
            self._answer(by, text[len(DUPLICATE_BEGINS) : -len(DUPLICATE_ENDS)], repeated=True)
        elif text.startswith(CODE):
            self.others[orjson.loads(text)["code"]] += 1

    def _answer(self, by: Principal, answer: bytes, *, repeated: bool) -> None:
        key = (by, orjson.loads(answer)["id"])
        heard = self.answers.get(key)
        if heard is None:
            heard = self.answers[key] = Heard(answer, as_duplicate=repeated, at=trio.current_time())
            self.by_asker.setdefault(by, []).append(heard)
        else:
            heard.again += 1
            if heard.first != answer:
                self.different.append((heard.first, answer))
        self.news.set()
        self.news = trio.Event()

    async def grows_by(self, count: int) -> None:
        """Wait until ``count`` more ids have an answer."""
        wanted = len(self.answers) + count
        while len(self.answers) < wanted:
            await self.news.wait()


class Ear(trio.abc.Stream):
    """A stream, and someone who listens to what comes in."""

    def __init__(self, stream: trio.abc.Stream, by: Principal, ledger: Ledger) -> None:
        self._stream, self._by, self._ledger = stream, by, ledger
        self._came = bytearray()
        self._is_socket: bool | None = None

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data = await self._stream.receive_some(max_bytes)
        self._came += data
        self._listen()
        return data

    async def aclose(self) -> None:
        await self._stream.aclose()

    def _listen(self) -> None:
        if self._is_socket is None:
            head, end, rest = bytes(self._came).partition(b"\r\n\r\n")
            if not end:
                return
            self._is_socket = head.startswith(b"HTTP/1.1 101")
            self._came = bytearray(rest)
        if self._is_socket:
            for opcode, content in taken(self._came):
                if opcode == TEXT:
                    self._ledger.hear(self._by, content)


def taken(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take every whole frame from ``buffer``. The house's frames are neither masked nor fragmented."""
    while len(buffer) >= 2:
        size, start = buffer[1], 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4]), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + size:
            return
        yield buffer[0] & 0x0F, bytes(buffer[start : start + size])
        del buffer[: start + size]


class Crowd:
    """
    Bidders who bid as fast as they are answered, and an auctioneer who sells every lot that has gone far enough.

    Args:
        url: The house, wherever it is in its lives.
        sale: The sale's id.
        tokens: Of the auctioneer and of every bidder.
        enough_fen: From this price on a lot is called and knocked down.
        seed: Decides what is offered.

    """

    def __init__(self, url: str, sale: str, tokens: dict[Principal, str], enough_fen: int, seed: int) -> None:
        self._url, self._sale, self._tokens, self._enough_fen, self._seed = url, sale, tokens, enough_fen, seed
        self.ledger = Ledger()
        self.rooms: dict[Principal, Room] = {}
        self.sent: dict[tuple[Principal, str], float] = {}
        """Every command, and when it was about to be sent for the first time."""

        self._over = trio.Event()

    async def run(self) -> None:
        """Bid until :meth:`rest`, then until cancelled hold the connections."""
        async with trio.open_nursery() as nursery:
            for by, token in self._tokens.items():
                nursery.start_soon(self._attend, by, token)

    async def rest(self) -> None:
        """Bid no more; return when every command has its outcome."""
        self._over.set()
        while any(room.core.unanswered for room in self.rooms.values()):  # noqa: ASYNC110 - of many, none may be left
            await trio.sleep(0.02)

    async def _attend(self, by: Principal, token: str) -> None:
        async def opener(address: Address) -> trio.abc.Stream:
            stream = await open_stream(address)
            self.ledger.came(by)
            return Ear(stream, by, self.ledger)

        dice = Eager(f"{self._seed}/{by}")
        async with connect(self._url, self._sale, token=token, rng=dice, opener=opener) as room:
            self.rooms[by] = room
            if by == AUCTIONEER:
                await self._conduct(room)
            else:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._ask_again, by, room)
                    for hand in range(HANDS):
                        nursery.start_soon(self._bid, by, room, random.Random(f"{self._seed}/{by}/{hand}"))

    async def _bid(self, by: Principal, room: Room, dice: random.Random) -> None:
        count = 0
        while not self._over.is_set():
            seen, block = room.version, room.parts["block"]
            if not self._worth_it(room, block):
                await room.changed(seen)
                continue
            offer = block["asked_fen"] + block["step_fen"] * dice.randrange(STEPS_ABOVE)
            count += 1
            command_id = self._now_sending(by, f"{dice.getrandbits(64):016x}-{count}")
            await room.bid(block["lot"], offer, id=command_id)
        await trio.sleep_forever()

    def _now_sending(self, by: Principal, command_id: str) -> str:
        self.sent[by, command_id] = trio.current_time()
        self.ledger.asked(by, command_id)
        return command_id

    def _worth_it(self, room: Room, block: dict[str, Any] | None) -> bool:
        return (
            room.live
            and room.parts["sale"]["phase"] == "open"
            and block is not None
            and block["phase"] == "open"
            and (block["price_fen"] or 0) < self._enough_fen
            and block["lot"] not in (room.parts.get("mine") or {}).get("leads", ())
        )

    async def _ask_again(self, by: Principal, room: Room) -> None:
        """Each time the house is back, send something again that was answered in an earlier life of it."""
        dice, welcomes = random.Random(f"{self._seed}/{by}/again"), room.welcomes
        while True:
            while room.welcomes == welcomes:
                await room.changed(room.version)
            welcomes = room.welcomes
            earlier = self.ledger.by_asker.get(by)
            if earlier:
                command = orjson.loads(orjson.loads(dice.choice(earlier).first)["receipt"]["command"])
                await room.bid(command["lot"], command["amount"], id=command["command_id"])

    async def _conduct(self, room: Room) -> None:
        while True:
            seen, act = room.version, self._next_act(room) if room.live else None
            if act is None:
                await room.changed(seen)
                continue
            kind, fields = act
            outcome = await room.ask(kind, id=self._now_sending(AUCTIONEER, f"act-{len(self.sent)}"), **fields)
            with trio.move_on_after(1):
                while outcome.accepted and room.live and room.seq < (outcome.seq or 0):
                    await room.changed(room.version)

    def _next_act(self, room: Room) -> tuple[str, dict[str, Any]] | None:
        """What the auctioneer does now; None to wait."""
        if self._over.is_set():
            return None
        if room.parts["sale"]["phase"] == "planned":
            return "open_sale", {}
        if room.parts["sale"]["phase"] == "suspended":
            return "resume", {}
        block = room.parts["block"]
        if block is None or block["phase"] != "open":
            due = (part["lot"] for name, part in room.parts.items() if name.startswith("lot/"))
            lot = next((lot for lot in sorted(due) if room.parts[f"lot/{lot}"]["phase"] == "waiting"), None)
            return None if lot is None else ("open_lot", {"lot": lot})
        if (block["price_fen"] or 0) < self._enough_fen:
            return None
        price = {"lot": block["lot"], "price_fen": block["price_fen"]}
        if block["calls"] < room.parts["rules"]["calls"]:
            return "call", {**price, "call": block["calls"] + 1}
        return "hammer", price


HANDS: Final = 2
"""Bids a bidder has under way at once."""

STEPS_ABOVE: Final = 4
"""A bid is up to so many steps above the one asked, so that of several at once more than one may stand."""


def everybody(paddles: int) -> list[Principal]:
    """The auctioneer and every bidder."""
    return [AUCTIONEER, *(bidder(PaddleNo(paddle)) for paddle in range(1, paddles + 1))]
