"""When Python's collector of garbage looks for cycles: as short as can be, since the whole house waits for it."""

import gc
from typing import Final

THRESHOLDS: Final = (5_000, 5, 5_000)
"""
Objects more than when it last looked; looks at the newest before it looks at those that stayed; and so on.

With Python's own, a full hall was stopped for 60 ms at a time. A look costs some tenths of a microsecond for each object that is new
and will stay: a millisecond at a time, and five each fifth time.
"""


def settle() -> None:
    """All that was made so far stays: never look at it again, and from now on in short steps."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
