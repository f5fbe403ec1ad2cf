"""Figures over HTTP, and how a sale is counted while it runs and after it has run for long."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from engine.gateway.counting import PAGE, REFRESH_S, WAIT_S, Count
from engine.gateway.limits import LimitSettings
from engine.gateway.series import series
from engine.journal.base import Pages as JournalPages
from engine.wire.refusals import Fault
from tests.gateway.doorstep import FIGURES, RECORDS, Pages, pages
from tests.gateway.saleroom import Browser, Saleroom, saleroom

WEB = Path(__file__).resolve().parents[2] / "web"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Pages]:
    async with pages(tmp_path, WEB) as house:
        yield house


def table(body: bytes) -> list[list[str]]:
    text = body.decode()
    assert text.startswith("\ufeff"), "Excel is told that it is UTF-8"
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


# Over HTTP.


async def test_the_figures_of_a_sale_are_told_and_can_be_kept(house: Pages) -> None:
    said = await house.step.ask("GET /api/sales/s1/figures")
    kept = await house.step.ask("GET /api/sales/s1/figures.json")
    assert said.json == kept.json
    assert (said.json["turnover_fen"], said.json["seq"]) == (180_000_050, RECORDS)
    assert said.headers["cache-control"] == kept.headers["cache-control"] == "no-store"
    assert kept.headers["content-disposition"] == 'attachment; filename="s1-figures.json"'


@pytest.mark.parametrize(
    ("name", "zh", "first"),
    [
        (
            "lots",
            "标的",
            [
                *("1", "'=HYPERLINK(1)", "sold", "100.00", "1800000.50", "10%", "online", "2", "2", "900"),
                *("2016-10-15T01:30:08.000000+00:00", "2016-10-15T01:30:20.002000+00:00", "8", "16"),
            ],
        ),
        ("channels", "竞价方式", ["hall", "0", "0.00", "0", "0", "0", "", "", "", "", "", ""]),
        ("spans", "大于（微秒）", ["0", "100", "", "2"]),
        ("refusals", "代码", ["E_BID_TOO_LOW", "1"]),
    ],
)
async def test_every_table_of_a_sale_can_be_opened_in_a_spreadsheet(
    house: Pages, name: str, zh: str, first: list[str]
) -> None:
    said = await house.step.ask(f"GET /api/sales/s1/figures/{name}.csv?lang=en")
    assert said.headers["content-type"] == "text/csv; charset=utf-8"
    assert said.headers["content-disposition"] == f'attachment; filename="s1-{name}.csv"'
    head, *rows = table(said.body)
    assert rows[0] == first
    assert {len(row) for row in rows} == {len(head)}
    assert table((await house.step.ask(f"GET /api/sales/s1/figures/{name}.csv")).body)[0][0] == zh


async def test_all_sales_are_told_with_their_total_and_the_published_lines(house: Pages) -> None:
    said = (await house.step.ask("GET /api/figures")).json
    assert [sale["sale"] for sale in said["sales"]] == ["s1"]
    assert (said["total"]["turnover_fen"], said["total"]["online"]["sold"]) == (180_000_050, 1)
    assert [line["agrees"] for line in said["published"]["lines"]] == [True, True, True]
    head, row = table((await house.step.ask("GET /api/figures.csv?lang=en")).body)
    assert (row[:2], row[7]) == (["s1", "'=one"], "1800000.50")
    assert len(head) == len(row)


async def test_the_records_behind_a_figure_are_told(house: Pages) -> None:
    said = await house.step.ask("GET /api/sales/s1/figures/records?of=bids.hall")
    assert [record["seq"] for record in said.json["latest"]] == [9]


@pytest.mark.parametrize(
    "path",
    ["/api/figures", "/api/figures.csv", "/api/sales/s1/figures", "/api/sales/s1/figures/records?of=bids.hall"],
)
async def test_figures_are_asked_for_no_oftener_than_the_record(tmp_path: Path, path: str) -> None:
    async with pages(tmp_path, WEB, limits=LimitSettings(reads_per_s=0.001, reads_burst=1)) as house:
        assert (await house.step.ask(f"GET {path}")).status == 200
        said = await house.step.ask(f"GET {path}")
        assert (said.status, said.code) == (429, Fault.RATE_LIMITED)


# Sales in a row.


def of_sale(sale: str, opened: int | None, **more: Any) -> dict[str, Any]:
    return {**FIGURES, "sale": sale, "opened_at_us": opened, **more}


def test_sales_stand_by_their_opening_and_those_to_come_last() -> None:
    rows = series([of_sale("b", None), of_sale("c", 2), of_sale("d", 1), of_sale("a", None)])["sales"]
    assert [row["sale"] for row in rows] == ["d", "c", "a", "b"]


def test_the_premium_of_all_sales_is_worked_out_from_the_sums() -> None:
    total = series(
        [
            of_sale("a", 1, turnover_fen=300, opening_fen=100, premium="200%"),
            of_sale("b", 2, turnover_fen=900, opening_fen=900, premium="0%"),
        ]
    )["total"]
    assert (total["turnover_fen"], total["gained_fen"], total["premium"], total["average_fen"]) == (
        1200,
        200,
        "20%",
        600,
    )


def test_a_total_of_which_one_part_is_not_to_be_known_is_not_known() -> None:
    total = series([of_sale("a", 1), of_sale("b", 2, turnover_fen=None, bids=None)])["total"]
    assert (total["turnover_fen"], total["premium"], total["average_fen"], total["bids"]) == (None, None, None, None)
    assert total["lots"] == 4


def test_a_house_without_sales_has_a_total_of_nothing() -> None:
    total = series([])["total"]
    assert (total["sales"], total["turnover_fen"], total["premium"], total["average_fen"]) == (0, 0, None, None)


# Counting.


async def ask(browser: Browser, kind: str, name: str, **fields: Any) -> dict[str, Any]:
    await browser.send({"type": kind, "id": name, **fields})
    return await browser.until("answer", id=name)


async def a_lot_is_sold(room: Saleroom) -> None:
    async with (
        room.browser("auctioneer:1") as rostrum,
        room.browser("clerk:1") as clerk,
        room.browser("bidder:1") as one,
    ):
        await ask(rostrum, "open_sale", "open")
        await ask(rostrum, "open_lot", "lot-1", lot=1)
        await ask(one, "bid", "b1", lot=1, amount_fen=1_000_000)
        await ask(one, "bid", "b2", lot=1, amount_fen=1_000_000)  # refused: he leads
        await ask(clerk, "hall_bid", "b3", lot=1, paddle=2, amount_fen=1_050_000)
        for call in (1, 2, 3):
            await ask(rostrum, "call", f"call-{call}", lot=1, call=call, price_fen=1_050_000)
        await ask(rostrum, "hammer", "hammer", lot=1, price_fen=1_050_000)


async def test_a_sale_counted_while_it_runs_and_one_counted_afterwards_have_the_same_figures(
    mock_clock: MockClock,
) -> None:
    async with saleroom() as room:
        live = Count(room.hub, room.room.journal)
        before = await live.report()
        assert (before["bids"], before["lots"], before["opened_at_us"]) == (0, 3, None)
        await a_lot_is_sold(room)
        mock_clock.jump(REFRESH_S)
        after = await live.report()
        assert after == await Count(room.hub, room.room.journal).report()
    assert (after["turnover_fen"], after["bids"], after["refused"], after["bidders"]) == (1_050_000, 2, 1, 2)
    assert after["refusals"] == [{"code": "E_ALREADY_LEADING", "count": 1}]
    assert [after["channels"][name]["spans"]["count"] for name in ("hall", "online")] == [1, 2]
    assert after["top"]["seq"] == after["by_lot"][0]["ended_seq"] == after["seq"] == after["counted"]


async def test_the_records_behind_a_figure_are_the_ones_of_the_journal() -> None:
    async with saleroom() as room:
        await a_lot_is_sold(room)
        count = Count(room.hub, room.room.journal)
        refused = await count.records("refused.E_ALREADY_LEADING")
        assert refused is not None
        kept = await room.room.journal.read(refused["latest"][0]["seq"] - 1, 1)
        assert kept.records[0].command_id == "b2"
        assert await count.records("refused.E_NO_BID") is None


class SlowJournal:
    """The journal of a sale so long that a page a moment takes a while to read."""

    def __init__(self, kept: Any) -> None:
        self.kept, self.limits = kept, list[int]()

    async def read(self, after: int, limit: int) -> JournalPages:
        self.limits.append(limit)
        await trio.sleep(WAIT_S * 0.6)
        page: JournalPages = await self.kept.read(after, 4)
        return page


async def test_a_question_about_a_long_sale_is_answered_in_time_with_how_far_the_counting_has_come(
    autojump_clock: MockClock,
) -> None:
    async with saleroom(paddles=8) as room:  # nine records before the sale opens
        slow = SlowJournal(room.room.journal)
        count = Count(room.hub, slow)
        seen = []
        for _ in range(8):
            asked_at = trio.current_time()
            told = await count.report()
            assert trio.current_time() - asked_at < 2 * WAIT_S
            seen.append((told["counted"], told["bids"]))
            if told["counted"] == told["seq"]:
                break
        assert seen[0] == (4, None)
        assert seen[-1] == (9, 0)
        assert [counted for counted, _ in seen] == sorted({counted for counted, _ in seen})
        assert set(slow.limits) == {PAGE}


async def test_the_figures_of_a_running_sale_are_made_anew_once_a_second_at_most(
    mock_clock: MockClock,
) -> None:
    async with saleroom() as room:
        count = Count(room.hub, room.room.journal)
        first = await count.report()
        async with room.browser("auctioneer:1") as rostrum:
            await ask(rostrum, "open_sale", "open")
        assert (await count.report()) is first
        mock_clock.jump(REFRESH_S)
        assert (await count.report())["phase"] == "open"
