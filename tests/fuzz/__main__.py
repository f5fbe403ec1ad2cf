"""``python -m tests.fuzz --nightly``: 100,000 inputs at every reader, then as long as it takes with coverage leading the way."""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import trio

from tests.engine.house import open_first_lot, running_house
from tests.fuzz.api import UNTIRING, Caller, Unlike
from tests.fuzz.mutation import Broken, Fuzzer
from tests.fuzz.targets import TARGETS
from tests.hostile.test_text import CLOSED, SENT, take_no_words

GUIDED_S_PER_INPUT = 0.006
"""Ten minutes for 100,000 inputs, shared by the readers."""


def main() -> int:
    """Run, tell, and say with the exit code whether every reader held."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--nightly", action="store_true", help="say figures with the last line")
    asked.add_argument("--size", type=int, default=100_000, help="inputs for each reader")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", choices=[target.name for target in TARGETS])
    given = asked.parse_args()
    began, figures, broken = time.monotonic(), dict[str, object](), list[str]()
    targets = [target for target in TARGETS if given.only in {None, target.name}]
    for target in targets:
        fuzzer = Fuzzer(target, given.seed)
        try:
            for done in fuzzer.run(given.size):
                if done % 10_000 == 0:
                    tell(f"{target.name}: {done} inputs, {len(fuzzer.answers)} answers")
        except Broken as fault:
            broken.append(str(fault))
            tell(f"{fault} ({fault.__cause__!r})")
        figures[target.name] = {"inputs": fuzzer.answers.total(), "answers": len(fuzzer.answers)}
        broken += guided(target.name, given.size * GUIDED_S_PER_INPUT / len(TARGETS))
    if given.only is None:
        for field in CLOSED:
            take_no_words(field, SENT)
        figures["hostile texts in closed fields"] = len(CLOSED) * len(SENT)
        requests, unlike = trio.run(ask_all, given.size // 5, given.seed)
        figures["http requests"] = requests
        broken += unlike
    figures["guided by coverage"] = has_atheris()
    figures["broken"] = broken
    said = {
        "promises": ["P14"],
        "passed": not broken,
        "figures": figures,
        "seeds": str(given.seed),
        "took_s": round(time.monotonic() - began, 1),
    }
    print(json.dumps(said, ensure_ascii=False))
    return 1 if broken else 0


async def ask_all(size: int, seed: int) -> tuple[int, list[str]]:
    """Ask a whole house everything it describes, and anything but; how often, and what was not as described."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_house(Path(folder), config=UNTIRING) as house:
            await open_first_lot(house)
            caller = Caller(house, seed)
            for nth in range(size):
                try:
                    await caller.ask()
                except Unlike as fault:
                    return nth, [f"http, seed {seed}: {fault}"]
                if nth % 1000 == 999:
                    tell(f"http: {nth + 1} requests answered as described")
    return size, []


def has_atheris() -> bool:
    return importlib.util.find_spec("atheris") is not None


def guided(name: str, seconds: float) -> list[str]:
    """Let atheris at a reader, in a process of its own; what broke, if anything did."""
    if not has_atheris():
        return []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.fuzz.guided", name, f"-max_total_time={max(1, round(seconds))}"]
        done = subprocess.run(
            [*command, f"-artifact_prefix={folder}/"], capture_output=True, text=True, errors="replace", check=False
        )
        tell(f"{name}: {(done.stderr.strip().splitlines() or [''])[-1]}")
        found = [path.read_bytes() for path in Path(folder).iterdir()]
    return [] if done.returncode == 0 else [f"{name}, guided: {found!r} {done.stdout[-2000:]}"]


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
