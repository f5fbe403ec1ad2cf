"""A sale's transparency log as a gateway has it: what the engine signed, checked against what came, and proofs made from that."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import trio

from engine.gateway.limits import Refused
from engine.gateway.transparency import NEVER, in_brief, told_to_pages
from engine.journal.base import Spine
from engine.journal.record import Record
from engine.journal.tree import Tree
from engine.wire.note import Checkpoint, Note, log_verifier
from engine.wire.refusals import Fault

LOOK_S: Final = 0.5


class FollowedLog:
    """
    See :class:`engine.gateway.transparency.TransparencyLog`: nothing is signed here.

    Args:
        sale: Whose log it is.
        public_key: The house's.
        spine: Its records up to now.
        said: The newest checkpoint the engine says there is, as a note; empty if it said none.

    """

    def __init__(self, sale: str, public_key: bytes, spine: Spine, said: Callable[[], str]) -> None:
        self._verifier = log_verifier(public_key, sale)
        self._tree, self._said = Tree(spine.digests), said
        self._heard = ""
        self._newest: tuple[Checkpoint, Note] | None = None

    @property
    def signed(self) -> bool:
        """Whether there is a checkpoint yet."""
        return self._look() is not None

    def take(self, record: Record) -> None:
        """The next record, as it is shown."""
        self._tree.append(record.digest)

    async def run(self, tell: Callable[[bytes], Awaitable[object]]) -> None:
        """Tell the pages of each new checkpoint, for ever."""
        told = None
        while True:
            newest = self._look()
            if newest is not None and newest is not told:
                told = newest
                await tell(self.frame())
            await trio.sleep(LOOK_S)

    def brief(self) -> dict[str, Any]:
        """``{origin, vkey, size, root}`` of the newest checkpoint that holds."""
        return in_brief(self._last()[0], self._verifier.text())

    def frame(self) -> bytes:
        """The newest checkpoint as pages are told of it; who has cosigned it stands in the note."""
        checkpoint, note = self._last()
        cosigned = len(note.signatures) - 1
        return told_to_pages(checkpoint, checkpoint.size if cosigned else NEVER, cosigned)

    def note(self) -> str:
        """The newest checkpoint, as the engine signed it."""
        return self._last()[1].whole()

    def checkpoint(self, size: int, _head: bytes, _at: int) -> str:
        """The checkpoint of ``size``; empty if that is not the newest."""
        newest = self._look()
        return newest[1].whole() if newest is not None and newest[0].size == size else ""

    def inclusion(self, seq: int, size: int) -> list[bytes]:
        """See :meth:`engine.gateway.transparency.TransparencyLog.inclusion`."""
        if not 1 <= seq <= size <= len(self._tree):
            raise Refused(Fault.NOT_FOUND)
        return self._tree.inclusion(seq - 1, size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """See :meth:`engine.gateway.transparency.TransparencyLog.consistency`."""
        if not 1 <= first <= second <= len(self._tree):
            raise Refused(Fault.NOT_FOUND)
        return self._tree.consistency(first, second)

    async def cosign(self, _size: int, _lines: str, _tell: Callable[[bytes], Awaitable[object]]) -> int:
        """Cosignatures are handed in where the log is signed."""
        await trio.lowlevel.checkpoint()
        raise Refused(Fault.NOT_FOUND)

    def _last(self) -> tuple[Checkpoint, Note]:
        newest = self._look()
        if newest is None:
            raise Refused(Fault.NOT_FOUND)
        return newest

    def _look(self) -> tuple[Checkpoint, Note] | None:
        """The newest checkpoint that was said, is the house's, and is of the records that are here."""
        said = self._said()
        if said and said != self._heard:
            try:
                note = Note.parse(said)
                checkpoint = Checkpoint.parse(note.text)
            except ValueError:
                self._heard = said
                return self._newest
            if checkpoint.size <= len(self._tree):
                self._heard = said
                if note.signed_by(self._verifier) and self._tree.root(checkpoint.size) == checkpoint.root:
                    self._newest = checkpoint, note
        return self._newest
