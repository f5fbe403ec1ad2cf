"""What can have happened in a quota sale; what happens in every sale alike stands in :mod:`engine.domain.auction.events`."""

from dataclasses import dataclass

from engine.domain.auction.commands import Title
from engine.domain.auction.events import (
    CopiesStated,
    ResultConfirmed,
    ResultSigned,
    RulesAccepted,
    SaleClosed,
    SaleOpened,
    SaleResumed,
    SaleSuspended,
    StopRegistered,
)
from engine.domain.quota.commands import Run
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.units import Fen, Nanoseconds, PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaAnnounced:
    """Quota and rules stand."""

    sale: str
    title: Title
    rules: QuotaSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class BiddersAdmitted:
    """These paddles may offer."""

    quota_class: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOpened:
    """A round begins."""

    round: int
    """From 1."""

    at: Nanoseconds
    ends_at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundMoved:
    """The end of the round moved: it was interrupted."""

    round: int
    ends_at: Nanoseconds
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEnded:
    """A round is over."""

    round: int
    ends_at: Nanoseconds
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    """An offer stands: the first of its bidder, or in place of his earlier one."""

    paddle: PaddleNo
    amount: Fen
    at: Nanoseconds

    revision: int
    """How many changes of this round he has used, with this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLost:
    """A change out of reach: by the sheet it counts, and the earlier offer stands."""

    paddle: PaddleNo
    amount: Fen
    least: Fen
    most: Fen
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageTold:
    """The average of what stands, told at its set time."""

    quota_class: str
    at: Nanoseconds
    average: Fen | None
    offers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaAwarded:
    """Who is within the quota of a class has won."""

    quota_class: str
    at: Nanoseconds
    winners: int
    offers: int

    lowest: Fen | None
    """The lowest price that won; None if nobody did."""

    lowest_at: Nanoseconds | None
    """When the last offer at that price that won was made."""

    average: Fen | None
    uniform: Fen | None
    """What everybody pays, where all pay the same."""

    reserve: Fen | None
    drawn: int
    """How many of the winners stand before a loser with the same price and instant by lot alone."""


Event = (
    QuotaAnnounced
    | BiddersAdmitted
    | RulesAccepted
    | SaleOpened
    | RoundOpened
    | RoundMoved
    | RoundEnded
    | OfferMade
    | RevisionLost
    | AverageTold
    | SaleSuspended
    | SaleResumed
    | StopRegistered
    | CopiesStated
    | QuotaAwarded
    | SaleClosed
    | ResultSigned
    | ResultConfirmed
)
