"""
The store of sealed envelopes and the record of one opening, in step.

The record decides, the store follows: what it says is done in its order by a thread, and what a restart left undone is done before
anybody is let in, from the state that was read again. A sealed sheet that came without an upload lies among the chunks beside the
journal, and counts as well.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

import trio

from engine.certified import Certified, answer
from engine.domain.opening.commands import Gap, SubmitEnvelope
from engine.domain.opening.events import EnvelopeReceived, EnvelopeWithdrawn, SubmissionClosed
from engine.domain.opening.state import Opening
from engine.domain.parties import Principal, Role
from engine.domain.refusals import Refusal
from engine.domain.units import PaddleNo
from engine.gateway import tender
from engine.gateway.slips import TurnedAway
from engine.journal.asking import RoomBusy
from engine.journal.record import Record
from engine.room.chunks import Chunks
from engine.sealing.faults import SealFault
from engine.sealing.manifest import read_manifest
from engine.sealing.parts import PartName
from engine.submission import faults
from engine.submission.faults import UploadFault
from engine.submission.store import Store, UploadInUse
from engine.trust.faults import TrustFault

SWEEP_EVERY_S: Final = 600.0


class Envelopes:
    """
    What lies in the store of one opening, as its record says.

    Args:
        store: Where uploads are kept.
        chunks: Where sealed sheets are kept that came without an upload.
        opening: How the opening stands.
        waiting_max: So many acts of the record may wait for the disk; then nothing more is submitted until it has caught up.
        certified: Whose certificates were shown and are good; None where nobody asks for them.

    """

    def __init__(
        self,
        store: Store,
        chunks: Chunks,
        opening: Callable[[], Opening],
        waiting_max: int,
        certified: Certified | None = None,
    ) -> None:
        self.store, self._chunks, self._opening, self._waiting_max = store, chunks, opening, waiting_max
        self._certified = certified
        self._due: deque[Callable[[], None]] = deque()
        self._news = trio.Event()
        self._recover(opening())

    def missing(self, command: SubmitEnvelope) -> tuple[Gap, ...]:
        """
        What the house lacks of the envelope that is submitted; if nothing, it is kept until :meth:`release`.

        Raises:
            RoomBusy: The disk is behind, or its owner uses the upload at this moment.
            TurnedAway: All of it is there, and it was not finished; or its certificates were not shown.

        """
        if len(self._due) >= self._waiting_max:
            raise RoomBusy
        try:
            manifest = read_manifest(command.manifest.encode())
        except SealFault:
            return ()  # The rules say so.
        if self._certified is not None:
            try:
                self._certified.require(_owner(command.bidder), manifest.digest())
            except TrustFault as fault:
                raise TurnedAway(answer(fault)) from None
        if not tender.missing(self._chunks, command):
            return ()
        try:
            return self.store.pin(_owner(command.bidder), manifest)
        except UploadInUse:
            raise RoomBusy from None
        except UploadFault as fault:
            raise TurnedAway(faults.answer(fault)) from None

    def release(self, command: SubmitEnvelope) -> None:
        """The record has spoken about ``command``, or it never came to that."""
        try:
            digest = read_manifest(command.manifest.encode()).digest()
        except SealFault:
            return
        self._do(partial(self.store.unpin, _owner(command.bidder), digest))

    def take(self, record: Record) -> None:
        """The next record, which has been applied."""
        for event in () if isinstance(record.outcome, Refusal) else record.outcome:
            match event:
                case EnvelopeReceived():
                    digest = read_manifest(event.manifest.encode()).digest()
                    self._do(partial(self._stand, event.bidder, event.section, digest))
                case EnvelopeWithdrawn():
                    self._do(partial(self.store.withdraw, _owner(event.bidder), event.section))
                case SubmissionClosed():
                    self._do(partial(self.store.close, event.at))
                case _:
                    pass

    async def run(self) -> None:
        """Do what the record says until cancelled, and now and then remove what nobody goes on with."""
        swept_at = trio.current_time()
        while True:
            with trio.move_on_after(SWEEP_EVERY_S):
                await self._news.wait()
            self._news = trio.Event()
            while self._due:
                await trio.to_thread.run_sync(self._due[0])
                self._due.popleft()
            if trio.current_time() >= swept_at + SWEEP_EVERY_S:
                swept_at = trio.current_time()
                await trio.to_thread.run_sync(self.store.sweep)

    def get(self, bidder: PaddleNo, digest: bytes) -> bytes | None:
        """The sealed sheet of this digest that ``bidder`` submitted; None if it is not here."""
        chunk = self._chunks.get(bidder, digest)
        if chunk is not None:
            return chunk
        for (section, whose), envelope in self._opening().envelopes.items():
            if whose == bidder and envelope.manifest.parts[0].root == digest:
                try:
                    return self.store.chunk(_owner(bidder), section, PartName.SHEET, 0)
                except (UploadFault, SealFault):
                    return None
        return None

    def _recover(self, opening: Opening) -> None:
        for (section, bidder), envelope in opening.envelopes.items():
            self._stand(bidder, section, envelope.manifest.digest())
        if opening.closed_at is not None:
            self.store.close(opening.closed_at)

    def _stand(self, bidder: PaddleNo, section: str, digest: bytes) -> None:
        try:
            self.store.stand(_owner(bidder), section, digest)
        except UploadFault:
            # As a sheet among the chunks, or lost: then the house says so itself when it is to be read.
            self.store.withdraw(_owner(bidder), section)

    def _do(self, act: Callable[[], None]) -> None:
        self._due.append(act)
        self._news.set()


def _owner(bidder: PaddleNo) -> Principal:
    return Principal(f"{Role.BIDDER}:{bidder}")
