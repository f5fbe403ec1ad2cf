"""
What a thief takes who has every byte of the data folder before the deadline, keys included, and what he can make of it.

He knows the formats and the tender's conditions, and may have a trustee's share besides.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

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
from tests.clients.exports import Journal
from tests.engine.tender import SALE
from tests.sealing.scene import chance

_CIPHERTEXT: Final = re.compile(r"/chunks/|/submission/.*/(sheet|documents)$")
_PEM: Final = re.compile(rb"-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END")
_HEX: Final = re.compile(rb"[0-9a-fA-F]{64,}")


@dataclass(frozen=True)
class Loot:
    """Everything that lies in a data folder."""

    opening: Opening
    files: dict[str, bytes]

    @classmethod
    def of(cls, folder: Path) -> "Loot":
        """Take all of it."""
        state = Journal.read(folder, SALE).state
        assert isinstance(state, Opening)
        return cls(
            state, {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        )

    def manifests(self) -> list[Manifest]:
        """Of all envelopes that stand."""
        return [each.manifest for each in self.opening.envelopes.values()]

    def chunk(self, manifest: Manifest) -> bytes:
        """The sealed sheet of an envelope, found by its digest."""
        suite, root = manifest.context.of, manifest.parts[0].root
        return next(each for each in self.files.values() if chunk_digest(suite, each) == root)

    def secrets(self) -> Iterator[bytes]:
        """Whatever could be half a key: every 32 bytes in a row, and every 64 hexadecimal digits, but for what is ciphertext."""
        for name, content in self.files.items():
            if _CIPHERTEXT.search(name):
                continue
            yield from _rows(content)
            for found in _HEX.finditer(content):
                for at in range(0, len(found[0]) - 2 * HALF_BYTES + 1, 2):
                    yield bytes.fromhex(found[0][at : at + 2 * HALF_BYTES].decode())
            for found in _PEM.finditer(content):
                yield from _rows(base64.b64decode(found[1]))

    def in_clear(self, prices: Iterable[int]) -> list[str]:
        """Files in which one of these prices, in yuan, stands in letters or as a number."""
        amounts = [amount for yuan in prices for amount in (yuan, yuan * 100)]
        spelled = {str(amount).encode() for amount in amounts}
        spelled |= {amount.to_bytes(8, order) for amount in amounts for order in ("big", "little")}
        return [name for name, content in self.files.items() if any(each in content for each in spelled)]

    def halves_wanted(self) -> Mapping[bytes, tuple[Manifest, str]]:
        """By which digest each half of each key would be recognised."""
        return {
            digest: (manifest, which)
            for manifest in self.manifests()
            for which, digest in ((OWN, manifest.half_own), (HALL, manifest.half_hall))
        }

    def halves_in(self, tried: Iterable[bytes]) -> list[bytes]:
        """Which of these is half a key of any envelope."""
        wanted = self.halves_wanted()
        purposes = [
            (manifest.context.of.hash, manifest.context.purpose(f"half {which}")) for manifest, which in wanted.values()
        ]
        return [each for each in tried if any(hash_(purpose, each) in wanted for hash_, purpose in purposes)]

    def read_with(self, manifest: Manifest, shares: Sequence[Share]) -> SheetContent:
        """
        Read a bid by what trustees can compute from their shares.

        Raises:
            SealFault: It cannot be read so.

        """
        hall = self.opening.rules.hall_key
        assert manifest.wrap_remedy is not None

        def answers(wrapped: bytes, what: str) -> list[Answer]:
            info = manifest.context.purpose(what)
            return [answer(hall, share, wrapped, info, chance("attack")) for share in shares]

        second = unwrap_hall(manifest, hall, answers(manifest.wrap_hall, HALL))
        own = unwrap_remedy(manifest, hall, answers(manifest.wrap_remedy, REMEDY))
        key = halves.data_key(manifest, own, second)
        return unpack_sheet(key.cipher(manifest.parts[0]).open(0, self.chunk(manifest)))

    def reads_alone(self, manifest: Manifest, share: Share) -> bool:
        """Whether a bid is read with one share: twice, as if it were another's, or as if it were the key itself."""
        curve, other = manifest.context.of.curve, share.trustee % len(self.opening.rules.hall_key.trustees) + 1
        tries: list[Callable[[], object]] = [
            partial(self.read_with, manifest, shares)
            for shares in ([share], [share, share], [share, Share(other, share.number)])
        ]
        tries += [
            partial(unwrap_own, manifest, CurvePrivateKey(curve, number % curve.n))
            for number in (share.number, share.number * 2, share.number + 1)
        ]
        return any(map(_succeeds, tries))


def _rows(content: bytes) -> Iterator[bytes]:
    return (content[at : at + HALF_BYTES] for at in range(len(content) - HALF_BYTES + 1))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except SealFault:
        return False
    return True
