"""
What a gateway adds: the same bids, seen at the engine, at a gateway over a Unix socket and at one over Redis.

    python -m bench.hop
    python -m bench.hop --bids 50 --json

One bid at a time, by a bidder at each door in turn; the next is made when every watcher has seen it. So this is the way of one bid,
not what any of them can carry. All doors are watched by the same program in the same run: the difference for each bid is the hop.
"""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

import orjson
import trio
import typer

from bench.house import LOT, SALE, Cores, House, amount_fen, open_lot, running, serving
from bench.latencies import Latencies
from bench.machine import machine
from clients import connect
from clients.http import Address, open_stream
from clients.socket import Room
from engine.cluster_demo.processes import redis
from engine.domain.parties import bidder
from engine.domain.units import PaddleNo

DOORS: Final = ("engine", "socket", "redis")
"""Where one comes in: at the engine itself, at a gateway over a Unix socket, at a gateway over Redis."""

ALL: Final = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset[int]()
EVERYWHERE: Final = Cores(ALL, ALL)
"""Five programs, and nobody has a core of his own."""

BID_S: Final = 30.0
IDLE_S: Final = 3.0
"""So long Redis is looked at before anybody bids: beats go on by themselves."""

SETTINGS: Final = {"LUOCHUI_LIMITS_COMMANDS_PER_S": "1000", "LUOCHUI_LIMITS_COMMANDS_BURST": "1000"}

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class Hops:
    """Latencies by door, in milliseconds."""

    seen: dict[str, Latencies]
    """From a bid made at the engine until a watcher at that door is shown it."""

    later: dict[str, Latencies]
    """The same bids: how much later than the watcher at the engine."""

    acknowledged: dict[str, Latencies]
    """From a bid made at that door until its bidder has the answer."""

    cpu_ms: dict[str, float]
    """Processor time the program at that door used for each bid, wherever it was made; one bidder and one watcher are there."""

    rss_mib: dict[str, float]
    """Memory of that program at the end."""

    viewer_bytes: int
    """What a watcher at the engine is sent for each bid, whoever made it, HTTP and WebSocket included."""

    redis: dict[str, float]
    """Of Redis for each bid, beyond what it does while nobody bids: ``cpu_ms``, ``in_bytes``, ``out_bytes``; one gateway is there."""


@dataclass
class Counting(trio.abc.Stream):
    """A stream whose incoming bytes are counted."""

    stream: trio.abc.Stream
    came: list[int]

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """See :class:`trio.abc.SendStream`."""
        await self.stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """See :class:`trio.abc.SendStream`."""
        await self.stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """See :class:`trio.abc.ReceiveStream`."""
        data = await self.stream.receive_some(max_bytes)
        self.came.append(len(data))
        return data

    async def aclose(self) -> None:
        """See :class:`trio.abc.AsyncResource`."""
        await self.stream.aclose()


def redis_use(path: Path) -> dict[str, float]:
    """What Redis says it has used since it began."""
    told = b""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))
        sock.sendall(b"INFO\r\n")
        while not told.endswith(b"\r\n\r\n") and (data := sock.recv(65_536)):
            told += data
            size, _, body = told.partition(b"\r\n")
            if len(body) >= int(size[1:]):
                break
    said = dict(line.split(":", 1) for line in told.decode().splitlines() if ":" in line)
    return {
        "cpu_ms": (float(said["used_cpu_user"]) + float(said["used_cpu_sys"])) * 1000,
        "in_bytes": float(said["total_net_input_bytes"]),
        "out_bytes": float(said["total_net_output_bytes"]),
    }


@app.command()
def hop(
    bids: Annotated[int, typer.Option(min=2, help="Made at each door.")] = 500,
    warm: Annotated[int, typer.Option(min=0, help="Made at each door before, and not counted.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON for programs.")] = False,
) -> None:
    """Measure the way of one bid with and without a gateway. redis-server must be installed. There is no threshold."""
    with tempfile.TemporaryDirectory(prefix="luochui-hop-") as name:
        found = trio.run(_measure, Path(name), bids, warm)
    if as_json:
        print(orjson.dumps({"bids": bids, **asdict(found)}).decode(), flush=True)
        return
    print("; ".join(f"{name} {value}" for name, value in machine(EVERYWHERE).items()))
    print(table(found), flush=True)


async def _measure(folder: Path, bids: int, warm: int) -> Hops:
    server = redis(folder, folder / "r.sock", folder / "redis.txt")
    try:
        await server.start()
        with _doors(folder) as doors:
            await open_lot(doors["engine"])
            async with AsyncExitStack() as stack:
                came: list[int] = []

                async def counted(address: Address) -> trio.abc.Stream:
                    return Counting(await open_stream(address), came)

                watchers = {
                    at: await stack.enter_async_context(
                        connect(door.url, SALE, opener=counted if at == "engine" else open_stream)
                    )
                    for at, door in doors.items()
                }
                bidders: dict[str, Room] = {}
                for nth, (at, door) in enumerate(doors.items()):
                    token = doors["engine"].token(bidder(PaddleNo(nth + 1)))
                    bidders[at] = await stack.enter_async_context(connect(door.url, SALE, token=token))
                await _bid(bidders, watchers, warm)
                path = folder / "r.sock"
                idle = [redis_use(path)]
                await trio.sleep(IDLE_S)
                idle.append(redis_use(path))
                began, came[:] = trio.current_time(), []
                before = {at: door.used() for at, door in doors.items()}
                seen, later, acknowledged = await _bid(bidders, watchers, bids, first=warm * len(DOORS))
                after = {at: door.used() for at, door in doors.items()}
                used, lasted_s = redis_use(path), trio.current_time() - began
                made = bids * len(DOORS)
                beyond = {
                    name: (used[name] - idle[1][name]) - (idle[1][name] - idle[0][name]) / IDLE_S * lasted_s
                    for name in used
                }
                return Hops(
                    seen,
                    later,
                    acknowledged,
                    {at: round((after[at].cpu_s - before[at].cpu_s) * 1000 / made, 3) for at in DOORS},
                    {at: round(after[at].rss_kib / 1024, 1) for at in DOORS},
                    round(sum(came) / made),
                    {name: round(value / made, 3) for name, value in beyond.items()},
                )
    finally:
        await server.kill()


@contextmanager
def _doors(folder: Path) -> Iterator[dict[str, House]]:
    """The engine with both carriers, and a gateway at each."""
    places = {
        "LUOCHUI_CLUSTER_SOCKET": str(folder / "e.sock"),
        "LUOCHUI_CLUSTER_REDIS_URL": f"unix://{folder / 'r.sock'}",
    }
    with ExitStack() as stack:
        engine = stack.enter_context(serving(folder, len(DOORS), {**SETTINGS, **places}, EVERYWHERE))
        doors = {"engine": engine}
        for at, (name, value) in zip(DOORS[1:], places.items(), strict=True):
            (folder / at).mkdir()
            arguments = ("gateway", "--keys", engine.data, "--port", "0", "--json")
            doors[at] = stack.enter_context(
                running(folder / at, engine.data, arguments, {**SETTINGS, name: value}, EVERYWHERE)
            )
        yield doors


async def _bid(
    bidders: dict[str, Room], watchers: dict[str, Room], bids: int, first: int = 0
) -> tuple[dict[str, Latencies], ...]:
    """So many bids at each door, from step ``first`` of the price on: seen, seen later than at the engine, acknowledged."""
    seen: dict[str, list[float]] = {at: [] for at in DOORS}
    later: dict[str, list[float]] = {at: [] for at in DOORS}
    acknowledged: dict[str, list[float]] = {at: [] for at in DOORS}
    for nth in range(bids):
        for step, at in enumerate(DOORS, first + nth * len(DOORS)):
            with trio.fail_after(BID_S):
                answered_s, shown_s = await _one(bidders[at], watchers, amount_fen(step))
            acknowledged[at].append(answered_s)
            if at == "engine":
                for door in DOORS:
                    seen[door].append(shown_s[door])
                    later[door].append(shown_s[door] - shown_s["engine"])
    return tuple({at: Latencies.of(each) for at, each in rows.items()} for rows in (seen, later, acknowledged))


async def _one(by: Room, watchers: dict[str, Room], amount: int) -> tuple[float, dict[str, float]]:
    """One bid: after how long it is answered, and shown at each door, in seconds."""
    shown: dict[str, float] = {}
    answered = 0.0
    began = trio.current_time()

    async def look(at: str, room: Room) -> None:
        await room.until(lambda parts: (parts["block"]["price_fen"] or 0) >= amount)
        shown[at] = trio.current_time() - began

    async def ask() -> None:
        nonlocal answered
        (await by.bid(LOT, amount)).or_raise()
        answered = trio.current_time() - began

    async with trio.open_nursery() as nursery:
        for at, room in watchers.items():
            nursery.start_soon(look, at, room)
        nursery.start_soon(ask)
    return answered, shown


def table(found: Hops) -> str:
    """What was measured, for people."""
    rows = {
        **{f"bid at the engine → seen: {at}": row for at, row in found.seen.items()},
        **{f"  later than at the engine: {at}": row for at, row in found.later.items() if at != "engine"},
        **{f"bid → acknowledged: {at}": row for at, row in found.acknowledged.items()},
    }
    return "\n".join(
        [
            f"{'milliseconds':<42}{'p50':>9}{'p99':>9}{'count':>9}",
            *(f"{name:<42}{row.p50:>9.2f}{row.p99:>9.2f}{row.count:>9,}" for name, row in rows.items()),
            "",
            *(f"{at}: {found.cpu_ms[at]:.2f} ms of processor a bid, {found.rss_mib[at]:.0f} MiB" for at in DOORS),
            f"redis-server: {found.redis['cpu_ms']:.2f} ms of processor a bid, {found.redis['in_bytes']:,.0f} bytes in, "
            f"{found.redis['out_bytes']:,.0f} out",
            f"a watcher: {found.viewer_bytes:,} bytes a bid",
        ]
    )


if __name__ == "__main__":
    app(prog_name="python -m bench.hop")
