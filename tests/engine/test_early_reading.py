"""
Before the deadline nobody reads a price: not with all that the house has on its disk, and not with a trustee's share besides.

The attacker has every byte of the data folder, keys included, and knows the formats and the tender's conditions. Last comes the same
attack with two shares under the announced remedy, which succeeds, as is said beforehand: so the attack is one.
"""

from itertools import combinations
from typing import Final

import pytest
import trio

from tests.articles import article
from tests.domain.opening.house import priced, sealed, spelled, tender_of
from tests.engine.loot import Loot
from tests.engine.tender import tender_house

PRICES: Final = {4711: 12_345_671, 305: 12_345_673, 90210: 12_345_677}
"""In yuan; no other number on the disk looks like one of them."""


@pytest.fixture(scope="module")
def loot(tmp_path_factory: pytest.TempPathFactory) -> Loot:
    """The data folder of a house that has received three bids, as it lies there before the deadline."""
    folder = tmp_path_factory.mktemp("loot")

    async def receive() -> None:
        with trio.fail_after(60):
            async with tender_house(folder, remedy=True) as one:
                await one.register(*PRICES)
                for number, yuan in PRICES.items():
                    await one.submit(number, yuan)
                await one.ask("bidder:305", "sign_in")

    trio.run(receive)
    return Loot.of(folder)


def test_no_price_lies_anywhere_in_clear(loot: Loot) -> None:
    assert any("/chunks/" in name for name in loot.files)
    assert any(name.endswith("journal.pem") for name in loot.files)
    assert any(b"EnvelopeReceived" in content for content in loot.files.values())  # What is kept is kept in clear.
    assert loot.in_clear(PRICES.values()) == []


@article("34")
@pytest.mark.parametrize("trustee", [1, 2, 3])
def test_the_whole_data_folder_and_one_share_read_no_price(loot: Loot, trustee: int) -> None:
    share = tender_of().shares[trustee - 1]
    assert not any(loot.reads_alone(manifest, share) for manifest in loot.manifests())


def test_nothing_in_the_data_folder_is_half_a_key(loot: Loot) -> None:
    """Each half is recognised by a digest in the manifest: no 32 bytes on the disk have it."""
    for manifest in loot.manifests():
        true = sealed(manifest.context, spelled(priced(PRICES[int(manifest.context.bidder)])), remedy=True).sealed.own
        assert loot.halves_in([true]) == [true]  # Had it lain there, it would be found.
    tried = set(loot.secrets())
    assert len(tried) > 10_000
    assert loot.halves_in(tried) == []


def test_sealed_sheets_of_different_prices_look_alike(loot: Loot) -> None:
    chunks = [loot.chunk(manifest) for manifest in loot.manifests()]
    assert len({len(chunk) for chunk in chunks}) == 1
    assert len({len(manifest.write()) for manifest in loot.manifests()}) <= 3  # Bidders' numbers differ in length.
    for chunk in chunks:
        ones = sum(byte.bit_count() for byte in chunk)
        assert abs(ones - 4 * len(chunk)) < 4 * (2 * len(chunk)) ** 0.5  # Four standard deviations of as many coins.


@pytest.mark.parametrize("pair", list(combinations((1, 2, 3), 2)))
def test_two_shares_read_every_price_where_the_remedy_was_announced(loot: Loot, pair: tuple[int, int]) -> None:
    """As is said beforehand (SEALING.md): the attack of this file is one, and two trustees are trusted not to make it."""
    shares = [tender_of().shares[trustee - 1] for trustee in pair]
    for manifest in loot.manifests():
        assert loot.read_with(manifest, shares)["price_fen"] == PRICES[int(manifest.context.bidder)] * 100
