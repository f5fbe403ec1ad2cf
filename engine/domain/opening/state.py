"""How an opening stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from engine.domain.auction.commands import Title
from engine.domain.auction.state import Announcement, SalePhase, Suspension
from engine.domain.canonical import digest
from engine.domain.opening.commands import DepositStatus, Half
from engine.domain.opening.evidence import Evidence, LapseCause, Trouble, Why
from engine.domain.opening.sheet import Ceiling, TenderSheet
from engine.domain.opening.stage import Stage
from engine.domain.parties import Role
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from engine.sealing.content import SheetContent
from engine.sealing.manifest import Manifest

Key = tuple[str, PaddleNo]
"""Section and bidder: one envelope at most stands for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """Who may bid."""

    number: PaddleNo
    name: str
    certificate: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Why an envelope is not opened."""

    cause: LapseCause
    why: Why
    evidence: str | None
    reason: str | None
    at: Nanoseconds


@dataclass(slots=True, kw_only=True)
class Envelope:
    """An envelope that stands."""

    bidder: PaddleNo
    section: str
    manifest: Manifest
    signature: str
    at: Nanoseconds

    own: bytes | None = None
    """K1, once it is known."""

    own_by: Half | None = None
    """REMEDY where trustees gave it; None where the bidder did."""

    unsealed_at: Nanoseconds | None = None
    hall: bytes | None = None
    """K2, once it is known."""

    hall_refuted: bool = False
    """Whether what was wrapped to the hall proved to be no such half."""

    answers: dict[tuple[Half, int], str] = field(default_factory=dict)
    """What held by its proof, by half and trustee."""

    troubles: list[tuple[Trouble, Nanoseconds]] = field(default_factory=list)
    evidence: Evidence | None = None
    lapse: Lapse | None = None
    content: SheetContent | None = None
    """The opening sheet, once it is known."""

    confirmed_at: Nanoseconds | None = None

    @property
    def settled(self) -> bool:
        """Whether it is open, or never will be."""
        return self.content is not None or self.lapse is not None

    @property
    def hall_known(self) -> bool:
        """Whether the hall's half is there, or is known to be none."""
        return self.hall is not None or self.hall_refuted

    def answered(self, half: Half) -> list[int]:
        """Which trustees' answers hold."""
        return [trustee for which, trustee in self.answers if which is half]

    def fork(self) -> "Envelope":
        """The same, to go on by itself."""
        return replace(self, answers=self.answers.copy(), troubles=self.troubles.copy())

    def summary(self) -> list[Any]:
        """Everything that is known of it."""
        return [
            [self.section, self.bidder, self.manifest.write().decode(), self.signature, self.at],
            [_hex(self.own), self.own_by, self.unsealed_at, _hex(self.hall), self.hall_refuted],
            [[half, trustee, said] for (half, trustee), said in self.answers.items()],
            [[trouble, at] for trouble, at in self.troubles],
            [self.evidence, self.lapse, self.content, self.confirmed_at],
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What a bidder objects to, and the answer."""

    no: int
    bidder: PaddleNo
    text: str
    at: Nanoseconds
    answer: str | None = None
    answered_at: Nanoseconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeProposal:
    """Another time, wanted by one officer."""

    deadline: Nanoseconds
    reason: str
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A coefficient and what it was drawn from."""

    permille: int
    seed: str


@dataclass(slots=True, kw_only=True)
class Opening:
    """One opening."""

    sale: str
    title: Title
    rules: TenderSheet
    rules_digest: str
    deadline: Nanoseconds
    """As it stands: two officers may have put it off."""

    stage: Stage = Stage.RECEIVING
    suspension: Suspension | None = None
    announcement: Announcement | None = None
    proposal: TimeProposal | None = None

    bidders: dict[PaddleNo, Bidder] = field(default_factory=dict)
    deposits: dict[Key, DepositStatus] = field(default_factory=dict)
    signed_in: dict[PaddleNo, Nanoseconds] = field(default_factory=dict)
    versions: dict[Key, int] = field(default_factory=dict)
    """The newest version ever received, also of envelopes that were withdrawn."""

    points: set[str] = field(default_factory=set)
    """Ephemeral points of every wrap to the hall ever received: none may come twice."""

    envelopes: dict[Key, Envelope] = field(default_factory=dict)

    root: str | None = None
    closed_at: Nanoseconds | None = None
    started_at: Nanoseconds | None = None
    listed_at: Nanoseconds | None = None
    absent: int | None = None
    failed: dict[str, int] = field(default_factory=dict)
    """Sections that are not opened, with how many envelopes each has."""

    unsealing_at: Nanoseconds | None = None
    ends_at: Nanoseconds | None = None
    """When the window for unsealing ends."""

    remedy: set[Key] = field(default_factory=set)
    """The envelopes for which the remedy was ordered."""

    rejected: list[tuple[int, Key, Half]] = field(default_factory=list)
    """Answers of trustees that did not hold."""

    ceilings: dict[str, Fen] = field(default_factory=dict)
    drawn: dict[str, Drawn] = field(default_factory=dict)
    read_out_at: Nanoseconds | None = None
    objections: list[Objection] = field(default_factory=list)
    report: str | None = None
    signed: dict[Role, str] = field(default_factory=dict)
    final: bool = False
    reconvened: int = 0

    @property
    def phase(self) -> SalePhase:
        """What it is in the words of every proceeding."""
        if self.stage in {Stage.ENDED, Stage.RECONVENED}:
            return SalePhase.CLOSED
        if self.suspension is not None:
            return SalePhase.SUSPENDED
        return SalePhase.PLANNED if self.stage in {Stage.RECEIVING, Stage.CLOSED} else SalePhase.OPEN

    def live(self) -> Iterator[Envelope]:
        """The envelopes that are opened, in the order of the list: by section, then by bidder's number."""
        return (self.envelopes[key] for key in sorted(self.envelopes) if key[0] not in self.failed)

    def of_section(self, section: str) -> list[Envelope]:
        """Those of one section, by bidder's number."""
        return [self.envelopes[key] for key in sorted(self.envelopes) if key[0] == section]

    def outstanding(self) -> int:
        """How many envelopes are neither open nor lapsed."""
        return sum(not each.settled for each in self.live())

    def ceilings_due(self) -> list[str]:
        """The sections whose ceiling price is still to be announced."""
        told = self.ceilings | self.failed
        return [
            each.name
            for each in self.rules.sections
            if each.ceiling_told is Ceiling.AT_OPENING and each.name not in told
        ]

    def coefficients_due(self) -> list[str]:
        """The sections whose coefficient is still to be drawn."""
        done = self.drawn.keys() | self.failed
        return [each.name for each in self.rules.sections if each.coefficients and each.name not in done]

    def open_objections(self) -> int:
        """How many objections have no answer yet."""
        return sum(each.answer is None for each in self.objections)

    def not_signed_in(self) -> int:
        """How many of those who bid have not signed in."""
        return len({number for _, number in self.envelopes} - self.signed_in.keys())

    def record(self) -> list[Any]:
        """What the record of the opening (开标记录) says, as plain data; its digest is what is signed."""
        return [
            [self.sale, self.rules_digest, self.deadline, self.root, self.started_at, self.listed_at, self.absent],
            [[section, count] for section, count in self.failed.items()],
            [[*key, self.bidders[key[1]].name, self.deposits.get(key)] for key in sorted(self.envelopes)],
            [[each.section, each.bidder, each.content, each.lapse, each.confirmed_at] for each in self.live()],
            [self.read_out_at, self.ceilings, [[section, each] for section, each in self.drawn.items()]],
            list(self.objections),
            sorted(self.signed_in.items()),
        ]

    def record_digest(self) -> str:
        """64 hexadecimal digits."""
        return digest(self.record())

    def summary(self) -> list[Any]:
        """Everything the rules know, in a fixed order and as plain data."""
        return [
            [self.sale, self.title, self.rules_digest, self.stage, self.deadline, self.closed_at],
            [self.suspension, self.proposal, self.unsealing_at, self.ends_at, self.report, self.final, self.reconvened],
            list(self.bidders.values()),
            [[*key, status] for key, status in self.deposits.items()],
            [[*key, version] for key, version in self.versions.items()],
            sorted(self.points),
            [each.summary() for each in self.envelopes.values()],
            [sorted(self.remedy), [[trustee, *key, half] for trustee, key, half in self.rejected]],
            list(self.signed.items()),
            self.record(),
        ]

    def fork(self) -> "Opening":
        """The same opening, to go on by itself."""
        return replace(
            self,
            bidders=self.bidders.copy(),
            deposits=self.deposits.copy(),
            signed_in=self.signed_in.copy(),
            versions=self.versions.copy(),
            points=self.points.copy(),
            envelopes={key: each.fork() for key, each in self.envelopes.items()},
            failed=self.failed.copy(),
            remedy=self.remedy.copy(),
            rejected=self.rejected.copy(),
            ceilings=self.ceilings.copy(),
            drawn=self.drawn.copy(),
            objections=self.objections.copy(),
            signed=self.signed.copy(),
        )

    @property
    def weight(self) -> int:
        """About how many things a copy of it holds."""
        return len(self.bidders) + 10 * len(self.envelopes)


def _hex(half: bytes | None) -> str | None:
    return None if half is None else half.hex()
