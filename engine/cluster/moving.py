"""
Two engines, and a sale that goes from one to the other, over the same line as to a standby.

The giver ships the record while its room is still at work; when the taker has all of it, the room is closed by a last record that
names the taker, and that is shipped too. Then, and not before, the taker begins the next epoch, and says so with its first commit.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from engine.cluster.channel import Channel, LineLost
from engine.cluster.checked import NotBelieved, verified
from engine.cluster.course import Course, Succeedable
from engine.cluster.frames import Committed
from engine.cluster.replica import Replica
from engine.cluster.standby_frames import Have, Holds, No, Noted, Over, Ship, Stands, Takes
from engine.journal.commit import Commit
from engine.journal.faults import CopyRefused
from engine.journal.record import Record

REFUSALS: Final = frozenset({"E_MOVE_HELD", "E_MOVE_ELSEWHERE", "E_STANDBY_UNSOUND", "E_STANDBY_FORKED"})


async def give(  # noqa: PLR0913 - everything is handed in
    channel: Channel,
    journal: Succeedable,
    *,
    key: bytes,
    last: Callable[[], int],
    leave: Callable[[str], Awaitable[None]],
    page_records: int,
    note: bytes,
    on_step: Callable[[str], object],
) -> Commit:
    """
    Give the sale of ``journal`` to the engine at the other end, and return its first commit of the next epoch.

    Args:
        channel: The conversation.
        journal: Read while it may still grow.
        key: The house's public key.
        last: The last record there is, as far as it may be known of.
        leave: Close the room in favour of the engine of this name; returns when the record that says so is kept.
        page_records: Records read at once.
        note: The newest checkpoint that witnesses have cosigned; empty if none have.
        on_step: Told of each step that was taken.

    Raises:
        CopyRefused: The other engine does not take it.
        JournalFault: The journal failed.
        LineLost: The conversation is over; it may be begun again.

    """
    takes = await channel.receive()
    if not isinstance(takes, Takes):
        raise LineLost
    identity, course = journal.identity, Course(journal)
    await channel.send(Holds(identity.sale, journal.epochs(), identity.epoch, last()))
    said = await channel.receive()
    if isinstance(said, Over):
        return _successor(said, identity.sale, identity.epoch, key)
    if not isinstance(said, Stands):
        raise _refused(said)
    had = said.seq
    if had > last() or (had and await course.digest(had) != said.head):
        raise CopyRefused("E_STANDBY_FORKED", identity.sale, had)

    async def ship() -> None:
        nonlocal had
        while had < last():
            course.seq = last()
            for commit, records in await course.next(had, page_records):
                shipped = Ship(identity.sale, Committed.of(commit, records), commit.state_digest)
                await channel.send(shipped)
                answer = await channel.receive()
                if not isinstance(answer, Have) or answer.seq != commit.last:
                    raise _refused(answer)
                had = commit.last

    await ship()
    on_step("shipped")
    if note:
        await channel.send(Noted(identity.sale, note))
    await leave(takes.name)
    on_step("left")
    await ship()
    on_step("shipped whole")
    over = await channel.receive()
    if not isinstance(over, Over):
        raise _refused(over)
    return _successor(over, identity.sale, identity.epoch, key)


def _refused(said: object) -> CopyRefused | LineLost:
    return CopyRefused(said.code, said.sale, said.seq) if isinstance(said, No) and said.code in REFUSALS else LineLost()


def _successor(over: Over, sale: str, epoch: int, key: bytes) -> Commit:
    """The first commit of the next epoch, if the house signed it."""
    try:
        statement = verified(over.statement, over.signature, key)
    except NotBelieved:
        raise LineLost from None
    if statement.sale != sale or statement.epoch <= epoch:
        raise LineLost
    return Commit(statement, over.signature, ())


async def take(  # noqa: PLR0913 - everything is handed in
    channel: Channel,
    replica: Replica,
    *,
    name: str,
    begun: Callable[[str], Awaitable[Commit | None]],
    lies: Callable[[], Iterable[str]],
    begin: Callable[[str], Awaitable[Commit]],
    bound_for: Callable[[Record], str],
) -> None:
    """
    Take what the engine at the other end gives.

    Args:
        channel: The conversation.
        replica: Keeps what comes, out of the way of what is served.
        name: Ours.
        begun: The first commit of the epoch in force of a sale that is held here; None if it is not.
        lies: The sales of which something came before.
        begin: Have a sale that is here whole served, in the next epoch; returns when its first commit is safe.
        bound_for: To which engine a record gives its room; empty if to none.

    Raises:
        CopyRefused: What came does not hold.
        JournalFault: It could not be kept, or not be served.
        LineLost: The conversation is over.

    """
    await channel.send(Takes(name))
    holds = await channel.receive()
    if not isinstance(holds, Holds):
        raise LineLost
    sale = holds.sale
    ours = await begun(sale)
    if ours is not None:
        held = ours.statement.epoch <= holds.epoch
        await channel.send(No("E_MOVE_HELD", sale, 0) if held else Over(ours.text, ours.signature))
        return
    if sale in lies() and sale not in replica.copies:
        replica.open(sale)
    try:
        await replica.stand(channel, holds)
        copy = replica.copies[sale]
        last = await _last(replica, sale)
        while last is None or not bound_for(last):
            ship = await channel.receive()
            if isinstance(ship, Noted) and ship.sale == sale:
                await replica.note(ship)
                continue
            if not isinstance(ship, Ship) or ship.sale != sale:
                raise LineLost
            last = await replica.keep(channel, ship) or last
        if bound_for(last) != name:
            await channel.send(No("E_MOVE_ELSEWHERE", sale, copy.place.seq))
            return
    finally:
        _put_down(replica, sale)
    first = await begin(sale)
    await channel.send(Over(first.text, first.signature))


async def _last(replica: Replica, sale: str) -> Record | None:
    copy = replica.copies[sale]
    if copy.journal is None or not copy.place.seq:
        return None
    return (await copy.journal.read(copy.place.seq - 1, 1)).records[-1]


def _put_down(replica: Replica, sale: str) -> None:
    """What came lies there; nobody holds it."""
    copy = replica.copies.pop(sale, None)
    if copy is not None and copy.journal is not None:
        copy.journal.close()
