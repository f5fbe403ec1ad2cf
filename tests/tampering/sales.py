"""Sales held at random by a real clerk, each from its seed: every lot is fought for, ends, and is bid for too late."""

import random
from functools import cache

from engine.domain.rulesheet import (
    SECOND,
    Advance,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    Lifted,
    Mode,
    PaddleDisplay,
    RuleSheet,
    Sees,
    TimedRules,
    Visibility,
)
from engine.domain.units import Fen, Nanoseconds
from tests.clients.exports import Journal
from tests.domain.auction.random_sale import STEP, Move
from tests.room.test_random_sales import hold


def sheet_of(chance: random.Random, *, timed: bool, shown: bool) -> RuleSheet:
    """Any way to hold a sale; ``shown`` if everybody sees amounts and paddles."""
    span = Nanoseconds(chance.randint(2, 6) * SECOND)
    kind = chance.choice(list(ExtensionKind))
    moves = kind not in {ExtensionKind.NONE, ExtensionKind.PRICE_WINDOW}
    rule = Extension(
        kind=kind,
        within=span,
        by=span,
        cap=Nanoseconds(chance.randint(3, 30) * SECOND) if moves and chance.random() < 0.3 else None,
        count_max=chance.randint(1, 3) if moves and chance.random() < 0.3 else None,
        top_k=chance.randint(1, 2) if moves and chance.random() < 0.2 else None,
        shrink=Nanoseconds(SECOND // 2),
        least=Nanoseconds(SECOND),
        reach=Fen(4 * STEP) if kind is ExtensionKind.PRICE_WINDOW else None,
    )
    advance = (
        Advance.TOGETHER if kind is ExtensionKind.SHRINKING else chance.choice([Advance.BY_HAND, Advance.TOGETHER])
    )
    sees = Visibility()
    if not shown and kind is not ExtensionKind.PRICE_WINDOW:
        sees = Visibility(
            amounts_public=chance.choice([Sees.ALL, Sees.LEADING, Sees.NONE]),
            counts_public=chance.random() < 0.5,
            lifted=chance.choice(list(Lifted)),
        )
    return RuleSheet(
        increments=(IncrementBand(from_price=Fen(0), step=STEP),),
        mode=Mode.TIMED if timed else Mode.ROSTRUM,
        calls=chance.randint(1, 3),
        deposit=DepositRule.WHOLE_SALE,
        paddles=PaddleDisplay.SHOWN if shown else chance.choice(list(PaddleDisplay)),
        timed=TimedRules(
            free=Nanoseconds(chance.randint(0, 3) * SECOND),
            window=Nanoseconds(chance.randint(4, 8) * SECOND),
            extension=rule,
            advance=advance,
        )
        if timed
        else None,
        dwell=Nanoseconds(chance.choice([0, SECOND])),
        visibility=sees,
        proxies=chance.random() < 0.5,
        reoffers_max=1,
        reoffer_lower_percent=20,
    )


def moves_of(chance: random.Random, sheet: RuleSheet, *, short: bool) -> list[Move]:
    """Every lot is bid for, ends and is bid for once more, or only the first; then the sale is closed and signed."""
    moves: list[Move] = []

    def bids(lot: int, least: int) -> None:
        for _ in range(chance.randint(least, 6)):
            moves.append(("bid", lot, chance.randrange(4), chance.randint(1, 5)))
            if chance.random() < 0.15:
                moves.append(
                    (
                        chance.choice(["proxy", "void", "interrupt", "take back", "call"]),
                        lot,
                        chance.randrange(4),
                        chance.randint(0, 3),
                    )
                )

    lots = [0, 1, 2]
    if sheet.together:
        for _ in range(1 if short else 3):
            chance.shuffle(lots)
            for lot in lots:
                bids(lot, 1)
        moves.append(("wait", 0, 0, 60))
    for lot in [] if sheet.together else [0] if short else lots:
        moves.append(("put up", lot, 0, 0))
        bids(lot, 3)
        moves += [("wait", 0, 0, 40)] if sheet.timed else [("wait", 0, 0, 2)]
        moves += (
            [] if sheet.timed else [*[("call", lot, 0, 0)] * sheet.calls, ("hammer", lot, 0, 0), ("pass", lot, 0, 0)]
        )
        moves.append(("bid", lot, 1, 1))
    moves += [("withdraw", 1, 0, 0), ("withdraw", 2, 0, 0)] if short else []
    return [*moves, ("bid", 0, 0, 1), ("close", 0, 0, 0), ("sign", 0, 0, 0), ("sign", 0, 1, 0), ("bid", 0, 0, 1)]


@cache
def sale(seed: int, *, timed: bool | None = None, shown: bool = False, short: bool = False) -> Journal:
    """The sale of ``seed``."""
    chance = random.Random(seed)
    sheet = sheet_of(chance, timed=chance.random() < 0.5 if timed is None else timed, shown=shown)
    return Journal.of(hold(sheet, moves_of(chance, sheet, short=short)).history())
