"""Line charts as SVG: drawn here, no script, the same on screen and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10
from typing import Final

WIDTH: Final = 820
HEIGHT: Final = 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 250, 16, 40
_ROW: Final = 20
"""A line of the legend; a chart of very many lines is as high as their names need."""

_INKS: Final = ("#0b57a4", "#a8321a", "#1b6e3c", "#5d3f92", "#6a5a00", "#444444", "#8a1c5c", "#00606b")
_DASHES: Final = ("", "7 3", "2 3", "9 3 2 3", "4 4", "1 4", "12 3", "6 2 1 2 1 2")
"""Lines are told apart without colour too."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its name in both languages."""

    zh: str
    en: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """Where ticks stand, and what they say."""

    ticks: Sequence[tuple[float, str]]
    low: float
    high: float
    zh: str = ""
    en: str = ""


def even(low: float, high: float, zh: str, en: str, unit: str = "") -> Axis:
    """An axis with a few round ticks."""
    high = high if high > low else low + 1
    step = 10 ** floor(log10((high - low) / 2))
    while (high - low) / step > 6:
        step *= 2 if str(step / 10 ** floor(log10(step)))[0] != "2" else 2.5
    count = floor((high - low) / step + 1.0001)
    top = low + count * step if low + (count - 1) * step < high - 1e-9 else low + (count - 1) * step
    ticks = [
        (low + step * at, f"{low + step * at:g}{unit}") for at in range(count + 1) if low + step * at <= top + 1e-9
    ]
    return Axis(ticks, low, top, zh, en)


def both(words: tuple[str, str], x: float, y: float, anchor: str = "start") -> str:
    """One text in both languages; the page shows one of them."""
    return "".join(
        f'<text lang="{lang}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
        for lang, text in zip(("zh-CN", "en"), words, strict=True)
    )


def chart(lines: Sequence[Line], across: Axis, up: Axis, title: tuple[str, str]) -> str:
    """A chart of these lines."""
    height = max(HEIGHT, _TOP + len(lines) * _ROW + _BOTTOM)
    wide, tall = WIDTH - _LEFT - _RIGHT, height - _TOP - _BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        right = (x - across.low) / (across.high - across.low)
        over = (min(y, up.high) - up.low) / (up.high - up.low)
        return _LEFT + wide * right, _TOP + tall * (1 - over)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title[0])} {escape(title[1])}">',
        f'<rect x="{_LEFT}" y="{_TOP}" width="{wide}" height="{tall}" fill="none" stroke="#767676"/>',
    ]
    for value, text in up.ticks:
        x, y = at(across.low, value)
        parts.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x + wide:.1f}" y2="{y:.1f}" stroke="#d5d5d5"/>')
        parts.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>')
    for value, text in across.ticks:
        x, y = at(value, up.low)
        parts.append(f'<text x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">{escape(text)}</text>')
    parts.append(both((across.zh, across.en), _LEFT + wide, height - 6, "end"))
    for number, line in enumerate(lines):
        ink, dash = _INKS[number % len(_INKS)], _DASHES[(number + number // len(_INKS)) % len(_DASHES)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in line.points))
        style = f'fill="none" stroke="{ink}" stroke-width="2" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{points}" {style}/>')
        y = _TOP + 14 + number * _ROW
        x = WIDTH - _RIGHT + 12
        parts.append(f'<line x1="{x}" y1="{y - 4}" x2="{x + 26}" y2="{y - 4}" {style}/>')
        parts.append(both((line.zh, line.en), x + 32, y))
    parts.append("</svg>")
    return "".join(parts)
