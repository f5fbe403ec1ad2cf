"""The quota sales among the seeds: their rules and their moves. Seeds below :data:`FROM` stand for what they always stood for."""

import random
from dataclasses import replace
from typing import Final

from engine.domain.quota import packs
from engine.domain.quota.sheet import QuotaSheet, Ties
from engine.domain.rulesheet import SECOND
from engine.domain.units import Fen, Nanoseconds
from tests.domain.auction.random_sale import Move

FROM: Final = 300
EVERY: Final = 4
"""Every fourth seed from there on."""

NOON: Final = 1_800_000_000_000_000_000
KINDS: Final = (
    *("offer", "offer", "offer", "change", "change", "change", "edge", "edge", "edge", "far", "lower", "off the steps"),
    *("warning", "rush", "rush", "snipe", "snipe", "snipe", "slow door", "slow door", "same id", "unreadable"),
    *("suspend", "resume", "resume", "resume", "resume", "rules", "rules", "other rules", "stranger", "other kind"),
    *("edge", "far", "far", "change", "change", "off the steps", "warning", "resume", "admit"),
)


def is_quota(seed: int) -> bool:
    """Whether ``seed`` stands for a quota sale."""
    return seed >= FROM and seed % EVERY == EVERY - 1


def a_quota_sheet(chance: random.Random) -> QuotaSheet:
    """Any pack with short rounds, and its switches."""
    quota = chance.randint(1, 3)
    sheet = chance.choice(
        [
            packs.shanghai(quota, Fen(20_000_00)),
            packs.shanghai(quota, Fen(20_000_00)),
            packs.shenzhen(quota, Fen(5_000_00)),
            packs.guangzhou(quota, Fen(5_000_00), trim_percent=chance.choice([0, 30])),
            packs.hangzhou(quota, Fen(5_000_00), Fen(10_000_00)),
            replace(packs.coe(quota), floor=Fen(5_000_00), step=Fen(100_00)),
        ]
    )
    spans = [Nanoseconds(chance.randint(6, 11) * SECOND) for _ in sheet.rounds]
    if len(spans) > 1:
        spans[0] = Nanoseconds(chance.randint(2, 4) * SECOND)
    return replace(
        sheet,
        rounds=tuple(replace(each, span=span) for each, span in zip(sheet.rounds, spans, strict=True)),
        average_at=(Nanoseconds(2 * SECOND), Nanoseconds(4 * SECOND)) if sheet.average_at else (),
        refused_counts=chance.random() < 0.3,
        ties=chance.choice(list(Ties)),
        opens_at=Nanoseconds(NOON + 1_500_000_000) if chance.random() < 0.2 else None,
        grace=Nanoseconds(chance.choice([50_000_000, 300_000_000])),
        resume_least=Nanoseconds(chance.choice([1, 3]) * SECOND),
        offers_published=chance.random() < 0.7,
        sign_off=chance.random() < 0.3,
    )


def quota_moves(chance: random.Random) -> list[tuple[float, Move]]:
    """Admission, opening, offers and changes of every sort, and in the end signatures."""
    moves: list[tuple[float, Move]] = [(0.5, ("admit", 0, 0, 0))]
    moves += [(0.05, ("admit", 0, nth, 0)) for nth in range(1, 4)]
    moves += [(0.05, ("rules", 0, nth, 0)) for nth in range(3)]
    moves += [(0.05, ("offer", 0, 0, 0)), (0.2, ("open", 0, 0, 0))]
    hurry = chance.choice([0.1, 0.25, 0.6])
    for _ in range(chance.randint(25, 50)):
        if chance.random() < 0.03:
            moves.append((0.1, (chance.choice(("stop", "again", "sign early")), 0, 0, chance.randrange(6))))
        moves.append((chance.random() * 2 * hurry, (chance.choice(KINDS), 0, chance.randrange(4), chance.randrange(6))))
    if chance.random() < 0.8:
        moves += [(0.3, ("resume", 0, 0, 0)), (11.0, ("change", 0, 1, 2)), (0.2, ("resume", 0, 0, 0))]
        moves += [(11.0, ("offer", 0, 2, 1)), (0.3, ("sign", 0, 0, 0)), (0.3, ("other report", 0, 1, 0))]
        moves += [(0.3, ("sign", 0, 0, 0)), (0.4, ("sign", 0, 1, 0)), (0.3, ("again", 0, 0, 0))]
    return moves
