"""The house's quota sales by month: nothing of a sale that is not over but what its sheet tells, and a table a spreadsheet opens."""

import csv
import io
from typing import Any

import pytest

from engine.domain.quota.result import result
from engine.domain.quota.sheet import Running
from engine.gateway.months import months, of_months
from engine.gateway.requests import Language
from tests.domain.quota import plays

ROOMS = plays.everything()
OF_A_RESULT = ("winners", "share", "lowest_fen", "lowest_at_us", "average_fen", "uniform_fen", "reserve_fen", "drawn")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.sheet.running))
def test_nothing_of_a_result_is_told_before_there_is_one_and_no_count_where_the_sheet_keeps_it(
    room: plays.Watched,
) -> None:
    seen = set()
    for sale, _ in room.steps:
        for line in months([result(sale)])["sales"]:
            seen.add(line["phase"])
            if line["phase"] == "closed":
                continue
            assert {line[name] for name in OF_A_RESULT} == {None}
            if sale.rules.running is not Running.CUTOFF:
                assert line["offers"] is None
            amounts = {offer.amount for book in sale.books.values() for offer in book}
            assert not amounts & {line["lowest_fen"], line["average_fen"], line["uniform_fen"]}
    assert {"open", "closed"} <= seen


def test_sales_stand_by_the_month_in_which_they_opened_there_and_those_to_come_last() -> None:
    over = result(plays.shanghai().sale)
    # 2019-01-31 16:00:01 UTC is February in Shanghai.
    later = {**over, "sale": "q2", "opened_at_us": 1_548_950_401_000_000}
    planned = {**over, "sale": "q3", "opened_at_us": None}
    lines = months([planned, later, over])["sales"]
    assert [(line["month"], line["sale"]) for line in lines[::2]] == [("2019-01", "q"), ("2019-02", "q2"), (None, "q3")]


@pytest.mark.parametrize(("lang", "month", "status"), [("zh-CN", "月份", "最终"), ("en", "month", "final")])
def test_the_table_holds_the_figures_of_the_result(lang: Language, month: str, status: str) -> None:
    said = result(plays.shanghai().sale)
    head, *rows = csv.reader(io.StringIO(of_months(months([said]), lang).decode("utf-8-sig")))
    assert (head[0], len(rows)) == (month, len(said["classes"]))
    for row, line in zip(rows, said["classes"], strict=True):
        told: dict[str, Any] = dict(zip(("month", "sale", "title", "class", "quota"), row, strict=False))
        assert (told["month"], told["class"], told["quota"]) == ("2019-01", line["class"], str(line["quota"]))
        assert [row[6], row[7]] == [str(line["offers"]), str(line["winners"])]
        assert (float(row[9]) * 100, float(row[11]) * 100) == (line["lowest_fen"], line["average_fen"])
        assert row[-1] == status
