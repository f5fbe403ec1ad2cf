"""The nightly check: every way of tampering on many sales, and the same sales as they are."""

import sys
from collections.abc import Sequence
from typing import Any

from tests.nightly.telling import finish, progress, sized
from tests.tampering import ANY, CLASSES, OPENING, QUOTA, SHOWN, TIMED, sale_of, tried, wrong
from tests.tampering.case import Case
from tests.tampering.opening_sales import opening_sale
from tests.tampering.quota_sales import quota_sale
from tests.tampering.sales import sale

LOGS = 500


def honest(seed: int, kind: dict[str, Any]) -> str | None:
    """What is wrong with the verdict on a sale that nobody tampered with."""
    said = Case(sale_of(seed, kind).lines(), "").verdict()
    return None if said["verdict"] == "GOOD" else f"{said['rule']} at record {said['seq']}"


def main(arguments: Sequence[str]) -> int:
    """Try them all."""
    size = sized("tests.tampering", LOGS, arguments)
    figures = {
        "classes": len(CLASSES),
        "logs": size,
        "tried": 0,
        "caught": 0,
        "misnamed": 0,
        "honest": 0,
        "honest_convicted": 0,
    }
    for seed in range(size):
        for kind in (ANY, SHOWN, TIMED, QUOTA, OPENING):
            fault = honest(seed, kind)
            figures["honest"] += 1
            figures["honest_convicted"] += fault is not None
            if fault is not None:
                progress(f"seed {seed}, honest {kind}: {fault}")
        for tamper in CLASSES:
            case, said = tried(tamper, seed)
            fault = wrong(case, said)
            figures["tried"] += 1
            figures["caught"] += said["verdict"] == "BAD"
            figures["misnamed"] += fault is not None
            if fault is not None:
                progress(f"seed {seed}, {tamper.__name__}: {fault}")
        sale.cache_clear()
        quota_sale.cache_clear()
        opening_sale.cache_clear()
        progress(f"{seed + 1} of {size} sales, {figures['caught']} of {figures['tried']} caught")
    passed = figures["caught"] == figures["tried"] and not figures["misnamed"] + figures["honest_convicted"]
    return finish(["P18"], figures, passed=passed, seeds=f"0-{size - 1}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
