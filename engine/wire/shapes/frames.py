"""Frames from the house. Built in ``engine/gateway``."""

from typing import Annotated, Any, Final, Literal, get_args

from msgspec import UNSET, Meta, UnsetType

from engine.domain.refusals import Retry
from engine.wire.shapes.base import Count, Digest, Hex, Micros, Number, OwnPart, Shape
from engine.wire.shapes.events import ToldEvent
from engine.wire.words import CommandId

Code = Annotated[str, Meta(pattern=r"\A(E|OK)_[A-Z_]+\Z")]
Parts = Annotated[dict[str, Any], Meta(extra_json_schema={"$ref": "#/components/schemas/Parts"})]


class Refusal(Shape):
    """Why not, for programs and for people in both languages."""

    code: Code
    retry: Retry
    zh: str
    en: str
    detail: dict[str, Any]


class Receipt(Shape):
    """Proof that a command is on the record, and what was decided. ``PROTOCOL.md`` says how to check it."""

    header: str
    command: str
    command_salt: Hex
    outcome: str
    outcome_salt: Hex
    path: list[Digest]
    statement: str
    signature: Hex
    key: Digest


class SealedReceipt(Shape):
    """Proof that a command reached the house, and what was decided, while its place on the record may not be known."""

    number: Hex
    command: str
    outcome: str
    statement: str
    signature: Hex
    key: Digest


class Decided(Shape):
    """What the rules decided: exactly one of the two."""

    accepted: list[ToldEvent] | UnsetType = UNSET
    refused: Refusal | UnsetType = UNSET


class Welcome(Shape, tag="welcome"):
    """You are in: who you are here, and which house this is."""

    protocol: Literal[1]
    sale: str
    role: str
    epoch: Count
    server_us: Micros
    key: Digest
    frame_bytes_max: Count
    paddle: Number | UnsetType = UNSET


class Picture(Shape, tag="picture"):
    """Everything this viewer may see. Replaces what was there."""

    epoch: Count
    seq: Count
    head: Digest
    parts: Parts


class Record(Shape, tag="record"):
    """Something happened: the named parts are replaced."""

    epoch: Count
    prev: Count
    seq: Count
    head: Digest
    at_us: Micros
    parts: Parts
    events: list[ToldEvent]


class Mine(Shape, tag="mine"):
    """The bidder's private part, whole; null before admission."""

    seq: Count
    part: OwnPart | None


class Answer(Shape, tag="answer"):
    """What was decided on your command, with the receipt; while its place may not be known, with a sealed one."""

    id: CommandId
    outcome: Decided
    seq: Count | UnsetType = UNSET
    receipt: Receipt | UnsetType = UNSET
    sealed: SealedReceipt | UnsetType = UNSET


class Duplicate(Shape, tag="duplicate"):
    """That command was on the record already: the first answer, byte for byte."""

    code: Literal["OK_DUPLICATE"]
    answer: Answer


class Refused(Shape, tag="refused"):
    """Not understood or not let through; never recorded."""

    id: str | None
    code: Code
    retry: Retry
    zh: str
    en: str
    detail: dict[str, Any]


class Unknown(Shape, tag="unknown"):
    """Not decided yet (ask again with the same id), or no such id on the record."""

    id: str
    code: Literal["E_UNKNOWN_OUTCOME", "E_NEVER_SEEN"]
    retry: Retry
    zh: str
    en: str
    detail: dict[str, Any]


class Presence(Shape, tag="presence"):
    """Who is there. Told to the rostrum only."""

    online: list[Number]
    watchers: Count
    bidders: Count


class HouseTime(Shape, tag="time"):
    """House time: when your question came and when this left."""

    t0: int
    t1_us: Micros
    t2_us: Micros


class Notice(Shape, tag="notice"):
    """Something the viewer must know about his connection."""

    code: Code
    retry: Retry
    zh: str
    en: str
    detail: dict[str, Any]


class Checkpoint(Shape, tag="checkpoint"):
    """The newest checkpoint of the sale's log, and the newest that witnesses have cosigned (0 if none has)."""

    origin: str
    size: Count
    root: Digest
    at_us: Micros
    witnessed: Count
    witnesses: Count


class Behind(Shape, tag="behind"):
    """How many records the second copy lacks that should long be there. Told when it changes; 0 until then."""

    records: Count


FromHouse = (
    Welcome
    | Picture
    | Record
    | Mine
    | Answer
    | Duplicate
    | Refused
    | Unknown
    | Presence
    | HouseTime
    | Notice
    | Checkpoint
    | Behind
)

FRAMES: Final[dict[str, type[Shape]]] = {str(kind.__struct_config__.tag): kind for kind in get_args(FromHouse)}
"""By ``type``."""
