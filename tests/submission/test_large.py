"""A large envelope takes no more memory than a small one, and a real process that is killed half way goes on."""

from pathlib import Path

import pytest

from tests.submission.large import brought

MIB = 64


@pytest.mark.kill
async def test_an_envelope_is_never_held_whole_by_house_or_client(tmp_path: Path) -> None:
    figures = await brought(MIB, tmp_path)
    assert max(figures.values()) <= MIB / 4, (
        figures
    )  # In full, a tenth of the envelope is allowed: `tests.submission.large`.
