"""The command line as an operator and an examiner use it: exit codes, last lines, plain sentences."""

import shutil
import signal
from pathlib import Path

import orjson
import pytest

from engine.evidence import find_journal
from engine.journal.sqlite import SqliteJournal
from tests.cli.program import last_json, luochui, started

FIGURES = {
    "lots": 30,
    "sold": 30,
    "turnover_fen": 95_100_000,
    "opening_fen": 33_960_000,
    "premium": "180%",
    "top": {"plate": "豫H8H888", "hammer_fen": 15_000_000},
}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo sale played to its end."""
    folder = tmp_path_factory.mktemp("demo")
    done = luochui("demo", "--fast", "--json", "--data", folder)
    assert done.returncode == 0, done.stderr
    said = last_json(done)
    assert {name: said[name] for name in FIGURES} == FIGURES
    return folder


def test_a_demo_run_again_on_a_finished_sale_says_the_same(held: Path) -> None:
    done = luochui("demo", "--fast", "--json", "--data", held)
    said = last_json(done)
    assert {name: said[name] for name in FIGURES} == FIGURES


def test_replay_gives_one_digest_whatever_the_hash_seed(held: Path) -> None:
    digests = set()
    for seed in ("0", "1", "77"):
        done = luochui("replay", held, "--digest", env={"PYTHONHASHSEED": seed})
        assert done.returncode == 0
        digests.add(done.stdout)
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


def test_replay_until_a_record_shows_the_sale_as_it_was(held: Path) -> None:
    whole = orjson.loads(luochui("replay", held, "--json").stdout)
    part = orjson.loads(luochui("replay", held, "--json", "--until", "100").stdout)
    assert (part["records"], whole["figures"]["sold"]) == (100, 30)
    assert part["figures"]["sold"] < 30


def test_verify_holds_for_a_sound_journal_and_names_its_key(held: Path) -> None:
    done = luochui("verify", held, "--json")
    said = last_json(done)
    assert (done.returncode, said["holds"], said["anchored"]) == (0, True, said["records"])
    other = luochui("verify", held, "--key", "00" * 32)
    assert other.returncode == 3
    assert "signed by" in other.stderr


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.95])
def test_verify_names_the_record_in_which_one_byte_was_flipped(held: Path, tmp_path: Path, share: float) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(held, copy)
    path = find_journal(copy)
    image = bytearray(path.read_bytes())
    at = image.find(b'"BidPlaced"', int(len(image) * share))
    assert at > 0
    image[at + 3] ^= 1
    path.write_bytes(image)
    done = luochui("verify", copy)
    assert done.returncode == 3
    assert done.stderr.startswith("record ")
    assert "does not match its digest" in done.stderr
    assert "Traceback" not in done.stderr


def a_receipt(folder: Path) -> dict[str, object]:
    """The receipt of some accepted bid."""
    from engine.journal.receipt import receipt  # noqa: PLC0415 - used here only

    journal = SqliteJournal.open_to_read(find_journal(folder))
    try:
        commit, records = list(journal.history())[-20]
        return receipt(records[0], commit, journal.identity.public_key)
    finally:
        journal.close()


def test_a_receipt_is_checked_offline(held: Path, tmp_path: Path) -> None:
    receipt = a_receipt(held)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(orjson.dumps(receipt))
    bad.write_bytes(orjson.dumps({**receipt, "outcome": str(receipt["outcome"]).replace("0", "1", 1)}))
    assert luochui("verify", good).returncode == 0
    assert luochui("verify", good, "--key", str(receipt["key"])).returncode == 0
    assert luochui("verify", good, "--key", "00" * 32).returncode == 3
    done = luochui("verify", bad)
    assert done.returncode == 3
    assert "does not hold" in done.stderr


def test_exports_are_whole(held: Path, tmp_path: Path) -> None:
    out = tmp_path / "bids.csv"
    assert luochui("export", held, "--table", "bids", "--out", out).returncode == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1 + 197
    lots = luochui("export", held, "--table", "lots").stdout.splitlines()
    assert len(lots) == 1 + 30
    records = luochui("export", held).stdout.splitlines()
    assert len(records) == last_json(luochui("verify", held, "--json"))["records"]


def test_a_journal_without_its_anchor_is_refused_until_somebody_answers_for_it(held: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(held, copy)
    (copy / "anchors" / "plates-4.anchor").unlink()
    refused = luochui("serve", "--data", copy, "--port", "0")
    assert refused.returncode == 3
    assert "luochui adopt" in refused.stderr
    assert luochui("adopt", "--data", copy, "--sale", "plates-4").returncode == 0
    assert luochui("adopt", "--data", copy, "--sale", "plates-4", "--yes").returncode == 0
    done = luochui("demo", "--fast", "--json", "--data", copy)
    assert last_json(done)["turnover_fen"] == 95_100_000


COMMANDS = ("serve", "demo", "token", "replay", "verify", "export", "adopt", "health")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches(command: str) -> None:
    done = luochui(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout) > 200
    assert command in luochui("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["replay", "nowhere"], 2, "holds no journal"),
        (["verify", "nowhere"], 2, "holds no journal"),
        (["serve", "--data", "empty"], 2, "holds no sale"),
        (["serve", "--data", "empty", "--config", "nowhere.toml"], 2, "nowhere.toml"),
        (["token", "--data", "empty", "--sale", "x", "--role", "bidder"], 2, "--paddle"),
        (["health", "http://127.0.0.1:9"], 1, "not serving"),
    ],
)
def test_wrong_use_is_said_in_one_plain_sentence(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    done = luochui(
        *[str(tmp_path / part) if part in {"nowhere", "empty", "nowhere.toml"} else part for part in arguments]
    )
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_notice_with_faults_names_file_line_and_field(tmp_path: Path) -> None:
    (tmp_path / "sale.toml").write_text('[sale]\nid = "x y"\ntitle_zh = "甲"\n', encoding="utf-8")
    done = luochui("serve", "--data", tmp_path)
    assert done.returncode == 3
    assert "sale.toml:2: sale.id:" in done.stderr
    assert not (tmp_path / "sales").exists()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
async def test_a_house_told_to_stop_stops_cleanly_and_its_journal_holds(tmp_path: Path, by: signal.Signals) -> None:
    data = tmp_path / "data"
    async with started(tmp_path / "errors", "demo", "--data", data, "--port", "0") as demo:
        await demo.until("rostrum")
        assert await demo.end(by) == 0
        assert "Traceback" not in demo.complaints()
    assert luochui("verify", data).returncode == 0


async def test_a_taken_port_is_said_in_one_plain_sentence(tmp_path: Path, held: Path) -> None:
    async with started(tmp_path / "errors", "serve", "--data", held, "--port", "0", "--json") as house:
        url = orjson.loads(await house.line())["url"]
        assert luochui("health", url).returncode == 0
        second = luochui("serve", "--data", held, "--port", "0")
        assert second.returncode == 3
        assert "another engine" in second.stderr
        shutil.copytree(held, tmp_path / "other", ignore=shutil.ignore_patterns("engine.lock"))
        taken = luochui("serve", "--data", tmp_path / "other", "--port", url.rsplit(":", 1)[1])
        assert taken.returncode == 1
        assert "Traceback" not in taken.stderr
        assert await house.end(signal.SIGTERM) == 0
