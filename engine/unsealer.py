"""
The house's own hand in an opening.

It reads an opening sheet as soon as both halves of its key are on the record, and files what it knows of an envelope that was not
unsealed.

What it does are commands like any others. It looks again after each record, so that what a restart left undone, or a pause refused, is
done then; what is done already the rules refuse.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

import trio
import trio.lowlevel

from engine.domain.auction.commands import Cause
from engine.domain.auction.events import SaleSuspended
from engine.domain.opening.commands import FileEvidence, OpenSheet, ReportUnreadable, UnsealEnvelope
from engine.domain.opening.evidence import CertificateState, Evidence
from engine.domain.opening.sheets import data_key
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Envelope, Key, Opening
from engine.domain.parties import HOUSE, Role, role_of
from engine.domain.proceeding import Command
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.journal.asking import RoomBusy
from engine.journal.record import Record
from engine.sealing import canonical
from engine.sealing.content import unpack_sheet
from engine.sealing.faults import SealFault
from engine.sealing.parts import PartName, chunk_digest
from engine.wire.messages import own_paddle

_NO_FAULT: Final = frozenset({Cause.OFFICER, Cause.SUPERVISOR})
"""A suspension by people says nothing about the house."""


Own = FileEvidence | OpenSheet | ReportUnreadable
_OWN: Final = (FileEvidence, OpenSheet, ReportUnreadable)


class Store(Protocol):
    """See :class:`engine.room.chunks.Chunks`."""

    def get(self, bidder: PaddleNo, digest: bytes) -> bytes | None:
        """A chunk; None if it is not here."""
        ...


@dataclass(slots=True)
class _Window:
    """What the house has noticed while bidders unsealed."""

    server_ok: bool = True
    attempts: dict[Key, int] = field(default_factory=dict)
    seen_at: dict[PaddleNo, Nanoseconds] = field(default_factory=dict)


class Unsealer:
    """
    Works for one opening.

    Args:
        opening: How it stands.
        store: Where its sealed sheets lie.
        submit: Hands a command in, stamped now.
        seq: The last record: a command that was refused is asked again under another id.

    """

    def __init__(
        self,
        opening: Callable[[], Opening],
        store: Store,
        submit: Callable[[Command], None],
        seq: Callable[[], int],
    ) -> None:
        self._opening, self._store, self._submit, self._seq = opening, store, submit, seq
        # Who begins in the middle of the window was not there for all of it.
        self._window = _Window(server_ok=opening().stage is not Stage.UNSEALING)
        self._asked: set[tuple[type, Key]] = set()
        self._lost: dict[Key, bool] = {}
        """Of each envelope, whether its sheet is not here: looked for once, and again when it is to be read."""

        self._news = trio.Event()
        self._news.set()

    def take(self, record: Record) -> None:
        """The next record, which has been applied."""
        self._notice(record)
        if isinstance(record.command, _OWN) and isinstance(record.outcome, Refusal):
            self._asked.discard(_about(record.command))
        if self._opening().stage is Stage.COMBINING:
            self._news.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._news.wait()
            self._news = trio.Event()
            due = self._due(self._opening().fork(), self._seq())
            for command in await trio.to_thread.run_sync(list, due):
                try:
                    self._submit(command)
                except RoomBusy:
                    self._news.set()
                    await trio.lowlevel.checkpoint()
                    break
                self._asked.add(_about(command))

    def _notice(self, record: Record) -> None:
        opening, window = self._opening(), self._window
        if opening.stage is not Stage.UNSEALING:
            return
        if role_of(record.by) == Role.BIDDER:
            bidder = own_paddle(record.by)
            assert bidder is not None
            window.seen_at[bidder] = record.arrived_at
        if isinstance(record.outcome, Refusal):
            command = record.command
            if isinstance(command, UnsealEnvelope) and record.outcome.reason is Reason.REVEAL_MISMATCH:
                key = command.section, command.bidder
                window.attempts[key] = window.attempts.get(key, 0) + 1
            return
        for event in record.outcome:
            if isinstance(event, SaleSuspended) and event.cause not in _NO_FAULT:
                window.server_ok = False

    def _due(self, opening: Opening, seq: int) -> Iterator[Own]:
        """What is to be asked now and was not asked yet."""
        if opening.stage is not Stage.COMBINING or opening.suspension is not None:
            return
        for envelope in opening.live():
            if envelope.settled:
                continue
            key = envelope.section, envelope.bidder
            whose = f"{envelope.section}-{envelope.bidder}-{seq}"
            if envelope.own is not None and envelope.hall is not None:
                if not self._asked.isdisjoint(((OpenSheet, key), (ReportUnreadable, key))):
                    continue
                chunk = self._stored(envelope)
                if chunk is not None:
                    yield _read(envelope, chunk, f"sheet-{whose}")
                    continue
                self._lost[key] = True
            if (FileEvidence, key) not in self._asked and self._evidence_due(opening, envelope):
                yield FileEvidence(
                    command_id=f"evidence-{whose}",
                    by=HOUSE,
                    bidder=envelope.bidder,
                    section=envelope.section,
                    evidence=self._evidence(envelope),
                )

    def _evidence_due(self, opening: Opening, envelope: Envelope) -> bool:
        left_sealed = envelope.own is None and not opening.rules.remedy
        return envelope.evidence is None and (left_sealed or self._is_lost(envelope))

    def _evidence(self, envelope: Envelope) -> Evidence:
        window = self._window
        return Evidence(
            server_ok=window.server_ok,
            stored=self._stored(envelope) is not None,
            client_ok=False,
            certificate=CertificateState.UNKNOWN,
            attempts=window.attempts.get((envelope.section, envelope.bidder), 0),
            seen_at=window.seen_at.get(envelope.bidder),
        )

    def _is_lost(self, envelope: Envelope) -> bool:
        key = envelope.section, envelope.bidder
        if key not in self._lost:
            self._lost[key] = self._stored(envelope) is None
        return self._lost[key]

    def _stored(self, envelope: Envelope) -> bytes | None:
        """The sealed sheet, if it is here and is what was submitted."""
        part = envelope.manifest.parts[0]
        assert part.name is PartName.SHEET
        chunk = self._store.get(envelope.bidder, part.root)
        if chunk is None or chunk_digest(envelope.manifest.context.of, chunk) != part.root:
            return None
        return chunk


def _about(command: Own) -> tuple[type, Key]:
    return type(command), (command.section, command.bidder)


def _read(envelope: Envelope, chunk: bytes, command_id: str) -> OpenSheet | ReportUnreadable:
    """What stands in a sealed sheet; or, with the sheet itself as proof, that nothing does."""
    part = envelope.manifest.parts[0]
    try:
        content = unpack_sheet(data_key(envelope).cipher(part).open(0, chunk))
    except SealFault:
        return ReportUnreadable(
            command_id=command_id,
            by=HOUSE,
            bidder=envelope.bidder,
            section=envelope.section,
            chunk=base64.b64encode(chunk).decode(),
        )
    return OpenSheet(
        command_id=command_id,
        by=HOUSE,
        bidder=envelope.bidder,
        section=envelope.section,
        content=canonical.write(content).decode(),
    )
