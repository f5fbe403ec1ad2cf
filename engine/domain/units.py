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
