"""A house as a process of its own, and the files of a sale it serves."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import pytest

from engine.domain.parties import Principal, bidder
from engine.domain.units import PaddleNo
from engine.passes import make_token

LUOCHUI: Final = Path(sys.executable).parent / "luochui"
STARTED_WITHIN_S: Final = 30.0
STOPPED_WITHIN_S: Final = 10.0
TOKEN_TTL_S: Final = 12 * 3600


class House:
    """
    ``luochui serve`` on a free port of this machine, kept over restarts.

    Args:
        data: Its data folder.
        notice: The sale it holds (TOML).
        settings: Environment variables, for settings that are not the default.

    """

    def __init__(self, data: Path, notice: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data, self.notice, self.settings = data, notice, dict(settings or {})
        self.url = ""
        self.sale = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def start(self) -> None:
        port = str(self.port) if self.url else "0"
        command: list[str | Path] = [
            LUOCHUI,
            "serve",
            "--data",
            self.data,
            "--sale",
            self.notice,
            "--port",
            port,
            "--json",
        ]
        environ = {"PYTHONFAULTHANDLER": "1", **os.environ, **self.settings}
        self._process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        serving = json.loads(self._first_line())
        self.url = serving["url"]
        [self.sale] = serving["sales"]

    def stop(self) -> None:
        """As Ctrl-C does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As ``kill -9`` does."""
        self._end(signal.SIGKILL)

    @contextmanager
    def stopped_short(self) -> Iterator[None]:
        """Whatever is asked meanwhile reaches the machine and not the house."""
        assert self._process is not None
        process = self._process
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def page(self, view: str, token: str | None = None, *, lang: str = "zh-CN") -> str:
        """The address of a page, with a token in it as links have it."""
        return f"{self.url}/sales/{self.sale}/{view}?lang={lang}" + (f"#token={token}" if token else "")

    def token(self, role: str, paddle: int | None = None) -> str:
        """As ``luochui token`` makes it. Made here: a program of its own for each would take longer than the page it opens."""
        who = Principal(f"{role}:1") if paddle is None else bidder(PaddleNo(paddle))
        return make_token(self.data, self.sale, who, ttl_s=TOKEN_TTL_S)

    def _first_line(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], STARTED_WITHIN_S)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self._end(signal.SIGKILL)
            pytest.fail("the house did not start")
        return line

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            assert process.poll() is None, f"the house ended by itself, with {process.returncode}"
            process.send_signal(how)
            process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            assert process.stdout is not None
            process.stdout.close()


def luochui(*arguments: str | Path) -> str:
    """What the command line prints. A command that fails fails the test."""
    return subprocess.run([LUOCHUI, *arguments], stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()


def write_sale(
    folder: Path,
    *,
    sale: str = "plates-7",
    titles: tuple[str, str] = ("第七期小型汽车号牌公开竞价", "Number plates, seventh sale"),
    lots: Iterable[tuple[str, int]] = (("豫H8H888", 50_000), ("豫HA1234", 20_000)),
    paddles: Iterable[tuple[int, str]] = ((8, "online"), (16, "online"), (51, "hall"), (52, "hall")),
    rules: Mapping[str, Any] | None = None,
) -> Path:
    """Write the notice of a sale: one TOML file, two CSV files. Amounts in yuan, steps of 1,000."""
    said = {"mode": "rostrum", "calls": 3, "deposit": "one_lot", "paddles": "shown", **(rules or {})}
    toml = [
        "[sale]",
        f"id = {json.dumps(sale)}",
        f"title_zh = {json.dumps(titles[0], ensure_ascii=False)}",
        f"title_en = {json.dumps(titles[1], ensure_ascii=False)}",
        'catalogue = "catalogue.csv"',
        'paddles = "paddles.csv"',
        "[rules]",
        *(f"{name} = {toml_value(value)}" for name, value in said.items()),
        "increments = [{ from_yuan = 0, step_yuan = 1000 }]",
    ]
    catalogue = ["lot,plate,opening_yuan", *(f"{n},{plate},{yuan}" for n, (plate, yuan) in enumerate(lots, 1))]
    admitted = ["paddle,channel,deposits", *(f"{number},{channel},2" for number, channel in paddles)]
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("catalogue.csv", catalogue), ("paddles.csv", admitted), ("sale.toml", toml)):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "sale.toml"


def toml_value(value: Any) -> str:
    """A value as TOML writes it; a mapping as an inline table."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {toml_value(each)}" for name, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def until(condition: Any, *, within_s: float = 10.0, what: str = "it") -> None:
    """Wait for something that no page can be asked to wait for."""
    last = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > last:
            pytest.fail(f"{what} did not come true within {within_s:g} s")
        time.sleep(0.02)
