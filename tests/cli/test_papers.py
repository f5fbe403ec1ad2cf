"""``papers``: what is signed, published and filed, by one command."""

from pathlib import Path

import orjson

from engine.domain import canonical
from tests.cli.conftest import Played
from tests.cli.program import last_json, luochui

FEW = ("--only", "announcement", "--only", "record", "--only", "confirmation-3", "--only", "bids")


def made(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


def test_the_same_journal_gives_the_same_bytes_whatever_the_hash_seed(played: Played, tmp_path: Path) -> None:
    found = []
    for seed in ("0", "4294967295"):
        out = tmp_path / seed
        done = luochui("papers", played.data, "--out", out, *FEW, env={"PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr
        found.append(made(out))
    assert found[0] == found[1]
    assert set(found[0]) == {
        "public/announcement.json", "public/announcement.pdf", "public/bids.csv",
        "officers/record.json", "officers/record.pdf", "officers/bids.csv",
        "officers/confirmation-3.json", "officers/confirmation-3.pdf",
    }  # fmt: skip


def test_the_whole_set_is_written_and_its_figures_are_those_of_the_sale(played: Played, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = luochui("papers", played.data, "--out", out, "--lang", "en", "--url", "https://plates.example.cn", "--json")
    assert done.returncode == 0, done.stderr
    told = last_json(done)
    files = made(out)
    assert sorted(told["files"]) == sorted(str(out / name) for name in files)
    assert len([name for name in files if "confirmation-" in name]) == 2 * played.figures["sold"]
    announcement = orjson.loads(files["public/announcement.json"])
    assert announcement["figures"]["turnover_fen"] == played.figures["turnover_fen"]
    integrity = orjson.loads(files["public/integrity.json"])
    assert integrity["digest"] == told["report"] == canonical.digest(integrity["report"])
    assert integrity["anchored"] is True
    assert (out / "officers").stat().st_mode & 0o077 == 0


def test_a_paper_that_there_is_not_is_refused_and_those_that_there_are_are_named(
    played: Played, tmp_path: Path
) -> None:
    done = luochui("papers", played.data, "--out", tmp_path / "out", "--only", "confirmation-99", "--json")
    assert done.returncode == 2
    assert "confirmation-99" in done.stderr
    assert "announcement" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_address_that_no_phone_could_open_is_refused(played: Played, tmp_path: Path) -> None:
    done = luochui("papers", played.data, "--out", tmp_path / "out", "--url", "plates.example.cn")
    assert done.returncode == 2
    assert "papers.base_url" in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_fonts_nothing_is_written_and_the_cure_is_said(played: Played, tmp_path: Path) -> None:
    env = {"LUOCHUI_PAPERS_FONTS": "/nowhere"}
    done = luochui("papers", played.data, "--out", tmp_path / "out", "--json", env=env)
    assert done.returncode == 1
    assert last_json(done)["fault"] == "E_FONTS_MISSING"
    assert "fonts-noto-cjk" in done.stderr
    assert not (tmp_path / "out").exists()
    tables = luochui("papers", played.data, "--out", tmp_path / "out", "--only", "lots", env=env)
    assert tables.returncode == 0, tables.stderr


def test_a_journal_that_does_not_hold_gives_no_paper(played: Played, tmp_path: Path) -> None:
    journal = played.data / "sales" / "plates-4" / "journal.sqlite"
    whole = journal.read_bytes()
    at = whole.find(b'"type":"HammerFell"')
    journal.write_bytes(whole[:at] + b'"type":"HammerFelt"' + whole[at + 19 :])
    done = luochui("papers", played.data, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert not (tmp_path / "out").exists()


def test_papers_as_of_a_moment_have_the_same_bytes_wherever_they_are_made(played: Played, tmp_path: Path) -> None:
    seq = str(last_json(luochui("replay", played.data, "--json"))["records"] - 1)
    here, away = tmp_path / "here", tmp_path / "away"
    done = luochui("papers", played.data, "--until", seq, "--out", here, "--only", "bids", "--only", "announcement")
    assert done.returncode == 0, done.stderr
    moved = played.data.rename(tmp_path / "restored")
    env = {"TZ": "America/New_York", "PYTHONHASHSEED": "7"}
    again = luochui(
        "papers", "restored", "--until", seq, "--out", away, "--only", "bids", "--only", "announcement",
        env=env, cwd=moved.parent,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert made(here) == made(away)


def test_a_replay_writes_the_papers_of_the_moment_it_stops_at(played: Played, tmp_path: Path) -> None:
    done = luochui("replay", played.data, "--until", "100", "--papers", tmp_path / "early")
    assert done.returncode == 0, done.stderr
    early = made(tmp_path / "early")
    assert not any("integrity" in name for name in early), "the sale was not closed then"
    assert set(early) >= {"public/bids.csv", "officers/bids.csv"}
