"""
What a seed stands for: the sale, its moves, and everything that will go wrong.

Drawn from ``random.Random(seed)`` with the kinds and ranges of :mod:`tests.domain.auction.random_sale`, so that the seed and the commit
say everything. :meth:`Plan.lines` prints it.
"""

import random
from dataclasses import dataclass, field
from typing import Final

from engine.domain.canonical import plain
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.rulesheet import (
    SECOND,
    Advance,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    InvalidRuleSheet,
    Lifted,
    Mode,
    PaddleDisplay,
    ResumeFor,
    RuleSheet,
    Sees,
    TimedRules,
    Visibility,
)
from engine.domain.units import Fen, Nanoseconds
from tests.domain.auction.random_sale import KINDS, STEP, Move, opening_moves, spread
from tests.simulation.network import Weather
from tests.simulation.quota_plan import a_quota_sheet, is_quota, quota_moves

NOON: Final = 1_800_000_000_000_000_000
ODD: Final = (
    *("stranger", "stranger", "unknown lot", "off the steps", "other rules", "other channel", "wrong opening"),
    *("sign early", "other report", "again", "too high", "low bid", "snipe", "snipe", "snipe", "rush", "rush"),
    *(
        "once more",
        "odd call",
        "odd price",
        "slow door",
        "slow door",
        "same id",
        "unreadable",
        "void leader",
        "void leader",
        "tie",
        "tie",
    ),
)
"""Moves that are seldom right, beside those of a random sale."""

CRASHES: Final = (
    *("power", "kill", "stop", "cut at a send", "full at a call"),
    *("power at a call", "kill at a call", "error at a call", "power at a sync", "kill at a sync", "error at a sync"),
)
AGAIN: Final = ("power", "power", "power", "power at a call", "kill at a call", "error at a sync")


@dataclass(frozen=True, slots=True)
class Blow:
    """Something that happens to the house's machine."""

    at_s: float
    kind: str
    much: int
    """At which call to the disk or which send, or how long the house is away, in tenths of a second."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every parameter of a run."""

    seed: int
    sheet: RuleSheet | QuotaSheet
    epoch: int
    moves: tuple[tuple[float, Move], ...]
    """Each with the wait before it, in seconds."""

    weather: Weather
    blows: tuple[Blow, ...]
    lies: bool
    """Whether the journal's disk says that it has kept what it has not."""

    disk_s: float
    """The longest wait on either side of a write."""

    frames_max: int
    heads_max: int
    letters_max: int
    outbox_bytes_max: int
    digest_every: int
    prepared: bool
    """Whether paddles are admitted with the announcement."""

    second_devices: bool
    forged: float
    """Share of hellos that claim a place in another history."""

    line_faults: float
    """Stalls and vanishings a second, of all lines together."""

    freezes: tuple[tuple[float, float, bool], ...] = field(default=())
    """When the machine stands still, for how long, and whether its own clock counts that."""

    steps: tuple[tuple[float, int], ...] = field(default=())
    """When the machine's time of day is set, and by how many milliseconds."""

    def lines(self) -> list[str]:
        """The parameters, one a line."""
        return [
            f"sheet: {plain(self.sheet)}",
            f"moves: {len(self.moves)}; epoch {self.epoch}; admitted with the announcement: {self.prepared}",
            f"lines: {self.weather}; faults a second {self.line_faults:.3f}; forged hellos {self.forged:.2f}",
            f"disk: up to {self.disk_s * 1000:.1f} ms on either side of a write; lies: {self.lies}",
            f"limits: frames {self.frames_max}, heads {self.heads_max}, letters {self.letters_max}, "
            f"outbox {self.outbox_bytes_max}, state digest every {self.digest_every}",
            *(f"blow: {blow.kind} at {blow.at_s:.3f} s ({blow.much})" for blow in self.blows),
            *(
                f"freeze: {at:.3f} s for {long:.2f} s, own clock counts it: {counts}"
                for at, long, counts in self.freezes
            ),
            *(f"step: {at:.3f} s by {by} ms" for at, by in self.steps),
        ]


def plan(seed: int) -> Plan:
    """The plan of ``seed``."""
    chance = random.Random(f"luochui {seed}")
    sheet: RuleSheet | QuotaSheet
    if is_quota(seed):
        sheet = a_quota_sheet(chance)
        moves = tuple(quota_moves(chance))
    else:
        sheet = a_sheet(chance)
        moves = tuple(_moves(chance, sheet))
    length_s = sum(wait for wait, _ in moves)
    calm = chance.random() < 0.15
    lies = not calm and chance.random() < 0.12
    bad_lines = not calm and chance.random() < 0.6
    return Plan(
        seed=seed,
        sheet=sheet,
        epoch=chance.choice([1, 2, 3]),
        moves=moves,
        weather=_weather(chance) if bad_lines else Weather(latency_s=(0.001, chance.choice([0.01, 0.08]))),
        blows=() if calm else tuple(_blows(chance, length_s, lies=lies)),
        lies=lies,
        disk_s=chance.choice([0.0005, 0.004, 0.03, 0.03, 0.03, 0.3, 0.3, 0.3, 0.3, 4.0]),
        frames_max=chance.choice([2048, 2048, 6, 3]),
        heads_max=chance.choice([16_384, 16_384, 12]),
        letters_max=chance.choice([4096, 4096, 2]),
        outbox_bytes_max=chance.choice([65_536, 65_536, 12_000]),
        digest_every=chance.choice([3, 10, 1000]),
        prepared=chance.random() < 0.5,
        second_devices=chance.random() < 0.3,
        forged=0.0 if calm else chance.choice([0.0, 0.3, 0.6]),
        line_faults=0.0 if not bad_lines else chance.choice([0.03, 0.1, 0.3]),
        freezes=()
        if calm
        else tuple(
            (chance.random() * length_s, chance.choice([0.4, 1.5, 3.0]), chance.random() < 0.5)
            for _ in range(chance.choice([0, 0, 0, 1, 2]))
        ),
        steps=()
        if calm
        else tuple(
            (chance.random() * length_s, chance.choice([-3_600_000, -5000, -1500, -400, 400, 1500, 60_000]))
            for _ in range(chance.choice([0, 0, 1, 2]))
        ),
    )


def _weather(chance: random.Random) -> Weather:
    return Weather(
        latency_s=chance.choice([(0.001, 0.02), (0.005, 0.15), (0.02, 0.6)]),
        lost=chance.choice([0.0, 0.02, 0.1, 0.3]),
        doubled=chance.choice([0.0, 0.05, 0.3]),
        overtaken=chance.choice([0.0, 0.03, 0.1]),
        late=chance.choice([0.0, 0.05]),
        buffer_bytes=chance.choice([65_536, 65_536, 8_192, 2_500]),
    )


def _blows(chance: random.Random, length_s: float, *, lies: bool) -> list[Blow]:
    count = chance.choice([0, 0, 1, 1, 2, 4]) if not lies else chance.choice([1, 2])
    kinds = ("power", "power at a call") if lies else CRASHES
    blows = []
    for _ in range(count):
        kind = chance.choice(kinds)
        blows.append(Blow(chance.random() * length_s * 1.02, kind, chance.choice([1, 2, 4, 8, 12, 17, 23, 60])))
        if (
            chance.random() < 0.35 and kind != "stop"
        ):  # Once more, before or while what is left is being read, or soon after.
            at_s = blows[-1].at_s + 0.2 + chance.random() * 1.5
            blows.append(Blow(at_s, chance.choice(kinds if lies else AGAIN), chance.choice([1, 2, 3, 5, 9, 14, 20])))
    return sorted(blows, key=lambda blow: blow.at_s)


def _moves(chance: random.Random, sheet: RuleSheet) -> list[tuple[float, Move]]:
    moves: list[tuple[float, Move]] = [(0.02, move) for move in opening_moves()]
    hurry = chance.choice([0.05, 0.25, 0.25, 0.6])
    for _ in range(chance.randint(8, 24)):
        kind = chance.choice(ODD) if chance.random() < 0.4 else chance.choice(KINDS)
        if sheet.timed is not None and chance.random() < 0.3:
            kind = "snipe" if sheet.timed.extension.reach is None or chance.random() < 0.5 else "too high"
        whole: Move = (kind, chance.randrange(3), chance.randrange(4), chance.randrange(6))
        for single in spread(whole):
            if single[0] == "wait":
                moves.append((min(single[3], 3), ("nothing", 0, 0, 0)))
            else:
                moves.append((chance.random() * 2 * hurry, single))
    if chance.random() < 0.75:
        moves += _to_the_end(chance, sheet)
    return moves


def _to_the_end(chance: random.Random, sheet: RuleSheet) -> list[tuple[float, Move]]:
    """Every lot comes to its end and the sale is closed and signed."""
    moves: list[tuple[float, Move]] = [(0.3, ("resume", 0, 0, 0))]
    for lot in (0, 1, 2):
        moves += [(0.2, ("put up", lot, 0, 0)), (0.3, ("bid", lot, chance.randrange(4), chance.randrange(3)))]
        if sheet.timed is None:
            moves += [(1.1, ("call", lot, 0, 0)), (0.4, ("call", lot, 0, 0)), (0.8, ("hammer", lot, 0, 0))]
            moves += [(0.4, ("pass", lot, 0, 0))]
        elif sheet.timed.advance is Advance.BY_HAND:
            moves += [(12.0, ("nothing", 0, 0, 0))]
    if chance.random() < 0.4:
        moves += [(0.4, ("wrong opening", 0, 0, chance.randrange(2))), (0.4, ("once more", 0, 0, 0))]
    if sheet.timed is not None:
        moves += [(14.0, ("nothing", 0, 0, 0)), (0.1, ("resume", 0, 0, 0)), (12.0, ("nothing", 0, 0, 0))]
    moves += [(0.5, ("close", 0, 0, 0)), (0.5, ("bid", 0, 0, 0)), (0.3, ("other report", 0, 1, 0))]
    return [*moves, (0.3, ("sign", 0, 0, 0)), (0.4, ("sign", 0, 0, 0)), (0.3, ("sign", 0, 1, 0))]


# The rule sheet.


def a_sheet(chance: random.Random) -> RuleSheet:
    """Any rule sheet that is one."""
    timed = _timed(chance) if chance.random() < 0.55 else None
    visibility = _visibility(chance)
    if timed is not None and timed.extension.reach is not None:
        visibility = Visibility()
    increments = [IncrementBand(from_price=Fen(0), step=STEP)]
    if chance.random() < 0.2:
        increments.append(IncrementBand(from_price=Fen(1_400_000), step=Fen(2 * STEP)))
    return RuleSheet(
        increments=tuple(increments),
        mode=Mode.ROSTRUM if timed is None else Mode.TIMED,
        calls=chance.randint(1, 2),
        deposit=chance.choice(list(DepositRule)),
        paddles=chance.choice(list(PaddleDisplay)),
        opens_at=Nanoseconds(NOON + 1_500_000_000) if chance.random() < 0.15 else None,
        timed=timed,
        dwell=Nanoseconds(chance.choice([0, 0, SECOND])),
        delivery_percent=chance.choice([0, 0, 50]),
        visibility=visibility,
        sign_off=chance.random() < 0.33,
        proxies=chance.random() < 0.75,
        reserve_shown=chance.random() < 0.5,
        reoffers_max=2,
        reoffer_lower_percent=20,
        resume_for=chance.choice(list(ResumeFor)),
        mass_loss_percent=chance.choice([0, 0, 50]),
    )


def _visibility(chance: random.Random) -> Visibility:
    bidders = chance.choice([Sees.ALL, Sees.ALL, *Sees])
    try:
        return Visibility(
            amounts_public=chance.choice([Sees.ALL, Sees.LEADING, Sees.NONE, Sees.NONE]),
            amounts_bidders=bidders,
            counts_public=chance.random() < 0.5,
            counts_bidders=chance.random() < 0.5,
            lifted=chance.choice(list(Lifted)),
        )
    except InvalidRuleSheet:
        return Visibility(amounts_public=Sees.NONE, amounts_bidders=bidders)


def _timed(chance: random.Random) -> TimedRules:
    extension = _extension(chance)
    together = extension.kind is ExtensionKind.SHRINKING
    return TimedRules(
        free=Nanoseconds(chance.randint(0, 2) * SECOND),
        window=Nanoseconds(chance.randint(3, 6) * SECOND),
        extension=extension,
        grace=Nanoseconds(chance.choice([50_000_000, 300_000_000])),
        advance=Advance.TOGETHER if together else chance.choice(list(Advance)),
        pause=Nanoseconds(SECOND),
    )


def _extension(chance: random.Random) -> Extension:
    kind = chance.choice(list(ExtensionKind))
    moves = kind not in {ExtensionKind.NONE, ExtensionKind.PRICE_WINDOW}
    within, by = (Nanoseconds(chance.randint(1, 4) * SECOND) for _ in range(2))
    return Extension(
        kind=kind,
        within=within,
        by=by,
        cap=Nanoseconds(chance.randint(1, 6) * SECOND) if moves and chance.random() < 0.6 else None,
        count_max=chance.randint(1, 3) if moves and chance.random() < 0.5 else None,
        top_k=chance.randint(1, 3) if moves and chance.random() < 0.4 else None,
        shrink=Nanoseconds(SECOND),
        least=Nanoseconds(min(SECOND, by)),
        reach=Fen(3 * STEP) if kind is ExtensionKind.PRICE_WINDOW else None,
    )
