"""The house: every room of this engine, opened from its journal, each with its one clerk."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import trio

from engine.domain import proceeding
from engine.domain.auction.commands import Cause, Copies, StateCopies, SuspendSale
from engine.domain.parties import HOUSE
from engine.domain.proceeding import Announcement, Command
from engine.domain.units import Nanoseconds
from engine.journal.asking import Conflicting, Inquiry, RoomBusy
from engine.journal.base import Journal, JournalIdentity, Pages
from engine.journal.commit import Commit
from engine.journal.faults import JournalFault, RoomMoved, WrongKey
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.journal.tail import Standing, Tail
from engine.room.clerk import Clerk, ClerkSettings
from engine.room.clock import Clock, HouseClock, Steps
from engine.room.folder import DataFolder, FolderLock
from engine.room.leaving import move
from engine.room.mailbox import Letter, Mailbox
from engine.room.memory import Memory
from engine.room.recovery import recover

SALT_KEY_BYTES = 32
RESTART_REASON: Final = "系统重新启动 / the system was restarted"
CLOCK_REASON: Final = "系统时钟跳变 {ms} 毫秒 / the system's clock jumped by {ms} ms"
LETTERS_AT_ONCE: Final = 256
"""Of a long notice: other sales of the house get their turn in between."""

CLOCK_LOOK_S: Final = 1.0
"""How often the house looks whether its machine's clock has stepped."""


class NoticeConflict(Exception):
    """The notice asks for something else than what was announced and is on the record."""


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """Limits of a room."""

    letters_max: int = 4096
    """Commands that may wait for the clerk; beyond, or beyond his share of a batch, the asker is told to try again."""

    clock_jump_ms_max: int = 1000
    """A step of the machine's clock beyond this, or many that amount to it, suspends timed sales."""

    records_max: int = 8192
    """Newest records held in memory for those who follow; who falls further behind reads the journal."""

    clerk: ClerkSettings = field(default_factory=ClerkSettings)


@dataclass(slots=True)
class Room:
    """One proceeding at work: its mailbox is the way in, its tail the only way out. See :class:`engine.journal.line.Line`."""

    journal: Journal
    tail: Tail
    mailbox: Mailbox
    clock: Clock
    clerk: Clerk

    opened: Standing
    """Where the record stood when the room was opened: where a follower of the tail begins."""

    def submit(self, content: Command | Inquiry, arrived_at: Nanoseconds, slip: object) -> None:
        """
        Hand ``content`` to the clerk; its answer comes over the tail, with ``slip``.

        Raises:
            RoomBusy: Nothing was taken.

        """
        self.mailbox.put(Letter(content, arrived_at, slip))

    def leave(self, target: str, reason: str) -> None:
        """Take nothing more, finish what waits, and give the room to another engine: the last record of this epoch says so."""
        now = self.clock.now()
        at = max(now, self.mailbox.newest or now)
        self.mailbox.close(Letter(move(self.journal.identity.epoch, target, reason), at, None))

    @property
    def waiting(self) -> int:
        """How many letters wait for the clerk."""
        return len(self.mailbox)

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.line.Line`."""
        return await self.journal.read(after, limit)


def open_room(  # noqa: PLR0913 - everything is handed in
    journal: Journal,
    signer: Signer,
    settings: RoomSettings,
    *,
    clock: Callable[[Nanoseconds], Clock] = HouseClock,
    on_commit: Callable[[Commit, float], None] = lambda _commit, _seconds: None,
    on_progress: Callable[[int], object] = lambda _seq: None,
    arrives_as: str = "",
) -> Room:
    """
    The room whose records ``journal`` keeps. ``on_progress`` is told how far its recovery is.

    A journal whose last record gives the room to the engine of the name ``arrives_as`` may be gone on with.

    Raises:
        JournalFault: The journal must not be served.

    """
    if journal.identity.public_key != signer.public:
        raise WrongKey
    memory, _ = recover(journal, on_progress)
    if memory.leaves_for not in {"", arrives_as}:
        raise RoomMoved(memory.leaves_for)
    tail, mailbox = Tail(records_max=settings.records_max), Mailbox(settings.letters_max, settings.clerk.batch_max)
    house_time = clock(memory.last_at)
    clerk = Clerk(
        journal=journal,
        signer=signer,
        tail=tail,
        mailbox=mailbox,
        clock=house_time,
        memory=memory,
        settings=settings.clerk,
        on_commit=on_commit,
    )
    return Room(journal, tail, mailbox, house_time, clerk, _standing(memory))


async def suspend_if_interrupted(room: Room) -> None:
    """
    Suspend a sale whose time ran when the engine stopped: nobody can prove that their time was given in full.

    Must run before the clerk does.
    """
    state = room.clerk.memory.state
    if not proceeding.time_runs(state):
        return
    command = SuspendSale(
        command_id=f"restart-{room.clerk.memory.seq}",
        by=HOUSE,
        reason=RESTART_REASON,
        cause=Cause.RESTART,
        since=room.clerk.memory.last_at,
    )
    await room.clerk.finish([Letter(command, room.clock.now(), None)])
    room.opened = _standing(room.clerk.memory)


def copies_to_state(room: Room, copies: Copies) -> StateCopies | None:
    """What the house is to say if the record of a room is kept in so many places, and says otherwise."""
    memory = room.clerk.memory
    if proceeding.copies(memory.state) in {None, copies}:
        return None
    return StateCopies(command_id=f"copies-{memory.seq}-{copies}", by=HOUSE, copies=copies)


async def state_copies(room: Room, copies: Callable[[Copies], Copies]) -> None:
    """
    Say on the record in how many places it is kept, where that is something else than it says.

    Must run before the clerk does.

    Args:
        room: The room.
        copies: In how many, given what the record says.

    """
    said = proceeding.copies(room.clerk.memory.state)
    command = None if said is None else copies_to_state(room, copies(said))
    if command is None:
        return
    await room.clerk.finish([Letter(command, room.clock.now(), None)])
    room.opened = _standing(room.clerk.memory)


async def announce(room: Room, announcement: Announcement, preparations: tuple[Command, ...]) -> None:
    """
    Put a sale's notice on the record, once: what stands there already is left as it is.

    Must run before the clerk does.

    Raises:
        NoticeConflict: The record says otherwise. Nothing was changed.

    """
    new: dict[str, Command] = {}
    commands: tuple[Command, ...] = (announcement, *preparations)
    for command in commands:
        standing = room.clerk.standing(command)
        if isinstance(standing, Conflicting) or new.get(command.command_id, command) != command:
            raise NoticeConflict(
                f"'{command.command_id}' in the notice differs from what was announced and is on the record. A sale's "
                "notice cannot be changed after its announcement: admit further paddles at the rostrum, or announce "
                "a new sale under another id."
            )
        if standing is None:
            new[command.command_id] = command
    if new:
        at = room.clock.now()
        letters = [Letter(command, at, None) for command in new.values()]
        for first in range(0, len(letters), LETTERS_AT_ONCE):
            await room.clerk.finish(letters[first : first + LETTERS_AT_ONCE])
        room.opened = _standing(room.clerk.memory)


def _standing(memory: Memory) -> Standing:
    return Standing(None if memory.state is None else memory.state.fork(), memory.seq, memory.head)


def keep_journal(folder: DataFolder, sale: str, signer: Signer) -> SqliteJournal:
    """The journal of ``sale`` in ``folder``, made if there is none."""
    path = folder.journal(sale)
    if path.exists():
        return SqliteJournal.open(path, folder.anchor(sale))
    identity = JournalIdentity(sale, epoch=1, salt_key=os.urandom(SALT_KEY_BYTES), public_key=signer.public)
    return SqliteJournal.create(path, identity, folder.anchor(sale))


@dataclass(slots=True)
class House:
    """The rooms of one engine."""

    rooms: dict[str, Room]
    lock: FolderLock | None = None
    """Held until the house closes."""

    steps: Steps | None = None
    """Looks at the machine's clock."""

    halted: dict[str, JournalFault] = field(default_factory=dict)
    """Rooms that stopped, and why. They are opened again only by a restart, from the journal."""

    _stopped: trio.Event = field(default_factory=trio.Event)
    _nursery: trio.Nursery | None = None

    async def run(self) -> None:
        """
        Let every clerk work. Returns only when all rooms have stopped; a house without rooms waits for its first.

        A fault of one journal stops that room alone.
        """
        async with trio.open_nursery() as watch:
            if self.steps is not None:
                watch.start_soon(self._watch_clock, self.steps)
            self._nursery = watch
            for sale, room in self.rooms.items():
                watch.start_soon(self._work, sale, room)
            await self._stopped.wait()
            watch.cancel_scope.cancel()

    def take_up(self, sale: str, room: Room) -> None:
        """One more room, while the others are at work."""
        if self._nursery is None:
            raise AssertionError("a house takes up rooms while it runs")
        self.rooms[sale] = room
        self._nursery.start_soon(self._work, sale, room)

    async def _watch_clock(self, steps: Steps) -> None:
        while True:
            await trio.sleep(CLOCK_LOOK_S)
            jumped_ms = steps.jumped_ms()
            if jumped_ms:
                self._suspend_timed(jumped_ms)

    def _suspend_timed(self, jumped_ms: int) -> None:
        """
        Have every timed sale suspended.

        Its windows go by a clock that does not step; but what people's own clocks and ours say no longer agrees, and that is said.
        """
        for sale, room in self.rooms.items():
            state = room.clerk.memory.state
            if sale in self.halted or not proceeding.goes_by_clock(state):
                continue
            now = room.clock.now()
            command = SuspendSale(
                command_id=f"clock-{now}", by=HOUSE, reason=CLOCK_REASON.format(ms=jumped_ms), cause=Cause.CLOCK
            )
            with suppress(RoomBusy):
                room.submit(command, now, None)

    async def _work(self, sale: str, room: Room) -> None:
        try:
            await room.clerk.run()
        except RoomMoved:
            pass  # Whoever gave it away sees to it.
        except JournalFault as fault:
            self.halt(sale, fault)

    def let_go(self, sale: str) -> None:
        """A room went to another engine."""
        room = self.rooms.pop(sale)
        with suppress(JournalFault):
            room.journal.close()

    def halt(self, sale: str, fault: JournalFault) -> None:
        """A room has stopped for ``fault``."""
        self.halted[sale] = fault
        if len(self.halted) == len(self.rooms):
            self._stopped.set()

    def close(self) -> None:
        """Let go of every journal."""
        for room in self.rooms.values():
            with suppress(JournalFault):
                room.journal.close()
        if self.lock is not None:
            self.lock.release()
            self.lock = None
