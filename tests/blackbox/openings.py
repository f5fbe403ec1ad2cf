"""
P1, P2, P19 and P21 at an opening, from outside: the real server is killed with -9 while envelopes are brought, about the deadline,
between halves, between shares and between the last share and the reading out.

What was answered stands, answers asked for again are the same, nothing is shown early, and what is read out is what was sealed.

    python -m tests.blackbox openings --nightly --size 24       # openings; each is killed eight times
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import trio

from clients.http import Address, fetch_text
from clients.seal import MANIFEST, SIGNATURE
from clients.verifier import judge
from engine.notice import DEMO
from engine.sealing.content import SheetContent
from engine.sealing.parts import PartName
from engine.sealing.suites import INTERNATIONAL
from tests.blackbox.keeper import Keeper
from tests.blackbox.night import KILLS, MIB, NAMES, SALE, TENDER, Night
from tests.sealing.scene import Tender

QUIET_S: Final = 3.0
RESTART_S: Final = 8.0
"""From the announcement to the deadline: so long, and so long more for each kill before it."""

BEFORE: Final = frozenset({"registered", "upload"})

REMEDY_EVERY: Final = 5
"""In one of so many openings a bidder does not unseal: then the window has to run out."""


def prepared(folder: Path, seed: int, kills: frozenset[str]) -> Night:
    """A tender whose deadline comes soon, its notice, and four bids that are sealed at home."""
    dice, tender = random.Random(seed), Tender(INTERNATIONAL, TENDER)
    home = folder / "home"
    home.mkdir()
    deadline = float(round(time.time() + QUIET_S + RESTART_S * len(kills & BEFORE)))
    text = (DEMO / "opening.toml").read_text(encoding="utf-8")
    said = datetime.fromtimestamp(deadline, UTC).isoformat(timespec="seconds")
    text = text.replace("2026-12-01T09:30:00+08:00", said).replace("unseal_s = 1800", "unseal_s = 60\nbidders_min = 1")
    lines = (line for line in text.splitlines() if not line.startswith(("ceiling_told", "coefficients_permille")))
    (folder / "opening.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "hall.json").write_bytes(tender.hall.write())
    keeper = Keeper(folder / "data", folder / "opening.toml", folder / "stderr.txt")
    night = Night(keeper, tender, home, dice, kills, deadline)
    for number in NAMES:
        night.prices[number] = dice.randrange(10**10, 9 * 10**10)
        sheet: SheetContent = {"price_fen": night.prices[number], "period_days": 180, "quality": "合格"}
        files = {"投标函.bin": dice.randbytes(2 * MIB)}
        night.sealed[number] = made = tender.seal(sheet, files, context=tender.context(str(number)), seed=str(seed))
        envelope = home / str(number)
        envelope.mkdir()
        for part, chunks in made.chunks.items():
            (envelope / part.value).write_bytes(b"".join(chunks))
        (envelope / MANIFEST).write_bytes(made.manifest.write())
        (envelope / SIGNATURE).write_bytes(made.signature)
    return night


async def held(folder: Path, seed: int, kills: frozenset[str], *, remedy: bool = False) -> Night:
    """An opening to its reading out by a house that is killed at each of ``kills``; what was wrong is in it."""
    night = await trio.to_thread.run_sync(prepared, folder, seed, kills)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(night.keeper.run)
        await night.keeper.serving()
        for number in NAMES:
            der = night.tender.credential(f"{number} signing").der.hex()
            fields = {"bidder": number, "name": NAMES[number], "certificate": der, "key": der}
            await night.must("registrar:1", "register_bidder", f"register-{number}", **fields)
        await night.kill("registered")
        await night.receive()
        await night.unseal(remedy=remedy)
        await night.read_out()
        await look(night)
        await night.keeper.end()
        nursery.cancel_scope.cancel()
    said = night.keeper.errors.read_text(encoding="utf-8")
    if "Traceback" in said:
        night.wrong.append(said[-2000:])
    return night


async def look(night: Night) -> None:
    """What was read out is what was sealed by those, and only those, who were told that their envelope is received."""
    await night.the_same_again("at the end")
    parts = await night.parts()
    read = {each["bidder"]: (each["sheet"] or {}).get("price_fen") for each in parts["section/1"]["bidders"]}
    stands = night.stands()
    night.counts.update(openings=1, read_out=len(read), late=len(night.sealed) - len(stands))
    if read != {number: night.prices[number] for number in stands}:
        night.wrong.append(f"read out {read}, received {stands}")
    data = night.keeper.folder / "sales" / SALE / "submission"
    kept = {path.read_bytes() for path in data.glob(f"*/{PartName.DOCUMENTS.value}")}
    if kept != {b"".join(night.sealed[number].chunks[PartName.DOCUMENTS]) for number in stands}:
        night.wrong.append(f"{len(kept)} documents are kept, {len(stands)} were received")
    address = Address.of(night.keeper.url)
    export = await night.surely(lambda: fetch_text(address, f"/api/sales/{SALE}/export.jsonl"))
    verdict = judge(export, None, {}, [])
    if verdict["verdict"] != "GOOD":
        night.wrong.append(f"an outsider says {verdict}")


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check."""
    counts, wrong = Counter[str](), 0
    for seed in range(size):
        with tempfile.TemporaryDirectory(prefix="luochui-opening-") as folder:
            night = await held(Path(folder), seed, KILLS, remedy=seed % REMEDY_EVERY == REMEDY_EVERY - 1)
        counts += night.counts
        wrong += len(night.wrong)
        for words in night.wrong[:5]:
            say(f"opening {seed}: {words}")
        say(f"{seed + 1} openings, {counts['kills']} kills, {wrong} wrong")
    del counts["tried"]
    return not wrong, {**counts, "wrong": wrong}
