"""In how many places the record is kept: said by the house on the record, and seen on every page."""

import shutil
from dataclasses import replace
from pathlib import Path

import trio

from engine.config import Config
from engine.domain.auction.commands import Copies
from engine.domain.auction.events import CopiesStated
from engine.domain.auction.state import Auction
from engine.domain.refusals import Refusal
from engine.room.folder import DataFolder
from engine.standby import Standby
from tests.engine.house import RunningHouse, running_house
from tests.gateway.saleroom import SALE, Browser

GONE_MS, BEAT_MS = 400, 50
ENOUGH_S = 20


def kept_with(folder: Path, mode: str) -> Config:
    """A house with a standby in ``mode``; with none if that is empty."""
    config = Config()
    where = str(folder / "standby.sock") if mode else ""
    cluster = replace(
        config.cluster,
        standby_listen=where,
        standby_mode=mode or "sync",
        standby_gone_ms=GONE_MS,
        timeout_ms=GONE_MS,
        beat_ms=BEAT_MS,
    )
    return replace(config, cluster=cluster)


def said(house: RunningHouse) -> Copies | None:
    state = house.engine.state(SALE)
    assert isinstance(state, Auction)
    return None if state.kept is None else state.kept.copies


async def every_word(house: RunningHouse) -> list[Copies]:
    records = (await house.engine.room(SALE).read(0, 1000)).records
    events = [event for record in records if not isinstance(record.outcome, Refusal) for event in record.outcome]
    return [event.copies for event in events if isinstance(event, CopiesStated)]


async def test_a_house_that_opens_a_sale_says_what_changed_since_it_was_last_opened_and_nothing_twice(
    tmp_path: Path,
) -> None:
    modes = ["", "sync", "sync", "", "", "async"]
    expected = [None, Copies.SYNC, Copies.SYNC, Copies.ONE, Copies.ONE, Copies.ALONE]
    for mode, copies in zip(modes, expected, strict=True):
        async with running_house(tmp_path / "data", config=kept_with(tmp_path, mode)) as house:
            assert said(house) is copies
            async with house.viewer() as hall:
                parts = (await hall.until("picture"))["parts"]
            assert parts.get("copies", {}).get("copies") == copies
            words = await every_word(house)
    assert words == [Copies.SYNC, Copies.ONE, Copies.ALONE]


async def test_a_second_copy_that_may_be_behind_is_said_when_it_comes_when_it_is_missing_and_when_it_is_back(
    tmp_path: Path,
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    config = kept_with(tmp_path, "async")
    async with running_house(data, config=config) as house, house.viewer() as hall:
        shutil.copytree(data / "keys", copy / "keys")
        for copies in (Copies.ASYNC, Copies.ALONE, Copies.ASYNC):
            with trio.fail_after(ENOUGH_S):
                if copies is Copies.ALONE:
                    await until_shown(hall, copies)
                else:
                    standby = Standby(DataFolder(copy), config.cluster.standby_listen, config.cluster)
                    async with trio.open_nursery() as nursery:
                        nursery.start_soon(standby.run)
                        await until_shown(hall, copies)
                        nursery.cancel_scope.cancel()
                    standby.close()
        assert await every_word(house) == [Copies.ALONE, Copies.ASYNC, Copies.ALONE, Copies.ASYNC]


async def until_shown(hall: Browser, copies: Copies) -> None:
    while (await hall.until("record"))["parts"].get("copies", {}).get("copies") != copies:
        pass


async def test_how_far_the_second_copy_is_behind_is_told_when_it_changes_and_to_who_comes_later(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house, house.viewer() as hall:
        await hall.until("picture")
        for records in (3, 3, 0):
            house.engine.held.wait_for_standby(SALE, waits=False, late=records)
        assert [await hall.until("behind"), await hall.until("behind")] == [behind(3), behind(0)]
        async with house.viewer() as later:
            await later.until("picture")
            house.engine.held.wait_for_standby(SALE, waits=False, late=2)
            assert await later.until("behind") == await hall.until("behind") == behind(2)
        async with house.viewer() as last:
            assert await last.until("behind") == behind(2)


def behind(records: int) -> dict[str, object]:
    return {"type": "behind", "records": records}
