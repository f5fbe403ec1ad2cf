"""
The day's board (今日开标汇总): what is held today, in which room, and how it stands, for the screen in the lobby.

A line is made from parts of the picture that everybody is shown anyway, and from nothing else: what the veil hides is not in it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from engine.domain.auction.state import SalePhase
from engine.domain.opening.stage import Stage
from engine.gateway.limits import Limits
from engine.gateway.requests import address_of
from engine.gateway.responses import in_json

ROUTES: Final = (("GET", "/api/board", "board"),)
"""Method, path, and the method of :class:`Board` that answers."""

_ZONE: Final = timedelta(hours=8)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RUNNING: Final = frozenset({SalePhase.OPEN, SalePhase.SUSPENDED})
_OF_A_SALE: Final = ("title", "phase", "suspended", "lots", "sold", "opens_at_us", "result")

Part = Mapping[str, Any]


class Posted(NamedTuple):
    """One sale, as the board is told of it."""

    sale: str
    kind: str
    room: str | None
    """Where it is held, if its notice says so."""

    parts: Part
    """Of the public's picture; see :func:`engine.domain.views.board`."""

    ended_us: int | None
    """When the last lot or round ended; of a sale that is over."""


def board(sales: Iterable[Posted], now_us: int) -> dict[str, Any]:
    """
    ``{at_us, day, lines}`` in the shape that ``engine/wire/PROTOCOL.md`` gives: what runs, then what is to come, then what is over.

    Args:
        sales: Every sale of the house.
        now_us: House time, microseconds since 1970.

    """
    today = _day(now_us)
    lines = sorted((_line(each) for each in sales if _is_of(today, each)), key=_place)
    return {"at_us": now_us, "day": today.isoformat(), "lines": lines}


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The route."""

    posted: Callable[[], list[Posted]]
    house_time: Callable[[], int]
    """Nanoseconds since 1970, by the clock that ends what is held here."""

    limits: Limits

    async def board(self, request: Request) -> Response:
        """What is held today."""
        self.limits.read(address_of(request))
        return in_json(board(self.posted(), self.house_time() // 1000))


def _is_of(today: date, posted: Posted) -> bool:
    """Whether it runs, was to be held today or by now, ended today, or may begin at any time: nobody has named the hour."""
    sale = posted.parts["sale"]
    appointed = None if sale["opens_at_us"] is None else _day(sale["opens_at_us"])
    if sale["phase"] in _RUNNING:
        return True
    if sale["phase"] == SalePhase.PLANNED:
        return appointed is None or appointed <= today
    ended = None if posted.ended_us is None else _day(posted.ended_us)
    return today in {appointed, ended}


def _line(posted: Posted) -> dict[str, Any]:
    sale, opening = posted.parts["sale"], posted.parts.get("opening")
    due, due_us = (None, None) if sale["suspended"] is not None else _due(posted.parts)
    return {
        "sale": posted.sale,
        "kind": posted.kind,
        "room": posted.room,
        **{name: sale[name] for name in _OF_A_SALE},
        "stage": None if opening is None else opening["stage"],
        "due": due,
        "due_us": due_us,
    }


def _due(parts: Part) -> tuple[str | None, int | None]:
    """What comes next by the clock, and when: ``deadline``, ``opens``, ``unsealing``, ``round`` or ``lot``."""
    sale, opening = parts["sale"], parts.get("opening")
    if opening is not None:
        unsealing = parts.get("unsealing")
        if opening["stage"] == Stage.RECEIVING:
            return "deadline", opening["deadline_us"]
        return ("unsealing", unsealing["ends_at_us"]) if unsealing and unsealing["taking"] else (None, None)
    if sale["phase"] == SalePhase.PLANNED:
        return ("opens", sale["opens_at_us"]) if sale["opens_at_us"] is not None else (None, None)
    running, block = parts.get("round"), parts.get("block")
    if running and running["taking"]:
        return "round", running["ends_at_us"]
    if block and block["phase"] == "open" and block["closes_at_us"] is not None:
        return "lot", block["closes_at_us"]
    return None, None


def _place(line: Part) -> tuple[int, bool, int, str]:
    group = 0 if line["phase"] in _RUNNING else 1 if line["phase"] == SalePhase.PLANNED else 2
    return group, line["opens_at_us"] is None, line["opens_at_us"] or 0, line["sale"]


def _day(us: int) -> date:
    """The day in China on which an instant falls."""
    return (_EPOCH + timedelta(microseconds=us) + _ZONE).date()
