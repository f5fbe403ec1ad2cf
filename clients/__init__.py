"""
A client of the house for people who build on it.

    from clients import connect

    async with connect("http://localhost:8000", "tianshui", token=token) as room:
        outcome = await room.bid(lot=8, amount_fen=1_050_000)

``core.py`` is the protocol without a socket, ``socket.py`` the same on trio, ``verify.py`` checks what the house says
without asking it.
"""

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
