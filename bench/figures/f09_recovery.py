"""F9: how long a million records take to come back, chain checked."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import trio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figures.figure import Figure, Found, NotMeasured, Setting, Value
from bench.figures.scribe import Scribe
from engine.domain import proceeding
from engine.domain.auction.commands import AdmitPaddle, AnnounceSale, CatalogueEntry, OpenLot, OpenSale, PlaceBid, Title
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import Command
from engine.domain.rulesheet import IncrementBand, RuleSheet
from engine.domain.units import Fen, LotNo, PaddleNo
from engine.journal.base import JournalIdentity
from engine.journal.commit import sign_commit
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.room.recovery import recover

RECORDS: Final = 1_000_000
COMMIT: Final = 20
DIGEST_EVERY: Final = 1000
PADDLES: Final = 8
STEP: Final = 100_00
OPENING: Final = 10_000_00


def measure(setting: Setting) -> Found:
    """Make a journal of a million records, and open it as an engine does when it starts."""
    if setting.quick:
        raise NotMeasured("快速模式不做一百万条记录的恢复。", "A million records are not recovered in quick mode.")
    journal, anchor = setting.folder / "recovery.sqlite", setting.folder / "recovery.anchor"
    for path in (journal, anchor):
        path.unlink(missing_ok=True)
    trio.run(_fill, journal, anchor)
    began = time.monotonic()
    opened = SqliteJournal.open(journal, anchor)
    try:
        memory, _ = recover(opened)
    finally:
        opened.close()
    took = time.monotonic() - began
    size = 0
    for path in setting.folder.glob("recovery.*"):
        size += path.stat().st_size
        path.unlink()
    if memory.seq != RECORDS:
        raise NotMeasured("恢复的记录数不对。", f"{memory.seq} records came back.")
    return Found(
        [Value(f"{RECORDS:,}", took, "s", 20.0, 10.0)], {"journal_mib": size >> 20, "records_a_commit": COMMIT}
    )


async def _fill(path: Path, anchor: Path) -> None:
    signer = Signer.of(Ed25519PrivateKey.generate())
    identity = JournalIdentity("recovery", epoch=1, salt_key=b"salt" * 8, public_key=signer.public)
    journal = SqliteJournal.create(path, identity, anchor)
    scribe, source = Scribe(identity), islice(_commands(), RECORDS)
    try:
        while made := tuple(scribe.record(command) for command in islice(source, COMMIT)):
            due = scribe.seq // DIGEST_EVERY > (made[0].seq - 1) // DIGEST_EVERY
            digest = proceeding.kept_digest(scribe.state) if due else None
            await journal.append(made, sign_commit(made, signer, proceeding.rules_digest(scribe.state), digest))
    finally:
        journal.close()


def _commands() -> Iterator[Command]:
    lot, auctioneer = LotNo(1), Principal("auctioneer:1")
    rules = RuleSheet(increments=(IncrementBand(from_price=Fen(0), step=Fen(STEP)),))
    entry = CatalogueEntry(lot=lot, plate="豫H8H888", opening_price=Fen(OPENING))
    title = Title(zh="恢复", en="Recovery")
    yield AnnounceSale(command_id="a", by=HOUSE, sale="recovery", title=title, rules=rules, catalogue=(entry,))
    for paddle in range(1, PADDLES + 1):
        admitted = {"command_id": f"p{paddle}", "by": Principal("clerk:1")}
        yield AdmitPaddle(**admitted, paddle=PaddleNo(paddle), channel=Channel.ONLINE, deposits=1)  # type: ignore[arg-type]
    yield OpenSale(command_id="s", by=auctioneer)
    yield OpenLot(command_id="l", by=auctioneer, lot=lot)
    number = 0
    while True:
        paddle = PaddleNo(1 + number % PADDLES)
        amount = Fen(OPENING + number * STEP)
        yield PlaceBid(command_id=f"b{number}", by=bidder(paddle), lot=lot, paddle=paddle, amount=amount)
        number += 1


F9: Final = Figure(
    name="F9",
    zh="一百万条记录的恢复，链已校验",
    en="recovery of 1,000,000 records, chain checked",
    leaves_out=(
        "文件在操作系统缓存中；一个标的、只有出价的拍卖会。",
        "The file is in the machine's cache. One lot, and nothing but bids.",
    ),
    measure=measure,
)
