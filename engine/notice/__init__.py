"""A sale's notice: from files a person writes to the commands that open the sale's journal."""

from pathlib import Path
from typing import Final

from engine.notice.faults import Fault, FaultCode, NoticeFault
from engine.notice.kinds import AnyNotice, read_any
from engine.notice.notice import Notice, read_files, read_notice
from engine.notice.opening import OpeningNotice
from engine.notice.quota import QuotaNotice
from engine.notice.script import read_script, read_wishes

__all__ = [
    "DEMO",
    "AnyNotice",
    "Fault",
    "FaultCode",
    "Notice",
    "NoticeFault",
    "OpeningNotice",
    "QuotaNotice",
    "read_any",
    "read_files",
    "read_notice",
    "read_script",
    "read_wishes",
]

DEMO: Final = Path(__file__).parent / "demo"
"""The demo sales: ``sale.toml`` and ``script.csv``; ``second.toml`` and ``second-script.csv``; ``timed.toml`` and ``timed.csv``."""
