"""
Between the tail of one room and the browsers that look at it.

The hub keeps its own copy of the state by applying the same records, so a new viewer's first picture needs no question to the room.
There is no way back to the room except ``submit``.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import trio

from engine.domain import proceeding
from engine.domain.auction.events import BidPlaced, BidVoided, SaleResumed
from engine.domain.opening.commands import Gap, SubmitEnvelope
from engine.domain.parties import Channel, Principal, role_of
from engine.domain.proceeding import Event, State
from engine.domain.quota.events import OfferMade
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.domain.views import (
    Audience,
    alike,
    all_concerned,
    concerned,
    mine,
    picture,
    present,
    veiled,
)
from engine.gateway.audience import Gallery, Scene
from engine.gateway.broadcaster import Broadcaster
from engine.gateway.connection import Connection
from engine.gateway.frames import frame, notice, payload, refused
from engine.gateway.guest import Guest
from engine.gateway.house_reports import HouseReports
from engine.gateway.outbox import Shared, conflated
from engine.gateway.outposts import Outposts
from engine.gateway.pacing import FEED, Pace, PaceSettings
from engine.gateway.post import Hearer, Post
from engine.gateway.presence import Presence
from engine.gateway.slips import Kept, Slip, Slips, TurnedAway
from engine.gateway.standpoint import ANNOUNCED, Place, Standpoint
from engine.gateway.viewer import Viewer, audience_of
from engine.journal.asking import RoomBusy
from engine.journal.faults import JournalFault, RoomMoved
from engine.journal.record import Record
from engine.journal.tail import Batch, Standing, Tail
from engine.meters import Meters
from engine.wire.attendance import Attendance
from engine.wire.messages import Position, own_paddle
from engine.wire.refusals import Fault

TOLD_AT_ONCE: Final = 256
"""Viewers told of a checkpoint before other tasks get their turn."""

_MOVES_PRICE: Final = frozenset({BidPlaced, BidVoided, SaleResumed})


@dataclass(frozen=True, slots=True)
class HubSettings:
    """Limits of one sale's hub."""

    frames_max: int = 2048
    """Latest shared frames held for viewers who come back."""

    heads_max: int = 16_384
    """Latest record digests held to check where a viewer stands."""

    unknown_after_s: float = 2.0
    """A command undecided for so long is answered with "unknown, ask again"."""

    page_max: int = 500
    """Records on one page of the public record."""

    online_max: int = 1000
    """Of more bidders than this the rostrum is told how many they are, and not which."""

    outposts_max: int = 256
    """Gateways elsewhere whose viewers are counted in one sale."""

    outpost_silent_s_max: float = 4.0
    """One that has not said for so long who is there is taken for lost, and so are all bidders who are nowhere else."""

    pace: PaceSettings = field(default_factory=PaceSettings)
    """How quota sales are shown."""


def _halted(fault: JournalFault) -> Fault:
    return Fault.ROOM_MOVED if isinstance(fault, RoomMoved) else Fault.ENGINE_HALTED_STORAGE


class Hub:
    """One sale's viewers, and what they are shown."""

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        sale: str,
        epoch: int,
        public_key: bytes,
        standing: Standing,
        tail: Tail,
        kept: Kept,
        submit: Callable[[Any, Nanoseconds, object], None],
        now: Callable[[], Nanoseconds],
        broadcaster: Broadcaster,
        settings: HubSettings,
        meters: Meters,
        announced: bytes | None = None,
        sign: Callable[[bytes], bytes] | None = None,
        missing: Callable[[SubmitEnvelope], tuple[Gap, ...]] = lambda _: (),
        release: Callable[[SubmitEnvelope], None] = lambda _: None,
    ) -> None:
        self.sale, self.epoch, self.public_key = sale, epoch, public_key
        self.halted: JournalFault | None = None
        self._waits = False
        """Whether nothing is acknowledged until the standby is back."""

        self._behind = 0
        """How many records the second copy lacks that should long be there."""

        self._state, self._seq, self._head = standing.state, standing.seq, standing.head
        self.veiled = veiled(standing.state)
        """Whether nobody may know how far the record is."""

        self._announced = announced or standing.head
        self._stand = Standpoint(
            sale=sale,
            epoch=epoch,
            seq=standing.seq,
            head=standing.head,
            veiled=veiled(standing.state),
            opened_at=now(),
            heads_max=settings.heads_max,
        )
        self._tail, self._kept, self._submit = tail, kept, submit
        self._count = tail.count
        self._missing = missing
        self._broadcaster = broadcaster
        self._settings = settings
        self._meters = meters
        self._galleries = {
            audience: Gallery(audience, seq=self._stand.seq, frames_max=settings.frames_max) for audience in Audience
        }
        self._pace: Pace | None = None
        if isinstance(standing.state, QuotaSale):
            self._pace = Pace(self._galleries, settings.pace, broadcaster.offer, trio.current_time)
        self._viewers: dict[Connection, Viewer] = {}
        self._guests: dict[Guest, None] = {}
        """Viewers whose sockets other processes hold."""

        self._presence = Presence()
        self._outposts = Outposts(self._presence, settings.outposts_max, settings.outpost_silent_s_max)
        self._accepted: Counter[Channel] = Counter()
        """Bids of the commit being shown."""

        self._price_seq = standing.seq
        """The record that made the leading price what it is."""

        self._reports = HouseReports(self._presence, submit, now)
        self._slips = Slips(self, kept=kept, public_key=public_key, sign=sign, release=release, meters=meters)
        self._nursery: trio.Nursery | None = None
        self._presence_changed = False
        self._followers: list[Callable[[Record], None]] = []
        self._pictures: dict[Audience, tuple[tuple[int, int, Any], bytes]] = {}
        """By audience: the record, the place and the pace it shows, and the newest picture, as a frame."""

        self._checkpoint = b""
        """The newest checkpoint, as a frame."""

        self._untold: set[Connection] = set()
        """Viewers that could not take it."""

    # For viewers.

    @property
    def state(self) -> State:
        """The hub's own copy of the sale. To be read only."""
        if self._state is None:
            raise AssertionError("a hub opens after its sale was announced")
        return self._state

    @property
    def seq(self) -> int:
        """The last record that may be known of."""
        return ANNOUNCED if self.veiled else self._seq

    @property
    def head(self) -> bytes:
        """Its digest."""
        return self._announced if self.veiled else self._head

    def __len__(self) -> int:
        """How many viewers there are, guests among them."""
        return len(self._viewers) + len(self._guests)

    @property
    def waiting(self) -> int:
        """How many commands wait for their answer."""
        return len(self._slips.waiting)

    def by_role(self) -> dict[str, int]:
        """How many viewers there are of each role."""
        count: dict[str, int] = {"public": 0}
        for principal in self._principals():
            role = "public" if principal is None else role_of(principal)
            count[role] = count.get(role, 0) + 1
        return count

    def _principals(self) -> Iterator[Principal | None]:
        yield from (viewer.principal for viewer in self._viewers.values())
        yield from (guest.principal for guest in self._guests)

    def join(
        self, connection: Connection, principal: Principal | None, after: Position | None, greeting: bytes = b""
    ) -> None:
        """Let a viewer in and bring it up to date, ``greeting`` first: the frames it lacks, or a new picture. All in one write."""
        viewer = Viewer(connection, principal)
        said = b"".join((greeting, *self._first_words(viewer, after)))
        if said:
            connection.catch_up(said)
        if connection.dead:
            return  # It was gone before it could be told anything: nobody would ever say again that it has left.
        self._viewers[connection] = viewer
        self._galleries[viewer.audience].members[connection] = connection.send
        if viewer.paddle is not None:
            self._presence.join(viewer.paddle, connection)
        self._presence_changed = True

    def _first_words(self, viewer: Viewer, after: Position | None) -> Iterator[bytes]:
        """What one who comes in now is told, frame by frame."""
        lacking = (
            self._galleries[viewer.audience].since(after.seq)
            if after is not None and self._stand.continues(after)
            else None
        )
        if lacking is None:
            if after is not None:
                if not self.veiled:
                    self._meters.resynced()
                yield notice(Fault.RESYNC_REQUIRED)
            yield self._picture(viewer.audience)
        elif lacking:
            yield conflated(lacking).shared().ready
        if self._checkpoint:
            yield self._checkpoint
        if viewer.paddle is not None:
            yield self._own(viewer.paddle)
        if self.halted is not None:
            yield notice(_halted(self.halted))
        elif self._waits:
            yield notice(Fault.STANDBY_LOST)
        if self._behind:
            yield frame("behind", records=self._behind)

    def lodge(self, guest: Guest) -> None:
        """A viewer came in who is shown the sale by another process."""
        self._guests[guest] = None
        if (paddle := guest.paddle) is not None:
            self._presence.join(paddle, guest)
        self._presence_changed = True

    def guest_saw(self, guest: Guest, seq: int) -> None:
        """The page of a guest has shown record ``seq``, which is there: the other process has seen to that."""
        if (paddle := guest.paddle) is not None:
            self._presence.see(paddle, guest, seq)
            self._report_shown()

    def guest_left(self, guest: Guest) -> None:
        """He is gone."""
        del self._guests[guest]
        if (paddle := guest.paddle) is not None:
            self._presence.leave(paddle, guest, trio.current_time())
        self._presence_changed = True

    def attendance(self) -> Attendance:
        """Who looks on in this process: for the engine that counts those at all its gateways, and for nobody else."""
        if self.veiled:
            return Attendance()
        return Attendance(sum(each is None for each in self._principals()), tuple(self._presence.showing()))

    def outpost_said(self, name: str, attendance: Attendance, age_s: float) -> None:
        """A gateway elsewhere said so many seconds ago who is there, in the place of what it said before."""
        if not self.veiled:
            self._presence_changed |= self._outposts.hear(name, attendance, self._seq, age_s, trio.current_time())

    def follow(self, on_record: Callable[[Record], None]) -> None:
        """Call ``on_record`` with each record from now on, as it is shown."""
        self._followers.append(on_record)

    def leave(self, connection: Connection) -> None:
        """A viewer is gone. What it asked for is decided all the same."""
        viewer = self._viewers.pop(connection, None)
        if viewer is None:
            return
        self._galleries[viewer.audience].members.pop(connection, None)
        self._untold.discard(connection)
        if viewer.paddle is not None:
            self._presence.leave(viewer.paddle, connection, trio.current_time())
        self._presence_changed = True

    async def show_checkpoint(self, ready: bytes) -> None:
        """Tell everybody of a checkpoint, behind the record it covers. Who cannot take it now hears of the newest when he can."""
        self._checkpoint = ready
        self._untold.clear()
        self._broadcaster.close_with(self._galleries.values(), ready, self._missed_checkpoint)

    def _missed_checkpoint(self, connection: Connection) -> None:
        if connection in self._viewers:
            self._untold.add(connection)

    def _tell_checkpoint(self, connection: Connection) -> None:
        if connection.blocked:
            self._untold.add(connection)
        else:
            self._untold.discard(connection)
            connection.write(self._checkpoint)

    def let_go(self) -> None:
        """Every viewer shall come back, here or elsewhere: what is shown here may be old."""
        for connection in tuple(self._viewers):
            connection.drop()

    def wait_for_standby(self, *, waits: bool) -> None:
        """Tell everybody that nothing is acknowledged until the standby is back, or that it is."""
        if waits == self._waits:
            return
        self._waits = waits
        for connection in tuple(self._viewers):
            connection.write(notice(Fault.STANDBY_LOST if waits else Fault.STANDBY_BACK))

    def show_behind(self, records: int) -> None:
        """Tell everybody how many records the second copy lacks that should long be there."""
        if records == self._behind:
            return
        self._behind = records
        for connection in tuple(self._viewers):
            connection.write(frame("behind", records=records))

    def seen(self, connection: Connection, seq: int) -> None:
        """A viewer's page has shown the sale as it stood after record ``seq``."""
        viewer = self._viewers.get(connection)
        if viewer is not None and viewer.paddle is not None:
            self._presence.see(viewer.paddle, connection, min(seq, self._seq))
            self._report_shown()

    def ask(self, hearer: Hearer, command_id: str, content: Any, arrived_at: Nanoseconds) -> None:
        """
        Hand a command or an inquiry to the room; the answer goes to ``hearer``.

        Raises:
            RoomBusy: The room takes nothing more at the moment.

        """
        if self.halted is not None:
            hearer.hear(refused(_halted(self.halted), command_id))
            return
        slip = Slip(hearer, command_id, trio.current_time())
        if isinstance(content, SubmitEnvelope):
            try:
                slip.submitted = content = replace(content, gaps=self._missing(content))
            except TurnedAway as no:
                hearer.hear(payload("refused", id=command_id, **no.said))
                return
        try:
            self._submit(content, arrived_at, slip)
        except RoomBusy:
            self._slips.decided(slip)
            raise
        self._slips.waiting[slip] = None

    async def read(self, after: int, limit: int) -> Any:
        """Records that are kept, no more than one page of them. See :class:`engine.journal.base.Journal`."""
        return await self._kept.read(after, min(limit, self._settings.page_max))

    def picture(self, principal: Principal | None) -> dict[str, Any]:
        """Everything ``principal``, or None for the public, may see now; a bidder's own part as ``mine``."""
        paddle = None if principal is None else own_paddle(principal)
        whole = self._whole(audience_of(principal))
        return whole if paddle is None else {**whole, "mine": mine(self.state, paddle)}

    # Following the tail.

    async def run(self) -> None:
        """Follow the room until it stops or we are cancelled."""
        async with trio.open_nursery() as nursery:
            self._nursery = self._slips.work = nursery
            nursery.start_soon(self._broadcaster.run)
            nursery.start_soon(self._watch)
            if self._pace is not None:
                nursery.start_soon(self._beat, self._pace)
            try:
                while True:
                    for batch in await self._tail.after(self._count):
                        self._count += 1
                        self._show(batch)
            except JournalFault as fault:
                self.halt(fault)

    def _show(self, batch: Batch) -> None:
        """Answers first, then what concerns single bidders, then the hall: what was kept together is shown together."""
        concerned_paddles: set[PaddleNo] = set()
        public, bidders, rostrum = (Scene(audience) for audience in Audience)
        everybody = False
        for record in batch.records:
            events, place = self._carry(record)
            if not events:
                continue
            concerned_paddles |= concerned(self.state, events)
            everybody = everybody or all_concerned(self.state, events)
            if self._pace is not None and isinstance(self.state, QuotaSale):
                self._pace.take(self.state, record, events)
            else:
                heard = public.add(self.state, place, events)
                bidders.add(self.state, place, events, heard if alike(self.state) else None)
                rostrum.add(self.state, place, events)
                if place is public.last or place is bidders.last or place is rostrum.last:
                    self._stand.show(place)
        post, now, answered = Post(), trio.current_time(), self._slips.answer
        for slip, answer in batch.answers:
            if isinstance(slip, Slip):
                answered(slip, answer, batch.commit, post, now)
        for paddle in concerned_paddles:
            self._tell_own(paddle, self._presence.of(paddle), post)
        post.deliver()
        if everybody and self._nursery is not None:
            self._nursery.start_soon(self._tell_each)
        for channel, count in self._accepted.items():
            self._meters.bid_accepted(channel, count)
        self._accepted.clear()
        self._offer(public, bidders, rostrum)
        if self._pace is not None and isinstance(self.state, QuotaSale):
            self._pace.settle(self.state)

    def _carry(self, record: Record) -> tuple[tuple[Event, ...], Place]:
        """Apply ``record``; the events it brought about, none for a refusal, and where it stands for those who are shown it."""
        self._seq, self._head = record.seq, record.digest
        events = () if isinstance(record.outcome, Refusal) else record.outcome
        before = self.veiled
        for event in events:
            self._state = proceeding.apply(self._state, event)
            kind = type(event)
            if kind is BidPlaced or kind is OfferMade:
                self._accepted[event.channel if isinstance(event, BidPlaced) else Channel.ONLINE] += 1
            if kind in _MOVES_PRICE:
                self._price_seq = record.seq
        if events:
            self.veiled = veiled(self._state)
        place = self._stand.carry(record, veiled=self.veiled)
        self._presence_changed |= before and not self.veiled
        for follower in self._followers:
            follower(record)
        if isinstance(record.outcome, Refusal) and not self.veiled:
            self._meters.refused(record.outcome.reason)
        return events, place

    def _offer(self, public: Scene, bidders: Scene, rostrum: Scene) -> None:
        """Let each audience be shown what the records of a commit, all applied, look like to it."""
        shown: Shared | None = None
        for scene in (public, bidders, rostrum):
            gallery = self._galleries[scene.audience]
            if scene is bidders and scene.alike and shown is not None:
                one: Shared | None = gallery.take(shown)
            else:
                one = shown = gallery.frame(self.state, scene)
            if one is not None:
                self._broadcaster.offer(gallery, one)

    def halt(self, fault: JournalFault) -> None:
        """Storage failed, or the sale went to another engine: nothing more is promised, and everybody is told."""
        self.halted = fault
        self._slips.give_up()
        for connection in tuple(self._viewers):
            connection.write(notice(_halted(fault)))

    async def _beat(self, pace: Pace) -> None:
        """Show watchers what has changed, a few times a second."""
        while True:
            await trio.sleep(self._settings.pace.every_s)
            assert isinstance(self.state, QuotaSale)
            pace.beat(self.state, waiting=len(self._slips.waiting), busy=self._broadcaster.busy)

    async def _tell_each(self) -> None:
        """Tell every bidder who is here how he stands: something changed for all at once."""
        paddles = self._presence.paddles()
        for at in range(0, len(paddles), TOLD_AT_ONCE):
            for paddle in paddles[at : at + TOLD_AT_ONCE]:
                self._tell_own(paddle, self._presence.of(paddle))
            await trio.lowlevel.checkpoint()

    async def _watch(self) -> None:
        """Tell askers who wait too long that the outcome is not known yet; tell the rostrum who is there."""
        while True:
            await trio.sleep(self._settings.unknown_after_s / 8)
            self._slips.tell_unknown(self._settings.unknown_after_s)
            if self._presence_changed:
                self._presence_changed = False
                self._tell_presence()
            for connection in tuple(self._untold):
                self._tell_checkpoint(connection)
            self._presence_changed |= self._outposts.forget(trio.current_time())
            self._report_shown()
            self._reports.loss(self.state, self._seq)

    def _report_shown(self) -> None:
        self._reports.shown(self.state, self._price_seq)

    # What is written.

    def _picture(self, audience: Audience) -> bytes:
        """Made once for all who come between two records: a hall that comes back at once shall not wait for as many pictures."""
        now = self._seq, self._stand.seq, self._feed(audience)
        kept = self._pictures.get(audience)
        if kept is None or kept[0] != now:
            kept = self._pictures[audience] = now, frame("picture", **self._whole(audience))
        return kept[1]

    def _feed(self, audience: Audience) -> Any:
        """The pace at which ``audience`` is shown, where there is one."""
        return self._pace.feed() if self._pace is not None and audience is not Audience.ROSTRUM else None

    def _whole(self, audience: Audience) -> dict[str, Any]:
        parts = picture(self.state, audience)
        if (feed := self._feed(audience)) is not None:
            parts[FEED] = feed
        return {
            "epoch": self.epoch,
            "seq": self._stand.seq,
            "head": self._stand.head.hex(),
            "parts": parts,
        }

    def _own(self, paddle: PaddleNo) -> bytes:
        """How a bidder stands, as a frame for nobody else."""
        return frame("mine", seq=self._stand.seq, part=mine(self.state, paddle))

    def _tell_own(self, paddle: PaddleNo, connections: set[Connection], post: Post | None = None) -> None:
        if connections:
            data = self._own(paddle)
            for connection in tuple(connections):
                if post is None:
                    connection.write(data)
                else:
                    post.leave(connection, data)

    def _tell_presence(self) -> None:
        if self.veiled:
            return
        here = present(self.state, self._presence.paddles())
        bidders = len(here)
        online = here if bidders <= self._settings.online_max else []
        watchers = sum(principal is None for principal in self._principals()) + self._outposts.watchers
        data = frame("presence", online=online, watchers=watchers, bidders=bidders)
        for connection in tuple(self._galleries[Audience.ROSTRUM].members):
            connection.write(data)
