"""Messages come at least once, in order, over failures, restarts, a tail that ran away and a full disk; and are given up at last."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import trio
import trio.testing

from engine.domain.auction.commands import OpenSale, ResumeSale, SuspendSale
from engine.domain.parties import Principal
from engine.journal.memory import MemoryJournal
from engine.room.house import Room, RoomSettings, announce, open_room
from engine.room.mailbox import Letter
from engine.webhooks.courier import Courier, Sender
from engine.webhooks.message import Message
from engine.webhooks.position import PositionFile
from engine.webhooks.post import NotDelivered
from engine.webhooks.settings import Endpoint, WebhookSettings, endpoint
from tests.gateway.saleroom import SALE, a_memory_journal, a_signer, admissions, an_announcement
from tests.webhooks.receiver import SECRET

AUCTIONEER = Principal("auctioneer:1")
SETTINGS = WebhookSettings(attempts_max=5, retry_first_s=2.0, retry_s_max=10.0)


@dataclass
class Trial:
    """A room, and an endpoint that fails as often as it is told to."""

    root: Path
    journal: MemoryJournal = field(default_factory=a_memory_journal)
    fails: int = 0
    tried: list[tuple[float, Message]] = field(default_factory=list)
    taken: list[Message] = field(default_factory=list)
    given_up: list[tuple[Any, ...]] = field(default_factory=list)
    unkept: int = 0
    news: trio.Event = field(default_factory=trio.Event)
    asked: int = 0

    async def open(self, records_max: int = 1000) -> "Trial":
        settings = RoomSettings(records_max=records_max)
        self.room: Room = open_room(self.journal, a_signer(), settings)
        await announce(self.room, an_announcement(1), admissions(2))
        return self

    async def post(self, _endpoint: Endpoint, message: Message) -> None:
        await trio.lowlevel.checkpoint()
        self.tried.append((trio.current_time(), message))
        if self.fails:
            self.fails -= 1
            raise NotDelivered("status_500")
        self.taken.append(message)
        self.news.set()
        self.news = trio.Event()

    async def turn(self, times: int = 1) -> None:
        """Suspend and resume the sale so often."""
        for _ in range(times):
            self.asked += 1
            for command in (SuspendSale, ResumeSale):
                id_ = f"{command.__name__}-{self.asked}"
                more: dict[str, Any] = {"reason": "停电"} if command is SuspendSale else {}
                await self.ask(command(command_id=id_, by=AUCTIONEER, **more))

    async def ask(self, command: Any) -> None:
        await self.room.clerk.finish([Letter(command, self.room.clock.now(), None)])

    def courier(self, **more: Any) -> Courier:
        sender = Sender(
            endpoint=endpoint("https://example.cn/", SECRET),
            settings=SETTINGS,
            post=self.post,
            dice=random.Random(7),
            places=trio.CapacityLimiter(1),
            given_up=lambda *told: self.given_up.append(told),
        )
        file = PositionFile(self.root, "https://example.cn/", SALE)
        return Courier(self.room, 1, sender, file, unkept=self._on_unkept, **more)

    def _on_unkept(self) -> None:
        self.unkept += 1

    @asynccontextmanager
    async def working(self, **more: Any) -> AsyncIterator[None]:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.courier(**more).run)
            yield
            nursery.cancel_scope.cancel()

    async def until(self, many: int) -> None:
        while len(self.taken) < many:
            await self.news.wait()

    @property
    def types(self) -> list[str]:
        return [message.type for message in self.taken]


OPEN = OpenSale(command_id="open", by=AUCTIONEER)


async def test_every_public_change_is_told_once_and_in_order(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    trial = await Trial(tmp_path).open()
    async with trial.working():
        await trial.until(1)
        await trial.ask(OPEN)
        await trial.turn()
        await trial.until(4)
    assert trial.types == ["sale.announced", "sale.opened", "sale.suspended", "sale.resumed"]
    assert len({message.id for message in trial.taken}) == 4
    told = orjson.loads(trial.taken[2].body)
    data = {
        "sale": SALE,
        "kind": "auction",
        "title": {"zh": "测试拍卖会", "en": "Test sale"},
        "api": f"/api/sales/{SALE}",
    }
    assert (told["type"], told["data"]) == ("sale.suspended", {**data, "at_us": told["data"]["at_us"]})
    assert b"seq" not in b"".join(message.body for message in trial.taken)


async def test_what_fails_is_tried_again_ever_later_and_nothing_overtakes_it(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    trial = await Trial(tmp_path, fails=4).open()
    await trial.ask(OPEN)
    async with trial.working():
        await trial.until(2)
    times = [at for at, _ in trial.tried]
    waits = [later - before for before, later in pairwise(times)]
    for wait, longest in zip(waits, (2.0, 4.0, 8.0, 10.0), strict=False):
        assert longest / 2 <= wait <= longest + 0.01
    assert [message.type for _, message in trial.tried] == ["sale.announced"] * 5 + ["sale.opened"]
    assert len({message.body for _, message in trial.tried[:5]}) == 1
    assert trial.given_up == []


async def test_a_message_is_given_up_at_last_and_the_next_one_goes_on(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    trial = await Trial(tmp_path, fails=5).open()
    await trial.ask(OPEN)
    async with trial.working():
        await trial.until(1)
    (host, message, attempts, why) = trial.given_up[0]
    assert (host, message.type, message.sale, attempts, why) == ("example.cn", "sale.announced", SALE, 5, "status_500")
    assert trial.types == ["sale.opened"]


async def test_a_restart_loses_nothing_and_repeats_only_what_was_not_kept_as_told(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    trial = await Trial(tmp_path).open()
    await trial.ask(OPEN)
    async with trial.working():
        await trial.until(2)
        await trio.sleep(1)
    await trial.turn()  # While nobody tells anybody.
    again = await Trial(tmp_path, journal=trial.journal).open()
    async with again.working():
        await again.until(2)
    assert again.types == ["sale.suspended", "sale.resumed"]
    (kept,) = await trio.to_thread.run_sync(lambda: list(tmp_path.glob("*/*.json")))
    assert "example" not in str(kept)
    kept.write_bytes(b"torn")
    third = await Trial(tmp_path, journal=trial.journal).open()
    async with third.working():
        await third.until(4)
    assert [message.id for message in third.taken] == [message.id for message in (*trial.taken, *again.taken)]


async def test_a_tail_that_ran_away_is_made_good_from_the_journal(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    trial = await Trial(tmp_path, fails=1).open(records_max=2)
    await trial.ask(OPEN)
    async with trial.working():
        await trio.sleep(0.5)  # The first attempt has failed; the sale goes on meanwhile.
        await trial.turn(20)
        await trial.until(42)
    assert trial.types == ["sale.announced", "sale.opened", *["sale.suspended", "sale.resumed"] * 20]


async def test_a_disk_that_keeps_no_position_stops_nothing(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    (tmp_path / "file").write_bytes(b"")
    trial = await Trial(tmp_path / "file").open()
    await trial.ask(OPEN)
    async with trial.working():
        await trial.until(2)
        await trio.sleep(1)
    assert trial.unkept == 2


async def test_of_a_sale_that_was_over_before_it_was_heard_of_only_what_follows_is_told(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    trial = await Trial(tmp_path).open()
    await trial.ask(OPEN)
    async with trial.working(over_at=trial.room.clerk.memory.seq):
        await trial.turn()
        await trial.until(2)
    assert trial.types == ["sale.suspended", "sale.resumed"]
    # Once told of, it goes by its place.
    later = await Trial(tmp_path, journal=trial.journal, asked=9).open()
    async with later.working(over_at=0):
        await later.turn()
        await later.until(2)
    assert later.types == ["sale.suspended", "sale.resumed"]
