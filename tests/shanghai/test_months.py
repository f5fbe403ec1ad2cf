"""The published months: all of them, as they were published, and nothing a file may hold is believed unread."""

from pathlib import Path

import pytest

from engine.shanghai import Doubt, MonthsFault, published, read_months
from engine.shanghai.months import FILE

HEAD = "month,plates,lowest_yuan,average_yuan,bidders\n"


def test_there_are_204_months_and_only_one_is_missing() -> None:
    months = list(published())
    due = [f"{year}-{month:02}" for year in range(2002, 2020) for month in range(1, 13)]
    assert (len(months), months[0], months[-1]) == (204, "2002-01", "2019-01")
    assert set(due[: due.index("2019-01") + 1]) - set(months) == {"2008-02"}


def test_the_newest_is_the_one_everybody_quotes() -> None:
    newest = published()["2019-01"]
    assert (newest.plates, newest.bidders, newest.lowest, newest.average) == (12_832, 168_614, 8_950_000, 8_956_500)
    assert newest.hit_permille == 76


def test_lowest_prices_are_whole_hundreds_as_the_steps_of_the_sale_are() -> None:
    assert all(month.lowest % 100_00 == 0 for month in published().values())


def test_the_months_that_cannot_be_right_are_marked_and_no_other_is_like_them() -> None:
    months = list(published().values())
    assert [month.month for month in months if month.bidders < month.plates] == ["2002-12"]
    jumps = [
        here.month
        for before, here, after in zip(months, months[1:], months[2:], strict=False)
        if here.bidders > 8 * max(before.bidders, after.bidders)
    ]
    assert jumps == ["2006-11"]
    marked = {month.month: month.doubt for month in months if month.doubt}
    assert marked == {"2002-12": Doubt.FEWER_BIDDERS, "2006-11": Doubt.TEN_TIMES}


def test_the_readme_names_source_licence_units_and_gaps() -> None:
    readme = FILE.with_name("README.md").read_text(encoding="utf-8")
    for word in ("CC0", "Kaggle", "Turing Change Point Dataset", "whole yuan", "February 2008", "110,234", "3,525"):
        assert word in readme


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the columns are"),
        ("month,plates\n2019-01,1\n", "the columns are"),
        (HEAD, "it holds no month"),
        (HEAD + "2019-1,1,1,1,1\n", "2: month is not written"),
        (HEAD + "2019-13,1,1,1,1\n", "2: month is not written"),
        (HEAD + "2019-01,0,1,1,1\n", "2: plates is no whole number"),
        (HEAD + "2019-01,1,1.5,2,1\n", "2: lowest_yuan is no whole number"),
        (HEAD + "2019-01,1,1,²,1\n", "2: average_yuan is no whole number"),
        (HEAD + "2019-01,1,1,1,1000001\n", "2: bidders is no whole number"),
        (HEAD + "2019-01,1,2,1,1\n", "2: the lowest price is above the average"),
        (HEAD + "2019-01,1,1,1\n", "2: 4 fields"),
        (HEAD + "2019-01,1,1,1,1\n2018-12,1,1,1,1\n", "3: 2018-12 does not follow"),
        (HEAD + "2019-01,1,1,1,1\n2019-01,1,1,1,1\n", "3: 2019-01 does not follow"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "months.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MonthsFault, match=why):
        read_months(path)
