"""Who looks at a sale at one gateway, as that gateway says it to the engine. Nothing of it is ever recorded."""

from dataclasses import dataclass

from engine.domain.units import PaddleNo


@dataclass(frozen=True, slots=True)
class Attendance:
    """A whole report: it stands in the place of the one before, so that one that is lost is made good by the next."""

    watchers: int = 0
    """How many look on without a paddle or an office."""

    bidders: tuple[tuple[PaddleNo, int | None], ...] = ()
    """Each paddle that is there, once, with the newest record its pages have shown; None where none of them says."""

    leaving: bool = False
    """Whether this is a goodbye: those who were there have been asked to come back elsewhere."""
