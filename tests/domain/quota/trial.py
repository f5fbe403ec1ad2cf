"""Random quota sales held both ways, by the rules and by the naive model: they must agree on every answer and every winner."""

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from engine.domain.quota import packs, views
from engine.domain.quota.award import winners
from engine.domain.quota.sheet import QuotaSheet, Running, Ties
from engine.domain.refusals import Refusal
from engine.domain.units import Fen, PaddleNo
from tests.domain.quota.naive import NaiveSale
from tests.domain.quota.room import Room, code
from tests.nightly.telling import finish, progress, sized

SALES: Final = 10_000
"""In full; the daily tests play fewer."""

PADDLES: Final = 12


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
                assert_told(room, naive, own, chance)
        room.wait(sheet.rounds[number].span / 1e9 + 1)
        naive.next_round()
    for each in sheet.classes:
        award, expected_result = room.sale.awards[each.name], naive.result()[each.name]
        won = winners(sheet, room.sale.books[each.name], award.reserve)
        assert [offer.paddle for offer in won] == expected_result["won"], seed
        assert (award.average, award.uniform) == (expected_result["average"], expected_result["uniform"]), seed
    assert all(isinstance(outcome, Refusal) or outcome for _, _, outcome in room.taken)


def assert_told(room: Room, naive: NaiveSale, name: str, chance: random.Random) -> None:
    """One bidder's private part, whoever he is, says what the model says."""
    paddle = chance.choice([paddle for paddle, own in naive.classes.items() if own == name])
    part = views.mine(room.sale, PaddleNo(paddle))
    assert part is not None
    order = [offer[0] for offer in naive.order(name)]
    inside = order.index(paddle) < naive.quota(name) if paddle in order else None
    assert part["inside"] == (inside if room.sheet.running is Running.CUTOFF else None)
    now = room.sheet.rounds[naive.round - 1]
    assert part["revisions_left"] == max(0, now.revisions - naive.used.get(paddle, 0))
    assert part["may_offer"] == (part["revisions_left"] > 0 if paddle in order else now.first_offers)
    if part["may_offer"] and now.reach is not None:
        cutoff = naive.cutoff(name)[0]
        assert (part["least_fen"], part["most_fen"]) == (max(room.sheet.floor, cutoff - now.reach), cutoff + now.reach)


def main(arguments: Sequence[str]) -> int:
    """Play many sales; each that disagrees is named by its seed."""
    sales = sized("tests.domain.quota.trial", SALES, arguments)
    wrong: list[int] = []
    for seed in range(sales):
        try:
            play(seed)
        except AssertionError as error:
            wrong.append(seed)
            progress(f"seed {seed}: {error}")
        if seed % 1000 == 999:
            progress(f"{seed + 1} sales, {len(wrong)} disagree")
    figures = {"sales": sales, "wrong": len(wrong)}
    return finish(["P5"], figures, passed=not wrong, seeds=f"0-{sales - 1}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
