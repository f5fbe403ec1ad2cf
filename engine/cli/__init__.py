"""The command line: ``luochui``. Each module holds some of its commands; they are shown in the order in which they are imported."""

import gc
from typing import Final

from engine.cli import serving  # isort: skip
from engine.cli import clustering  # isort: skip
from engine.cli import standing  # isort: skip
from engine.cli import moving  # isort: skip
from engine.cli import people  # isort: skip
from engine.cli import authorities, benching, evidence, keeping, looking, rehearsing, sealing, webhooks
from engine.cli.program import app

__all__ = [
    "app",
    "authorities",
    "benching",
    "clustering",
    "evidence",
    "keeping",
    "looking",
    "main",
    "moving",
    "people",
    "rehearsing",
    "sealing",
    "serving",
    "standing",
    "webhooks",
]


OBJECTS: Final = 50_000
"""New ones between two looks for garbage: reading a command's modules makes tens of thousands that all stay."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])
    app()
