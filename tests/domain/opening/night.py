"""
P20 and P21 by the rules alone: openings in which bidders cannot unseal and a trustee lies, and envelopes that were copied.

    python -m tests.domain.opening.night --nightly --size 10000     # openings; a quarter as many copies
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from tests.domain.opening.copies import WAYS, copied
from tests.domain.opening.remedies import remedied
from tests.nightly.telling import finish, progress, sized

OPENINGS: Final = 10_000
"""In full."""


def many(size: int, say: Callable[[str], None]) -> dict[str, Any]:
    """So many openings, and a quarter as many copies, each way twice at least. The figures."""
    counts: Counter[str] = Counter()
    copies = max(2 * len(WAYS), size // 4)
    for seed in range(size):
        for words in remedied(seed, counts):
            counts["wrong"] += 1
            say(f"opening {seed}: {words}")
        if seed % 200 == 199:
            say(f"{seed + 1} openings, {counts['wrong']} wrong")
    for seed in range(copies):
        for words in copied(seed):
            counts["wrong"] += 1
            say(f"copy {seed}: {words}")
    names = ("openings", "bids", "failing", "recovered", "lies", "named")
    return {**{name: counts[name] for name in names}, "copies": copies, "wrong": counts["wrong"]}


def main(arguments: Sequence[str]) -> int:
    size = sized("tests.domain.opening.night", OPENINGS, arguments)
    figures = many(size, progress)
    return finish(["P20", "P21"], figures, passed=not figures["wrong"], seeds=f"0-{size - 1}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
