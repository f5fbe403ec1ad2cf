"""How long to wait before the next try."""

import random
from typing import Final

FIRST_S: Final = 0.1
MOST_S: Final = 5.0


def wait_s(tries: int, rng: random.Random) -> float:
    """
    Seconds to wait after ``tries`` failures in a row.

    Doubles from 0.1 s to 5 s, and lies anywhere between half of that and all of it, so that a full hall does not come
    back at one instant.
    """
    whole: float = min(MOST_S, FIRST_S * 2.0 ** min(tries, 16))
    return whole * rng.uniform(0.5, 1.0)
