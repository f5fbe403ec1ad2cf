"""Each says itself which version it is; one that says nothing is not guessed."""

import platform
import sys

from bench.peers.ours import Ours
from bench.peers.programs import programs
from bench.peers.versions import OF_PYTHON, number, said


def test_a_number_is_read_wherever_it_stands() -> None:
    assert number([sys.executable, "-c", "print('nginx version: nginx/1.22.1 (x)')"]) == "1.22.1"
    assert number([sys.executable, "-c", "print('none')"]) == "?"
    assert number(["no-such-program"]) == "?"


def test_a_python_says_its_own_version_and_that_of_what_it_has() -> None:
    told = said([sys.executable, "-c", OF_PYTHON, "websockets"])
    assert told.startswith(f"Python {platform.python_version()}, websockets ")


def test_ours_is_told_as_theirs_are() -> None:
    assert Ours().version().startswith(f"Python {platform.python_version()}, luochui ")
    trio = next(each for each in programs(sys.executable) if each.name == "websockets.trio")
    assert ", trio " in trio.version()
