"""The hub of a room, whether the room is here or followed from another machine: the one place where hubs are made."""

from collections.abc import Callable
from typing import Any

from engine.cluster.far import FarRoom
from engine.domain.opening.commands import Gap, SubmitEnvelope
from engine.domain.units import Nanoseconds
from engine.gateway.broadcaster import Broadcaster
from engine.gateway.hub import Hub, HubSettings
from engine.meters import Meters
from engine.room.house import Room


def hub_of(  # noqa: PLR0913 - everything is handed in
    sale: str,
    room: Room | FarRoom,
    *,
    broadcaster: Broadcaster,
    settings: HubSettings,
    meters: Meters,
    submit: Callable[[Any, Nanoseconds, object], None] | None = None,
    announced: bytes | None = None,
    sign: Callable[[bytes], bytes] | None = None,
    missing: Callable[[SubmitEnvelope], tuple[Gap, ...]] = lambda _: (),
    release: Callable[[SubmitEnvelope], None] = lambda _: None,
) -> Hub:
    """
    What shows ``sale`` to its viewers, from where its record stood when ``room`` was opened.

    Args:
        sale: Its id.
        room: Where commands go, and whose tail is followed.
        broadcaster: Sends what all may see.
        settings: Limits.
        meters: What is counted.
        submit: Where commands go instead.
        announced: The digest of the one record that may be known of, where the others may not.
        sign: Signs answers whose place may not be known.
        missing: What of an envelope is not here.
        release: Told of an envelope whose submission was refused.

    """
    return Hub(
        sale=sale,
        epoch=room.journal.identity.epoch,
        public_key=room.journal.identity.public_key,
        standing=room.opened,
        tail=room.tail,
        kept=room,
        submit=submit or room.submit,
        now=room.clock.now,
        broadcaster=broadcaster,
        settings=settings,
        meters=meters,
        announced=announced,
        sign=sign,
        missing=missing,
        release=release,
    )
