"""What a line of a transcript asks of the room."""

import shlex
from dataclasses import dataclass
from typing import Any

from engine.domain import proceeding
from engine.domain.auction import commands
from engine.domain.auction.commands import AnnounceSale, CatalogueEntry, Command, Title, VoidReason
from engine.domain.parties import HOUSE, Channel, Principal
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.rulesheet import (
    Advance,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
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
from engine.journal.asking import Inquiry
from tests.golden.opening_speech import BY as OF_OPENINGS
from tests.golden.opening_speech import Table
from tests.golden.quota_speech import KINDS, quota_command, quota_rules
from tests.room.scene import NOON, SECOND

PLATES = ("豫H8H888", "豫HA1234", "豫H111V6")


DEFAULT_BY = {
    "bid": "",
    "withdraw": "",
    "proxy": "",
    "no-proxy": "",
    "accept": "",
    "announce": HOUSE,
    "announce-quota": HOUSE,
    "admit-run": "registrar:1",
    "offer": "",
    "shown": HOUSE,
    "copies": HOUSE,
    "reserve": HOUSE,
    "priority": HOUSE,
    "admit": "clerk:1",
    "propose-void": "clerk:1",
    "stop": "supervisor:1",
}
"""Who says what; empty for the paddle itself, or the clerk for one in the hall (50 and above)."""


@dataclass
class Speaker:
    """Reads one line after another."""

    ids: int = 0
    block: int = 1
    """What commands are about that do not name a lot."""

    sheet: RuleSheet | QuotaSheet | None = None
    """The rules of the sale that was announced."""

    table: Table | None = None
    """Where the people of an opening sit, once there is one."""

    def meant(self, line: str) -> proceeding.Command | Inquiry | None:
        """What the line asks for; None for one that only lets time pass."""
        kind, *rest = shlex.split(line)
        if kind == "wait":
            return None
        words = [word for word in rest if "=" not in word]
        options = dict(word.split("=", 1) for word in rest if "=" in word)
        if "id" not in options:
            self.ids += 1
        by = options.get("as") or OF_OPENINGS.get(kind) or DEFAULT_BY.get(kind, "auctioneer:1")
        if by in {"bidder", "trustee"}:
            by = f"{by}:{words[0]}"
        if not by:
            by = "clerk:1" if int(words[0]) >= 50 and kind != "offer" else f"bidder:{words[0]}"
        asked: dict[str, Any] = {"command_id": options.get("id", f"c{self.ids}"), "by": Principal(by)}
        if kind == "put-up":
            self.block = int(words[0])
        if kind == "announce":
            self.sheet = rules(options)
        if kind == "announce-quota":
            self.sheet = quota_rules(words[0], int(words[1]), options)
        if kind in OF_OPENINGS:
            self.table = self.table or Table.laid(words, options)
            return self.table.meant(kind, words, options, asked)
        if kind == "inquire":
            return Inquiry(**asked)
        if kind == "accept":
            digest = words[1] if len(words) > 1 else self.sheet.digest() if self.sheet is not None else ""
            return commands.AcceptRules(**asked, paddle=PaddleNo(int(words[0])), digest=digest)
        if kind in KINDS:
            return quota_command(kind, words, options, asked)
        return command(kind, words, options, asked, LotNo(int(options.get("lot", self.block))))


def command(kind: str, words: list[str], options: dict[str, str], asked: dict[str, Any], lot: LotNo) -> Command:
    """The command a line stands for. Amounts are in yuan."""
    on = {**asked, "lot": lot}
    match kind, words:
        case "announce", _:
            return announcement(options, asked)
        case "admit", [paddle, channel, deposits]:
            return commands.AdmitPaddle(
                **asked, paddle=PaddleNo(int(paddle)), channel=Channel(channel), deposits=int(deposits)
            )
        case "open-sale", []:
            return commands.OpenSale(**asked)
        case "close-sale", []:
            return commands.CloseSale(**asked)
        case "suspend", [reason]:
            return commands.SuspendSale(**asked, reason=reason, cause=commands.Cause(options.get("cause", "officer")))
        case "stop", [reason]:
            return commands.RegisterStop(**asked, reason=reason)
        case "copies", [copies]:
            return commands.StateCopies(**asked, copies=commands.Copies(copies))
        case "resume", []:
            return commands.ResumeSale(**asked)
        case "put-up", [number]:
            return commands.OpenLot(**asked, lot=LotNo(int(number)))
        case "pass", []:
            return commands.PassLot(**on)
        case "withdraw-lot", [reason]:
            return commands.WithdrawLot(**on, reason=reason)
        case "reoffer", [price]:
            return commands.ReofferLot(**on, opening_price=fen(price))
        case "reserve", [amount]:
            return commands.SetReserve(**on, amount=fen(amount))
        case "priority", [paddle, rank]:
            return commands.GrantPriority(**on, paddle=PaddleNo(int(paddle)), rank=int(rank))
        case "sign", [letter]:
            return commands.SignResult(**asked, report=letter * 64)
        case "call", [nth, price]:
            return commands.CallWarning(**on, call=int(nth), price=fen(price))
        case "hammer", [price]:
            return commands.StrikeHammer(**on, price=fen(price))
        case "shown", [price, share]:
            shown, present = map(int, share.split("/"))
            return commands.ShowPrice(**on, price=fen(price), present=present, shown=shown)
        case _:
            return bidding(kind, words, on)


def bidding(kind: str, words: list[str], on: dict[str, Any]) -> Command:
    """Commands about single bids."""
    match kind, words:
        case "bid", [paddle, amount]:
            return commands.PlaceBid(**on, paddle=PaddleNo(int(paddle)), amount=fen(amount))
        case "withdraw", [paddle]:
            return commands.WithdrawBid(**on, paddle=PaddleNo(int(paddle)))
        case "proxy", [paddle, maximum]:
            return commands.PlaceProxy(**on, paddle=PaddleNo(int(paddle)), maximum=fen(maximum))
        case "no-proxy", [paddle]:
            return commands.CancelProxy(**on, paddle=PaddleNo(int(paddle)))
        case "propose-void", [no, reason]:
            return commands.ProposeVoid(**on, no=int(no), reason=VoidReason(reason))
        case "confirm-void", [no]:
            return commands.ConfirmVoid(**on, no=int(no))
        case "drop-void", [no]:
            return commands.DropVoid(**on, no=int(no))
        case _:
            raise AssertionError(f"nobody says: {kind} {words}")


def announcement(options: dict[str, str], asked: dict[str, Any]) -> AnnounceSale:
    """A sale of up to three plates, opening at 5,000, 10,000 and 15,000 yuan."""
    return AnnounceSale(
        **asked,
        sale="trial",
        title=Title(zh="试拍", en="Trial"),
        rules=rules(options),
        catalogue=tuple(
            CatalogueEntry(lot=LotNo(number), plate=plate, opening_price=Fen(5_000_00 * number))
            for number, plate in enumerate(PLATES[: int(options.get("lots", 2))], 1)
        ),
    )


def rules(options: dict[str, str]) -> RuleSheet:
    """The rule sheet as the options of ``announce`` lay it down; what they leave out is as in a plain rostrum sale."""
    opens = options.get("opens")
    return RuleSheet(
        increments=(
            IncrementBand(from_price=Fen(0), step=Fen(500_00)),
            IncrementBand(from_price=Fen(20_000_00), step=Fen(1_000_00)),
        ),
        mode=Mode.TIMED if "timed" in options else Mode.ROSTRUM,
        timed=timed(options) if "timed" in options else None,
        calls=int(options.get("calls", 3)),
        paddles=PaddleDisplay(options.get("paddles", "shown")),
        deposit=DepositRule(options.get("deposit", "one_lot")),
        opens_at=None if opens is None else Nanoseconds(NOON + int(opens.removesuffix("s")) * SECOND),
        dwell=seconds(options.get("dwell", "0")),
        delivery_percent=int(options.get("delivery", 0)),
        visibility=visibility(options),
        sign_off="sign-off" in options,
        proxies="proxies" in options,
        reserve_shown=options.get("reserve-shown") != "no",
        reoffers_max=int(options.get("reoffers", 0)),
        reoffer_lower_percent=int(options.get("lower", 0)),
        resume_for=ResumeFor(options.get("resume-for", "all")),
    )


def timed(options: dict[str, str]) -> TimedRules:
    """``timed=60/30`` is a free period of 60 s and a window of 30 s."""
    free, window = options["timed"].split("/")
    bounds = {name: int(options[name]) for name in ("count_max", "top_k") if name in options}
    return TimedRules(
        free=seconds(free),
        window=seconds(window),
        advance=Advance(options.get("advance", "by_hand")),
        pause=seconds(options.get("pause", "30")),
        extension=Extension(
            kind=ExtensionKind(options.get("extension", "none")),
            within=seconds(options.get("within", "0")),
            by=seconds(options.get("by", "0")),
            cap=seconds(options["cap"]) if "cap" in options else None,
            shrink=seconds(options.get("shrink", "0")),
            least=seconds(options.get("least", "0")),
            reach=fen(options["reach"]) if "reach" in options else None,
            **bounds,
        ),
    )


def visibility(options: dict[str, str]) -> Visibility:
    """``sees=bidders/public``, ``counts=bidders/public``, ``lifted=…``."""
    bidders, public = options.get("sees", "all/all").split("/")
    counted = options.get("counts", "yes/yes").split("/")
    return Visibility(
        amounts_public=Sees(public),
        amounts_bidders=Sees(bidders),
        counts_bidders=counted[0] == "yes",
        counts_public=counted[1] == "yes",
        lifted=Lifted(options.get("lifted", "lot_end")),
    )


def seconds(text: str) -> Nanoseconds:
    return Nanoseconds(int(text) * SECOND)


def fen(text: str) -> Fen:
    return Fen(int(text) * 100)
