"""An engine, Redis and gateways as processes of their own, a crowd at each gateway, and what is killed meanwhile."""

import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson
import trio

from engine.domain.parties import Principal
from engine.passes import make_token
from tests.blackbox.crowd import AUCTIONEER, Crowd, everybody
from tests.blackbox.kept import Counts, Kept, compare, prices_rise, receipts_hold, the_same_again
from tests.blackbox.lives import OPENING_YUAN, PADDLES, SALE, UNLIMITED, notice
from tests.cli.program import PATIENCE_S, Program
from tests.cluster.redis_server import RedisServer

SEED: Final = 20161015
ENOUGH_FEN: Final = OPENING_YUAN * 100 + 2_000


@dataclass
class Process:
    """One of ours, started again on its port after each kill."""

    errors: Path
    arguments: tuple[str | Path, ...]
    env: dict[str, str]
    port: int = 0
    url: str = ""
    url_of_this_life: str = ""
    """Empty until it serves."""

    within: tuple[str, ...] = ()
    """By which command it is started."""

    program: Program | None = field(default=None, repr=False)

    async def begun(self) -> Program:
        """Start it, and do not wait until it serves."""
        self.url_of_this_life = ""
        self.program = await Program.start(
            self.errors, *self.arguments, "--port", str(self.port), "--json", env=self.env, within=self.within
        )
        return self.program

    async def start(self, sales: Sequence[str] | None = (SALE,)) -> None:
        told = orjson.loads(await (await self.begun()).line())
        assert sales is None or told["sales"] == list(sales)
        self.url = self.url_of_this_life = told["url"]
        self.port = int(self.url.rpartition(":")[2])

    async def end(self, by: signal.Signals) -> int:
        assert self.program is not None
        code = await self.program.end(by)
        if self.program.process.stdout is not None:
            await self.program.process.stdout.aclose()
        self.program = None
        return code

    async def kill(self) -> None:
        assert await self.end(signal.SIGKILL) == -signal.SIGKILL


@dataclass
class Fleet:
    """Everything that runs, and the crowds at its doors."""

    folder: Path
    engine: Process
    gateways: list[Process]
    server: RedisServer | None
    crowds: list[Crowd] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return sum(len(crowd.ledger.answers) for crowd in self.crowds)

    async def work(self, answers: int) -> None:
        """Return when every crowd has so many more answers."""
        with trio.fail_after(PATIENCE_S * 2):
            async with trio.open_nursery() as nursery:
                for crowd in self.crowds:
                    nursery.start_soon(crowd.ledger.grows_by, answers)

    async def rest(self) -> None:
        """Nobody bids any more, and everybody has his answers."""
        with trio.fail_after(PATIENCE_S * 2):
            for crowd in self.crowds:
                await crowd.rest()

    def compare(self) -> list[Counts]:
        """Every acknowledgement with the record, when the engine has ended."""
        kept = Kept.read(self.folder)
        for crowd in self.crowds:
            receipts_hold(crowd.ledger, kept.key)
        prices_rise(kept.state)
        the_same_again(self.folder, kept)
        return [compare(crowd.ledger, kept, set(crowd.sent)) for crowd in self.crowds]


@asynccontextmanager
async def fleet(
    folder: Path, server: RedisServer | None, gateways: int = 2, enough_fen: int = ENOUGH_FEN
) -> AsyncIterator[Fleet]:
    """
    An engine, its gateways, and bidders at each of them; the auctioneer is at the first.

    Args:
        folder: For everything.
        server: Redis between them; None for a Unix socket.
        gateways: How many.
        enough_fen: From this price on a lot is knocked down. All of them are gone after some ten thousand answers.

    """
    data, errors = folder / "data", folder / "stderr.txt"
    where = {"LUOCHUI_CLUSTER_REDIS_URL": server.url} if server else {"LUOCHUI_CLUSTER_SOCKET": str(folder / "e.sock")}
    env = {**UNLIMITED, **where}
    engine = Process(errors, ("serve", "--data", data, "--sale", notice(folder)), env)
    doors = [Process(errors, ("gateway", "--keys", data), env) for _ in range(gateways)]
    one = Fleet(data, engine, doors, server)
    async with AsyncExitStack() as stack:
        for process in (engine, *doors):
            stack.push_async_callback(gone, process)
            await process.start()
        nursery = await stack.enter_async_context(trio.open_nursery())
        people = everybody(PADDLES)[1:]
        for nth, door in enumerate(doors):
            mine: list[Principal] = ([AUCTIONEER] if nth == 0 else []) + people[nth::gateways]
            tokens = {by: make_token(data, SALE, by, ttl_s=3600) for by in mine}
            one.crowds.append(Crowd(door.url, SALE, tokens, enough_fen, SEED + nth))
            nursery.start_soon(one.crowds[-1].run)
        yield one
        nursery.cancel_scope.cancel()
    assert "Traceback" not in errors.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8")[-3000:]


async def gone(process: Process) -> None:
    """See to it that nothing of it is left, however its test ends."""
    if process.program is not None:
        with trio.CancelScope(shield=True):
            await process.end(signal.SIGKILL)


def no_loss(counts: list[Counts]) -> bool:
    """Whether nothing was lost, doubled, told differently, or left without an outcome."""
    return all(each.lost == each.doubled == each.different == each.without_outcome == 0 for each in counts)
