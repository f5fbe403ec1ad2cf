"""What may be asked of a quota sale; what is asked of every sale alike stands in :mod:`engine.domain.auction.commands`."""

from dataclasses import dataclass
from typing import Final

from engine.domain.auction.commands import (
    AcceptRules,
    Asked,
    DeadlineReached,
    OpenSale,
    RegisterStop,
    ResumeSale,
    SignResult,
    StateCopies,
    SuspendSale,
    Title,
)
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.units import Fen, PaddleNo

RUNS_MAX: Final = 1000
"""Runs of paddles in one block: a record stays small, whoever is admitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceQuota(Asked):
    """The centre announces how many plates there are, and the rules. The first record of the journal."""

    sale: str
    title: Title
    rules: QuotaSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Paddles that follow each other, with both ends."""

    first: PaddleNo
    last: PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitBidders(Asked):
    """Those who hold these paddles are qualified (竞买资格审核通过), all of one class. One block of many."""

    quota_class: str
    runs: tuple[Run, ...]
    """At least one, at most :data:`RUNS_MAX`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeOffer(Asked):
    """A bidder makes his offer, or changes the one that stands."""

    paddle: PaddleNo

    amount: Fen
    """The whole price, in fen."""


Command = (
    AnnounceQuota
    | AdmitBidders
    | MakeOffer
    | AcceptRules
    | OpenSale
    | SuspendSale
    | ResumeSale
    | RegisterStop
    | StateCopies
    | SignResult
    | DeadlineReached
)
