"""A carrier in memory that goes by virtual time and can be cut, in either direction."""

from collections.abc import Callable, Iterable, Sequence

import trio

from engine.cluster.carrier import Trouble


class Wire:
    """Both ends. See :mod:`engine.cluster.carrier`."""

    trouble: Trouble | None = None
    once = False

    def __init__(self) -> None:
        self.cut = False
        self.reports = 0
        self.cut_down_only = False
        self._take: Callable[[str, bytes], None] | None = None
        self._hear: list[Callable[[str, bytes], None]] = []
        self.kept_back: list[tuple[str, bytes]] | None = None
        """Letters that are kept back, while there is a list for them."""

    def _down(self, sale: str, frame: bytes) -> None:
        if self.cut or self.cut_down_only:
            return
        for hear in self._hear:
            hear(sale, frame)

    async def run_engine(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        assert sales is not None
        self._take = take
        await trio.sleep_forever()

    async def run_gateway(self, hear: Callable[[str, bytes], None]) -> None:
        self._hear.append(hear)
        await trio.sleep_forever()

    async def publish(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        assert epoch
        for _, frame in frames:
            await self.note(sale, frame)

    async def note(self, sale: str, frame: bytes) -> None:
        await trio.lowlevel.checkpoint()
        self._down(sale, frame)

    async def beat(self, sale: str, frame: bytes) -> None:
        await self.note(sale, frame)

    async def held(self, sale: str, epoch: int) -> int | None:
        assert sale
        assert epoch
        await trio.lowlevel.checkpoint()
        return None

    async def restore(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        raise AssertionError("it holds nothing")

    def follow(self, sale: str, epoch: int, seq: int) -> None:
        pass

    def hold(self) -> list[tuple[str, bytes]]:
        """Keep letters back from here on."""
        self.kept_back = []
        return self.kept_back

    def deliver(self, letters: list[tuple[str, bytes]]) -> None:
        for sale, frame in letters:
            self.send(sale, frame)

    def send(self, sale: str, frame: bytes) -> None:
        if self.kept_back is not None:
            self.kept_back.append((sale, frame))
            return
        if not self.cut and self._take is not None:
            self._take(sale, frame)

    def report(self, sale: str, frame: bytes) -> None:
        self.reports += 1
        if not self.cut and self._take is not None:
            self._take(sale, frame)


class EngineEnd(Wire):
    """The engine's end of ``wire``."""

    def __init__(self, wire: Wire) -> None:
        self.__dict__ = wire.__dict__

    async def run(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        await self.run_engine(take, sales)


class GatewayEnd(Wire):
    """A gateway's end of ``wire``."""

    def __init__(self, wire: Wire) -> None:
        self.__dict__ = wire.__dict__

    async def run(self, hear: Callable[[str, bytes], None]) -> None:
        await self.run_gateway(hear)
