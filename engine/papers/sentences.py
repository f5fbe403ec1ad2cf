"""
What happened, as a sentence: one table for the record of the sale (拍卖笔录), in both languages.

A sentence may ask for any field that the event has in the protocol (``engine/wire/PROTOCOL.md``); what an audience is not told is
said to be withheld. ``{price_words}`` is ``price_fen`` in capital characters.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.papers import words
from engine.papers.opening_sentences import OPENING_SENTENCES
from engine.papers.quota_sentences import QUOTA_SENTENCES
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
    "RulesAccepted": ("{who}确认接受竞价规则。", "The rule sheet is accepted by {who}."),
    "PriorityGranted": (
        "{who}对 {lot} 号标的享有优先购买权，顺位 {rank}。",
        "Lot {lot}: {who} has the right of first refusal, rank {rank}.",
    ),
    "ReserveSet": ("{lot} 号标的设有保留价，金额保密。", "Lot {lot} has a reserve; its amount is secret."),
    "SaleOpened": ("拍卖会开始。", "The sale is open."),
    "LotOpened": (
        "{lot} 号标的（{plate}）开始竞价{closes_note}。",
        "Lot {lot} ({plate}) is open for bids{closes_note}.",
    ),
    "BidPlaced": (
        "{who}对 {lot} 号标的应价 {amount_fen}（{channel}{basis_note}）。",
        "Lot {lot}: {who} bids {amount_fen} ({channel}{basis_note}).",
    ),
    "ProxyPlaced": (
        "{who}就 {lot} 号标的委托系统出价，最高限额保密。",
        "Lot {lot}: {who} leaves a maximum with the house; it is secret.",
    ),
    "ProxyCancelled": (
        "{who}取消 {lot} 号标的的委托出价。",
        "Lot {lot}: {who} takes back the maximum left with the house.",
    ),
    "WarningCalled": (
        "拍卖师对 {lot} 号标的第 {call} 次报价 {price_fen}。",
        "Lot {lot}: the auctioneer calls {price_fen} for the {nth} time.",
    ),
    "WarningCancelled": (
        "{lot} 号标的有新的应价，此前报价提示取消，重新计次。",
        "Lot {lot}: a bid has come; the calls begin anew.",
    ),
    "PriceShown": (
        "{lot} 号标的价格 {price_fen} 已送达在场竞买人：{present} 人中 {shown} 人。",
        "Lot {lot}: the price {price_fen} has been shown to {shown} of {present} bidders present.",
    ),
    "BiddingExtended": (
        "{the_lot}竞价时间延长至 {closes_at_us}。",
        "The end of {the_lot} moves to {closes_at_us}.",
    ),
    "BiddingClosed": (
        "{lot} 号标的竞价时间届满，截止 {closes_at_us}。",
        "Lot {lot}: time has run out; bids counted up to {closes_at_us}.",
    ),
    "HammerFell": (
        "{lot} 号标的（{plate}）成交：买受人 {who}，成交价 {price_fen}（{price_words}），{channel}。",
        "Lot {lot} ({plate}) is sold to {who} for {price_fen} ({channel}).",
    ),
    "LotPassed": ("{lot} 号标的（{plate}）流拍{passed_note}。", "Lot {lot} ({plate}) is passed{passed_note}."),
    "LotWithdrawn": (
        "{lot} 号标的（{plate}）撤回。原因：{reason}",
        "Lot {lot} ({plate}) is withdrawn. Reason: {reason}",
    ),
    "LotReoffered": (
        "{lot} 号标的（{plate}）将第 {round} 次拍卖，起拍价 {opening_fen}。",
        "Lot {lot} ({plate}) will be put up again (round {round}), opening at {opening_fen}.",
    ),
    "VoidProposed": (
        "{by}提议认定 {lot} 号标的第 {no} 号应价无效。原因：{reason}",
        "Lot {lot}: the {by} proposes to void bid {no}. Reason: {reason}",
    ),
    "VoidDropped": (
        "认定 {lot} 号标的第 {no} 号应价无效的提议撤销。",
        "Lot {lot}: the proposal to void bid {no} is dropped.",
    ),
    "BidVoided": (
        "{lot} 号标的第 {no} 号应价（{who}，{amount_fen}）认定无效，记录保留。原因：{reason}",
        "Lot {lot}: bid {no} ({who}, {amount_fen}) is void; it stays on the record. Reason: {reason}",
    ),
    "SaleSuspended": (
        "拍卖会中止{cause_note}。原因：{reason}",
        "The sale is suspended{cause_note}. Reason: {reason}",
    ),
    "SaleResumed": ("拍卖会恢复，价格与最高应价者不变。", "The sale is resumed; price and leader stand."),
    "StopRegistered": ("监督人登记终止事由：{reason}", "The supervisor registers a stop: {reason}"),
    "CopiesStated": ("记录保存方式：{copies}。", "How the record is kept: {copies}."),
    "SaleClosed": ("拍卖会结束。", "The sale is closed."),
    "ResultSigned": (
        "{role}签署完整性报告（摘要 {report}）。",
        "The {role} signs the integrity report (digest {report}).",
    ),
    "ResultConfirmed": ("应当签署者均已签署，结果确定。", "All who must have signed; the result is final."),
    **QUOTA_SENTENCES,
    **OPENING_SENTENCES,
}
"""Event type → its sentence in Chinese and in English."""

_CODES: Final = ("channel", "basis", "role", "cause", "copies", "by", "status", "trouble")
_CODED_REASONS: Final = frozenset({"VoidProposed", "BidVoided"})
_ORDINALS: Final = {1: "1st", 2: "2nd", 3: "3rd"}


def sentence(told: Mapping[str, Any], lang: Language, table: Mapping[str, tuple[str, str]] = SENTENCES) -> str:
    """The sentence of one event, given in the words of the protocol."""
    zh, en = table[told["type"]]
    return words.pick(lang, zh, en).format_map(_Values(told, lang))


class _Values(dict[str, str]):
    """The fields of an event as a sentence shows them, and what follows from them."""

    def __init__(self, told: Mapping[str, Any], lang: Language) -> None:
        super().__init__((name, _shown(name, value, lang)) for name, value in told.items() if value is not None)
        self._told, self._lang = told, lang
        for name in [name for name in self if name.endswith("_fen")]:
            self[name.removesuffix("_fen") + "_words"] = words.in_words(told[name])
        if "paddle" in self and "who" not in self:
            self["who"] = words.who({"paddle": told["paddle"]}, lang)
        if told["type"] in _CODED_REASONS and "reason" in self:
            self["reason"] = words.code(told["reason"], lang)

    def __missing__(self, name: str) -> str:
        make = _NOTES.get(name)
        return words.WITHHELD[self._lang] if make is None else make(self._told, self._lang)


def _shown(name: str, value: Any, lang: Language) -> str:
    if name.endswith("_fen"):
        return words.money(value)
    if name.endswith("_us"):
        return words.instant(value, lang)
    if name == "who":
        return words.who(value, lang)
    return words.code(value, lang) if name in _CODES else str(value)


def _nth(told: Mapping[str, Any], _lang: Language) -> str:
    return _ORDINALS.get(told["call"], f"{told['call']}th")


def _the_lot(told: Mapping[str, Any], lang: Language) -> str:
    lot = told.get("lot")
    if lot is None:
        return words.pick(lang, "全部竞价中的标的", "every open lot")
    return words.pick(lang, f"{lot} 号标的", f"lot {lot}")


def _basis_note(told: Mapping[str, Any], lang: Language) -> str:
    basis = told.get("basis", "bid")
    return "" if basis == "bid" else words.pick(lang, "，", ", ") + words.code(basis, lang)


def _cause_note(told: Mapping[str, Any], lang: Language) -> str:
    cause = words.code(told.get("cause", "officer"), lang)
    return "" if told.get("cause", "officer") == "officer" else words.pick(lang, f"（{cause}）", f" ({cause})")


def _closes_note(told: Mapping[str, Any], lang: Language) -> str:
    closes_at_us = told.get("closes_at_us")
    return "" if closes_at_us is None else words.pick(lang, "，截止 ", ", until ") + words.instant(closes_at_us, lang)


def _passed_note(told: Mapping[str, Any], lang: Language) -> str:
    return words.pick(lang, "，未达保留价", ", its reserve not met") if told.get("reserve_unmet") else ""


def _lapsed_note(told: Mapping[str, Any], lang: Language) -> str:
    said = words.code(f"lapsed by {told['cause']}", lang) + words.pick(lang, "，", ", ") + words.code(told["why"], lang)
    return said if told.get("reason") is None else said + words.pick(lang, f"；{told['reason']}", f": {told['reason']}")


_NOTES: Final[dict[str, Callable[[Mapping[str, Any], Language], str]]] = {
    "nth": _nth,
    "the_lot": _the_lot,
    "basis_note": _basis_note,
    "cause_note": _cause_note,
    "closes_note": _closes_note,
    "passed_note": _passed_note,
    "lapsed_note": _lapsed_note,
}
"""What a sentence may ask for that is no field of the event."""
