"""How many files a process may have open. Imports nothing of ours, for peers run in environments of their own."""

import resource


def raise_file_limit() -> None:
    """As many open files as we may have; what is started from here inherits it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
