"""The quantities of the domain, each with its unit in its name."""

from typing import Final, NewType

Fen = NewType("Fen", int)
"""Money in fen, 1/100 yuan. Never a float, never a step above another price."""

Nanoseconds = NewType("Nanoseconds", int)
"""An instant of house time, nanoseconds since 1970-01-01T00:00:00Z, or a span between two."""

LotNo = NewType("LotNo", int)
"""A lot's number in the catalogue (标的号), from 1."""

PaddleNo = NewType("PaddleNo", int)
"""An admitted bidder's number in one sale (竞买号牌), from 1."""

FEN_PER_YUAN: Final = 100

FEN_MAX: Final = 10**13
"""The greatest amount any field may hold, in fen: far above any price, far below 2^53, so browsers count it exactly."""

NUMBER_MAX: Final = 1_000_000
"""The greatest lot or paddle number."""

_SHANGHAI_S: Final = 8 * 3600
_MS: Final = 1_000_000


def time_of_day(at: Nanoseconds) -> str:
    """An instant as the clocks of the house show it (UTC+8): ``14:03:22.500``."""
    seconds, rest = divmod(at + _SHANGHAI_S * 1000 * _MS, 1000 * _MS)
    minutes, second = divmod(seconds % 86_400, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.{rest // _MS:03}"
