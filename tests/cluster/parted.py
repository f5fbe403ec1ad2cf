"""An engine with its standby, Redis and two gateways as processes, ways between them that can be cut, and a crowd at each gateway."""

import shutil
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
import trio

from engine.domain.parties import Principal
from engine.passes import make_token
from tests.blackbox.crowd import ANSWER, CODE, Crowd, Ledger, everybody
from tests.blackbox.kept import Counts, Kept, compare, prices_rise, receipts_hold
from tests.blackbox.lives import OPENING_YUAN, SALE, UNLIMITED, notice
from tests.cli.program import LUOCHUI, PATIENCE_S, Program, environment
from tests.cluster.fleet import SEED, Process
from tests.cluster.redis_server import RedisServer
from tests.cluster.ways import Ways

NAMES: Final = ("engine", "standby", "redis", "gateway0", "gateway1")
TALK: Final = (("engine", "redis"), ("gateway0", "redis"), ("gateway1", "redis"), ("engine", "standby"))
"""Who talks with whom."""

FAR_FEN: Final = OPENING_YUAN * 100 + 1_000_000
"""So far every lot goes: a house lives through many cuts."""

PEOPLE: Final = 6


@dataclass
class Told(Ledger):
    """What people were told, and after how long, where their connection was not let go meanwhile."""

    waits_s: list[float] = field(default_factory=list)
    never_seen: set[tuple[Principal, str]] = field(default_factory=set)
    """What was said never to have come, and is not taken up any more."""

    _connections: Counter[Principal] = field(default_factory=Counter)
    _asked: dict[tuple[Principal, str], tuple[float, int]] = field(default_factory=dict)

    def came(self, by: Principal) -> None:
        self._connections[by] += 1

    def asked(self, by: Principal, command_id: str) -> None:
        self._asked[by, command_id] = trio.current_time(), self._connections[by]

    def hear(self, by: Principal, text: bytes) -> None:
        super().hear(by, text)
        if text.endswith(ANSWER) or text.startswith(CODE):
            told = orjson.loads(text)
            key = by, told.get("id", "")
            if told.get("code") == "E_NEVER_SEEN":
                self.never_seen.add(key)
            since, connection = self._asked.pop(key, (0.0, 0))
            if connection == self._connections[by]:
                self.waits_s.append(trio.current_time() - since)


@dataclass
class Parted:
    """All of it."""

    folder: Path
    ways: Ways
    engine: Process
    server: RedisServer
    gateways: list[Process]
    crowds: list[Crowd] = field(default_factory=list)
    standby: Program | None = None
    heir: Process | None = None
    """The standby, once it is in force."""

    @property
    def data(self) -> Path:
        """The engine's folder."""
        return self.folder / "data"

    @property
    def copy(self) -> Path:
        """The standby's folder."""
        return self.folder / "copy"

    @property
    def waits_s(self) -> list[float]:
        """How long each waited until he was told anything."""
        return [wait for crowd in self.crowds if isinstance(crowd.ledger, Told) for wait in crowd.ledger.waits_s]

    async def work(self, answers: int) -> None:
        """Return when each crowd has so many more answers."""
        with trio.fail_after(PATIENCE_S * 2):
            async with trio.open_nursery() as nursery:
                for crowd in self.crowds:
                    nursery.start_soon(crowd.ledger.grows_by, answers)

    async def promote(self) -> dict[str, Any]:
        """Two officers put the copy in force, where the standby was."""
        assert self.standby is not None
        await self.standby.end(signal.SIGTERM)
        files: list[str | Path] = []
        for role in ("auctioneer", "supervisor"):
            path = self.folder / f"{role}.token"
            path.write_text(make_token(self.data, SALE, Principal(f"{role}:1"), ttl_s=3600), encoding="utf-8")
            files += ["--by", path]
        command = [*self.ways.within("standby"), LUOCHUI, "promote", self.copy, *files, "--json"]
        done = await trio.run_process(command, capture_stdout=True, env=environment({}))
        (promoted,) = orjson.loads(done.stdout.splitlines()[-1])["promoted"]
        return dict(promoted)

    async def rest(self) -> None:
        """Nobody bids any more, and everybody has his answers."""
        with trio.fail_after(PATIENCE_S * 2):
            for crowd in self.crowds:
                await crowd.rest()

    def compare(self, where: Path) -> list[Counts]:
        """Every acknowledgement with the record in ``where``."""
        kept = Kept.read(where)
        for crowd in self.crowds:
            receipts_hold(crowd.ledger, kept.key)
        prices_rise(kept.state)
        on_record = {(record.by, record.command_id) for record in kept.records}
        found = []
        for crowd in self.crowds:
            assert isinstance(crowd.ledger, Told)
            gone = {key for key in crowd.ledger.never_seen if key not in crowd.ledger.answers}
            assert not gone & on_record, "what was said never to have come is on record"
            found.append(compare(crowd.ledger, kept, set(crowd.sent) - gone))
        return found


def _port_of(ways: Ways, fixed: int) -> int:
    if ways.kind != "relays":
        return fixed
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def parted(folder: Path, ways: Ways) -> AsyncIterator[Parted]:
    """Everything at work, the standby in sync mode and in step."""
    data, errors = folder / "data", folder / "stderr.txt"
    ports = {"redis": _port_of(ways, 6379), "standby": _port_of(ways, 7443)}
    open_to_all = ("--bind", ways.host("redis"), "--protected-mode", "no")
    server = RedisServer(folder / "redis", ports["redis"], open_to_all, within=ways.within("redis"))

    async def env(name: str) -> dict[str, str]:
        return {
            **UNLIMITED,
            "LUOCHUI_CLUSTER_REDIS_URL": f"redis://{await ways.reach(name, 'redis', ports['redis'])}",
            "LUOCHUI_HTTP_HOST": ways.host(name),
        }

    listen = {"LUOCHUI_CLUSTER_STANDBY_LISTEN": f"{ways.host('engine')}:{ports['standby']}"}
    serve = ("serve", "--data", data, "--sale", notice(folder))
    engine = Process(errors, serve, await env("engine") | listen, within=ways.within("engine"))
    doors = [
        Process(errors, ("gateway", "--keys", data), await env(name), within=ways.within(name)) for name in NAMES[3:]
    ]
    heir = Process(errors, ("serve", "--data", folder / "copy"), await env("standby"), within=ways.within("standby"))
    one = Parted(folder, ways, engine, server, doors, heir=heir)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_gone, one)
        await trio.to_thread.run_sync(server.start)
        await engine.start()
        shutil.copytree(data / "keys", one.copy / "keys")
        source = await ways.reach("standby", "engine", ports["standby"])
        one.standby = await Program.start(
            errors, "standby", "--data", one.copy, "--from", source, "--json", within=ways.within("standby")
        )
        assert "copies" in await one.standby.line()
        for door in doors:
            await door.start()
        nursery = await stack.enter_async_context(trio.open_nursery())
        people = everybody(PEOPLE)
        for nth, door in enumerate(doors):
            tokens = {by: make_token(data, SALE, by, ttl_s=7200) for by in people[nth::2]}
            crowd = Crowd(door.url, SALE, tokens, FAR_FEN, SEED + nth)
            crowd.ledger = Told()
            one.crowds.append(crowd)
            nursery.start_soon(crowd.run)
        yield one
        nursery.cancel_scope.cancel()
    assert "Traceback" not in errors.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8")[-3000:]


async def _gone(one: Parted) -> None:
    processes = [process for process in (one.engine, *one.gateways, one.heir) if process is not None]
    with trio.CancelScope(shield=True):
        for program in (*(process.program for process in processes), one.standby):
            if program is not None:
                if program.process.returncode is None:
                    program.process.kill()
                await program.process.wait()
                if program.process.stdout is not None:
                    await program.process.stdout.aclose()
        one.server.kill()
