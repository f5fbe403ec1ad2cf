"""What many shapes share."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engine.domain.units import FEN_MAX, NUMBER_MAX


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """One object of the protocol, every field of it."""


Number = Annotated[int, Meta(ge=1, le=NUMBER_MAX)]
Count = Annotated[int, Meta(ge=0)]
Fen = Annotated[int, Meta(ge=0)]
"""Sums may be greater than any one price."""

Price = Annotated[int, Meta(ge=1, le=FEN_MAX)]
Micros = Annotated[int, Meta(ge=0)]
Hex = Annotated[str, Meta(pattern=r"\A[0-9a-f]*\Z")]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Paddle(Shape):
    """A paddle in clear."""

    paddle: Number


class Alias(Shape):
    """A masked paddle: a number in the order of first bids."""

    alias: Annotated[int, Meta(ge=1)]


class Both(Shape):
    """The same words in both languages."""

    zh: str
    en: str


Who = Annotated[dict[str, int], Meta(extra_json_schema={"$ref": "#/components/schemas/Who"})]
"""A :class:`Paddle` or an :class:`Alias`; msgspec cannot tell two objects apart that carry no tag."""

OwnPart = Annotated[dict[str, Any], Meta(extra_json_schema={"$ref": "#/components/schemas/OwnPart"})]
"""A bidder's private part, by the kind of sale."""

Sheet = Annotated[dict[str, Any], Meta(extra_json_schema={"$ref": "#/components/schemas/Sheet"})]
"""A rule sheet as its part shows it, by the kind of sale."""
