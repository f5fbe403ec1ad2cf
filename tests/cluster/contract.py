"""What every line to a room promises, once. ``engine/journal/line.py`` says it in words; each keeper's tests derive from here."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest
import trio
import trio.lowlevel

from engine.domain.units import Nanoseconds
from engine.journal.asking import Conflicting, Inquiry, NeverSeen, Repeated
from engine.journal.record import Record
from tests.cluster.scene import House
from tests.room.scene import bid, open_sale, put_up, small_sale


class LineContract:
    """Promises of every keeper; which one it is, its test class says with a fixture called ``way``."""

    @pytest.fixture
    async def held(self, way: AbstractAsyncContextManager[House]) -> AsyncIterator[House]:
        async with way as house:
            yield house

    async def test_a_command_is_answered_by_its_record(self, held: House) -> None:
        end = await held.end()
        answer = await end.ask(open_sale())
        assert isinstance(answer, Record)
        assert answer.command == open_sale()

    async def test_a_refusal_is_an_answer_and_on_record(self, held: House) -> None:
        end = await held.end()
        answer = await end.ask(bid("early", 8, 5_000))
        assert isinstance(answer, Record)
        assert answer.seq == end.watcher.seq

    async def test_an_id_has_one_record_however_often_it_is_sent(self, held: House) -> None:
        end, other = await held.end(), await held.end()
        first = await end.ask(open_sale())
        assert isinstance(first, Record)
        assert await end.ask(open_sale()) == Repeated(first.seq)
        await other.watcher.reaches(first.seq)  # Or the record, when it comes, is the answer there too.
        assert await other.ask(open_sale()) == Repeated(first.seq)
        again = await other.ask(Inquiry("open", open_sale().by))
        assert again == Repeated(first.seq)
        assert isinstance(await other.ask(put_up(1, command_id="open")), Conflicting)

    async def test_one_id_from_two_ends_at_once_is_recorded_once(self, held: House) -> None:
        ends = [await held.end(), await held.end()]
        slips = [end.watcher.hand_in(open_sale(), end.now) for end in ends for _ in range(3)]
        answers = [
            await end.watcher.answer(slip) for end, slip in zip([ends[0]] * 3 + [ends[1]] * 3, slips, strict=True)
        ]
        assert {answer.seq for answer in answers if isinstance(answer, Record | Repeated)} == {ends[0].watcher.seq}
        assert len(answers) == 6

    async def test_what_was_never_handed_in_was_never_seen(self, held: House) -> None:
        end = await held.end()
        assert await end.ask(Inquiry("nothing", open_sale().by)) == NeverSeen()

    async def test_everybody_sees_every_record_once_and_in_order_and_stands_where_the_room_stands(
        self, held: House
    ) -> None:
        ends = [await held.end(), await held.end()]
        for command in small_sale():
            assert isinstance(await ends[0].ask(command), Record)
        late = await held.end()
        for end in (*ends, late):
            await end.watcher.reaches(held.room.clerk.memory.seq)
            assert end.watcher.head == held.room.clerk.memory.head
            assert end.watcher.state == held.room.clerk.memory.state

    async def test_where_the_room_stood_is_said_again_to_who_asks_again(self, held: House) -> None:
        end = await held.end()
        room = end.far or held.room
        before = room.opened
        await end.ask(open_sale())
        assert room.opened == before
        assert before.state is not None

    async def test_what_was_shown_can_be_read_back_with_its_commits(self, held: House) -> None:
        end = await held.end()
        for command in small_sale():
            await end.ask(command)
        read, kept = await end.watcher.line.read(3, 7), await held.room.read(3, 7)
        assert [record.digest for record in read.records] == [record.digest for record in kept.records]
        assert [(c.statement, c.signature, c.digests) for c in read.commits] == [
            (c.statement, c.signature, c.digests) for c in kept.commits
        ]

    async def test_bids_of_many_at_once_are_each_answered_once(self, held: House) -> None:
        end, other = await held.end(), await held.end()
        await end.ask(open_sale())
        await end.ask(put_up(1))
        slips = []
        for nth in range(100):
            one = (end, other)[nth % 2]
            slips.append((one, one.watcher.hand_in(bid(f"b{nth}", 8 + nth % 2, 5_000 + 500 * nth), one.now)))
            await trio.lowlevel.checkpoint()
            if nth % 2:
                for each, slip in slips[-2:]:
                    await each.watcher.answer(slip)
        answers = [await one.watcher.answer(slip) for one, slip in slips]
        assert len({answer.seq for answer in answers if isinstance(answer, Record)}) == 100

    async def test_the_stamp_of_the_door_is_the_one_that_counts(self, held: House) -> None:
        end = await held.end()
        at = Nanoseconds(end.now() - 1_000_000)
        slip = object()
        end.watcher.line.submit(open_sale(), at, slip)
        answer = await end.watcher.answer(slip)
        assert isinstance(answer, Record)
        assert answer.arrived_at == at
