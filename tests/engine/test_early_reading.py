"""
Before the deadline nobody reads a price: not with all that the house has on its disk, and not with a trustee's share besides.

The attacker has every byte of the data folder, keys included, and knows the formats and the tender's conditions. Last comes the same
attack with two shares under the announced remedy, which succeeds, as is said beforehand: so the attack is one.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest
import trio

from engine.domain.opening.state import Opening
from engine.sealing import halves
from engine.sealing.content import SheetContent, unpack_sheet
from engine.sealing.envelope import unwrap_hall, unwrap_own, unwrap_remedy
from engine.sealing.faults import SealFault
from engine.sealing.halves import HALL, OWN, REMEDY
from engine.sealing.keys import CurvePrivateKey
from engine.sealing.manifest import Manifest
from engine.sealing.parts import chunk_digest
from engine.sealing.suites import HALF_BYTES
from engine.sealing.trustees import Answer, Share, answer
from tests.articles import article
from tests.clients.exports import Journal
from tests.domain.opening.house import priced, sealed, spelled, tender_of
from tests.engine.tender import SALE, tender_house
from tests.sealing.scene import chance

PRICES: Final = {4711: 12_345_671, 305: 12_345_673, 90210: 12_345_677}
"""In yuan; no other number on the disk looks like one of them."""

_PEM: Final = re.compile(rb"-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END")
_HEX: Final = re.compile(rb"[0-9a-fA-F]{64,}")


@dataclass(frozen=True)
class Loot:
    """Everything that lies in a data folder."""

    folder: Path
    opening: Opening
    files: dict[str, bytes]

    def manifests(self) -> list[Manifest]:
        return [each.manifest for each in self.opening.envelopes.values()]

    def chunk(self, manifest: Manifest) -> bytes:
        """The sealed sheet of an envelope, found by its digest."""
        suite, root = manifest.context.of, manifest.parts[0].root
        return next(each for each in self.files.values() if chunk_digest(suite, each) == root)

    def secrets(self) -> Iterator[bytes]:
        """Whatever could be half a key: every 32 bytes in a row, and every 64 hexadecimal digits, but for what is ciphertext."""
        for name, content in self.files.items():
            if "/chunks/" in name:
                continue
            for at in range(len(content) - HALF_BYTES + 1):
                yield content[at : at + HALF_BYTES]
            for found in _HEX.finditer(content):
                for at in range(0, len(found[0]) - 2 * HALF_BYTES + 1, 2):
                    yield bytes.fromhex(found[0][at : at + 2 * HALF_BYTES].decode())
            for found in _PEM.finditer(content):
                der = base64.b64decode(found[1])
                for at in range(len(der) - HALF_BYTES + 1):
                    yield der[at : at + HALF_BYTES]


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
    state = Journal.read(folder, SALE).state
    assert isinstance(state, Opening)
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return Loot(folder, state, files)


def read_with(loot: Loot, manifest: Manifest, shares: list[Share]) -> SheetContent:
    """Read a bid by what trustees can compute from their shares; raises SealFault."""
    hall = loot.opening.rules.hall_key
    assert manifest.wrap_remedy is not None

    def answers(wrapped: bytes, what: str) -> list[Answer]:
        info = manifest.context.purpose(what)
        return [answer(hall, share, wrapped, info, chance("attack")) for share in shares]

    second = unwrap_hall(manifest, hall, answers(manifest.wrap_hall, HALL))
    own = unwrap_remedy(manifest, hall, answers(manifest.wrap_remedy, REMEDY))
    key = halves.data_key(manifest, own, second)
    return unpack_sheet(key.cipher(manifest.parts[0]).open(0, loot.chunk(manifest)))


def test_no_price_lies_anywhere_in_clear(loot: Loot) -> None:
    assert any("/chunks/" in name for name in loot.files)
    assert any(name.endswith("journal.pem") for name in loot.files)
    assert any(b"EnvelopeReceived" in content for content in loot.files.values())  # What is kept is kept in clear.
    for yuan in PRICES.values():
        spelled = {str(amount).encode() for amount in (yuan, yuan * 100)}
        spelled |= {amount.to_bytes(8, order) for amount in (yuan, yuan * 100) for order in ("big", "little")}
        for name, content in loot.files.items():
            assert not any(each in content for each in spelled), name


@article("34")
@pytest.mark.parametrize("trustee", [1, 2, 3])
def test_the_whole_data_folder_and_one_share_read_no_price(loot: Loot, trustee: int) -> None:
    share = tender_of().shares[trustee - 1]
    for manifest in loot.manifests():
        for shares in ([share], [share, share], [share, Share(trustee % 3 + 1, share.number)]):
            with pytest.raises(SealFault):
                read_with(loot, manifest, shares)
        for wrapped_by in (share.number, share.number * 2, share.number + 1):  # As if the share were the key itself.
            key = CurvePrivateKey(manifest.context.of.curve, wrapped_by % manifest.context.of.curve.n)
            with pytest.raises(SealFault):
                unwrap_own(manifest, key)


def test_nothing_in_the_data_folder_is_half_a_key(loot: Loot) -> None:
    """Each half is recognised by a digest in the manifest: no 32 bytes on the disk have it."""
    wanted = {}
    for manifest in loot.manifests():
        for which, digest in ((OWN, manifest.half_own), (HALL, manifest.half_hall)):
            wanted[digest] = manifest.context.of.hash, manifest.context.purpose(f"half {which}")
        true = sealed(manifest.context, spelled(priced(PRICES[int(manifest.context.bidder)])), remedy=True).sealed.own
        assert halves.half_digest(manifest.context, OWN, true) in wanted  # Had it lain there, it would be found.
    hashes = list(wanted.values())
    tried = set(loot.secrets())
    assert len(tried) > 10_000
    assert not any(hash_(purpose, each) in wanted for each in tried for hash_, purpose in hashes)


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
        assert read_with(loot, manifest, shares)["price_fen"] == PRICES[int(manifest.context.bidder)] * 100
