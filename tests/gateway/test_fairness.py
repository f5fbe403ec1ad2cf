"""Nobody is always shown a price first. In full: ``python -m tests.gateway.fairness``."""

import pytest

from engine.gateway.broadcaster import first_served
from tests.gateway.fairness import Ranks, fair, shown, tried


@pytest.mark.parametrize("viewers", [10, 97])
def test_on_the_whole_everybody_is_shown_prices_at_the_same_time(viewers: int) -> None:
    figures = tried(4_000, viewers)
    assert fair(figures), figures


def test_a_house_that_always_began_with_the_same_viewer_would_be_found() -> None:
    ranks = Ranks.of(10)
    for seq in range(1000):
        ranks.add(list(range(10)), shown(seq).head)
    assert (min(ranks.means(1000)), max(ranks.means(1000))) == (0, 1)
    assert ranks.chi_squared_sigmas(1000) > 50
    assert ranks.not_as_published > 800


def test_who_is_served_first_follows_from_the_digest_of_the_record_alone() -> None:
    assert [first_served(head, 7) for head in ("00" * 32, "00" * 31 + "08", "ff" * 32)] == [0, 1, (2**256 - 1) % 7]
    assert first_served("ff" * 32, 0) == 0
