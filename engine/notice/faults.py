"""What is wrong with a notice: every fault with its place and what would be right, all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from engine.domain.plaintext import visible
from engine.notice.places import Place

SHOWN_MAX: Final = 100
"""So many faults are printed; of the rest only the number."""

FAULTS_MAX: Final = 1000
"""So many faults are looked for: whoever hands in a million bad lines is told of the first ones."""

_FOUND_MAX: Final = 60


class FaultCode(StrEnum):
    """What kind of fault; for programs, never changes."""

    FILE_MISSING = "E_FILE_MISSING"
    FILE_UNREADABLE = "E_FILE_UNREADABLE"
    FILE_OUTSIDE = "E_FILE_OUTSIDE"
    FILE_TOO_BIG = "E_FILE_TOO_BIG"
    ENCODING = "E_ENCODING"
    NUL_BYTE = "E_NUL_BYTE"
    TOML_SYNTAX = "E_TOML_SYNTAX"
    CSV_SYNTAX = "E_CSV_SYNTAX"
    COLUMNS = "E_COLUMNS"
    DUPLICATE_COLUMN = "E_DUPLICATE_COLUMN"
    UNKNOWN_FIELD = "E_UNKNOWN_FIELD"
    MISSING_FIELD = "E_MISSING_FIELD"
    WRONG_TYPE = "E_WRONG_TYPE"
    BOOLEAN_NUMBER = "E_BOOLEAN_NUMBER"
    NOT_A_NUMBER = "E_NOT_A_NUMBER"
    FULL_WIDTH_DIGITS = "E_FULL_WIDTH_DIGITS"
    FRACTIONAL = "E_FRACTIONAL"
    NEGATIVE = "E_NEGATIVE"
    TOO_SMALL = "E_TOO_SMALL"
    TOO_LARGE = "E_TOO_LARGE"
    UNKNOWN_VALUE = "E_UNKNOWN_VALUE"
    BAD_NAME = "E_BAD_NAME"
    BAD_TIME = "E_BAD_TIME"
    BAD_TEXT = "E_BAD_TEXT"
    EMPTY_TEXT = "E_EMPTY_TEXT"
    TEXT_TOO_LONG = "E_TEXT_TOO_LONG"
    NOT_A_PLATE = "E_NOT_A_PLATE"
    DUPLICATE_LOT = "E_DUPLICATE_LOT"
    DUPLICATE_PLATE = "E_DUPLICATE_PLATE"
    DUPLICATE_PADDLE = "E_DUPLICATE_PADDLE"
    DUPLICATE_NAME = "E_DUPLICATE_NAME"
    NO_LOTS = "E_NO_LOTS"
    TOO_MANY = "E_TOO_MANY"
    NO_BANDS = "E_NO_BANDS"
    BANDS_FROM_ZERO = "E_BANDS_FROM_ZERO"
    BANDS_ORDER = "E_BANDS_ORDER"
    RULE_SHEET = "E_RULE_SHEET"
    GIVEN_UP = "E_GIVEN_UP"


SENTENCES: Final[dict[FaultCode, tuple[str, str]]] = {
    FaultCode.FILE_MISSING: ("找不到文件 {found}。", "There is no file {found}."),
    FaultCode.FILE_UNREADABLE: ("无法读取：{found}。", "It cannot be read: {found}."),
    FaultCode.FILE_OUTSIDE: (
        "{found} 不在公告所在的文件夹内；请写文件名，例如 {wanted}。",
        "{found} is outside the notice's folder; give a file name such as {wanted}.",
    ),
    FaultCode.FILE_TOO_BIG: ("文件过大：最多 {wanted} 字节。", "The file is too big: at most {wanted} bytes."),
    FaultCode.ENCODING: (
        "文字编码无法识别（{found}）；请存为 {wanted}。",
        "The encoding is not one we read ({found}); save it as {wanted}.",
    ),
    FaultCode.NUL_BYTE: ("含有空字节；请存为 {wanted}。", "There is a NUL byte; save it as {wanted}."),
    FaultCode.TOML_SYNTAX: ("TOML 语法错误：{found}。", "This is not TOML: {found}."),
    FaultCode.CSV_SYNTAX: ("CSV 语法错误：{found}。", "This is not CSV: {found}."),
    FaultCode.COLUMNS: (
        "本行有 {found} 列，应为 {wanted} 列。",
        "The line has {found} columns instead of {wanted}.",
    ),
    FaultCode.DUPLICATE_COLUMN: ("列 {found} 出现两次。", "Column {found} stands there twice."),
    FaultCode.UNKNOWN_FIELD: (
        "没有名为 {found} 的项；是否指 {wanted}？",
        "There is nothing called {found} here; did you mean {wanted}?",
    ),
    FaultCode.MISSING_FIELD: ("缺少此项；请填写 {wanted}。", "This is missing; give {wanted}."),
    FaultCode.WRONG_TYPE: ("{found} 的类型不对；应为 {wanted}。", "{found} is of the wrong kind; wanted: {wanted}."),
    FaultCode.BOOLEAN_NUMBER: ("{found} 不是数字；应为 {wanted}。", "{found} is no number; wanted: {wanted}."),
    FaultCode.NOT_A_NUMBER: (
        "{found} 不是整数；应为 {wanted}，只写数字。",
        "{found} is not a whole number; wanted: {wanted}, digits only.",
    ),
    FaultCode.FULL_WIDTH_DIGITS: (
        "{found} 含有全角字符；请写半角 {wanted}。",
        "{found} is in full-width characters; write {wanted}.",
    ),
    FaultCode.FRACTIONAL: (
        "{found} 不是整数；应为整数 {wanted}。",
        "{found} is not whole; wanted: a whole number, {wanted}.",
    ),
    FaultCode.NEGATIVE: ("{found} 小于零；应为 {wanted}。", "{found} is below zero; wanted: {wanted}."),
    FaultCode.TOO_SMALL: ("{found} 太小；应为 {wanted}。", "{found} is too small; wanted: {wanted}."),
    FaultCode.TOO_LARGE: ("{found} 太大；应为 {wanted}。", "{found} is too large; wanted: {wanted}."),
    FaultCode.UNKNOWN_VALUE: (
        "没有 {found} 这个选项；可选：{wanted}。",
        "{found} is no choice here; choose: {wanted}.",
    ),
    FaultCode.BAD_NAME: (
        "{found} 不能用作代号；只用小写字母、数字和中间的连字符，最多 {wanted} 个字符。",
        "{found} cannot be a name here; use a-z, 0-9 and hyphens between them, at most {wanted} characters.",
    ),
    FaultCode.BAD_TIME: (
        "{found} 不是可用的时刻；请写带时区的时间，例如 {wanted}。",
        "{found} is not an instant we can use; write date, time and offset, such as {wanted}.",
    ),
    FaultCode.BAD_TEXT: (
        "含有不可见、控制或堆叠的字符 {found}；请删除。",
        "There is an invisible, control or piled-up character, {found}; take it out.",
    ),
    FaultCode.EMPTY_TEXT: ("不能为空。", "This must not be empty."),
    FaultCode.TEXT_TOO_LONG: (
        "共 {found} 个字符；最多 {wanted} 个。",
        "It is {found} characters long; at most {wanted}.",
    ),
    FaultCode.NOT_A_PLATE: (
        "{found} 不是号牌；写法如 {wanted}，字母大写，不用 I 和 O。",
        "{found} is not a plate; write it like {wanted}, in capitals, without I and O.",
    ),
    FaultCode.DUPLICATE_LOT: ("标的号 {found} 重复，已见于 {wanted}。", "Lot {found} stands already at {wanted}."),
    FaultCode.DUPLICATE_PLATE: ("号牌 {found} 重复，已见于 {wanted}。", "Plate {found} stands already at {wanted}."),
    FaultCode.DUPLICATE_PADDLE: (
        "竞买号牌 {found} 重复，已见于 {wanted}。",
        "Paddle {found} stands already at {wanted}.",
    ),
    FaultCode.DUPLICATE_NAME: ("代号 {found} 重复。", "The name {found} is given twice."),
    FaultCode.NO_LOTS: (
        "没有任何标的；请列出标的，栏目为 {wanted}。",
        "There are no lots; list at least one, with {wanted}.",
    ),
    FaultCode.TOO_MANY: ("数量过多：最多 {wanted}。", "There are too many: at most {wanted}."),
    FaultCode.NO_BANDS: ("没有加价幅度；请写 {wanted}。", "There are no increments; give {wanted}."),
    FaultCode.BANDS_FROM_ZERO: (
        "第一档从 {found} 开始；应从 {wanted} 开始。",
        "The first band begins at {found}; it must begin at {wanted}.",
    ),
    FaultCode.BANDS_ORDER: (
        "{found} 不高于上一档；应高于 {wanted}。",
        "{found} is not above the band before; it must be above {wanted}.",
    ),
    FaultCode.RULE_SHEET: ("规则不成立：{wanted}。", "These rules make no sale: {wanted}."),
    FaultCode.GIVEN_UP: (
        "错误过多，读到 {found} 为止。",
        "There are too many faults; nothing was read beyond {found}.",
    ),
}
"""What each code says, in Chinese and English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong."""

    code: FaultCode
    place: Place

    found: str = ""
    """What stands there, made printable and short."""

    wanted: str = ""
    """What would be right."""

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        return SENTENCES[self.code][0].format(found=self.found, wanted=self.wanted)

    @property
    def en(self) -> str:
        """The sentence in English."""
        return SENTENCES[self.code][1].format(found=self.found, wanted=self.wanted)

    def __str__(self) -> str:
        """``catalogue.csv:7: opening_yuan: `` and the sentence in both languages."""
        return f"{self.place}: {self.zh} {self.en}"


class NoticeFault(ValueError):
    """
    The files describe no sale, and nothing of them was taken.

    Attributes:
        faults: All that is wrong, by file and line.

    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        files = list(dict.fromkeys(fault.place.file for fault in faults))
        self.faults = tuple(sorted(faults, key=lambda fault: (files.index(fault.place.file), fault.place.line or 0)))
        super().__init__(self.faults)

    def __str__(self) -> str:
        """One line for each fault."""
        lines = [str(fault) for fault in self.faults[:SHOWN_MAX]]
        more = len(self.faults) - SHOWN_MAX
        if more > 0:
            lines.append(f"… 另有 {more} 处。 And {more} more.")
        return "\n".join(lines)


@dataclass(slots=True)
class Faults:
    """Collects faults while reading."""

    found: list[Fault] = field(default_factory=list)

    def add(self, code: FaultCode, place: Place, found: object = "", wanted: object = "") -> None:
        """
        Note one fault, and go on.

        Raises:
            NoticeFault: There are so many that there is no point.

        """
        place = Place(printable(place.file), place.line, None if place.field is None else printable(place.field))
        self.found.append(Fault(code=code, place=place, found=printable(found), wanted=str(wanted)))
        if len(self.found) == FAULTS_MAX:
            self.found.append(Fault(code=FaultCode.GIVEN_UP, place=Place(place.file), found=str(place)))
            raise NoticeFault(self.found)

    def close(self) -> None:
        """Raise what was collected, if anything was."""
        if self.found:
            raise NoticeFault(self.found)


def printable(value: object) -> str:
    """``value`` short enough for a line, and without characters that would move a terminal's cursor."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 4 * _FOUND_MAX:
        value = hex(value)  # a number of thousands of digits has no decimal text in Python
    text = str(value)
    short = text if len(text) <= _FOUND_MAX else text[: _FOUND_MAX - 1] + "…"
    return visible(short)
