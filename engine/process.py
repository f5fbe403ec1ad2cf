"""How Python runs in a process that serves a full hall."""

import resource
import sys
from typing import Final

SWITCH_INTERVAL_S: Final = 1e-4
"""How long a busy loop may keep the thread that commits from its next step. Python's own 5 ms can starve it for seconds."""


def made_ready() -> None:
    """
    Threads take turns often, and every browser may have its open file.

    As many files are taken as the system lets this process have, not the few it begins with.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
