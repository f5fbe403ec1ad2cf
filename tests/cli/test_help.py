"""``--help`` teaches, and wrong use is told what would be right."""

import re

import pytest

from engine.cli import app
from tests.cli.program import luochui

COMMANDS = sorted(command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands)


def test_the_first_page_names_every_command_and_where_to_begin() -> None:
    shown = luochui("--help")
    assert shown.returncode == 0
    assert "Begin with: luochui demo" in shown.stdout
    assert {"serve", "demo", "token", "replay", "verify", "export", "health"} <= set(COMMANDS)
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\S", shown.stdout, re.MULTILINE), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_every_option_what_it_is_for(command: str) -> None:
    shown = luochui(command, "--help")
    assert shown.returncode == 0
    assert f"Usage: luochui {command}" in shown.stdout
    sentence = shown.stdout.split("\n\n")[1].strip()
    assert sentence.endswith((".", ":")), sentence
    lines = shown.stdout.splitlines()
    options = [(at, line) for at, line in enumerate(lines) if re.match(r"  --\w", line)]
    assert options
    for at, line in options:
        words = re.split(r" {2,}", line.strip(), maxsplit=1)[1:] or [lines[at + 1].strip()]
        assert len(words[0]) > 5, line


@pytest.mark.parametrize("command", ["replay", "verify"])
def test_checking_commands_name_their_exit_code(command: str) -> None:
    assert "Exit code 3" in luochui(command, "--help").stdout


WRONG_USE = [
    ((), "Usage: luochui"),
    (("knock-down",), "No such command 'knock-down'"),
    (("serve", "--sail", "x"), "No such option"),
    (("serve",), "--data"),
    (("demo", "--chaos"), "--chaos goes with --cluster"),
    (("demo", "timed", "--cluster"), "--cluster is for the sale by the hammer"),
    (("verify",), "JOURNAL|RECEIPT"),
    (("export", "x", "--table", "wishes"), "'records', 'bids', 'lots'"),
    (("token", "--data", "x", "--sale", "y", "--role", "bidder"), "--paddle goes with --role bidder"),
    (("token", "--data", "x", "--sale", "y"), "Give --sale and --role, or --planner"),
    (("token", "--data", "x", "--planner", "--role", "clerk"), "--planner goes without"),
    (("token", "--data", "x", "--sale", "y", "--role", "clerk", "--paddle", "3"), "--paddle goes with --role bidder"),
    (("token", "--data", "x", "--sale", "y", "--role", "bidder", "--paddle", "0"), "--paddle"),
    (("verify", "no-such-file"), "no-such-file holds no journal"),
    (("replay", "no-such-file"), "no-such-file holds no journal"),
    (("export", "no-such-file"), "no-such-file holds no journal"),
    (("serve", "--data", "no-such-folder", "--port", "70000"), "ports end at 65535"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG_USE, ids=[" ".join(use) or "nothing" for use, _ in WRONG_USE])
def test_wrong_use_ends_with_2_and_says_what_is_wrong(arguments: tuple[str, ...], said: str) -> None:
    done = luochui(*arguments)
    assert done.returncode == 2
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
