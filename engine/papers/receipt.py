"""
The receipt of a sealed bid (投标回执), for its bidder to keep: what he submitted, when it reached the house, and the house's signature.

It is made of the signed receipt alone and says nothing of any other record, so that it may be handed out before the list, and has the
same bytes whenever it is made again. What is signed stands on it whole, in writing and in the code: who has the paper needs no house.

Law: 招标投标法实施条例 36, 电子招标投标办法 26: the house confirms at once what it received.
"""

from collections.abc import Mapping
from typing import Any, Final

from engine.domain.opening.events import EnvelopeReceived
from engine.domain.opening.state import Opening
from engine.papers.sheet import Mark, Sheet
from engine.papers.words import Language, instant, pick

CODE_MM: Final = 44
"""The code holds 400 characters: this wide, a telephone reads it from paper."""

CODE_WORD: Final = "luochui-receipt-2"


def receipt_paper(
    opening: Opening, event: EnvelopeReceived, manifest: str, signed: Mapping[str, Any]
) -> dict[str, Any]:
    """
    What stands on the receipt, in both languages.

    Args:
        opening: The opening; of it only what is announced, and the bidder's own name, are taken.
        event: The envelope that was received.
        manifest: The digest of its manifest, hexadecimal.
        signed: As :func:`engine.journal.receipt.sealed_receipt` makes it.

    """
    section = opening.rules.section(event.section)
    assert section is not None
    return {
        "sale": {"id": opening.sale, "title": {"zh": opening.title.zh, "en": opening.title.en}},
        "tender": opening.rules.tender,
        "section": event.section,
        "section_title": {"zh": section.title.zh, "en": section.title.en},
        "bidder": event.bidder,
        "name": opening.bidders[event.bidder].name,
        "version": event.version,
        "received_at_us": event.at // 1000,
        "manifest": manifest,
        "number": signed["number"],
        "statement": signed["statement"],
        "signature": signed["signature"],
        "key": signed["key"],
    }


def code_of(paper: Mapping[str, Any]) -> str:
    """All that is signed and the signature, as one line for a QR code; the same as a bidder's page shows."""
    signed = ":".join(paper["statement"].splitlines()[1:])
    return f"{CODE_WORD}:{paper['number']}:{signed}:{paper['signature']}"


def lay_receipt(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """The receipt."""
    title, section = paper["sale"]["title"], paper["section_title"]
    sheet = Sheet(
        lang=lang,
        title=pick(lang, "投标回执", "Receipt of a sealed bid"),
        subtitle=pick(lang, title["zh"], title["en"]),
        number=paper["number"],
        made_from={"dated_at_us": paper["received_at_us"]},
        mark=Mark(
            name=pick(lang, "投标文件", "envelope"),
            digest=paper["manifest"],
            code=code_of(paper),
            code_name=pick(lang, "回执的二维码", "QR code of the receipt"),
            code_mm=CODE_MM,
            source=_source(paper, lang),
        ),
    )
    sheet.facts(
        [
            (pick(lang, "回执编号", "Receipt"), paper["number"]),
            (pick(lang, "招标项目", "Tender"), paper["tender"]),
            (pick(lang, "标段", "Section"), f"{paper['section']}  {pick(lang, section['zh'], section['en'])}"),
            (pick(lang, "投标人", "Bidder"), f"{paper['name']}（{paper['bidder']}）"),
            (pick(lang, "版本", "Version"), str(paper["version"])),
            (
                pick(lang, "送达时间（北京时间）", "Received (Beijing time)"),
                instant(paper["received_at_us"], lang),
            ),
            (pick(lang, "投标文件摘要", "Digest of the envelope"), paper["manifest"]),
        ]
    )
    sheet.text(
        pick(
            lang,
            "以上投标文件已于送达时间完整收到，并密封保存；在开标之前，任何人不能打开。同一投标人再次递交的，以最后一版为准。",
            "The envelope named above was received whole at that instant and is kept sealed; nobody can open it before the "
            "opening. Where a bidder submits again, the last version stands.",
        )
    )
    sheet.text(
        pick(
            lang,
            "核验：签名针对下列五项，各占一行，首行为 luochui receipt v1；公开记录公布后，其中必有同一指令的一条记录。"
            "本回执只交投标人本人。",
            "To check: the signature is over the five items below, a line each, after the line luochui receipt v1; once the "
            "record is public, a record of this very command must stand in it. This receipt is handed to its bidder alone.",
        )
    )
    return sheet


def _source(paper: Mapping[str, Any], lang: Language) -> list[tuple[str, str]]:
    sale, epoch, arrived_at, command, outcome = paper["statement"].splitlines()[1:]
    signature = paper["signature"]
    return [
        (pick(lang, "项目标识", "Sale"), sale),
        (pick(lang, "纪元", "Epoch"), epoch),
        (pick(lang, "到达时刻（纳秒）", "Arrival (ns since 1970)"), arrived_at),
        (pick(lang, "指令摘要", "Digest of the command"), command),
        (pick(lang, "结果摘要", "Digest of the outcome"), outcome),
        (pick(lang, "签名（Ed25519）", "Signature (Ed25519)"), signature[:64]),
        ("", signature[64:]),
        (pick(lang, "签名公钥", "Public key"), paper["key"]),
    ]
