"""Says which article of ``engine/domain/RULES.md`` a test settles; ``test_docs.py`` finds articles that have none."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


def article(*numbers: str) -> Callable[[Test], Test]:
    """Mark a test: ``@article("7")``."""

    def mark(test: Test) -> Test:
        test.__dict__["articles"] = numbers
        return test

    return mark
