"""What a line of a quota sale's transcript asks of the room."""

from dataclasses import replace
from typing import Any, Final

from engine.domain.auction.commands import Title
from engine.domain.quota import packs
from engine.domain.quota.commands import AdmitBidders, AnnounceQuota, Command, MakeOffer, Run
from engine.domain.quota.sheet import QuotaSheet, Ties
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from tests.room.scene import NOON, SECOND

KINDS: Final = frozenset({"announce-quota", "admit-run", "offer"})


def quota_command(kind: str, words: list[str], options: dict[str, str], asked: dict[str, Any]) -> Command:
    """The command a line stands for. Amounts are in yuan."""
    match kind, words:
        case "announce-quota", [pack, quota]:
            title = Title(zh="试拍", en="Trial")
            return AnnounceQuota(**asked, sale="trial", title=title, rules=quota_rules(pack, int(quota), options))
        case "admit-run", [first, last]:
            run = Run(first=PaddleNo(int(first)), last=PaddleNo(int(last)))
            return AdmitBidders(**asked, quota_class=options.get("class", "personal"), runs=(run,))
        case "offer", [paddle, yuan]:
            return MakeOffer(**asked, paddle=PaddleNo(int(paddle)), amount=Fen(int(yuan) * 100))
        case _:
            raise AssertionError(f"nobody says: {kind} {words}")


def quota_rules(pack: str, quota: int, options: dict[str, str]) -> QuotaSheet:
    """The rules of a city, with rounds as short as ``spans=60/60`` says, and other switches."""
    low = Fen(int(options.get("floor", 10_000)) * 100)
    high = Fen(int(options.get("warning", 90_000)) * 100)
    made = {
        "shanghai": lambda: packs.shanghai(quota, high, companies=int(options.get("companies", 0))),
        "shenzhen": lambda: packs.shenzhen(quota, low),
        "guangzhou": lambda: packs.guangzhou(quota, low, trim_percent=int(options.get("trim", 5))),
        "hangzhou": lambda: packs.hangzhou(quota, low, Fen(int(options.get("average", 20_000)) * 100)),
        "coe": lambda: packs.coe(quota),
    }[pack]()
    spans = options.get("spans", "60/60").split("/")
    rounds = tuple(
        replace(one, span=_seconds(span)) for one, span in zip(made.rounds, spans[: len(made.rounds)], strict=True)
    )
    told = tuple(_seconds(each) for each in options["told"].split("/")) if "told" in options else ()
    opens = options.get("opens")
    return replace(
        made,
        rounds=rounds,
        average_at=told,
        ties=Ties(options.get("ties", made.ties)),
        refused_counts="refused-counts" in options,
        offers_published=options.get("published") != "no",
        opens_at=None if opens is None else Nanoseconds(NOON + int(opens.removesuffix("s")) * SECOND),
        resume_least=_seconds(options.get("least", "20")),
        sign_off="sign-off" in options,
    )


def _seconds(text: str) -> Nanoseconds:
    return Nanoseconds(int(text) * SECOND)
