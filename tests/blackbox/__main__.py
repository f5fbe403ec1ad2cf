"""``python -m tests.blackbox NAME --nightly --size N``: the real server from outside, in every way it may be treated."""

import importlib
import resource
import sys
from typing import Final

import trio

from tests.nightly.telling import finish, progress, sized

CHECKS: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "kill": (("P1", "P2", "P3", "P4"), 200),
    "order": (("P4",), 200),
    "readers": (("P12",), 2_000),
    "frames": (("P14",), 100_000),
    "floods": (("P15",), 20_000),
    "halfopen": (("P15",), 5_000),
    "slowloris": (("P15",), 1_000),
    "vanishing": (("P1", "P12"), 2_000),
    "openings": (("P1", "P2", "P19", "P21"), 24),
}
"""Each check, a module beside this one: what it is about, and its full size."""


def main(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if name not in CHECKS:
        print(f"python -m tests.blackbox {{{','.join(CHECKS)}}} [--size N]", file=sys.stderr)
        return 2
    promises, full = CHECKS[name]
    size = sized(f"tests.blackbox {name}", full, rest)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    passed, figures = trio.run(importlib.import_module(f"tests.blackbox.{name}").check, size, progress)
    return finish(promises, figures, passed=passed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
