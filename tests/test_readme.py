"""What the READMEs tell people to do works, and both tell the same."""

import re
from pathlib import Path

import pytest

from engine.notice import read_notice

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(
    ("name", "catalogue", "paddles"),
    [
        ("README.md", "lot,plate,opening_yuan", "paddle,channel,deposits"),
        ("README.zh-CN.md", "标的号,号牌,起拍价", "竞买号牌,渠道,保证金份数"),
    ],
)
def test_the_sale_of_ones_own_in_the_readme_can_be_read(
    tmp_path: Path, name: str, catalogue: str, paddles: str
) -> None:
    [notice] = blocks(name, "toml")
    (tmp_path / "sale.toml").write_text(notice, encoding="utf-8")
    (tmp_path / "catalogue.csv").write_text(f"{catalogue}\n1,豫H88888,10000\n", encoding="utf-8")
    (tmp_path / "paddles.csv").write_text(f"{paddles}\n8,online,1\n9,hall,1\n", encoding="utf-8")
    read = read_notice(tmp_path / "sale.toml")
    assert read.sale == "plates-5"
    assert len(read.admissions) == 2


def test_both_readmes_give_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        lines = [line for block in blocks(name, "sh") for line in block.splitlines()]
        return [line.partition("#")[0].replace("公钥", "KEY").rstrip() for line in lines]

    assert commands("README.md") == commands("README.zh-CN.md")


@pytest.mark.parametrize("name", READMES)
def test_every_file_a_readme_points_to_is_there(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    missing = [target for target in targets if not target.startswith("http") and not (ROOT / target).exists()]
    assert not missing
