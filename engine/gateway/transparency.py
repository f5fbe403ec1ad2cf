"""
The transparency log of a sale: a tree over all its records, its root signed again and again, so that nobody can be shown another past.

A checkpoint is signed at most once in a while, and at once when the hammer has fallen or a round has ended; the same size
always gives the same bytes.
Witnesses, who are not the house, add their signatures to those that contradict nothing they have seen.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import trio

from engine.domain.auction.events import HammerFell
from engine.domain.quota.events import RoundEnded
from engine.domain.refusals import Refusal
from engine.gateway.frames import frame
from engine.gateway.limits import Refused
from engine.journal.base import JournalIdentity, Spine
from engine.journal.files import write_once
from engine.journal.record import GENESIS, Record
from engine.journal.tree import Frontier, Tree
from engine.wire.note import (
    Checkpoint,
    Note,
    NoteFault,
    Sign,
    Signature,
    Verifier,
    log_verifier,
    parse_signatures,
    sign,
)
from engine.wire.refusals import Fault
from engine.wire.tree import consistent

NEVER: Final = 0


@dataclass(frozen=True, slots=True)
class TransparencySettings:
    """How often a sale's log is signed, and who is believed to have seen it."""

    every_s: float = 1.0
    """While something happens, a checkpoint so often."""

    kept_max: int = 1024
    """Newest checkpoints a witness may still cosign."""

    witnesses: tuple[str, ...] = ()
    """Their keys, each ``NAME+HASH+KEY``, as ``luochui witness`` prints it."""


_ENDS: Final = (HammerFell, RoundEnded)
"""Signed at once."""


def in_brief(checkpoint: Checkpoint, vkey: str) -> dict[str, Any]:
    """``{origin, vkey, size, root}`` of a checkpoint and of the key that signed it."""
    return {"origin": checkpoint.origin, "vkey": vkey, "size": checkpoint.size, "root": checkpoint.root.hex()}


def told_to_pages(checkpoint: Checkpoint, witnessed: int, witnesses: int) -> bytes:
    """A checkpoint as pages are told of it: up to which size so many witnesses have cosigned."""
    return frame(
        "checkpoint",
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        at_us=checkpoint.at // 1000,
        witnessed=witnessed,
        witnesses=witnesses,
    )


class TransparencyLog:
    """
    The log of one sale, as it grows.

    Args:
        identity: Whose journal it is.
        spine: Its records up to now.
        sign_with: The house's key.
        witnesses: Whose cosignatures are taken.
        settings: How often it is signed.
        kept_at: Where the newest cosigned checkpoint is kept over a restart; None keeps none.
        veiled: Whether nobody may know how many records there are; the log then stays at what ``face`` says.
        face: The records that may be known of behind the veil.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        identity: JournalIdentity,
        spine: Spine,
        sign_with: Sign,
        witnesses: tuple[Verifier, ...],
        settings: TransparencySettings,
        kept_at: Path | None = None,
        veiled: Callable[[], bool] = lambda: False,
        face: Spine | None = None,
    ) -> None:
        self._epoch = identity.epoch
        self._verifier = log_verifier(identity.public_key, identity.sale)
        self._tree, self._frontier = Tree(spine.digests), Frontier(spine.digests)
        self._head = spine.digests[-1] if spine.digests else GENESIS
        self._at = int(spine.recorded_at)
        self._sign_with, self._witnesses, self._settings, self._kept_at = sign_with, witnesses, settings, kept_at
        self._veiled, self._face = veiled, face
        self._notes: OrderedDict[int, tuple[Checkpoint, Note]] = OrderedDict()
        self._witnessed: tuple[int, int] = (NEVER, 0)
        """The largest size that was cosigned, and by how many."""

        self._news, self._hammer = trio.Event(), trio.Event()
        self._publish()
        self._remember()

    @property
    def verifier(self) -> Verifier:
        """Whose signature stands below every checkpoint."""
        return self._verifier

    @property
    def signed(self) -> bool:
        """Whether there is a checkpoint: always."""
        return True

    def take(self, record: Record) -> None:
        """The next record, which is kept and may be seen."""
        self._tree.append(record.digest)
        self._frontier.append(record.digest)
        self._head, self._at = record.digest, record.recorded_at
        if self._veiled():
            return
        self._news.set()
        if not isinstance(record.outcome, Refusal):
            for event in record.outcome:
                if isinstance(event, _ENDS):
                    self._hammer.set()

    async def run(self, tell: Callable[[bytes], Awaitable[object]]) -> None:
        """Sign what is new for ever, and ``tell`` the pages (a ready frame)."""
        await tell(self.frame())
        while True:
            await self._news.wait()
            self._news, self._hammer = trio.Event(), trio.Event()
            self._publish()
            await tell(self.frame())
            with trio.move_on_after(self._settings.every_s):
                await self._hammer.wait()

    def brief(self) -> dict[str, Any]:
        """``{origin, vkey, size, root}`` of the newest checkpoint."""
        return in_brief(self._newest()[0], self._verifier.text())

    def frame(self) -> bytes:
        """The newest checkpoint as pages are told of it."""
        return told_to_pages(self._newest()[0], *self._witnessed)

    def note(self) -> str:
        """The newest checkpoint, signed, with every cosignature it has."""
        return self._newest()[1].whole()

    def checkpoint(self, size: int, head: bytes, at: int) -> str:
        """The checkpoint of ``size``, signed: ``head`` is the digest of that record, ``at`` when it was recorded."""
        if size in self._notes:
            return self._notes[size][1].whole()
        return self._signed(size, head, at)[1].whole()

    def inclusion(self, seq: int, size: int) -> list[bytes]:
        """
        The path from record ``seq`` to the root of ``size``.

        Raises:
            Refused: There are no such records.

        """
        if not 1 <= seq <= size <= self._seen():
            raise Refused(Fault.NOT_FOUND)
        return self._tree.inclusion(seq - 1, size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """
        That the log of size ``second`` begins with all of the log of size ``first``.

        Raises:
            Refused: There are no such records.

        """
        if not 1 <= first <= second <= self._seen():
            raise Refused(Fault.NOT_FOUND)
        return self._tree.consistency(first, second)

    async def cosign(self, size: int, lines: str, tell: Callable[[bytes], Awaitable[object]]) -> int:
        """
        Take cosignatures for the checkpoint of ``size``.

        Returns:
            How many witnesses have cosigned it.

        Raises:
            Refused: It is not at hand any more, or a line is no cosignature by a known witness over it.

        """
        if size not in self._notes:
            raise Refused(Fault.NOT_FOUND)
        try:
            added = parse_signatures(lines)
        except NoteFault:
            raise Refused(Fault.COSIGNATURE_INVALID) from None
        checkpoint, note = self._notes[size]
        if any(self._witness_of(note.text, each) is None for each in added):
            raise Refused(Fault.COSIGNATURE_INVALID)
        signed = {(each.name, each.key_hash): each for each in (*note.signatures[1:], *added)}
        note = replace(note, signatures=(note.signatures[0], *signed.values()))
        self._notes[size] = checkpoint, note
        if size >= self._witnessed[0]:
            self._witnessed = size, len(signed)
            await self._keep(note)
            await tell(self.frame())
        return len(signed)

    def _witness_of(self, text: str, signature: Signature) -> Verifier | None:
        alone = Note(text, (signature,))
        return next((each for each in self._witnesses if alone.cosigned_at_s(each) is not None), None)

    def _newest(self) -> tuple[Checkpoint, Note]:
        return next(reversed(self._notes.values()))

    def _publish(self) -> None:
        """Sign a checkpoint over everything that may be known of, unless there is one."""
        size = self._seen()
        if size in self._notes:
            return
        head, at = self._head, self._at
        if size < len(self._tree) and self._face is not None:
            head, at = self._face.digests[-1], int(self._face.recorded_at)
        self._notes[size] = self._signed(size, head, at)
        if len(self._notes) > self._settings.kept_max:
            self._notes.popitem(last=False)

    def _seen(self) -> int:
        """How many records may be known of."""
        return len(self._face.digests) if self._face is not None and self._veiled() else len(self._tree)

    def _signed(self, size: int, head: bytes, at: int) -> tuple[Checkpoint, Note]:
        """The checkpoint of ``size``. Its root is computed a second way before it is signed."""
        root, whole, now = self._tree.root(size), self._frontier.root(), len(self._tree)
        path = self._tree.consistency(size, now) if size else []
        if not consistent(size, now, root, whole, path):
            raise AssertionError(
                "two computations of the log's root differ: this machine's memory is not to be trusted"
            )
        checkpoint = Checkpoint(self._verifier.name, size, root, self._epoch, head, at)
        text = checkpoint.text()
        return checkpoint, Note(text, (sign(text, self._verifier, self._sign_with),))

    async def _keep(self, note: Note) -> None:
        if self._kept_at is not None:
            # A lost cosignature is no lost record: the witness remembers, and cosigns the next checkpoint.
            with suppress(OSError):
                await trio.to_thread.run_sync(write_once, self._kept_at, note.whole().encode())

    def _remember(self) -> None:
        """What was cosigned before the house was closed, if it is still of this log."""
        if self._kept_at is None:
            return
        try:
            note = Note.parse(self._kept_at.read_text(encoding="utf-8"))
            checkpoint = Checkpoint.parse(note.text)
        except (OSError, ValueError):
            return
        of_this_log = note.signed_by(self._verifier) and checkpoint.size <= self._seen()
        if not of_this_log or self._tree.root(checkpoint.size) != checkpoint.root:
            return
        known = {(each.name, each.key_hash) for each in self._witnesses}
        cosigned = tuple(each for each in note.signatures[1:] if (each.name, each.key_hash) in known)
        note = replace(note, signatures=(note.signatures[0], *cosigned))
        self._notes[checkpoint.size] = checkpoint, note
        self._notes.move_to_end(checkpoint.size, last=checkpoint.size == self._seen())
        self._witnessed = checkpoint.size, len(cosigned)
