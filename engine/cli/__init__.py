"""The command line: ``luochui``. Each module holds some of its commands; they are shown in the order in which they are imported."""

from engine.cli import serving  # isort: skip
from engine.cli import people  # isort: skip
from engine.cli import benching, evidence, keeping, looking, rehearsing, sealing
from engine.cli.program import app

__all__ = ["app", "benching", "evidence", "keeping", "looking", "main", "people", "rehearsing", "sealing", "serving"]


def main() -> None:
    """Run the command line."""
    app()
