"""The nightly runner itself: what is red is red, what passed is not run again, and the report leaves nothing out."""

import json
import os
import select
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.nightly import machine
from tests.nightly.__main__ import ROOT, main, run
from tests.nightly.check import Check, read_checks
from tests.nightly.machine import Machine
from tests.nightly.promises import PROMISES
from tests.nightly.publish import BEGIN, END, publish
from tests.nightly.report import made, page
from tests.nightly.runner import Runner

COMMIT = "0123456789ab"
PATIENCE_S = 20


def check(kind: str, name: str = "", **more: Any) -> Check:
    return Check(
        name=name or kind.replace(" ", "-"),
        command=("tests.nightly.fake", kind),
        promises=("P1",),
        zh="试",
        en="A trial",
        **more,
    )


def runner(folder: Path, **more: Any) -> Runner:
    return Runner(folder, ROOT, **{"commit": COMMIT, **more})


def report_of(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text())


def result_of(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text())


def test_a_check_that_passed_is_green_and_its_figures_are_in_the_report(tmp_path: Path) -> None:
    assert run([check("passes")], runner(tmp_path)) == 0
    report = report_of(tmp_path)
    assert report["passed"]
    [found] = report["checks"]
    assert (found["result"]["figures"]["tried"], found["result"]["seeds"]) == (1000, "0-999")
    first = report["promises"][0]
    assert (first["promise"], first["verdict"], first["checks"]) == ("P1", "passed", ["passes"])
    assert report["promises"][1]["verdict"] == "open"


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("finds", "it found a promise broken"),
        ("lies", "it says that it passed, but ended with 3"),
        ("says nothing", "it ended with 0 and without a result"),
        ("says something else", "it ended with 0 and without a result"),
    ],
)
def test_a_check_that_did_not_pass_is_red_and_says_why(tmp_path: Path, kind: str, why: str) -> None:
    assert run([check(kind)], runner(tmp_path)) == 1
    report = report_of(tmp_path)
    assert not report["passed"]
    assert report["checks"][0]["result"]["why"] == why
    assert report["checks"][0]["result"]["last_words"] == f"{kind}, given "
    assert report["promises"][0]["verdict"] == "broken"


def test_a_check_that_takes_too_long_is_ended_with_all_it_started_and_is_red(tmp_path: Path) -> None:
    assert run([check("hangs", limit_s=5)], runner(tmp_path)) == 1
    result = result_of(tmp_path, "hangs")
    assert result["why"] == "it took too long"
    child = int(result["last_words"].splitlines()[-1])
    with suppress(ProcessLookupError):
        ends = os.pidfd_open(child)
        assert select.select([ends], [], [], PATIENCE_S)[0], "a process it started lives on"
        os.close(ends)


def test_one_red_check_does_not_keep_the_others_from_running(tmp_path: Path) -> None:
    checks = [check("finds"), check("passes"), check("passes", "alone", alone=True)]
    assert run(checks, runner(tmp_path), workers=2) == 1
    assert [each["result"]["passed"] for each in report_of(tmp_path)["checks"]] == [False, True, True]


def test_what_passed_at_the_same_commit_and_scale_is_not_run_again_and_what_was_red_is(tmp_path: Path) -> None:
    checks = [check("passes"), check("finds")]
    run(checks, runner(tmp_path))
    kept = {name: (tmp_path / f"{name}.json").stat().st_mtime_ns for name in ("passes", "finds")}

    def run_again(name: str, **more: Any) -> bool:
        run(checks, runner(tmp_path, resume=True, **more))
        before, kept[name] = kept[name], (tmp_path / f"{name}.json").stat().st_mtime_ns
        return before != kept[name]

    assert not run_again("passes")
    assert run_again("finds")
    assert run_again("passes", scale=0.5)
    assert run_again("passes", commit="another")
    assert run_again("passes", commit="another" + machine.CHANGED)
    assert run_again("passes", commit="another" + machine.CHANGED)  # nobody can come back to that


def test_a_result_of_another_commit_is_not_in_the_report(tmp_path: Path) -> None:
    run([check("passes"), check("finds")], runner(tmp_path))
    assert run([check("passes"), check("finds")], runner(tmp_path, commit="another"), only=["passes"]) == 0
    assert report_of(tmp_path)["checks"][1]["result"] is None


def test_a_promise_is_kept_only_if_every_check_of_it_has_run(tmp_path: Path) -> None:
    checks = [check("passes"), check("passes", "other")]
    run(checks, runner(tmp_path), only=["passes"])
    assert report_of(tmp_path)["promises"][0]["verdict"] == "open"
    run(checks, runner(tmp_path), only=["other"])
    assert report_of(tmp_path)["promises"][0]["verdict"] == "passed"


def test_a_promise_whose_checks_were_run_in_small_is_kept_in_small_only(tmp_path: Path) -> None:
    checks = [check("passes")]
    run(checks, runner(tmp_path, scale=0.01))
    assert report_of(tmp_path)["promises"][0]["verdict"] == "small"
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}{END}", encoding="utf-8")
    publish(report_of(tmp_path), readme)
    assert "| 0.01 |" in readme.read_text()
    assert "Looked at in small (kept in small): P1." in readme.read_text()
    run(checks, runner(tmp_path))
    assert report_of(tmp_path)["promises"][0]["verdict"] == "passed"


def test_a_check_is_told_its_size_or_the_scale(tmp_path: Path) -> None:
    checks = [check("passes", "sized", size=1000), check("passes", "scaled"), check("passes", "on", resumes=True)]
    run(checks, runner(tmp_path, scale=0.0126, resume=True))
    given = {each.name: result_of(tmp_path, each.name)["figures"]["given"] for each in checks}
    assert given == {"sized": "--size 13", "scaled": "--scale 0.0126", "on": "--scale 0.0126 --resume"}
    assert check("passes").line(1) == check("passes", resumes=True).line(1)
    assert check("passes", size=10).line(0.001)[-1] == "1"


def test_a_check_nobody_knows_is_an_error_and_runs_nothing(tmp_path: Path) -> None:
    assert run([check("passes")], runner(tmp_path), only=["pases"]) == 2
    assert not list(tmp_path.iterdir())


def test_the_page_holds_every_promise_in_both_languages_and_needs_nothing_else(tmp_path: Path) -> None:
    run([check("passes"), check("finds")], runner(tmp_path))
    text = (tmp_path / "report.html").read_text()
    for number, promise in PROMISES.items():
        assert f"<th>{number}</th>" in text
        assert promise.zh in text
        assert promise.en.replace("'", "&#x27;") in text
    for word in ("<script", "http://", "https://", "src=", "@import", "url("):
        assert word not in text
    assert COMMIT in text
    assert Machine.ours().sqlite in text
    assert "lost 1" in text


def test_words_of_a_check_cannot_break_the_page() -> None:
    evil = Check(name="x", command=("x",), promises=("P1",), zh="<b>", en="<script>alert(1)</script>")
    assert "<script" not in page(made([evil], {}, commit="<i>", scale=1, machine=Machine.ours()))


def test_publishing_rewrites_what_stands_between_the_marks_and_nothing_else(tmp_path: Path) -> None:
    run([check("passes"), check("finds")], runner(tmp_path))
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    publish(report_of(tmp_path), readme)
    once = readme.read_text()
    publish(report_of(tmp_path), readme)
    assert readme.read_text() == once
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    assert COMMIT in once
    assert "tried 1,000; lost 0" in once
    readme.write_text("no place", encoding="utf-8")
    with pytest.raises(ValueError, match="no place for the figures"):
        publish(report_of(tmp_path), readme)


def test_a_list_that_cannot_be_read_is_said_to_be_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "checks.toml"
    path.write_text('[[check]]\nname = "a"\n', encoding="utf-8")
    assert main(["--list", str(path), "--folder", str(tmp_path)]) == 2
    assert "checks.toml" in capsys.readouterr().err


def test_the_list_of_checks_names_commands_and_promises_that_are_there() -> None:
    for each in read_checks(ROOT / "tests" / "nightly" / "checks.toml"):
        module = ROOT.joinpath(*each.command[0].split("."))
        assert module.with_suffix(".py").exists() or (module / "__main__.py").exists(), each.name
        assert set(each.promises) <= set(PROMISES), each.name
        assert os.sep not in each.name
