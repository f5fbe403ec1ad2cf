"""What an engine says of itself is signed, whole."""

import msgspec
import pytest

from engine.cluster.cipher import Cipher
from engine.cluster.frames import Beat, Second, close_down, open_down
from tests.journal.books import SIGNER

SECOND = Second("async", "catching_up", 4, 2, waits=False)
BEAT = Beat("trial", 1, 7, b"\x07" * 32, 1_000, "boot", "http://10.0.0.4:8000", ((1, 1),), SECOND, "a note").signed(
    SIGNER
)


def test_how_it_is_with_the_second_copy_comes_with_the_beat() -> None:
    cipher = Cipher(b"\x05" * 32)
    heard = open_down(cipher, "trial", close_down(cipher, "trial", BEAT))
    assert isinstance(heard, Beat)
    assert heard.holds(SIGNER.public)
    assert heard.second == SECOND
    assert SECOND.told() == {"mode": "async", "standing": "catching_up", "behind": 4}


@pytest.mark.parametrize(
    "second",
    [None, *(msgspec.structs.replace(SECOND, **change) for change in ({"behind": 0}, {"late": 0}, {"waits": True}))],
)
def test_nobody_but_the_house_says_how_it_is_with_the_second_copy(second: Second | None) -> None:
    assert not msgspec.structs.replace(BEAT, second=second).holds(SIGNER.public)


def test_nor_which_checkpoint_is_the_newest() -> None:
    assert not msgspec.structs.replace(BEAT, note="another").holds(SIGNER.public)
