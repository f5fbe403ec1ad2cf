"""Which version of each was measured, as it says itself."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.peers.processes import environment

OF_PYTHON: Final = (
    "import platform, sys; from importlib.metadata import version;"
    "print('Python', platform.python_version(), *(f', {name} {version(name)}' for name in sys.argv[1:]), sep=' ')"
)
OF_NODE: Final = (
    "const [name, here] = process.argv.slice(1); const path = require.resolve(name + '/package.json', {paths: [here]});"
    "console.log('node ' + process.versions.node + ', ' + name + ' ' + require(path).version)"
)


def said(command: Sequence[str | Path]) -> str:
    """What it says, in one line; nothing if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, env=environment(), text=True, check=False)  # noqa: S603 - as started
    except OSError:
        return ""
    return " ".join((done.stdout + done.stderr).split()).replace(" ,", ",")


def number(command: Sequence[str | Path]) -> str:
    """The first number of several parts that it says; a question mark if it says none."""
    found = re.search(r"\d+(\.\d+)+", said(command))
    return found[0] if found else "?"
