"""
What nobody else may be told: every number that reaches a browser is held against what is hidden from its holder.

Amounts, maxima, reserves and paddles of :mod:`tests.domain.auction.random_sale` carry marks, so that a number says whose it
is. What was open to an audience once may reach it late.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from engine.domain.auction import commands as to
from engine.domain.auction.events import BidPlaced, ProxyPlaced, ReserveSet
from engine.domain.parties import Channel, Principal, Role, role_of
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import Lifted, PaddleDisplay, Sees
from engine.journal.record import Record
from tests.simulation.book import ENDED, Book

RUN: Final = re.compile(rb"[0-9a-f]{6,}")
DIGITS_MAX: Final = 9

OFFICERS: Final = frozenset({Role.AUCTIONEER, Role.CLERK, Role.SUPERVISOR, Role.REGISTRAR})


def numbers(text: bytes) -> set[int]:
    """Paddles, amounts, maxima, reserves, of six to nine digits; no digest and no instant."""
    return {int(run) for run in set(RUN.findall(text)) if len(run) <= DIGITS_MAX and run.isdigit()}


@dataclass
class Amount:
    """An amount that was bid, and who has been able to see it."""

    paddles: set[int] = field(default_factory=set)
    open_to: set[str] = field(default_factory=set)


class Secrets:
    """See the module. Fed with each record once it is kept."""

    def __init__(self, book: Book, wrong: Callable[[str, str], None]) -> None:
        self._book, self._wrong = book, wrong
        self._amounts: dict[int, Amount] = {}
        self._of_lot: dict[int, set[int]] = {}
        self._maxima: dict[int, set[int]] = {}
        self._by_clerk: set[int] = set()
        self._reserves: set[int] = set()
        self._paddles: set[int] = set()
        self._openings: set[int] = set()
        self._own: dict[Principal | None, set[int]] = {}
        self._looked: set[tuple[Principal | None, bytes]] = set()

    def asked(self, by: Principal, frame: bytes) -> None:
        """Whoever asks knows what he asks."""
        self._own.setdefault(by, set()).update(numbers(frame))

    def take(self, record: Record) -> None:
        """One more record is kept."""
        if isinstance(record.outcome, Refusal):
            return
        if isinstance(record.command, to.AnnounceSale):
            self._openings = {entry.opening_price for entry in record.command.catalogue}
        if isinstance(record.command, to.ReofferLot):
            self._openings.add(record.command.opening_price)
        for event in record.outcome:
            if isinstance(event, BidPlaced):
                self._amounts.setdefault(event.amount, Amount()).paddles.add(event.paddle)
                self._of_lot.setdefault(event.lot, set()).add(event.amount)
                self._paddles.add(event.paddle)
            elif isinstance(event, ProxyPlaced):
                self._maxima.setdefault(event.maximum, set()).add(event.paddle)
                if event.channel is Channel.HALL:
                    self._by_clerk.add(event.maximum)
            elif isinstance(event, ReserveSet):
                self._reserves.add(event.amount)
        self._paddles |= set(self._book.paddles)
        for audience in ("public", "bidder"):
            for lot, amounts in self._of_lot.items():
                if not self._hidden(lot, audience):
                    for amount in amounts:
                        self._amounts[amount].open_to.add(audience)

    def look(self, principal: Principal | None, text: bytes, *, answer: bool = False) -> None:
        """``principal`` has been given ``text``. What an answer told him he knows, whoever bids it later."""
        role = "public" if principal is None else role_of(principal)
        own = None if role != Role.BIDDER else principal
        key = (own if own is not None else Principal(role), text)
        if key in self._looked:
            return
        self._looked.add(key)
        told = numbers(text)
        for found in told:
            why = self._secret(found, principal, role)
            if why is not None:
                self._wrong("P4", f"{principal or 'the public'} was told {found}, {why}: {text[:3000].decode()}")
        if answer:
            self._own.setdefault(principal, set()).update(told)

    def _secret(self, number: int, principal: Principal | None, role: str) -> str | None:
        if number in self._own.get(principal, ()) or number in self._openings:
            return None
        mine = {int(principal.partition(":")[2])} if role == Role.BIDDER and principal is not None else set()
        officer = role in OFFICERS
        if number in self._paddles and not officer and number not in mine and self._masked():
            return "a masked paddle"
        amount = self._amounts.get(number)
        if amount is not None:
            shown = officer or amount.paddles & mine or ("public" if role == "public" else "bidder") in amount.open_to
            return None if shown else "an amount that is hidden"
        owners = self._maxima.get(number)
        if owners is not None and not owners & mine and not (role == Role.CLERK and number in self._by_clerk):
            return "somebody's maximum"
        return "a reserve" if number in self._reserves and role != Role.AUCTIONEER else None

    def _masked(self) -> bool:
        rule = self._book.rules.paddles
        return rule is PaddleDisplay.MASKED or (
            rule is PaddleDisplay.MASKED_UNTIL_CLOSED and self._book.phase != "closed"
        )

    def _hidden(self, lot: int, audience: str) -> bool:
        sight = self._book.rules.visibility
        sees = sight.amounts_public if audience == "public" else sight.amounts_bidders
        lifted = {
            Lifted.LOT_END: self._book.lots[lot].phase in ENDED,
            Lifted.SALE_END: self._book.phase == "closed",
            Lifted.NEVER: False,
        }[sight.lifted]
        return sees in {Sees.OWN, Sees.RANK, Sees.NONE} and not lifted
