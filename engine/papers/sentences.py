"""
What happened, as a sentence: one table for the record of the sale (拍卖笔录), in both languages.

A sentence may ask for any field that the event has in the protocol (``engine/wire/PROTOCOL.md``); what an audience is not told is
said to be withheld. ``{price_words}`` is ``price_fen`` in capital characters.
"""

from collections.abc import Mapping
from typing import Any, Final

from engine.papers import words
from engine.papers.words import Language

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "SaleAnnounced": (
        "本场拍卖会公告，拍卖目录与竞价规则自此确定。",
        "The sale is announced; catalogue and rules stand from here on.",
    ),
    "PaddleAdmitted": (
        "{paddle} 号竞买号牌取得竞买资格（{channel}），保证金 {deposits} 份。",
        "Paddle {paddle} is admitted ({channel}), with {deposits} deposit(s).",
    ),
    "SaleOpened": ("拍卖会开始。", "The sale is open."),
    "LotOpened": ("{lot} 号标的（{plate}）开始竞价。", "Lot {lot} ({plate}) is on the block."),
    "BidPlaced": (
        "{who}对 {lot} 号标的应价 {amount_fen}（{channel}）。",
        "Lot {lot}: {who} bids {amount_fen} ({channel}).",
    ),
    "WarningCalled": (
        "拍卖师对 {lot} 号标的第 {call} 次报价 {price_fen}。",
        "Lot {lot}: the auctioneer calls {price_fen} for the {nth} time.",
    ),
    "WarningCancelled": (
        "{lot} 号标的有新的应价，此前报价提示取消，重新计次。",
        "Lot {lot}: a bid has come; the calls begin anew.",
    ),
    "HammerFell": (
        "拍卖师落槌：{lot} 号标的（{plate}）由 {who} 以 {price_fen}（{price_words}）成交（{channel}）。",
        "The hammer falls: lot {lot} ({plate}) is sold to {who} for {price_fen} ({channel}).",
    ),
    "LotPassed": ("{lot} 号标的（{plate}）流拍。", "Lot {lot} ({plate}) is passed."),
    "SaleSuspended": ("拍卖会中止。原因：{reason}", "The sale is suspended. Reason: {reason}"),
    "SaleResumed": ("拍卖会恢复，价格与最高应价者不变。", "The sale is resumed; price and leader stand."),
    "SaleClosed": ("拍卖会结束。", "The sale is closed."),
}
"""Event type → its sentence in Chinese and in English."""

_CODES: Final = ("channel", "basis", "role", "cause")
_ORDINALS: Final = {1: "1st", 2: "2nd", 3: "3rd"}


def sentence(told: Mapping[str, Any], lang: Language) -> str:
    """The sentence of one event, given in the words of the protocol."""
    zh, en = SENTENCES[told["type"]]
    return words.pick(lang, zh, en).format_map(_Values(told, lang))


class _Values(dict[str, str]):
    """The fields of an event as a sentence shows them."""

    def __init__(self, told: Mapping[str, Any], lang: Language) -> None:
        super().__init__((name, _shown(name, value, lang)) for name, value in told.items() if value is not None)
        for name in [name for name in self if name.endswith("_fen")]:
            self[name.removesuffix("_fen") + "_words"] = words.in_words(told[name])
        if "call" in told:
            self["nth"] = _ORDINALS.get(told["call"], f"{told['call']}th")
        self._lang: Language = lang

    def __missing__(self, _name: str) -> str:
        return words.WITHHELD[self._lang]


def _shown(name: str, value: Any, lang: Language) -> str:
    if name.endswith("_fen"):
        return words.money(value)
    if name.endswith("_us"):
        return words.instant(value, lang)
    if name == "who":
        return words.who(value, lang)
    return words.code(value, lang) if name in _CODES else str(value)
