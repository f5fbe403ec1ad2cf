"""Are there Chinese fonts for papers, where the house would look for them? Without them no paper is printed."""

from collections.abc import Sequence

from engine.doctor.finding import Finding, ok, warning
from engine.papers.press import FontsMissing, Press


def look(folders: Sequence[str]) -> tuple[str, ...]:
    """The families papers would be set in; none if they cannot be."""
    try:
        return Press(tuple(folders)).families
    except FontsMissing:
        return ()


def judge(found: Sequence[str], folders: Sequence[str]) -> Finding:
    """What that means."""
    places = list(folders)
    if not found:
        return warning(
            "fonts",
            f"未找到文书所需的中文字体（查过 {'、'.join(places)}）：请安装 fonts-noto-cjk，或在 papers.fonts 中指明目录。",
            f"No Chinese font for papers (in {', '.join(places)}): install fonts-noto-cjk, or name its folder in papers.fonts.",
            searched=places,
        )
    return ok(
        "fonts",
        f"有文书所需的中文字体：{'、'.join(found)}。",
        f"There are Chinese fonts for papers: {', '.join(found)}.",
        families=list(found),
        searched=places,
    )
