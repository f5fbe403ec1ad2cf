"""
Holds an opening of sealed bids again by its rules: what was received in time, opened, lapsed, drawn, read out, and in which order.

Lies beside ``verifier.py``, which checks the proofs of an export and asks here whether what it shows was right. Envelopes are opened
again from the halves and answers that were published, by ``verifier_seal.py``, which must lie here too. All are called the same way:
``python verifier_opening.py export.jsonl … --key HEX``. Articles: ``engine/domain/RULES.md``, 31 to 44.
"""

import hashlib
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

BEFORE, GOING = "receiving closed", "started listed unsealing combining read_out signing"
MAY: Final[dict[str, tuple[str, str, set[str]]]] = {
    kind: (article, after, {*stages.replace("before", BEFORE).replace("going", GOING).split()})
    for kind, article, after, stages in (line.split(maxsplit=3) for line in """
OpeningAnnounced a31 receiving -; BidderRegistered a33 . receiving; DepositRecorded a33 . before started;
EnvelopeReceived a33 . receiving; BidderSignedIn a36 . before started listed unsealing combining read_out; TimeProposed a35 . receiving;
TimeDropped a35 . receiving; TimeChanged a35 . receiving; SubmissionClosed a36 closed receiving; OpeningStarted a36 started closed;
SectionFailed a36 . started; ListPublished a36 listed started; UnsealingOpened a37 unsealing listed; UnsealingMoved a43 . unsealing;
UnsealingClosed a37 combining unsealing; EnvelopeUnsealed a37 . unsealing; TroubleReported a37 . unsealing; AnswerTaken a38 . combining;
AnswerRejected a38 . combining; HalfJoined a38 . combining; HalfRefuted a38 . combining; RemedyOrdered a38 . combining;
EvidenceFiled a39 . combining; EnvelopeLapsed a39 . combining; SheetOpened a41 . combining; CeilingAnnounced a40 . combining;
CoefficientDrawn a40 . combining; BidsReadOut a41 read_out combining; SheetConfirmed a41 . read_out;
ObjectionRaised a41 . listed unsealing combining read_out; ObjectionAnswered a41 . going; SigningOpened a42 signing read_out;
ResultSigned a42 . signing; ResultConfirmed a42 . signing; OpeningEnded a42 ended started signing reconvened;
OpeningReconvened a42 reconvened ended; StatementMade a42 . going reconvened; SaleSuspended a43 . going; SaleResumed a43 . going;
StopRegistered a43 . before going ended reconvened""".split(";"))}  # fmt: skip
"""Of each event its article, the stage it leads to, and the stages in which it may happen."""

RESTING: Final = {"BidderSignedIn", "DepositRecorded", "ObjectionRaised", "ObjectionAnswered", "StatementMade", "StopRegistered"}
FOLLOWS: Final = {"HalfJoined", "HalfRefuted", "UnsealingMoved", "ResultConfirmed"}
SHOWN: Final = {"EnvelopeUnsealed", "SheetConfirmed", "ObjectionRaised"}
"""What may happen while all rests; only because of what came before it in its record; what nobody may leave out of the record."""

SEALS: Final = str(Path(__file__).with_name("verifier_seal.py"))
Event = dict[str, Any]
Key = tuple[str, int]
DOUBTFUL, PROVEN = {"restart", "connections"}, {"hall_half", "remedy_half", "commitment"}


def digest(value: Any) -> str:
    """The digest of plain data in its one spelling."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Replay:
    """The opening held again, as far as the public may see it. ``must`` raises what does not hold of a record, by article."""

    def __init__(self, records: list[dict[str, Any]], must: Callable[..., None]) -> None:
        told = {event["type"] for record in records for event in record.get("events") or ()}
        self.must, first = must, json.loads(records[0]["outcome"])["events"][0]
        self.sale, self.sheet = first["sale"], first["rules"]
        self.seen = self.sheet["attend"] == "all" or "OpeningEnded" in told
        self.shown = self.seen and "BidsReadOut" in told
        self.seal: Any = runpy.run_path(SEALS)["Seal"](self.sheet["hall"]) if self.shown else None
        self.sections = {each["name"]: each for each in self.sheet["sections"]}
        outcomes = [json.loads(record["outcome"])["events"] for record in records if "SectionFailed" in str(record.get("outcome"))]
        self.stay = {e["section"]: e["manifests"] for events in outcomes for e in events if e["type"] == "SectionFailed"}
        self.stage, self.resting, self.deadline, self.ends, self.recorded = "-", False, self.sheet["deadline"], 0, 0
        self.root, self.report, self.proposal, self.absent, self.final = "", "", (0, ""), 0, False
        self.bidders, self.arrived, self.points = dict[int, Event](), dict[int, int](), set[bytes]()
        self.envelopes, self.deposits, self.ordered = dict[Key, Any](), dict[Key, str](), set[Key]()
        self.failed, self.ceilings, self.drawn = dict[str, int](), dict[str, int](), dict[str, Event]()
        self.objections, self.signed, self.due = list[Event](), dict[str, str](), list[Event]()
        self.times, self.mine, self.hidden = dict[str, int](), dict[Key, tuple[int, int]](), 0
        self.unjudged = {"hidden": 0, "codes": 0, "content": 0, "report": 0}

    def take(self, header: Any, record: dict[str, Any], receipt: dict[str, Any] | None) -> None:
        """Hold the opening on by one record, which somebody may have a receipt of."""
        self.seq, self.at, must, heard = header.seq, header.arrived_at, self.must, record.get("events")
        must(self.seq, a6=header.recorded_at >= max(self.at, self.recorded))
        self.recorded = header.recorded_at
        if heard is None:
            self._refused(record["refused"]["code"], json.loads(receipt["command"]) if receipt else {})
            return
        must(self.seq, outcome=not heard or not self.shown or "outcome" in record)
        events = json.loads(record["outcome"])["events"] if "outcome" in record else heard
        if not events:
            mine = json.loads(receipt["outcome"]).get("events", ()) if receipt else ()
            must(self.seq, edit=not self.seen or not any(e["type"] in SHOWN for e in mine))
            must(self.seq, outcome=not self.seen or self.stage in MAY["BidderSignedIn"][2])  # Nothing later is ever hidden.
            self.mine |= {(e["section"], e["bidder"]): (self.seq, e["version"]) for e in mine if e["type"] == "EnvelopeReceived"}
            self.unjudged["hidden"] += 1
            self.hidden = self.seq if self.stage == "receiving" else self.hidden
        for event in events:
            self._event(event, {each["type"] for each in events})
        must(self.seq, **{MAY[each["type"]][0]: False for each in self.due[:1]})

    def _event(self, e: Event, beside: set[str]) -> None:
        kind, must, seq, at = e["type"], self.must, self.seq, self.at
        article, after, stages = MAY[kind]
        stamped = e.get("at_us", at // 1000) == at // 1000 and e.get("at", at) == at
        must(seq, a6=stamped or kind in {"SubmissionClosed", "UnsealingClosed"})
        must(seq, **{article: self.stage in stages or self.stage == "?"})
        must(seq, a43=kind in RESTING or self.resting == (kind == "SaleResumed"))
        known = self.due.pop(0) if self.due else None
        if known:
            must(seq, **{MAY[known["type"]][0]: all(e.get(name) == known[name] for name in known)})
        else:
            unseen = not self.shown and kind not in {"UnsealingMoved", "ResultConfirmed"}
            must(seq, **{article: unseen or (kind not in FOLLOWS and e.get("why") not in PROVEN)})
        try:
            good = getattr(self, f"_{kind}", self._simple)(e, beside)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            good = False
        must(seq, **{article: good})
        self.times[kind] = at
        self.stage = self.stage if after == "." else after if self.seen or kind != "OpeningStarted" else "?"

    def _simple(self, e: Event, beside: set[str]) -> bool:
        """What must be so of an event, and the one thing it changes."""
        kind, at, sheet, whole = e["type"], self.at, self.sheet, not self.shown
        section, number = e.get("section", ""), e.get("bidder", 0)
        m, raised = self.envelopes.get((section, number)), self.objections[e["no"] - 1] if kind == "ObjectionAnswered" else {}
        right: dict[str, Callable[[], Any]] = {
            "DepositRecorded": lambda: section in self.sections and number in self.bidders,
            "BidderSignedIn": lambda: number in self.bidders,
            "TimeProposed": lambda: at <= self.deadline < e["deadline"],
            "TimeChanged": lambda: at <= self.deadline < e["deadline"] and (whole or self.proposal == (e["deadline"], e["reason"])),
            "SectionFailed": lambda: len(e.get("manifests", range(e["envelopes"]))) == e["envelopes"] < sheet["bidders_min"],
            "UnsealingOpened": lambda: e["ends_at"] == at + sheet["unseal_for"],
            "UnsealingClosed": lambda: e.get("at", at) == self.ends + sheet["grace"] or ("SaleSuspended" in beside and at > self.ends)
                or whole or all("own" in each.halves for each in self.envelopes.values()),
            "TroubleReported": lambda: m and "own" not in m.halves,
            "EvidenceFiled": lambda: m and not m.settled(),
            "CeilingAnnounced": lambda: section in self._ceilings_due() and e["amount"] > 0,
            "SheetConfirmed": lambda: whole or (m and m.content is not None),
            "ObjectionRaised": lambda: e["no"] == len(self.objections) + 1 and (whole or number in {key[1] for key in self.envelopes}),
            "ObjectionAnswered": lambda: e["no"] > 0 and raised["answer"] is None,
            "ResultSigned": lambda: e["role"] in {"host", "supervisor"} - {*self.signed} and self.report in {"", e["report"]},
            "OpeningEnded": lambda: {*self.failed} == {*self.sections} if self.stage == "started" else self.final,
            "OpeningReconvened": lambda: self.final,
            "SaleSuspended": lambda: e.get("since", at) <= at
                and not (self.stage == "unsealing" and self.ends < at and e["cause"] not in DOUBTFUL),
            "StopRegistered": lambda: self.resting or "SaleSuspended" in beside or self.stage not in GOING.split()}  # fmt: skip
        good = bool(right.get(kind, lambda: True)())
        said = {name: e.get(name) for name in ("no", "bidder", "text")} | {"answer": None, "answered_at": None, "at": at}
        changed: dict[str, Callable[[], Any]] = {
            "BidderRegistered": lambda: self.bidders.update({number: e}),
            "DepositRecorded": lambda: self.deposits.update({(section, number): e["status"]}),
            "BidderSignedIn": lambda: self.arrived.setdefault(number, at),
            "SectionFailed": lambda: self.failed.update({section: e["envelopes"]}),
            "CeilingAnnounced": lambda: self.ceilings.update({section: e["amount"]}),
            "ObjectionRaised": lambda: self.objections.append(said),
            "ObjectionAnswered": lambda: raised.update(answer=e["text"], answered_at=at),
            "ResultSigned": lambda: self.signed.update({e["role"]: e["report"]})}  # fmt: skip
        changed.get(kind, lambda: None)()
        self.proposal = (e["deadline"], e["reason"]) if kind == "TimeProposed" else self.proposal
        self.deadline = e["deadline"] if kind == "TimeChanged" else self.deadline
        self.ends = e["ends_at"] if kind in {"UnsealingOpened", "UnsealingMoved"} else self.ends
        self.resting = {"SaleSuspended": True, "SaleResumed": False}.get(kind, self.resting)
        self.final, self.report = self.final or kind == "ResultConfirmed", e["report"] if kind == "ResultSigned" else self.report
        if kind == "SaleResumed" and self.stage == "unsealing":
            self.due = [{"type": "UnsealingMoved", "ends_at": at + sheet["unseal_for"]}]
        if kind == "ResultSigned" and len(self.signed) == 2:
            self.due = [{"type": "ResultConfirmed", "report": e["report"]}]
        if m:
            m.evidence = e["evidence"] if kind == "EvidenceFiled" else m.evidence
            m.confirmed = m.confirmed or (at if kind == "SheetConfirmed" else None)
        return good

    # What is received, and bound before any of it is opened: articles 33 and 36.

    def _EnvelopeReceived(self, e: Event, _: set[str]) -> bool:
        key, seal = (e["section"], e["bidder"]), self.seal
        m = seal.manifest(e["manifest"], e["signature"], self.bidders[e["bidder"]], self.sheet["remedy"])
        named = (m.section, m.bidder, m.version) == (key[0], str(key[1]), e["version"]) and key[0] in {*self.sections} - {*self.stay}
        good = named and key not in self.envelopes and not m.points & self.points and self.at <= self.deadline
        self.envelopes[key], self.points = m, self.points | m.points
        return good

    def _SubmissionClosed(self, e: Event, _: set[str]) -> bool:
        self.root = e["root"]
        for key, (seq, version) in self.mine.items() if self.shown else ():  # Taken back or replaced, it is followed by what is hidden.
            stands = self.envelopes[key].version >= version if key in self.envelopes else self.hidden > seq
            self.must(seq, edit=stands or key[0] in self.stay)
        leaves = [(key, m.digest) for key, m in self.envelopes.items()]
        leaves += [((name, at), bytes.fromhex(one)) for name, given in self.stay.items() for at, one in enumerate(given)]
        right = not self.shown or self.seal.root([leaf for _, leaf in sorted(leaves)]).hex() == e["root"]
        return bool(right and e["deadline"] == self.deadline and e["at"] == self.deadline + self.sheet["grace"])

    def _OpeningStarted(self, e: Event, _: set[str]) -> bool:
        self.absent, away = e.get("absent", 0), {number for _, number in self.envelopes} - {*self.arrived}
        count = {name: sum(key[0] == name for key in self.envelopes) for name in self.sections}
        few = {name for name in count if count[name] < self.sheet["bidders_min"]}
        most = len(away) + sum(map(len, self.stay.values()))
        return not self.shown or (few == {*self.stay} and len(away) <= self.absent <= most)

    # How it is opened, or is not: articles 37 to 40.

    def _EnvelopeUnsealed(self, e: Event, _: set[str]) -> bool:
        if self.shown:
            m, half = self.envelopes[e["section"], e["bidder"]], bytes.fromhex(e["half"])
            if "own" in m.halves or not self.seal.is_half(m, "own", half):
                return False
            m.halves["own"] = half
        return self.stage == "?" or bool(self.at <= self.ends)

    def _AnswerTaken(self, e: Event, _: set[str]) -> bool:
        self.must(self.seq, a40=not self._ceilings_due())
        if not self.shown:
            return True
        key, half = (e["section"], e["bidder"]), e["half"]
        m = self.envelopes[key]
        wanted = "own" not in m.halves and not m.lapse and key in self.ordered
        wanted = "hall" not in m.halves and not m.refuted if half == "hall" else wanted
        right = self.seal.answer(m, half, e["trustee"], e["answer"])
        if right and len(m.answers[half]) == len(self.seal.commitments):
            self.due = [each | {"section": key[0], "bidder": key[1]} for each in self.seal.joined(m, half)]
        return wanted and right == (e["type"] == "AnswerTaken")

    _AnswerRejected = _AnswerTaken

    def _RemedyOrdered(self, e: Event, _: set[str]) -> bool:
        again, self.ordered = self.ordered, {key for key, m in self.envelopes.items() if "own" not in m.halves and not m.lapse}
        return self.sheet["remedy"] and not again and (not self.shown or len(self.ordered) == e["envelopes"] > 0)

    def _EnvelopeLapsed(self, e: Event, _: set[str]) -> bool:
        if not self.shown:
            return True
        m = self.envelopes[e["section"], e["bidder"]]
        good, m.lapse = not m.settled(), {name: e[name] for name in ("cause", "why", "evidence", "reason", "at")}
        if e["why"] == "content":  # The key is right; that there is no sheet inside only shows who has the sealed chunk.
            self.unjudged["content"] += 1
            good = good and (e["cause"], e["evidence"], e["reason"]) == ("bidder", None, None)
            return good and len(m.halves) == 2 and bool(self.seal.committed(m))
        if e["why"] in PROVEN:
            return good
        stored = m.evidence["stored"]
        good = good and not (stored and ("own" in m.halves or self.sheet["remedy"]))
        return good and e["evidence"] == digest(m.evidence) and e["why"] == ("not_unsealed" if stored else "not_stored")

    def _CoefficientDrawn(self, e: Event, _: set[str]) -> bool:
        section, pool = e["section"], self.sections[e["section"]]["coefficients"]
        own, again = [m for key, m in sorted(self.envelopes.items()) if key[0] == section], section in self.drawn
        self.drawn[section] = {"permille": e["permille"], "seed": e["seed"]}
        known = not self.shown or all("hall" in m.halves or m.refuted for m in own)
        drawn = not self.shown or self.seal.draw(self.root, section, own) == e["seed"]
        return known and drawn and not again and pool[int(e["seed"], 16) % len(pool)] == e["permille"]

    # What is read out, and the record of it: articles 40 to 42.

    def _SheetOpened(self, e: Event, _: set[str]) -> bool:
        m = self.envelopes[e["section"], e["bidder"]]
        good = not m.settled() and len(m.halves) == 2 and self.seal.committed(m) and self.seal.sealed(m, e["content"])
        m.content = json.loads(e["content"])
        return bool(good)

    def _BidsReadOut(self, e: Event, _: set[str]) -> bool:
        drawn = {name for name, each in self.sections.items() if each["coefficients"]} <= {*self.drawn, *self.failed}
        self.must(self.seq, a40=drawn and not self._ceilings_due())
        return all(m.settled() for m in self.envelopes.values())

    def _SigningOpened(self, e: Event, _: set[str]) -> bool:
        self.must(self.seq, a41=all(each["answer"] is not None for each in self.objections))
        self.report, bids = e["report"], sorted(self.envelopes.items())
        started, listed, read = (self.times.get(kind) for kind in ("OpeningStarted", "ListPublished", "BidsReadOut"))
        about = [self.sale, digest(self.sheet), self.deadline, self.root, started, listed, self.absent]
        names = [[*key, self.bidders[key[1]]["name"], self.deposits.get(key)] for key, _ in bids]
        sheets = [[*key, m.content, m.lapse, m.confirmed] for key, m in bids]
        last = [[read, self.ceilings, [*map(list, self.drawn.items())]], self.objections, sorted(map(list, self.arrived.items()))]
        right = digest([about, [*map(list, self.failed.items())], names, sheets, *last]) == e["report"]
        unsure = not right and bool(self.failed or self.unjudged["hidden"])  # Who signed in and did not bid is never told.
        self.unjudged["report"] += unsure
        return right or unsure

    def _refused(self, code: str, command: dict[str, Any]) -> None:
        """A refusal is true of what a receipt names; of others the code alone is known."""
        at, stage, kind = self.at, self.stage, command.get("type", "")
        m = self.envelopes.get((command.get("section", ""), command.get("bidder", 0))) if kind == "UnsealEnvelope" else None
        wanted = {"UnsealEnvelope": "unsealing", "ConfirmSheet": "read_out", "SubmitEnvelope": "none"}.get(kind, stage + "?")
        late, unsure = at > self.deadline, {"E_REVEAL_MISMATCH", "E_UNSEALED_ALREADY", "E_NOT_AT_THIS_STAGE"}
        true = {"E_SUBMISSION_CLOSED": ("a33", late), "E_LATE_TRANSIT": ("a33", not late and stage != "receiving"),
                "E_WINDOW_CLOSED": ("a37", at > self.ends), "E_OPENING_PAUSED": ("a43", self.resting or stage == "?"),
                "E_NO_REMEDY": ("a38", not self.sheet["remedy"]),
                "E_REVEAL_MISMATCH": ("a37", not m or not self.seal.is_half(m, "own", bytes.fromhex(command["half"]))),
                "E_UNSEALED_ALREADY": ("a37", not m or "own" in m.halves), "E_NOT_AT_THIS_STAGE": ("a31", stage != wanted)}  # fmt: skip
        self.must(self.seq, **dict([true.get(code, ("a15", True))]))
        self.unjudged["codes"] += not command and code not in {*true} - unsure

    def _ceilings_due(self) -> set[str]:
        return {name for name, each in self.sections.items() if each["ceiling_told"] == "at_opening"} - {*self.ceilings, *self.failed}


if __name__ == "__main__":
    raise SystemExit(runpy.run_path(str(Path(__file__).with_name("verifier.py")))["main"]())
