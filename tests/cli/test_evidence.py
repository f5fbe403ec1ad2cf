"""``replay``, ``verify``, ``export``: what a journal proves to someone who was not there."""

import csv
import io
import random
import shutil
import signal
import subprocess
from pathlib import Path

import orjson
import pytest

from engine import evidence
from engine.journal.faults import JournalDamaged
from tests.cli.conftest import Played
from tests.cli.program import LUOCHUI, environment, last_json, luochui, started

SAMPLES = 40
SEED = 20161015


def journal(played: Played) -> Path:
    return played.data / "sales" / "plates-4" / "journal.sqlite"


def test_a_replay_leads_to_the_same_digest_whatever_the_hash_seed(played: Played) -> None:
    seeds = ("0", "0", "1", "4294967295")
    found = [luochui("replay", played.data, "--digest", env={"PYTHONHASHSEED": seed}) for seed in seeds]
    assert {done.returncode for done in found} == {0}
    assert {done.stdout.strip() for done in found} == {played.figures["state_digest"]}


@pytest.mark.parametrize("place", ["", "sales/plates-4", "sales/plates-4/journal.sqlite"])
def test_a_journal_is_found_by_file_by_sale_and_by_data_folder(played: Played, place: str) -> None:
    done = luochui("replay", played.data / place, "--json")
    assert done.returncode == 0, done.stderr
    found = last_json(done)
    assert found["state_digest"] == played.figures["state_digest"]
    assert found["records"] == found["anchored"]
    assert found["figures"].items() <= played.figures.items()


def test_a_replay_can_stop_at_a_record(played: Played) -> None:
    done = luochui("replay", played.data, "--until", "100", "--json")
    assert done.returncode == 0
    assert last_json(done)["records"] == 100
    assert last_json(done)["figures"]["phase"] == "open"


def test_a_journal_that_holds_says_so_and_whose_key_to_compare(played: Played) -> None:
    done = luochui("verify", played.data)
    assert done.returncode == 0
    assert "the journal holds: sale plates-4" in done.stdout
    assert "compare it with the one the centre publishes" in done.stdout
    told = last_json(luochui("verify", played.data, "--json"))
    assert told["holds"] is True
    assert luochui("verify", played.data, "--key", told["key"]).returncode == 0
    other = luochui("verify", played.data, "--key", "11" * 32)
    assert other.returncode == 3
    assert "signed by" in other.stderr


def contents(played: Played) -> list[tuple[int, bytes]]:
    """What the journal keeps of each record, short enough to stand in the file in one piece."""
    found = []
    for line in evidence.export_records(played.data):
        record = orjson.loads(line)
        seq = orjson.loads(record["header"])["seq"]
        pieces = (record["command"].encode(), record["outcome"].encode(), bytes.fromhex(record["digest"]))
        found += [(seq, piece) for piece in pieces if len(piece) < 500]
    return found


def test_any_flipped_bit_of_a_record_is_found_and_the_record_is_named(played: Played) -> None:
    path = journal(played)
    whole, dice = path.read_bytes(), random.Random(SEED)
    tried = 0
    for seq, piece in dice.sample(contents(played), SAMPLES):
        at = whole.find(piece)
        if at < 0 or whole.find(piece, at + 1) >= 0:
            continue  # it stands elsewhere too: which record it is of, cannot be told from outside
        at += dice.randrange(len(piece))
        damaged = bytearray(whole)
        damaged[at] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(JournalDamaged) as fault:
            evidence.replay(played.data)
        assert fault.value.seq == seq, f"byte {at}"
        tried += 1
    assert tried > SAMPLES // 2

    done = luochui("verify", played.data)
    assert done.returncode == 3
    assert done.stderr.startswith(f"record {fault.value.seq}: ")
    assert "Traceback" not in done.stderr
    told = luochui("verify", played.data, "--json")
    assert told.returncode == 3
    assert last_json(told)["fault"] == "E_JOURNAL_DAMAGED"


async def test_an_older_copy_of_a_journal_is_not_served_for_the_anchor_knows_better(tmp_path: Path) -> None:
    data, older = tmp_path / "demo", tmp_path / "older.sqlite"
    kept = data / "sales" / "plates-4" / "journal.sqlite"
    async with started(tmp_path / "stderr", "demo", "--fast", "--data", data) as program:
        await program.until("成交")
        assert await program.end(signal.SIGTERM) == 0
    shutil.copy(kept, older)
    assert luochui("demo", "--fast", "--data", data).returncode == 0
    kept.write_bytes(older.read_bytes())
    for refusing in (("verify", data), ("serve", "--data", data, "--port", "0")):
        done = luochui(*refusing, "--json")
        assert done.returncode == 3
        assert last_json(done)["fault"] == "E_JOURNAL_TAIL_LOST"
        assert "the anchor proves that records up to" in done.stderr


def test_tables_hold_what_the_figures_say(played: Played, tmp_path: Path) -> None:
    def rows(table: str) -> list[dict[str, str]]:
        done = luochui("export", played.data, "--table", table)
        assert done.returncode == 0, done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout)))

    figures, lots, bids = played.figures, rows("lots"), rows("bids")
    assert len(lots) == figures["lots"]
    assert sum(int(lot["hammer_fen"]) for lot in lots) == figures["turnover_fen"]
    assert sum(int(lot["bids"]) for lot in lots) == len(bids) == figures["bids"]
    [top] = [lot for lot in lots if lot["plate"] == figures["top"]["plate"]]
    assert max(int(bid["amount_fen"]) for bid in bids if bid["lot"] == top["lot"]) == figures["top"]["hammer_fen"]

    out = tmp_path / "records.jsonl"
    assert luochui("export", played.data, "--out", out).returncode == 0
    records = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert [orjson.loads(record["header"])["seq"] for record in records] == list(range(1, len(records) + 1))
    assert len(records) == last_json(luochui("verify", played.data, "--json"))["records"]


def test_an_export_that_cannot_be_written_is_one_sentence(played: Played, tmp_path: Path) -> None:
    done = luochui("export", played.data, "--out", tmp_path / "no-such-folder" / "x.csv")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_who_closes_the_pipe_is_no_error(played: Played) -> None:
    with subprocess.Popen(
        [LUOCHUI, "export", played.data],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment({}),
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.read(100)
        program.stdout.close()
        assert program.stderr.read() == b""


@pytest.mark.parametrize("content", [b"", b"no journal at all, only words", b'{"header": "not a receipt"}', b"{"])
def test_what_is_no_evidence_is_not_taken_for_any(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "evidence"
    file.write_bytes(content)
    done = luochui("verify", file)
    assert done.returncode in {2, 3}
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_moment_is_shown_as_the_public_and_as_the_officers_saw_it(played: Played) -> None:
    at_100 = luochui("replay", played.data, "--until", "100")
    assert at_100.returncode == 0, at_100.stderr
    assert "100 records replayed" in at_100.stdout
    assert "the public saw: lot" in at_100.stdout
    recorded = next(line.split()[1] for line in at_100.stdout.splitlines() if line.startswith("recorded"))
    for moment in (recorded, recorded[11:29]):
        same = luochui("replay", played.data, "--until", moment, env={"TZ": "America/New_York"})
        assert same.stdout == at_100.stdout
    seen = last_json(luochui("replay", played.data, "--until", recorded, "--view", "public", "--json"))
    assert seen["seq"] == 100
    assert set(seen["parts"]) >= {"sale", "rules", "block", "figures", "lot/1"}
    assert not any(name.startswith("paddle/") for name in seen["parts"])
    officers = last_json(luochui("replay", played.data, "--until", "100", "--view", "officers", "--json"))
    assert any(name.startswith("paddle/") for name in officers["parts"])


def test_a_moment_that_there_is_not_is_wrong_use(played: Played) -> None:
    for wrong, why in (("9999999", "ends with record"), ("yesterday", "is no moment"), ("1999-01-01 10:00", "first")):
        done = luochui("replay", played.data, "--until", wrong)
        assert (done.returncode, why in done.stderr) == (2, True)
    nobody = luochui("replay", played.data, "--until", "100", "--view", "everybody")
    assert nobody.returncode == 2
