"""The engine as a whole: its folder, its health, its record."""

from pathlib import Path

import pytest
import trio

from engine.app import Engine
from engine.config import Config
from engine.journal.faults import JournalLocked
from engine.passes import NothingToServe
from engine.room.folder import DataFolder
from tests.engine.house import act, open_first_lot, running_house
from tests.gateway.saleroom import SALE


async def test_a_second_engine_on_the_same_folder_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        with pytest.raises(JournalLocked, match="another engine"):
            await Engine.open(DataFolder(tmp_path), [], Config())
        await open_first_lot(house)


async def test_an_engine_with_nothing_to_serve_says_so_and_leaves_the_folder_free(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(NothingToServe):
            await Engine.open(DataFolder(tmp_path), [], Config())


async def test_a_house_opened_again_goes_on_where_it_stood(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        async with house.viewer("bidder:1") as bidder:
            first = await act(bidder, type="bid", id="b1", lot=1, amount_fen=1_000_000)
        before = house.engine.state_digest(SALE)
    async with running_house(tmp_path) as house:
        assert house.engine.state_digest(SALE) == before
        async with house.viewer("bidder:1") as bidder:
            await bidder.send({"type": "bid", "id": "b1", "lot": 1, "amount_fen": 1_000_000})
            assert (await bidder.until("duplicate"))["answer"] == first


async def test_a_house_opened_again_counts_the_same_figures_from_its_journal(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        async with house.viewer("bidder:1") as bidder:
            await act(bidder, type="bid", id="b1", lot=1, amount_fen=1_000_000)
        before = await house.get(f"/api/sales/{SALE}/figures")
        assert (await house.get(f"/api/sales/{SALE}/figures/records?of=bids.online"))["count"] == 1
    async with running_house(tmp_path) as house:
        assert await house.get(f"/api/sales/{SALE}/figures") == before
        row = (await house.get("/api/figures"))["sales"][0]
    assert (before["bids"], before["counted"], before["phase"]) == (1, before["seq"], "open")
    assert (row["sale"], row["bids"], row["opened_at_us"]) == (SALE, 1, before["opened_at_us"])


async def test_viewers_are_told_that_the_house_closes(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house, house.viewer() as viewer:
        house.engine.stop()
        with trio.fail_after(5):
            assert await viewer.end() == 1001


async def test_health_readiness_and_figures(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        async with house.viewer("bidder:1") as bidder, house.viewer():
            await act(bidder, type="bid", id="b1", lot=1, amount_fen=1_000_000)
            await act(bidder, type="bid", id="b2", lot=1, amount_fen=1_050_000)
            assert (await house.get("/healthz")) == {"alive": True}
            assert (await house.get("/readyz"))["ready"] is True
            text = (await house.http.get("/metrics")).text
        for line in (
            'luochui_bids_accepted_total{channel="online"} 1.0',
            'luochui_refused_total{code="E_ALREADY_LEADING"} 1.0',
            'luochui_connections{role="bidder"} 1.0',
            'luochui_connections{role="public"} 1.0',
            'luochui_queue_depth{queue="mailbox"} 0.0',
        ):
            assert line in text
        for name in ("luochui_commit_seconds_count", "luochui_fan_out_seconds_count", "luochui_ack_seconds_count"):
            assert name in text


async def test_everybody_may_see_how_far_each_record_is_and_in_how_many_copies(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        about, state = await house.get(f"/api/sales/{SALE}"), await house.get("/api/cluster")
        assert (state["here"], state["carriers"]) == ("engine", [])
        assert state["rooms"] == [
            {
                **{name: about[name] for name in ("id", "title", "phase", "epoch", "seq", "head")},
                "halted": None,
                "gateways": 0,
                "standby": None,
            }
        ]
        assert (await house.http.get("/cluster")).status_code == 200


async def test_the_public_record_is_the_whole_record(tmp_path: Path) -> None:
    async with running_house(tmp_path, paddles=12) as house:
        await open_first_lot(house)
        page = await house.get(f"/api/sales/{SALE}/record?limit=5")
        assert [len(page["records"]), page["seq"]] == [5, 15]
        about = await house.get(f"/api/sales/{SALE}")
        assert (about["seq"], about["head"]) == (page["seq"], page["head"])
        assert about["rules_digest"] in page["commits"][0]["statement"]
