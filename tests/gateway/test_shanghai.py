"""The published months over HTTP: all of them, exactly, and as a table a spreadsheet opens."""

import csv
import io

import pytest

from engine.shanghai import published
from engine.shanghai.months import FILE
from tests.gateway.doorstep import Pages
from tests.gateway.test_pages import house, web

__all__ = ["house", "web"]

LINES = list(csv.reader(FILE.read_text(encoding="utf-8").splitlines()))


async def test_every_month_is_told_as_it_was_published(house: Pages) -> None:
    said = await house.step.ask("GET /api/shanghai")
    assert (said.status, said.headers["content-type"]) == (200, "application/json")
    months = said.json["months"]
    assert len(months) == len(published()) == 204
    assert months[-1] == {
        "month": "2019-01",
        "plates": 12_832,
        "bidders": 168_614,
        "lowest_fen": 8_950_000,
        "average_fen": 8_956_500,
        "hit_permille": 76,
        "doubt": None,
    }
    assert {each["month"]: each["doubt"] for each in months if each["doubt"]} == {
        "2002-12": "fewer_bidders",
        "2006-11": "ten_times",
    }


@pytest.mark.parametrize(
    ("lang", "month", "doubt"), [("zh-CN", "月份", "投标人数疑多一位"), ("en", "month", "one digit")]
)
async def test_the_table_holds_the_figures_of_the_file(house: Pages, lang: str, month: str, doubt: str) -> None:
    said = await house.step.ask(f"GET /api/shanghai.csv?lang={lang}")
    assert (said.status, said.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    head, *rows = csv.reader(io.StringIO(said.body.decode("utf-8-sig")))
    assert head[0] == month
    assert [[row[0], row[1], float(row[3]), float(row[4]), row[2]] for row in rows] == [
        [row[0], row[1], float(row[2]), float(row[3]), row[4]] for row in LINES[1:]
    ]
    assert [row[0] for row in rows if row[6]] == ["2002-12", "2006-11"]
    assert doubt in next(row for row in rows if row[0] == "2006-11")[6]
