"""
Checks a sale without trusting the house that held it. One file: Python's standard library, and the Ed25519 of ``cryptography``.

    python verifier.py export.jsonl [receipt.json … note.txt …] --key HEX [--witness VKEY] [--json]

First it is proved that the house signed this record and no other; then the sale is held again by its rules, as far as the public may
see it. Exit status: 0 it holds, 1 not, 2 unreadable. Formats: ``engine/wire/PROTOCOL.md``; articles: ``engine/domain/RULES.md``.
"""

import argparse
import base64
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SENTENCES: Final = """shape/缺字段或字段不对/a field is missing or wrong; spelling/写法不规范/not in its one spelling;
command/不是所记录的指令/not the command recorded; outcome/不是所记录的结果/not the outcome recorded; sale/属于另一场/of another sale;
place/缺记录或次序不对/another record stands here, or none; digest/摘要不符/not its digest; prev/与前一条不相连/not linked to the last;
statement/签名覆盖别的记录/signed over others; head/结尾不符/another end; path/路径不通向树根/the path misses the root;
root/树根不符/another root; rules/另一份竞价规则/another rule sheet; key/不是机构的密钥/not the house's key;
signature/签名不成立/the signature does not hold; unsigned/没有签名覆盖/no commit covers it;
checkpoint/检查点缺失或不符/no checkpoint over this very export; cosignature/没有该见证人的有效副署/not cosigned by this witness;
fork/机构签署过另一段历史/the house signed another history; drop/缺少机构签署过的记录/what the house signed is missing;
edit/与回执不符/not what the receipt says; hidden/条记录不公开/records not public; blind/个标的金额不公开/lots whose amounts are hidden;
unbound/条记录未附原文/records shown without the bytes they bind; codes/次拒绝只公开代码/refusals known by their code only;
rights/次成交的保证金不公开/lots won by deposits not public; ranks/次同价的权利不公开/equal bids by rights not public;
ends/次延时取决于未公开者/ends that depend on what is not public"""
WORDS: Final = {rule: (zh, en) for rule, zh, en in (" ".join(one.split()).split("/") for one in SENTENCES.split(";"))}
STEPS: Final = """SaleAnnounced 1 - planned . .; SaleOpened 1 planned open . .; SaleClosed 14 open closed . .;
SaleSuspended 13 open suspended . .; SaleResumed 13 suspended open . .; StopRegistered 13 . . . .; LotOpened 1 open . waiting open;
BidPlaced 7 open . open .; BidVoided 22 . . open .; BiddingExtended 18 open . . .; BiddingClosed 16 open . open .;
WarningCalled 9 open . open .; WarningCancelled 10 . . open .; HammerFell 11 open . open sold; LotPassed 12 open . open passed;
LotWithdrawn 12 . . waiting withdrawn; LotReoffered 12 open . passed waiting; ReserveSet 12 . . waiting .;
ResultSigned 24 closed . . .; ResultConfirmed 24 closed . . ."""
MAY: Final = {kind: rest for kind, *rest in (step.split() for step in STEPS.split(";"))}
"""Of each event its article, the phase of the sale before and after it, and the phase of its lot before and after it."""
NONE: Final = dict.fromkeys(("plate", "closes", "ended", "qualified"))
NO_LOT: Final[dict[str, Any]] = NONE | {"phase": ".", "bids": [], "calls": 0, "reserve": False}
NUMBER, DIGEST, NAME = "(0|[1-9][0-9]{0,18})", "([0-9a-f]{64})", r'([^"\\\x00-\x1f\ud800-\udfff]+)'
HEADER: Final = (rf'\{{"arrived_at":{NUMBER},"command":"{DIGEST}","epoch":{NUMBER},"outcome":"{DIGEST}","prev":"{DIGEST}",'
                 rf'"recorded_at":{NUMBER},"sale":"{NAME}","seq":{NUMBER}\}}')  # fmt: skip
STATEMENT: Final = rf"luochui commit v1\n{NAME}\n{NUMBER}\n{NUMBER}\n{NUMBER}\n{DIGEST}\n{DIGEST}\n{DIGEST}\n"
NOTE: Final = rf"{NAME}\n{NUMBER}\n([A-Za-z0-9+/]{{43}}=)\nepoch {NUMBER}\nhead {DIGEST}\nat {NUMBER}\n"
FIELDS: Final = {HEADER: "arrived_at# command epoch# outcome prev recorded_at# sale seq#", NOTE: "origin size# root epoch# head at#",
                 STATEMENT: "sale epoch# first# last# head root rules"}  # fmt: skip

class Fault(Exception):
    """What does not hold: a proof (a key of ``WORDS``) or the number of an article, and the first record at fault."""

def must(seq: int, **holds: object) -> None:
    """Each of these must hold of record ``seq``; ``a7`` is article 7."""
    for rule, good in holds.items():
        if not good:
            raise Fault(rule[1:] if rule[1:].isdigit() else rule, seq)

def read(shape: str, text: Any, seq: int, rule: str = "spelling") -> SimpleNamespace:
    """The fields of ``text``, which must be in the one spelling of its shape."""
    found = re.fullmatch(shape, text) if isinstance(text, str) else None
    pairs = zip(FIELDS[shape].split(), found.groups() if found else (), strict=False)
    fields: dict[str, Any] = {name.rstrip("#"): int(value) if name[-1] == "#" else value for name, value in pairs}
    must(seq, **{rule: fields and 0 < fields.get("first", 1) <= fields.get("last", 1)})
    return SimpleNamespace(**fields)

def unhex(text: Any) -> bytes:
    """The bytes that ``text`` spells in lower-case hexadecimal; none if it does not."""
    return bytes.fromhex(text) if isinstance(text, str) and re.fullmatch("(?:[0-9a-f]{2})*", text) else b""

def sha256(*parts: str | bytes) -> bytes:
    """The digest of ``parts``, one after the other."""
    return hashlib.sha256(b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)).digest()

def signed(key: bytes, text: str, signature: bytes) -> bool:
    """Whether ``signature`` over ``text`` was made with the private half of ``key``."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True

def tree_hash(entries: list[bytes]) -> bytes:
    """The root over ``entries``, of which there is at least one: RFC 9162, 2.1.1."""
    if len(entries) == 1:
        return sha256(b"\x00", entries[0])
    split = 1 << (len(entries) - 1).bit_length() - 1
    return sha256(b"\x01", tree_hash(entries[:split]), tree_hash(entries[split:]))

def root_by_path(entry: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which ``path`` leads from ``entry`` at ``index`` of ``size``; no root if it has the wrong length."""
    if size == 1 or not path:
        return sha256(b"\x00", entry) if size == 1 and not path else b""
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return sha256(b"\x01", root_by_path(entry, index, split, path[:-1]), path[-1])
    return sha256(b"\x01", path[-1], root_by_path(entry, index - split, size - split, path[:-1]))

def agrees(record: dict[str, Any], outcome: str, *, whole: bool) -> bool:
    """Whether ``record`` shows this ``outcome``: all of it if ``whole``, else as far as it is not hidden."""
    said, shown = json.loads(outcome), record.get("events") or []
    if "refused" in said or record.get("refused"):
        return {"code": said.get("refused", {}).get("code")} == record.get("refused")
    events = [event for event in said["events"] if whole or any(event["type"] == each["type"] for each in shown)]
    for event, each in zip(events, shown, strict=False):
        event |= {"who": {"paddle": event.get("paddle")}, "plate": each.get("plate"), "opening_fen": event.get("opening_price")}
        event |= {f"{name}_fen": event.get(name) for name in ("amount", "price")}
        event |= {f"{name}_us": event[name] and event[name] // 1000 for name in ("at", "closes_at") if name in event}
        hidden = [] if whole else [None, "proxy", *([each["who"]] if "alias" in (each.get("who") or ()) else [])]
        if any(value != event.get(name) and value not in hidden for name, value in each.items()):
            return False
    return len(events) == len(shown)

class Chain:
    """The record of a sale: contents are bound by headers, headers by the ones after and by signatures."""

    def __init__(self, sale: str, key: bytes, seq: int = 0, head: str = "0" * 64) -> None:
        self.sale, self.key, self.seq, self.head, self.covered = sale, key, seq, head, seq
        self.epoch: int | None = None
        self.rules: str | None = None
        self.headers: list[Any] = []

    def record(self, record: dict[str, Any]) -> None:
        """Take in the next record."""
        seq, text, outcome = self.seq + 1, record.get("header"), record.get("outcome")
        header = read(HEADER, text, seq)
        header.digest = sha256(str(text))
        must(seq, place=header.seq == seq, sale=header.sale == self.sale and self.epoch in {None, header.epoch})
        must(seq, digest=header.digest.hex() == record["digest"], prev=header.prev == self.head)
        must(seq, shape=(record.get("refused") is None) == ("events" in record))
        if outcome is not None:
            must(seq, outcome=sha256(unhex(record.get("outcome_salt")), outcome).hex() == header.outcome)
            must(seq, outcome=agrees(record, outcome, whole=True))
            for sheet in (event["rules"] for event in json.loads(outcome).get("events", ()) if event["type"] == "SaleAnnounced"):
                self.rules = sha256(json.dumps(sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":"))).hex()
        self.seq, self.head, self.epoch = seq, header.digest.hex(), header.epoch
        self.headers.append(header)

    def commit(self, commit: dict[str, Any]) -> None:
        """Take in the next commit, all of whose records are there."""
        first, said = self.covered + 1, read(STATEMENT, commit["statement"], self.covered + 1)
        must(said.first, statement=(commit["first"], commit["last"]) == (said.first, said.last))
        must(first, unsigned=said.first == first and said.last <= self.seq)
        digests = [header.digest for header in self.headers[self.covered - self.seq :][: said.last - self.covered]]
        must(first, sale=(said.sale, said.epoch) == (self.sale, self.epoch), rules=self.rules in {None, said.rules})
        must(first, head=said.head == digests[-1].hex(), root=said.root == tree_hash(digests).hex())
        must(first, signature=signed(self.key, commit["statement"], unhex(commit["signature"])))
        self.covered, self.rules = said.last, said.rules

def check_receipt(receipt: dict[str, Any], key: str | None) -> Any:
    """The header of ``receipt``, which the house must have signed."""
    texts = "header", "command", "command_salt", "outcome", "outcome_salt", "statement", "signature", "key"
    path = [unhex(node) for node in receipt.get("path", "x")]
    must(0, shape=all(isinstance(receipt.get(name), str) for name in texts) and {*map(len, path)} <= {32})
    header, digest = read(HEADER, receipt["header"], 0), sha256(receipt["header"])
    for part in ("command", "outcome"):
        must(header.seq, **{part: sha256(unhex(receipt[f"{part}_salt"]), receipt[part]).hex() == vars(header)[part]})
    said, seq = read(STATEMENT, receipt["statement"], header.seq), header.seq
    must(seq, sale=(said.sale, said.epoch) == (header.sale, header.epoch), statement=said.first <= seq <= said.last)
    root = root_by_path(digest, seq - said.first, said.last - said.first + 1, path)
    must(seq, head=seq != said.last or digest.hex() == said.head, path=root.hex() == said.root, key=key in {None, receipt["key"]})
    must(seq, signature=signed(unhex(receipt["key"]), receipt["statement"], unhex(receipt["signature"])))
    return header

def check_note(text: str, key: bytes, sale: str, witnesses: list[str]) -> Any:
    """The checkpoint in the signed note ``text``, with the house's signature and those of ``witnesses`` (vkeys)."""
    body, _, rest = text.partition("\n\n")
    note, origin = read(NOTE, f"{body}\n", 0, "checkpoint"), f"luochui/{sha256(key).hex()[:8]}/{sale}"
    lines = [(name, base64.b64decode(raw)) for name, raw in re.findall(r"^— (\S+) (\S+)$", rest, re.MULTILINE)]
    must(note.size, checkpoint=note.origin == origin)
    vkeys = [(name, base64.b64decode(public)) for name, _, public in (vkey.split("+", 2) for vkey in witnesses)]
    for name, public in [(origin, b"\x01" + key), *vkeys]:  # The house signs the body; witnesses the time, sent with it, and the body.
        raws, own = [raw[4:] for by, raw in lines if by == name and raw[:4] == sha256(name, b"\n", public)[:4]], public[0] == 1
        said = [("" if own else f"cosignature/v1\ntime {int.from_bytes(raw[:8], 'big')}\n", raw if own else raw[8:]) for raw in raws]
        must(note.size, **{"signature" if own else "cosignature": any(signed(public[1:], f"{at}{body}\n", raw) for at, raw in said)})
    return note

class Replay:
    """The sale held again, as far as the public may see it. Ends are worked out to the nanosecond, not taken from what is shown."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        told = [event for record in records for event in record.get("events") or ()]
        must(1, a1=told and told[0]["type"] == "SaleAnnounced" and records[0].get("outcome"))
        first = json.loads(records[0]["outcome"])["events"][0]
        self.sheet, self.timed, self.phase, self.since, self.recorded = first["rules"], first["rules"]["timed"], "-", 0, 0
        ends = {event["lot"]: MAY[event["type"]][4] != "waiting" for event in told if MAY[event["type"]][4] not in {".", "open"}}
        closed, sight = any(event["type"] == "SaleClosed" for event in told), self.sheet["visibility"]
        self.channels: dict[str, str] = {}
        self.signed: dict[str, str] = {}
        self.lots: dict[Any, Any] = {}
        for entry in first["catalogue"]:
            lifted = {"lot_end": ends.get(entry["lot"]), "sale_end": closed}.get(sight["lifted"])
            lot = NO_LOT | {"plate": entry["plate"], "opening": entry["opening_price"], "phase": "waiting", "round": 1}
            self.lots[entry["lot"]] = SimpleNamespace(**lot, blind=sight["amounts_public"] == "none" and not lifted)
        self.unjudged = Counter(blind=sum(lot.blind for lot in self.lots.values()))

    def take(self, header: Any, record: dict[str, Any], receipt: dict[str, Any] | None) -> None:
        """Hold the sale on by one record."""
        self.seq, self.at = header.seq, header.arrived_at
        self.full: dict[Any, str] = {}  # Lots that must have a whole window left, by the article that says so.
        must(self.seq, a6=header.recorded_at >= max(self.at, self.recorded))
        self.recorded, self.bound, events = header.recorded_at, record.get("outcome"), record.get("events")
        if events is None:
            return self._refused(record["refused"]["code"], json.loads(receipt["command"]) if receipt else {})
        must(self.seq, a14=self.phase != "closed" or (events and all(event["type"].startswith("Result") for event in events)))
        self.unjudged.update(hidden=not events, unbound=bool(events) and not self.bound)
        kinds = [event["type"] for event in events]
        for event in events:
            self._event(event, kinds)
        for bid in (event for event in json.loads(receipt["outcome"])["events"] if event["type"] == "BidPlaced") if receipt else ():
            must(self.seq, edit="BidPlaced" in kinds or self.lots[bid["lot"]].blind)
        for lot in (self.lots[event["lot"]] for event in events if self.timed and event["type"] == "BidPlaced"):
            must(self.seq, a18=self._due(lot) is None or self.timed["extension"]["top_k"])
            self.unjudged.update(ends=self._due(lot) is not None)
        for number, rule in self.full.items() if self.timed and self.phase == "open" else ():
            must(self.seq, **{rule: self.lots[number].closes >= self.at + self.timed["window"]})
        return None

    def _event(self, e: dict[str, Any], beside: list[str]) -> None:
        kind, (rule, before, after, was, will) = e["type"], MAY[e["type"]]
        seq, at, sheet, timed, rule = self.seq, self.at, self.sheet, self.timed, f"a{13 if self.phase == 'suspended' else rule}"
        lot = self.lots[e["lot"]] if e.get("lot") is not None else SimpleNamespace(**NO_LOT)
        taking = ((number, each) for number, each in self.lots.items() if each.phase == "open")
        must(seq, **{rule: before in {".", self.phase} and was in {".", lot.phase}})
        must(seq, a6=e.get("at_us") in {None, at // 1000}, outcome=e.get("plate") in {None, lot.plate})
        leading, ended = lot.bids[-1][:2] if lot.bids else None, kind in {"HammerFell", "LotPassed"}
        lot.calls += kind == "WarningCalled"
        must(seq, a1=kind != "SaleOpened" or at >= (sheet["opens_at"] or 0))
        must(seq, a1=kind != "LotOpened" or (timed and timed["advance"] == "together") or not any(taking))
        called = not timed and lot.calls == e.get("call") <= sheet["calls"]
        must(seq, a9=kind != "WarningCalled" or (called and (lot.blind or (leading and leading[0] == e["price_fen"]))))
        wait = 1 if "SaleSuspended" in beside or not timed else timed["grace"]
        must(seq, a16=kind != "BiddingClosed" or (at >= lot.closes + wait and e["closes_at_us"] == lot.closes // 1000))
        must(seq, a16=not ended or not timed or "BiddingClosed" in beside)
        must(seq, a12=kind != "LotPassed" or lot.blind or (e["reserve_unmet"] == bool(leading) and (lot.reserve or not leading)))
        sold = kind == "HammerFell"
        must(seq, a11=not sold or ((lot.blind or leading == (e["price_fen"], e["who"])) and (timed or lot.calls == sheet["calls"])))
        must(seq, a23=not sold or timed or lot.blind or at >= lot.since + sheet["dwell"])
        self.unjudged.update(rights=sold and sheet["deposit"] == "one_lot")
        must(seq, a14=kind != "SaleClosed" or all(each.phase in {"sold", "passed", "withdrawn"} for each in self.lots.values()))
        self.phase, lot.phase = after if after != "." else self.phase, will if will != "." else lot.phase
        if kind == "LotOpened":
            lot.opened, lot.bids, lot.no, lot.calls, lot.moved, lot.extensions = at, [], 0, 0, None, 0
            lot.closes = lot.first = at + timed["free"] + timed["window"] if timed else None
            must(seq, a16=e["closes_at_us"] == (lot.closes and lot.closes // 1000))
        elif kind == "BidPlaced" and not lot.blind:
            self._bid(lot, e)
        elif kind == "BidVoided" and not lot.blind:
            found = [bid for bid in lot.bids if bid[:2] == (e["amount_fen"], e["who"]) and e["no"] in {None, bid[2]}]
            must(seq, a22=found)
            self.full |= {e["lot"]: "a22"} if found[0] == lot.bids[-1] else {}
            lot.bids, lot.since = [bid for bid in lot.bids if bid is not found[0]], at
        elif kind == "BiddingExtended":
            for _, each in [("", lot)] if e["lot"] is not None else taking:
                self._extended(each, e["why"], e["closes_at_us"])
        elif kind == "LotReoffered":
            least, lot.round, lot.qualified = -(-lot.opening * (100 - sheet["reoffer_lower_percent"]) // 100), lot.round + 1, None
            must(seq, a12=e["round"] == lot.round <= sheet["reoffers_max"] + 1 and least <= e["opening_fen"] <= lot.opening)
            lot.opening = e["opening_fen"]
        elif kind == "SaleSuspended":
            self.since = json.loads(self.bound)["events"][-1]["since"] if self.bound else at
        elif kind == "SaleResumed":
            for number, each in taking:
                self.full[number], each.first, each.since = "a13", each.first and each.first + at - self.since, at
                limited = sheet["resume_for"] == "who_had_bid" and each.bids
                each.qualified = [bid[1] for bid in each.bids] if limited else each.qualified
        elif kind == "ResultSigned":
            must(seq, a24=e["role"] in {"auctioneer", "supervisor"} - set(self.signed))
            self.signed[e["role"]] = e["report"]
        lot.calls = 0 if kind == "WarningCancelled" else lot.calls
        lot.reserve = lot.reserve or kind == "ReserveSet"
        lot.ended = (lot.closes or at) if ended else lot.ended if kind != "LotReoffered" else None
        must(seq, a24=len({*self.signed.values()}) <= 1 and (kind != "ResultConfirmed" or [*self.signed.values()] == [e["report"]] * 2))

    def _asked(self, lot: Any) -> tuple[int, int, int]:  # What is bid now, the least that may follow, and the step.
        price: int = lot.bids[-1][0] if lot.bids else lot.opening
        step = [band["step"] for band in self.sheet["increments"] if band["from_price"] <= price][-1]
        return price, price + step if lot.bids else price, step

    def _bid(self, lot: Any, e: dict[str, Any]) -> None:
        seq, amount, who, basis, (price, least, step) = self.seq, e["amount_fen"], e["who"], e["basis"], self._asked(lot)
        must(seq, a16=lot.closes is None or self.at <= lot.closes, a6=e["no"] in {None, lot.no + 1})
        open_bid = (basis in {"bid", "priority"} or not lot.reserve) and e["no"] is not None and "paddle" in who
        must(seq, outcome=self.bound or not open_bid)  # What is shown in full is shown with what binds it.
        must(seq, a5=self.channels.setdefault(str(who), e["channel"]) == e["channel"], a4=len(self.channels) <= self.unjudged["hidden"])
        must(seq, a13=lot.qualified is None or who in lot.qualified, a17=basis in {"bid", "priority"} or self.sheet["proxies"])
        equal, own = basis in {"held", "priority"}, lot.bids and who == lot.bids[-1][1]
        must(seq, a21=not equal or (lot.bids and amount == price), a7=not own or (basis in {"reserve", "proxy"} and lot.reserve))
        must(seq, a7=equal or (amount >= least and (amount - least) % step == 0))
        rule: Any = self.timed["extension"] if self.timed and basis == "bid" else {"reach": None}
        bounded = rule["reach"] and self.at >= lot.closes - rule["within"]
        must(seq, a18=not bounded or amount <= max(least, price + rule["reach"]))
        self.unjudged.update(ranks=equal)
        lot.bids.append((amount, who, e["no"]))
        lot.no, lot.since, lot.calls = lot.no + 1, self.at, 0

    def _due(self, lot: Any) -> Any:  # Where a bid that arrives now moves the end; None if it does not.
        rule, at, count = self.timed["extension"], self.at, lot.extensions
        late, shrunk = at >= lot.closes - rule["within"], max(rule["least"], rule["by"] - count * rule["shrink"])
        ends = {"top_up": at + rule["by"], "shrinking": at + shrunk}
        ends |= {"reset": at + rule["by"], "add": lot.closes + rule["by"]} if late else {}
        end = min(ends.get(rule["kind"], 0), 1 << 63 if rule["cap"] is None else lot.first + rule["cap"])
        spent = lot.moved == at or (rule["count_max"] is not None and count >= rule["count_max"])
        return end if end > lot.closes and not spent else None

    def _extended(self, lot: Any, why: str, shown: int) -> None:
        left = max(self.timed["window"], lot.closes - self.since if why == "resumption" else 0)
        end = self._due(lot) if why == "bid" else self.at + left
        good = end is not None and end // 1000 == shown and end >= lot.closes
        must(self.seq, **{{"bid": "a18", "void": "a22", "resumption": "a13"}[why]: good})
        lot.closes, lot.moved, lot.extensions = end, self.at if why == "bid" else lot.moved, lot.extensions + (why == "bid")

    def _refused(self, code: str, command: dict[str, Any]) -> None:  # True of the lot that a receipt names, or of any.
        lots, at = [self.lots[command["lot"]]] if command.get("lot") in self.lots else list(self.lots.values()), self.at
        transit = [lot for lot in lots if lot.ended is not None and lot.opened <= at <= lot.ended]
        late = [lot for lot in lots if lot not in transit and self.timed and (lot.ended or (lot.phase == "open" and at > lot.closes))]
        phases = {"E_AUCTION_PAUSED": ["suspended"], "E_SALE_CLOSED": ["closed"], "E_AUCTION_NOT_OPEN": ["-", "planned"]}
        ends = {"E_AUCTION_CLOSED": late, "E_LATE_TRANSIT": transit}
        must(self.seq, a15=self.phase in phases.get(code, [self.phase]), a16=ends.get(code, True))
        if code == "E_BID_TOO_LOW" and command.get("type") == "PlaceBid" and not lots[0].blind:
            _, least, step = self._asked(lots[0])
            must(self.seq, a7=command["amount"] < least or (command["amount"] - least) % step)
        self.unjudged.update(codes=not command and code not in {*phases, *ends})

def judge(export: str, key: str | None, held: dict[str, str], witnesses: list[str]) -> dict[str, Any]:
    """What ``export`` is worth, given the receipts and the checkpoints that others hold: their texts by file name."""
    chain, evidence, rule, seq, replay = Chain("", b""), "export", None, None, None
    receipts: dict[int, Any] = {}
    try:
        lines = [json.loads(line) for line in export.split("\n") if line]
        about, *_ = [line for line in lines if line["type"] == "sale"]
        chain, key = Chain(about["sale"], unhex(about["key"])), key or about["key"]
        must(1, key=about["key"] == key)
        records = [line for line in lines if line["type"] == "record"]
        for record in records:
            chain.record(record)
        for commit in (line for line in lines if line["type"] == "commit"):
            chain.commit(commit)
        must(chain.covered + 1, unsigned=chain.covered == chain.seq, place=0 < chain.seq >= about["seq"])
        must(chain.seq, head=about["head"] == chain.head, checkpoint=lines[-1]["type"] == "checkpoint")
        for name, text in {"export": lines[-1]["note"], **held}.items():
            evidence = name
            if text.lstrip().startswith("{"):
                receipt = json.loads(text)
                number, *whose = [vars(check_receipt(receipt, key))[name] for name in ("seq", "sale", "epoch")]
                must(number, sale=whose == [chain.sale, chain.epoch], drop=number <= chain.seq)
                must(number, fork=sha256(receipt["header"]) == chain.headers[number - 1].digest)
                must(number, edit=agrees(records[number - 1], receipt["outcome"], whole=False))
                receipts[number] = receipt
            else:
                note = check_note(text, chain.key, chain.sale, witnesses if name == "export" else [])
                must(chain.seq + 1, drop=note.size <= chain.seq)
                covered, last = [header.digest for header in chain.headers[: note.size]], chain.headers[note.size - 1]
                same = (note.head, note.at, note.epoch) == (covered[-1].hex(), last.recorded_at, last.epoch)
                same = same and note.root == base64.b64encode(tree_hash(covered)).decode()
                must(note.size, **{"checkpoint" if name == "export" else "fork": same})
                must(note.size, checkpoint=name != "export" or note.size == chain.seq)
        evidence, replay = "export", Replay(records)
        for header, record in zip(chain.headers, records, strict=True):
            replay.take(header, record, receipts.get(header.seq))
    except Fault as fault:
        rule, seq = fault.args
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        rule, seq = "shape", getattr(replay, "seq", chain.seq + 1)
    said = {"verdict": "BAD" if rule else "GOOD", "seq": seq, "rule": rule, "evidence": evidence if rule else None, "sale": chain.sale}
    unjudged = {name: count for name, count in replay.unjudged.items() if count} if replay else {}
    return {**said, "records": chain.seq, "head": chain.head, "rules": chain.rules, "key": key, "not_judged": unjudged}

def main() -> int:
    """Run the command line."""
    ask = argparse.ArgumentParser(description="核对一场拍卖会的公开记录 Check the public record of a sale.")
    ask.add_argument("export", type=Path)
    ask.add_argument("held", nargs="*", type=Path, help="receipts (JSON) and remembered checkpoints (notes)")
    ask.add_argument("--key", help="the house's key as printed in the notice: hexadecimal or a vkey")
    ask.add_argument("--witness", action="append", default=[], help="vkey of a witness who must have cosigned")
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    try:
        key = base64.b64decode(given.key.split("+", 2)[2])[1:].hex() if "+" in (given.key or "") else given.key
        said = judge(given.export.read_text("utf-8"), key, {str(path): path.read_text("utf-8") for path in given.held}, given.witness)
    except (OSError, ValueError, IndexError) as error:
        ask.exit(2, f"{error}\n")
    zh, en = WORDS.get(said["rule"], (f"违反竞价规则第{said['rule']}条", f"against article {said['rule']} of the rules"))
    if given.json:
        print(json.dumps(said, ensure_ascii=False))
    elif said["rule"]:
        print(f"BAD 不成立  record {said['seq']}: {en} ({said['rule']}; {said['evidence']})\n第 {said['seq']} 条记录：{zh}")
    else:
        print(f"GOOD 成立  {said['sale']}: {said['records']} records 条记录")
        print(*(f"  {name} {said[name]}" for name in ("head", "rules", "key")), sep="\n")
        for name, count in said["not_judged"].items():
            print(f"  not judged 未判断: {count} {WORDS[name][1]} {count} {WORDS[name][0]}")
    return int(said["verdict"] == "BAD")

if __name__ == "__main__":
    raise SystemExit(main())
