"""
A witness: remembers what a house has said of its sales' logs, and signs only what contradicts nothing of it.

A house that shows different records to different people needs two logs; a witness that both sides trust cosigns only one. What it has
seen is on the disk before its signature leaves, so that it never signs two pasts, whenever it is stopped.
"""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clients.http import Address, HttpFault, OpenStream, exchange, fetch_text, open_stream
from engine.wire.note import Checkpoint, Kind, Note, NoteFault, Verifier, cosign
from engine.wire.tree import consistent

UNKNOWN_HERE: Final = "E_COSIGNATURE_INVALID"


class WitnessFault(Exception):
    """The witness's own folder cannot be used."""


class Contradiction(Exception):
    """
    The house said two things that cannot both be. Both are kept: they convict it.

    Attributes:
        sale: Of which sale.
        kept_at: Where the evidence lies.

    """

    def __init__(self, sale: str, what: str, kept_at: Path) -> None:
        super().__init__(f"{sale}: {what}. The evidence is kept at {kept_at}: show it to the supervisor.")
        self.sale, self.kept_at = sale, kept_at


@dataclass(frozen=True, slots=True)
class Remembered:
    """The newest checkpoint of one log that was cosigned."""

    log: Verifier
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        """What it says."""
        return Checkpoint.parse(self.note.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at one sale showed."""

    sale: str
    size: int
    root: str
    new: bool
    """Whether it goes beyond what was remembered."""

    taken: bool
    """Whether the house shows the cosignature; a house that does not list the witness takes none."""


class Memory:
    """
    A witness's folder: its key, and what it remembers of each log.

    Args:
        folder: Made if there is none.
        name: By which the witness signs; fixed once the key is made.

    Raises:
        WitnessFault: The folder cannot be used, or belongs to a witness of another name.

    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        key_at, named_at = folder / "witness.pem", folder / "witness.vkey"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not key_at.exists():
                pem = Ed25519PrivateKey.generate().private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
                _write(key_at, pem, mode=0o600)
            key = serialization.load_pem_private_key(key_at.read_bytes(), password=None)
            if not isinstance(key, Ed25519PrivateKey):
                raise WitnessFault(f"{key_at} holds no Ed25519 key")
            self._key = key
            self.verifier = Verifier(name, key.public_key().public_bytes_raw(), Kind.WITNESS)
            if not named_at.exists():
                _write(named_at, (self.verifier.text() + "\n").encode())
            if (stands := named_at.read_text(encoding="utf-8").strip()) != self.verifier.text():
                raise WitnessFault(f"{folder} belongs to the witness {stands.partition('+')[0]!r}, not to {name!r}")
        except (OSError, ValueError) as error:
            raise WitnessFault(f"{folder}: {error}") from error

    def recall(self, origin: str) -> Remembered | None:
        """
        What was cosigned last of the log called ``origin``.

        Raises:
            WitnessFault: It cannot be read. To forget is to sign anything, so it is not passed over.

        """
        path = self._path(origin)
        try:
            plain = orjson.loads(path.read_bytes())
            return Remembered(Verifier.parse(plain["log"]), Note.parse(plain["note"]))
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise WitnessFault(f"{path} cannot be read ({error}); restore it from a copy") from error

    def cosign(self, log: Verifier, note: Note, at_s: int) -> Remembered:
        """Cosign ``note``, having remembered it. What was remembered before is replaced."""
        signature = cosign(note.text, self.verifier, self._key.sign, at_s)
        own = next(each for each in note.signatures if (each.name, each.key_hash) == (log.name, log.key_hash))
        remembered = Remembered(log, Note(note.text, (own, signature)))
        _write(self._path(log.name), orjson.dumps({"log": log.text(), "note": remembered.note.whole()}))
        return remembered

    def convict(self, log: Verifier, remembered: Remembered, note: Note, path: list[bytes]) -> Path:
        """Keep what contradicts what is remembered."""
        kept_at = self._folder / "evidence" / f"{self._path(log.name).stem}-{int(time.time())}.json"
        evidence = {
            "log": log.text(),
            "remembered": remembered.note.whole(),
            "shown": note.whole(),
            "path": [node.hex() for node in path],
        }
        kept_at.parent.mkdir(exist_ok=True)
        _write(kept_at, orjson.dumps(evidence, option=orjson.OPT_INDENT_2))
        return kept_at

    def _path(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"


class Witness:
    """
    Looks at the logs of a house.

    Args:
        memory: What it remembers.
        address: Where the house is.
        trusted: Keys of logs known from elsewhere; a log that is not among them is believed on first sight.
        opener: Opens a connection.
        now_s: Seconds since 1970.

    """

    def __init__(
        self,
        memory: Memory,
        address: Address,
        trusted: tuple[Verifier, ...] = (),
        *,
        opener: OpenStream = open_stream,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._memory, self._address, self._opener, self._now_s = memory, address, opener, now_s
        self._trusted = {each.name: each for each in trusted}

    async def sales(self) -> list[str]:
        """The sales the house lists."""
        return [sale["id"] for sale in await self._json("/api/sales")]

    async def look(self, sale: str) -> Seen:
        """
        Compare what the house says of ``sale`` now with what is remembered, and cosign it.

        Raises:
            Contradiction: It cannot both be.
            HttpFault: The house's answer was no answer.
            NoteFault: What it showed is no checkpoint, or signed with another key than the log's.
            WitnessFault: What was remembered cannot be read.

        """
        about = await self._json(f"/api/sales/{quote(sale, safe='')}")
        shown = Verifier.parse(str(about["log"]["vkey"]))
        remembered = self._memory.recall(shown.name)
        log = self._trusted.get(shown.name) or (remembered.log if remembered is not None else shown)
        note = Note.parse(await self._text(sale, "checkpoint"))
        checkpoint = Checkpoint.parse(note.text)
        if checkpoint.origin != log.name or not note.signed_by(log):
            raise NoteFault(f"{sale}: the checkpoint is not signed with the key of {log.name}")
        new = await self._compare(sale, log, remembered, note) if remembered is not None else True
        if new or remembered is None:
            remembered = self._memory.cosign(log, note, int(self._now_s()))
        taken = note.cosigned_at_s(self._memory.verifier) is not None or await self._hand_in(sale, remembered)
        return Seen(sale=sale, size=checkpoint.size, root=checkpoint.root.hex(), new=new, taken=taken)

    async def _compare(self, sale: str, log: Verifier, remembered: Remembered, note: Note) -> bool:
        """Whether ``note`` goes on from what is remembered; False if it is the same."""
        before, now = remembered.checkpoint, Checkpoint.parse(note.text)
        if note.text == remembered.note.text:
            return False
        what, path = "", list[bytes]()
        if now.size < before.size:
            what = f"its log had {before.size} records and now has {now.size}"
        elif now.size == before.size:
            what = f"it signed two different checkpoints of {now.size} records"
        elif before.size:
            path = await self._consistency(sale, before.size, now.size)
            if not consistent(before.size, now.size, before.root, now.root, path):
                what = f"its log of {now.size} records does not begin with the {before.size} records it had"
        if what:
            raise Contradiction(sale, what, self._memory.convict(log, remembered, note, path))
        return True

    async def _consistency(self, sale: str, first: int, second: int) -> list[bytes]:
        plain = await self._json(f"/api/sales/{quote(sale, safe='')}/log/consistency?from={first}&to={second}")
        try:
            return [bytes.fromhex(node) for node in plain["path"]]
        except (KeyError, TypeError, ValueError):
            return []

    async def _hand_in(self, sale: str, remembered: Remembered) -> bool:
        size, line = remembered.checkpoint.size, remembered.note.signatures[-1].line()
        path = f"/api/sales/{quote(sale, safe='')}/log/cosignatures?size={size}"
        try:
            await exchange(self._address, "POST", path, body=line.encode(), opener=self._opener)
        except HttpFault as fault:
            if fault.body.get("code") == UNKNOWN_HERE or fault.status == 404:
                return False
            raise
        return True

    async def _json(self, path: str) -> Any:
        return await exchange(self._address, "GET", path, opener=self._opener)

    async def _text(self, sale: str, name: str) -> str:
        return await fetch_text(self._address, f"/api/sales/{quote(sale, safe='')}/log/{name}", opener=self._opener)


def _write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Put ``content`` at ``path``, whole or not at all, so that it is there after a power cut."""
    draft = path.with_name(path.name + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
