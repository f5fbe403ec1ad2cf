"""
A moment of a sale on record, named by the number of a record or by an instant.

What stood at an instant is what the last record made at or before it had led to. House time never goes back, so there is one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from engine.domain.auction.events import SaleOpened
from engine.domain.proceeding import State
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.domain.views import Audience, mine, picture
from engine.journal.record import Record
from engine.papers.words import HOUSE_ZONE

SECOND: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_SEQ: Final = re.compile(r"[1-9][0-9]{0,14}")
_NANOSECONDS: Final = re.compile(r"[1-9][0-9]{15,18}")
_TIME: Final = r"(?P<h>[0-9]{2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.(?P<f>[0-9]{1,9}))?)?"
_OF_DAY: Final = re.compile(_TIME)
_INSTANT: Final = re.compile(
    rf"(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[T ]{_TIME}(?P<zone>Z|[+-][0-9]{{2}}:[0-9]{{2}})?"
)
_PADDLE: Final = re.compile(r"bidder:([1-9][0-9]{0,8})")


class NoSuchMoment(Exception):
    """The journal holds no such moment, or what names it cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """How far to go. One of the three is given."""

    seq: int | None = None
    at: Nanoseconds | None = None
    of_day: Nanoseconds | None = None
    """Since midnight of the day on which the sale was opened, where sales are held."""


def read_until(text: str) -> Until:
    """
    ``123``, ``10:00:05.123``, ``2026-11-27T10:00:05.123+08:00`` (without a zone: that of the house), or nanoseconds since 1970.

    Raises:
        NoSuchMoment: It is none of these.

    """
    try:
        if _SEQ.fullmatch(text):
            return Until(seq=int(text))
        if _NANOSECONDS.fullmatch(text):
            return Until(at=Nanoseconds(int(text)))
        if found := _OF_DAY.fullmatch(text):
            return Until(of_day=_since_midnight(found))
        if found := _INSTANT.fullmatch(text):
            zone = found["zone"]
            midnight = datetime.fromisoformat(found["day"] + "T00:00:00" + ("+08:00" if zone is None else zone))
            return Until(at=Nanoseconds(_since_epoch(midnight) + _since_midnight(found)))
    except ValueError:
        pass
    raise NoSuchMoment(
        f"{text!r} is no moment: give a record's number, a time of the sale's day (10:00:05.123), an instant "
        "(2026-11-27T10:00:05.123+08:00) or nanoseconds since 1970"
    )


def find(until: Until, records: Iterable[Record]) -> int:
    """
    The number of the last record of that moment.

    Args:
        until: Which moment.
        records: All records, from the first.

    Raises:
        NoSuchMoment: It lies before the first record, or names one that there is not.

    """
    stamps: list[Nanoseconds] = []
    opened_at: Nanoseconds | None = None
    for record in records:
        stamps.append(record.recorded_at)
        if opened_at is None and not isinstance(record.outcome, Refusal):
            opened_at = record.recorded_at if any(isinstance(each, SaleOpened) for each in record.outcome) else None
    if not stamps:
        raise NoSuchMoment("the journal holds no record yet")
    if until.seq is not None:
        if until.seq > len(stamps):
            raise NoSuchMoment(f"there is no record {until.seq}: the journal ends with record {len(stamps)}")
        return until.seq
    at = until.at if until.at is not None else _on_day(stamps[0] if opened_at is None else opened_at, until.of_day or 0)
    seq = sum(stamp <= at for stamp in stamps)
    if not seq:
        raise NoSuchMoment(f"the first record was made at {written(stamps[0])}, which is after {written(at)}")
    return seq


def written(at: int) -> str:
    """An instant as people compare it, to the nanosecond, by the clock of the house."""
    seconds, rest = divmod(at, SECOND)
    return f"{(_EPOCH + timedelta(seconds=seconds)).astimezone(HOUSE_ZONE):%Y-%m-%dT%H:%M:%S}.{rest:09}+08:00"


def seen_by(view: str, state: State) -> dict[str, Any]:
    """
    The parts of a sale as an audience sees them: ``public``, ``bidder:7`` with what is his alone as ``mine``, ``officers``.

    Raises:
        NoSuchMoment: There is no such audience, or no such paddle yet.

    """
    if view == "public":
        return {"parts": picture(state, Audience.PUBLIC)}
    if view == "officers":
        return {"parts": picture(state, Audience.ROSTRUM)}
    found = _PADDLE.fullmatch(view)
    if found is None:
        raise NoSuchMoment(f"nobody looks at a sale as {view!r}: say public, bidder:PADDLE or officers")
    own = mine(state, PaddleNo(int(found[1])))
    if own is None:
        raise NoSuchMoment(f"paddle {found[1]} was not admitted by then")
    return {"parts": picture(state, Audience.BIDDER), "mine": own}


def _since_midnight(found: re.Match[str]) -> Nanoseconds:
    hours, minutes, seconds = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(found[0])
    return Nanoseconds(((hours * 60 + minutes) * 60 + seconds) * SECOND + int((found["f"] or "").ljust(9, "0")))


def _since_epoch(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND


def _on_day(of: Nanoseconds, since_midnight: int) -> Nanoseconds:
    """The instant ``since_midnight`` on the day of ``of``, where sales are held."""
    day = (_EPOCH + timedelta(seconds=of // SECOND)).astimezone(HOUSE_ZONE).replace(hour=0, minute=0, second=0)
    return Nanoseconds(_since_epoch(day) + since_midnight)
