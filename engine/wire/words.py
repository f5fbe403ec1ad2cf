"""The single fields that frames towards the house are made of, and the frame itself."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from engine.domain.units import FEN_MAX, NUMBER_MAX

EXACT_MAX: Final = 2**53
"""The greatest integer a browser holds exactly."""

CommandId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{1,64}\Z")]
Number = Annotated[int, Meta(ge=1, le=NUMBER_MAX)]
Amount = Annotated[int, Meta(ge=1, le=FEN_MAX)]
UNSEEN: Final = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\U000e0000-\U000e0fff"
)
"""Characters that cannot be seen, end lines, or turn text round."""

Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=rf"\A[^{UNSEEN}]+\Z")]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
ClassName = Annotated[str, Meta(pattern=r"\A[a-z0-9-]{1,64}\Z")]


class Frame(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One kind of frame, or a part of one."""
