"""The folder of an engine: what lies where, and the lock on it. Here beside the rooms, and without them: most commands only look."""

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.journal.faults import JournalLocked
from engine.journal.files import write_once

NAME_BYTES = 8


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where an engine keeps what must last."""

    root: Path
    anchors: Path | None = None
    """Another place for the head anchors, best on another device."""

    def journal(self, sale: str) -> Path:
        """The journal of one sale."""
        return self.root / "sales" / sale / "journal.sqlite"

    def anchor(self, sale: str) -> Path:
        """The head anchor of one sale."""
        return (self.anchors or self.root / "anchors") / f"{sale}.anchor"

    def witnessed(self, sale: str) -> Path:
        """The newest checkpoint of one sale that witnesses have cosigned."""
        return self.journal(sale).with_name("witnessed.note")

    def told(self) -> Path:
        """How far each endpoint has been told of each sale."""
        return self.root / "webhooks"

    def submission(self, sale: str) -> Path:
        """The sealed envelopes of one opening."""
        return self.journal(sale).with_name("submission")

    def trust(self, sale: str) -> Path:
        """Says where the trust store of an opening is, if certificates are held to one: also to a start without the notice."""
        return self.journal(sale).with_name("trust")

    def signing_key(self) -> Path:
        """The key that signs commits."""
        return self.root / "keys" / "journal.pem"

    def cluster_key(self) -> Path:
        """The key that closes what is carried; the same at the engine, its standby, and every gateway."""
        return self.root / "keys" / "cluster.key"

    def house_key(self) -> Path:
        """The public half of the key that signs commits, for gateways and standbys."""
        return self.root / "keys" / "house.pub"

    def engine_name(self) -> str:
        """The name by which a sale is given to this folder's engine; made when it is first asked for."""
        path = self.root / "engine.name"
        if not path.exists():
            write_once(path, os.urandom(NAME_BYTES).hex().encode())
        return path.read_text(encoding="ascii")

    def move_asked(self, sale: str) -> Path:
        """Says, while it is so, that a sale is to go to another engine."""
        return self.root / "moves" / f"{sale}.json"

    def moves_asked(self) -> list[str]:
        """The sales of which that is said."""
        return sorted(path.stem for path in self.root.glob("moves/*.json"))

    def incoming(self) -> Path:
        """Where sales lie that are on their way to this engine, each in a folder that becomes the sale's."""
        return self.root / "incoming"

    def arrived(self, sale: str) -> Path:
        """Beside the journal of a sale that came from another engine, until its new epoch has begun here."""
        return self.journal(sale).with_name("arrived")

    def moved(self, sale: str, epoch: int) -> Path:
        """Where the folder of a sale lies that went to another engine, which began ``epoch``."""
        return self.root / "moved" / f"{sale}-{epoch}"

    def notice(self, sale: str) -> Path:
        """The folder of a notice that was handed in while the house served."""
        return self.root / "notices" / sale

    def notices(self) -> list[Path]:
        """Every notice kept here (TOML). A folder whose name begins with a dot was never finished."""
        handed_in = (path for path in self.root.glob("notices/*/sale.toml") if not path.parent.name.startswith("."))
        return [*sorted(self.root.glob("*.toml")), *sorted(handed_in)]

    def forget(self, sale: str) -> None:
        """Remove the journal of a sale that was never announced to anybody."""
        shutil.rmtree(self.journal(sale).parent, ignore_errors=True)
        self.anchor(sale).unlink(missing_ok=True)

    def sales(self) -> list[str]:
        """The sales that have a journal here."""
        return sorted(path.parent.name for path in self.root.glob("sales/*/journal.sqlite"))


class FolderLock:
    """Keeps a second engine out of a data folder for as long as the first one lives."""

    def __init__(self, folder: DataFolder) -> None:
        """
        Take the folder.

        Raises:
            JournalLocked: Another engine has it.

        """
        folder.root.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(folder.root / "engine.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._handle)
            raise JournalLocked(f"another engine serves {folder.root}; stop it first") from error

    def release(self) -> None:
        """Let others have the folder."""
        os.close(self._handle)
