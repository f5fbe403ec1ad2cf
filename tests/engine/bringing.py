"""Brings sealed envelopes to the store of a whole engine, as a bidder's browser does."""

from typing import Any, Final

import httpx2
import orjson

from engine.sealing.parts import chunk_digest
from tests.engine.tender import SALE, TenderHouse
from tests.sealing.scene import Envelope

UPLOADS: Final = f"/api/sales/{SALE}/uploads"


async def asked(one: TenderHouse, by: str, method: str, path: str = "", content: bytes = b"") -> httpx2.Response:
    """One request to the store."""
    headers = {"authorization": f"Bearer {one.token(by)}"}
    return await one.http.request(method, UPLOADS + path, content=content, headers=headers)


def declaration(made: Envelope) -> bytes:
    """What an upload begins with."""
    of = made.manifest.context.of
    digests = {part.value: "".join(chunk_digest(of, one).hex() for one in all_) for part, all_ in made.chunks.items()}
    return orjson.dumps({"manifest": made.manifest.write().decode(), "digests": digests})


async def begin(one: TenderHouse, number: int, made: Envelope) -> str:
    """The id of an upload that was begun."""
    said = await asked(one, f"bidder:{number}", "POST", content=declaration(made))
    assert said.status_code == 200, said.text
    upload: str = said.json()["upload"]
    return upload


async def bring(one: TenderHouse, number: int, made: Envelope) -> dict[str, Any]:
    """All of it; the receipt."""
    upload = await begin(one, number, made)
    for part, chunks in made.chunks.items():
        for index, chunk in enumerate(chunks):
            said = await asked(one, f"bidder:{number}", "PUT", f"/{upload}/{part}/{index}", chunk)
            assert said.status_code == 200, said.text
    said = await asked(one, f"bidder:{number}", "POST", f"/{upload}/finish")
    assert said.status_code == 200, said.text
    receipt: dict[str, Any] = said.json()["receipt"]
    return receipt
