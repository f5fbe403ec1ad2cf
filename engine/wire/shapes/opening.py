"""The parts of an opening's picture, by name. Built in :mod:`engine.domain.opening.views`."""

from typing import Any, Final, Literal

from engine.domain.opening.commands import DepositStatus
from engine.domain.opening.evidence import CertificateState, LapseCause, Trouble, Why
from engine.domain.opening.sheet import Attend, Ceiling, FieldKind
from engine.domain.opening.stage import Stage
from engine.domain.parties import Role
from engine.wire.shapes.base import Both, Count, Digest, Micros, Number, Price, Shape

State = Literal["sealed", "unsealed", "remedied", "opened", "revoked", "withdrawn"]
"""Where an envelope stands."""


class SectionRules(Shape):
    """A part of the tender that is awarded separately."""

    section: str
    title: Both
    ceiling_told: Ceiling
    ceiling_fen: Price | None
    coefficients: list[Count]


class SheetFieldRules(Shape):
    """One line of the opening sheet."""

    name: str
    title: Both
    kind: FieldKind
    needed: bool


class TenderPart(Shape):
    """The conditions of an opening: whoever bids has read them."""

    tender: str
    sections: list[SectionRules]
    fields: list[SheetFieldRules]
    price: str
    deadline_us: Micros
    unseal_s: Count
    hall: str
    suite: str
    trustees: list[str]
    threshold: Count
    remedy: bool
    bidders_min: Count
    attend: Attend
    grace_ms: Count
    articles: str


class OpeningPart(Shape):
    """Where an opening stands."""

    stage: Stage
    deadline_us: Micros
    root: Digest | None
    closed_at_us: Micros | None
    started_at_us: Micros | None
    listed_at_us: Micros | None
    read_out_at_us: Micros | None
    report: Digest | None
    reconvened: Count


class BidderLine(Shape):
    """A bidder of a section, as the list shows him."""

    bidder: Number
    name: str
    deposit: DepositStatus | None
    signed_in_at_us: Micros | None
    state: State
    unsealed_at_us: Micros | None
    why: Why | None
    evidence: Digest | None
    reason: str | None
    sheet: dict[str, str | int] | None
    flaws: list[str]
    above_ceiling: bool | None
    confirmed_at_us: Micros | None


class SectionPart(Shape):
    """A section; its bidders from the list on, their sheets once all are read out."""

    section: str
    title: Both
    failed: bool
    envelopes: Count | None
    ceiling_fen: Price | None
    coefficient_permille: Count | None
    seed: Digest | None
    bidders: list[BidderLine] | None


class UnsealingPart(Shape):
    """The window in which bidders hand in their halves."""

    at_us: Micros
    ends_at_us: Micros
    taking: bool
    unsealed: Count
    of: Count


class TrusteeLine(Shape):
    """What a trustee has answered."""

    trustee: Number
    name: str
    hall: Count
    remedy: Count
    rejected: Count


class TrusteesPart(Shape):
    """How far the trustees are."""

    threshold: Count
    of: Count
    joined: Count
    remedy: Count
    trustees: list[TrusteeLine]


class ObjectionLine(Shape):
    """An objection and its answer."""

    no: Number
    bidder: Number
    text: str
    at_us: Micros
    answer: str | None
    answered_at_us: Micros | None


class ObjectionsPart(Shape):
    """What bidders object to."""

    objections: list[ObjectionLine]


class TimeLine(Shape):
    """Another time, wanted by one officer."""

    deadline_us: Micros
    reason: str
    by: Role


class TroubleLine(Shape):
    """What a bidder says keeps him from unsealing."""

    section: str
    bidder: Number
    trouble: Trouble
    at_us: Micros


class EvidenceLine(Shape):
    """The evidence sheet of an envelope that was not unsealed."""

    section: str
    bidder: Number
    digest: Digest
    suggests: LapseCause
    server_ok: bool
    stored: bool
    client_ok: bool
    certificate: CertificateState
    attempts: Count
    seen_at_us: Micros | None


class OfficersPart(Shape):
    """What officers see and nobody else; nothing of any bidder before the list."""

    proposal: TimeLine | None
    absent: Count | None
    troubles: list[TroubleLine]
    evidence: list[EvidenceLine]


class OwnEnvelope(Shape):
    """One's own envelope that stands."""

    manifest: Digest
    spelled: str
    at_us: Micros
    chunks: dict[str, Count]


class OwnTrouble(Shape):
    """What one has reported."""

    trouble: Trouble
    at_us: Micros


class OwnSection(Shape):
    """What is one's own in a section."""

    deposit: DepositStatus | None
    version: Count
    envelope: OwnEnvelope | None
    state: State | None
    may_unseal: bool
    troubles: list[OwnTrouble]
    sheet: dict[str, str | int] | None
    flaws: list[str]
    above_ceiling: bool | None
    confirmed_at_us: Micros | None


class OpeningMinePart(Shape):
    """What a bidder sees of an opening and nobody else."""

    bidder: Number
    name: str
    signed_in_at_us: Micros | None
    may_submit: bool
    sections: dict[str, OwnSection]


OPENING_PARTS: Final[dict[str, Any]] = {
    "tender": TenderPart,
    "opening": OpeningPart,
    "section/SECTION": SectionPart,
    "unsealing": UnsealingPart | None,
    "trustees": TrusteesPart | None,
    "objections": ObjectionsPart | None,
    "officers": OfficersPart,
}
