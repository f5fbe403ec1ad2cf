"""Keepers of unanswered commands: one list of promises, two keepers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clients.unanswered import REWRITE_AT_LINES, Command, InFile, InMemory, Unanswered

KEEPERS: dict[str, Callable[[Path], Unanswered]] = {
    "memory": lambda _: InMemory(),
    "file": lambda folder: InFile(folder / "deep" / "unanswered.jsonl"),
}


@pytest.fixture(params=KEEPERS)
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Unanswered:
    return KEEPERS[request.param](tmp_path)


A, B, C = Command("a", '{"a":"号"}'), Command("b", '{"b":1}'), Command("c", "{}")


def test_keeps_in_order_until_settled(keeper: Unanswered) -> None:
    for command in (A, B, C):
        keeper.keep(command)
    keeper.settle("b")
    keeper.settle("b")
    keeper.settle("nobody")
    assert keeper.all() == (A, C)
    assert keeper.get("a") == A
    assert keeper.get("b") is None


def test_the_same_command_is_kept_once_and_another_with_its_id_is_not_taken(keeper: Unanswered) -> None:
    keeper.keep(A)
    keeper.keep(A)
    with pytest.raises(ValueError, match="taken"):
        keeper.keep(Command("a", "other"))
    assert keeper.all() == (A,)


def test_a_file_survives_the_program(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    first = InFile(path)
    for command in (A, B, C):
        first.keep(command)
    first.settle("a")
    assert InFile(path).all() == (B, C)
    assert InFile(path).all() == (B, C)


@pytest.mark.parametrize("torn", range(1, 12))
def test_a_torn_last_line_is_a_command_that_was_never_sent(torn: int, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    keeper = InFile(path)
    keeper.keep(A)
    whole = path.read_bytes()
    keeper.keep(B)
    path.write_bytes(whole + path.read_bytes()[len(whole) :][:torn])
    again = InFile(path)
    assert again.all() == (A,)
    again.keep(C)
    assert InFile(path).all() == (A, C)


def test_what_is_settled_does_not_pile_up(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    keeper = InFile(path)
    keeper.keep(A)
    for number in range(REWRITE_AT_LINES):
        keeper.keep(Command(str(number), "{}"))
        keeper.settle(str(number))
    assert len(path.read_bytes().splitlines()) < REWRITE_AT_LINES
    assert InFile(path).all() == (A,)
