"""The measuring of offers among many works, and says so when it does not hold. How fast the house is, is not asked here."""

import json

import pytest

from bench import quota


def test_a_small_crowd_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    code = quota.main(["--few", "20", "--many", "600", "--turns", "3", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert code == (0 if found["passed"] else quota.FAILED)
    assert (found["few"], found["many"], found["turns"]) == (20, 600, 3)
    assert found["few_us"] > 0 < found["ratio"]


def test_a_crowd_that_costs_too_much_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert quota.main(["--few", "20", "--many", "40", "--turns", "1", "--ratio-max", "0"]) == quota.FAILED
    assert "fail" in capsys.readouterr().out
