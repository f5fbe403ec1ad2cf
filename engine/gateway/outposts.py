"""
Gateways elsewhere, as the engine's hub counts those who look at a sale there.

Each says again and again who is there, whole. One that says nothing for a while is taken for lost, and all its bidders with it who are
nowhere else: where they are many, that is a loss like any other, and bidding rests. One that says goodbye has sent its bidders away,
and they have as long as anybody who lost his line to come back; who has not by then is taken for lost at that moment.
"""

from engine.gateway.guest import Outpost
from engine.gateway.presence import Presence
from engine.wire.attendance import Attendance


class Outposts:
    """
    Those of one sale. Times are monotonic seconds, handed in.

    Args:
        presence: Where their bidders are counted with all others.
        most: How many may be counted at once; what others say is not heard.
        silent_s: For how long what one said is believed.

    """

    def __init__(self, presence: Presence, most: int, silent_s: float) -> None:
        self._presence, self._most, self._silent_s = presence, most, silent_s
        self._known: dict[str, Outpost] = {}

    def __len__(self) -> int:
        """How many are counted."""
        return len(self._known)

    @property
    def watchers(self) -> int:
        """How many look on there without a paddle or an office."""
        return sum(outpost.watchers for outpost in self._known.values())

    def hear(self, name: str, attendance: Attendance, seq: int, age_s: float, now: float) -> bool:
        """
        One says who is there, in the place of what it said before.

        Args:
            name: Which one.
            attendance: What it says.
            seq: The last record there is: nobody has been shown a later one.
            age_s: How long ago that was so.
            now: This moment.

        Returns:
            Whether others are there now than before.

        """
        if age_s >= self._silent_s:
            return False
        outpost = self._known.get(name)
        if attendance.leaving:
            return self._drop(name, now, sent_away=True)
        if outpost is None:
            if len(self._known) >= self._most:
                return False
            outpost = self._known[name] = Outpost(now - age_s)
        outpost.heard_at = max(outpost.heard_at, now - age_s)
        before, bidders = outpost.bidders, dict(attendance.bidders)
        for paddle in before.keys() - bidders.keys():
            self._presence.leave(paddle, outpost, now)
        come = bidders.keys() - before.keys()
        for paddle in come:
            self._presence.join(paddle, outpost)
        for paddle, seen in bidders.items() - before.items():
            if seen is not None:
                self._presence.see(paddle, outpost, min(seen, seq))
        changed = bool(come) or len(before) != len(bidders) or outpost.watchers != attendance.watchers
        outpost.bidders, outpost.watchers = bidders, attendance.watchers
        return changed

    def forget(self, now: float) -> bool:
        """Let go of those that have said nothing for too long. Whether there were any."""
        silent = [name for name, outpost in self._known.items() if now - outpost.heard_at >= self._silent_s]
        for name in silent:
            self._drop(name, now, sent_away=False)
        return bool(silent)

    def _drop(self, name: str, now: float, *, sent_away: bool) -> bool:
        outpost = self._known.pop(name, None)
        if outpost is None:
            return False
        for paddle in outpost.bidders:
            self._presence.leave(paddle, outpost, now, sent_away=sent_away)
        return True
