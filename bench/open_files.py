"""How many files a process may have open. Imports nothing of ours, for peers run in environments of their own."""

import resource
from pathlib import Path

WANTED = 65_536


def raise_file_limit() -> None:
    """As many open files as we may have, and more than that where we may raise the limit; what is started from here inherits it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < WANTED:
        try:
            most = int(Path("/proc/sys/fs/nr_open").read_text())
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(WANTED, most), min(WANTED, most)))
        except (OSError, ValueError):
            pass  # only the administrator may
        else:
            return
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
