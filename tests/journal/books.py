"""Records to keep: one small sale, made without a clerk, always the same to the byte."""

from collections.abc import Iterable
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.domain import proceeding
from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CallWarning,
    CatalogueEntry,
    OpenLot,
    OpenSale,
    PlaceBid,
    StrikeHammer,
    SuspendSale,
    Title,
    WithdrawBid,
)
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import Command, State
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import IncrementBand, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.journal.base import JournalIdentity
from engine.journal.commit import Commit, sign_commit
from engine.journal.record import GENESIS, Record, seal
from engine.journal.signing import Signer
from engine.wire.codec import Outcome, encode_command, encode_outcome

SIGNER = Signer.of(Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
STRANGER = Signer.of(Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
IDENTITY = JournalIdentity("trial", epoch=1, salt_key=b"salt" * 8, public_key=SIGNER.public)
AUCTIONEER, CLERK = Principal("auctioneer:1"), Principal("clerk:1")
NOON = 1_800_000_000_000_000_000

Kept = tuple[tuple[Record, ...], Commit]
"""What :meth:`engine.journal.base.Journal.append` takes."""


def sale_commands() -> list[Command]:
    """A sale of one lot: announced, opened, bid for, refused, called, suspended, knocked down. 19 commands."""
    number = count(1)

    def asked(by: Principal) -> dict[str, object]:
        return {"command_id": f"c{next(number)}", "by": by}

    rules = RuleSheet(increments=(IncrementBand(from_price=Fen(0), step=Fen(500_00)),))
    entry = CatalogueEntry(lot=LotNo(1), plate="豫H8H888", opening_price=Fen(10_000_00))
    announced = AnnounceSale(
        **asked(HOUSE),  # type: ignore[arg-type]
        sale="trial",
        title=Title(zh="试拍", en="Trial"),
        rules=rules,
        catalogue=(entry,),
    )

    def bid(paddle: int, yuan: int, by: Principal | None = None) -> PlaceBid:
        number_ = PaddleNo(paddle)
        return PlaceBid(**asked(by or bidder(number_)), lot=LotNo(1), paddle=number_, amount=Fen(yuan * 100))  # type: ignore[arg-type]

    def admit(paddle: int, channel: Channel) -> AdmitPaddle:
        return AdmitPaddle(**asked(CLERK), paddle=PaddleNo(paddle), channel=channel, deposits=1)  # type: ignore[arg-type]

    def call(nth: int, yuan: int) -> CallWarning:
        return CallWarning(**asked(AUCTIONEER), lot=LotNo(1), call=nth, price=Fen(yuan * 100))  # type: ignore[arg-type]

    return [
        announced,
        admit(8, Channel.ONLINE),
        admit(9, Channel.ONLINE),
        admit(51, Channel.HALL),
        bid(8, 10_000),  # too early
        OpenSale(**asked(AUCTIONEER)),  # type: ignore[arg-type]
        OpenLot(**asked(AUCTIONEER), lot=LotNo(1)),  # type: ignore[arg-type]
        bid(8, 10_000),
        bid(9, 10_100),  # below the step
        bid(51, 10_500, CLERK),
        call(1, 10_500),
        bid(9, 11_500),
        WithdrawBid(**asked(bidder(PaddleNo(9))), lot=LotNo(1), paddle=PaddleNo(9)),  # type: ignore[arg-type]
        call(1, 11_500),
        call(2, 11_500),
        call(3, 11_500),
        StrikeHammer(**asked(AUCTIONEER), lot=LotNo(1), price=Fen(11_500_00)),  # type: ignore[arg-type]
        bid(8, 12_000),  # sold already
        SuspendSale(**asked(AUCTIONEER), reason="停电"),  # type: ignore[arg-type]
    ]


SIZES = (4, 1, 2, 3, 1, 5, 3)
"""Records in each commit of :func:`book`: 19 in all."""


class Scribe:
    """Makes records as a clerk would, and keeps them nowhere."""

    def __init__(self, identity: JournalIdentity = IDENTITY, signer: Signer = SIGNER, noon: int = NOON) -> None:
        self.identity, self.signer, self.noon = identity, signer, noon
        self.state: State | None = None
        self.seq, self.head = 0, GENESIS

    def record(self, command: Command) -> Record:
        self.seq += 1
        at = Nanoseconds(self.noon + self.seq * 1_000)
        outcome: Outcome
        try:
            outcome = proceeding.decide(self.state, command, at)
        except Refusal as refusal:
            outcome = refusal
        else:
            for event in outcome:
                self.state = proceeding.apply(self.state, event)
        return self.seal(command, outcome, at)

    def seal(self, command: Command, outcome: Outcome, at: Nanoseconds) -> Record:
        record = seal(
            sale=self.identity.sale,
            epoch=self.identity.epoch,
            seq=self.seq,
            arrived_at=at,
            recorded_at=Nanoseconds(at + 7),
            command=command,
            command_bytes=encode_command(command),
            outcome=outcome,
            outcome_bytes=encode_outcome(outcome),
            prev=self.head,
            salt_key=self.identity.salt_key,
        )
        self.head = record.digest
        return record

    def batch(self, commands: Iterable[Command]) -> Kept:
        records = tuple(self.record(command) for command in commands)
        rules = proceeding.rules_digest(self.state)
        return records, sign_commit(records, self.signer, rules, proceeding.kept_digest(self.state))


def book(sizes: tuple[int, ...] = SIZES, identity: JournalIdentity = IDENTITY, signer: Signer = SIGNER) -> list[Kept]:
    """The sale's records, so many in each commit."""
    scribe, commands = Scribe(identity, signer), iter(sale_commands())
    return [scribe.batch(next(commands) for _ in range(size)) for size in sizes]


def same_record(one: Record, other: Record) -> bool:
    """Everything equal; headers and salts follow from what is compared, and a refusal is compared by its spelling."""
    return (
        (one.sale, one.epoch, one.seq, one.arrived_at, one.recorded_at, one.command_bytes, one.outcome_bytes)
        == (
            other.sale,
            other.epoch,
            other.seq,
            other.arrived_at,
            other.recorded_at,
            other.command_bytes,
            other.outcome_bytes,
        )
        and (one.prev, one.digest, one.salt_key) == (other.prev, other.digest, other.salt_key)
        and one.command == other.command
        and encode_outcome(other.outcome) == one.outcome_bytes
    )


def assert_same_history(found: Iterable[tuple[Commit, tuple[Record, ...]]], kept: Iterable[Kept]) -> None:
    found, kept = list(found), list(kept)
    assert [commit for commit, _ in found] == [commit for _, commit in kept]
    for (_, there), (here, _) in zip(found, kept, strict=True):
        assert len(there) == len(here)
        assert all(map(same_record, there, here))
