"""How the record of an opening (开标记录表) is laid out to be read and signed."""

import re
from collections.abc import Mapping
from typing import Any, Final

from engine.papers.sheet import DASH, Sheet, begin, course_columns
from engine.papers.words import Language, code, instant, money, pick, short_instant

_COLUMNS_MAX: Final = 4
"""So many fields of an opening sheet stand beside each other; of longer ones only the price, and the rest below."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def lay_opening(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """The record of the opening."""
    sheet = begin(paper, lang, "开标记录表", "Record of the opening", f"{paper['sale']['id']} {paper['tender']}")
    sheet.facts(
        [
            (pick(lang, "招标项目", "Tender"), paper["tender"]),
            (pick(lang, "投标截止及开标时间", "Deadline and opening"), instant(paper["deadline_us"], lang)),
            *((name, _time(paper["times"][key], lang)) for key, name in _times(lang)),
            (pick(lang, "启动时未签到", "Absent at the start"), _plain(paper["absent"])),
            (
                pick(lang, "补救方案", "Remedy"),
                pick(lang, "有", "yes") if paper["remedy"] else pick(lang, "无", "none"),
            ),
            (pick(lang, "全部投标文件的根摘要", "Root of all envelopes"), paper["root"] or DASH),
            (pick(lang, "开标记录摘要（签署对象）", "Digest of the record (signed)"), paper["report"] or DASH),
        ]
    )
    for section in paper["sections"]:
        _lay_section(sheet, paper, section)
    if paper["objections"]:
        _lay_objections(sheet, paper)
    sheet.heading(pick(lang, "开标过程", "Course of the opening"))
    sheet.table(
        course_columns(lang),
        [
            (
                str(line["seq"]),
                short_instant(line["at_us"]),
                _role(line["by"], lang),
                _broken(pick(lang, line["zh"], line["en"])),
            )
            for line in paper["lines"]
        ],
    )
    signed = [f"{_role(each['role'], lang)}（{each['seq']}）" for each in paper["signed"]]
    sheet.facts([(pick(lang, "已签名（记录序号）", "Signed (record)"), pick(lang, "、", ", ").join(signed) or DASH)])
    sheet.text(
        pick(
            lang,
            "本表由系统依据记录自动生成，每行注明所依据的记录序号；任何人可据公开记录重新开启全部投标文件并核对。"
            "依照《中华人民共和国招标投标法》第三十六条，开标过程应当记录，并存档备查。",
            "This record was made from the journal by the system, each line with its record; anyone can open every envelope "
            "again from the public record. Under article 36 of the Bidding Law the opening is recorded, and the record kept.",
        )
    )
    sheet.signatures(
        [
            pick(lang, "主持人（签名）：", "Host:"),
            pick(lang, "记录人（签名）：", "Recorder:"),
            pick(lang, "监督人（签名）：", "Supervisor:"),
        ]
    )
    return sheet


def _times(lang: Language) -> list[tuple[str, str]]:
    return [
        ("closed", pick(lang, "投标截止公布", "Submission closed")),
        ("started", pick(lang, "启动开标", "Started")),
        ("listed", pick(lang, "公布名单", "Bidders listed")),
        ("unsealing", pick(lang, "解密开始", "Unsealing began")),
        ("unsealed", pick(lang, "解密结束", "Unsealing over")),
        ("read_out", pick(lang, "唱标", "Read out")),
        ("ended", pick(lang, "开标结束", "Ended")),
    ]


def _lay_section(sheet: Sheet, paper: Mapping[str, Any], section: Mapping[str, Any]) -> None:
    lang, title = sheet.lang, section["title"]
    sheet.heading(f"{section['section']}  {pick(lang, title['zh'], title['en'])}")
    if section["failed"] is not None:
        few = pick(lang, "投标文件 {} 份，不足 {} 家，不予开标", "{} envelope(s), fewer than {}: not opened")
        about = few.format(section["failed"], paper["bidders_min"])
        sheet.facts([(pick(lang, "结果", "Outcome"), _cited(about, section["failed_seq"], lang))])
        return
    drawn = section["coefficient_permille"]
    sheet.facts(
        [
            (
                pick(lang, "控制价", "Ceiling price"),
                _cited(money(section["ceiling_fen"]), section["ceiling_seq"], lang),
            ),
            (
                pick(lang, "浮动系数（千分之）", "Coefficient (thousandths)"),
                _cited(_plain(drawn), section["coefficient_seq"], lang),
            ),
        ]
    )
    fields = [
        each for each in paper["fields"] if len(paper["fields"]) <= _COLUMNS_MAX or each["name"] == paper["price"]
    ]
    sheet.table(
        [
            (pick(lang, "投标人", "Bidder"), 2, "left"),
            (pick(lang, "保证金", "Bond"), 0, "left"),
            (pick(lang, "递交", "Received"), 0, "left"),
            (pick(lang, "解密", "Unsealed"), 0, "left"),
            *((_title(each, lang), 1 if each["kind"] == "text" else 0, "left") for each in fields),
            (pick(lang, "备注", "Remarks"), 2, "left"),
            (pick(lang, "确认", "Confirmed"), 0, "left"),
        ],
        [
            (
                f"{bid['name']}\n{bid['bidder']}",
                _cited(code(bid["deposit"], lang) if bid["deposit"] else DASH, bid["deposit_seq"], lang),
                _cited(short_instant(bid["received_at_us"]), bid["received_seq"], lang),
                _cited(_unsealed(bid, lang), bid["unsealed_seq"], lang),
                *(_value(bid["sheet"], each) for each in fields),
                _remarks(bid, lang),
                _cited(_time_of(bid["confirmed_at_us"]), bid["confirmed_seq"], lang),
            )
            for bid in section["bids"]
        ],
    )
    if len(fields) < len(paper["fields"]):
        for bid in section["bids"]:
            sheet.heading(f"{bid['name']}  {bid['bidder']}")
            sheet.facts([(_title(each, lang), _value(bid["sheet"], each)) for each in paper["fields"]])


def _lay_objections(sheet: Sheet, paper: Mapping[str, Any]) -> None:
    lang = sheet.lang
    sheet.heading(pick(lang, "异议及答复", "Objections and answers"))
    sheet.table(
        [
            (pick(lang, "序号", "No."), 0, "right"),
            (pick(lang, "投标人", "Bidder"), 0, "right"),
            (pick(lang, "异议", "Objection"), 1, "left"),
            (pick(lang, "答复", "Answer"), 1, "left"),
        ],
        [
            (
                str(each["no"]),
                str(each["bidder"]),
                _cited(each["text"], each["seq"], lang),
                _cited(each["answer"] or DASH, each["answer_seq"], lang),
            )
            for each in paper["objections"]
        ],
    )


def _remarks(bid: Mapping[str, Any], lang: Language) -> str:
    """Why there is nothing to read, or what is marked in what was read out."""
    said = []
    lapse = bid["lapse"]
    if lapse is not None:
        why = f"{code('lapsed by ' + lapse['cause'], lang)}: {code(lapse['why'], lang)}"
        said.append(_cited(why if lapse["reason"] is None else f"{why}; {lapse['reason']}", lapse["seq"], lang))
    if bid["above_ceiling"]:
        said.append(pick(lang, "高于控制价", "above the ceiling price"))
    if bid["flaws"]:
        said.append(pick(lang, "不符合要求的项：", "not as asked: ") + ", ".join(bid["flaws"]))
    if bid["sheet"] is not None:
        said.append(_cited(pick(lang, "唱标内容", "sheet"), bid["sheet_seq"], lang))
    return "\n".join(said) or DASH


def _unsealed(bid: Mapping[str, Any], lang: Language) -> str:
    by = {"bidder": ("投标人", "by the bidder"), "remedy": ("补救", "by the remedy")}.get(
        bid["unsealed_by"], (DASH, DASH)
    )
    return pick(lang, *by)


def _value(content: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> str:
    value = None if content is None else content.get(asked["name"])
    if asked["kind"] == "money" and isinstance(value, int):
        return money(value)
    return _plain(value)


def _title(asked: Mapping[str, Any], lang: Language) -> str:
    return pick(lang, asked["title"]["zh"], asked["title"]["en"])


def _broken(text: str) -> str:
    """A digest may not run over the edge of the paper."""
    return _DIGEST.sub(lambda found: " ".join(re.findall(".{16}", found[0])), text)


def _cited(text: str, seq: int | None, lang: Language) -> str:
    """A text and, under it, the record that says so."""
    return text if seq is None else f"{text}\n{pick(lang, '记录', 'record')} {seq}"


def _time(given: Mapping[str, int] | None, lang: Language) -> str:
    return (
        DASH if given is None else f"{instant(given['at_us'], lang)}  ({pick(lang, '记录', 'record')} {given['seq']})"
    )


def _time_of(at_us: int | None) -> str:
    return DASH if at_us is None else short_instant(at_us)


def _plain(value: Any) -> str:
    return DASH if value is None else str(value)


def _role(role: str, lang: Language) -> str:
    return pick(lang, "投标人", "bidder") if role == "bidder" else code(role, lang)
