"""
A client of the house for people who build on it.

    from clients import connect

    async with connect("http://localhost:8000", "tianshui", token=token) as room:
        outcome = await room.bid(lot=8, amount_fen=1_050_000)

``core.py`` is the protocol without a socket, ``socket.py`` the same on trio, ``verify.py`` checks what the house says
without asking it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from clients.core import ClientCore
    from clients.news import (
        Answered,
        Away,
        MineChanged,
        Missed,
        NeedReconnect,
        News,
        Noticed,
        Outcome,
        PictureTaken,
        PresenceTold,
        RecordFolded,
        Refusal,
        Refused,
        Welcomed,
    )
    from clients.socket import NotLetIn, Room, TooManyUnanswered, connect
    from clients.unanswered import Command, InFile, InMemory, Unanswered

__all__ = [
    "Answered",
    "Away",
    "ClientCore",
    "Command",
    "InFile",
    "InMemory",
    "MineChanged",
    "Missed",
    "NeedReconnect",
    "News",
    "NotLetIn",
    "Noticed",
    "Outcome",
    "PictureTaken",
    "PresenceTold",
    "RecordFolded",
    "Refusal",
    "Refused",
    "Room",
    "TooManyUnanswered",
    "Unanswered",
    "Welcomed",
    "connect",
]

WHERE: Final = dict.fromkeys(__all__, "clients.news") | {
    "ClientCore": "clients.core",
    **dict.fromkeys(("NotLetIn", "Room", "TooManyUnanswered", "connect"), "clients.socket"),
    **dict.fromkeys(("Command", "InFile", "InMemory", "Unanswered"), "clients.unanswered"),
}
"""Where each name lives. Read when it is asked for: who only checks a receipt needs no socket."""


def __getattr__(name: str) -> Any:
    if name not in WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(WHERE[name]), name)
