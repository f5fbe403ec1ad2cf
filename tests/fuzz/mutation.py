"""
Bytes made worse, step by step, from a seed.

What led to an answer not heard before is kept and made worse in its turn: so the answers themselves lead the way into a reader.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fuzz.targets import Target

KEPT_MAX = 500
BYTES_MAX = 20_000


class Broken(Exception):
    """A reader did something else than answer; the bytes are in it."""

    def __init__(self, target: str, seed: int, data: bytes) -> None:
        super().__init__(f"{target}, seed {seed}: {data[:400]!r}")


@dataclass
class Fuzzer:
    """Throws ``size`` inputs at ``target``."""

    target: Target
    seed: int
    answers: Counter[str] = field(default_factory=Counter)

    def run(self, size: int) -> Iterator[int]:
        """
        All of it; yields how far it is, from time to time.

        Raises:
            Broken: With the input that did it.

        """
        dice = random.Random(f"{self.target.name} {self.seed}")
        kept = list(self.target.seeds)
        for nth in range(size):
            data = kept[nth] if nth < len(self.target.seeds) else self._worse(dice, kept)
            try:
                said = self.target.read(data)
            except Exception as error:
                raise Broken(self.target.name, self.seed, data) from error
            self.answers[said] += 1
            if self.answers[said] == 1 and len(kept) < KEPT_MAX:
                kept.append(data)
            if nth % 1000 == 999:
                yield nth + 1

    def _worse(self, dice: random.Random, kept: list[bytes]) -> bytes:
        data = dice.choice(kept)
        for _ in range(dice.choice((1, 1, 2, 3, 6))):
            at = dice.randint(0, len(data))
            end = min(len(data), at + dice.choice((1, 2, 4, 16, 64)))
            match dice.randint(0, 7):
                case 0:
                    data = data[:at] + data[end:]
                case 1:
                    data = data[:at] + data[at:end] * dice.choice((2, 3, 50)) + data[end:]
                case 2:
                    data = data[:at] + bytes(dice.randrange(256) for _ in range(end - at)) + data[end:]
                case 3 if data[at:]:
                    data = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
                case 4:
                    other = dice.choice(kept)
                    data = data[:at] + other[dice.randint(0, len(other)) :]
                case 5:
                    data = data[:at]
                case _:
                    data = data[:at] + dice.choice(self.target.pieces) + data[at if dice.random() < 0.5 else end :]
        return data[:BYTES_MAX]
