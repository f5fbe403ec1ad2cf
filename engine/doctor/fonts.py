"""Are there Chinese letters for papers? Without them minutes and certificates are printed as empty boxes."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from engine.doctor.finding import Finding, ok, warning

FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)
NAMES: Final = (
    *("NotoSansCJK", "NotoSerifCJK", "NotoSansSC", "NotoSerifSC", "NotoSansHans", "SourceHanSans", "SourceHanSerif"),
    *("wqy-", "DroidSansFallback", "simsun", "simhei", "msyh", "FandolSong", "uming", "ukai", "LXGW"),
)
"""How files of fonts with simplified Chinese begin, in the order in which they are looked for."""

ENDINGS: Final = frozenset({".ttf", ".ttc", ".otf", ".otc"})


def look(folders: Sequence[Path] = FOLDERS) -> list[Path]:
    """Font files with Chinese letters, best first."""
    files = sorted(
        file for folder in folders if folder.is_dir() for file in folder.rglob("*") if file.suffix in ENDINGS
    )
    return [file for name in NAMES for file in files if file.name.lower().startswith(name.lower())]


def judge(found: Sequence[Path], folders: Iterable[Path] = FOLDERS) -> Finding:
    """What that means."""
    places = [str(folder) for folder in folders]
    if not found:
        return warning(
            "fonts",
            f"未找到中文字体（查过 {'、'.join(places)}）：请安装 fonts-noto-cjk，否则笔录、确认书无法排印汉字。",
            f"No font with Chinese letters was found (in {', '.join(places)}): install fonts-noto-cjk, or papers cannot be set.",
            searched=places,
        )
    return ok(
        "fonts",
        f"有中文字体：{found[0].name}。",
        f"There is a font with Chinese letters: {found[0].name}.",
        font=str(found[0]),
        searched=places,
    )
