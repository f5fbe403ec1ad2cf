"""The nightly check of openings by the rules alone, in small; and what it looks for it can find."""

from collections import Counter

from engine.domain.opening.commands import Half
from tests.articles import article
from tests.domain.opening import night, remedies
from tests.domain.opening.copies import WAYS
from tests.domain.opening.house import House, sheet, three


def nobody_listens(_words: str) -> None: ...


@article("38")
def test_who_cannot_unseal_loses_nothing_a_liar_is_named_and_no_copy_is_a_bid() -> None:
    figures = night.many(5, nobody_listens)
    assert figures["wrong"] == 0
    assert figures["openings"] == 5
    assert figures["copies"] == 2 * len(WAYS)
    assert figures["recovered"] == figures["failing"] > 0
    assert figures["named"] == figures["lies"] > 0


def test_openings_are_drawn_in_which_none_some_and_all_fail_with_each_trustee_lying() -> None:
    shares, liars = Counter[float](), Counter[int | None]()
    for seed in range(300):
        numbers, failing, liar = remedies.drawn(seed)
        shares[len(failing) / len(numbers)] += 1
        liars[liar] += 1
    assert {0, 1} < shares.keys()
    assert set(liars) == {None, 1, 2, 3}
    assert min(shares[0], shares[1], *liars.values()) > 30


def test_an_answer_that_is_no_lie_is_not_named() -> None:
    house = three(House(sheet(remedy=True)))
    house.until_unsealing()
    house.until_combining()
    assert remedies.give(house, 2, 305, Half.HALL, house.answer(2, 305, of=4711)) == (2,)
    assert remedies.give(house, 2, 305, Half.HALL, house.answer(2, 305)) == ()
    assert remedies.give(house, 2, 305, Half.HALL, house.answer(2, 305)) is None
