"""The rules against the naive model, over random sales of every pack."""

import random
from dataclasses import replace

import pytest

from engine.domain.quota import packs
from engine.domain.units import Fen
from tests.domain.quota.room import Room
from tests.domain.quota.trial import main, play

SALES = 400


@pytest.mark.parametrize("batch", range(4))
def test_the_rules_and_the_naive_model_agree_on_every_answer_and_every_winner(batch: int) -> None:
    for seed in range(batch * SALES // 4, (batch + 1) * SALES // 4):
        play(seed)


def test_equal_books_have_equal_digests_whatever_the_order_they_came_in() -> None:
    chance = random.Random(1)
    rooms = [Room(packs.shenzhen(3, Fen(1_000_00))) for _ in range(2)]
    for room in rooms:
        room.open()
        for paddle in (1, 2, 3):
            room.offer(paddle, chance.randrange(10, 20) * 100)
    one, other = (room.sale.books["personal"] for room in rooms)
    offers = list(one)
    for offer in offers:
        other.put(offer)
    assert one.digest() == other.digest()
    other.put(replace(offers[0], amount=Fen(offers[0].amount + 1)))
    assert one.digest() != other.digest()


def test_the_nightly_run_plays_as_many_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--nightly", "--size", "3"]) == 0
    assert '"sales":3,"wrong":0' in capsys.readouterr().out
