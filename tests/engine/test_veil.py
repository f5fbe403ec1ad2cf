"""
Before the deadline nobody learns of others, by whatever channel (article 34).

What observers get has the same bytes whatever others did. One test for each channel. Both houses are held once, for all of them.
"""

from contextlib import AsyncExitStack
from pathlib import Path

import orjson
import pytest
import trio

from engine.domain.units import PaddleNo
from engine.far_house import Carried
from engine.wire.attendance import Attendance
from tests.articles import article
from tests.engine.tender import SALE, TenderHouse, tender_house
from tests.engine.veiled import OBSERVERS, OF_THE_RESULT, Seen, announced, observe, viewer, whole

Two = tuple[Seen, Seen]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    """What is seen of a house in which nobody else bids, and of one in which others do."""
    folder = tmp_path_factory.mktemp("veil")

    async def hold() -> Two:
        with trio.fail_after(100):
            await announced(folder / "announced")
            alone = await observe(folder / "announced", folder / "alone", others=False)
            return alone, await observe(folder / "announced", folder / "others", others=True)

    return trio.run(hold)


def counted(metrics: bytes) -> list[bytes]:
    """Without the instants at which meters were made, and the head, whose length they change."""
    return [line for line in metrics.partition(b"] ")[2].split(b"\n") if b"_created" not in line]


def test_the_two_houses_do_differ(two: Two) -> None:
    alone, others = two
    assert others.records - alone.records > 15


@article("34")
def test_answers_receipts_and_refusals_tell_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert alone.answers == others.answers
    assert all(b'"seq"' not in each and b'"header"' not in each for each in alone.answers)
    assert sum(b'"sealed"' in each for each in alone.answers) > 10


@article("34")
@pytest.mark.parametrize("by", OBSERVERS)
def test_frames_on_a_socket_tell_nothing_of_others_nor_who_is_there(two: Two, by: str | None) -> None:
    alone, others = two
    assert alone.frames[by] == others.frames[by]
    kinds = [orjson.loads(each)["type"] for each in alone.frames[by]]
    assert "record" in kinds  # The opening was put off, and everybody heard of it.
    assert "presence" not in kinds


@article("34")
def test_the_moments_at_which_frames_come_tell_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert alone.beats == others.beats
    assert len(alone.beats) > 10


@article("34")
def test_the_store_of_envelopes_tells_nothing_of_what_others_bring(two: Two) -> None:
    alone, others = two
    assert alone.uploads == others.uploads
    assert sum(each[:3] == b"200" for each in alone.uploads) == 6
    assert sum(each[:3] == b"401" for each in alone.uploads) == len(OBSERVERS) - 2


@article("34")
def test_pictures_lists_and_the_public_record_tell_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert alone.public == others.public
    assert alone.private == others.private


@article("34")
def test_exports_tell_nothing_of_others_not_even_by_their_size(two: Two) -> None:
    alone, others = two
    assert alone.exports == others.exports
    assert alone.exports[0].count(b'"type":"record"') == 1


@article("34")
def test_checkpoints_and_proofs_tell_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert alone.log == others.log
    assert alone.log[0].split(b"\n")[1] == b"1"
    assert [each[:3] for each in alone.log[3:]] == [b"200", *[b"404"] * 6]


@article("34")
def test_the_past_tells_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert alone.past == others.past
    assert [each[:3] for each in alone.past] == [b"200", b"404", b"404", b"404", b"200"]


@article("34")
def test_papers_and_figures_tell_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert alone.made == others.made


@article("34")
def test_receipts_are_their_owners_and_tell_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert alone.receipts == others.receipts
    owner = OBSERVERS.index("bidder:305")
    by_asker = [[each[:3] for each in alone.receipts[at :: len(OBSERVERS)]] for at in range(len(OBSERVERS))]
    assert by_asker[owner] == [b"200", b"404", b"404", b"200", b"200"]
    assert all(said == [b"401"] * 5 for at, said in enumerate(by_asker) if at != owner)


@article("34")
def test_metrics_tell_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert counted(alone.metrics) == counted(others.metrics)
    assert b"luochui_records_total 0.0" in alone.metrics


@article("34")
def test_the_event_log_tells_nothing_of_others(two: Two) -> None:
    alone, others = two
    assert alone.lines == others.lines
    assert [line.split()[1] for line in alone.lines] == ["engine_started", "stop_registered"]
    assert not any("seq" in line or "slow" in line for line in alone.lines)


@article("34")
async def test_from_the_deadline_to_the_list_the_veil_stays_and_with_the_list_it_is_lifted(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with (
            tender_house(tmp_path) as one,
            AsyncExitStack() as stack,
            viewer(one, "host:1") as host,
            viewer(one, "bidder:305") as bidder,
        ):
            await stack.enter_async_context(viewer(one, "bidder:1001"))
            await one.register(305, 4711, 90210, 1001)
            for number in (305, 4711, 90210):
                await one.submit(number, 1_000_000 + number)
            await one.until_closed()
            before = await one.get(f"/api/sales/{SALE}")
            await one.host("start_opening", absent=3)
            assert await one.get(f"/api/sales/{SALE}") == {**before, "phase": "open"}
            assert (await one.get(f"/api/sales/{SALE}/record"))["seq"] == 1
            await one.host("publish_list")
            told = await host.until("presence")
            assert told["online"] == [305]  # Not 1001, who registered and did not bid.
            while (frame := await bidder.until("record"))["seq"] < 5:
                assert frame["prev"] < frame["seq"]
            assert frame["head"] == (await one.get(f"/api/sales/{SALE}"))["head"]
            assert frame["events"][-1]["type"] == "ListPublished"


@article("34")
async def test_until_the_list_record_and_result_are_the_same_to_the_byte_whoever_bid(tmp_path: Path) -> None:
    async def asked(one: TenderHouse) -> list[bytes]:
        headers = {"authorization": f"Bearer {one.token('host:1')}"}
        said = [whole(await one.http.get(path)) for path in OF_THE_RESULT]
        return said + [whole(await one.http.get(path, headers=headers)) for path in OF_THE_RESULT]

    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            empty = await asked(one)
            assert [each[:3] for each in empty[: len(OF_THE_RESULT)]] == [*[b"200"] * 4, *[b"404"] * 3]
            await one.register(305, 4711, 90210)
            for number in (305, 4711, 90210):
                await one.submit(number, 1_000_000 + number)
            assert await asked(one) == empty
            await one.until_closed()
            assert await asked(one) == empty
            await one.host("start_opening", absent=3)
            assert await asked(one) == empty
            await one.host("publish_list")
            assert await asked(one) != empty


@article("34")
async def test_what_other_machines_are_sent_tells_nothing_of_an_opening(tmp_path: Path) -> None:
    async with tender_house(tmp_path) as one:
        rooms = {SALE: one.engine.room(SALE)}
        carried = Carried(rooms)
        assert (list(carried), len(carried), SALE in carried) == ([], 0, False)


@article("34")
async def test_who_is_at_gateways_elsewhere_is_neither_said_nor_heard_before_the_list(tmp_path: Path) -> None:
    elsewhere = Attendance(40, ((PaddleNo(305), 1), (PaddleNo(1001), 1)))
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one, viewer(one, "bidder:305"), viewer(one, "host:1") as host:
            hub = one.engine.held.hubs[SALE]
            await one.register(305, 4711, 90210)
            for number in (305, 4711, 90210):
                await one.submit(number, 1_000_000 + number)
            assert one.engine.attendance(SALE) == Attendance()
            hub.outpost_said("elsewhere", elsewhere, 0.0)
            await one.until_closed()
            await one.host("start_opening", absent=3)
            hub.outpost_said("elsewhere", elsewhere, 0.0)
            await one.host("publish_list")
            told = await host.until("presence")
            assert (told["online"], told["watchers"]) == ([305], 0)
