"""Every example runs as shown, against a real house on this machine, and prints what it says it prints."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from clients.verify import verify_receipt
from tests.engine.house import RunningHouse, act, open_first_lot, running_house
from tests.gateway.saleroom import SALE

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "clients" / "examples"
README = (ROOT / "clients" / "README.md").read_text(encoding="utf-8")
NODE = shutil.which("node") or "node"
TITLE = "Test sale"
PATIENCE_S = 30

LANGUAGES = ["py", "mjs"]


def command(name: str, language: str) -> list[str]:
    if language == "mjs":
        return [NODE, *_websocket_flag(), str(EXAMPLES / f"{name}.mjs")]
    if name == "bid_http":
        return [sys.executable, "-I", str(EXAMPLES / "bid_http.py")]
    return [sys.executable, "-m", f"clients.examples.{name}"]


def _websocket_flag() -> list[str]:
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout
    major = int(version.removeprefix("v").partition(".")[0])
    return ["--experimental-websocket", "--no-warnings"] if major < 22 else []


class Example:
    """An example at work."""

    def __init__(self, process: trio.Process) -> None:
        assert process.stdout is not None
        self._process, self._out, self.text = process, process.stdout, ""

    async def until(self, wanted: str) -> None:
        """Wait until it has printed ``wanted``."""
        while wanted not in self.text:
            data = await self._out.receive_some()
            assert data, f"it ended without {wanted!r}: {self.text}"
            self.text += data.decode()

    async def rest(self) -> str:
        """All it prints, up to its good end."""
        while data := await self._out.receive_some():
            self.text += data.decode()
        assert await self._process.wait() == 0, self.text
        return self.text


@asynccontextmanager
async def running(name: str, language: str, cwd: Path, *arguments: str) -> AsyncIterator[Example]:
    process = await trio.lowlevel.open_process(
        [*command(name, language), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )
    example = Example(process)
    try:
        with trio.fail_after(PATIENCE_S):
            yield example
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await example._out.aclose()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[RunningHouse]:
    async with running_house(tmp_path / "data", lots=1) as house:
        yield house


@pytest.fixture
def token_file(house: RunningHouse, tmp_path: Path) -> str:
    path = tmp_path / "paddle-1.token"
    path.write_text(house.token("bidder:1") + "\n", encoding="utf-8")
    return str(path)


async def close_the_sale(house: RunningHouse) -> None:
    async with house.viewer("auctioneer:1") as rostrum, house.viewer("clerk:1") as clerk:
        await act(clerk, type="hall_bid", id="hall", lot=1, paddle=2, amount_fen=1_500_000)
        for call in (1, 2, 3):
            await act(rostrum, type="call", id=f"call-{call}", lot=1, call=call, price_fen=1_500_000)
        await act(rostrum, type="hammer", id="hammer", lot=1, price_fen=1_500_000)
        await act(rostrum, type="close_sale", id="close")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_watch_tells_every_event_until_the_sale_is_closed(
    house: RunningHouse, tmp_path: Path, language: str
) -> None:
    await open_first_lot(house)
    async with running("watch", language, tmp_path, house.url, SALE) as example:
        await example.until(f"watching {TITLE}")
        await close_the_sale(house)
        said = await example.rest()
    assert re.search(r"^\d+ BidPlaced 1500000$", said, re.MULTILINE)
    assert re.search(r"^\d+ HammerFell\b", said, re.MULTILINE)
    assert said.endswith("closed; turnover 1500000 fen\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "end"), [("bid", ", the receipt holds"), ("bid_http", "")])
async def test_a_bid_is_made_and_its_record_named(  # noqa: PLR0917 - pytest's
    house: RunningHouse, tmp_path: Path, token_file: str, language: str, name: str, end: str
) -> None:
    await open_first_lot(house)
    async with running(name, language, tmp_path, house.url, SALE, token_file) as example:
        said = await example.rest()
    assert re.fullmatch(rf"bid 1000000 fen for 豫H00001: record \d+{end}\n", said), said
    picture = await house.get(f"/api/sales/{SALE}/picture")
    assert picture["parts"]["block"]["leader"] == {"paddle": 1}
    if (name, language) != ("bid_http", "mjs"):
        verify_receipt(json.loads((tmp_path / "receipt.json").read_text("utf-8")), None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["bid", "bid_http"])
async def test_a_refusal_is_told_with_its_code(
    house: RunningHouse, tmp_path: Path, token_file: str, language: str, name: str
) -> None:
    await open_first_lot(house)
    async with house.viewer("bidder:1") as bidder:
        await act(bidder, type="bid", id="first", lot=1, amount_fen=1_000_000)
    async with running(name, language, tmp_path, house.url, SALE, token_file) as example:
        said = await example.rest()
    assert said.startswith("refused: E_ALREADY_LEADING You already hold the highest bid")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_without_a_lot_nothing_is_bid_over_http(
    house: RunningHouse, tmp_path: Path, token_file: str, language: str
) -> None:
    async with running("bid_http", language, tmp_path, house.url, SALE, token_file) as example:
        assert await example.rest() == "no lot takes bids now\n"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_record_is_checked_while_it_grows_and_to_its_end(
    house: RunningHouse, tmp_path: Path, language: str
) -> None:
    await open_first_lot(house)
    key = (await house.get(f"/api/sales/{SALE}"))["key"]
    async with running("follow_record", language, tmp_path, house.url, SALE, key) as example:
        await example.until("checked up to record")
        await close_the_sale(house)
        said = await example.rest()
    about = await house.get(f"/api/sales/{SALE}")
    assert re.search(rf"^the record holds: {about['seq']} records, .*head {about['head']}$", said, re.MULTILINE), said


def test_every_example_is_shown_in_the_readme() -> None:
    names = {path.name for path in EXAMPLES.iterdir() if path.suffix in {".py", ".mjs"}} - {"__init__.py"}
    assert names == set(re.findall(r"`examples/(\w+\.(?:py|mjs))`", README))
