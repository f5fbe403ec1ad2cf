"""An opening being held, taken up as the clerk takes things up, with bidders and trustees who have keys of their own."""

import base64
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from engine.domain.auction import commands as common
from engine.domain.auction.commands import Title
from engine.domain.opening import commands as to
from engine.domain.opening.commands import DepositStatus, Half
from engine.domain.opening.events import Event
from engine.domain.opening.evidence import CertificateState, Evidence, LapseCause
from engine.domain.opening.rules import apply, decide, next_deadline
from engine.domain.opening.sheet import FieldKind, Section, SheetField, TenderSheet
from engine.domain.opening.state import Opening
from engine.domain.parties import HOUSE, Principal, bidder
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.sealing import canonical
from engine.sealing.content import SheetContent, unpack_sheet
from engine.sealing.context import Context
from engine.sealing.halves import HALL, REMEDY, join
from engine.sealing.manifest import Manifest
from engine.sealing.parts import PartName
from engine.sealing.shares import write_answer
from engine.sealing.suites import INTERNATIONAL, SUITES, Suite
from tests.sealing.scene import Envelope, Tender

HOST, SUPERVISOR, REGISTRAR = Principal("host:1"), Principal("supervisor:1"), Principal("registrar:1")
SECOND: Final = 1_000_000_000
START: Final = Nanoseconds(1_800_000_000 * SECOND)
DEADLINE: Final = Nanoseconds(START + 3600 * SECOND)
WINDOW: Final = Nanoseconds(600 * SECOND)
NAMES: Final = {4711: "焦作建工", 305: "怀川建设", 90210: "山阳路桥", 66: "太行水利"}
FIELDS: Final = (
    SheetField(name="price_fen", title=Title(zh="投标报价", en="Price"), kind=FieldKind.MONEY),
    SheetField(name="period_days", title=Title(zh="工期", en="Period"), kind=FieldKind.WHOLE),
    SheetField(name="quality", title=Title(zh="质量", en="Quality"), kind=FieldKind.TEXT, needed=False),
)
ONE: Final = (Section(name="1", title=Title(zh="一标段", en="Section 1")),)
GOOD: Final = Evidence(
    server_ok=True, stored=True, client_ok=True, certificate=CertificateState.VALID, attempts=0, seen_at=None
)
Outcome = tuple[Event, ...] | Refusal


@cache
def _tender(name: str) -> Tender:
    return Tender(SUITES[name])


def tender_of(suite: Suite = INTERNATIONAL) -> Tender:
    """The tender, with trustees and their shares."""
    return _tender(suite.name)


def sheet(suite: Suite = INTERNATIONAL, **changes: Any) -> TenderSheet:
    """Conditions of one section, three bidders, ten minutes to unseal."""
    tender = tender_of(suite)
    plain = TenderSheet(
        tender=tender.name,
        sections=ONE,
        fields=FIELDS,
        price="price_fen",
        deadline=DEADLINE,
        unseal_for=WINDOW,
        hall=tender.hall.write().decode(),
    )
    return replace(plain, **changes)


def priced(yuan: int) -> SheetContent:
    return {"price_fen": yuan * 100, "period_days": 180, "quality": "合格"}


@cache
def sealed(context: Context, content: str, *, remedy: bool) -> Envelope:
    """An envelope: sealing takes some milliseconds, so the same one is made once."""
    read: SheetContent = canonical.read(content.encode(), 65536, "sheet")
    return tender_of(context.of).seal(read, context=context, remedy=remedy)


def resigned(tender: Tender, made: Envelope, number: int, **changes: Any) -> Envelope:
    """The envelope with another manifest, signed by its bidder."""
    sealed = replace(made.sealed, manifest=replace(made.manifest, **changes))
    signature = tender.key(f"{number} signing").sign(sealed.manifest.signed_bytes())
    return Envelope(sealed, made.chunks, signature, made.sealer)


def spelled(content: SheetContent) -> str:
    return canonical.write(content).decode()


@dataclass
class House:
    """An opening announced."""

    sheet: TenderSheet
    suite: Suite = INTERNATIONAL
    at: int = START
    state: Opening | None = None
    taken: list[tuple[to.Command, int, Outcome]] = field(default_factory=list)
    sealed: dict[tuple[str, int], Envelope] = field(default_factory=dict)
    """What each bidder has at home."""

    def __post_init__(self) -> None:
        title = Title(zh="道路工程", en="Road works")
        self.ask(to.AnnounceOpening, HOUSE, sale="t1", title=title, rules=self.sheet)

    @property
    def opening(self) -> Opening:
        assert self.state is not None
        return self.state

    @property
    def tender(self) -> Tender:
        return tender_of(self.suite)

    # Before the deadline.

    def register(self, *numbers: int) -> None:
        for number in numbers:
            der = self.tender.credential(f"{number} signing").der.hex()
            name = NAMES.get(number, f"投标人{number}")
            self.ask(to.RegisterBidder, REGISTRAR, bidder=PaddleNo(number), name=name, certificate=der, key=der)

    def deposit(self, number: int, status: DepositStatus = DepositStatus.PAID, section: str = "1") -> Outcome:
        return self.ask(to.RecordDeposit, REGISTRAR, bidder=PaddleNo(number), section=section, status=status)

    def seal(self, number: int, content: SheetContent, section: str = "1", version: int | None = None) -> Envelope:
        version = version or self.opening.versions.get((section, PaddleNo(number)), 0) + 1
        context = self.tender.context(str(number), section, version)
        return sealed(context, spelled(content), remedy=self.sheet.remedy)

    def submit(self, number: int, yuan: int, section: str = "1") -> Outcome:
        return self.hand_in(number, self.seal(number, priced(yuan), section), section)

    def hand_in(self, number: int, made: Envelope, section: str = "1", **more: Any) -> Outcome:
        self.sealed[section, number] = made
        asked = {"manifest": made.manifest.write().decode(), "signature": made.signature.hex(), **more}
        return self.by(number, to.SubmitEnvelope, section=section, **asked)

    def withdraw(self, number: int, section: str = "1") -> Outcome:
        manifest = self.sealed[section, number].manifest
        signature = self.tender.key(f"{number} signing").sign(manifest.withdrawal_bytes())
        return self.by(number, to.WithdrawEnvelope, section=section, signature=signature.hex())

    # The opening.

    def until_closed(self) -> None:
        """The deadline passes."""
        self.at = self.opening.deadline + SECOND
        self._due(self.at)

    def host(self, kind: type, **fields: Any) -> Outcome:
        return self.ask(kind, HOST, **fields)

    def until_unsealing(self) -> None:
        """Closed, started whoever is absent, listed; the window is open."""
        self.until_closed()
        self.host(to.StartOpening, absent=self.opening.not_signed_in())
        self.host(to.PublishList)
        self.host(to.OpenUnsealing)

    def unseal(self, number: int, section: str = "1", half: bytes | None = None) -> Outcome:
        half = half or self.sealed[section, number].sealed.own
        return self.by(number, to.UnsealEnvelope, section=section, half=half.hex())

    def until_combining(self) -> None:
        """The window ends."""
        assert self.opening.ends_at is not None
        self.at = self.opening.ends_at + SECOND
        self._due(self.at)

    def answer(self, trustee: int, number: int, half: Half = Half.HALL, section: str = "1", of: int = 0) -> str:
        """A trustee's answer, as he would send it; ``of`` another number makes it one for that bidder's envelope."""
        manifest = self.sealed[section, of or number].manifest
        what = HALL if half is Half.HALL else REMEDY
        return write_answer(self.tender.hall, self.tender.answers(manifest, what, [trustee])[0]).decode()

    def answers(self, trustee: int, *numbers: int, half: Half = Half.HALL, section: str = "1") -> Outcome:
        given = tuple(
            to.GivenAnswer(bidder=PaddleNo(n), section=section, answer=self.answer(trustee, n, half, section))
            for n in numbers
        )
        return self.ask(to.GiveAnswers, Principal(f"trustee:{trustee}"), half=half, answers=given)

    def open(self, number: int, content: SheetContent | None = None, section: str = "1") -> Outcome:
        """The house opens a sheet as it lies in its store."""
        envelope = self.opening.envelopes[section, PaddleNo(number)]
        if content is None:
            content = opened(envelope.manifest, envelope.own, envelope.hall, self.sealed[section, number])
        return self.ask(to.OpenSheet, HOUSE, bidder=PaddleNo(number), section=section, content=spelled(content))

    def unreadable(self, number: int, section: str = "1") -> Outcome:
        chunk = base64.b64encode(self.sealed[section, number].chunks[PartName.SHEET][0]).decode()
        return self.ask(to.ReportUnreadable, HOUSE, bidder=PaddleNo(number), section=section, chunk=chunk)

    def evidence(self, number: int, evidence: Evidence = GOOD, section: str = "1") -> Outcome:
        return self.ask(to.FileEvidence, HOUSE, bidder=PaddleNo(number), section=section, evidence=evidence)

    def lapse(self, number: int, cause: LapseCause, evidence: Evidence = GOOD, section: str = "1") -> Outcome:
        fields: dict[str, Any] = {"cause": cause, "evidence": evidence.digest(), "reason": "未在规定时间内解密"}
        return self.host(to.LapseEnvelope, bidder=PaddleNo(number), section=section, **fields)

    def until_read_out(self, *, section: str = "1") -> None:
        """Two trustees answer for all, every sheet is opened, and all are read out."""
        numbers = [each.bidder for each in self.opening.live() if each.section == section]
        for trustee in (1, 3):
            self.answers(trustee, *numbers, section=section)
        for number in numbers:
            if not self.opening.envelopes[section, number].settled:
                self.open(number, section=section)
        self.host(to.ReadOut)

    def until_ended(self) -> None:
        self.host(to.OpenSigning)
        for by in (HOST, SUPERVISOR):
            self.ask(common.SignResult, by, report=self.opening.report)
        self.host(to.EndOpening)

    # Taking up.

    def by(self, number: int, kind: type, **fields: Any) -> Outcome:
        paddle = PaddleNo(number)
        return self.ask(kind, bidder(paddle), bidder=paddle, **fields)

    def ask(self, kind: type, by: Principal, **fields: Any) -> Outcome:
        """Take a command up, stamped now, after what was due before."""
        self._due(self.at)
        return self.take(kind(command_id=f"c{len(self.taken)}", by=by, **fields), self.at)

    def take(self, command: to.Command, at: int) -> Outcome:
        outcome: Outcome
        try:
            outcome = decide(self.state, command, Nanoseconds(at))
        except Refusal as refusal:
            outcome = refusal
        else:
            for event in outcome:
                self.state = apply(self.state, event)
        self.taken.append((command, at, outcome))
        return outcome

    def _due(self, at: int) -> None:
        while (due := next_deadline(self.state)) is not None and due < at:
            self.take(common.DeadlineReached(command_id=f"deadline-{due}", by=HOUSE, deadline=due), due)


def opened(manifest: Manifest, own: bytes | None, hall: bytes | None, made: Envelope) -> SheetContent:
    """What the house reads in its store with both halves."""
    assert own is not None
    assert hall is not None
    key = join(manifest.context, own, hall)
    return unpack_sheet(key.cipher(manifest.parts[0]).open(0, made.chunks[PartName.SHEET][0]))


def code(outcome: Outcome) -> str:
    """The code of a refusal, or what happened."""
    return str(outcome.reason) if isinstance(outcome, Refusal) else " ".join(type(each).__name__ for each in outcome)


def three(house: House) -> House:
    """Three bidders have submitted."""
    house.register(4711, 305, 90210)
    for number, yuan in ((4711, 1_200_000), (305, 1_150_000), (90210, 1_310_000)):
        house.deposit(number)
        house.submit(number, yuan)
    return house
