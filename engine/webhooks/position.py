"""How far an endpoint has been told of a sale, in a small file that outlasts a power cut."""

import hashlib
from pathlib import Path

import msgspec

from engine.journal.files import write_once

_BYTES_MAX = 4096


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Everything up to record ``seq`` is done, and so many messages of the next one."""

    epoch: int
    seq: int = 0
    done: int = 0


class PositionFile:
    """
    One endpoint's place in one sale.

    Args:
        root: The folder of all of them.
        url: The endpoint; only its digest is in the name.
        sale: The sale.

    """

    def __init__(self, root: Path, url: str, sale: str) -> None:
        self._path = root / hashlib.sha256(url.encode()).hexdigest()[:16] / f"{sale}.json"

    def read(self, epoch: int) -> Position | None:
        """
        Where it stood; None if it was never told anything.

        A file that cannot be read, or one of another epoch, whose records may be others, begins anew: what was told is told once more.
        """
        try:
            with self._path.open("rb") as file:
                found = msgspec.json.decode(file.read(_BYTES_MAX), type=Position)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError):
            return Position(epoch=epoch)
        return found if found.epoch == epoch and found.seq >= 0 and found.done >= 0 else Position(epoch=epoch)

    def write(self, position: Position) -> None:
        """
        Keep ``position``. Returns when it would survive a power cut.

        Raises:
            OSError: It is not kept.

        """
        write_once(self._path, msgspec.json.encode(position), mode=0o600)
