"""Every kind of proceeding behind one ``decide``, ``apply``, ``next_deadline``: what a room needs to know."""

from typing import Final

from engine.domain import canonical
from engine.domain.auction import commands, events, rules
from engine.domain.auction.state import Auction

State = Auction
"""The state of any kind of proceeding."""

Command = commands.Command
Event = events.Event
AnnounceSale = commands.AnnounceSale
DeadlineReached = commands.DeadlineReached

decide = rules.decide
apply = rules.apply
next_deadline = rules.next_deadline


NO_RULES: Final = "0" * 64
"""Stands for the rule sheet before one is announced."""


def rules_digest(state: State | None) -> str:
    """The digest of the rule sheet in force, 64 hexadecimal digits."""
    return NO_RULES if state is None else state.rules_digest


def state_digest(state: State | None) -> str:
    """SHA-256 of everything the rules know, 64 hexadecimal digits: equal states have equal digests."""
    return canonical.digest(state)
