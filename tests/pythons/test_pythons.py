"""Random sales decided again by every Python of this machine: the same decisions, the same states."""

import sys

from tests.pythons.__main__ import compare, pythons


def test_every_python_there_is_decides_the_same_sales_in_the_same_way() -> None:
    figures = compare(count=15, times=2)
    assert figures["differences"] == 0
    assert figures["records"] > 15 * 20
    assert sys.executable in pythons().values()
