"""The house of the demo: which processes there are, where each keeps its things, and how a standby takes over."""

import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import trio

from clients.http import Address, HttpFault, exchange
from engine.cluster.cipher import Cipher
from engine.cluster_demo.processes import Process, ours, redis
from engine.domain.parties import Principal, Role
from engine.gateway.tokens import Keyring
from engine.journal.files import write_once
from engine.journal.signing import Signer
from engine.notice import DEMO
from engine.passes import make_token
from engine.promotion import Promoted, promote
from engine.room.folder import DataFolder

FOLDERS: Final = ("engine", "second", "standby", "gateways", "redis")
"""What each keeps, in the folder of the demo."""

COMPLAINTS: Final = "complaints.txt"
"""What they said on stderr."""

GATEWAYS: Final = 3
SALE: Final = "plates-4"
SECOND: Final = "plates-5"
TOKEN_TTL_S: Final = 7 * 24 * 3600
LOOK_S: Final = 0.05
PATIENCE_S: Final = 120.0
DECIDING: Final = (Role.AUCTIONEER, Role.SUPERVISOR)
"""The two officers who put the standby in force."""

IN_A_HURRY: Final = {
    "LUOCHUI_LIMITS_COMMANDS_PER_S": "2000",
    "LUOCHUI_LIMITS_COMMANDS_BURST": "2000",
    "LUOCHUI_LIMITS_HALF_OPEN_PER_ADDRESS": "100",
    "LUOCHUI_LIMITS_TICKETS_PER_S": "1000",
    "LUOCHUI_LIMITS_TICKETS_BURST": "1000",
    "LUOCHUI_CLUSTER_BEAT_MS": "200",
}
"""Everybody of the demo comes from one address, and robots are quick."""


@dataclass
class Machines:
    """All of them, in one folder."""

    folder: Path
    sockets: Path
    redis: Process
    engine: Process
    second: Process
    standby: Process
    gateways: list[Process]
    promoted: list[Promoted] = field(default_factory=list)

    @property
    def in_force(self) -> DataFolder:
        """Where the journal of the demo sale is in force."""
        return DataFolder(self.folder / ("standby" if self.promoted else "engine"))

    @property
    def beside(self) -> DataFolder:
        """Where the small sale is kept."""
        return DataFolder(self.folder / "second")

    async def start(self) -> None:
        """Start everything; return when every gateway shows both sales, and the standby has everything."""
        first = self.folder / "engine"
        _make_keys(DataFolder(first))
        _copy_keys(first, self.folder / "second", "journal.pem", "tokens", "house.pub", "cluster.key")
        _copy_keys(first, self.folder / "gateways", "tokens", "house.pub", "cluster.key")
        _copy_keys(first, self.folder / "standby", "house.pub", "cluster.key")
        await self.redis.start()
        async with trio.open_nursery() as nursery:
            for process in (self.engine, self.second, self.standby, *self.gateways):
                nursery.start_soon(process.start)
        await self._copied()
        for gateway in self.gateways:
            for sale in (SALE, SECOND):
                await _shown(gateway, sale)

    async def _copied(self) -> None:
        """Return when the standby has everything: from then on nothing is acknowledged before it is on both disks."""
        with trio.fail_after(PATIENCE_S):
            while True:
                told = await exchange(Address.of(self.engine.url), "GET", f"/api/sales/{SALE}")
                if told["standby"]["standing"] == "in_force":
                    return
                await trio.sleep(LOOK_S)

    async def lose_gateway(self) -> None:
        """The first gateway is killed, and started again at its port."""
        await self.gateways[0].kill()
        _at_its_port(self.gateways[0])
        await self.gateways[0].start()

    async def lose_redis(self) -> None:
        """Redis is killed, and comes back empty."""
        await self.redis.kill()
        await self.redis.start()

    async def lose_engine(self) -> None:
        """The engine of the demo sale is killed; two officers put its standby in force, and it is served from the copy."""
        await self.engine.kill()
        await self.standby.end(signal.SIGTERM)
        first, copy = self.folder / "engine", self.folder / "standby"
        tokens = [make_token(first, SALE, Principal(f"{role}:1"), ttl_s=TOKEN_TTL_S) for role in DECIDING]
        _copy_keys(first, copy, "journal.pem", "tokens")
        self.promoted = await trio.to_thread.run_sync(
            lambda: promote(DataFolder(copy), tokens=tokens, old_anchors=first / "anchors")
        )
        successor = ours("engine", self.engine.errors, _settings(self.sockets), "serve", "--data", copy)
        successor.port = self.engine.port
        _at_its_port(successor)
        self.engine = successor
        await self.engine.start()

    async def end(self) -> None:
        """End all that runs, gateways first."""
        for process in (*self.gateways, self.engine, self.second, self.standby, self.redis):
            await process.end(signal.SIGTERM)


@asynccontextmanager
async def machines(folder: Path, sockets: Path, host: str, port: int) -> AsyncIterator[Machines]:
    """
    The house of the demo at work, for as long as the block lasts.

    Args:
        folder: Where everything is kept.
        sockets: A folder with a short name, for Unix sockets.
        host: Where gateways listen.
        port: Of the first gateway, the others follow; 0 takes free ones.

    Raises:
        ClusterDemoFault: Something does not come to work.

    """
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    errors = folder / COMPLAINTS
    plain = _settings(sockets)
    copying = {**plain, "LUOCHUI_CLUSTER_STANDBY_LISTEN": str(sockets / "standby.sock")}
    engine, second, standby = folder / "engine", folder / "second", folder / "standby"
    free = ("--port", "0")
    house = Machines(
        folder,
        sockets,
        redis(folder / "redis", sockets / "redis.sock", errors),
        ours("engine", errors, copying, "serve", "--data", engine, "--sale", DEMO / "sale.toml", *free),
        ours("second engine", errors, plain, "serve", "--data", second, "--sale", DEMO / "second.toml", *free),
        ours("standby", errors, plain, "standby", "--data", standby, "--from", sockets / "standby.sock"),
        [
            ours(
                f"gateway {nth + 1}",
                errors,
                plain,
                *("gateway", "--keys", folder / "gateways", "--host", host, "--port", str(port and port + nth)),
            )
            for nth in range(GATEWAYS)
        ],
    )
    try:
        await house.start()
        yield house
    finally:
        await house.end()


def _settings(sockets: Path) -> dict[str, str]:
    return {**IN_A_HURRY, "LUOCHUI_CLUSTER_REDIS_URL": f"unix://{sockets / 'redis.sock'}"}


def _at_its_port(process: Process) -> None:
    """Whoever followed it finds it where it was: a later ``--port`` is the one that counts."""
    process.command = [*process.command, "--port", str(process.port)]


def _make_keys(folder: DataFolder) -> None:
    """Those of the house, which an engine would make where there are none: here several processes begin together."""
    write_once(folder.house_key(), f"{Signer.from_file(folder.signing_key()).public.hex()}\n".encode())
    Cipher.from_file(folder.cluster_key(), make=True)
    Keyring.from_folder(folder.root / "keys" / "tokens")


def _copy_keys(source: Path, to: Path, *names: str) -> None:
    (to / "keys").mkdir(mode=0o700, exist_ok=True)
    for name in names:
        one = source / "keys" / name
        if one.is_dir():
            shutil.copytree(one, to / "keys" / name, dirs_exist_ok=True)
        else:
            shutil.copy2(one, to / "keys" / name)


async def _shown(gateway: Process, sale: str) -> None:
    """Return when this gateway shows this sale."""
    with trio.fail_after(PATIENCE_S):
        while True:
            try:
                await exchange(Address.of(gateway.url), "GET", f"/api/sales/{sale}")
                return
            except HttpFault:
                await trio.sleep(LOOK_S)
