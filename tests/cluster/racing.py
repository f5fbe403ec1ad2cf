"""
P10, the lock and the anchor: ``python -m tests.cluster.racing --nightly --size N``: so many starts of engines that race for one sale.

Four processes are let go at the same instant, again and again, and each does what ``luochui serve`` does with a folder: takes it, opens
journal and anchor, recovers, acknowledges a few commands, and leaves. Who is refused says by what. By turns they race for one folder,
for one journal behind two folders, for two copies of a folder with one set of anchors, and a stale copy comes among those that are
current. Now and then one is killed while it is in force. Last, ``luochui serve`` itself is started four times at once.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import orjson
import trio

from engine.domain.auction.commands import AdmitPaddle
from engine.domain.parties import Channel
from engine.domain.units import PaddleNo
from engine.journal.asking import Repeated
from engine.journal.faults import JournalFault
from engine.journal.record import Record
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder, FolderLock
from engine.room.house import Room, RoomSettings, announce, keep_journal, open_room
from tests.blackbox.lives import notice
from tests.cli.program import LUOCHUI, environment
from tests.journal.books import CLERK
from tests.nightly.telling import finish, progress, sized
from tests.room.scene import PADDLES, announcement

SEED: Final = 20161015
FULL: Final = 1_000
AT_ONCE: Final = 4
PROGRAMS: Final = 40
"""Starts of the program itself, in full; they take a second each and more."""

ACKNOWLEDGED: Final = 3
SOON_S: Final = 0.02
KILLED_EVERY: Final = 10
SALE: Final = "trial"
SERVES: Final = b'{"url"'


def at_work(folder: DataFolder, names: str, kill_at: int) -> Iterator[dict[str, Any]]:
    """Be the engine of ``folder`` for a moment. Yields what it says."""
    with ExitStack() as stack:
        try:
            stack.callback(FolderLock(folder).release)
            signer = Signer.from_file(folder.signing_key())
            journal = keep_journal(folder, SALE, signer)
            stack.callback(journal.close)
            room = open_room(journal, signer, RoomSettings())
        except JournalFault as fault:
            yield {"refused": fault.code}
            return
        yield {"began": time.monotonic_ns()}
        try:
            for nth in range(ACKNOWLEDGED):
                seq, digest = trio.run(_acknowledge, room, f"{names}-{nth}", nth)
                yield {"acknowledged": [f"{names}-{nth}", seq, digest]}
                if nth == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
        except JournalFault as fault:
            yield {"refused": fault.code}
        yield {"ended": time.monotonic_ns()}


async def _acknowledge(room: Room, command_id: str, nth: int) -> tuple[int, str]:
    """One command, and where its record stands once it is kept."""
    command = AdmitPaddle(
        command_id=command_id, by=CLERK, paddle=PaddleNo(500 + nth), channel=Channel.ONLINE, deposits=1
    )
    slip, count = object(), room.tail.count
    room.submit(command, room.clock.now(), slip)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(room.clerk.run)
        for batch in await room.tail.after(count):
            for given, answer in batch.answers:
                assert given is slip
                assert isinstance(answer, Record | Repeated)
        nursery.cancel_scope.cancel()
    return room.clerk.memory.seq, room.clerk.memory.head.hex()


def contend() -> None:
    """A process that is let go again and again: a line for each start, lines of what became of it, an empty one at its end."""
    for line in sys.stdin.buffer:
        told = orjson.loads(line)
        anchors = Path(told["anchors"]) if told["anchors"] else None
        while time.monotonic_ns() < told["at"]:
            pass
        for said in at_work(DataFolder(Path(told["folder"]), anchors), told["names"], told["kill_at"]):
            sys.stdout.buffer.write(orjson.dumps(said) + b"\n")
            sys.stdout.buffer.flush()
        sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()


@dataclass
class Contender:
    """One such process, made anew when it was killed."""

    process: subprocess.Popen[bytes] | None = None

    def let_go(self, told: dict[str, Any]) -> None:
        if self.process is None:
            command = [sys.executable, "-m", "tests.cluster.racing", "--contend"]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin is not None
        self.process.stdin.write(orjson.dumps(told) + b"\n")
        self.process.stdin.flush()

    def says(self) -> list[dict[str, Any]]:
        """Everything it said of this start."""
        assert self.process is not None
        assert self.process.stdout is not None
        said: list[dict[str, Any]] = []
        for line in self.process.stdout:
            if line == b"\n":
                return said
            said.append(orjson.loads(line))
        assert self.process.wait() == -signal.SIGKILL, "a contender ended of itself"
        self.process.communicate()
        self.process = None
        return [*said, {"ended": time.monotonic_ns()}]

    def end(self) -> None:
        if self.process is not None:
            self.process.communicate()


@dataclass
class Ground:
    """What they race for."""

    root: Path
    acknowledged: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Everything anybody was told, by place: id and head."""

    @property
    def first(self) -> Path:
        return self.root / "first"

    @property
    def anchors(self) -> Path:
        return self.root / "anchors"

    def begin(self) -> None:
        """A sale that is announced."""
        folder = DataFolder(self.first, self.anchors)
        signer = Signer.from_file(folder.signing_key())
        room = open_room(keep_journal(folder, SALE, signer), signer, RoomSettings())
        trio.run(announce, room, announcement(), PADDLES)
        room.journal.close()
        self.copy_to("stale")

    def places(self, kind: str) -> list[Path]:
        """Whose folder each contender takes for his own."""
        match kind:
            case "one_folder":
                return [self.first] * AT_ONCE
            case "one_journal":
                behind = self.root / "behind"
                if not behind.exists():
                    behind.mkdir()
                    for name in ("sales", "keys"):
                        (behind / name).symlink_to(self.first / name)
                return [self.first, behind] * (AT_ONCE // 2)
            case "copies":
                return [self.first, self.copy_to("copy")] * (AT_ONCE // 2)
            case _:
                return [self.first, self.copy_to("tried", of=self.root / "stale")] * (AT_ONCE // 2)

    def copy_to(self, name: str, of: Path | None = None) -> Path:
        to = self.root / name
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(of or self.first, to)
        return to

    def settle(self, kind: str) -> None:
        """Whichever copy has most is the one that goes on."""
        if kind == "copies":
            ends = {place: _end(place) for place in (self.first, self.root / "copy")}
            longest = max(ends, key=lambda place: ends[place])
            if longest != self.first:
                shutil.rmtree(self.first)
                shutil.copytree(longest, self.first)
                shutil.rmtree(self.root / "behind", ignore_errors=True)

    def compare(self) -> None:
        """Everything that was acknowledged is on the one record, where it was said to be."""
        folder = DataFolder(self.first, self.anchors)
        journal = SqliteJournal.open(folder.journal(SALE), folder.anchor(SALE))
        kept = {
            record.seq: (record.command_id, record.digest.hex())
            for _, records in journal.history()
            for record in records
        }
        journal.close()
        assert {seq: kept.get(seq) for seq in self.acknowledged} == self.acknowledged


def _end(place: Path) -> int:
    journal = SqliteJournal.open_to_read(DataFolder(place).journal(SALE))
    try:
        return journal.reader.end()[0]
    finally:
        journal.close()


KINDS: Final = ("one_folder", "one_journal", "copies", "stale_copy")


def race(ground: Ground, contenders: list[Contender], kind: str, nth: int, *, kill: bool) -> Counter[str]:
    """One start of each; what became of them. Raises AssertionError if two were in force."""
    places = ground.places(kind)
    at = time.monotonic_ns() + round(SOON_S * 1e9)
    for who, (contender, place) in enumerate(zip(contenders, places, strict=True)):
        told = {"folder": str(place), "anchors": str(ground.anchors), "names": f"{nth}-{who}", "at": at}
        contender.let_go(told | {"kill_at": 1 if kill else -1})
    met: Counter[str] = Counter()
    spans: list[tuple[int, int]] = []
    for contender, place in zip(contenders, places, strict=True):
        began = 0
        for said in contender.says():
            began = said.get("began", began)
            if "refused" in said:
                met[said["refused"]] += 1
            elif "acknowledged" in said:
                name, seq, head = said["acknowledged"]
                assert place.name != "tried", "a stale copy acknowledged"
                assert seq not in ground.acknowledged, f"{kind}: one place was given to two"
                ground.acknowledged[seq] = name, head
            elif "ended" in said and began:
                spans.append((began, said["ended"]))
        met["in_force"] += began > 0
    spans.sort()
    assert all(one[1] <= other[0] for one, other in pairwise(spans)), f"{kind}: two were in force at once"
    ground.settle(kind)
    return met


@contextmanager
def crew() -> Iterator[list[Contender]]:
    """Those who race."""
    contenders = [Contender() for _ in range(AT_ONCE)]
    try:
        yield contenders
    finally:
        for each in contenders:
            each.end()


def races(size: int) -> Counter[str]:
    """So many starts; what became of them."""
    dice, met = random.Random(SEED), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="luochui-racing-") as name, crew() as contenders:
        ground = Ground(Path(name))
        ground.begin()
        for nth in range(size // AT_ONCE):
            kind = KINDS[nth % len(KINDS)]
            kill = dice.randrange(KILLED_EVERY) == 0
            met += race(ground, contenders, kind, nth, kill=kill)
            met["starts"] += AT_ONCE
            met[kind] += AT_ONCE
            met["killed_in_force"] += kill
            if nth % 25 == 24:
                progress(f"{met['starts']} starts, {met['in_force']} in force")
        ground.compare()
        met["acknowledged"] = len(ground.acknowledged)
    return met


def programs(size: int) -> Counter[str]:
    """``luochui serve``, four at once on one folder: one serves, the others say that it is in use."""
    met: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="luochui-racing-") as name:
        folder = Path(name)
        command: list[str | Path] = [
            LUOCHUI,
            "serve",
            "--data",
            folder / "data",
            "--sale",
            notice(folder),
            "--port",
            "0",
            "--json",
        ]
        for _ in range(size // AT_ONCE):
            started = [
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment({}))
                for _ in range(AT_ONCE)
            ]
            lines = [each.stdout.readline() if each.stdout else b"" for each in started]
            serving = [each for each, line in zip(started, lines, strict=True) if line.startswith(SERVES)]
            met["programs"] += AT_ONCE
            met["programs_in_force"] += len(serving)
            for each in started:
                if each in serving:
                    each.kill()
                with suppress(subprocess.TimeoutExpired):
                    each.communicate(timeout=60)
            assert len(serving) == 1, lines
            assert sorted(each.returncode for each in started) == [-signal.SIGKILL, 75, 75, 75]
            progress(f"{met['programs']} programs")
    return met


def main(arguments: list[str]) -> int:
    if arguments == ["--contend"]:
        contend()
        return 0
    size = max(AT_ONCE, sized("tests.cluster.racing", FULL, arguments))
    met = races(size) + programs(max(AT_ONCE, PROGRAMS * size // FULL))
    figures = {name: met[name] for name in sorted(met)}
    return finish(("P10",), figures | {"two_in_force": 0, "lost": 0, "doubled": 0}, passed=True, seeds=str(SEED))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
