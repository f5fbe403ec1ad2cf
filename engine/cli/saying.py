"""What commands share: their options, and how they say what they found."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from engine.cli.program import EXIT_WRONG_USE

JSON = Annotated[bool, typer.Option("--json", help="Print one line of JSON for programs.")]
Data = Annotated[
    Path, typer.Option("--data", help="Folder that holds journals, anchors and keys.", envvar="LUOCHUI_DATA")
]
Place = Annotated[
    Path,
    typer.Argument(metavar="JOURNAL", help="A journal file, the folder of a sale, or a data folder with one sale."),
]
Moment = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="SEQ|TIME",
        help="As it stood then: a record's number, 10:00:05.123 of the sale's day, 2026-11-27T10:00:05.123+08:00, or "
        "nanoseconds since 1970.",
    ),
]
AnchorFile = Annotated[
    Path | None, typer.Option("--anchor", help="The head anchor, where it is not kept beside the journal.")
]


class Language(StrEnum):
    """In which language papers are printed."""

    ZH = "zh-CN"
    EN = "en"


def settings_of(path: Path | None, **flags: Any) -> Any:
    """Every setting, as file, environment and the command line's ``flags`` give it."""
    from engine.config import load_config

    return load_config(path, flags={name: value for name, value in flags.items() if value is not None})


def print_json(value: Any) -> None:
    """One line for programs."""
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")), flush=True)


def plain(findings: Any) -> dict[str, Any]:
    """``findings`` as plain data."""
    from engine.domain import canonical

    told: dict[str, Any] = canonical.plain(findings)
    return told


def refuse(why: str) -> NoReturn:
    """End: the command was not used as it must be."""
    print(why, file=sys.stderr)
    raise typer.Exit(EXIT_WRONG_USE)


class Progress:
    """A line on the terminal for what takes more than two seconds."""

    def __init__(self, *, quiet: bool, what: str = "record") -> None:
        self._what = what
        self._quiet = quiet or not sys.stderr.isatty()
        self._shown = False

    def __enter__(self) -> "Progress":
        import time

        self._now = time.monotonic
        self._next = self._now() + 2
        return self

    def __call__(self, seq: int) -> None:
        """Record ``seq`` is done."""
        if not self._quiet and self._now() >= self._next:
            self._next = self._now() + 0.5
            self._shown = True
            print(f"\r{self._what} {seq:,}", end="", file=sys.stderr, flush=True)

    def finish(self) -> None:
        """End the line, if there is one."""
        if self._shown:
            self._shown = False
            print(file=sys.stderr)

    def __exit__(self, *_: object) -> None:
        self.finish()


def print_figures(figures: dict[str, Any]) -> None:
    """A sale's closing figures, for people."""
    from engine.domain.refusals import yuan

    if not figures:
        return
    if "classes" in figures:
        _print_quota(figures)
        return
    print(
        f"{figures['sale']} ({figures['phase']}): {figures['sold']} of {figures['lots']} lots sold, {figures['passed']} passed"
    )
    print(f"成交总额 turnover {yuan(figures['turnover_fen'])}, 起拍总额 opening {yuan(figures['opening_fen'])}", end="")
    print(f", 溢价率 premium {figures['premium']}" if figures["premium"] else "")
    if figures["top"]:
        print(f"标王 top lot {figures['top']['plate']} {yuan(figures['top']['hammer_fen'])}")


def _print_quota(figures: dict[str, Any]) -> None:
    """The result of a quota sale."""
    from engine.domain.refusals import yuan

    print(f"{figures['sale']} ({figures['phase']}): {figures['plates']} plates, {figures['admitted']} bidders admitted")
    for each in figures["classes"]:
        if each["winners"] is not None:
            lowest, average = (None if fen is None else yuan(fen) for fen in (each["lowest_fen"], each["average_fen"]))
            print(f"{each['class']}: {each['winners']} of {each['offers']} offers won", end="")
            print(f", 最低成交价 lowest {lowest}, 平均成交价 average {average}")
