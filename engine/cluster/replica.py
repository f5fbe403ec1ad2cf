"""
The standby's side: copies of an engine's journals, each commit checked by signature and chain before it is written and synced.

A copy is a journal like any other, with its anchor, and is opened as one. Nothing is answered before it is on the disk.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import trio

from engine.cluster.channel import Channel, LineLost, connect, greet
from engine.cluster.checked import ContinuityLost, Gap, NotBelieved, Place, Stale, check
from engine.cluster.cipher import Cipher
from engine.cluster.settings import ClusterSettings
from engine.cluster.standby_frames import Digest, Have, Heard, Holds, No, Noted, Pulse, Ship, Stands, Which
from engine.journal.base import JournalIdentity
from engine.journal.commit import Commit
from engine.journal.faults import CopyRefused
from engine.journal.files import write_once
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal

BACKOFF_S: Final = (0.05, 1.0)
SALE: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}")
"""A sale's id names a folder here, whoever said it."""

SALES_MAX: Final = 4096
WITNESSED: Final = "witnessed.note"
NOTE_BYTES_MAX: Final = 65_536


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where copies lie."""

    journal: Callable[[str], Path]
    anchor: Callable[[str], Path]


@dataclass(eq=False)
class Copy:
    """One room's copy."""

    place: Place
    journal: SqliteJournal | None = None
    last: Commit | None = None
    engine_seq: int = 0
    """How far the engine's record went when it last said so."""


@dataclass(eq=False)
class Replica:
    """
    All copies of an engine's journals.

    Attributes:
        copies: By sale.
        mode: In which mode the engine is, as it last said; empty before.
        heard_at: When it last said something (seconds of the run's clock).

    """

    name: str
    address: str
    key: bytes
    cipher: Cipher
    shelf: Shelf
    settings: ClusterSettings
    on_pulse: Callable[[], None] = lambda: None
    copies: dict[str, Copy] = field(default_factory=dict)
    mode: str = ""
    connected: bool = False
    heard_at: float = -1e9

    def open(self, sale: str) -> None:
        """
        Take up a copy that is here, having read all of it.

        Raises:
            JournalFault: It does not hold.

        """
        journal = SqliteJournal.open(self.shelf.journal(sale), self.shelf.anchor(sale))
        last: Commit | None = None
        try:
            for commit, _ in journal.history():
                last = commit
        except BaseException:
            journal.close()
            raise
        epoch = journal.identity.epoch
        place = Place(epoch) if last is None else Place(epoch, last.last, last.head)
        self.copies[sale] = Copy(place, journal, last)

    def close(self) -> None:
        """Let go of every copy."""
        for copy in self.copies.values():
            if copy.journal is not None:
                copy.journal.close()

    async def run(self) -> None:
        """
        Follow the engine for ever; comes back by itself.

        Raises:
            CopyRefused: The engine does not take us, or what it sends does not hold.
            JournalFault: A copy could not be written.

        """
        shortest, longest = BACKOFF_S
        wait = shortest
        while True:
            with suppress(OSError, LineLost, trio.TooSlowError):
                with trio.fail_after(self.settings.timeout_ms / 1000):
                    stream = await connect(self.address)
                async with stream:
                    with trio.fail_after(self.settings.timeout_ms / 1000):
                        channel = await greet(stream, self.cipher, self.name)
                    wait = shortest
                    await self._follow(channel)
            self.connected = False
            await trio.sleep(wait)
            wait = min(longest, wait * 2)

    async def _follow(self, channel: Channel) -> None:
        """Do what the engine says, one thing after the other."""
        while True:
            with trio.fail_after(self.settings.timeout_ms / 1000):
                said = await channel.receive()
            self.connected, self.heard_at = True, trio.current_time()
            match said:
                case Ship():
                    await self.keep(channel, said)
                case Pulse(number):
                    self._note(said)
                    await channel.send(Heard(number))
                case Holds():
                    await self.stand(channel, said)
                case Which(sale, seq) if sale in self.copies:
                    await channel.send(Digest(sale, seq, await self._digest(self.copies[sale], seq)))
                case Noted():
                    await self.note(said)
                case No():
                    raise CopyRefused(said.code, said.sale, said.seq)
                case _:
                    raise LineLost

    async def note(self, said: Noted) -> None:
        """Keep a cosigned checkpoint beside its copy. Lost it is no lost record: witnesses cosign the next."""
        if said.sale in self.copies and len(said.note) <= NOTE_BYTES_MAX:
            place = self.shelf.journal(said.sale).with_name(WITNESSED)
            with suppress(OSError):
                await trio.to_thread.run_sync(write_once, place, said.note)

    def _note(self, pulse: Pulse) -> None:
        self.mode = pulse.mode
        for sale, seq in pulse.seqs.items():
            if sale in self.copies:
                self.copies[sale].engine_seq = seq
        self.on_pulse()

    async def stand(self, channel: Channel, holds: Holds) -> None:
        """Say where the copy of a room stands; begin one if there is none."""
        if SALE.fullmatch(holds.sale) is None or len(self.copies) >= SALES_MAX:
            raise LineLost
        copy = self.copies.setdefault(holds.sale, Copy(Place()))
        copy.engine_seq = holds.seq
        # What comes may be of every epoch of the engine's history; that it is the copy's own too, the chain shows.
        epoch = max(holds.epoch, copy.place.epoch)
        copy.place = replace(copy.place, epoch=epoch, begins=holds.epochs)
        last = copy.last
        statement, signature = ("", b"") if last is None else (last.statement.text(), last.signature)
        place = copy.place
        await channel.send(Stands(holds.sale, place.seq, place.head, statement, signature))

    async def _digest(self, copy: Copy, seq: int) -> bytes:
        if copy.journal is None:
            raise LineLost
        records = (await copy.journal.read(seq - 1, 1)).records
        if not records:
            raise LineLost
        return records[0].digest

    async def keep(self, channel: Channel, ship: Ship) -> Record | None:
        """
        Check a commit, write it, sync it, and only then say so. Its last record; None if it was there already.

        Raises:
            CopyRefused: It does not hold.
            JournalFault: It could not be written.
            LineLost: Nobody listens, or it is of a sale that was not spoken of.

        """
        sale = ship.sale
        copy = self.copies.get(sale)
        if copy is None:
            raise LineLost
        try:
            commit, records = check(ship.commit, sale, self.key, copy.place)
            _require_own_salts(copy, ship)
        except Stale:
            return None
        except (NotBelieved, Gap, ContinuityLost):
            await channel.send(No("E_STANDBY_UNSOUND", sale, copy.place.seq + 1))
            raise CopyRefused("E_STANDBY_UNSOUND", sale, copy.place.seq + 1) from None
        commit = replace(commit, state_digest=ship.state_digest)
        epoch = commit.statement.epoch
        if copy.journal is None:
            identity = JournalIdentity(sale, epoch, records[0].salt_key, self.key)
            copy.journal = await trio.to_thread.run_sync(
                SqliteJournal.create, self.shelf.journal(sale), identity, self.shelf.anchor(sale)
            )
        elif epoch > copy.journal.identity.epoch:
            copy.journal.begin_epoch(epoch)
        await copy.journal.append(records, commit)
        copy.place = replace(copy.place, seq=commit.last, head=commit.head)
        copy.last = commit
        await channel.send(Have(sale, commit.last))
        return records[-1]


def _require_own_salts(copy: Copy, ship: Ship) -> None:
    """A journal's salts are made with one key from beginning to end."""
    if copy.journal is not None and ship.commit.salt_key != copy.journal.identity.salt_key:
        raise NotBelieved("its salts are another journal's")
