"""An opening's front, asked as a browser would ask it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp, Message

from engine.domain.parties import Principal
from engine.domain.units import Nanoseconds
from engine.journal.signing import Signer
from engine.sealing.parts import chunk_digest
from engine.sealing.suites import INTERNATIONAL
from engine.submission.front import Front
from engine.submission.settings import SubmissionSettings
from tests.sealing.scene import Envelope, Tender
from tests.submission.disk import Disk
from tests.submission.scene import Clock, store_on

SIGNER = Signer.of(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
TOKENS = {"token-a": Principal("bidder:8"), "token-b": Principal("bidder:9")}
OPENING = "HZ-2026-001"


@cache
def envelope(seed: str = "", bidder: str = "8", documents: int = 100) -> Envelope:
    """A sealed envelope: the sheet, and a chunk of documents if there are any."""
    tender = Tender(INTERNATIONAL)
    files = {"技术标.pdf": bytes(documents)} if documents else None
    return tender.seal(files=files, context=tender.context(bidder), seed=seed)


def declared(sealed: Envelope) -> dict[str, Any]:
    """What is said to begin."""
    digests = {
        part.value: b"".join(chunk_digest(INTERNATIONAL, chunk) for chunk in chunks).hex()
        for part, chunks in sealed.chunks.items()
    }
    return {"manifest": sealed.manifest.write().decode(), "digests": digests}


@dataclass
class Said:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        code: str = self.json["code"]
        return code


@dataclass
class Desk:
    """A front on a disk, with a clock and a deadline."""

    disk: Disk = field(default_factory=Disk)
    clock: Clock = field(default_factory=Clock)
    settings: SubmissionSettings = field(default_factory=SubmissionSettings)
    deadline: int = 9_000_000_000_000
    chance: Any = None

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.store = store_on(self.disk, self.clock, settings=self.settings, chance=self.chance)
        self.front = Front(
            self.store,
            opening=OPENING,
            who=TOKENS.get,
            deadline=lambda: Nanoseconds(self.deadline),
            now=self.clock,
            signer=SIGNER,
            settings=self.settings,
        )
        self.app: ASGIApp = self.front.app()

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | dict[str, Any] = b"",
        *,
        token: str | None = "token-a",
        pieces: int = 1,
    ) -> Said:
        """One request, whose body comes in ``pieces``."""
        content = orjson.dumps(body) if isinstance(body, dict) else body
        headers = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
        return await asked(self.app, method, path, headers, content, pieces)

    async def begin(self, sealed: Envelope, token: str = "token-a") -> str:
        said = await self.ask("POST", "/uploads", declared(sealed), token=token)
        assert said.status == 200, said.body
        name: str = said.json["upload"]
        return name

    async def send(self, sealed: Envelope, token: str = "token-a") -> str:
        name = await self.begin(sealed, token)
        for part, chunks in sealed.chunks.items():
            for index, chunk in enumerate(chunks):
                said = await self.ask("PUT", f"/uploads/{name}/{part}/{index}", chunk, token=token)
                assert (said.status, said.json) == (200, {})
        return name


async def asked(  # noqa: PLR0917
    app: ASGIApp, method: str, path: str, headers: Sequence[tuple[bytes, bytes]], body: bytes, pieces: int
) -> Said:
    """What ``app`` answers."""
    step = max(1, -(-len(body) // pieces))
    rest = [body[at : at + step] for at in range(0, len(body), step)] or [b""]
    heard: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": rest.pop(0), "more_body": bool(rest)}

    async def send(message: Message) -> None:
        heard.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "client": ("203.0.113.9", 0),
        "server": None,
    }
    await app(scope, receive, send)
    start = heard[0]
    return Said(
        start["status"],
        {name.decode(): value.decode() for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in heard[1:]),
    )
