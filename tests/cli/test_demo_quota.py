"""``luochui demo quota``: one month held again, killed, gone on with, and the same after it."""

import signal
from pathlib import Path
from typing import Final

from tests.cli.program import last_json, luochui, started

ARGUMENTS: Final = ("demo", "quota", "--fast", "--bidders", "300", "--json")
ALIKE: Final = ("records", "state_digest", "commands", "accepted", "refused", "lowest_fen", "lowest_at", "average_fen")


async def test_killed_in_the_middle_it_goes_on_and_ends_as_one_that_was_not(tmp_path: Path) -> None:
    data = tmp_path / "month"
    async with started(tmp_path / "stderr", *ARGUMENTS[:-1], "--data", data) as program:
        await program.until("10:45")
        await program.end(signal.SIGKILL)
    done = luochui(*ARGUMENTS, "--data", data)
    assert done.returncode == 0, done.stderr
    found, whole = last_json(done), last_json(luochui(*ARGUMENTS))
    assert found["found"] > 0 == whole["found"]
    assert {name: found[name] for name in ALIKE} == {name: whole[name] for name in ALIKE}
    assert found["simulated"] is True
    assert last_json(luochui("replay", data, "--json"))["state_digest"] == found["state_digest"]


def test_a_month_of_which_nothing_was_published_is_wrong_use_in_both_languages() -> None:
    done = luochui("demo", "quota", "--month", "2008-02", "--fast", "--json")
    assert done.returncode == 2
    told = last_json(done)
    assert told["fault"] == "E_UNKNOWN_MONTH"
    assert "2008-02" in told["message"]
    assert "没有" in told["zh"]
