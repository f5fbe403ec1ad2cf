"""The rules against the naive model, over random sales of every pack."""

import random
from dataclasses import replace

import pytest

from engine.domain.quota import packs
from engine.domain.quota.award import winners
from engine.domain.quota.sheet import QuotaSheet, Ties
from engine.domain.refusals import Refusal
from engine.domain.units import Fen, PaddleNo
from tests.domain.quota.naive import NaiveSale
from tests.domain.quota.room import Room, code

SALES = 400
PADDLES = 12


def sheet_of(chance: random.Random) -> QuotaSheet:
    """Any pack, with its switches."""
    quota = chance.randrange(1, 8)
    sheet = chance.choice(
        [
            packs.shanghai(quota, Fen(2_000_00), companies=chance.choice([0, 2])),
            packs.shenzhen(quota, Fen(1_000_00)),
            packs.guangzhou(quota, Fen(1_000_00), trim_percent=chance.choice([0, 10, 30])),
            packs.hangzhou(quota, Fen(1_000_00), Fen(1_000_00)),
            packs.coe(quota),
        ]
    )
    return replace(sheet, ties=chance.choice(list(Ties)), refused_counts=chance.random() < 0.5)


def play(seed: int) -> None:
    """Hold one sale both ways and compare after every offer."""
    chance = random.Random(seed)
    sheet = sheet_of(chance)
    company = PADDLES if len(sheet.classes) > 1 else 0
    room = Room(sheet, personal=PADDLES, company=company)
    classes = dict.fromkeys(range(1, PADDLES + 1), sheet.classes[0].name)
    classes |= dict.fromkeys(range(1001, 1001 + company), sheet.classes[-1].name)
    room.open()
    naive = NaiveSale(sheet, classes)
    for number in range(len(sheet.rounds)):
        for _ in range(chance.randrange(10, 40)):
            room.at += chance.choice([0, 0, 1, 1000])
            paddle = chance.choice([*classes, 999])
            name = classes.get(paddle, sheet.classes[0].name)
            around = room.sale.books[name].cutoff().amount
            amount = chance.choice([around + chance.randrange(-5, 6) * sheet.step, chance.randrange(0, 30) * 100_00, 1])
            said = code(room.offer_fen(paddle, amount))
            expected = naive.offer(paddle, amount, room.at)
            assert said == {"ok": "OfferMade", "lost": "RevisionLost"}.get(expected, expected), (seed, paddle, amount)
            for own, book in room.sale.books.items():
                cutoff = book.cutoff()
                assert (cutoff.amount, cutoff.at) == naive.cutoff(own), seed
                assert [offer.paddle for offer in book] == [offer[0] for offer in naive.order(own)], seed
                inside = {offer[0] for offer in naive.order(own)[: book.quota]}
                assert {p for p in classes if book.inside(PaddleNo(p))} == inside, seed
        room.wait(sheet.rounds[number].span / 1e9 + 1)
        naive.next_round()
    for each in sheet.classes:
        award, expected_result = room.sale.awards[each.name], naive.result()[each.name]
        won = winners(sheet, room.sale.books[each.name], award.reserve)
        assert [offer.paddle for offer in won] == expected_result["won"], seed
        assert (award.average, award.uniform) == (expected_result["average"], expected_result["uniform"]), seed
    assert all(isinstance(outcome, Refusal) or outcome for _, _, outcome in room.taken)


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
