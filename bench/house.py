"""The house under test: ``luochui serve`` as a process of its own with a sale made for the load, or one that runs already."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import trio

from clients import connect
from engine.domain.parties import Principal
from engine.domain.units import FEN_PER_YUAN
from engine.passes import make_token

SALE: Final = "bench"
LOT: Final = 1
OPENING_YUAN: Final = 10_000
STEP_YUAN: Final = 1
TOKEN_TTL_S: Final = 3600
STOP_S: Final = 20
TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")

_NOTICE: Final = f"""
[sale]
id = "{SALE}"
title_zh = "性能测试"
title_en = "A sale under load"
catalogue = "catalogue.csv"
paddles = "paddles.csv"

[rules]
mode = "rostrum"
calls = 3
deposit = "whole_sale"
paddles = "shown"
increments = [{{ from_yuan = 0, step_yuan = {STEP_YUAN} }}]
"""


@dataclass(frozen=True, slots=True)
class Cores:
    """Which core is whose."""

    house: frozenset[int]
    generator: frozenset[int]

    @property
    def apart(self) -> bool:
        """Whether house and crowd have cores of their own."""
        return not self.house & self.generator


def share_cores() -> Cores:
    """The first core for the house, the others for the crowd; all for both where they cannot be told apart."""
    if not hasattr(os, "sched_setaffinity"):
        return Cores(frozenset(), frozenset())
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        return Cores(frozenset(allowed), frozenset(allowed))
    return Cores(frozenset(allowed[:1]), frozenset(allowed[1:]))


@dataclass(frozen=True, slots=True)
class Used:
    """What a process had used at one moment."""

    cpu_s: float
    rss_kib: int
    rss_max_kib: int

    core_s: float
    """Processor time all programs together had used on the house's core."""


@dataclass(frozen=True, slots=True)
class House:
    """A house that serves."""

    url: str
    data: Path
    pid: int | None
    """Its process, where it runs on this machine and we know."""

    cores: Cores
    sale: str = SALE

    def token(self, principal: Principal) -> str:
        """A token for ``principal``."""
        return make_token(self.data, self.sale, principal, ttl_s=TOKEN_TTL_S)

    def used(self) -> Used:
        """
        Processor time and memory so far.

        Raises:
            OSError: It does not run here.

        """
        proc = Path("/proc", str(self.pid))
        ticks = proc.joinpath("stat").read_text().rpartition(")")[2].split()
        status = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", proc.joinpath("status").read_text(), re.MULTILINE))
        own_s = (int(ticks[11]) + int(ticks[12])) / TICKS_PER_S
        return Used(own_s, int(status["VmRSS"]), int(status["VmHWM"]), busy_s(self.cores.house))

    def meters(self) -> Mapping[str, float]:
        """The house's own meters, by name with labels."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:  # noqa: S310 - our own house
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}


def busy_s(cores: frozenset[int]) -> float:
    """Processor time used on ``cores`` since the machine was started: everything but idling and waiting for disks."""
    busy = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name.startswith("cpu") and name[3:].isdigit() and int(name[3:]) in cores:
            user, nice, system, _idle, _waiting, *rest = map(int, ticks[:8])
            busy += user + nice + system + sum(rest)
    return busy / TICKS_PER_S


def write_notice(folder: Path, bidders: int) -> Path:
    """A sale of one lot with small steps and ``bidders`` online paddles."""
    paddles = [f"{paddle},online,1" for paddle in range(1, bidders + 1)]
    (folder / "catalogue.csv").write_text(f"lot,plate,opening_yuan\n1,豫H88888,{OPENING_YUAN}\n", encoding="utf-8")
    (folder / "paddles.csv").write_text("\n".join(["paddle,channel,deposits", *paddles, ""]), encoding="utf-8")
    path = folder / "sale.toml"
    path.write_text(_NOTICE, encoding="utf-8")
    return path


def amount_fen(step: int) -> int:
    """What bid ``step`` of the sale made for the load offers."""
    return (OPENING_YUAN + step * STEP_YUAN) * FEN_PER_YUAN


async def open_lot(house: House) -> None:
    """The auctioneer opens the sale and puts the lot on the block."""
    async with connect(house.url, house.sale, token=house.token(Principal("auctioneer:1"))) as rostrum:
        with trio.fail_after(30):
            (await rostrum.open_sale()).or_raise()
            (await rostrum.open_lot(LOT)).or_raise()


@contextmanager
def serving(
    folder: Path, bidders: int, settings: Mapping[str, str], cores: Cores, notice: tuple[Path, str] | None = None
) -> Iterator[House]:
    """
    A house that serves for as long as the block lasts.

    Args:
        folder: For its data and its last words.
        bidders: How many paddles are admitted.
        settings: Settings that differ from the defaults, as environment variables.
        cores: The house inherits its core from us; we move to ours once it has started, and back in the end.
        notice: Another sale than the one made for the load: its notice, and its id.

    Raises:
        ChildProcessError: It did not start, or did not stop as told.

    """
    data = folder / "data"
    sale = write_notice(folder, bidders) if notice is None else notice[0].resolve()
    arguments = ("serve", "--data", data, "--sale", sale, "--port", "0", "--json")
    with running(folder, data, arguments, settings, cores, SALE if notice is None else notice[1]) as house:
        yield house


@contextmanager
def running(  # noqa: PLR0913, PLR0917 - what a house is run with
    folder: Path,
    data: Path,
    arguments: Sequence[str | Path],
    settings: Mapping[str, str],
    cores: Cores,
    sale: str = SALE,
) -> Iterator[House]:
    """
    ``luochui`` with these arguments, for as long as the block lasts; it must say somewhere where it can be reached.

    Args:
        folder: For its last words.
        data: Where it keeps what it keeps.
        arguments: Of the command line.
        settings: Settings that differ from the defaults, as environment variables.
        cores: See :func:`serving`.
        sale: The id of the sale it holds.

    Raises:
        ChildProcessError: It did not start, or did not stop as told.

    """
    words = folder / "stderr.txt"
    command: list[str | Path] = [Path(sys.executable).with_name("luochui"), *arguments]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LUOCHUI_")}
    before = os.sched_getaffinity(0) if cores.house else set()
    if cores.house:
        os.sched_setaffinity(0, cores.house)
    with words.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, env={**inherited, **settings}
        )
    if cores.generator:
        os.sched_setaffinity(0, cores.generator)
    try:
        assert process.stdout is not None
        yield House(_address(process.stdout, words), data, process.pid, cores, sale)
        process.terminate()
        if process.wait(STOP_S):
            raise ChildProcessError(f"the house ended with {process.returncode}: {words.read_text()}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        if before:
            os.sched_setaffinity(0, before)


def _address(said: IO[bytes], words: Path) -> str:
    """Where the house says it can be reached."""
    for line in said:
        found = re.search(rb"http://[0-9.]+:[0-9]+", line)
        if found is not None:
            return found.group().decode()
    raise ChildProcessError(f"the house did not start: {words.read_text()}")
