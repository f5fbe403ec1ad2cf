"""What a journal proves, read without serving it: replay, verification, export."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from clients.verify import ReceiptFault, verify_receipt
from engine.domain import proceeding
from engine.domain.auction.events import BidPlaced
from engine.domain.auction.state import Auction
from engine.domain.figures import sale_figures
from engine.domain.parties import Channel
from engine.domain.proceeding import State
from engine.domain.quota.events import OfferMade
from engine.domain.quota.result import result
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Refusal
from engine.domain.views import Audience, picture
from engine.journal.anchor import Anchor
from engine.journal.base import JournalIdentity
from engine.journal.commit import Commit
from engine.journal.faults import JournalTailLost
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.moment import NoSuchMoment, Until, find, seen_by
from engine.papers import ocds
from engine.papers.book import Book
from engine.room.folder import DataFolder, FolderLock
from engine.room.memory import Memory
from engine.room.recovery import blank, retrace
from engine.wire.spreadsheet import table

JOURNAL_NAME: Final = "journal.sqlite"


class NoJournal(Exception):
    """The path holds no journal."""


class EvidenceFault(Exception):
    """A receipt does not hold, or another key signed than should have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What replaying a journal showed."""

    sale: str
    records: int
    head: str
    state_digest: str
    key: str
    anchored: int | None
    """The last record the head anchor vouches for; None if there was no anchor to compare."""

    arrived_at: int
    """Stamps of the last record, in nanoseconds since 1970."""

    recorded_at: int
    phase: str | None
    """Of the sale; None before it is announced."""

    block: dict[str, Any] | None
    """The lot on the block as the public saw it."""

    figures: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A sale as it stood after a record, rebuilt from its journal."""

    identity: JournalIdentity
    anchored: int | None
    memory: Memory
    last: Record | None

    def findings(self) -> Findings:
        """What there is to be said of it."""
        state, last = self.memory.state, self.last
        return Findings(
            sale=self.identity.sale,
            records=self.memory.seq,
            head=self.memory.head.hex(),
            state_digest=proceeding.state_digest(state),
            key=self.identity.public_key.hex(),
            anchored=self.anchored,
            arrived_at=0 if last is None else last.arrived_at,
            recorded_at=0 if last is None else last.recorded_at,
            phase=None if state is None else state.phase,
            block=None if state is None else picture(state, Audience.PUBLIC).get("block"),
            figures=figures_of(state),
        )

    def seen_by(self, view: str) -> dict[str, Any]:
        """
        The picture ``view`` had (see :func:`engine.moment.seen_by`): ``{sale, epoch, seq, head, at_us, parts}``, for a bidder ``mine``.

        Raises:
            NoSuchMoment: Nobody looks so, or there was nothing to see yet.

        """
        if self.memory.state is None or self.last is None:
            raise NoSuchMoment("no sale was announced by then")
        return {
            "sale": self.identity.sale,
            "epoch": self.last.epoch,
            "seq": self.last.seq,
            "head": self.last.digest.hex(),
            "at_us": self.last.recorded_at // 1000,
            **seen_by(view, self.memory.state),
        }


def find_journal(place: Path) -> Path:
    """
    The journal at ``place``: the file itself, the folder of a sale, or a data folder that holds one sale.

    Raises:
        NoJournal: There is none, or more than one.

    """
    if place.is_file():
        return place
    if (place / JOURNAL_NAME).is_file():
        return place / JOURNAL_NAME
    found = sorted(place.glob(f"sales/*/{JOURNAL_NAME}"))
    if len(found) == 1:
        return found[0]
    if not found:
        raise NoJournal(f"{place} holds no journal ({JOURNAL_NAME})")
    raise NoJournal(f"{place} holds several journals; name one: " + ", ".join(str(path.parent) for path in found))


def find_anchor(journal: Path) -> Path | None:
    """The head anchor where an engine keeps it beside its sales; None if it is kept elsewhere."""
    anchor = journal.parent.parent.parent / "anchors" / f"{journal.parent.name}.anchor"
    return anchor if anchor.is_file() else None


def standing(
    place: Path,
    *,
    anchor: Path | None = None,
    until: Until | None = None,
    on_progress: Callable[[int], object] = lambda _seq: None,
) -> Standing:
    """
    Decide every command again, compare with what was kept, and stop at a moment.

    Args:
        place: See :func:`find_journal`.
        anchor: The head anchor, if it is not beside the journal.
        until: The moment; what came after it is neither decided nor compared. None goes to the end.
        on_progress: Told of each record.

    Raises:
        NoJournal: There is nothing to replay.
        NoSuchMoment: The journal holds no such moment.
        JournalFault: The journal is not sound; the message names the first record at fault.

    """
    path = find_journal(place)
    journal = SqliteJournal.open_to_read(path, anchor or find_anchor(path))
    try:
        seq = _last(journal, until)
        memory, last = blank(), None
        for record, memory in retrace(journal):  # noqa: B007 - the last one is what we are after
            last = record
            on_progress(record.seq)
            if record.seq == seq:
                break
        anchored = journal.anchored
        return Standing(
            identity=journal.identity,
            anchored=anchored.last if anchored is not None else None,
            memory=memory,
            last=last,
        )
    finally:
        journal.close()


def replay(
    place: Path, *, anchor: Path | None = None, on_progress: Callable[[int], object] = lambda _seq: None
) -> Findings:
    """What :func:`standing` finds at the end of a journal."""
    return standing(place, anchor=anchor, on_progress=on_progress).findings()


def _last(journal: SqliteJournal, until: Until | None) -> int | None:
    """The last record of a moment; None for the end."""
    if until is None:
        return None
    return find(until, (record for _, records in journal.history() for record in records))


def is_receipt(path: Path) -> bool:
    """Whether ``path`` is a receipt rather than a journal."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(64).lstrip()[:1] == b"{"


def check_receipt(path: Path, key: str | None) -> dict[str, Any]:
    """
    Check the receipt in ``path``.

    Raises:
        EvidenceFault: It does not hold; the message says which of its parts does not.

    """
    try:
        receipt = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise EvidenceFault(f"{path.name} is no receipt: {error}") from error
    try:
        verify_receipt(receipt, key)
    except ReceiptFault as fault:
        raise EvidenceFault(f"the receipt does not hold: {fault}") from fault
    header = orjson.loads(receipt["header"])
    return {"sale": header["sale"], "seq": header["seq"], "key": receipt["key"]}


def check_key(found: str, wanted: str | None) -> None:
    """
    Compare the key that signed with the one that should have.

    Raises:
        EvidenceFault: They differ.

    """
    if wanted is not None and found != wanted.lower():
        raise EvidenceFault(f"signed by {found}, not by {wanted}")


def adopt(
    data: Path,
    sale: str,
    *,
    anchors: Path | None,
    go_on: bool,
    on_progress: Callable[[int], object] = lambda _seq: None,
) -> tuple[int, str]:
    """
    Verify a journal whose anchor is lost and, if ``go_on``, anchor it as it stands. ``on_progress`` is told of each record.

    Returns:
        The last record's seq and digest.

    Raises:
        NoJournal: There is none.
        JournalFault: It is not sound, or the anchor that is there proves that records are missing.

    """
    folder = DataFolder(data, anchors)
    path = folder.journal(sale)
    if not path.is_file():
        raise NoJournal(f"{data} holds no sale {sale!r}")
    journal = SqliteJournal.open_to_read(path)
    try:
        for record, _ in retrace(journal):
            on_progress(record.seq)
        commits = [commit for commit, _ in journal.history()]
    finally:
        journal.close()
    if not commits:
        raise NoJournal(f"the journal of {sale!r} holds no record yet; nothing is lost")
    lock = FolderLock(folder)
    try:
        _anchor_anew(Anchor(folder.anchor(sale), journal.identity.public_key), commits, go_on=go_on)
    finally:
        lock.release()
    return commits[-1].last, commits[-1].head.hex()


def _anchor_anew(anchor: Anchor, commits: list[Commit], *, go_on: bool) -> None:
    """Write the last of ``commits`` into both slots, unless what the anchor holds proves that something is missing."""
    try:
        anchored = anchor.read()
        last = commits[-1]
        if anchored is not None and anchored.last > last.last:
            raise JournalTailLost(last.last + 1, anchored.last)
        heads = {commit.last: commit.head for commit in commits}
        if anchored is not None and heads.get(anchored.last) != anchored.head:
            raise JournalTailLost(anchored.last, anchored.last, forked=True)
        if go_on:
            anchor.write(last)
            anchor.write(last)
    finally:
        anchor.close()


def book_of(
    place: Path,
    *,
    anchor: Path | None = None,
    until: Until | None = None,
    on_progress: Callable[[int], object] = lambda _seq: None,
) -> Book:
    """
    What papers are made of, once every decision has been compared with what was kept.

    Args:
        place: See :func:`find_journal`.
        anchor: The head anchor, if it is not beside the journal.
        until: The moment as of which papers are made: they have the bytes of those made then. None for the end.
        on_progress: Told of each record.

    Raises:
        NoJournal: There is nothing to make papers of.
        NoSuchMoment: The journal holds no such moment.
        JournalFault: The journal is not sound; the message names the first record at fault.

    """
    path = find_journal(place)
    journal = SqliteJournal.open_to_read(path, anchor or find_anchor(path))
    try:
        seq = _last(journal, until)
        for record, _ in retrace(journal):
            on_progress(record.seq)
        anchored = journal.anchored
        history = journal.history() if seq is None else _up_to(seq, journal.history())
        return Book.of(journal.identity, history, anchored=None if anchored is None else anchored.last)
    finally:
        journal.close()


def _up_to(
    seq: int, history: Iterator[tuple[Commit, tuple[Record, ...]]]
) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
    """The records up to ``seq``, with the commits they were kept in."""
    for commit, records in history:
        if commit.first > seq:
            return
        yield commit, tuple(record for record in records if record.seq <= seq)


def figures_of(state: State | None) -> dict[str, Any]:
    """A sale's closing figures, as ``luochui demo --json`` prints them."""
    if state is None:
        return {}
    if isinstance(state, QuotaSale):
        return result(state)
    if not isinstance(state, Auction):
        return {"sale": state.sale, "phase": state.phase, "stage": state.stage}
    figures = sale_figures(state)
    top = figures.top
    return {
        "sale": state.sale,
        "phase": state.phase,
        "lots": figures.lots,
        "sold": figures.sold,
        "passed": figures.passed,
        "turnover_fen": figures.turnover,
        "opening_fen": figures.opening,
        "premium": figures.premium,
        "top": {"plate": top.plate, "hammer_fen": top.hammer_price} if top else None,
        "hall_sold": figures.hall_sold,
        "online_sold": figures.online_sold,
        "bids": sum(len(lot.bids) for lot in state.lots.values()),
    }


def export_records(place: Path, on_progress: Callable[[int], object] = lambda _seq: None) -> Iterator[bytes]:
    """Every record in full, a JSON line each: for the archive, not for the public."""
    for record, _ in _histories(place, on_progress):
        yield (
            orjson.dumps(
                {
                    "header": record.header(),
                    "digest": record.digest.hex(),
                    "command": record.command_bytes.decode(),
                    "command_salt": record.command_salt.hex(),
                    "outcome": record.outcome_bytes.decode(),
                    "outcome_salt": record.outcome_salt.hex(),
                }
            )
            + b"\n"
        )


def export_bids(place: Path, on_progress: Callable[[int], object] = lambda _seq: None) -> Iterator[bytes]:
    """Every accepted bid or offer, a CSV row each, in the order of the record; an offer is for no lot but in a class."""
    yield table([("seq", "lot", "plate", "paddle", "channel", "amount_fen", "arrived_at_ns", "recorded_at_ns")])
    for record, memory in _histories(place, on_progress):
        if isinstance(record.outcome, Refusal):
            continue
        for event in record.outcome:
            what: tuple[object, ...]
            match event, memory.state:
                case BidPlaced(), Auction() as auction:
                    what = event.lot, auction.lots[event.lot].plate, event.paddle, event.channel
                case OfferMade(), QuotaSale() as sale:
                    what = "", sale.class_of(event.paddle), event.paddle, Channel.ONLINE
                case _:
                    continue
            yield table([(record.seq, *what, event.amount, record.arrived_at, record.recorded_at)])


def export_lots(place: Path, on_progress: Callable[[int], object] = lambda _seq: None) -> Iterator[bytes]:
    """Every lot and what became of it, a CSV row each."""
    yield table([("lot", "plate", "opening_fen", "phase", "hammer_fen", "paddle", "bids")])
    state = None
    for _, memory in _histories(place, on_progress):
        state = memory.state
    if isinstance(state, Auction):
        for lot in state.lots.values():
            winner = lot.standing[-1].paddle if lot.hammer_price is not None else ""
            price = lot.hammer_price if lot.hammer_price is not None else ""
            yield table([(lot.number, lot.plate, lot.opening_price, lot.phase, price, winner, len(lot.bids))])


def export_ocds(
    place: Path, on_progress: Callable[[int], object] = lambda _seq: None, *, prefix: str, publisher: str
) -> Iterator[bytes]:
    """A finished opening as an OCDS release package; see :func:`engine.papers.ocds.package`."""
    yield ocds.package(book_of(place, on_progress=on_progress), prefix, publisher) + b"\n"


def _histories(place: Path, on_progress: Callable[[int], object]) -> Iterator[tuple[Record, Memory]]:
    path = find_journal(place)
    journal = SqliteJournal.open_to_read(path, find_anchor(path))
    try:
        for record, memory in retrace(journal):
            on_progress(record.seq)
            yield record, memory
    finally:
        journal.close()
