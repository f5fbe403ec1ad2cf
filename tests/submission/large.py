"""
One large envelope, brought by the client to a real process that is killed half way, and how much memory that takes at either end.

    python -m tests.submission.large --nightly --size 1024      # MiB of documents
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import trio

from clients.deposited import verify
from clients.http import Address, open_stream
from clients.seal import MANIFEST
from clients.uploads import Desk, upload
from engine.domain.units import Nanoseconds
from engine.sealing.manifest import Manifest
from engine.sealing.parts import CHUNK_BYTES, Part, PartName, Rooting, chunk_digest
from engine.sealing.suites import INTERNATIONAL, TAG_BYTES
from engine.submission.settings import SubmissionSettings
from engine.submission.store import Store
from tests.nightly.telling import finish, progress, sized
from tests.submission.front import SIGNER, envelope
from tests.submission.serving import PATH

FULL_MIB: Final = 1024
GROWTH_MIB_MAX: Final = 100
"""How much more memory 1 GiB may take than none."""

CHUNK: Final = CHUNK_BYTES[PartName.DOCUMENTS] + TAG_BYTES


def documents(index: int) -> bytes:
    """What stands for a sealed chunk: as incompressible, and nobody can open it."""
    return hashlib.shake_256(str(index).encode()).digest(64) * (CHUNK // 64) + bytes(CHUNK % 64)


def laid_out(folder: Path, chunks: int) -> Manifest:
    """An envelope of so many chunks of documents in ``folder``, made with one of them in memory."""
    small, rooting = envelope(), Rooting(INTERNATIONAL)
    with (folder / PartName.DOCUMENTS).open("wb") as out:
        for index in range(chunks):
            chunk = documents(index)
            rooting.add(chunk_digest(INTERNATIONAL, chunk))
            out.write(chunk)
    (folder / PartName.SHEET).write_bytes(small.chunks[PartName.SHEET][0])
    part = Part(name=PartName.DOCUMENTS, chunks=chunks, root=rooting.root())
    manifest = replace(small.manifest, parts=(small.manifest.parts[0], part))
    (folder / MANIFEST).write_bytes(manifest.write())
    return manifest


@dataclass
class House:
    """The serving process; another one after it was killed."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] = field(init=False)
    rss_mib: list[float] = field(default_factory=list)
    """How much more each process ever held than at its start."""

    _at_start: float = 0

    def start(self) -> None:
        line = [sys.executable, "-m", "tests.submission.serving", str(self.folder)]
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self._at_start = most_held_mib(self.process.pid)

    def kill(self) -> None:
        self.rss_mib.append(most_held_mib(self.process.pid) - self._at_start)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def serving(folder: Path) -> Iterator[House]:
    house = House(folder)
    house.start()
    try:
        yield house
    finally:
        if house.process.returncode is None:
            house.kill()


def most_held_mib(pid: int | str) -> float:
    """The most memory that process ``pid`` ever held, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def held_mib_now() -> float:
    """The memory that this process holds, in MiB; what it held before is forgotten."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return most_held_mib(os.getpid())


async def brought(chunks: int, scratch: Path) -> dict[str, float]:
    """Bring it, killing the house half way; what that took, in MiB."""
    folder, kept = scratch / "envelope", scratch / "submission"
    folder.mkdir()
    manifest = laid_out(folder, chunks)
    with serving(kept) as house:
        own, killed = held_mib_now(), 0

        def told(done: int, whole: int) -> None:
            nonlocal killed
            progress(f"{done} of {whole}")
            if done > chunks // 2 and not killed:
                killed += 1
                house.kill()
                house.start()

        async def opener(address: Address) -> trio.abc.Stream:
            return await open_stream(replace(address, port=house.port))

        desk = Desk(address=Address.of("http://127.0.0.1:1"), path=PATH, token="token-a", opener=opener)
        receipt = await upload(desk, folder, told=told, rng=random.Random(1))
        own = most_held_mib(os.getpid()) - own
    verify(receipt["short"], SIGNER.public.hex(), manifest.write())
    assert killed == 1
    store = Store(kept, SubmissionSettings(), now=lambda: Nanoseconds(0))
    store.stand("bidder:8", "1", manifest.digest())
    for index in range(chunks):
        assert store.chunk("bidder:8", "1", PartName.DOCUMENTS, index) == documents(index)
    return {"house_mib": round(max(house.rss_mib), 1), "client_mib": round(own, 1)}


def main(arguments: Sequence[str]) -> int:
    """Bring one envelope of the size asked for."""
    size = min(FULL_MIB, sized("tests.submission.large", FULL_MIB, arguments))
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as scratch:
        figures = trio.run(brought, size, Path(scratch))
    passed = max(figures.values()) <= GROWTH_MIB_MAX
    return finish(["P9"], {"documents_mib": size, **figures, "allowed_mib": GROWTH_MIB_MAX}, passed=passed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
