"""A tender with its trustees and bidders, made of seeds: the same every time."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.sealing import content, halves
from engine.sealing.context import Context
from engine.sealing.envelope import Credential, Sealed, Sealer, unwrap_hall, unwrap_own
from engine.sealing.halves import HALL, REMEDY
from engine.sealing.keys import CurvePrivateKey
from engine.sealing.manifest import Manifest
from engine.sealing.parts import PartName
from engine.sealing.suites import SUITES, Suite
from engine.sealing.trustees import Answer, HallKey, Share, answer, deal

TRUSTEES = ("交易中心", "招标人", "监督部门")
BOTH = tuple(SUITES.values())
SHEET: content.SheetContent = {"price_fen": 1_234_567_800, "period_days": 180, "quality": "合格"}


def chance(seed: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same for the same seed."""
    count = 0

    def draw(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed} {count}".encode()).digest(length)

    return draw


@dataclass
class Envelope:
    """What the bidder hands in, with what stays in the bidder's hands."""

    sealed: Sealed
    chunks: dict[PartName, list[bytes]]
    signature: bytes
    sealer: Sealer

    @property
    def manifest(self) -> Manifest:
        return self.sealed.manifest


class Tender:
    """One tender of one suite; bidders have keys made from their names."""

    def __init__(self, suite: Suite, name: str = "HZ-2026-001") -> None:
        self.suite, self.name = suite, name
        self.hall, self.shares = deal(suite, name, TRUSTEES, 2, chance(f"hall {suite.name} {name}"))

    def key(self, whose: str) -> CurvePrivateKey:
        curve = self.suite.curve
        return CurvePrivateKey(curve, curve.scalar(chance(whose)(48)))

    def credential(self, whose: str) -> Credential:
        public = self.key(whose).public
        return Credential(public.spki, public)

    def context(self, bidder: str = "bidder-1", section: str = "1", version: int = 1) -> Context:
        return Context(suite=self.suite.name, tender=self.name, section=section, bidder=bidder, version=version)

    def seal(
        self,
        sheet: content.SheetContent = SHEET,
        files: dict[str, bytes] | None = None,
        *,
        context: Context | None = None,
        remedy: bool = True,
        seed: str = "",
    ) -> Envelope:
        context = context or self.context()
        who = context.bidder
        sealer = Sealer(context, self.hall, chance=chance(f"{context} {seed}"))
        chunks = {PartName.SHEET: list(sealer.seal(PartName.SHEET, 1, [content.pack_sheet(sheet)]))}
        if files is not None:
            entries = [content.FileEntry(name=name, size=len(data)) for name, data in files.items()]
            count = content.documents_chunks(entries)
            pieces: Iterable[tuple[content.FileEntry, Iterable[bytes]]] = (
                (entry, [files[entry.name]]) for entry in entries
            )
            packed = content.pack_documents(pieces, count)
            chunks[PartName.DOCUMENTS] = list(sealer.seal(PartName.DOCUMENTS, count, packed))
        sealed = sealer.finish(
            signing=self.credential(f"{who} signing"), encryption=self.credential(f"{who} encryption"), remedy=remedy
        )
        return Envelope(sealed, chunks, self.key(f"{who} signing").sign(sealed.manifest.signed_bytes()), sealer)

    def answers(self, manifest: Manifest, what: str = HALL, trustees: Iterable[int] = (1, 3)) -> list[Answer]:
        """What these trustees answer for a wrap of the manifest."""
        wrapped = manifest.wrap_hall if what == HALL else manifest.wrap_remedy
        assert wrapped is not None
        info = manifest.context.purpose(HALL if what == HALL else REMEDY)
        return [self.answer(self.shares[number - 1], wrapped, info) for number in trustees]

    def answer(self, share: Share, wrapped: bytes, info: bytes) -> Answer:
        return answer(self.hall, share, wrapped, info, chance(f"answer {share.trustee}"))

    def open(self, manifest: Manifest) -> halves.DataKey:
        """The data key, as bidder and trustees give it together."""
        own = unwrap_own(manifest, self.key(f"{manifest.context.bidder} encryption"))
        return halves.data_key(manifest, own, unwrap_hall(manifest, self.hall, self.answers(manifest)))


def other_hall(hall: HallKey) -> HallKey:
    """A hall key of the same tender that was dealt anew."""
    return deal(hall.of, hall.tender, TRUSTEES, 2, chance("another"))[0]
