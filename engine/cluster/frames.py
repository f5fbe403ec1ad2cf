"""What engine and gateways say to each other. MessagePack, closed by :mod:`engine.cluster.cipher`."""

from typing import Annotated, Any, Final

import msgspec

from engine.cluster.cipher import Cipher, Forged
from engine.domain.units import PaddleNo
from engine.journal.commit import Commit
from engine.journal.record import Record
from engine.journal.signing import Signer, holds
from engine.wire.attendance import Attendance

STEP_BYTES: Final = 4096
"""A report of who is there is filled up to a multiple of this: how long it is does not tell how many are."""

_FILLING_MIN: Final = 256
"""From here on its own length stands before it in as many bytes, whatever it is."""

Natural = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
PaddleSeen = tuple[Annotated[int, msgspec.Meta(ge=1, lt=2**53)], Annotated[int, msgspec.Meta(ge=-1, lt=2**53)]]


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """What a record consists of, beside what its commit and its place say."""

    arrived_at: int
    recorded_at: int
    command: bytes
    outcome: bytes


class Committed(msgspec.Struct, tag="commit", frozen=True):
    """One commit, whole."""

    statement: str
    signature: bytes
    salt_key: bytes
    """What the records' salts are made with: whoever follows a sale has its contents, and may disclose what the rules allow."""

    records: tuple[Kept, ...]

    @classmethod
    def of(cls, commit: Commit, records: tuple[Record, ...]) -> "Committed":
        """``commit`` and its ``records`` as they travel."""
        kept = tuple(
            Kept(record.arrived_at, record.recorded_at, record.command_bytes, record.outcome_bytes)
            for record in records
        )
        return cls(commit.statement.text(), commit.signature, records[0].salt_key, kept)


class Second(msgspec.Struct, array_like=True, frozen=True):
    """How it is with the second copy of a room's record."""

    mode: str
    standing: str
    behind: int
    """How many records it lacks at this moment."""

    late: int
    """How many of them should long be there."""

    waits: bool
    """Whether nothing is acknowledged until the standby is back."""

    def told(self) -> dict[str, Any]:
        """As everybody may know it."""
        return {"mode": self.mode, "standing": self.standing, "behind": self.behind}


class Beat(msgspec.Struct, tag="beat", frozen=True):
    """An engine says where it stands: the entry of the directory, and the beat gateways set their clocks by."""

    sale: str
    epoch: int
    seq: int
    head: bytes
    now: int
    """House time, in nanoseconds."""

    boot: str
    """Another one each time an engine starts."""

    engine: str
    """Where people find it; may be empty."""

    begins: tuple[tuple[int, int], ...] = ()
    """Each epoch of the room's history, with its first record."""

    second: Second | None = None
    """How it is with the second copy; None if there is to be none."""

    note: str = ""
    """The newest checkpoint of the room's transparency log, signed; empty if there is none."""

    signature: bytes = b""

    def text(self) -> bytes:
        """What is signed."""
        begins = " ".join(f"{epoch}:{first}" for epoch, first in self.begins)
        second = "" if self.second is None else " ".join(map(str, msgspec.structs.astuple(self.second)))
        place = (self.sale, self.epoch, self.seq, self.head.hex(), self.now, self.boot, self.engine, begins)
        words = (*place, second, self.note)
        return ("luochui beat v3\n" + "\n".join(map(str, words)) + "\n").encode()

    def signed(self, signer: Signer) -> "Beat":
        """The same, with the house's signature."""
        return msgspec.structs.replace(self, signature=signer.sign(self.text()))

    def holds(self, key: bytes) -> bool:
        """Whether the house with this key said it."""
        return holds(key, self.text(), self.signature)


class Answered(msgspec.Struct, array_like=True, frozen=True):
    """What became of one letter that made no record."""

    number: int
    kind: str
    """``repeated``, ``conflicting``, ``busy`` or ``never_seen``."""

    seq: int = 0
    body: str = ""


class Answers(msgspec.Struct, tag="answers", frozen=True):
    """For one gateway: what no record says."""

    to: str
    epoch: int
    answers: tuple[Answered, ...]


class Page(msgspec.Struct, tag="page", frozen=True):
    """For one gateway: commits it asked for."""

    to: str
    commits: tuple[Committed, ...]


class Letter(msgspec.Struct, tag="letter", frozen=True):
    """A command on its way to the room."""

    sender: str
    number: int
    at: int
    """When its last byte had reached the gateway, in house time."""

    command: bytes


class Question(msgspec.Struct, tag="question", frozen=True):
    """An inquiry on its way to the room."""

    sender: str
    number: int
    at: int
    by: str
    command_id: str


class Wanted(msgspec.Struct, tag="wanted", frozen=True):
    """A gateway lacks what follows record ``after``."""

    sender: str
    after: int


class Here(msgspec.Struct, tag="here", frozen=True):
    """A gateway follows a room, and wants nothing."""

    sender: str


class Present(msgspec.Struct, tag="present", frozen=True):
    """A gateway says who is there: :class:`engine.wire.attendance.Attendance` on its way."""

    sender: str
    epoch: int
    """The one it follows."""

    number: Natural
    """Rises with each that this sender says of the room: what comes late, or twice, is not taken for news."""

    at: int
    """When this was so, in house time."""

    watchers: Natural
    bidders: tuple[PaddleSeen, ...]
    """Paddle and newest record shown; -1 where no page says."""

    leaving: bool
    filling: bytes = b""

    @classmethod
    def of(cls, sender: str, epoch: int, number: int, at: int, attendance: Attendance) -> "Present":
        """``attendance`` as it travels."""
        bidders = tuple((paddle, -1 if seen is None else seen) for paddle, seen in attendance.bidders)
        said = cls(sender, epoch, number, at, attendance.watchers, bidders, attendance.leaving)
        least = len(_ENCODER.encode(said)) + 1
        filling = _FILLING_MIN + -(least + _FILLING_MIN) % STEP_BYTES
        return msgspec.structs.replace(said, filling=bytes(filling))

    def attendance(self) -> Attendance:
        """What it says."""
        bidders = tuple((PaddleNo(paddle), None if seen < 0 else seen) for paddle, seen in self.bidders)
        return Attendance(self.watchers, bidders, self.leaving)


Down = Committed | Beat | Answers | Page
"""From an engine to gateways."""

Up = Letter | Question | Wanted | Here | Present
"""From a gateway to an engine."""

_DOWN: Final[msgspec.msgpack.Decoder[Down]] = msgspec.msgpack.Decoder(Down)
_UP: Final[msgspec.msgpack.Decoder[Up]] = msgspec.msgpack.Decoder(Up)
_ENCODER: Final = msgspec.msgpack.Encoder()


def close_down(cipher: Cipher, sale: str, message: Down) -> bytes:
    """``message`` to the gateways of ``sale``, as it is carried."""
    return cipher.close(f"down {sale}", _ENCODER.encode(message))


def close_up(cipher: Cipher, sale: str, message: Up) -> bytes:
    """``message`` to the engine of ``sale``, as it is carried."""
    return cipher.close(f"up {sale}", _ENCODER.encode(message))


def open_down(cipher: Cipher, sale: str, closed: bytes) -> Down:
    """
    What an engine said to the gateways of ``sale``.

    Raises:
        Forged: None of ours said it.

    """
    try:
        return _DOWN.decode(cipher.open(f"down {sale}", closed))
    except msgspec.DecodeError:
        raise Forged from None


def open_up(cipher: Cipher, sale: str, closed: bytes) -> Up:
    """
    What a gateway said to the engine of ``sale``.

    Raises:
        Forged: None of ours said it.

    """
    try:
        return _UP.decode(cipher.open(f"up {sale}", closed))
    except msgspec.DecodeError:
        raise Forged from None
