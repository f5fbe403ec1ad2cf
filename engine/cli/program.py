"""The program all commands belong to, and how they end."""

from typing import Final

import typer

EXIT_FAILED: Final = 1
EXIT_WRONG_USE: Final = 2
EXIT_NOT_SOUND: Final = 3
"""A journal or receipt does not hold, or a notice cannot be read."""
EXIT_IN_USE: Final = 75
"""Another engine serves the folder; try again when it has stopped."""
EXIT_INTERRUPTED: Final = 130
EXIT_STORAGE: Final = 70
"""Storage failed while serving: what was in flight is undecided until the journal is read again."""

app: Final = typer.Typer(
    name="luochui",
    help=(
        "落槌 Luochui: live auctions for public-resource trading centres. A bid that was acknowledged is never lost, and its "
        "place in the order can be proved.\n\nBegin with: luochui demo"
    ),
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=True,
    rich_markup_mode=None,
)
