"""What the pages ask of whoever makes papers. Shapes are in ``engine/wire/PROTOCOL.md``."""

from typing import Any, Final, Protocol

from engine.wire.refusals import Fault

MEDIA_TYPES: Final = {"pdf": "application/pdf", "json": "application/json", "csv": "text/csv; charset=utf-8"}
"""Form of a paper → how it is sent."""


class Papers(Protocol):
    """The papers of every sale. A fault is why there is none, and is said to who asked."""

    async def listing(self, sale: str, *, officer: bool) -> dict[str, Any] | Fault:
        """The papers that there are, for officers all of them."""
        ...

    async def paper(  # noqa: PLR0913 - what is asked for and by whom
        self, sale: str, name: str, form: str, lang: str, *, officer: bool, signed: bool = False
    ) -> bytes | Fault:
        """One of them; a PDF with a signature, if the house has a certificate to sign with."""
        ...
