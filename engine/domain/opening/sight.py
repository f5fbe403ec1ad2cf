"""What may be seen of an opening at its stage. ``views.py``, ``parts.py`` and ``hearing.py`` ask here (articles 34, 44)."""

from engine.domain.auction.sight import Audience
from engine.domain.opening.sheet import Attend
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Opening
from engine.domain.units import PaddleNo


def listed(opening: Opening) -> bool:
    """Whether it may be known who bids, and all that leads to it."""
    return opening.listed_at is not None


def veiled(opening: Opening) -> bool:
    """
    Whether the record itself is kept from everybody: how many records there are, and when each came, would tell how many bid.

    Until the list is published, or the opening has ended without one. Of what is for all to know until then the picture tells.
    """
    return not listed(opening) and opening.stage not in {Stage.ENDED, Stage.RECONVENED}


def read_out(opening: Opening) -> bool:
    """Whether it may be known what was bid."""
    return opening.read_out_at is not None


def watches(opening: Opening, audience: Audience) -> bool:
    """Whether ``audience`` may follow what happens in the hall: the record is open to all once the opening has ended."""
    return (
        audience is not Audience.PUBLIC
        or opening.rules.attend is Attend.ALL
        or opening.stage in {Stage.ENDED, Stage.RECONVENED}
    )


def bids(opening: Opening, number: PaddleNo) -> bool:
    """Whether ``number`` is one of those on the list."""
    return listed(opening) and any(key[1] == number and key[0] not in opening.failed for key in opening.envelopes)
