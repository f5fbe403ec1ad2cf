"""What a check found: a verdict, and a sentence in both languages that says what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    """A sale can be held; somebody should know."""

    FAULT = "fault"
    """No sale should be held before it is mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """What was looked at: ``clock``, ``disk`` … and, behind a colon, which one of several."""

    verdict: Verdict
    zh: str
    en: str
    facts: dict[str, Any] = field(default_factory=dict)
    """Figures behind it, units in their names."""


def ok(check: str, zh: str, en: str, **facts: Any) -> Finding:
    """All is well."""
    return Finding(check=check, verdict=Verdict.OK, zh=zh, en=en, facts=facts)


def warning(check: str, zh: str, en: str, **facts: Any) -> Finding:
    """Somebody should know."""
    return Finding(check=check, verdict=Verdict.WARNING, zh=zh, en=en, facts=facts)


def fault(check: str, zh: str, en: str, **facts: Any) -> Finding:
    """Mend it first."""
    return Finding(check=check, verdict=Verdict.FAULT, zh=zh, en=en, facts=facts)


def worst(findings: Iterable[Finding]) -> Verdict:
    """The worst verdict among ``findings``."""
    order = list(Verdict)
    return max((finding.verdict for finding in findings), key=order.index, default=Verdict.OK)
