"""
Uploads a sealed envelope to the house: chunk by chunk, again where the line broke off, with one chunk in memory.

Nothing need be remembered between two runs. The house knows an upload by its manifest and says which chunks it has; to go on after a
crash is to begin again.
"""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import trio

from clients.backoff import wait_s
from clients.http import Address, HttpFault, OpenStream, exchange, open_stream
from clients.seal import MANIFEST, Told
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.manifest import MANIFEST_BYTES_MAX, Manifest, read_manifest
from engine.sealing.parts import CHUNK_BYTES, Part, check_digests, chunk_digest
from engine.sealing.suites import TAG_BYTES

TRIES_MAX: Final = 12
"""Failures in a row, about half a minute of them, before it is given up."""

BEGIN_AGAIN: Final = frozenset({"E_UPLOAD_UNKNOWN", "E_SEAL_INCOMPLETE", "E_CHUNK_HASH", "E_CHUNK_SIZE"})
"""The house has lost something, or a chunk was spoilt on its way: it is asked anew what is there."""


class NotTaken(Exception):
    """
    The house does not take the envelope.

    Attributes:
        code: Why, for programs.
        zh: Why, in Chinese; the message is the same in English.

    """

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(said.get("en", "The house did not say why."))
        self.code, self.zh = str(said.get("code", "")), str(said.get("zh", "平台未说明原因。"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where envelopes of one opening are taken, and who comes there."""

    address: Address
    path: str
    """Of the opening's uploads, without ``/uploads``."""

    token: str
    opener: OpenStream = open_stream

    async def ask(self, method: str, path: str, body: bytes = b"") -> Any:
        """One request; see :func:`clients.http.exchange`."""
        headers = [("Authorization", f"Bearer {self.token}")]
        return await exchange(
            self.address, method, f"{self.path}/uploads{path}", headers=headers, body=body, opener=self.opener
        )


async def upload(
    desk: Desk,
    folder: Path,
    *,
    told: Told = lambda _done, _all: None,
    tries_max: int = TRIES_MAX,
    rng: random.Random | None = None,
) -> dict[str, Any]:
    """
    Have the house take the whole envelope in ``folder``, made by :func:`clients.seal.seal`.

    Args:
        desk: Where.
        folder: The envelope.
        told: Called with how many chunks the house has, and of how many; the first figure is smaller than before if it lost some.
        tries_max: After so many failures in a row without a chunk taken, the last is raised.
        rng: For how long to wait between them.

    Returns:
        The receipt: ``clients.deposited`` checks it. It does not say that a bid was submitted.

    Raises:
        NotTaken: The house refuses it.
        SealFault: The envelope is damaged here.
        HttpFault: Again and again, what answers is no house.
        OSError: Again and again, there was nobody; or a file cannot be read.
        trio.BrokenResourceError: Again and again, it hung up.

    """
    envelope, line = _Envelope(folder), _Line(desk, tries_max, rng or random.Random())
    while True:
        picture = await line.ask("POST", "", envelope.declaration)
        try:
            await _send(line, envelope, picture, told)
            finished = await line.ask("POST", f"/{picture['upload']}/finish")
        except NotTaken as no:
            if no.code not in BEGIN_AGAIN:
                raise
            await line.failed(no)
        else:
            receipt: dict[str, Any] = finished["receipt"]
            return receipt


async def _send(line: "_Line", envelope: "_Envelope", picture: dict[str, Any], told: Told) -> None:
    """Send every chunk that is missing in ``picture``."""
    whole = sum(part["chunks"] for part in picture["parts"])
    done = whole - sum(last - first + 1 for part in picture["parts"] for first, last in part["missing"])
    told(done, whole)
    for part in picture["parts"]:
        for first, last in part["missing"]:
            for index in range(first, last + 1):
                chunk = envelope.chunk(part["part"], index)
                await line.ask("PUT", f"/{picture['upload']}/{part['part']}/{index}", chunk)
                line.tries = 0
                done += 1
                told(done, whole)


class _Envelope:
    """Reads an envelope chunk by chunk, and declares it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with (folder / MANIFEST).open("rb") as file:
            self._manifest = read_manifest(file.read(MANIFEST_BYTES_MAX + 1))
        digests = {
            part.name.value: b"".join(self._digests(self._manifest, part)).hex() for part in self._manifest.parts
        }
        self.declaration = orjson.dumps({"manifest": self._manifest.write().decode(), "digests": digests})

    def chunk(self, name: str, index: int) -> bytes:
        part = next(part for part in self._manifest.parts if part.name == name)
        size = CHUNK_BYTES[part.name] + TAG_BYTES
        with (self._folder / part.name.value).open("rb") as file:
            file.seek(index * size)
            chunk = file.read(size)
        if len(chunk) != size:
            raise SealFault(SealCode.CHUNK_HASH, part=name, chunk=index)
        return chunk

    def _digests(self, manifest: Manifest, part: Part) -> list[bytes]:
        suite = manifest.context.of
        digests = [chunk_digest(suite, self.chunk(part.name, index)) for index in range(part.chunks)]
        check_digests(suite, part, digests)
        return digests


class _Line:
    """The way to the desk: what may succeed later is tried again."""

    def __init__(self, desk: Desk, tries_max: int, rng: random.Random) -> None:
        self.tries = 0
        """Failures since a chunk was taken."""

        self._desk, self._tries_max, self._rng = desk, tries_max, rng

    async def ask(self, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
        """
        The answer to one request.

        Raises:
            NotTaken: It would be the same later.
            HttpFault, OSError, trio.BrokenResourceError: Again and again.

        """
        while True:
            try:
                answer: dict[str, Any] = await self._desk.ask(method, path, body)
            except HttpFault as fault:
                if not _later(fault):
                    raise NotTaken(fault.body) from fault
                await self.failed(fault, fault.body.get("detail", {}).get("after_ms", 0) / 1000)
            except (OSError, trio.BrokenResourceError) as error:
                await self.failed(error)
            else:
                return answer

    async def failed(self, error: Exception, after_s: float = 0) -> None:
        """Wait a while, or raise ``error`` for good."""
        self.tries += 1
        if self.tries >= self._tries_max:
            raise error
        await trio.sleep(max(after_s, wait_s(self.tries, self._rng)))


def _later(fault: HttpFault) -> bool:
    """Whether it may succeed later; who answers without our form is a proxy, or no house."""
    if "retry" in fault.body:
        return bool(fault.body["retry"] == "after_ms")
    return fault.status in {0, 408, 429} or fault.status >= 500
