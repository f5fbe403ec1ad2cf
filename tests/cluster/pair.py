"""An engine and its standby as processes of their own, a crowd at the engine, and what becomes of them."""

import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import trio

from clients.http import Address, exchange
from engine.domain.parties import Principal
from engine.journal.anchor import Anchor
from engine.journal.commit import Statement
from engine.passes import make_token
from engine.room.folder import DataFolder
from tests.blackbox.crowd import Crowd, everybody
from tests.blackbox.kept import Counts, Kept, compare, prices_rise, receipts_hold, the_same_again
from tests.blackbox.lives import SALE, UNLIMITED, notice
from tests.cli.program import PATIENCE_S, Program, last_json, luochui
from tests.cluster.fleet import ENOUGH_FEN, SEED, Process

QUICK: Final = {
    "LUOCHUI_CLUSTER_STANDBY_GONE_MS": "400",
    "LUOCHUI_CLUSTER_TIMEOUT_MS": "400",
    "LUOCHUI_CLUSTER_BEAT_MS": "50",
}
FEW: Final = 6
"""Paddles that bid."""


@dataclass
class Pair:
    """Both, and the crowd."""

    folder: Path
    engine: Process
    copy: Path
    """The standby's folder."""

    address: str
    env: dict[str, str]
    crowd: Crowd
    standby: Program | None = None
    second: Process | None = None
    """The copy, once it is served."""

    gateway: Process | None = None

    @property
    def data(self) -> Path:
        """The engine's folder."""
        return self.folder / "data"

    async def start_standby(self) -> None:
        self.standby = await Program.start(
            self.engine.errors, "standby", "--data", self.copy, "--from", self.address, "--json", env=self.env
        )
        assert "copies" in await self.standby.line()

    async def end_standby(self, by: signal.Signals) -> None:
        assert self.standby is not None
        await self.standby.end(by)
        assert self.standby.process.stdout is not None
        await self.standby.process.stdout.aclose()
        self.standby = None

    async def promote(self, *more: str | Path) -> dict[str, Any]:
        """Two officers put the copy in force, as they would."""
        done = await self.try_to_promote(*more)
        assert done.returncode == 0, done.stderr
        (promoted,) = last_json(done)["promoted"]
        return dict(promoted)

    async def try_to_promote(
        self, *more: str | Path, roles: tuple[str, ...] = ("auctioneer", "supervisor")
    ) -> subprocess.CompletedProcess[str]:
        files: list[str | Path] = []
        for role in roles:
            path = self.folder / f"{role}.token"
            path.write_text(make_token(self.data, SALE, Principal(f"{role}:1"), ttl_s=3600), encoding="utf-8")
            files += ["--by", path]
        return await trio.to_thread.run_sync(lambda: luochui("promote", self.copy, *files, *more, "--json"))

    async def serve_copy(self, *, elsewhere: bool = False) -> None:
        """The copy is served where the engine was, or ``elsewhere``, if the engine is still there."""
        arguments, port = ("serve", "--data", self.copy), 0 if elsewhere else self.engine.port
        env = self.env | ({"LUOCHUI_CLUSTER_SOCKET": str(self.folder / "other.sock")} if elsewhere else {})
        self.second = Process(self.engine.errors, arguments, env, port=port)
        await self.second.start()

    async def status(self, where: Path) -> tuple[int, str]:
        """What an operator is told of the standby, and whether he should look."""
        with trio.fail_after(PATIENCE_S):
            while True:
                told = await trio.to_thread.run_sync(lambda: luochui("cluster", "status", "--data", where, "--json"))
                standing: str = last_json(told)["engine"]["rooms"][SALE]["standby"]["standing"]
                if standing == (await self.about())["standby"]["standing"]:
                    return told.returncode, standing

    async def serve_gateway(self) -> None:
        """Somebody follows the engine, and then its successor."""
        self.gateway = Process(self.engine.errors, ("gateway", "--keys", self.data), self.env)
        await self.gateway.start()

    async def about(self, url: str = "") -> dict[str, Any]:
        """What everybody is told of the sale."""
        told: dict[str, Any] = await exchange(Address.of(url or self.engine.url), "GET", f"/api/sales/{SALE}")
        return told

    async def stands(self, standing: str) -> dict[str, Any]:
        """Wait until the second copy is so."""
        with trio.fail_after(PATIENCE_S):
            while (told := (await self.about())["standby"])["standing"] != standing:  # noqa: ASYNC110 - of a process
                await trio.sleep(0.05)
        return dict(told)

    async def work(self, answers: int) -> None:
        with trio.fail_after(PATIENCE_S):
            await self.crowd.ledger.grows_by(answers)

    async def rest(self) -> None:
        with trio.fail_after(PATIENCE_S):
            await self.crowd.rest()

    def found(self, where: Path, *, replayed: bool = False) -> Counts:
        """Every acknowledgement held against the record in ``where``, whose engine has ended."""
        kept = Kept.read(where)
        receipts_hold(self.crowd.ledger, kept.key)
        prices_rise(kept.state)
        if replayed:
            the_same_again(where, kept)
        return compare(self.crowd.ledger, kept, set(self.crowd.sent))

    def anchored(self, where: Path) -> Statement:
        folder = DataFolder(where)
        key = bytes.fromhex(folder.house_key().read_text(encoding="ascii"))
        found = Anchor.newest(Anchor.image(folder.anchor(SALE)), key)
        assert found is not None
        return found


@asynccontextmanager
async def pair(folder: Path, mode: str, people: int = FEW) -> AsyncIterator[Pair]:
    """An engine in ``mode`` with its standby, which has everything; ``people`` paddles bid at the engine."""
    data, errors, address = folder / "data", folder / "stderr.txt", str(folder / "standby.sock")
    where = {"LUOCHUI_CLUSTER_SOCKET": str(folder / "house.sock")}
    env = {
        **UNLIMITED,
        **QUICK,
        **where,
        "LUOCHUI_CLUSTER_STANDBY_LISTEN": address,
        "LUOCHUI_CLUSTER_STANDBY_MODE": mode,
    }
    engine = Process(errors, ("serve", "--data", data, "--sale", notice(folder)), env)
    copy = folder / "copy"
    async with AsyncExitStack() as stack:
        crowd = Crowd("", SALE, {}, ENOUGH_FEN, SEED)
        one = Pair(folder, engine, copy, address, {**UNLIMITED, **QUICK, **where}, crowd)
        stack.push_async_callback(_gone, one)
        await engine.start()
        shutil.copytree(data / "keys", copy / "keys")
        await one.start_standby()
        await one.stands("in_force")
        tokens: dict[Principal, str] = {by: make_token(data, SALE, by, ttl_s=3600) for by in everybody(people)}
        one.crowd = Crowd(engine.url, SALE, tokens, ENOUGH_FEN, SEED)
        nursery = await stack.enter_async_context(trio.open_nursery())
        nursery.start_soon(one.crowd.run)
        yield one
        nursery.cancel_scope.cancel()
    assert "Traceback" not in errors.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8")[-3000:]


async def _gone(one: Pair) -> None:
    with trio.CancelScope(shield=True):
        others = [process.program for process in (one.engine, one.second, one.gateway) if process is not None]
        for program in (*others, one.standby):
            if program is not None:
                if program.process.returncode is None:
                    program.process.send_signal(signal.SIGCONT)
                    program.process.kill()
                await program.process.wait()
                if program.process.stdout is not None:
                    await program.process.stdout.aclose()
