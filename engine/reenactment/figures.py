"""What a re-enacted month came to, beside what was published of it."""

import resource
from collections.abc import Sequence
from typing import Any, Final

from engine.domain import proceeding
from engine.domain.units import Fen, time_of_day
from engine.reenactment.month import CLASS, Scene
from engine.reenactment.onlooker import Onlooker

_KIB_PER_MB: Final = 1024


def figures(scene: Scene, onlooker: Onlooker, *, found: int, took_s: float, waits_s: Sequence[float]) -> dict[str, Any]:
    """
    The result, how far it is from the published one, and what holding it cost.

    Args:
        scene: The month.
        onlooker: The sale, closed.
        found: Records that were there when this run began.
        took_s: How long this run took.
        waits_s: From handing in to acknowledgement, for each offer of this run.

    """
    sale, month = onlooker.sale, scene.month
    award = sale.awards[CLASS]
    last, calm = onlooker.rush()
    waits = sorted(waits_s)
    return {
        "sale": sale.sale,
        "phase": sale.phase,
        "month": month.month,
        "simulated": True,
        "plates": scene.market.plates,
        "bidders": scene.market.bidders,
        "warning_fen": scene.market.warning,
        "winners": award.winners,
        "lowest_fen": award.lowest,
        "lowest_at": None if award.lowest_at is None else time_of_day(award.lowest_at),
        "average_fen": award.average,
        "published": {
            "plates": month.plates,
            "bidders": month.bidders,
            "lowest_fen": month.lowest,
            "average_fen": month.average,
        },
        "off": {"lowest": apart(award.lowest, month.lowest), "average": apart(award.average, month.average)},
        "commands": onlooker.accepted + onlooker.refused.total(),
        "accepted": onlooker.accepted,
        "refused": {str(reason): count for reason, count in sorted(onlooker.refused.items())},
        "last_minute_per_s": round(last, 1),
        "before_per_s": round(calm, 1),
        "found": found,
        "took_s": round(took_s, 1),
        "per_s": round(len(waits) / took_s) if took_s else 0,
        "p50_ms": _percentile_ms(waits, 50),
        "p99_ms": _percentile_ms(waits, 99),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KIB_PER_MB,
        "records": onlooker.seq,
        "state_digest": proceeding.state_digest(sale),
    }


def apart(is_fen: Fen | None, was_fen: Fen) -> str | None:
    """How far a price is from the published one: ``-0.03%``."""
    return None if is_fen is None else f"{(is_fen - was_fen) * 100 / was_fen:+.2f}%"


def _percentile_ms(ascending: Sequence[float], percent: int) -> float | None:
    if not ascending:
        return None
    return round(ascending[min(len(ascending) - 1, len(ascending) * percent // 100)] * 1000, 1)
