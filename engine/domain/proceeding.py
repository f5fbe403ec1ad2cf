"""Every kind of proceeding behind one ``decide``, ``apply``, ``next_deadline``, ``follow_up``: what a room needs to know."""

import re
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
follow_up = rules.follow_up


NO_RULES: Final = "0" * 64
"""Stands for the rule sheet before one is announced."""


def rules_digest(state: State | None) -> str:
    """The digest of the rule sheet in force, 64 hexadecimal digits."""
    return NO_RULES if state is None else state.rules_digest


_KEPT_DIGEST: Final = re.compile(r"[0-9a-f]{8}:[0-9a-f]{64}")

STATE_EDITION: Final = canonical.digest(canonical.shape(State))[:8]
"""
Changes with any field of the state.

A digest of the state can be compared only with one made by rules that know the same things. Journals outlive editions: what an
earlier one kept is then passed over, and the decisions themselves are compared.
"""


def state_digest(state: State | None) -> str:
    """SHA-256 of everything the rules know, 64 hexadecimal digits: equal states have equal digests."""
    return canonical.digest(None if state is None else state.summary())


def kept_digest(state: State | None) -> str:
    """The state's digest as it stands in a journal: edition, colon, digest."""
    return f"{STATE_EDITION}:{state_digest(state)}"


def agrees(kept: str, state: State | None) -> bool:
    """Whether ``kept``, from a journal, is the digest of ``state``, as far as this edition can tell."""
    if _KEPT_DIGEST.fullmatch(kept) is None:
        return False
    return not kept.startswith(STATE_EDITION) or kept == kept_digest(state)
