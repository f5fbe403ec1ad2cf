"""A journal of a hundred records, as its files lie at different moments: what everything here is tried on."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Final

import trio

from engine.domain import proceeding
from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CatalogueEntry,
    OpenLot,
    OpenSale,
    PlaceBid,
    Title,
)
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import Command
from engine.domain.rulesheet import IncrementBand, RuleSheet
from engine.domain.units import Fen, LotNo, PaddleNo
from engine.journal.commit import sign_commit
from engine.journal.sqlite import SqliteJournal
from tests.journal.books import IDENTITY, SIGNER, Kept, Scribe

RECORDS: Final = 100
PADDLES: Final = range(1, 9)
COMMIT_MAX: Final = 9
STATE_DIGEST_EVERY: Final = 25
LONG_AGO: Final = 1_700_000_000_000_000_000
PAGE: Final = 4096
WAL_HEADER, WAL_FRAME = 32, 24 + PAGE


@dataclass(frozen=True, slots=True)
class Files:
    """A journal's three files, in memory. None where there is none."""

    journal: bytes
    wal: bytes | None
    anchor: bytes | None

    def lay(self, place: "Place") -> None:
        """Put them where an engine looks for them."""
        for path, content in ((place.journal, self.journal), (place.wal, self.wal), (place.anchor, self.anchor)):
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a journal, its write-ahead log and its anchor are."""

    folder: Path

    @property
    def journal(self) -> Path:
        return self.folder / "journal.sqlite"

    @property
    def wal(self) -> Path:
        return self.folder / "journal.sqlite-wal"

    @property
    def anchor(self) -> Path:
        return self.folder / "trial.anchor"

    def create(self) -> SqliteJournal:
        return SqliteJournal.create(self.journal, IDENTITY, self.anchor)

    def open(self) -> SqliteJournal:
        return SqliteJournal.open(self.journal, self.anchor)

    def files(self) -> Files:
        """As they lie there now."""
        return Files(
            self.journal.read_bytes(),
            self.wal.read_bytes() if self.wal.exists() else None,
            self.anchor.read_bytes() if self.anchor.exists() else None,
        )


def commands() -> Iterator[Command]:
    """One lot, announced and opened, then bids for it for ever; some below the step, which are refused."""
    dice = random.Random(100)
    rules = RuleSheet(increments=(IncrementBand(from_price=Fen(0), step=Fen(500_00)),))
    entry = CatalogueEntry(lot=LotNo(1), plate="豫H8H888", opening_price=Fen(10_000_00))
    title = Title(zh="试拍", en="Trial")
    yield AnnounceSale(command_id="a", by=HOUSE, sale="trial", title=title, rules=rules, catalogue=(entry,))
    for paddle in PADDLES:
        clerk = Principal("clerk:1")
        yield AdmitPaddle(
            command_id=f"p{paddle}", by=clerk, paddle=PaddleNo(paddle), channel=Channel.ONLINE, deposits=1
        )
    yield OpenSale(command_id="s", by=Principal("auctioneer:1"))
    yield OpenLot(command_id="l", by=Principal("auctioneer:1"), lot=LotNo(1))
    asked, number = 10_000_00, 0
    while True:
        number += 1
        paddle = PaddleNo(1 + number % len(PADDLES))
        low = dice.random() < 0.2
        amount = Fen(asked - 100 if low else asked)
        asked += 0 if low else 500_00
        yield PlaceBid(command_id=f"b{number}", by=bidder(paddle), lot=LotNo(1), paddle=paddle, amount=amount)


def sizes(records: int = RECORDS) -> Iterator[int]:
    """Of commits that hold ``records`` records in all."""
    dice, left = random.Random(7), records
    while left:
        size = min(left, dice.randint(1, COMMIT_MAX))
        yield size
        left -= size


def kept_book(records: int = RECORDS) -> list[Kept]:
    """The commits, each with its records; now and then one with a digest of the state."""
    scribe, source = Scribe(noon=LONG_AGO), commands()
    book: list[Kept] = []
    for size in sizes(records):
        made = tuple(scribe.record(next(source)) for _ in range(size))
        due = made[-1].seq // STATE_DIGEST_EVERY > (made[0].seq - 1) // STATE_DIGEST_EVERY
        digest = proceeding.kept_digest(scribe.state) if due else None
        book.append((made, sign_commit(made, SIGNER, proceeding.rules_digest(scribe.state), digest)))
    return book


def one_more(records: int = RECORDS) -> Kept:
    """The commit that would have come next: one bid."""
    scribe, source = Scribe(noon=LONG_AGO), commands()
    for _ in range(records):
        scribe.record(next(source))
    return scribe.batch([next(source)])


class Scene:
    """
    The journal at every moment of its life.

    Attributes:
        book: Its commits.
        moments: The files after each commit, from none on, while the engine serves: all is in the write-ahead log.
        later: The same after the log was moved into the journal half way, and began anew.
        closed: The files at the end, after the engine stopped in good order.

    """

    def __init__(self, folder: Path, records: int = RECORDS) -> None:
        self.book = kept_book(records)
        self.moments = self._live(Place(folder / "once"), restart_after=None)
        self.later = self._live(Place(folder / "twice"), restart_after=len(self.book) // 2)
        self.closed = Place(folder / "once").files()

    @property
    def crashed(self) -> Files:
        """The files at the end, as a crash leaves them."""
        return self.moments[-1]

    @cached_property
    def ends(self) -> list[int]:
        """The last record at every moment."""
        return [0, *accumulate(len(records) for records, _ in self.book)]

    def _live(self, place: Place, restart_after: int | None) -> list[Files]:
        shutil.rmtree(place.folder, ignore_errors=True)
        journal = place.create()
        moments = [place.files()]
        try:
            for number, kept in enumerate(self.book, 1):
                trio.run(journal.append, *kept)
                if number == restart_after:
                    journal.close()
                    journal = place.open()
                    list(journal.history())
                moments.append(place.files())
        finally:
            journal.close()
        return moments
