"""What a room keeps is carried, also when it is kept while the carrier is looked after."""

from collections.abc import Callable, Iterable, Sequence

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from engine.cluster.carrier import Trouble
from engine.cluster.unix import PairedEngine
from engine.journal.asking import RoomBusy, TurnedBack
from engine.room.house import Room
from tests.cluster.scene import PATIENCE_S, distributor, house, over_pairs
from tests.room.scene import open_sale


class Deliberate:
    """A carrier that holds nothing, and takes its time to say so."""

    trouble: Trouble | None = None
    once = True

    def __init__(self) -> None:
        self.published: list[int] = []
        self.asked, self.says, self.news = trio.Event(), trio.Event(), trio.Event()

    async def run(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        await trio.sleep_forever()

    async def publish(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        await trio.lowlevel.checkpoint()
        self.published += [seq for seq, _ in frames]
        self.news.set()

    async def note(self, sale: str, frame: bytes) -> None:
        await trio.lowlevel.checkpoint()

    async def beat(self, sale: str, frame: bytes) -> None:
        await trio.lowlevel.checkpoint()

    async def held(self, sale: str, epoch: int) -> int | None:
        self.asked.set()
        await self.says.wait()
        return None

    async def restore(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        raise AssertionError("it holds nothing")


async def test_a_commit_kept_while_the_carrier_is_asked_what_it_holds_is_said_as_soon_as_it_has_answered() -> None:
    carrier = Deliberate()
    async with house(lambda: carrier) as held:
        end = await held.end()
        with trio.fail_after(PATIENCE_S):
            await carrier.asked.wait()
            await end.ask(open_sale())
            await wait_all_tasks_blocked()
            assert carrier.published == []
            carrier.says.set()
            await carrier.news.wait()
        assert carrier.published == [end.watcher.seq]


class Full:
    """A room that takes nothing."""

    def __init__(self, room: Room) -> None:
        self.journal, self.tail, self.opened, self.clock = room.journal, room.tail, room.opened, room.clock

    def submit(self, _content: object, _arrived_at: object, _slip: object) -> None:
        raise RoomBusy


class Twice(PairedEngine):
    """A carrier by which a letter may come a second time."""

    once = False


@pytest.mark.parametrize("once", [True, False])
async def test_a_letter_for_which_there_is_no_room_comes_back_where_it_cannot_have_come_before(once: bool) -> None:
    engine, gateway = over_pairs(PairedEngine if once else Twice)
    async with house(None, gateway) as held:
        giving_out = distributor(Full(held.room), engine())
        held.nursery.start_soon(giving_out.run)
        end = await held.end()
        slip = end.watcher.hand_in(open_sale(), end.now)
        if once:
            assert await end.watcher.answer(slip) == TurnedBack()
        else:
            with trio.fail_after(PATIENCE_S):
                while not giving_out.dropped["busy"]:
                    await trio.lowlevel.checkpoint()
            await wait_all_tasks_blocked()
            assert slip not in end.watcher.answers
        assert giving_out.dropped == {"busy": 1}
