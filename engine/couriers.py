"""Other systems, told of each sale: a courier for every sale and endpoint, and the log told of what they could not bring."""

import random
import time
from functools import partial

import trio

from engine.config import Config
from engine.domain.auction.state import SalePhase
from engine.eventlog.lines import EventLog
from engine.gateway.hub import Hub
from engine.room.folder import DataFolder
from engine.room.house import Room
from engine.webhooks.courier import Courier, Sender
from engine.webhooks.message import Message
from engine.webhooks.position import PositionFile
from engine.webhooks.post import Post
from engine.webhooks.settings import endpoints


class Couriers:
    """
    Those of one engine.

    Args:
        folder: Where they keep their places.
        config: Where messages go, and limits.
        log: Is told of messages that were given up.

    """

    def __init__(self, folder: DataFolder, config: Config, log: EventLog) -> None:
        self._folder, self._log = folder, log
        settings = config.webhooks
        self._senders = [
            Sender(
                endpoint=each,
                settings=settings,
                post=Post(settings, time.time),
                dice=random.Random(),  # noqa: S311 - spreads attempts, and keeps no secret
                places=trio.CapacityLimiter(settings.at_once_max),
                given_up=self._given_up,
            )
            for each in endpoints(settings)
        ]

    def begin(self, work: trio.Nursery, hub: Hub, room: Room) -> None:
        """Let those of one sale work."""
        over_at = hub.seq if hub.state.phase is SalePhase.CLOSED else None
        for sender in self._senders:
            file = PositionFile(self._folder.told(), sender.endpoint.url, hub.sale)
            unkept = partial(self._log.warn, "webhook_unkept", sale=hub.sale)
            epoch = room.journal.identity.epoch
            work.start_soon(Courier(room, epoch, sender, file, over_at=over_at, unkept=unkept).run)

    def _given_up(self, host: str, message: Message, attempts: int, why: str) -> None:
        told = {"sale": message.sale, "type": message.type, "id": message.id}
        self._log.warn("webhook_given_up", endpoint=host, **told, attempts=attempts, why=why)
