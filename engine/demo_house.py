"""What all demos share: their folder, their pace over HTTP, and how they talk to the terminal."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from clients.robots.play import Progress
from engine.domain.refusals import yuan
from engine.room.folder import DataFolder, FolderLock

TOKEN_TTL_S: Final = 7 * 24 * 3600
FAST_COMMANDS_PER_S: Final = 2000.0


class NotTheDemo(Exception):
    """The folder holds other sales than the demo: nothing in it is forgotten."""


def forget(folder: DataFolder, *sales: str) -> None:
    """
    Take the sales of a demo out of its folder, if nobody serves it and nothing else is there.

    Raises:
        JournalLocked: Somebody serves it.
        NotTheDemo: It holds another sale.

    """
    if not folder.root.exists():
        return
    lock = FolderLock(folder)
    try:
        if set(folder.sales()) - set(sales):
            raise NotTheDemo(f"{folder.root} holds other sales than the demo; --fresh forgets a demo only")
        for sale in sales:
            shutil.rmtree(folder.journal(sale).parent, ignore_errors=True)
            folder.anchor(sale).unlink(missing_ok=True)
    finally:
        lock.release()


@contextmanager
def folder_of(data: Path | None, usual: Path, *, fast: bool) -> Iterator[Path]:
    """``data``, or else the ``usual`` folder; a fast demo leaves nothing behind unless somebody names a folder."""
    if data is None and fast:
        with tempfile.TemporaryDirectory(prefix="luochui-demo-") as name:
            yield Path(name)
    else:
        yield data or usual


def say_aloud(line: str) -> None:
    """A line on the terminal, at once."""
    print(line, flush=True)


def mute(_line: str) -> None:
    """Programs read the last line only."""


def tell(progress: Progress, say: Callable[[str], None]) -> None:
    """A lot has ended."""
    price = "流拍 passed" if progress.hammer_fen is None else f"成交 {yuan(progress.hammer_fen)}"
    say(f"  {progress.lot:>3}  {progress.plate}  {price}")
