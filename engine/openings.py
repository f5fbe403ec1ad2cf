"""What an opening of sealed bids needs beside its room: its envelopes on the disk, the house's own hand, and the way to both."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import trio
from starlette.applications import Starlette

from engine.certified import Certified
from engine.cluster.far import FarRoom
from engine.config import Config
from engine.domain.opening.commands import Gap, SubmitEnvelope
from engine.domain.opening.state import Opening
from engine.envelopes import Envelopes
from engine.gateway.http import Request
from engine.gateway.hub import Hub
from engine.gateway.limits import Limits
from engine.gateway.tender import Tender, missing
from engine.gateway.tokens import Tokens
from engine.gateway.uploads import Uploads
from engine.journal.faults import StorageFault
from engine.journal.signing import Signer
from engine.papers.pades import signer_of
from engine.papers.press import Press
from engine.receipts import Receipts
from engine.room.chunks import Chunks
from engine.room.folder import DataFolder
from engine.room.house import Room
from engine.submission.faults import UploadFault
from engine.submission.front import Front
from engine.submission.store import Store
from engine.unsealer import Unsealer


class Openings:
    """
    The openings of one engine.

    Args:
        folder: Where everything is kept.
        config: Every setting.
        hubs: The hub of a sale; None while it has none.
        room: The room of a sale.
        tokens: Says who someone is.
        limits: How often he may ask.
        signer: Signs receipts; None where rooms are followed only, and no envelope is taken.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        folder: DataFolder,
        config: Config,
        hubs: Callable[[str], Hub | None],
        room: Callable[[str], Room | FarRoom],
        tokens: Tokens,
        limits: Limits,
        signer: Signer | None,
    ) -> None:
        self._folder, self._config, self._signer = folder, config, signer
        self._hubs = hubs
        self._chunks: dict[str, Chunks] = {}
        self._envelopes: dict[str, Envelopes] = {}
        self._fronts: dict[str, tuple[Front, Starlette]] = {}
        self._certified: dict[str, Certified] = {}
        self._unsealers: dict[str, Unsealer] = {}
        self._receipts: dict[str, Receipts] = {}
        self.uploads = Uploads(
            fronts=self._fronts.get, certificates=self._certified.get, tokens=tokens, limits=limits, now=time.time
        )
        self.tender = Tender(
            hubs=hubs,
            stores=self._chunks.get,
            receipts=self._receipts.get,
            house_time=lambda sale: room(sale).clock.now(),
            tokens=tokens,
            limits=limits,
            now=time.time,
            frame_bytes_max=config.socket.frame_bytes_max,
        )

    def missing(self, sale: str, room: Room | FarRoom) -> Callable[[SubmitEnvelope], tuple[Gap, ...]]:
        """What of an envelope is not here, for the rules; nothing where ``sale`` is no opening. Asked for before there is a hub."""
        if not isinstance(room.opened.state, Opening):
            return lambda _: ()
        folder = self._folder.journal(sale).with_name("chunks")
        self._chunks[sale] = chunks = Chunks(folder, self._config.pages.chunks_per_bidder_max)
        if self._signer is None or not isinstance(room, Room):
            return partial(missing, chunks)
        self._envelopes[sale] = envelopes = self._store(sale, room, room.opened.state, chunks, self._signer)
        return envelopes.missing

    def release(self, sale: str) -> Callable[[SubmitEnvelope], None]:
        """What to tell of a command that was refused."""
        return self._envelopes[sale].release if sale in self._envelopes else _as_is

    def take_up(self, sale: str, hub: Hub, room: Room | FarRoom) -> None:
        """``hub`` has an opening: from now on what it shows is followed."""

        def opening() -> Opening:
            assert isinstance(hub.state, Opening)
            return hub.state

        envelopes = self._envelopes.get(sale)
        sheets = self._chunks[sale] if envelopes is None else envelopes
        if envelopes is not None:
            hub.follow(envelopes.take)
        unsealer = Unsealer(
            opening,
            sheets,
            lambda command: room.submit(command, room.clock.now(), None),
            lambda: hub.seq,
        )
        hub.follow(unsealer.take)
        self._unsealers[sale] = unsealer
        if self._signer is not None and isinstance(room, Room):
            papers = self._config.papers
            self._receipts[sale] = receipts = Receipts(
                opening=opening,
                read=room.journal.read,
                until=room.opened.seq,
                signer=self._signer,
                press=Press(papers.fonts),
                paper_signer=signer_of(papers.sign_certificate, papers.sign_key),
                waiting_max=papers.waiting_max,
            )
            hub.follow(receipts.take)

    def begin(self, work: trio.Nursery, sale: str) -> None:
        """Let what serves ``sale`` work, if it is an opening."""
        if sale in self._unsealers:
            work.start_soon(self._unsealers[sale].run)
        if sale in self._envelopes:
            work.start_soon(self._envelopes[sale].run)
        if sale in self._receipts:
            work.start_soon(self._receipts[sale].run)

    def longest(self, request: Request) -> int | None:
        """How long the body of a request may be that is for an opening; None for any other."""
        most = self.uploads.longest(request)
        return self.tender.longest(request) if most is None else most

    def _store(self, sale: str, room: Room, opened: Opening, chunks: Chunks, signer: Signer) -> Envelopes:
        """The sealed envelopes of an opening, as its record says by now, and what answers for them."""

        def opening() -> Opening:
            hub = self._hubs(sale)
            return hub.state if hub is not None and isinstance(hub.state, Opening) else opened

        settings = self._config.submission
        try:
            store = Store(self._folder.submission(sale), settings, now=room.clock.now)
        except UploadFault as fault:
            raise StorageFault(f"{sale}: {fault.code}") from fault
        front = Front(
            store,
            opening=sale,
            who=partial(self.uploads.who, sale),
            deadline=lambda: opening().deadline,
            now=room.clock.now,
            signer=signer,
            settings=settings,
        )
        self._fronts[sale] = front, front.app()
        trust = self._folder.trust(sale)
        if trust.exists():
            where, limits = Path(trust.read_text("utf-8")), self._config.trust
            self._certified[sale] = Certified(where, limits, opening, room.clock.now)
        return Envelopes(store, chunks, opening, settings.acts_waiting_max, self._certified.get(sale))


def _as_is(_: SubmitEnvelope) -> None:
    """Nothing is kept."""
