"""
The integrity report (完整性报告): what the record itself shows about how it was kept.

Made only of records up to the one that closed the sale, so that it has the same digest whenever it is made. Officers sign that digest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby, pairwise
from typing import Any, Final

from engine.domain.canonical import digest
from engine.domain.opening.state import Opening
from engine.domain.parties import Channel, Role, role_of
from engine.domain.views import Audience
from engine.papers.book import EDITION, Book, Entry, Line
from engine.papers.sheet import DASH, Sheet, begin, counts, seqs
from engine.papers.words import Language, code, instant, money, pick, who

MILESTONES: Final = ("SaleAnnounced", "QuotaAnnounced", "SaleOpened", "SaleSuspended", "SaleResumed", "SaleClosed")
"""The report names the head of the record after each of these."""

PERCENTILES: Final = (50, 90, 99)

_VOID_FIELDS: Final = ("lot", "no", "who", "amount_fen", "reason")

_DOORS: Final = {Role.BIDDER.value: Channel.ONLINE, Role.CLERK.value: Channel.HALL}
"""Who brings a bid says through which door it came."""


def report(book: Book) -> dict[str, Any]:
    """
    The report of a closed sale.

    Raises:
        ValueError: The sale is not closed.

    """
    last = book.closed_seq
    if last is None:
        raise ValueError("the report of a sale is made when it has been closed")
    entries = book.entries[:last]
    lines = [line for line in book.lines(Audience.PUBLIC) if line.seq <= last]
    commits = [(first, min(end, last)) for first, end in book.commits if first <= last]
    refusals = Counter(entry.refused for entry in entries if entry.refused is not None)
    return {
        "edition": EDITION,
        "sale": book.state.sale,
        "key": book.identity.public_key.hex(),
        "rules": book.state.rules_digest,
        "records": len(entries),
        "accepted": sum(entry.refused is None for entry in entries),
        "refused": sum(refusals.values()),
        "first_at_us": entries[0].recorded_at // 1000,
        "last_at_us": entries[-1].recorded_at // 1000,
        "head": entries[-1].digest,
        "commits": len(commits),
        "commit_records_most": max(end - first + 1 for first, end in commits),
        "epochs": _epochs(entries),
        "heads": [
            {"seq": line.seq, "event": line.kind, "head": entries[line.seq - 1].digest}
            for line in lines
            if line.kind in MILESTONES
        ],
        "suspensions": _suspensions(lines),
        "voids": [
            {"seq": line.seq, "at_us": line.at_us, **{name: line.told.get(name) for name in _VOID_FIELDS}}
            for line in lines
            if line.kind == "BidVoided"
        ],
        "clock": _clock(entries),
        "arrival_to_record_us": {
            channel.value: _spread(entry for entry in entries if _door(entry) is channel) for channel in Channel
        },
        "refusals": dict(sorted(refusals.items())),
    }


def integrity(book: Book) -> dict[str, Any]:
    """The report, its digest, and whether an anchor outside the journal vouches for it."""
    made = report(book)
    envelope = book.envelope("integrity", made["records"])
    anchored = None if book.anchored is None else book.anchored >= made["records"]
    return {**envelope, "report": made, "digest": digest(made), "anchored": anchored}


def report_digest(book: Book) -> str | None:
    """The digest that officers sign: of this report, and of an opening that of its record; None while there is none."""
    if isinstance(book.state, Opening):
        return book.state.report
    return None if book.closed_seq is None else digest(report(book))


def lay_integrity(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """The report as it is signed."""
    made = paper["report"]
    sheet = begin(paper, lang, "记录完整性报告", "Integrity report")
    anchored = {
        True: pick(lang, "与日志外的锚点一致", "vouched for by the head anchor outside the journal"),
        False: pick(lang, "日志外的锚点未及于此", "not reached by the head anchor outside the journal"),
        None: pick(lang, "无锚点可供比对", "no head anchor to compare"),
    }[paper["anchored"]]
    sheet.facts(
        [
            (pick(lang, "报告摘要（签署对象）", "Digest of this report (signed)"), paper["digest"]),
            (pick(lang, "记录", "Records"), f"1 – {made['records']}"),
            (pick(lang, "受理 / 不予受理", "Accepted / refused"), f"{made['accepted']} / {made['refused']}"),
            (pick(lang, "不予受理的代码", "Codes of refusals"), counts(made["refusals"])),
            (pick(lang, "首条记录时间", "First record"), instant(made["first_at_us"], lang)),
            (pick(lang, "末条记录时间", "Last record"), instant(made["last_at_us"], lang)),
            (
                pick(lang, "签名提交（单次最多记录）", "Signed commits (most records in one)"),
                f"{made['commits']} ({made['commit_records_most']})",
            ),
            (
                pick(lang, "纪元（记录范围）", "Epochs (records)"),
                ", ".join(f"{each['epoch']} ({each['first']} – {each['last']})" for each in made["epochs"]),
            ),
            (pick(lang, "锚点", "Head anchor"), anchored),
        ]
    )
    sheet.heading(pick(lang, "记录头摘要", "Heads of the record"))
    sheet.table(
        [
            (pick(lang, "记录序号", "Record"), 0, "right"),
            (pick(lang, "事件", "Event"), 0, "left"),
            (pick(lang, "摘要", "Head"), 1, "left"),
        ],
        [(str(each["seq"]), code(each["event"], lang), each["head"]) for each in made["heads"]],
    )
    _lay_times(sheet, made)
    _lay_troubles(sheet, made)
    sheet.text(
        pick(
            lang,
            "本报告仅依据截至拍卖会结束的记录作出，任何时候据同一记录均得出同一摘要。",
            "This report is made only of the records up to the closing of the sale: the same records give the same digest at any "
            "time.",
        )
    )
    sheet.signatures(
        [
            pick(lang, "拍卖师（签名）：", "Auctioneer:"),
            pick(lang, "记录人（签名）：", "Recorder:"),
            pick(lang, "监督人（签名）：", "Supervisor:"),
        ]
    )
    return sheet


def _lay_times(sheet: Sheet, made: Mapping[str, Any]) -> None:
    lang = sheet.lang
    sheet.heading(pick(lang, "应价自到达至记录的时间", "Bids: from arrival to record"))
    sheet.table(
        [
            (pick(lang, "竞价方式", "Channel"), 2, "left"),
            (pick(lang, "应价指令", "Bids"), 1, "right"),
            *((f"p{percent}", 1, "right") for percent in PERCENTILES),
            (pick(lang, "最长", "Most"), 1, "right"),
        ],
        [
            (
                code(channel, lang),
                str(spread["bids"]),
                *(_ms(spread[name]) for name in (*(f"p{percent}" for percent in PERCENTILES), "most")),
            )
            for channel, spread in made["arrival_to_record_us"].items()
        ],
    )
    clock = made["clock"]
    sheet.facts(
        [
            (
                pick(lang, "时钟倒退的记录", "Records at which the clock went back"),
                seqs(clock["went_back"]),
            ),
            (pick(lang, "早于到达时间的记录", "Recorded before arrival"), seqs(clock["before_arrival"])),
        ]
    )


def _lay_troubles(sheet: Sheet, made: Mapping[str, Any]) -> None:
    lang = sheet.lang
    sheet.heading(pick(lang, "中止与恢复", "Suspensions"))
    if made["suspensions"]:
        sheet.table(
            [
                (pick(lang, "记录序号", "Record"), 0, "right"),
                (pick(lang, "中止时间", "Suspended"), 0, "left"),
                (pick(lang, "恢复（记录序号）", "Resumed (record)"), 0, "left"),
                (pick(lang, "原因", "Reason"), 1, "left"),
            ],
            [
                (
                    str(each["seq"]),
                    instant(each["at_us"], lang),
                    f"{instant(each['resumed_at_us'], lang)} ({each['resumed_seq'] or DASH})",
                    (each["reason"] or DASH) + ("" if each["cause"] is None else f" ({code(each['cause'], lang)})"),
                )
                for each in made["suspensions"]
            ],
        )
    else:
        sheet.text(pick(lang, "无。", "None."))
    sheet.heading(pick(lang, "认定无效的应价", "Bids voided"))
    if made["voids"]:
        sheet.table(
            [
                (pick(lang, "记录序号", "Record"), 0, "right"),
                (pick(lang, "标的", "Lot"), 0, "right"),
                (pick(lang, "应价", "Bid"), 0, "right"),
                (pick(lang, "竞买人", "Bidder"), 0, "left"),
                (pick(lang, "原因", "Reason"), 1, "left"),
            ],
            [
                (
                    str(each["seq"]),
                    str(each["lot"]),
                    money(each["amount_fen"]),
                    who(each["who"], lang),
                    code(each["reason"], lang),
                )
                for each in made["voids"]
            ],
        )
    else:
        sheet.text(pick(lang, "无。", "None."))


def _epochs(entries: Iterable[Entry]) -> list[dict[str, int]]:
    epochs = []
    for epoch, those in groupby(entries, lambda entry: entry.epoch):
        run = list(those)
        epochs.append({"epoch": epoch, "first": run[0].seq, "last": run[-1].seq})
    return epochs


def _suspensions(lines: Iterable[Line]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in lines:
        if line.kind == "SaleSuspended":
            found.append(
                {
                    "seq": line.seq,
                    "at_us": line.at_us,
                    "reason": line.told.get("reason"),
                    "cause": line.told.get("cause"),
                    "resumed_seq": None,
                    "resumed_at_us": None,
                }
            )
        elif line.kind == "SaleResumed" and found:
            found[-1] |= {"resumed_seq": line.seq, "resumed_at_us": line.at_us}
    return found


def _clock(entries: list[Entry]) -> dict[str, list[int]]:
    """Records at which house time did what it must not."""
    return {
        "went_back": [later.seq for earlier, later in pairwise(entries) if later.recorded_at < earlier.recorded_at],
        "before_arrival": [entry.seq for entry in entries if entry.recorded_at < entry.arrived_at],
    }


def _door(entry: Entry) -> Channel | None:
    return _DOORS.get(role_of(entry.by)) if entry.command == "PlaceBid" else None


def _spread(entries: Iterable[Entry]) -> dict[str, int | None]:
    """From arrival to record, in whole microseconds: percentiles by nearest rank."""
    waits = sorted((entry.recorded_at - entry.arrived_at) // 1000 for entry in entries)
    spread: dict[str, int | None] = {"bids": len(waits), "most": waits[-1] if waits else None}
    for percent in PERCENTILES:
        spread[f"p{percent}"] = waits[-(-len(waits) * percent // 100) - 1] if waits else None
    return spread


def _ms(us: int | None) -> str:
    return DASH if us is None else f"{us // 1000}.{us % 1000:03} ms"
