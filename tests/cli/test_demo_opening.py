"""``luochui demo opening``: five bids sealed, opened by key, recovery file and trustees, read out; the same each time."""

from pathlib import Path
from typing import Any, Final

from tests.cli.program import last_json, luochui

ARGUMENTS: Final = ("demo", "opening", "--fast", "--json")


def alike(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "took_s"}


def test_an_opening_is_held_to_its_end_is_gone_on_with_and_is_the_same_each_time(tmp_path: Path) -> None:
    data = tmp_path / "opening"
    done = luochui(*ARGUMENTS, "--data", data)
    assert done.returncode == 0, done.stderr
    found = last_json(done)
    assert (found["stage"], found["stages"]["unsealing"], found["stages"]["read_out"]) == (
        "ended",
        "09:31:41",
        "10:03:02",
    )
    bids = {bid["opened_by"]: bid for bid in found["bids"]}
    assert [bid["price_fen"] for bid in found["bids"]] == [
        1_267_500_000,
        1_215_000_000,
        1_231_000_000,
        1_248_000_000,
        1_293_000_000,
    ]
    assert (bids["recovery"]["half_by"], bids["remedy"]["half_by"]) == ("bidder", "trustees")
    assert found["took_s"] < 60
    assert alike(last_json(luochui(*ARGUMENTS, "--data", data))) == alike(found)  # All of it is on the record already.
    assert last_json(luochui("replay", data, "--json"))["state_digest"] == found["state_digest"]
    assert luochui("verify", data).returncode == 0
    assert alike(last_json(luochui(*ARGUMENTS))) == alike(found)


def test_another_seed_is_another_opening() -> None:
    other = last_json(luochui(*ARGUMENTS, "--seed", "7"))
    assert (other["stage"], len(other["bids"])) == ("ended", 5)
    assert other["root"] != "2664be906382f8a777c17a502e06607f00d5ed2a6954cd93ca3148a03347346e"
