"""
A room that goes to another engine: the last record of its epoch says so, and names the only one that may go on with it.

So whoever opens a journal finds out from the record itself whether it may be served: the engine that gave the room away, its standby,
and every copy of either may not.
"""

from typing import Any, Final

from engine.domain.auction.commands import Cause, SuspendSale
from engine.domain.parties import HOUSE

_BEGINS: Final = "move-"


def move(epoch: int, target: str, reason: str) -> SuspendSale:
    """The command whose record, whatever the rules say of it, is the last of ``epoch``: from it on the room is ``target``'s."""
    return SuspendSale(command_id=f"{_BEGINS}{epoch}-{target}", by=HOUSE, reason=reason, cause=Cause.MOVE)


def bound_for(command: Any) -> str:
    """The engine that the record of ``command`` gives the room to; empty if it gives it to none."""
    if not isinstance(command, SuspendSale) or command.by != HOUSE or not command.command_id.startswith(_BEGINS):
        return ""
    return command.command_id.rpartition("-")[2]
