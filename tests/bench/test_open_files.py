"""As many files as we may have open are had open, by a process that says so and those it starts."""

import subprocess
import sys

ASK = (
    "import resource; from bench.open_files import raise_file_limit; before = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
    "raise_file_limit(); print(before, *resource.getrlimit(resource.RLIMIT_NOFILE))"
)


def test_the_limit_is_all_that_was_allowed_or_more() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    before, soft, hard = map(int, done.stdout.split())
    assert soft == hard
    assert soft >= before or soft == -1
