"""A sale, and a lot on the block."""

import pytest

from tests.domain.auction.saleroom import Saleroom


@pytest.fixture
def room() -> Saleroom:
    """A sale announced, with four paddles, and not open yet."""
    return Saleroom()


@pytest.fixture
def block(room: Saleroom) -> Saleroom:
    """The same with lot 1 on the block."""
    return room.open(1)
