"""Which bidders are present, what they have been shown, and whether many of them are lost at once."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engine.domain.rulesheet import PERCENT
from engine.domain.units import PaddleNo
from engine.gateway.connection import Connection
from engine.gateway.guest import Guest, Outpost

LOSS_WINDOW_S: Final = 10.0
"""Bidders who leave within this span, and do not come back in it, are lost at once."""

LOSS_LEAST: Final = 3
"""Fewer than so many are not many, whatever their share."""


Page = Connection | Guest | Outpost
"""Where a bidder looks at a sale; all his pages at one gateway elsewhere are one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How many bidders are present on a page that says what it shows, and how many of them have been shown a record."""

    present: int
    shown: int


class Presence:
    """The bidders of one sale, each with his connections. Times are monotonic seconds, handed in."""

    def __init__(self) -> None:
        self._here: dict[PaddleNo, dict[Page, int | None]] = {}
        """For each connection the newest record its page has shown; None for a client that does not say."""

        self._left: OrderedDict[PaddleNo, float] = OrderedDict()
        """Those who are not here any more, and when each is taken to have left; who was sent away has a while yet."""

    def __len__(self) -> int:
        """How many bidders are here."""
        return len(self._here)

    def paddles(self) -> list[PaddleNo]:
        """Their paddles, in order."""
        return sorted(self._here)

    def of(self, paddle: PaddleNo) -> set[Connection]:
        """The connections of one bidder that are held in this process."""
        return {page for page in self._here.get(paddle, ()) if not isinstance(page, Guest | Outpost)}

    def showing(self) -> Iterator[tuple[PaddleNo, int | None]]:
        """Each bidder who is here, by paddle, with the newest record his pages have shown; None where none of them says."""
        for paddle in self.paddles():
            yield paddle, max((seen for seen in self._here[paddle].values() if seen is not None), default=None)

    def join(self, paddle: PaddleNo, connection: Page) -> None:
        """One more connection of a bidder."""
        self._here.setdefault(paddle, {})[connection] = None
        self._left.pop(paddle, None)

    def leave(self, paddle: PaddleNo, connection: Page, now: float, *, sent_away: bool = False) -> None:
        """A connection is gone; with the last one the bidder is. Who was ``sent_away`` is not lost if he comes back in time."""
        connections = self._here[paddle]
        connections.pop(connection, None)
        if not connections:
            del self._here[paddle]
            self._forget(now)
            self._left[paddle] = now + LOSS_WINDOW_S if sent_away else now
            self._left.move_to_end(paddle)

    def see(self, paddle: PaddleNo, connection: Page, seq: int) -> None:
        """The bidder's page has shown the sale as it stood after record ``seq``."""
        connections = self._here.get(paddle)
        if connections is not None and connection in connections:
            connections[connection] = max(connections[connection] or 0, seq)

    def shown(self, seq: int) -> Shown:
        """How many have been shown record ``seq``."""
        newest = [
            max(seen)
            for connections in self._here.values()
            if (seen := [each for each in connections.values() if each is not None])
        ]
        return Shown(present=len(newest), shown=sum(each >= seq for each in newest))

    def lost(self, now: float, percent: int) -> bool:
        """Whether ``percent`` of those who were here have left within the last seconds. Says so once."""
        self._forget(now)
        gone = [paddle for paddle, at in self._left.items() if now - LOSS_WINDOW_S <= at <= now]
        awaited = sum(at > now for at in self._left.values())
        if len(gone) < LOSS_LEAST or len(gone) * PERCENT < percent * (len(gone) + awaited + len(self._here)):
            return False
        for paddle in gone:
            del self._left[paddle]
        return True

    def _forget(self, now: float) -> None:
        """Who left long ago is no loss, whether anybody asks or not."""
        while self._left and next(iter(self._left.values())) < now - LOSS_WINDOW_S:
            self._left.popitem(last=False)
