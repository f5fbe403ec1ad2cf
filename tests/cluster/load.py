"""Bidders who ask until they know, and what they were told held against what the room kept."""

from collections import Counter
from dataclasses import dataclass, field

import trio

from engine.domain.parties import bidder
from engine.domain.units import PaddleNo
from engine.journal.asking import Answer, Inquiry, NeverSeen, Repeated, RoomBusy
from engine.journal.record import Record
from engine.room.house import Room
from tests.cluster.scene import End
from tests.room.scene import bid

ASK_AGAIN_S = 0.4
"""The two seconds after which a bidder is told "unknown", in short."""


@dataclass
class Told:
    """What bidders were told, by id."""

    seqs: dict[str, set[int]] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)
    unknown: int = 0
    sent: set[str] = field(default_factory=set)
    news: trio.Event = field(default_factory=trio.Event)

    def hear(self, command_id: str, answer: Answer) -> None:
        assert isinstance(answer, Record | Repeated), answer
        self.seqs.setdefault(command_id, set()).add(answer.seq)
        if isinstance(answer, Record):
            self.records.setdefault(command_id, []).append(answer)
        self.news.set()
        self.news = trio.Event()

    async def grows_by(self, count: int, within_s: float = 20.0) -> None:
        wanted = len(self.seqs) + count
        with trio.fail_after(within_s):
            while len(self.seqs) < wanted:
                await self.news.wait()


@dataclass
class Bidders:
    """Paddles 8 and 9, each at an end of its own, bidding without a pause until told to stop."""

    ends: list[End]
    told: Told = field(default_factory=Told)
    over: bool = False
    _count: int = 0

    async def run(self) -> None:
        async with trio.open_nursery() as nursery:
            for nth, end in enumerate(self.ends):
                nursery.start_soon(self._bid, end, 8 + nth % 2)

    async def _bid(self, end: End, paddle: int) -> None:
        while not self.over:
            self._count += 1
            command = bid(f"b{self._count}", paddle, 5_000 + 500 * self._count)
            self.told.sent.add(command.command_id)
            await self._until_known(end, paddle, command.command_id, command)

    async def _until_known(self, end: End, paddle: int, command_id: str, command: object) -> None:
        content: object = command
        while True:
            answer = await self._ask(end, content)
            if answer is None:
                self.told.unknown += 1
                content = Inquiry(command_id, bidder(PaddleNo(paddle)))
            elif isinstance(answer, NeverSeen):
                content = command
            else:
                self.told.hear(command_id, answer)
                return

    async def _ask(self, end: End, content: object) -> Answer | None:
        try:
            slip = end.watcher.hand_in(content, end.now)  # type: ignore[arg-type]
        except RoomBusy:
            await trio.sleep(ASK_AGAIN_S)
            return None
        with trio.move_on_after(ASK_AGAIN_S):
            return await end.watcher.answer(slip)
        return None


async def holds(told: Told, room: Room, ends: list[End]) -> None:
    """Nothing acknowledged is lost or doubled, every id has one outcome, and everybody sees the room's own record."""
    records = (await room.read(0, 1_000_000)).records
    assert told.sent == set(told.seqs), "somebody never came to know"
    for command_id, seqs in told.seqs.items():
        [seq] = seqs
        assert records[seq - 1].command_id == command_id
        for record in told.records.get(command_id, ()):
            assert record.digest == records[seq - 1].digest
    ids = Counter((record.by, record.command_id) for record in records)
    assert max(ids.values()) == 1
    for end in ends:
        await end.watcher.reaches(records[-1].seq)
        assert end.watcher.head == records[-1].digest
        assert end.watcher.state == room.clerk.memory.state
