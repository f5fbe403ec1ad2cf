"""
An opening of sealed bids over HTTP, for a bidder, a trustee or an officer who has a token.

Sealing itself asks no house (:mod:`clients.seal`). What leaves a machine is a sealed chunk, a signed manifest, and after the deadline a
short half of a key.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import orjson
import trio

from clients.http import Address, HttpFault, OpenStream, exchange, open_stream
from clients.seal import SIGNATURE, read_envelope
from engine.sealing import halves
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.halves import HALL, REMEDY
from engine.sealing.manifest import Manifest, read_manifest
from engine.sealing.parts import PartName, chunk_digest
from engine.sealing.shares import write_answer
from engine.sealing.trustees import Chance, HallKey, Share, answer

ASK_AGAIN_S: Final = 0.2
ANSWERS_AT_ONCE: Final = 4
NOT_KNOWN_YET: Final = "unknown"
LATER: Final = frozenset({"E_BUSY", "E_RATE_LIMITED"})


class NotDone(Exception):
    """
    The house said no.

    Attributes:
        code: Why, for programs.
        refused: All it said.

    """

    def __init__(self, refused: dict[str, Any]) -> None:
        super().__init__(f"{refused.get('code')}: {refused.get('en', '')}")
        self.code, self.refused = str(refused.get("code")), refused


class Opening:
    """
    One opening, as the bearer of a token meets it; without one, as everybody does.

    Args:
        url: The house.
        sale: The opening's id.
        token: Says who asks.
        opener: Opens connections.
        new_id: Makes ids for commands that come without one.

    """

    def __init__(
        self,
        url: str,
        sale: str,
        token: str | None = None,
        *,
        opener: OpenStream = open_stream,
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._address, self._sale, self._opener, self._new_id = Address.of(url), sale, opener, new_id
        self._headers = [] if token is None else [("Authorization", f"Bearer {token}")]

    async def picture(self) -> dict[str, Any]:
        """What one may see now: ``{epoch, seq, head, parts}``, and a bidder's own part as ``mine``."""
        return await self._get("/picture")

    async def receipt(self, section: str) -> dict[str, Any]:
        """
        One's own receipt of the envelope that stands in a section; :mod:`clients.sealed_receipt` checks it.

        Raises:
            HttpFault: None stands there, or the house did not answer as it must.

        """
        return await self._get(f"/receipt?section={quote(section)}")

    async def wanted(self) -> list[dict[str, Any]]:
        """What a trustee is to answer for now."""
        found: list[dict[str, Any]] = (await self._get("/wanted"))["wanted"]
        return found

    async def ask(self, kind: str, *, command_id: str | None = None, **fields: Any) -> dict[str, Any]:
        """
        Ask for something, and wait for what becomes of it.

        Args:
            kind: The frame's ``type``.
            command_id: An id of one's own, where asking twice must act once; a new one if None.
            fields: The other fields, as in the protocol.

        Returns:
            The house's ``answer``: what happened, and the receipt.

        Raises:
            NotDone: The rules do not allow it, or the frame was none.
            HttpFault: The house did not answer as it must.

        """
        frame = {**fields, "type": kind, "id": command_id or self._new_id()}
        body = orjson.dumps(frame, option=orjson.OPT_SORT_KEYS)
        while True:
            said = await self._said("POST", "/commands", body)
            if said.get("type") != NOT_KNOWN_YET and said.get("code") not in LATER:
                break
            await trio.sleep(ASK_AGAIN_S)
        first: dict[str, Any] = said.get("answer", said)
        outcome = first.get("outcome", {"refused": first})
        if "refused" in outcome:
            raise NotDone(outcome["refused"])
        return first

    async def submit(self, envelope: Path, *, command_id: str | None = None) -> dict[str, Any]:
        """
        Submit the envelope in a folder: the sealed sheet first, then the manifest.

        Raises:
            NotDone: The house did not take it.
            SealFault: It is not whole.

        """
        manifest = read_envelope(envelope)
        signature = (envelope / SIGNATURE).read_bytes()
        for part in manifest.parts:
            if part.name is PartName.SHEET:
                await self.send_chunk(manifest, (envelope / part.name.value).read_bytes())
        return await self.ask(
            "submit_envelope",
            command_id=command_id,
            section=manifest.context.section,
            manifest=manifest.write().decode(),
            signature=signature.hex(),
        )

    async def send_chunk(self, manifest: Manifest, chunk: bytes) -> None:
        """Send the sealed sheet of an envelope, and see that it arrived as it was."""
        said = await self._said("POST", "/chunks", chunk)
        if "digest" not in said:
            raise NotDone(said)
        if said["digest"] != chunk_digest(manifest.context.of, chunk).hex():
            raise SealFault(SealCode.CHUNK_HASH, part=PartName.SHEET, chunk=0)

    async def unseal(self, manifest: Manifest, half: bytes, *, command_id: str | None = None) -> dict[str, Any]:
        """Hand in one's half of the key, after seeing that it is the right one."""
        halves.check_half(manifest, halves.OWN, half)
        return await self.ask("unseal", command_id=command_id, section=manifest.context.section, half=half.hex())

    async def answer(self, hall: HallKey, share: Share, chance: Chance) -> int:
        """
        Answer, as a trustee, for everything that is wanted now.

        Returns:
            For how many wraps.

        """
        wanted = await self.wanted()
        for half in (HALL, REMEDY):
            of_half = [each for each in wanted if each["half"] == half]
            for at in range(0, len(of_half), ANSWERS_AT_ONCE):
                given = [answer_wanted(hall, share, each, chance) for each in of_half[at : at + ANSWERS_AT_ONCE]]
                await self.ask("give_answers", half=half, answers=given)
        return len(wanted)

    async def _get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = await exchange(
            self._address, "GET", self._path(path), headers=self._headers, opener=self._opener
        )
        return found

    async def _said(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        """What the house said, whatever its status."""
        headers: Sequence[tuple[str, str]] = self._headers
        try:
            said = await exchange(
                self._address, method, self._path(path), headers=headers, body=body, opener=self._opener
            )
        except HttpFault as fault:
            if not fault.body:
                raise
            said = fault.body
        return dict(said)

    def _path(self, path: str) -> str:
        return f"/api/sales/{self._sale}{path}"


def answer_wanted(hall: HallKey, share: Share, wanted: Mapping[str, Any], chance: Chance) -> dict[str, Any]:
    """
    A trustee's answer for one of what :meth:`Opening.wanted` gives, as a frame carries it.

    Raises:
        SealFault: The manifest is none, or has no such half.

    """
    manifest = read_manifest(wanted["manifest"].encode())
    remedy = wanted["half"] == REMEDY
    wrapped = manifest.wrap_remedy if remedy else manifest.wrap_hall
    if wrapped is None:
        raise SealFault(SealCode.MANIFEST, where="wrap_remedy")
    made = answer(hall, share, wrapped, manifest.context.purpose(REMEDY if remedy else HALL), chance)
    return {
        "section": wanted["section"],
        "bidder": wanted["bidder"],
        "answer": write_answer(hall, made).decode(),
    }
