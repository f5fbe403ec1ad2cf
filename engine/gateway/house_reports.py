"""What the house reports of its viewers, as commands: it goes on the record like anything else."""

from collections.abc import Callable
from typing import Any, Final

import trio

from engine.domain.auction.commands import Cause, ShowPrice, SuspendSale
from engine.domain.auction.state import Auction, SalePhase
from engine.domain.opening.state import Opening
from engine.domain.parties import HOUSE
from engine.domain.proceeding import State
from engine.domain.quota.parts import current
from engine.domain.quota.state import QuotaSale
from engine.domain.rulesheet import PERCENT
from engine.domain.units import Nanoseconds
from engine.gateway.presence import LOSS_WINDOW_S, Presence
from engine.journal.asking import RoomBusy

LOSS_WINDOW: Final = Nanoseconds(round(LOSS_WINDOW_S * 1e9))
LOSS_REASON: Final = "大量竞买人同时断线 / many bidders lost their connection at once"


class HouseReports:
    """
    Those of one sale.

    Args:
        presence: Its bidders who are there, and what they have been shown.
        submit: Hands a command to the room. Raises ``RoomBusy``.
        now: House time.

    """

    def __init__(
        self, presence: Presence, submit: Callable[[Any, Nanoseconds, object], None], now: Callable[[], Nanoseconds]
    ) -> None:
        self._presence, self._submit, self._now = presence, submit, now
        self._reported_price = -1
        """The record that made the price of which we have reported that it was shown."""

    def shown(self, state: State, price_seq: int) -> None:
        """Once the calls have begun: that enough of those present have been shown the price, which record ``price_seq`` made."""
        if not isinstance(state, Auction):
            return
        percent, lot = state.rules.delivery_percent, state.open_lot()
        if not percent or lot is None or not lot.calls or lot.price_shown or lot.leading is None:
            return
        looked = self._presence.shown(price_seq)
        if self._reported_price == price_seq or looked.shown * PERCENT < looked.present * percent:
            return
        command = ShowPrice(
            command_id=f"shown-{price_seq}",
            by=HOUSE,
            lot=lot.number,
            price=lot.leading.amount,
            present=looked.present,
            shown=looked.shown,
        )
        if self._report(command):
            self._reported_price = price_seq

    def loss(self, state: State, seq: int) -> None:
        """That many bidders were lost at once while lots are open, or offers are changed, after record ``seq``: bidding rests."""
        if isinstance(state, Opening):
            return  # Its host pauses it.
        percent = state.rules.mass_loss_percent
        if not percent or not _rests_on_loss(state, self._now()):
            return
        if self._presence.lost(trio.current_time(), percent):
            command = SuspendSale(
                command_id=f"connections-{seq}",
                by=HOUSE,
                reason=LOSS_REASON,
                cause=Cause.CONNECTIONS,
                since=Nanoseconds(self._now() - LOSS_WINDOW),
            )
            self._report(command)

    def _report(self, command: ShowPrice | SuspendSale) -> bool:
        """Hand the house's own command in; False if the room takes nothing more at the moment."""
        try:
            self._submit(command, self._now(), None)
        except RoomBusy:
            return False
        return True


def _rests_on_loss(state: Auction | QuotaSale, now: Nanoseconds) -> bool:
    """
    Whether bidding rests at this moment if many bidders are lost.

    Who has made his first offer may leave, so that only those lost while offers can be changed count, and none who left before.
    """
    if isinstance(state, QuotaSale):
        taking = current(state)
        return bool(taking and taking.revisions) and now - (state.round_at or now) >= LOSS_WINDOW
    return state.phase is SalePhase.OPEN and bool(state.open_lots)
