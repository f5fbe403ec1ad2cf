"""Kill -9 while an envelope is brought, between its end and its submission, and after that: nothing that was answered is lost."""

import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import trio

from clients import uploads
from clients.http import Address
from clients.opening import Opening
from clients.robots.tender import chance, hall_of
from clients.seal import Bid, Bidder, seal
from engine.demo_opening import NOTICE
from engine.domain.parties import Principal
from engine.notice import DEMO
from engine.passes import make_token
from engine.sealing.context import Context
from engine.sealing.envelope import Credential
from engine.sealing.keys import PrivateKey
from engine.sealing.pem import read_credential, read_private_key
from engine.sealing.trustees import HallKey
from tests.cli.program import Program, started
from tests.sealing.test_page import KEYS

SALE: Final = "road-works"
TENDER: Final = "JZ-2026-041"
NUMBER: Final = 305
MIB: Final = 2**20
SEED: Final = 7


@dataclass
class House:
    """A house of its own process, and what a bidder needs there."""

    program: Program
    url: str
    data: Path

    def room(self, by: str) -> Opening:
        return Opening(self.url, SALE, make_token(self.data, SALE, Principal(by), ttl_s=600))

    def desk(self) -> uploads.Desk:
        token = make_token(self.data, SALE, Principal(f"bidder:{NUMBER}"), ttl_s=600)
        return uploads.Desk(address=Address.of(self.url), path=f"/api/sales/{SALE}", token=token)

    async def kill(self) -> None:
        assert await self.program.end(signal.SIGKILL) == -signal.SIGKILL, self.program.complaints()


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    data, notice = folder / "data", folder / NOTICE
    async with started(
        folder / "stderr.txt", "serve", "--data", data, "--sale", notice, "--port", "0", "--json"
    ) as program:
        yield House(program, orjson.loads(await program.line())["url"], data)


def write_notice(folder: Path) -> HallKey:
    """The demo's, with an hour from now to submit."""
    hall, _ = hall_of(TENDER, SEED)
    text = (DEMO / NOTICE).read_text(encoding="utf-8")
    deadline = datetime.fromtimestamp(time.time() + 3600, UTC).isoformat(timespec="seconds")
    (folder / NOTICE).write_text(text.replace("2026-12-01T09:30:00+08:00", deadline), encoding="utf-8")
    (folder / "hall.json").write_bytes(hall.write())
    return hall


def sealed(folder: Path, hall: HallKey, signing: Credential, key: PrivateKey) -> Path:
    """An envelope with three chunks of documents."""
    document = folder / "投标函.bin"
    document.write_bytes(bytes(range(256)) * (MIB // 100))
    context = Context(suite=hall.suite, tender=hall.tender, section="1", bidder=str(NUMBER), version=1)
    sheet: dict[str, Any] = {"price_fen": 1_248_000_000, "period_days": 180, "quality": "合格"}
    bidder = Bidder(signing=signing, signing_key=key, encryption=signing, encryption_key=key)
    bid = Bid(context=context, sheet=sheet, files=(document,), remedy=True)
    seal(bid, hall, bidder, folder / "bid", passphrase="correct horse battery", chance=chance(SEED, "seal"))
    return folder / "bid"


async def test_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    hall = write_notice(tmp_path)
    async with house(tmp_path) as one:
        certificate, pem = KEYS["P-256"]()
        signing, key = read_credential(certificate), read_private_key(pem)
        bid = await trio.to_thread.run_sync(sealed, tmp_path, hall, signing, key)
        await one.room("registrar:1").ask(
            "register_bidder",
            bidder=NUMBER,
            name="怀川建设有限公司",
            certificate=signing.der.hex(),
            key=signing.key.spki.hex(),
        )
        kept = await _until_some_chunks(one, bid)
        await one.kill()
    async with house(tmp_path) as one:
        told: list[tuple[int, int]] = []
        receipt = await uploads.upload(one.desk(), bid, told=lambda done, of: told.append((done, of)))
        assert told[0][0] >= kept > 0  # What was answered is there.
        await one.kill()
    async with house(tmp_path) as one:
        assert await uploads.upload(one.desk(), bid) == receipt
        manifest = (bid / "manifest.json").read_bytes().decode()
        signature = (bid / "signature").read_bytes().hex()
        said = await one.room("bidder:305").ask(
            "submit_envelope", command_id="submit", section="1", manifest=manifest, signature=signature
        )
        assert "accepted" in said["outcome"]
        await one.kill()
    async with house(tmp_path) as one:
        desk = one.desk()
        assert await desk.ask("GET", "") == {"uploads": []}  # It stands, and is no upload any more.
        mine = (await one.room("bidder:305").picture())["mine"]["sections"]["1"]
        assert (mine["version"], mine["envelope"]["manifest"]) == (1, receipt["manifest"])
        [stands] = (tmp_path / "data" / "sales" / SALE / "submission").iterdir()
        for part in ("sheet", "documents"):
            assert (stands / part).read_bytes() == (bid / part).read_bytes()
        assert await one.program.end(signal.SIGTERM) == 0, one.program.complaints()
    assert "Traceback" not in (tmp_path / "stderr.txt").read_text(encoding="utf-8")


async def _until_some_chunks(one: House, bid: Path) -> int:
    """Bring it until two chunks are answered, and leave in the middle."""
    kept = 0
    with trio.CancelScope() as scope:

        def told(done: int, _: int) -> None:
            nonlocal kept
            kept = done
            if done >= 2:
                scope.cancel()

        await uploads.upload(one.desk(), bid, told=told)
    return kept
