"""A little of every night's fuzzing; see README.md."""

import pytest

from tests.fuzz.mutation import Broken, Fuzzer
from tests.fuzz.targets import TARGETS, Target

SIZES = {"http": 800, "toml": 300, "catalogue": 500, "paddles": 500, "draft": 500}


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_whatever_a_reader_is_given_it_answers(target: Target) -> None:
    fuzzer = Fuzzer(target, seed=1)
    list(fuzzer.run(SIZES.get(target.name, 3000)))
    assert len(fuzzer.answers) >= 2, "the seeds are read and something else is not"


def test_the_same_seed_gives_the_same_inputs() -> None:
    first, again = Fuzzer(TARGETS[0], seed=7), Fuzzer(TARGETS[0], seed=7)
    for fuzzer in (first, again):
        list(fuzzer.run(500))
    assert first.answers == again.answers


def test_a_reader_that_breaks_is_caught_with_what_broke_it() -> None:
    def brittle(data: bytes) -> str:
        if b"\xff" in data:
            raise KeyError(data)
        return "fine"

    with pytest.raises(Broken, match=r"brittle, seed 1: .*\\xff"):
        list(Fuzzer(Target("brittle", brittle, (b"abc",), (b"\xff",)), seed=1).run(1000))
