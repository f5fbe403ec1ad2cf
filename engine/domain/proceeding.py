"""Every kind of proceeding behind one ``decide``, ``apply``, ``next_deadline``, ``follow_up``: what a room needs to know."""

import re
from dataclasses import replace
from typing import Any, Final, get_args

from engine.domain import canonical
from engine.domain.auction import commands, events, rules
from engine.domain.auction.state import Auction, SalePhase
from engine.domain.opening import commands as opening_commands
from engine.domain.opening import events as opening_events
from engine.domain.opening import rules as opening_rules
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Opening
from engine.domain.parties import role_of
from engine.domain.quota import commands as quota_commands
from engine.domain.quota import events as quota_events
from engine.domain.quota import rules as quota_rules
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds

State = Auction | QuotaSale | Opening
"""The state of any kind of proceeding."""

Command = commands.Command | quota_commands.Command | opening_commands.Command
Event = events.Event | quota_events.Event | opening_events.Event
Announcement = commands.AnnounceSale | quota_commands.AnnounceQuota | opening_commands.AnnounceOpening
DeadlineReached = commands.DeadlineReached

_RULES: Final[dict[type, Any]] = {Auction: rules, QuotaSale: quota_rules, Opening: opening_rules}
_KNOWN: Final[dict[type, frozenset[type]]] = {
    Auction: frozenset(get_args(commands.Command)),
    QuotaSale: frozenset(get_args(quota_commands.Command)),
    Opening: frozenset(get_args(opening_commands.Command)),
}
"""What may be asked of each kind."""

_BEGUN_BY: Final[dict[type, type]] = {
    events.SaleAnnounced: Auction,
    quota_events.QuotaAnnounced: QuotaSale,
    opening_events.OpeningAnnounced: Opening,
}


def decide(state: State | None, command: Command, at: Nanoseconds) -> tuple[Event, ...]:
    """
    What ``command`` brings about, having reached the house ``at``. See the ``decide`` of each kind.

    Raises:
        Refusal: The rules do not allow it, or this kind of proceeding knows no such command.

    """
    asked = type(command)
    if state is not None and asked not in _KNOWN[type(state)]:
        raise Refusal(_foreign(command))
    kind = type(state) if state is not None else next(kind for kind, known in _KNOWN.items() if asked in known)
    happens: tuple[Event, ...] = _RULES[kind].decide(state, command, at)
    return happens


def _foreign(command: Command) -> Reason:
    """Why a command of another kind of proceeding is refused: first of all, whether he who asks may ask it anywhere."""
    asked, role = type(command), role_of(command.by)
    anywhere = any(role in _RULES[kind].MAY_ASK[asked] for kind, known in _KNOWN.items() if asked in known)
    return Reason.OTHER_KIND if anywhere else Reason.NOT_AUTHORISED


def apply(state: State | None, event: Event) -> State:
    """Carry one event into the state, and return it. Never refuses: it already happened."""
    kind = _BEGUN_BY.get(type(event), Auction if state is None else type(state))
    after: State = _RULES[kind].apply(state, event)
    return after


def next_deadline(state: State | None) -> Nanoseconds | None:
    """The next instant at which the proceeding changes by itself, or None."""
    due: Nanoseconds | None = None if state is None else _RULES[type(state)].next_deadline(state)
    return due


def follow_up(state: State | None, at: Nanoseconds) -> Command | None:
    """What the house itself does next in answer to what reached it ``at``, before it takes up anything else."""
    return rules.follow_up(state, at) if isinstance(state, Auction) else None


def as_asked(command: Command) -> Command:
    """``command`` without what the house itself said in it: whether the same was asked twice does not hang on that."""
    if isinstance(command, opening_commands.SubmitEnvelope) and command.gaps:
        return replace(command, gaps=())
    return command


def goes_by_clock(state: State | None) -> bool:
    """Whether it is open and its clock ends something: a clock that cannot be trusted suspends it."""
    if state is None or state.phase is not SalePhase.OPEN:
        return False
    if isinstance(state, Opening):
        return state.stage is Stage.UNSEALING
    return isinstance(state, QuotaSale) or state.rules.timed is not None


def time_runs(state: State | None) -> bool:
    """Whether the time of bidders runs away at this moment: who stops serving them must suspend it."""
    return goes_by_clock(state) and (not isinstance(state, Auction) or bool(state.open_lots))


def copies(state: State | None) -> commands.Copies | None:
    """In how many places its record says that it is kept; None for what says nothing of it: an opening, and what is over."""
    if not isinstance(state, Auction | QuotaSale) or state.phase is SalePhase.CLOSED:
        return None
    return commands.Copies.ONE if state.kept is None else state.kept.copies


NO_RULES: Final = "0" * 64
"""Stands for the rule sheet before one is announced."""


def rules_digest(state: State | None) -> str:
    """The digest of the rule sheet in force, 64 hexadecimal digits."""
    return NO_RULES if state is None else state.rules_digest


_KEPT_DIGEST: Final = re.compile(r"[0-9a-f]{8}:[0-9a-f]{64}")

EDITIONS: Final = {kind: canonical.digest(canonical.shape(kind))[:8] for kind in _RULES}
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
    return f"{EDITIONS[Auction if state is None else type(state)]}:{state_digest(state)}"


def agrees(kept: str, state: State | None) -> bool:
    """Whether ``kept``, from a journal, is the digest of ``state``, as far as this edition can tell."""
    if _KEPT_DIGEST.fullmatch(kept) is None:
        return False
    return kept[:8] not in EDITIONS.values() or kept == kept_digest(state)
