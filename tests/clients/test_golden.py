"""The golden frames: what every language must read and write in the same way."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from clients.core import ClientCore
from clients.news import Answered, MineChanged, NeedReconnect, PictureTaken, RecordFolded
from clients.verify import RecordFault, Rule, verify_receipt, verify_record

FRAMES = Path(__file__).parents[1] / "golden" / "frames"


def golden(name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (FRAMES / f"{name}.jsonl").read_bytes().splitlines()]


CLIENT, SERVER = golden("client"), golden("server")
PAGES = [entry["page"] for entry in golden("record")]
KEY = PAGES[0]["key"]
ACTS = [entry for entry in CLIENT if "id" in entry["frame"] and entry["frame"]["type"] != "outcome"]


@pytest.mark.parametrize("entry", ACTS, ids=lambda entry: str(entry["name"]))
def test_an_act_is_spelt_as_the_house_reads_it(entry: dict[str, Any]) -> None:
    fields = {name: value for name, value in entry["frame"].items() if name != "type"}
    assert ClientCore().ask(entry["frame"]["type"], **fields).text == entry["text"]


def test_the_other_frames_are_spelt_as_the_house_reads_them() -> None:
    texts = {entry["name"]: entry["text"] for entry in CLIENT}
    frames = {entry["name"]: entry["frame"] for entry in CLIENT}
    core = ClientCore()
    assert core.hello() == texts["hello of the public"]
    assert core.hello(frames["hello with a ticket"]["ticket"]) == texts["hello with a ticket"]
    back = frames["hello of one who comes back"]
    core.receive(orjson.dumps({"type": "picture", "parts": {}, **back["after"]}))
    assert core.hello(back["ticket"]) == texts["hello of one who comes back"]
    assert core.ask_outcome(frames["outcome"]["id"]) == texts["outcome"]
    assert core.ask_time(frames["time"]["t0"]) == texts["time"]


@pytest.mark.parametrize("entry", SERVER, ids=lambda entry: str(entry["name"]))
def test_every_frame_of_the_house_is_understood(entry: dict[str, Any]) -> None:
    frame, core = entry["frame"], ClientCore()
    before = {"epoch": frame.get("epoch", 1), "seq": frame.get("prev", 0), "head": "00" * 32}
    core.receive(orjson.dumps({"type": "picture", "parts": {"block": None}, **before}))
    command_id = frame.get("answer", frame).get("id")
    if command_id is not None:
        core.ask("withdraw_bid", id=command_id, lot=1)
    [news] = core.receive(orjson.dumps(frame))
    assert not isinstance(news, NeedReconnect)
    match news:
        case PictureTaken():
            assert (core.seq, core.head, core.parts) == (frame["seq"], frame["head"], frame["parts"])
        case RecordFolded():
            assert (core.seq, core.head) == (frame["seq"], frame["head"])
            assert core.parts == {"block": None, **frame["parts"]}
        case MineChanged():
            assert core.parts["mine"] == frame["part"]
        case Answered(outcome=outcome):
            answer = frame.get("answer", frame)
            if "outcome" in answer:
                assert outcome.accepted == ("accepted" in answer["outcome"])
        case _:
            pass


@pytest.mark.parametrize(
    "entry",
    [entry for entry in SERVER if entry["frame"]["type"] in {"answer", "duplicate"}],
    ids=lambda entry: str(entry["name"]),
)
def test_every_receipt_holds(entry: dict[str, Any]) -> None:
    verify_receipt(entry["frame"].get("answer", entry["frame"])["receipt"], KEY)


def test_the_golden_record_holds() -> None:
    checked = verify_record(PAGES, KEY)
    assert (checked.sale, checked.seq, checked.records) == ("golden", 23, 23)
    announced = next(entry["frame"]["parts"]["sale"] for entry in SERVER if entry["frame"]["type"] == "picture")
    assert checked.rules == announced["rules"]


def test_the_golden_record_without_its_second_page_does_not() -> None:
    with pytest.raises(RecordFault) as caught:
        verify_record([PAGES[0], PAGES[2]], KEY)
    assert (caught.value.seq, caught.value.rule) == (9, Rule.PLACE)
