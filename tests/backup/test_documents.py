"""What operators are told to type is what the command line takes."""

import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from engine.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "engine" / "deploy" / "BACKUP.md").read_text(encoding="utf-8")
TOLD = sorted(set(re.findall(r"luochui ([a-z]+)((?: [^`#>;,\n]+)?)", PAGE)))


@pytest.mark.parametrize(("command", "rest"), TOLD)
def test_every_command_and_option_on_the_page_is_there(command: str, rest: str) -> None:
    assert command in get_command(app).list_commands(None)  # type: ignore[attr-defined]
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "120"}).stdout
    for option in re.findall(r"--[a-z-]+", rest):
        assert option in shown, option


def test_the_page_says_how_long_each_kind_of_sale_is_kept() -> None:
    for article in ("拍卖法 54", "法释〔2016〕18号 29", "政府采购法 42"):
        assert article in PAGE
    for years in ("5 years", "10 years", "15 years"):
        assert years in PAGE
