"""
The clock of a timed sale once more, naively: nothing is kept but the commands that were accepted, each with its arrival, and every
question is answered by going through all of them from the first.
"""

from dataclasses import dataclass, field

from engine.domain.auction import commands as to
from engine.domain.rulesheet import RuleSheet, TimedRules

Taken = tuple[int, to.Command]


@dataclass
class Course:
    """What became of one lot so far. A bid is ``[number, paddle, counts]``."""

    end: int
    bound: int
    """The first end, later by every interruption: what a cap is counted from."""

    moves: int = 0
    moved_by: int | None = None
    bids: list[list[int]] = field(default_factory=list)
    ended: bool = False

    def first(self, places: int, extra: int | None = None) -> list[int]:
        """Who has the first places, with one more bid by ``extra`` if there is one."""
        row = [bid[1] for bid in self.bids if bid[2]] + ([] if extra is None else [extra])
        order: list[int] = []
        while row and len(order) < places:
            best = row.pop()
            if best not in order:
                order.append(best)
        return order


class NaiveClock:
    """One timed sale as the list of what was accepted."""

    def __init__(self, sheet: RuleSheet, lots: list[int]) -> None:
        assert sheet.timed is not None
        self.timed: TimedRules = sheet.timed
        self.together = sheet.timed.advance == "together"
        self.lots = lots
        self.accepted: list[Taken] = []

    def courses(self) -> dict[int, Course]:
        """Every lot that was opened."""
        courses: dict[int, Course] = {}
        for nth, (at, command) in enumerate(self.accepted):
            if isinstance(command, to.OpenSale) and self.together:
                courses |= {lot: self.begun(at) for lot in self.lots}
            elif isinstance(command, to.OpenLot):
                courses[command.lot] = self.begun(at)
            elif isinstance(command, to.DeadlineReached):
                self.deadline(courses, command.deadline)
            elif isinstance(command, to.PlaceBid):
                self.bid(courses, command.lot, command.paddle, at)
            elif isinstance(command, to.ConfirmVoid):
                self.void(courses, command, at, running=self.rests_since(nth) is None)
            elif isinstance(command, to.SuspendSale) and command.cause not in {"restart", "connections"}:
                for course in courses.values():
                    course.ended |= course.end < at
            elif isinstance(command, to.ResumeSale):
                since = self.rests_since(nth)
                assert since is not None
                self.resume(courses, since, at)
        return courses

    def begun(self, at: int) -> Course:
        return Course(at + self.timed.free + self.timed.window, at + self.timed.free + self.timed.window)

    def rests_since(self, nth: int) -> int | None:
        """Since when the sale has been suspended when command ``nth`` is taken up; None if it is not."""
        turns = [turn for turn in self.accepted[:nth] if isinstance(turn[1], to.SuspendSale | to.ResumeSale)]
        return turns[-1][0] if turns and isinstance(turns[-1][1], to.SuspendSale) else None

    def deadline(self, courses: dict[int, Course], deadline: int) -> None:
        for course in courses.values():
            course.ended |= course.end + self.timed.grace == deadline
        waiting = [lot for lot in self.lots if lot not in courses]
        if all(course.ended for course in courses.values()) and self.timed.advance == "one_after_another":
            idle = [course for course in courses.values() if course.end + self.timed.grace == deadline]
            if waiting and not idle:
                courses[waiting[0]] = self.begun(deadline)

    def bid(self, courses: dict[int, Course], lot: int, paddle: int, at: int) -> None:
        course = courses[lot]
        end = self.moved(course, paddle, at)
        course.bids.append([len(course.bids) + 1, paddle, 1])
        if end is None or end <= course.end:
            return
        for each in courses.values() if self.timed.extension.kind == "shrinking" else [course]:
            if not each.ended:
                each.end, each.moves, each.moved_by = max(each.end, end), each.moves + 1, at

    def moved(self, course: Course, paddle: int, at: int) -> int | None:
        rule = self.timed.extension
        last = at >= course.end - rule.within
        ends = {
            "reset": at + rule.by if last else None,
            "top_up": at + rule.by,
            "add": course.end + rule.by if last else None,
            "shrinking": at + max(rule.least, rule.by - course.moves * rule.shrink),
        }
        end = ends.get(rule.kind.value)
        same = rule.top_k is not None and course.first(rule.top_k) == course.first(rule.top_k, paddle)
        spent = rule.count_max is not None and course.moves == rule.count_max
        if end is None or same or spent or course.moved_by == at:
            return None
        return end if rule.cap is None else min(end, course.bound + rule.cap)

    def void(self, courses: dict[int, Course], command: to.ConfirmVoid, at: int, *, running: bool) -> None:
        course = courses[command.lot]
        led = [bid[0] for bid in course.bids if bid[2]][-1]
        course.bids[command.no - 1][2] = 0
        if led != command.no or not running or course.end >= at + self.timed.window:
            return
        for each in courses.values() if self.timed.extension.kind == "shrinking" else [course]:
            if not each.ended:
                each.end = max(each.end, at + self.timed.window)

    def resume(self, courses: dict[int, Course], since: int, at: int) -> None:
        for course in courses.values():
            if not course.ended:
                course.end = max(course.end, at + self.timed.window, at + (course.end - since))
                course.bound += at - since

    def late(self, lot: int, at: int) -> bool:
        """Whether a bid for ``lot``, which was opened, that reached the house ``at`` comes after its end."""
        course = self.courses()[lot]
        return course.ended or at > course.end
