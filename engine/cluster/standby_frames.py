"""What an engine and its standby say to each other. MessagePack, closed by :mod:`engine.cluster.channel`."""

from typing import Final

import msgspec

from engine.cluster.frames import Committed
from engine.journal.base import Epochs


class Greeting(msgspec.Struct, tag="greeting", frozen=True):
    """An engine's first word."""

    nonce: bytes


class Hello(msgspec.Struct, tag="hello", frozen=True):
    """A standby's first word."""

    nonce: bytes
    name: str
    """Of the copy: an engine has one standby, and does not take another for it."""


class Over(msgspec.Struct, tag="over", frozen=True):
    """Another engine is in force: a statement of a higher epoch, with the house's signature."""

    statement: str
    signature: bytes


class Holds(msgspec.Struct, tag="holds", frozen=True):
    """An engine: there is this room, with this history, and so many of its records."""

    sale: str
    epochs: Epochs
    epoch: int
    seq: int


class Stands(msgspec.Struct, tag="stands", frozen=True):
    """A standby: how far its copy of a room goes, and the last statement in it (empty if it has none)."""

    sale: str
    seq: int
    head: bytes
    statement: str
    signature: bytes


class Which(msgspec.Struct, tag="which", frozen=True):
    """An engine looks for the first record that differs."""

    sale: str
    seq: int


class Digest(msgspec.Struct, tag="digest", frozen=True):
    """The digest of that record in the copy."""

    sale: str
    seq: int
    digest: bytes


class Ship(msgspec.Struct, tag="ship", frozen=True):
    """A commit to be kept."""

    sale: str
    commit: Committed
    state_digest: str | None


class Takes(msgspec.Struct, tag="takes", frozen=True):
    """An engine: it takes sales from others, and they are given to it by this name."""

    name: str


class Noted(msgspec.Struct, tag="noted", frozen=True):
    """The newest checkpoint of a sale that witnesses have cosigned. Whoever serves the copy finds out whether it holds."""

    sale: str
    note: bytes


class Have(msgspec.Struct, tag="have", frozen=True):
    """A standby: everything up to this record is on its disk."""

    sale: str
    seq: int


class Pulse(msgspec.Struct, tag="pulse", frozen=True):
    """An engine: how commits are acknowledged, and how far each room's record goes. Pulses are numbered, in the order they are sent."""

    number: int
    mode: str
    seqs: dict[str, int]


class Heard(msgspec.Struct, tag="heard", frozen=True):
    """A standby: this pulse came."""

    number: int


class No(msgspec.Struct, tag="no", frozen=True):
    """An engine does not take this standby, or a standby what it was sent. Codes are those of ``CopyRefused``."""

    code: str
    sale: str
    seq: int


Line = Greeting | Hello | Over | Holds | Stands | Which | Digest | Ship | Noted | Takes | Have | Pulse | Heard | No

_DECODER: Final[msgspec.msgpack.Decoder[Line]] = msgspec.msgpack.Decoder(Line)
_ENCODER: Final = msgspec.msgpack.Encoder()


def encode(message: Line) -> bytes:
    """As it is closed."""
    return _ENCODER.encode(message)


def opened(plain: bytes) -> Line:
    """
    What was said.

    Raises:
        msgspec.DecodeError: It is nothing of ours.

    """
    return _DECODER.decode(plain)
