"""The golden checkpoint is what the code makes today; the pages' own tests read the same file."""

from tests.golden.log import FILE, lines


def test_the_golden_checkpoint_is_what_is_made_today() -> None:
    assert FILE.read_bytes() == lines(), "python -m tests.golden.log, and read the difference"
