"""What the pages ask of the house. They ask nothing else, and tell it nothing."""

from typing import Any, Protocol

from engine.gateway.board import Posted


class Sales(Protocol):
    """The sales of this engine, as the public may see them. Shapes are in ``engine/wire/PROTOCOL.md``."""

    def listing(self) -> list[dict[str, Any]]:
        """Every sale: ``{id, kind, title, phase, lots, sold}``."""
        ...

    def about(self, sale: str) -> dict[str, Any] | None:
        """``{id, kind, title, phase, rules, rules_digest, key, epoch, seq, head, log}``; None if there is no such sale."""
        ...

    def veiled(self, sale: str) -> bool:
        """Whether nobody may know how far the record of a sale is: nothing of it is counted then."""
        ...

    def checkpoint(self, sale: str, size: int, head: bytes, at: int) -> str:
        """A checkpoint over the first ``size`` records of a sale, given the last one's digest and time; empty if none is at hand."""
        ...

    def lots(self, sale: str) -> list[dict[str, Any]] | None:
        """The public part ``lot/N`` of every lot, in order; None if there is no such sale."""
        ...

    async def record(self, sale: str, after: int, limit: int) -> dict[str, Any] | None:
        """
        The records after ``after``, at most ``limit``, and the commits that cover them; None if there is no such sale.

        ``{sale, key, epoch, seq, head, records, commits}``. Where there are more records, ``records`` is not empty.
        """
        ...

    async def past(self, sale: str, *, seq: int | None = None, at_us: int | None = None) -> bytes | None:
        """
        The public's picture after record ``seq``, or after the last one made at or before ``at_us``, as JSON; None if there was none.

        ``{epoch, seq, head, arrived_us, at_us, parts}``.

        Raises:
            Refused: It takes longer; ask again after ``after_ms``.

        """
        ...

    async def figures(self, sale: str) -> dict[str, Any] | None:
        """The sale in figures, as far as it has been counted; None if there is no such sale."""
        ...

    async def figure_records(self, sale: str, of: str) -> dict[str, Any] | None:
        """``{sale, of, seq, count, latest}``: the newest records behind one figure; None if there is no such sale or figure."""
        ...

    async def series(self) -> dict[str, Any]:
        """Every sale in figures, and their total: ``{sales, total}``."""
        ...

    def results(self) -> list[dict[str, Any]]:
        """The result of every quota sale; nulls before there is one."""
        ...

    def posted(self) -> list[Posted]:
        """Every sale, for the day's board."""
        ...

    def cluster(self) -> dict[str, Any]:
        """How the house stands on its machines: ``{at_us, here, rooms, carriers}``; of openings nothing."""
        ...

    def house_time(self) -> int:
        """Nanoseconds since 1970, by the clock that ends what is held here."""
        ...

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether every room serves, and of each that does not, why not."""
        ...

    def statistics(self) -> dict[str, dict[str, int]]:
        """``{"connections": {role: count}, "queues": {name: waiting}, "rooms": {"halted": count}}`` as it is now."""
        ...
