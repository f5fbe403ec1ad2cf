"""Runs checks, each as a process of its own with a limit, and keeps what became of each."""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import trio

from tests.nightly.check import Check, Result, judged
from tests.nightly.machine import can_be_found_again

LAST_LINES: Final = 30
"""Kept of a red check's stderr. The whole of it is in its log."""


@dataclass(slots=True)
class Running:
    """A check at work, for whoever watches."""

    check: Check
    began: float
    last_line: str = ""


@dataclass
class Runner:
    """
    Runs checks and keeps their results.

    Args:
        folder: For results and logs, a file each.
        root: Where the commands are run.
        commit: What is tested.
        scale: 1 for the full size.
        resume: Leave out what passed at the same commit and scale.

    """

    folder: Path
    root: Path
    commit: str
    scale: float = 1.0
    resume: bool = False
    on_done: Callable[[Result], None] = lambda _result: None
    running: dict[str, Running] = field(default_factory=dict)

    async def run(self, checks: Sequence[Check], workers: int = 1) -> list[Result]:
        """Run ``checks``, up to ``workers`` at once, and then one by one those that must be alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        results: dict[str, Result] = {}
        limiter = trio.CapacityLimiter(workers)

        async def one(check: Check) -> None:
            async with limiter:
                results[check.name] = await self._result(check)

        async with trio.open_nursery() as nursery:
            for check in checks:
                if not check.alone:
                    nursery.start_soon(one, check)
        for check in checks:
            if check.alone:
                await one(check)
        return [results[check.name] for check in checks]

    def kept(self, check: Check) -> Result | None:
        """What became of ``check`` the last time, at this commit."""
        try:
            result = msgspec.json.decode(self._path(check, "json").read_bytes(), type=Result)
        except (OSError, msgspec.MsgspecError):
            return None
        return result if result.commit == self.commit else None

    async def _result(self, check: Check) -> Result:
        if self.resume and can_be_found_again(self.commit):
            kept = self.kept(check)
            if kept is not None and kept.passed and kept.scale == self.scale:
                self.on_done(kept)
                return kept
        result = await self._carried_out(check)
        whole = self._path(check, "json.new")
        whole.write_bytes(msgspec.json.encode(result))
        whole.replace(self._path(check, "json"))
        self.on_done(result)
        return result

    async def _carried_out(self, check: Check) -> Result:
        line = check.line(self.scale, resume=self.resume)
        watched = self.running[check.name] = Running(check, trio.current_time())
        code, stdout, stderr = await self._ended(line, check.limit_s, watched)
        del self.running[check.name]
        self._path(check, "log").write_text(stderr, encoding="utf-8")
        said, why = judged(code, stdout)
        return Result(
            name=check.name,
            passed=not why,
            why=why,
            promises=check.promises if said is None else tuple(said.promises),
            figures={} if said is None else said.figures,
            seeds=None if said is None else said.seeds,
            took_s=round(trio.current_time() - watched.began, 1),
            command=("python", *line[1:]),
            last_words="\n".join(stderr.splitlines()[-LAST_LINES:]) if why else "",
            commit=self.commit,
            scale=self.scale,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    async def _ended(self, line: list[str], limit_s: float, watched: Running) -> tuple[int | None, str, str]:
        """Exit code, None if it took too long, and all it said."""
        process = await trio.lowlevel.open_process(
            line,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        said, told = bytearray(), bytearray()

        async def listen(stream: trio.abc.ReceiveStream | None, into: bytearray) -> None:
            assert stream is not None
            async with stream:
                async for data in stream:
                    into += data
                    if into is told:
                        watched.last_line = told.decode(errors="replace").strip().rpartition("\n")[2]

        code: int | None = None
        try:
            with trio.move_on_after(limit_s):
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(listen, process.stdout, said)
                    nursery.start_soon(listen, process.stderr, told)
                code = await process.wait()
        finally:
            # All that it started goes with it, also when it is us who are interrupted.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            with trio.CancelScope(shield=True):
                await process.wait()
        return code, said.decode(errors="replace"), told.decode(errors="replace")

    def _path(self, check: Check, ending: str) -> Path:
        return self.folder / f"{check.name}.{ending}"
