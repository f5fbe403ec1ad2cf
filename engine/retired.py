"""Where a sale stands that is to go, or has gone, to another engine, as its folder says: found out before anything is served."""

from contextlib import closing
from typing import Any, Final

import msgspec

from engine.domain.parties import Principal
from engine.journal.faults import EpochStale, StorageFault
from engine.journal.files import sync_folder, write_once
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.room.leaving import bound_for

ANCHOR: Final = "head.anchor"


class MoveAsked(msgspec.Struct, frozen=True):
    """That a sale is to go to another engine."""

    to: str
    """Where that engine takes sales."""

    by: tuple[Principal, ...]
    """The two officers who decided."""


def ask(folder: DataFolder, sale: str, asked: MoveAsked) -> None:
    """Leave word for the engine of ``folder``, which finds it while it serves, or when it is started."""
    write_once(folder.move_asked(sale), msgspec.json.encode(asked), mode=0o600)


def read_asked(folder: DataFolder, sale: str) -> MoveAsked | None:
    """
    What was asked of a sale; None if nothing was, or all of it is done.

    Raises:
        StorageFault: It cannot be read.

    """
    try:
        return msgspec.json.decode(folder.move_asked(sale).read_bytes(), type=MoveAsked)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise StorageFault(f"{folder.move_asked(sale)} cannot be read ({error})") from error


def leaving(folder: DataFolder) -> set[str]:
    """
    The sales of ``folder`` that were given away and are not to be served here; what was begun of putting them aside is finished.

    Raises:
        JournalFault: A journal cannot be read.

    """
    return {sale for sale in folder.moves_asked() if _leaves(folder, sale)}


def _leaves(folder: DataFolder, sale: str) -> bool:
    if not folder.journal(sale).exists():
        _forget(folder, sale)
        return False
    with closing(SqliteJournal.open(folder.journal(sale), folder.anchor(sale))) as journal:
        command: Any = None
        try:
            for _, records in journal.history():
                command = records[-1].command
        except EpochStale as fault:
            epoch = fault.in_force
        else:
            return bool(bound_for(command))
    put_aside(folder, sale, epoch)
    return False


def moved_away(folder: DataFolder) -> set[str]:
    """The sales that went from ``folder`` to other engines, and are not here."""
    went = {path.name.rpartition("-")[0] for path in (folder.root / "moved").glob("*-*")}
    return went - set(folder.sales())


def went(folder: DataFolder, sale: str) -> int:
    """The epoch that the engine began to which ``sale`` last went from ``folder``; 0 if it never did."""
    return max((int(path.name.rpartition("-")[2]) for path in (folder.root / "moved").glob(f"{sale}-*")), default=0)


def put_aside(folder: DataFolder, sale: str, epoch: int) -> None:
    """Keep what is left of a sale that went to another engine, which began ``epoch``, where nobody serves it. Its journal is closed."""
    here, there = folder.journal(sale).parent, folder.moved(sale, epoch)
    write_once(here / ANCHOR, folder.anchor(sale).read_bytes())
    there.parent.mkdir(parents=True, exist_ok=True)
    here.rename(there)
    sync_folder(there.parent)
    sync_folder(here.parent)
    _forget(folder, sale)


def _forget(folder: DataFolder, sale: str) -> None:
    if not (folder.incoming() / sale).exists():
        folder.anchor(sale).unlink(missing_ok=True)
    folder.move_asked(sale).unlink(missing_ok=True)
