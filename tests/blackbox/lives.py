"""A house as a process of its own that is killed and started again, and the sale it holds."""

import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from engine.domain.parties import Principal
from engine.passes import make_token
from tests.blackbox.crowd import Crowd, everybody
from tests.cli.program import Program, started

SALE: Final = "kill-9"
PADDLES: Final = 24
LOTS: Final = 40
OPENING_YUAN: Final = 9_800
STEP_FEN: Final = 100

NOTICE: Final = f"""
[sale]
id = "{SALE}"
title_zh = "断电演练"
title_en = "A sale that is killed"
catalogue = "catalogue.csv"
paddles = "paddles.csv"

[rules]
mode = "rostrum"
calls = 3
deposit = "whole_sale"
paddles = "shown"
increments = [{{ from_yuan = 0, step_yuan = 1 }}]
"""

UNLIMITED: Final = {
    "LUOCHUI_LIMITS_COMMANDS_PER_S": "100000",
    "LUOCHUI_LIMITS_COMMANDS_BURST": "100000",
    "LUOCHUI_LIMITS_HALF_OPEN_PER_ADDRESS": "100",
    "LUOCHUI_LIMITS_TICKETS_PER_S": "10000",
    "LUOCHUI_LIMITS_TICKETS_BURST": "10000",
}
"""A crowd from one address, in a hurry. What is tried here is not the door."""


def notice(folder: Path) -> Path:
    """A sale of many lots and small steps, with nobody in the hall."""
    lots = [f"{lot},豫H{lot:05},{OPENING_YUAN}" for lot in range(1, LOTS + 1)]
    paddles = [f"{paddle},online,1" for paddle in range(1, PADDLES + 1)]
    (folder / "catalogue.csv").write_text("\n".join(["lot,plate,opening_yuan", *lots, ""]), encoding="utf-8")
    (folder / "paddles.csv").write_text("\n".join(["paddle,channel,deposits", *paddles, ""]), encoding="utf-8")
    path = folder / "sale.toml"
    path.write_text(NOTICE, encoding="utf-8")
    return path


@dataclass
class Lives:
    """A house that is killed and started again, on one folder and one port."""

    folder: Path
    notice: Path
    errors: Path
    port: int = 0
    killed: int = 0

    def start(self) -> Any:
        where = ("--data", self.folder, "--sale", self.notice, "--port", str(self.port))
        return started(self.errors, "serve", *where, "--json", env=UNLIMITED)

    async def serving(self, program: Program) -> str:
        told = orjson.loads(await program.line())
        assert told["sales"] == [SALE]
        url: str = told["url"]
        self.port = int(url.rpartition(":")[2])
        return url

    async def kill(self, program: Program) -> None:
        assert program.process.returncode is None, program.complaints()
        assert await program.end(signal.SIGKILL) == -signal.SIGKILL
        self.killed += 1

    def crowd(self, url: str, enough_fen: int, seed: int) -> Crowd:
        """A crowd that may come in."""
        tokens = {by: self._token(by) for by in everybody(PADDLES)}
        return Crowd(url, SALE, tokens, enough_fen, seed)

    def _token(self, by: Principal) -> str:
        return make_token(self.folder, SALE, by, ttl_s=6 * 3600)
