"""A sale goes from one engine to another: exactly one serves it, and nothing acknowledged is lost, wherever either is stopped."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import trio

from engine.config import Config
from engine.domain.auction.commands import Cause
from engine.domain.auction.state import Auction, SalePhase
from engine.domain.parties import Principal
from engine.journal.asking import Inquiry, RoomBusy
from engine.journal.faults import EpochStale, RoomMoved
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.retired import ANCHOR, MoveAsked, ask
from engine.room.folder import DataFolder
from engine.room.house import RoomSettings, open_room
from engine.room.leaving import bound_for
from tests.engine.house import RunningHouse, act, open_first_lot, running_house
from tests.gateway.saleroom import SALE

ENOUGH_S = 20
BY = (Principal("auctioneer:1"), Principal("supervisor:2"))


GIVER = ("reached", "shipped", "left", "shipped whole", "begun there", "superseded", "put aside")
TAKER = ("kept", "came whole", "placed", "begun", "served")


class Killed(Exception):
    """The machine went off at a step."""


@dataclass
class Two:
    """The folders of two engines of one house."""

    one: Path
    other: Path
    socket: str
    steps: list[str] = field(default_factory=list)

    def config(self, *, takes: bool) -> Config:
        cluster = replace(Config().cluster, timeout_ms=1_000, beat_ms=50, moves_listen=self.socket if takes else "")
        return replace(Config(), cluster=cluster)

    @asynccontextmanager
    async def giver(self, on_step: Callable[[str], object] | None = None) -> AsyncIterator[RunningHouse]:
        async with running_house(
            self.one, config=self.config(takes=False), on_step=on_step or self.steps.append
        ) as house:
            yield house

    @asynccontextmanager
    async def taker(self, on_step: Callable[[str], object] | None = None) -> AsyncIterator[RunningHouse]:
        async with running_house(
            self.other, config=self.config(takes=True), on_step=on_step or self.steps.append, empty=True
        ) as house:
            yield house

    async def gone(self) -> None:
        """Wait until the first engine has put the sale aside."""
        with trio.fail_after(ENOUGH_S):
            while DataFolder(self.one).move_asked(SALE).exists():  # noqa: ASYNC110 - of another task's files
                await trio.sleep(0.02)

    async def here(self, house: RunningHouse) -> None:
        """Wait until the sale is served by the second engine."""
        with trio.fail_after(ENOUGH_S):
            while (await house.http.get(f"/api/sales/{SALE}")).status_code != 200:  # noqa: ASYNC110 - asked from outside
                await trio.sleep(0.02)


@pytest.fixture
async def two(tmp_path: Path) -> Two:
    one, other = tmp_path / "one", tmp_path / "other"
    async with running_house(one) as house:
        await open_first_lot(house)
    shutil.copytree(one / "keys", other / "keys")
    (one / "keys" / "cluster.key").write_text("05" * 32, encoding="ascii")
    (other / "keys" / "cluster.key").write_text("05" * 32, encoding="ascii")
    return Two(one, other, str(tmp_path / "moves.sock"))


def bid(number: int) -> dict[str, Any]:
    return {"type": "bid", "id": f"b{number}", "lot": 1, "amount_fen": 1_000_000 + number * 50_000}


async def test_a_sale_goes_to_another_engine_with_every_answer_and_its_first_engine_takes_nothing_more(
    two: Two,
) -> None:
    async with two.giver() as house, house.viewer("bidder:1") as bidder:
        first = await act(bidder, **bid(0))
        DataFolder(two.one).witnessed(SALE).write_text("cosigned", encoding="utf-8")
        async with two.taker() as taker:
            ask(DataFolder(two.one), SALE, MoveAsked(two.socket, BY))
            told = await bidder.until("notice", code="E_ROOM_MOVED")
            assert told["retry"] == "same_id"
            await two.gone()
            await two.here(taker)
            assert (await house.http.get(f"/api/sales/{SALE}")).status_code == 404
            assert (await house.get("/readyz"))["ready"] is True
            assert DataFolder(two.other).witnessed(SALE).read_text(encoding="utf-8") == "cosigned"
            state = taker.engine.state(SALE)
            assert isinstance(state, Auction)
            assert (state.phase, state.suspension and state.suspension.cause) == (SalePhase.SUSPENDED, Cause.MOVE)
            assert state.suspension is not None
            assert all(each in state.suspension.reason for each in BY)
            async with taker.viewer("bidder:1") as again:
                await again.send(bid(0))
                assert (await again.until("duplicate"))["answer"] == first
            about = await taker.get(f"/api/sales/{SALE}")
            assert about["epoch"] == 2
            async with taker.viewer("auctioneer:1") as rostrum, taker.viewer("bidder:3") as other:
                await act(rostrum, type="resume", id="goes-on")
                assert "accepted" in (await act(other, **bid(1)))["outcome"]
    assert sorted(two.steps) == sorted((*GIVER, *TAKER))
    gone = DataFolder(two.one).moved(SALE, 2)
    with pytest.raises(EpochStale), closing(SqliteJournal.open(gone / "journal.sqlite", gone / ANCHOR)) as journal:
        open_room(journal, Signer.from_file(DataFolder(two.one).signing_key()), RoomSettings())


@pytest.mark.parametrize("step", [*GIVER, *TAKER])
async def test_wherever_one_of_them_is_stopped_one_of_them_serves_the_sale_and_knows_every_answer(
    two: Two, step: str
) -> None:
    def stop(at: str) -> None:
        two.steps.append(at)
        if at == step and two.steps.count(at) == 1:
            raise Killed

    async with trio.open_nursery() as nursery:
        giver = await nursery.start(life, two.giver(stop), died := trio.Event())
        taker = await nursery.start(life, two.taker(stop), died)
        async with giver.viewer("bidder:1") as bidder:
            first = await act(bidder, **bid(0))
        ask(DataFolder(two.one), SALE, MoveAsked(two.socket, BY))
        with trio.fail_after(ENOUGH_S):
            await died.wait()
        if step in GIVER:
            giver = await nursery.start(life, two.giver(), died)
        else:
            taker = await nursery.start(life, two.taker(), died)
        await two.gone()
        await two.here(taker)
        assert (await giver.http.get(f"/api/sales/{SALE}")).status_code == 404
        async with taker.viewer("bidder:1") as again, taker.viewer("auctioneer:1") as rostrum:
            await again.send(bid(0))
            assert (await again.until("duplicate"))["answer"] == first
            await act(rostrum, type="resume", id="goes-on")
        assert (await taker.get(f"/api/sales/{SALE}"))["epoch"] == 2
        records = (await taker.engine.room(SALE).read(0, 1000)).records
        assert [record.seq for record in records] == list(range(1, len(records) + 1))
        assert [bound_for(record.command) != "" for record in records].count(True) == 1
        nursery.cancel_scope.cancel()


async def life(
    entered: AbstractAsyncContextManager[RunningHouse],
    died: trio.Event,
    *,
    task_status: trio.TaskStatus[RunningHouse] = trio.TASK_STATUS_IGNORED,
) -> None:
    try:
        async with entered as house:
            task_status.started(house)
            await trio.sleep_forever()
    except* Killed:
        died.set()


async def test_an_engine_that_holds_another_record_of_the_sale_does_not_take_it_and_the_first_goes_on(two: Two) -> None:
    reached = trio.Event()
    async with running_house(two.other):
        pass
    async with two.giver(lambda _: reached.set()) as house, two.taker(), house.viewer("bidder:1") as bidder:
        ask(DataFolder(two.one), SALE, MoveAsked(two.socket, BY))
        with trio.fail_after(ENOUGH_S):
            await reached.wait()
        assert "accepted" in (await act(bidder, **bid(0)))["outcome"]
        assert not two.steps
        assert DataFolder(two.one).move_asked(SALE).exists()


async def test_a_copy_whose_last_record_gives_the_sale_away_is_served_by_nobody_else(two: Two) -> None:
    folder, signer = DataFolder(two.one), Signer.from_file(DataFolder(two.one).signing_key())

    with closing(SqliteJournal.open(folder.journal(SALE), folder.anchor(SALE))) as journal:
        room = open_room(journal, signer, RoomSettings())
        room.leave("ab" * 8, "reason")
        with pytest.raises(RoomMoved):
            await room.clerk.run()
        with pytest.raises(RoomBusy):
            room.submit(Inquiry("b0", BY[0]), room.clock.now(), None)
    for name, may in (("", False), ("cd" * 8, False), ("ab" * 8, True)):
        with closing(SqliteJournal.open(folder.journal(SALE), folder.anchor(SALE))) as journal:
            if may:
                assert open_room(journal, signer, RoomSettings(), arrives_as=name).clerk.memory.leaves_for == name
            else:
                with pytest.raises(RoomMoved):
                    open_room(journal, signer, RoomSettings(), arrives_as=name)
