"""
The receipts of one opening, for their owners to fetch again, as they were signed and on paper.

Where a bidder's envelope stands on the record is noted as the record goes on, so that what is fetched costs the same whatever others
have done. On paper it is made one at a time, in a line of its own; a full line tells that others are there, as a full store does.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import trio

from engine.domain.opening.events import EnvelopeReceived, EnvelopeWithdrawn
from engine.domain.opening.state import Opening
from engine.domain.refusals import Refusal
from engine.domain.units import PaddleNo
from engine.journal.base import Pages
from engine.journal.faults import JournalFault
from engine.journal.receipt import sealed_receipt
from engine.journal.record import Record
from engine.journal.signing import Signer
from engine.papers.pades import PaperSigner
from engine.papers.press import FontsMissing, Press
from engine.papers.receipt import lay_receipt, receipt_paper
from engine.papers.words import LANGUAGES, Language
from engine.sealing.manifest import read_manifest
from engine.wire.refusals import Fault

READ_RECORDS: Final = 500
KEPT_MAX: Final = 64
"""Receipts on paper that are kept for who asks again."""

Read = Callable[[int, int], Awaitable[Pages]]


class Receipts:
    """
    Whose envelope stands where on the record, and the receipts of them.

    Args:
        opening: How the opening stands.
        read: Reads the journal: records after one, so many at most.
        until: The last record that was applied before the first :meth:`take`.
        signer: Signs for the house.
        press: Prints.
        paper_signer: Puts a signature into what was printed, for who asks for one; None where the house has no certificate for it.
        waiting_max: So many may wait for the press.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        opening: Callable[[], Opening],
        read: Read,
        until: int,
        signer: Signer,
        press: Press,
        paper_signer: PaperSigner | None,
        waiting_max: int,
    ) -> None:
        self._opening, self._read, self._until, self._signer = opening, read, until, signer
        self._press, self._paper_signer, self._waiting_max = press, paper_signer, waiting_max
        self._stands: dict[tuple[PaddleNo, str], tuple[int, bool]] = {}
        """By bidder and section the last record about his envelope, and whether one stands since."""

        self._known = trio.Event()
        self._line = trio.CapacityLimiter(1)
        self._waiting = 0
        self._kept: OrderedDict[tuple[str, Language, bool], bytes] = OrderedDict()

    def take(self, record: Record) -> None:
        """The next record, which has been applied."""
        for event in () if isinstance(record.outcome, Refusal) else record.outcome:
            if isinstance(event, EnvelopeReceived | EnvelopeWithdrawn):
                whose = event.bidder, event.section
                if self._stands.get(whose, (0, False))[0] < record.seq:
                    self._stands[whose] = record.seq, isinstance(event, EnvelopeReceived)

    async def run(self) -> None:
        """Read once what was on the record before this began; who asks meanwhile waits for it."""
        at = 0
        while at < self._until:
            records = (await self._read(at, min(READ_RECORDS, self._until - at))).records
            for record in records:
                self.take(record)
            at = records[-1].seq if records else self._until
        self._known.set()

    async def signed(self, bidder: PaddleNo, section: str) -> dict[str, Any] | None:
        """See :class:`engine.gateway.tender.Receipts`."""
        found = await self._record(bidder, section)
        return None if found is None else self._signed(found)

    async def paper(self, bidder: PaddleNo, section: str, lang: str, *, signed: bool) -> bytes | Fault | None:
        """See :class:`engine.gateway.tender.Receipts`."""
        if signed and self._paper_signer is None:
            return None
        language = next(each for each in LANGUAGES if each == lang)
        record = await self._record(bidder, section)
        if record is None:
            return None
        key = self._signed(record)["number"], language, signed
        if (made := self._kept.get(key)) is not None:
            return made
        if self._waiting >= self._waiting_max:
            return Fault.BUSY
        self._waiting += 1
        try:
            made = await trio.to_thread.run_sync(self._printed, record, language, signed, limiter=self._line)
        except FontsMissing:
            return Fault.FONTS_MISSING
        finally:
            self._waiting -= 1
        self._kept[key] = made
        if len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return made

    def _printed(self, record: Record, lang: Language, signed: bool) -> bytes:
        event = _received(record)
        manifest = read_manifest(event.manifest.encode()).digest().hex()
        paper = receipt_paper(self._opening(), event, manifest, self._signed(record))
        pdf = self._press.pdf(lay_receipt(paper, lang))
        return self._paper_signer.sign(pdf) if signed and self._paper_signer is not None else pdf

    def _signed(self, record: Record) -> dict[str, Any]:
        return sealed_receipt(record, self._signer.public, self._signer.sign)

    async def _record(self, bidder: PaddleNo, section: str) -> Record | None:
        """The record in which the envelope was received that stands."""
        await self._known.wait()
        seq, stands = self._stands.get((bidder, section), (0, False))
        if not stands:
            return None
        try:
            [record] = (await self._read(seq - 1, 1)).records
        except JournalFault:
            return None
        return record


def _received(record: Record) -> EnvelopeReceived:
    assert not isinstance(record.outcome, Refusal)
    return next(event for event in record.outcome if isinstance(event, EnvelopeReceived))
