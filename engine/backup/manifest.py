"""What a backup holds: its files, and where each sale's record stood."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

import msgspec
import orjson

FORMAT: Final = "luochui backup 1"
NAME: Final = "manifest.json"
DATA: Final = "data"
"""The folder of a backup in which everything lies as in a data folder."""

AT_ONCE_BYTES: Final = 1 << 20


class BackupFault(Exception):
    """
    A backup that is not what it says, or a place where none can be made or restored.

    Attributes:
        zh: The same in Chinese.

    """

    code = "E_BACKUP"

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of a backup."""

    path: str
    """From the data folder, with slashes."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSale:
    """Where the record of a sale stood when it was copied."""

    sale: str
    epoch: int
    records: int

    head: str
    """Digest of the last record; zeros if there is none."""

    state_digest: str
    """Digest of the state that the records lead to."""

    key: str
    """The public key whose holder signed it."""

    anchored: int | None
    """The last record that the head anchor vouched for just before; None if there was no anchor."""

    envelopes_lacking: int = 0
    """Sealed envelopes of an opening that stand on its record, and which the house itself had no longer wholly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All of it."""

    format: str
    taken_at: str
    """UTC."""

    keys: bool
    """Whether the house's private keys are among the files."""

    files: tuple[KeptFile, ...]
    sales: tuple[KeptSale, ...]

    def written(self) -> bytes:
        """As it stands in the backup."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2) + b"\n"

    @classmethod
    def of(cls, backup: Path) -> Self:
        """
        The manifest of the backup at ``backup``.

        Raises:
            BackupFault: There is none, or it cannot be read.

        """
        path = backup / NAME
        try:
            found = msgspec.json.decode(path.read_bytes(), type=cls)
        except FileNotFoundError as error:
            raise BackupFault(
                f"{backup} is no backup: it has no {NAME}", f"{backup} 不是备份：没有 {NAME}。"
            ) from error
        except (OSError, msgspec.MsgspecError) as error:
            raise BackupFault(
                f"{path} cannot be read: {error}", f"{path} 无法读取（{error}）。请用另一份备份。"
            ) from error
        if found.format != FORMAT:
            raise BackupFault(f"{path} is of another format: {found.format}", f"{path} 的格式不同：{found.format}。")
        return found


def measured(root: Path, path: Path) -> KeptFile:
    """What a manifest says of ``path`` under ``root``."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while content := file.read(AT_ONCE_BYTES):
            digest.update(content)
            size += len(content)
    return KeptFile(path=path.relative_to(root).as_posix(), bytes=size, sha256=digest.hexdigest())
