"""Two engines, Redis and gateways as processes, bidders at each gateway, and a sale that changes its engine."""

import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import trio

from clients.http import Address, HttpFault, exchange
from engine.domain.parties import Principal
from engine.passes import make_token
from engine.retired import MoveAsked, ask
from engine.room.folder import DataFolder
from tests.blackbox.lives import OPENING_YUAN, SALE
from tests.cli.program import PATIENCE_S, last_json, luochui
from tests.cluster.fleet import Fleet, Process, fleet, no_loss
from tests.cluster.redis_server import redis_at

BY = (Principal("auctioneer:1"), Principal("supervisor:1"))
NEVER_OVER_FEN: Final = OPENING_YUAN * 100 + 50_000
"""A sale may take half a minute to move on a busy machine, and people must still have something to bid for."""


@dataclass
class Engines:
    """The one that has the sale, with gateways and crowds, and the one that is to have it."""

    one: Fleet
    other: Process
    folder: Path

    @property
    def to(self) -> str:
        return str(self.folder / "moves.sock")

    async def move(self) -> dict[str, Any]:
        """Two officers have it moved, as they would."""
        files: list[str | Path] = []
        for by in BY:
            path = self.folder / f"{by.partition(':')[0]}.token"
            path.write_text(make_token(self.one.folder, SALE, by, ttl_s=3600), encoding="utf-8")
            files += ["--by", path]
        command = ["move", SALE, "--data", self.one.folder, "--to", self.to, *files, "--wait-s", "30", "--json"]
        done = await trio.to_thread.run_sync(lambda: luochui(*command))
        assert done.returncode == 0, done.stderr
        return dict(last_json(done))

    async def killed_meanwhile(self, after_s: float) -> None:
        """Both engines are killed ``after_s`` seconds after it was asked, and started again; it goes all the same."""
        ask(DataFolder(self.one.folder), SALE, MoveAsked(self.to, BY))
        await trio.sleep(after_s)
        await self.one.engine.kill()
        await self.other.kill()
        await self.other.start(sales=None)
        await self.one.engine.start(sales=None)
        with trio.fail_after(PATIENCE_S):
            while DataFolder(self.one.folder).move_asked(SALE).exists():  # noqa: ASYNC110 - of a process
                await trio.sleep(0.05)

    async def end(self) -> None:
        """The other one has it now, and no other; all are stopped, and every answer is held against its record."""
        assert (await status(self.one.engine.url), await status(self.other.url)) == (404, 200)
        await self.one.rest()
        for process in (*self.one.gateways, self.one.engine, self.other):
            assert await process.end(signal.SIGTERM) == 0
        self.one.folder = self.folder / "other"
        assert no_loss(counts := self.one.compare()), counts


@asynccontextmanager
async def engines(folder: Path, gateways: int = 1) -> AsyncIterator[Engines]:
    """Both at work, the crowds too."""
    with redis_at(folder / "redis") as server:
        async with fleet(folder, server, gateways, enough_fen=NEVER_OVER_FEN) as one:
            data = folder / "other"
            shutil.copytree(one.folder / "keys", data / "keys")
            env = {**one.engine.env, "LUOCHUI_CLUSTER_MOVES_LISTEN": str(folder / "moves.sock")}
            other = Process(one.engine.errors, ("serve", "--data", data, "--empty"), env)
            try:
                await other.start(sales=[])
                yield Engines(one, other, folder)
            finally:
                if other.program is not None:
                    with trio.CancelScope(shield=True):
                        await other.end(signal.SIGKILL)


async def status(url: str) -> int:
    """What becomes of who asks for the sale there."""
    try:
        await exchange(Address.of(url), "GET", f"/api/sales/{SALE}")
    except HttpFault as fault:
        return fault.status
    return 200
