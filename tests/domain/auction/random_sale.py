"""
Whole sales at random: every kind of command, by hammer or by the clock, taken up as the clerk takes them up.

Numbers that must not be told carry marks: amounts of each lot have a remainder of their own, maxima and reserves lie off the steps,
paddles begin with 9876.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import strategies as st

from engine.domain.auction import commands as to
from engine.domain.auction.events import Event
from engine.domain.auction.rules import apply, decide, follow_up, next_deadline
from engine.domain.auction.state import Auction, Lot
from engine.domain.parties import HOUSE, Channel, Principal, Role, bidder
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import (
    SECOND,
    Advance,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    InvalidRuleSheet,
    Lifted,
    Mode,
    PaddleDisplay,
    ResumeFor,
    RuleSheet,
    Sees,
    TimedRules,
    Visibility,
)
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo

Outcome = tuple[Event, ...] | Refusal
Move = tuple[str, int, int, int]
"""What, about which lot, by which paddle, and how much more."""

ONLINE, HALL = (PaddleNo(987_601), PaddleNo(987_602), PaddleNo(987_603)), (PaddleNo(987_651),)
PADDLES: Final = (*ONLINE, *HALL)
STEP: Final = Fen(30_000)
OPENINGS: Final = {LotNo(1): Fen(1_010_001), LotNo(2): Fen(1_520_702), LotNo(3): Fen(2_031_403)}
AUCTIONEER, CLERK = Principal("auctioneer:1"), Principal("clerk:1")
SUPERVISOR, REGISTRAR = Principal("supervisor:1"), Principal("registrar:1")
OFFICERS: Final = (AUCTIONEER, CLERK, SUPERVISOR, REGISTRAR)
REPORT: Final = "ab" * 32

KINDS: Final = (
    *("bid",) * 14,
    *("proxy",) * 6,
    *("knock down",) * 2,
    *("put up",) * 3,
    *("void",) * 3,
    *("wait", "propose", "confirm", "interrupt", "suspend", "resume", "reoffer", "reoffer", "finish"),
    *("call", "drop", "withdraw", "reserve", "priority", "accept", "admit", "stop", "show", "pass", "cancel", "close"),
    *("sign", "take back", "deadline"),
)
MOVES: st.SearchStrategy[list[Move]] = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 3), st.integers(0, 5)), min_size=15, max_size=60
)


@st.composite
def visibilities(draw: st.DrawFn) -> Visibility:
    """Every combination a sheet may have."""
    try:
        return Visibility(
            amounts_public=draw(st.sampled_from([Sees.ALL, Sees.LEADING, Sees.NONE, Sees.NONE])),
            amounts_bidders=draw(st.sampled_from(Sees)),
            counts_public=draw(st.booleans()),
            counts_bidders=draw(st.booleans()),
            lifted=draw(st.sampled_from(Lifted)),
        )
    except InvalidRuleSheet:
        return Visibility(amounts_public=Sees.NONE, amounts_bidders=draw(st.sampled_from(Sees)))


@st.composite
def extensions(draw: st.DrawFn) -> Extension:
    """Every kind, with every bound."""
    kind = draw(st.sampled_from(ExtensionKind))
    span = st.integers(1, 8).map(lambda seconds: Nanoseconds(seconds * SECOND))
    moves = kind not in {ExtensionKind.NONE, ExtensionKind.PRICE_WINDOW}
    by = draw(span)
    return Extension(
        kind=kind,
        within=draw(span),
        by=by,
        cap=draw(st.none() | span) if moves else None,
        count_max=draw(st.none() | st.integers(1, 3)) if moves else None,
        top_k=draw(st.none() | st.integers(1, 3)) if moves else None,
        shrink=Nanoseconds(SECOND),
        least=Nanoseconds(min(SECOND, by)),
        reach=Fen(3 * STEP) if kind is ExtensionKind.PRICE_WINDOW else None,
    )


@st.composite
def timed_rules(draw: st.DrawFn) -> TimedRules:
    """The clock of a sale, in seconds."""
    extension = draw(extensions())
    together = extension.kind is ExtensionKind.SHRINKING
    return TimedRules(
        free=Nanoseconds(draw(st.integers(0, 6)) * SECOND),
        window=Nanoseconds(draw(st.integers(3, 9)) * SECOND),
        extension=extension,
        advance=Advance.TOGETHER if together else draw(st.sampled_from(Advance)),
        pause=Nanoseconds(SECOND),
    )


@st.composite
def sheets(draw: st.DrawFn) -> RuleSheet:
    """Any rule sheet that is one."""
    timed = draw(st.none() | timed_rules())
    visibility = draw(visibilities())
    if timed is not None and timed.extension.reach is not None:
        visibility = Visibility()
    return RuleSheet(
        increments=(IncrementBand(from_price=Fen(0), step=STEP),),
        mode=Mode.ROSTRUM if timed is None else Mode.TIMED,
        calls=draw(st.integers(1, 2)),
        deposit=draw(st.sampled_from(DepositRule)),
        paddles=draw(st.sampled_from(PaddleDisplay)),
        timed=timed,
        dwell=Nanoseconds(draw(st.sampled_from([0, 0, SECOND]))),
        delivery_percent=draw(st.sampled_from([0, 0, 50])),
        visibility=visibility,
        sign_off=draw(st.sampled_from([False, False, True])),
        proxies=draw(st.sampled_from([True, True, True, False])),
        reserve_shown=draw(st.booleans()),
        reoffers_max=2,
        reoffer_lower_percent=20,
        resume_for=draw(st.sampled_from(ResumeFor)),
    )


def announcement(sheet: RuleSheet) -> to.AnnounceSale:
    return to.AnnounceSale(
        command_id="announce",
        by=HOUSE,
        sale="trial",
        title=to.Title(zh="试拍", en="Trial"),
        rules=sheet,
        catalogue=tuple(
            to.CatalogueEntry(lot=lot, plate=f"豫HA000{lot}", opening_price=price) for lot, price in OPENINGS.items()
        ),
    )


def opening_moves() -> list[Move]:
    """What comes before the first bid in any sale: most paddles, a reserve, a right of first refusal, maxima left early."""
    admitted: list[Move] = [(kind, 0, paddle, 0) for paddle in range(4) for kind in ("admit", "accept")]
    return [
        *admitted,
        ("admit", 0, 1, 0),
        ("reserve", 1, 0, 2),
        ("priority", 0, 2, 0),
        ("priority", 1, 2, 0),
        ("proxy", 1, 1, 3),
        ("open", 0, 0, 0),
        ("put up", 0, 0, 0),
    ]


def spread(move: Move) -> list[Move]:
    """The single moves of one that stands for several."""
    kind, lot, paddle, more = move
    if kind == "knock down":
        return [
            ("wait", 0, 0, 1),
            ("call", lot, 0, 0),
            ("call", lot, 0, 0),
            ("hammer", lot, 0, 0),
            ("put up", more % 3, 0, 0),
        ]
    if kind == "void":
        return [("propose", lot, paddle, more % 2), ("confirm", lot, (paddle + 1) % 4, more)]
    if kind == "interrupt":
        return [
            (("suspend", "stop")[more % 2], lot, paddle, more),
            ("wait", 0, 0, 1),
            ("propose", lot, paddle, 0),
            ("confirm", lot, 0, more),
            ("resume", 0, 0, 0),
        ]
    if kind == "finish":
        if more:
            return [("bid", lot, each, more) for each in range(4)]
        lots: list[Move] = [("resume", 0, 0, 0)]
        for each in range(3):
            lots += [
                ("put up", each, 0, 0),
                ("bid", each, paddle, 0),
                ("wait", 0, 0, 20),
                ("knock down", each, 0, each + 1),
            ]
        singles = [
            single for several in lots for single in (spread(several) if several[0] == "knock down" else [several])
        ]
        return [*singles, ("wait", 0, 0, 40), *(("pass", each, 0, 0) for each in range(3)), ("close", 0, 0, 0)]
    return [move]


def meant(auction: Auction, move: Move, command_id: str) -> to.Command:
    """The command of ``move``, mostly one that will be accepted."""
    kind, which, whose, more = move
    number = LotNo(which + 1)
    if (
        not auction.rules.together
        and (lot := auction.open_lot()) is not None
        and kind not in {"proxy", "put up", "reserve"}
    ):
        number = lot.number
    lot, paddle = auction.lots[number], PADDLES[whose]
    if kind == "bid" and lot.leading is not None and lot.leading.paddle == paddle and more:
        paddle = PADDLES[(whose + more) % 4]
    by = CLERK if paddle in HALL else bidder(paddle)
    price = lot.leading.amount if lot.leading else lot.opening_price
    act: dict[str, Any] = {"command_id": command_id, "lot": number}
    officer = OFFICERS[(whose + more) % 3]
    match kind:
        case "bid":
            equal = more == 5 and lot.leading is not None
            amount = price if equal else Fen(auction.asked(lot) + (more % 3) * STEP)
            return to.PlaceBid(**act, by=by, paddle=paddle, amount=amount)
        case "proxy":
            return to.PlaceProxy(
                **act, by=by, paddle=paddle, maximum=Fen(auction.asked(lot) + more * STEP + 13 + whose)
            )
        case "cancel":
            return to.CancelProxy(**act, by=by, paddle=paddle)
        case "take back":
            return to.WithdrawBid(**act, by=by, paddle=paddle)
        case "call":
            return to.CallWarning(**act, by=AUCTIONEER, call=lot.calls + 1, price=price)
        case "hammer":
            return to.StrikeHammer(**act, by=AUCTIONEER, price=price)
        case "pass":
            return to.PassLot(**act, by=AUCTIONEER)
        case "put up":
            return to.OpenLot(**act, by=AUCTIONEER)
        case "withdraw":
            return to.WithdrawLot(**act, by=AUCTIONEER, reason="委托人撤回")
        case "reoffer":
            return to.ReofferLot(**act, by=AUCTIONEER, opening_price=lot.opening_price)
        case "propose":
            no = max(1, (lot.leading.no if lot.leading else len(lot.bids)) - more)
            return to.ProposeVoid(**act, by=officer, no=no, reason=to.VoidReason.MISKEYED)
        case "confirm":
            others = [each for each in OFFICERS[:3] if lot.proposal is None or not each.startswith(lot.proposal.by)]
            return to.ConfirmVoid(**act, by=others[more % 2], no=_proposed(lot))
        case "drop":
            return to.DropVoid(**act, by=officer, no=_proposed(lot))
        case "reserve":
            return to.SetReserve(**act, by=AUCTIONEER, amount=Fen(lot.opening_price + more * STEP + 19))
        case "priority":
            return to.GrantPriority(**act, by=REGISTRAR, paddle=paddle, rank=more + 1)
        case "show":
            return to.ShowPrice(**act, by=HOUSE, price=price, present=2, shown=1 + more % 2)
        case "accept":
            return to.AcceptRules(command_id=command_id, by=by, paddle=paddle, digest=auction.rules_digest)
        case "admit":
            channel = Channel.HALL if paddle in HALL else Channel.ONLINE
            return to.AdmitPaddle(command_id=command_id, by=HOUSE, paddle=paddle, channel=channel, deposits=1)
        case "open":
            return to.OpenSale(command_id=command_id, by=AUCTIONEER)
        case "suspend":
            house = {"by": HOUSE, "cause": list(to.Cause)[more % len(to.Cause)]}
            return to.SuspendSale(command_id=command_id, reason="停电", **({"by": AUCTIONEER} if which else house))
        case "stop":
            return to.RegisterStop(command_id=command_id, by=SUPERVISOR, reason="举报核查")
        case "resume":
            return to.ResumeSale(command_id=command_id, by=AUCTIONEER)
        case "sign":
            return to.SignResult(command_id=command_id, by=(AUCTIONEER, SUPERVISOR)[whose % 2], report=REPORT)
        case "deadline":
            return to.DeadlineReached(command_id=command_id, by=HOUSE, deadline=Nanoseconds(more))
        case _:
            return to.CloseSale(command_id=command_id, by=AUCTIONEER)


def _proposed(lot: Lot) -> int:
    return lot.proposal.no if lot.proposal is not None else 1


@dataclass
class Sale:
    """A sale being held: the rules, and what the clerk does around them."""

    sheet: RuleSheet
    at: int = 10 * SECOND
    state: Auction | None = None
    taken: list[tuple[to.Command, Nanoseconds, Outcome]] = field(default_factory=list)

    @property
    def auction(self) -> Auction:
        assert self.state is not None
        return self.state

    @property
    def events(self) -> list[Event]:
        return [event for _, _, outcome in self.taken if not isinstance(outcome, Refusal) for event in outcome]

    def ask(self, command: to.Command) -> Outcome:
        """Take the command up now, after what was due before, with all it brings about."""
        while (due := next_deadline(self.state)) is not None and due < self.at:
            self._take(to.DeadlineReached(command_id=f"deadline-{due}", by=HOUSE, deadline=due), due)
        return self._take(command, Nanoseconds(self.at))

    def _take(self, command: to.Command, at: Nanoseconds) -> Outcome:
        outcome = self._record(command, at)
        if not isinstance(outcome, Refusal):
            follow_ups = 0
            while (more := follow_up(self.state, at)) is not None:
                follow_ups += 1
                assert follow_ups <= 10
                assert not isinstance(self._record(more, at), Refusal)
        return outcome

    def _record(self, command: to.Command, at: Nanoseconds) -> Outcome:
        outcome: Outcome
        try:
            outcome = decide(self.state, command, at)
        except Refusal as refusal:
            outcome = refusal
        else:
            for event in outcome:
                self.state = apply(self.state, event)
        self.taken.append((command, at, outcome))
        return outcome

    def play(self, moves: list[Move]) -> Iterator[None]:
        """Hold the sale, stopping after each record there is by then."""
        self.ask(announcement(self.sheet))
        yield
        for move in (*opening_moves(), *(single for several in moves for single in spread(several))):
            self.at += SECOND // 2
            if move[0] == "wait":
                self.at += move[3] * SECOND
            else:
                self.ask(meant(self.auction, move, f"c{len(self.taken)}"))
                yield


def hidden(auction: Auction, lot: Lot, sees: Sees) -> bool:
    """Whether the amounts of ``lot`` are hidden from those who see ``sees``: said once more, in other words."""
    lifted = {
        Lifted.LOT_END: lot.phase.value in {"sold", "passed", "withdrawn"},
        Lifted.SALE_END: auction.phase.value == "closed",
        Lifted.NEVER: False,
    }
    return sees.value in {"own", "rank", "none"} and not lifted[auction.rules.visibility.lifted]


def is_officer(principal: Principal) -> bool:
    return principal.partition(":")[0] in {Role.AUCTIONEER, Role.CLERK, Role.SUPERVISOR, Role.REGISTRAR}
