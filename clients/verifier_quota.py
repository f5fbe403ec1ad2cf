"""
Holds a quota sale again by its rules: N like plates, price first, then time. The standard library is all it needs.

Lies beside ``verifier.py``, which checks the proofs of an export and asks here whether what it shows was right: every offer and
change, the rounds, the averages told, the award. Both are called the same way: ``python verifier_quota.py export.jsonl … --key HEX``.
Articles: ``engine/domain/RULES.md``, 25 to 30.
"""

import hashlib
import json
import runpy
from bisect import bisect_left, insort
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

BEFORE_THE_CLOSE: Final = {"planned", "open", "suspended"}
MAY: Final[dict[str, tuple[str, set[str], str | None]]] = {
    "QuotaAnnounced": ("a25", {"-"}, "planned"), "BiddersAdmitted": ("a25", BEFORE_THE_CLOSE, None),
    "SaleOpened": ("a1", {"planned"}, "open"), "RoundOpened": ("a28", {"open"}, None), "RoundMoved": ("a28", {"open"}, None),
    "RoundEnded": ("a28", {"open"}, None), "OfferMade": ("a26", {"open"}, None), "RevisionLost": ("a27", {"open"}, None),
    "AverageTold": ("a30", {"open"}, None), "SaleSuspended": ("a13", {"open"}, "suspended"),
    "SaleResumed": ("a13", {"suspended"}, "open"), "StopRegistered": ("a13", BEFORE_THE_CLOSE, None),
    "CopiesStated": ("a45", BEFORE_THE_CLOSE, None),
    "QuotaAwarded": ("a29", {"open"}, None), "SaleClosed": ("a29", {"open"}, "closed"),
    "ResultSigned": ("a24", {"closed"}, None), "ResultConfirmed": ("a24", {"closed"}, None)}
"""Of each event its article, the phases of the sale in which it may happen, and the phase it leads to."""

FOLLOWS: Final = {"RoundOpened", "RoundMoved", "QuotaAwarded", "SaleClosed"}
"""What happens only because of what happened before it in the same record."""

OFFICERS, TAG = {"auctioneer", "supervisor"}, "luochui quota draw 1"

Event = dict[str, Any]
No = tuple[str, str]
"""Why an offer is not taken: the article and the code."""

CLOSED, TRANSIT, NOT_OPEN = ("a28", "E_AUCTION_CLOSED"), ("a28", "E_LATE_TRANSIT"), ("a28", "E_AUCTION_NOT_OPEN")
PAUSED, STRANGER, NO_FIRST = ("a13", "E_AUCTION_PAUSED"), ("a25", "E_NOT_ELIGIBLE"), ("a26", "E_NO_FIRST_OFFER")
LOW, HIGH, USED = ("a26", "E_BID_TOO_LOW"), ("a26", "E_OFFER_TOO_HIGH"), ("a26", "E_REVISIONS_USED")
LOWER, AFAR = ("a26", "E_OFFER_NOT_HIGHER"), ("a27", "E_OUT_OF_REACH")
JUDGED: Final = {no[1]: no[0] for no in (CLOSED, TRANSIT, NOT_OPEN, PAUSED, STRANGER, NO_FIRST, LOW, HIGH, USED, LOWER, AFAR)}


class Book:
    """The standing offers of one class. They are put in order when the order is first asked for, and kept in it from then on."""

    def __init__(self, quota: int, floor: int) -> None:
        self.quota, self.floor = quota, floor
        self.standing: dict[int, tuple[int, ...]] = {}
        self._row: list[tuple[int, ...]] | None = None

    def put(self, amount: int, at: int, tie: int, paddle: int) -> None:
        """Let this offer stand for its paddle, in place of an earlier one."""
        place, before = (-amount, at, tie, paddle), self.standing.get(paddle)
        self.standing[paddle] = place
        if self._row is None:
            return
        if before is not None:
            del self._row[bisect_left(self._row, before)]
        insort(self._row, place)

    def row(self) -> list[tuple[int, ...]]:
        """Every offer in the order in which they win: price first, then time, then the tie."""
        if self._row is None:
            self._row = sorted(self.standing.values())
        return self._row

    def cutoff(self) -> int:
        """The price of the last place within the quota; the floor while there are fewer offers."""
        row = self.row()
        return self.floor if len(row) < self.quota else -row[self.quota - 1][0]

    def average(self, trim_percent: int) -> int | None:
        """The average of what stands, without so many percent at either end."""
        row = self.row()
        out = len(row) * trim_percent // 100
        kept = [-place[0] for place in row[out : len(row) - out]]
        return sum(kept) // len(kept) if kept else None


class Replay:
    """The sale held again, as far as the public may see it. ``must`` raises what does not hold of a record, by article."""

    def __init__(self, records: list[dict[str, Any]], must: Callable[..., None]) -> None:
        self.must = must
        told = {event["type"] for record in records for event in record.get("events") or ()}
        self.sheet: dict[str, Any] = json.loads(records[0]["outcome"])["events"][0]["rules"]
        text = json.dumps(self.sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        self.seed = hashlib.sha256(text.encode()).hexdigest()
        classes, rounds = self.sheet["classes"], self.sheet["rounds"]
        alone = len(classes) == 1 and "BiddersAdmitted" not in told
        known = alone or "BiddersAdmitted" in told  # Who offers in which class.
        self.shown = self.sheet["offers_published"] and "SaleClosed" in told and known
        self.only = classes[0]["name"] if alone else None
        self.books = {each["name"]: Book(each["quota"], self.sheet["floor"]) for each in classes}
        self.rounds: list[dict[str, Any]] = rounds
        self.runs: list[tuple[int, int, str]] = []
        self.phase, self.number, self.began, self.ends, self.opened = "-", 0, 0, 0, 0
        self.moved, self.told, self.since, self.recorded, self.offers = 0, 0, 0, 0, 0
        self.used: dict[int, int] = {}
        self.due: list[Event] = []
        self.signed: dict[str, str] = {}
        self.unjudged = {"hidden": 0, "codes": 0}

    def take(self, header: Any, record: dict[str, Any], receipt: dict[str, Any] | None) -> None:
        """Hold the sale on by one record, which somebody may have a receipt of."""
        self.seq, self.at = header.seq, header.arrived_at
        self.must(self.seq, a6=header.recorded_at >= max(self.at, self.recorded))
        self.recorded = header.recorded_at
        shown = record.get("events")
        if shown is None:
            self._refused(record["refused"]["code"], json.loads(receipt["command"]) if receipt else {})
            return
        self.must(self.seq, outcome=not shown or "outcome" in record)
        if not shown:
            mine = json.loads(receipt["outcome"]).get("events", ()) if receipt else ()
            self.must(self.seq, edit=not self.shown or not any(e["type"] in {"OfferMade", "RevisionLost"} for e in mine))
            self.unjudged["hidden"] += 1
            return
        for event, heard in zip(json.loads(record["outcome"])["events"], shown, strict=True):
            self._event(event, heard)
        self.must(self.seq, **{MAY[each["type"]][0]: False for each in self.due[:1]})

    def _event(self, event: Event, heard: Event) -> None:
        kind = event["type"]
        article, phases, after = MAY[kind]
        wrong = {"suspended": "a13", "closed": "a14"}.get(self.phase, article)
        self.must(self.seq, **{wrong: self.phase in phases}, a6=kind == "RoundOpened" or event.get("at", self.at) == self.at)
        if self.due:
            due = self.due.pop(0)
            self.must(self.seq, **{MAY[due["type"]][0]: all(event.get(name) == due[name] for name in due)})
        else:
            self.must(self.seq, **{article: kind not in FOLLOWS})
        self.phase = after or self.phase
        getattr(self, f"_{kind}", lambda *_: None)(event, heard)

    def _BiddersAdmitted(self, event: Event, heard: Event) -> None:
        runs = [(run["first"], run["last"], event["quota_class"]) for run in event["runs"]]
        count = sum(last - first + 1 for first, last, _ in runs)
        told = (heard["paddles"], heard["first"], heard["last"])
        self.must(self.seq, outcome=told == (count, runs[0][0], runs[-1][1]), a25=event["quota_class"] in self.books)
        for first, last, name in runs:
            at = bisect_left(self.runs, (first, 0, ""))
            beside = self.runs[max(0, at - 1) : at + 1]
            self.must(self.seq, a25=first <= last and not any(a <= last and first <= b for a, b, _ in beside))
            self.runs.insert(at, (first, last, name))

    def _SaleOpened(self, event: Event, heard: Event) -> None:
        self.must(self.seq, a1=self.at >= (self.sheet["opens_at"] or 0))
        self.opened, self.due = self.at, [self._begun(1, self.at)]

    def _begun(self, number: int, at: int) -> Event:
        return {"type": "RoundOpened", "round": number, "at": at, "ends_at": at + self.rounds[number - 1]["span"]}

    def _RoundOpened(self, event: Event, heard: Event) -> None:
        self.number, self.began, self.ends, self.used = event["round"], event["at"], event["ends_at"], {}

    def _RoundEnded(self, event: Event, heard: Event) -> None:
        self.must(self.seq, a28=(event["round"], event["ends_at"]) == (self.number, self.ends) and self.at > self.ends)
        last = self.number == len(self.rounds)
        ends: list[Event] = [*self._awards(), {"type": "SaleClosed"}]
        self.due = ends if last else [self._begun(self.number + 1, self.ends)]

    def _SaleSuspended(self, event: Event, heard: Event) -> None:
        self.must(self.seq, a13=event["since"] <= self.at)
        self.since = event["since"]

    def _SaleResumed(self, event: Event, heard: Event) -> None:
        left = max(min(self.sheet["resume_least"], self.rounds[self.number - 1]["span"]), self.ends - self.since)
        end = self.at + left
        self.due = [{"type": "RoundMoved", "round": self.number, "ends_at": end}] if end > self.ends else []

    def _RoundMoved(self, event: Event, heard: Event) -> None:
        self.moved, self.ends = self.moved + event["ends_at"] - self.ends, event["ends_at"]

    def _OfferMade(self, event: Event, heard: Event) -> None:
        self.offers += 1
        if not self.shown:
            return
        right = self._decide(event["paddle"], event["amount"])
        self.must(self.seq, **{right[0]: False} if isinstance(right, tuple) else {"a27": right["type"] == event["type"]})
        self.must(self.seq, a26=isinstance(right, dict) and right["revision"] == event["revision"])
        paddle, tie = event["paddle"], self.offers
        if self.sheet["ties"] == "draw":
            tie = int.from_bytes(hashlib.sha256(f"{TAG}\n{self.seed}\n{paddle}\n".encode()).digest()[:8])
        self.books[self._class_of(paddle) or ""].put(event["amount"], self.at, tie, paddle)
        if event["revision"]:
            self.used[paddle] = event["revision"]

    def _RevisionLost(self, event: Event, heard: Event) -> None:
        if self.shown:
            right = self._decide(event["paddle"], event["amount"])
            self.must(self.seq, **{right[0]: False} if isinstance(right, tuple) else {"a27": right == event})
            self.used[event["paddle"]] = event["revision"]

    def _AverageTold(self, event: Event, heard: Event) -> None:
        names, times, told = [*self.books], self.sheet["average_at"], self.told
        turn, nth = divmod(told, len(names))
        at = self.opened + times[turn] + self.moved + self.sheet["grace"] if turn < len(times) else None
        self.must(self.seq, a30=(event["quota_class"], at) == (names[nth], self.at))
        book = self.books[event["quota_class"]]
        right = (book.average(self.sheet["trim_percent"]), len(book.standing))
        self.must(self.seq, a30=not self.shown or (event["average"], event["offers"]) == right)
        self.told += 1

    def _ResultSigned(self, event: Event, heard: Event) -> None:
        right = event["role"] in OFFICERS - {*self.signed} and {*self.signed.values()} <= {event["report"]}
        self.must(self.seq, a24=right)
        self.signed[event["role"]] = event["report"]

    def _ResultConfirmed(self, event: Event, heard: Event) -> None:
        self.must(self.seq, a24=[*self.signed.values()] == [event["report"]] * 2)

    def _class_of(self, paddle: int) -> str | None:
        at = bisect_left(self.runs, (paddle + 1, 0, ""))
        if self.only is not None or not at:
            return self.only
        _, last, name = self.runs[at - 1]
        return name if paddle <= last else None

    def _decide(self, paddle: int, amount: int) -> Event | No:
        """What an offer that reached the house now must come to: the same steps in the same order as the house takes them."""
        sheet, late = self.sheet, self.at > self.ends
        if self.phase != "open":
            return CLOSED if self.phase == "closed" and late else {"closed": TRANSIT, "suspended": PAUSED}.get(self.phase, NOT_OPEN)
        if late or self.at < self.began:
            return TRANSIT if not late else CLOSED if self.number == len(self.rounds) else NOT_OPEN
        name, now = self._class_of(paddle), self.rounds[self.number - 1]
        if name is None:
            return STRANGER
        before, used = self.books[name].standing.get(paddle), self.used.get(paddle, 0)
        if before is None and not now["first_offers"]:
            return NO_FIRST
        if before is not None and used >= now["revisions"]:
            return USED
        caps = [cap for cap in (sheet["price_max"], None if before else sheet["first_max"]) if cap is not None]
        if amount < sheet["floor"] or (amount - sheet["floor"]) % sheet["step"]:
            return LOW
        if any(amount > cap for cap in caps):
            return HIGH
        if before is None:
            return {"type": "OfferMade", "revision": 0}
        if sheet["upward_only"] and amount <= -before[0]:
            return LOWER
        if now["reach"] is not None:
            cutoff = self.books[name].cutoff()
            least, most = max(sheet["floor"], cutoff - now["reach"]), cutoff + now["reach"]
            lost = {"paddle": paddle, "amount": amount, "least": least, "most": most, "revision": used + 1}
            if not least <= amount <= most:
                return {"type": "RevisionLost", **lost} if sheet["refused_counts"] else AFAR
        return {"type": "OfferMade", "revision": used + 1}

    def _refused(self, code: str, command: dict[str, Any]) -> None:
        """A refusal is true of the offer that a receipt names; of others the code alone is known."""
        known = code in JUDGED and not (self.only and code == STRANGER[1])
        if command.get("type") == "MakeOffer" and self.shown and known:
            right = self._decide(command["paddle"], command["amount"])
            self.must(self.seq, **{JUDGED[code]: isinstance(right, tuple) and right[1] == code})
            return
        over = self.phase == "closed"
        true = {"E_AUCTION_PAUSED": ("a13", self.phase == "suspended"),
                "E_SALE_CLOSED": ("a14", over),
                "E_AUCTION_NOT_OPEN": ("a28", self.phase in {"-", "planned"} or (self.phase == "open" and self.at > self.ends)),
                "E_AUCTION_CLOSED": ("a28", self.at > self.ends and self.number == len(self.rounds)),
                "E_LATE_TRANSIT": ("a28", self.at < self.began or (over and self.at <= self.ends))}
        self.must(self.seq, **dict([true.get(code, ("a15", True))]))
        self.unjudged["codes"] += not command and code not in true

    def _awards(self) -> list[Event]:
        """The award of every class, as far as it can be made again."""
        made: list[Event] = []
        for each in self.sheet["classes"]:
            known = {"type": "QuotaAwarded", "quota_class": each["name"], "at": self.at}
            reserve = made[0].get("average") if each["reserve"] == "average" else None
            made.append({**known, **self._award(self.books[each["name"]], reserve)} if self.shown else known)
        return made

    def _award(self, book: Book, reserve: int | None) -> Event:
        row, quota, sheet = book.row(), book.quota, self.sheet
        losing = row[quota] if len(row) > quota else None
        uniform = None
        if sheet["award"] == "uniform":
            uniform = sheet["floor"] if losing is None else -losing[0] + sheet["uniform_step"]
        won = [place for place in row[:quota] if -place[0] >= max(reserve or 0, uniform or 0)]
        paid = [-place[0] if uniform is None else uniform for place in won]
        drawn = sum(place[:2] == losing[:2] for place in won) if losing and sheet["ties"] == "draw" else 0
        lowest, at = (-won[-1][0], won[-1][1]) if won else (None, None)
        return {"winners": len(won), "offers": len(row), "lowest": lowest, "lowest_at": at, "uniform": uniform,
                "average": sum(paid) // len(paid) if paid else None, "reserve": reserve, "drawn": drawn}


if __name__ == "__main__":
    raise SystemExit(runpy.run_path(str(Path(__file__).with_name("verifier.py")))["main"]())
