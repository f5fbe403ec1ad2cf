"""A sealed bid from hall key to opened sheet, on the command line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from engine.certificates import trial_pair
from engine.cli import app
from tests.sealing.test_pem import SM

WORDS = {"LUOCHUI_PASSPHRASE": "苹果 梯子 河流 铜铃 七"}
SHEET = {"period_days": 180, "price_fen": 99_800}


def run(*arguments: object, exit_code: int = 0) -> Result:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], env=WORDS)
    assert done.exit_code == exit_code, done.output
    return done


@pytest.fixture(params=[(), ("--sm",)], ids=["AES", "SM4"])
def tender(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a hall key dealt to three trustees, two of whom are one person here, and a bidder's files."""
    pair = trial_pair(["bidder.lan"], datetime.now(UTC))
    (tmp_path / "p256.pem").write_bytes(pair.key + pair.certificate)
    (tmp_path / "sm2.pem").write_bytes(SM)
    trustees = [
        f"--trustee={name}={tmp_path / file}.pem" for name, file in zip("甲乙丙", ("p256", "sm2", "p256"), strict=True)
    ]
    run("hall", "deal", tmp_path / "hall", "--tender", "T-1", *trustees, *request.param)
    (tmp_path / "sheet.json").write_text(json.dumps(SHEET), encoding="utf-8")
    (tmp_path / "投标函.txt").write_text("致招标人", encoding="utf-8")
    return tmp_path


def seal(tender: Path, *more: object) -> Result:
    return run(
        *("seal", tender / "bid", "--hall", tender / "hall" / "hall.json", "--bidder", "B-1"),
        *("--sheet", tender / "sheet.json", "--file", tender / "投标函.txt", "--recovery", tender / "recovery.json"),
        *("--sign-cert", tender / "sm2.pem", "--sign-key", tender / "sm2.pem"),
        *("--encrypt-cert", tender / "p256.pem", "--encrypt-key", tender / "p256.pem", *more),
    )


def answer(tender: Path, trustee: int, key: str, *more: object) -> Path:
    hall = tender / "hall"
    done = run(
        *("hall", "answer", tender / "bid", "--hall", hall / "hall.json", "--share", hall / f"share-{trustee}.json"),
        *("--key", tender / key, *more),
    )
    to = tender / f"answer-{trustee}{len(more)}.json"
    to.write_text(done.stdout, encoding="utf-8")
    return to


def test_from_the_hall_key_to_the_opened_sheet(tender: Path) -> None:
    manifest = json.loads(seal(tender, "--remedy").stdout)
    assert (manifest["tender"], manifest["bidder"]) == ("T-1", "B-1")
    for file in (tender / "recovery.json", *(tender / "hall").glob("share-*.json")):
        assert file.stat().st_mode & 0o77 == 0, "for its owner alone"
    hall = ("--hall", tender / "hall" / "hall.json")
    by_key = json.loads(run("unseal", tender / "bid", *hall, "--key", tender / "p256.pem").stdout)
    by_recovery = json.loads(run("unseal", tender / "bid", *hall, "--recovery", tender / "recovery.json").stdout)
    assert by_key == by_recovery
    both = [f"--answer={answer(tender, 1, 'p256.pem')}", f"--answer={answer(tender, 2, 'sm2.pem')}"]
    opened = run("unseal", tender / "bid", *hall, "--key", tender / "p256.pem", *both, "--to", tender / "opened")
    assert json.loads(opened.stdout) == SHEET
    assert (tender / "opened" / "投标函.txt").read_text(encoding="utf-8") == "致招标人"
    remedy = [f"--remedy={answer(tender, at, key, '--remedy')}" for at, key in ((2, "sm2.pem"), (3, "p256.pem"))]
    assert json.loads(run("unseal", tender / "bid", *hall, *remedy, *both).stdout) == SHEET


def test_what_does_not_hold_ends_with_3_and_says_so_in_both_languages(tender: Path) -> None:
    seal(tender)
    opening = ("unseal", tender / "bid", "--hall", tender / "hall" / "hall.json", "--key", tender / "p256.pem")
    one = f"--answer={answer(tender, 1, 'p256.pem')}"
    told = json.loads(run(*opening, one, "--json", exit_code=3).stdout)
    assert told["fault"] == "E_TRUSTEES_TOO_FEW"
    assert told["zh"]
    assert told["message"]
    run(*opening[:-1], tender / "sm2.pem", exit_code=3)
    run(
        "hall",
        "answer",
        tender / "bid",
        *opening[2:4],
        "--share",
        tender / "hall/share-1.json",
        "--key",
        tender / "sm2.pem",
        exit_code=3,
    )
    run(
        *("hall", "answer", tender / "bid", *opening[2:4], "--share", tender / "hall/share-1.json"),
        *("--key", tender / "p256.pem", "--remedy"),
        exit_code=2,
    )
    run(*opening, "--recovery", tender / "recovery.json", exit_code=2)


def test_a_trustee_answers_at_once_for_all_that_his_page_saved(tender: Path) -> None:
    seal(tender, "--remedy")
    hall = ("--hall", tender / "hall" / "hall.json")
    mine = ("--share", tender / "hall/share-1.json", "--key", tender / "p256.pem")
    manifest = (tender / "bid" / "manifest.json").read_text(encoding="utf-8")
    wanted = [{"section": "1", "bidder": 7, "half": half, "manifest": manifest} for half in ("hall", "remedy")]
    saved = tender / "wanted.json"
    saved.write_text(json.dumps({"sale": "t", "wanted": wanted}), encoding="utf-8")
    answers = json.loads(run("hall", "answers", saved, *hall, *mine).stdout)["answers"]
    assert [(each["section"], each["bidder"], each["half"]) for each in answers] == [
        ("1", 7, "hall"),
        ("1", 7, "remedy"),
    ]
    for each, remedy in zip(answers, ((), ("--remedy",)), strict=True):
        alone = json.loads(answer(tender, 1, "p256.pem", *remedy).read_text(encoding="utf-8"))
        assert json.loads(each["answer"])["point"] == alone["point"]
    saved.write_text("[]", encoding="utf-8")
    run("hall", "answers", saved, *hall, *mine, exit_code=2)
