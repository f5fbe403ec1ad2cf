"""What the README shows, works."""

import doctest
import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "clients" / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_examples_are_python_and_their_imports_are_there(block: str) -> None:
    if ">>>" in block:
        return
    compile(block, "README.md", "exec")
    for line in block.splitlines():
        if line.startswith(("import ", "from ")):
            exec(line, {})


def test_the_session_without_a_socket_goes_as_shown() -> None:
    failed, attempted = doctest.testfile(str(README), module_relative=False)
    assert (failed, attempted) == (0, 5)


def test_every_file_and_command_named_is_there() -> None:
    text = README.read_text()
    for name in re.findall(r"`(\w+(?:\.py|/))`", text):
        assert (README.parent / name).exists(), name
    for module in re.findall(r"python -m clients\.([\w.]+)", text):
        assert (README.parent / f"{module.replace('.', '/')}.py").exists(), module
