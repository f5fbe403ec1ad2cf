"""
Checks a sale without trusting the house that held it. One file: Python's standard library, and the Ed25519 of ``cryptography``.

``python verifier.py export.jsonl [receipt.json … note.txt …] --key HEX [--witness VKEY] [--json]`` proves that the house signed just
this record, then holds the sale again by its rules. Formats, proofs: ``engine/wire/PROTOCOL.md``; articles: ``engine/domain/RULES.md``.
"""
import argparse, base64, hashlib, json, re, runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAY: Final = {kind: rest for kind, *rest in (step.split() for step in """SaleAnnounced a1 - planned . .; SaleOpened a1 planned open . .;
SaleClosed a14 open closed . .; SaleSuspended a13 open suspended . .; SaleResumed a13 suspended open . .; StopRegistered a13 . . . .;
CopiesStated a45 . . . .; ReserveSet a12 . . waiting .; LotOpened a1 open . waiting open; LotPassed a12 open . open passed;
LotWithdrawn a12 . . waiting withdrawn; LotReoffered a12 open . passed waiting; BidPlaced a7 open . open .; BidVoided a22 . . open .;
BiddingExtended a18 open . . .; BiddingClosed a16 open . open .; WarningCalled a9 open . open .; WarningCancelled a10 . . open .;
HammerFell a11 open . open sold; ResultSigned a24 closed . . .; ResultConfirmed a24 closed . . .""".split(";"))}
"""Of each event its article, the phase of the sale before and after it, and the phase of its lot before and after it."""
OVER, OFFICERS, FREE = {"sold", "passed", "withdrawn"}, {"auctioneer", "supervisor"}, {"plate", "paddles", "first", "last"}
QUIET: Final = "BidderR", "BidderS", "Deposit", "EnvelopeR", "SheetO", "TimeP", "TimeD", "Trouble", "Evidence"  # Told to nobody.
BESIDE: Final = {f"{name.title()}Announced": str(Path(__file__).with_name(f"verifier_{name}.py")) for name in ("quota", "opening")}
NO_LOT: dict[str, Any] = {"phase": ".", "plate": None, "closes": None, "ended": None, "since": 0, "calls": 0, "reserve": 0, "bids": ()}
FIELD: Final = {"#": "0|[1-9][0-9]{0,18}", "$": "[0-9a-f]{64}", "=": "[A-Za-z0-9+/]{43}=", "@": r'[^"\\\x00-\x1f\ud800-\udfff]+'}
HEADER: Final = (r'\{"arrived_at":#arrived_at,"command":"$command","epoch":#epoch,"outcome":"$outcome","prev":"$prev",'
                 r'"recorded_at":#recorded_at,"sale":"@sale","seq":#seq\}')  # fmt: skip
STATEMENT: Final = "luochui commit v1\n@sale\n#epoch\n#first\n#last\n$head\n$root\n$rules\n"
NOTE: Final = "@origin\n#size\n=root\nepoch #epoch\nhead $head\nat #at\n"

class Fault(Exception):
    """What does not hold: the name of a proof or the number of an article, and the first record at fault."""

def must(seq: int, **holds: object) -> None:
    """Each of these must hold of record ``seq``; ``a7`` is article 7."""
    for rule in (rule for rule, good in holds.items() if not good):
        raise Fault(rule[1:] if rule[1:].isdigit() else rule, seq)

def read(form: str, text: Any, seq: int, rule: str = "spelling") -> SimpleNamespace:
    """The fields of ``text``, whose one spelling is ``form``: numbers (#), digests ($, in base64 =), names (@)."""
    found = isinstance(text, str) and re.fullmatch(re.sub(r"([#$@=])([a-z]\w+)", lambda f: f"(?P<{f[2]}>{FIELD[f[1]]})", form), text)
    fields: dict[str, Any] = {n: int(v) if f"#{n}" in form else v for n, v in found.groupdict().items()} if found else {}
    must(seq, **{rule: fields and 0 < fields.get("first", 1) <= fields.get("last", 1)})
    return SimpleNamespace(**fields)

def sha256(*parts: str | bytes) -> bytes:
    """The digest of ``parts``, one after the other."""
    return hashlib.sha256(b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)).digest()

def signed(key: str, text: str, signature: str) -> bool:
    """Whether ``signature`` over ``text`` was made with the private half of ``key``; both in hexadecimal."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text.encode()) is None
    except (InvalidSignature, TypeError, ValueError): return False

def tree_hash(entries: list[bytes]) -> bytes:
    """The root over ``entries``, of which there is at least one: RFC 9162, 2.1.1."""
    split = 1 << (len(entries) - 1).bit_length() >> 1
    return sha256(b"\x01", tree_hash(entries[:split]), tree_hash(entries[split:])) if split else sha256(b"\x00", entries[0])

def root_by_path(entry: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which ``path`` leads from ``entry`` at ``index`` of ``size``; no root if it has the wrong length."""
    root, inner = sha256(b"\x00", entry), (index ^ (size - 1)).bit_length()  # Above, only subtrees to the left are left.
    for level, node in enumerate(path):
        root = sha256(b"\x01", node, root) if level >= inner or index >> level & 1 else sha256(b"\x01", root, node)
    return root if len(path) == inner + (index >> inner).bit_count() else b""

def agrees(record: dict[str, Any], outcome: str, *, whole: bool = True) -> bool:
    """Whether ``record`` shows this ``outcome``: all of it if ``whole``, else as far as it is not hidden."""
    said, shown, good = json.loads(outcome), record.get("events") or [], True
    if "refused" in said or record.get("refused"):
        return {"code": said.get("refused", {}).get("code")} == record.get("refused")
    events = [e for e in said["events"] if (whole and not e["type"].startswith(QUIET)) or e["type"] in [x["type"] for x in shown]]
    for event, each in zip(events, shown, strict=False):
        event |= {"who": {"paddle": event.get("paddle")}, "class": event.get("quota_class"), "opening_fen": event.get("opening_price")}
        event |= {f"{n}_{u}": v // f if isinstance(v, int) else v for n, v in [*event.items()] for u, f in (("us", 1000), ("fen", 1))}
        hidden = [] if whole else [None, "proxy", *([each["who"]] if "alias" in (each.get("who") or ()) else [])]
        good = good and all(value == event.get(name) or value in hidden or name in FREE for name, value in each.items())
    return good and len(events) == len(shown)

class Chain:
    """The record of a sale: contents are bound by headers, headers by the ones after and by signatures."""
    def __init__(self, sale: str, key: str, seq: int = 0, head: str = "0" * 64) -> None:
        self.sale, self.key, self.seq, self.head, self.covered, self.links, self.rules = sale, key, seq, head, seq, list[Any](), ""
    def record(self, record: dict[str, Any]) -> None:
        """Take in the next record."""
        seq, text, header = self.seq + 1, record.get("outcome"), read(HEADER, record.get("header"), self.seq + 1)
        header.digest, last = sha256(record["header"]), (self.links or [header])[-1]
        must(seq, place=header.seq == seq, sale=header.sale == self.sale and header.epoch - last.epoch in {0, 1})
        must(seq, digest=header.digest.hex() == record["digest"], prev=header.prev == self.head)
        must(seq, shape=(record.get("refused") is None) == ("events" in record))
        if text is not None:
            must(seq, outcome=sha256(bytes.fromhex(record["outcome_salt"]), text).hex() == header.outcome and agrees(record, text))
            for sheet in (event["rules"] for event in json.loads(text).get("events", ()) if "rules" in event):
                self.rules = sha256(json.dumps(sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":"))).hex()
        self.seq, self.head = seq, header.digest.hex()
        self.links.append(header)
    def commit(self, commit: dict[str, Any]) -> None:
        """Take in the next commit, all of whose records are there."""
        first, said = self.covered + 1, read(STATEMENT, commit["statement"], self.covered + 1)
        must(said.first, statement=(commit["first"], commit["last"]) == (said.first, said.last))
        must(first, unsigned=said.first == first and said.last <= self.seq)
        digests = [header.digest for header in self.links[self.covered - self.seq :][: said.last - self.covered]]
        must(first, sale=(said.sale, {said.epoch}) == (self.sale, {self.links[n - self.seq - 1].epoch for n in (first, said.last)}))
        must(first, head=said.head == digests[-1].hex(), root=said.root == tree_hash(digests).hex())
        must(first, rules=self.rules in {"", said.rules}, signature=signed(self.key, commit["statement"], commit["signature"]))
        self.covered, self.rules = said.last, said.rules
    def checkpoint(self, text: str, witnesses: list[str] | None) -> None:
        """Check the note ``text``: by the house, by ``witnesses`` (vkeys; None if it is a remembered one), over these records."""
        body, rest = text.partition("\n\n")[0] + "\n", text.partition("\n\n")[2]
        said, origin = read(NOTE, body, 0, "checkpoint"), f"luochui/{sha256(bytes.fromhex(self.key))[:4].hex()}/{self.sale}"
        lines = [(name, base64.b64decode(raw).hex()) for name, raw in re.findall(r"^— (\S+) (\S+)$", rest, re.MULTILINE)]
        tag = [origin, sha256(origin, b"\n\x01", bytes.fromhex(self.key))[:4].hex()]
        house = any(signed(self.key, body, raw[8:]) for by, raw in lines if [by, raw[:8]] == tag)
        must(said.size, checkpoint=said.origin == origin, signature=house)
        for *tag, key in (vkey.split("+", 2) for vkey in witnesses or ()):  # Each signs the time, sent with it, and the body.
            over = [(f"cosignature/v1\ntime {int(raw[8:24] or '0', 16)}\n{body}", raw[24:]) for n, raw in lines if [n, raw[:8]] == tag]
            must(said.size, cosignature=any(signed(base64.b64decode(key)[1:].hex(), *each) for each in over))
        must(self.seq + 1, drop=said.size <= self.seq)
        last, root = self.links[said.size - 1], base64.b64encode(tree_hash([header.digest for header in self.links[: said.size]]))
        same = (said.head, said.at, said.epoch, said.root) == (last.digest.hex(), last.recorded_at, last.epoch, root.decode())
        must(said.size, **{"fork" if witnesses is None else "checkpoint": same and (witnesses is None or said.size == self.seq)})

def check_receipt(receipt: dict[str, Any], key: str | None) -> Any:
    """The header of ``receipt``, which the house must have signed."""
    header, digest = read(HEADER, receipt["header"], 0), sha256(receipt["header"])
    said, seq = read(STATEMENT, receipt["statement"], header.seq), header.seq
    salts = {n: bytes.fromhex("".join(re.findall("[0-9a-f]{2}", receipt[f"{n}_salt"]))) for n in ("command", "outcome")}
    must(seq, **{n: sha256(salt, receipt[n]).hex() == vars(header)[n] for n, salt in salts.items()})
    must(seq, sale=(said.sale, said.epoch) == (header.sale, header.epoch), statement=said.first <= seq <= said.last)
    root = root_by_path(digest, seq - said.first, said.last - said.first + 1, [*map(bytes.fromhex, receipt["path"])])
    must(seq, head=seq != said.last or digest.hex() == said.head, path=root.hex() == said.root, key=key in {None, receipt["key"]})
    must(seq, signature=signed(receipt["key"], receipt["statement"], receipt["signature"]))
    return header

class Replay:
    """The sale held again, as far as the public may see it. Ends are worked out to the nanosecond, not taken from what is shown."""
    def __init__(self, records: list[dict[str, Any]]) -> None:
        told = [event for record in records for event in record.get("events") or ()]
        must(1, a1=told and told[0]["type"] == "SaleAnnounced" and records[0].get("outcome"))
        first, kinds = json.loads(records[0]["outcome"])["events"][0], {event["type"] for event in told}
        self.sheet, self.timed, self.phase, self.since, self.recorded = first["rules"], first["rules"]["timed"], "-", 0, 0
        self.channels, self.signed, self.lots, sight = dict[str, str](), dict[str, str](), dict[Any, Any](), self.sheet["visibility"]
        left = {event["lot"]: MAY[event["type"]][4] for event in told if MAY[event["type"]][4] not in {".", "open"}}
        for lot in first["catalogue"]:
            lifted = {"lot_end": left.get(lot["lot"]) in OVER, "sale_end": "SaleClosed" in kinds}.get(sight["lifted"])
            state = NO_LOT | {"phase": "waiting", "plate": lot["plate"], "opening": lot["opening_price"], "round": 1, "who": ()}
            self.lots[lot["lot"]] = SimpleNamespace(**state, blind=sight["amounts_public"] == "none" and not lifted)
        self.unjudged = {"hidden": 0, "blind": sum(lot.blind for lot in self.lots.values()), "codes": 0}
    def take(self, header: Any, record: dict[str, Any], receipt: dict[str, Any] | None) -> None:
        """Hold the sale on by one record."""
        self.seq, self.at, self.bound, events = header.seq, header.arrived_at, record.get("outcome"), record.get("events")
        must(self.seq, a6=header.recorded_at >= max(self.at, self.recorded))
        self.recorded, kinds, self.full = header.recorded_at, [event["type"] for event in events or ()], list[tuple[Any, str]]()
        if events is None:
            self._refused(record["refused"]["code"], json.loads(receipt["command"]) if receipt else {})
        must(self.seq, a14=events is None or self.phase != "closed" or (kinds and all(k.startswith("Result") for k in kinds)))
        self.unjudged["hidden"] += events == []
        for event in events or ():
            self._event(event, kinds)
        mine = json.loads(receipt["outcome"]).get("events", ()) if receipt else ()
        must(self.seq, edit="BidPlaced" in kinds or all(self.lots[e["lot"]].blind for e in mine if e["type"] == "BidPlaced"))
        for lot in [self.lots[event["lot"]] for event in events or () if self.timed and event["type"] == "BidPlaced"]:
            must(self.seq, a18=self._due(lot) is None or self.timed["extension"]["top_k"])
        for lot, article in self.full if self.timed and self.phase == "open" else ():  # These must have a whole window left.
            must(self.seq, **{article: lot.closes >= self.at + self.timed["window"]})
    def _event(self, e: dict[str, Any], beside: list[str]) -> None:
        kind, (article, before, after, was, will), seq, at, sheet = e["type"], MAY[e["type"]], self.seq, self.at, self.sheet
        timed, ended, lots, named = self.timed, kind in {"HammerFell", "LotPassed"}, self.lots.values(), e.get("price_fen")
        lot = self.lots[e["lot"]] if e.get("lot") is not None else SimpleNamespace(**NO_LOT)
        taking, (price, leader) = [each for each in lots if each.phase == "open"], lot.bids[-1][:2] if lot.bids else ((), ())
        must(seq, **{"a13" if self.phase == "suspended" else article: before in {".", self.phase} and was in {".", lot.phase}})
        must(seq, a6=e.get("at_us") in {None, at // 1000}, outcome=e.get("plate") in {None, lot.plate})
        right: dict[str, Any] = {  # What else must be so of an event, by its article.
            "SaleOpened": lambda: at >= (sheet["opens_at"] or 0), "SaleClosed": lambda: {each.phase for each in lots} <= OVER,
            "LotOpened": lambda: not taking or (timed and timed["advance"] == "together"),
            "LotReoffered": lambda: e["round"] - 1 == lot.round <= sheet["reoffers_max"]
                and 100 - sheet["reoffer_lower_percent"] <= 100 * e["opening_fen"] / lot.opening <= 100,
            "WarningCalled": lambda: not timed and e["call"] == lot.calls + 1 <= sheet["calls"] and (lot.blind or named == price),
            "BiddingClosed": lambda: at >= lot.closes + (1 if "SaleSuspended" in beside else timed["grace"]),
            "LotPassed": lambda: lot.blind or (e["reserve_unmet"] == bool(lot.bids) and (lot.reserve or not lot.bids)),
            "HammerFell": lambda: (timed or lot.calls == sheet["calls"]) and (lot.blind or (price, leader) == (named, e["who"])),
            "ResultSigned": lambda: e["role"] in OFFICERS - {*self.signed} and {*self.signed.values()} <= {e["report"]},
            "ResultConfirmed": lambda: [*self.signed.values()] == [e["report"]] * 2}  # fmt: skip
        must(seq, a16=not ended or not timed or "BiddingClosed" in beside)
        must(seq, **{article: right.get(kind, lambda: True)()}, a23=kind != "HammerFell" or timed or at >= lot.since + sheet["dwell"])
        self.phase, lot.phase = after.replace(".", self.phase), will.replace(".", lot.phase)
        if kind == "LotOpened":
            lot.closes = lot.first = at + timed["free"] + timed["window"] if timed else None
            lot.opened, lot.bids, lot.no, lot.calls, lot.moved, lot.extensions = at, [], 0, 0, None, 0
        elif kind == "BidPlaced" and not lot.blind:
            self._bid(lot, e)
        elif kind == "BidVoided" and not lot.blind:
            found = [bid for bid in lot.bids if bid[:2] == (e["amount_fen"], e["who"]) and e["no"] in {None, bid[2]}]
            must(seq, a22=found)
            self.full += [(lot, "a22")] if found[0] == lot.bids[-1] else []
            lot.bids, lot.since = [bid for bid in lot.bids if bid is not found[0]], at
        elif kind == "BiddingExtended":
            rule, rest, bid = {"bid": "a18", "void": "a22", "resumption": "a13"}[e["why"]], e["why"] == "resumption", e["why"] == "bid"
            for each in [lot] if e["lot"] is not None else taking:
                end = self._due(each) if bid else at + max(timed["window"], each.closes - self.since if rest else 0)
                must(seq, **{rule: end is not None and end // 1000 == e["closes_at_us"] and end >= each.closes})
                each.closes, each.moved, each.extensions = end, at if bid else each.moved, each.extensions + bid
        vars(lot).update({"opening": e["opening_fen"], "round": e["round"], "who": (), "ended": None} if kind == "LotReoffered" else {})
        self.since = self.since if kind != "SaleSuspended" else json.loads(self.bound)["events"][-1]["since"] if self.bound else at
        for each in taking if kind == "SaleResumed" else ():
            self.full.append((each, "a13"))
            each.first, each.since, each.who = timed and each.first + at - self.since, at, [bid[1] for bid in each.bids] or each.who
        self.signed |= {e["role"]: e["report"]} if kind == "ResultSigned" else {}
        lot.calls = {"WarningCalled": lot.calls + 1, "WarningCancelled": 0}.get(kind, lot.calls)
        lot.ended, lot.reserve = lot.closes or at if ended else lot.ended, lot.reserve or kind == "ReserveSet"
        must(seq, a16=kind not in {"LotOpened", "BiddingClosed"} or e["closes_at_us"] == (lot.closes and lot.closes // 1000))
    def _bid(self, lot: Any, e: dict[str, Any]) -> None:
        seq, amount, who, basis, (price, least, step) = self.seq, e["amount_fen"], e["who"], e["basis"], self._asked(lot)
        own, equal, led = basis in {"bid", "priority"}, basis in {"held", "priority"}, lot.bids[-1][1] if lot.bids else None
        full = (own or not lot.reserve) and e["no"] is not None and "paddle" in who  # So shown, it comes with what binds it.
        must(seq, a16=lot.closes is None or self.at <= lot.closes, a6=e["no"] in {None, lot.no + 1}, outcome=self.bound or not full)
        must(seq, a5=self.channels.setdefault(str(who), e["channel"]) == e["channel"], a4=len(self.channels) <= self.unjudged["hidden"])
        must(seq, a13=not lot.who or who in lot.who or self.sheet["resume_for"] != "who_had_bid", a17=own or self.sheet["proxies"])
        must(seq, a21=not equal or (lot.bids and amount == price), a7=equal or (amount >= least and (amount - least) % step == 0))
        must(seq, a7=who != led or (basis in {"reserve", "proxy"} and lot.reserve))
        rule = self.timed and basis == "bid" and self.timed["extension"]["reach"] and self.timed["extension"]
        must(seq, a18=not rule or self.at < lot.closes - rule["within"] or amount <= max(least, price + rule["reach"]))
        lot.bids, lot.no, lot.since, lot.calls = [*lot.bids, (amount, who, e["no"])], lot.no + 1, self.at, 0
    def _asked(self, lot: Any) -> tuple[int, int, int]:  # What is bid now, the least that may follow, and the step.
        price: int = lot.bids[-1][0] if lot.bids else lot.opening
        step = [band["step"] for band in self.sheet["increments"] if band["from_price"] <= price][-1]
        return price, price + step if lot.bids else price, step
    def _due(self, lot: Any) -> Any:  # Where a bid that arrives now moves the end; None if it does not.
        rule, at, count = self.timed["extension"], self.at, lot.extensions
        ends = {"top_up": at + rule["by"], "shrinking": at + max(rule["least"], rule["by"] - count * rule["shrink"])}
        ends |= {"reset": at + rule["by"], "add": lot.closes + rule["by"]} if at >= lot.closes - rule["within"] else {}
        end = min(ends.get(rule["kind"], 0), 1 << 63 if rule["cap"] is None else lot.first + rule["cap"])
        return end if end > lot.closes and lot.moved != at and count != rule["count_max"] else None
    def _refused(self, code: str, command: dict[str, Any]) -> None:  # True of the lot that a receipt names, or of any.
        lots, at = [self.lots[command["lot"]]] if command.get("lot") in self.lots else [*self.lots.values()], self.at
        transit = [lot for lot in lots if lot.ended is not None and lot.opened <= at <= lot.ended]
        late = [lot for lot in lots if lot not in transit and self.timed and (lot.ended or (lot.phase == "open" and at > lot.closes))]
        (_, least, step), own = self._asked(lots[0]) if lots else (0, 0, 1), command.get("type") == "PlaceBid" and not lots[0].blind
        true = {"E_AUCTION_PAUSED": ("a15", self.phase == "suspended"), "E_AUCTION_NOT_OPEN": ("a15", self.phase in {"-", "planned"}),
                "E_SALE_CLOSED": ("a15", self.phase == "closed"), "E_LATE_TRANSIT": ("a16", transit), "E_AUCTION_CLOSED": ("a16", late),
                "E_BID_TOO_LOW": ("a7", not own or command["amount"] < least or (command["amount"] - least) % step)}
        must(self.seq, **dict([true.get(code, ("a15", True))]))
        self.unjudged["codes"] += not command and code not in {*true} - {"E_BID_TOO_LOW"}

def judge(export: str, key: str | None, held: dict[str, str], witnesses: list[str]) -> dict[str, Any]:
    """What ``export`` is worth, given the receipts and the checkpoints that others hold: their texts by file name."""
    chain, evidence, rule, seq, replay, receipts = Chain("", ""), "export", None, None, None, dict[int, Any]()
    try:
        lines = [json.loads(line) for line in export.split("\n") if line]
        [about, *_], records, commits = ([line for line in lines if line["type"] == kind] for kind in ("sale", "record", "commit"))
        chain, key = Chain(about["sale"], about["key"]), key or about["key"]
        must(1, key=about["key"] == key)
        for line in records + commits:
            chain.record(line) if line["type"] == "record" else chain.commit(line)
        must(chain.covered + 1, unsigned=chain.covered == chain.seq, place=0 < chain.seq >= about["seq"])
        must(chain.seq, head=about["head"] == chain.head, checkpoint=lines[-1]["type"] == "checkpoint")
        for evidence, text in {"export": lines[-1]["note"], **held}.items():
            if not text.lstrip().startswith("{"):
                chain.checkpoint(text, witnesses if evidence == "export" else None)
                continue
            receipt, header = json.loads(text), check_receipt(json.loads(text), key)
            must(header.seq, sale=header.sale == chain.sale and header.epoch <= chain.links[-1].epoch, drop=header.seq <= chain.seq)
            must(header.seq, fork=sha256(receipt["header"]) == chain.links[header.seq - 1].digest)
            must(header.seq, edit=agrees(records[header.seq - 1], receipt["outcome"], whole=False))
            receipts[header.seq] = receipt
        evidence, other = "export", [file for kind, file in BESIDE.items() if kind in str(records[0].get("events"))]
        replay = runpy.run_path(other[0])["Replay"](records, must) if other else Replay(records)
        for header, record in zip(chain.links, records, strict=True):
            replay.take(header, record, receipts.get(header.seq))
    except Fault as fault:
        rule, seq = fault.args
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        rule, seq = "shape", getattr(replay, "seq", chain.seq + 1)
    return {"verdict": "BAD" if rule else "GOOD", "seq": seq, "rule": rule, "evidence": rule and evidence, "sale": chain.sale,
        "key": key, "records": chain.seq, "head": chain.head, "rules": chain.rules, "not_judged": replay.unjudged if replay else {}}

def main() -> int:
    """Run the command line."""
    ask = argparse.ArgumentParser(description="核对一场拍卖会的公开记录 Check the public record of a sale.")
    ask.add_argument("files", nargs="+", help="the export; then receipts (JSON) and remembered checkpoints (notes)")
    ask.add_argument("--key", help="the house's key as printed in the notice: hexadecimal or a vkey")
    ask.add_argument("--witness", action="append", default=[], help="vkey of a witness who must have cosigned")
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    try:
        key = base64.b64decode(given.key.split("+", 2)[2])[1:].hex() if "+" in (given.key or "") else given.key
        export, *held = [(name, Path(name).read_text("utf-8")) for name in given.files]
        said = judge(export[1], key, dict(held), given.witness)
    except (OSError, ValueError, IndexError) as error:
        ask.exit(2, f"{error}\n")
    article = f"违反竞价规则第{said['rule']}条", f"against article {said['rule']} of the rules"
    zh, en = article if str(said["rule"]).isdigit() else ("与签名不符", "not what was signed")
    bad = [f"BAD 不成立  record {said['seq']}: {en} ({said['rule']}; {said['evidence']})", f"第 {said['seq']} 条记录：{zh}"]
    good = [f"GOOD 成立  {said['sale']}: {said['records']} records 条", *(f"  {n} {said[n]}" for n in ["head", "rules", "key"])]
    good += [f"  not judged 未判断: {name} {count}" for name, count in said["not_judged"].items()]
    print(json.dumps(said, ensure_ascii=False) if given.json else "\n".join(good if said["rule"] is None else bad))
    return int(said["verdict"] == "BAD")

if __name__ == "__main__": raise SystemExit(main())
