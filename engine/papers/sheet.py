"""
A paper laid out: a heading and blocks from top to bottom, in one language. ``paper.typ`` draws it and knows no more than this.

Everything is text. Columns are wide by share: a column of share 0 is as wide as what stands in it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine.papers import words
from engine.papers.words import Language

Block = dict[str, Any]
Column = tuple[str, float, str]
"""Heading, share of the width, and ``left``, ``center`` or ``right``."""

DASH: Final = words.NONE


CODE_MM: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a paper is made from, said at its end: a code, and rows beside it; on each page the beginning of a digest."""

    name: str
    """What the digest is of."""

    digest: str
    """Hexadecimal."""

    code: str
    """What the QR code holds."""

    code_name: str
    """For those who do not see it."""

    code_mm: int = CODE_MM
    """How wide the code is, in millimetres."""

    source: Sequence[tuple[str, str]]


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One paper, ready for the press."""

    lang: Language
    title: str
    subtitle: str
    number: str
    """What tells this paper from others of its kind: sale, record, lot."""

    made_from: Mapping[str, Any]
    """As in the paper's JSON; at least ``dated_at_us``."""

    mark: Mark | None = None
    """Of a paper that is not made from the record as a whole; of all others the press makes it from ``made_from``."""

    blocks: list[Block] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows of all its tables."""
        return sum(len(block["rows"]) for block in self.blocks if block["kind"] == "table")

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and what they are, two columns."""
        self.blocks.append({"kind": "facts", "rows": [list(row) for row in rows]})

    def heading(self, text: str) -> None:
        """A heading inside the paper."""
        self.blocks.append({"kind": "heading", "text": text})

    def text(self, text: str) -> None:
        """A paragraph."""
        self.blocks.append({"kind": "text", "text": text})

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str]],
        *,
        tall: bool = False,
        strong: Collection[int] = (),
    ) -> None:
        """
        A table whose heading is repeated on each page.

        Args:
            columns: From left to right.
            rows: From top to bottom, a text for each column.
            tall: Leave room for a signature in each row.
            strong: Rows in bold, counted from 0.

        """
        self.blocks.append(
            {
                "kind": "table",
                "heads": [name for name, _, _ in columns],
                "shares": [share for _, share, _ in columns],
                "aligns": [align for _, _, align in columns],
                "rows": [{"cells": list(row), "strong": at in strong} for at, row in enumerate(rows)],
                "tall": tall,
            }
        )

    def signatures(self, lines: Iterable[str]) -> None:
        """Lines for pens, each with room for a date. They stay together."""
        date = words.pick(self.lang, "日期：", "Date:")
        self.blocks.append({"kind": "signatures", "lines": list(lines), "date": date})

    def new_page(self) -> None:
        """What follows begins on a page of its own."""
        self.blocks.append({"kind": "page"})


def begin(paper: Mapping[str, Any], lang: Language, zh: str, en: str, number: str = "") -> Sheet:
    """A sheet for ``paper``, under its title in ``lang``."""
    title = paper["sale"]["title"]
    return Sheet(
        lang=lang,
        title=words.pick(lang, zh, en),
        subtitle=words.pick(lang, title["zh"], title["en"]),
        number=number or paper["sale"]["id"],
        made_from=paper["made_from"],
    )


def course_columns(lang: Language) -> list[Column]:
    """Of a table that says, record by record, how it went."""
    return [
        (words.pick(lang, "记录序号", "Record"), 0, "right"),
        (words.pick(lang, "时间", "Time"), 0, "left"),
        (words.pick(lang, "经办", "By"), 0, "left"),
        (words.pick(lang, "事项", "What happened"), 1, "left"),
    ]


def counts(by_code: Mapping[str, int]) -> str:
    """How often each code was given: ``E_BID_TOO_LOW × 6``; a dash for none."""
    return ", ".join(f"{name} × {count}" for name, count in by_code.items()) or DASH


def seqs(numbers: Iterable[int]) -> str:
    """Record numbers, as many as there are: ``3, 8, 21``; a dash for none."""
    return ", ".join(map(str, numbers)) or DASH
