"""From a sheet to PDF/A-2b through Typst, Chinese fonts embedded. The same sheet and fonts give the same bytes."""

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import segno
import typst

from engine.papers import words
from engine.papers.sheet import Mark, Sheet
from engine.papers.words import Language, pick

SERIFS: Final = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC")
SANSES: Final = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC")
"""Families that will do, best first. Serif letters are for reading, the others for headings; one of the two is enough."""

FONT_FOLDERS: Final = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-cjk",
    "/usr/share/fonts/opentype/source-han-serif",
    "/usr/local/share/fonts",
)
"""Where Debian, Arch, Fedora and people put them."""

MISSING_TYPE: Final = "〓"
"""Printers' mark for a character that is not in the case."""

_UNUSUAL: Final = re.compile(
    "[^\\n -~\u00a0-\u024f\u2010-\u2027\u2030-\u205e\u20ac\u2103\u2116\u2460-\u2473\u3000-\u303d\u3041-\u30ff"
    "\u4e00-\u9fa5\uff01-\uff5e\uffe5]"
)
"""Characters that a Chinese font may be without."""


class FontsMissing(Exception):
    """No font for Chinese was found where the settings say."""

    code = "E_FONTS_MISSING"

    def __init__(self, folders: Sequence[str]) -> None:
        super().__init__(
            f"{self.code}: no Chinese font ({SERIFS[0]} or {SANSES[0]}) in {', '.join(folders)}: "
            "install fonts-noto-cjk, or name its folder in the setting papers.fonts"
        )
        self.folders = tuple(folders)


@dataclass(frozen=True)
class Press:
    """Prints sheets with the fonts it found."""

    folders: tuple[str, ...] = FONT_FOLDERS
    """Where fonts are looked for, below them too; those that are not there are passed over."""

    @cached_property
    def _type(self) -> tuple[typst.Fonts, str, str]:
        """
        The fonts, and the families for text and for headings.

        Raises:
            FontsMissing: There are none for Chinese.

        """
        there = [folder for folder in self.folders if Path(folder).is_dir()]
        fonts = typst.Fonts(include_system_fonts=False, font_paths=list(there))
        families = set(fonts.families())
        serif = next((name for name in SERIFS if name in families), None)
        sans = next((name for name in SANSES if name in families), None)
        found = serif or sans
        if found is None:
            raise FontsMissing(self.folders)
        return fonts, serif or found, sans or found

    @property
    def families(self) -> tuple[str, ...]:
        """
        What is printed with: the family for text, and the one for headings if it is another.

        Raises:
            FontsMissing: There are none.

        """
        _, text, headings = self._type
        return tuple(dict.fromkeys((text, headings)))

    def check(self) -> None:
        """
        Look for the fonts.

        Raises:
            FontsMissing: There are none.

        """
        _ = self._type

    def pdf(self, sheet: Sheet, url: str | None = None) -> bytes:
        """
        ``sheet`` as PDF/A-2b. Takes a third of a second and more; blocks.

        Args:
            sheet: What to print.
            url: Address of the public record, for the QR code; without one the code holds the head.

        Raises:
            FontsMissing: It cannot be printed here.

        """
        fonts, serif, sans = self._type
        plain = {**_plain(sheet, url), "serif": serif, "sans": sans}
        try:
            return _set(fonts, plain, sheet)
        except typst.TypstError:
            # A character in a title or reason that no font has: PDF/A does not allow it to be left out unseen.
            return _set(fonts, _usual(plain), sheet)


def _set(fonts: typst.Fonts, plain: dict[str, Any], sheet: Sheet) -> bytes:
    compiler = typst.Compiler(_template(), font_paths=fonts, ignore_system_fonts=True)
    made = compiler.compile(
        format="pdf",
        sys_inputs={"paper": json.dumps(plain, ensure_ascii=False, sort_keys=True)},
        pdf_standards="a-2b",
        timestamp=sheet.made_from["dated_at_us"] // 1_000_000,
    )
    assert isinstance(made, bytes)
    return made


@cache
def _template() -> bytes:
    return Path(__file__).with_name("paper.typ").read_bytes()


def _plain(sheet: Sheet, url: str | None) -> dict[str, Any]:
    """What the template reads."""
    mark = sheet.mark or _of_the_record(sheet.made_from, url, sheet.lang)
    return {
        "lang": sheet.lang,
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "number": sheet.number,
        "head": mark.digest,
        "date": words.universal(sheet.made_from["dated_at_us"]),
        "words": {"head": mark.name, "qr": mark.code_name},
        "blocks": sheet.blocks,
        "source": mark.source,
        "qr": _qr(mark.code),
        "qr_mm": mark.code_mm,
    }


def _of_the_record(made: Any, url: str | None, lang: Language) -> Mark:
    return Mark(
        name=pick(lang, "记录头", "head"),
        digest=made["head"],
        code=url or made["head"],
        code_name=pick(lang, "公开记录的二维码", "QR code of the public record"),
        source=_source(made, url, lang),
    )


def _qr(content: str) -> str:
    drawing = io.BytesIO()
    segno.make(content, error="m", micro=False).save(drawing, kind="svg", border=0, xmldecl=False)
    return drawing.getvalue().decode()


def _source(made: Any, url: str | None, lang: Language) -> list[tuple[str, str]]:
    rows = [
        (
            pick(lang, "依据记录", "Made from records"),
            pick(lang, f"1 – {made['seq']}（纪元 {made['epoch']}）", f"1 – {made['seq']} (epoch {made['epoch']})"),
        ),
        (pick(lang, "记录头摘要", "Head of the record"), made["head"]),
        (
            pick(lang, "日志检查点", "Checkpoint of the log"),
            f"{made['checkpoint']['origin']} {made['checkpoint']['size']}",
        ),
        (pick(lang, "检查点树根", "Root of the checkpoint"), made["checkpoint"]["root"]),
        (pick(lang, "竞价规则摘要", "Digest of the rule sheet"), made["rules"]),
        (pick(lang, "签名公钥", "Public key"), made["key"]),
        (
            pick(lang, "记录时间", "Recorded"),
            pick(lang, "{}（北京时间）", "{} (Beijing time)").format(words.instant(made["dated_at_us"], lang)),
        ),
    ]
    if url is not None:
        rows.append((pick(lang, "公开记录", "Public record"), url))
    return rows


def _usual(value: Any) -> Any:
    """``value`` with a printers' mark for every character that a font may be without."""
    if isinstance(value, str):
        return _UNUSUAL.sub(MISSING_TYPE, value)
    if isinstance(value, dict):
        return {name: _usual(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_usual(inner) for inner in value]
    return value
