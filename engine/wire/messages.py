"""
Frames towards the house: one class per ``type``, checked as they are read.

:func:`read_frame` is the only way in. It takes bytes nobody vouches for and gives a message of known shape, or a
:class:`BadFrame` that says which of the door's rules it broke.
"""

import re
from typing import Annotated, Any, Final

import msgspec
import orjson
from msgspec import Meta

from engine.domain.auction import commands
from engine.domain.parties import Channel, Principal, Role
from engine.domain.units import FEN_MAX, NUMBER_MAX, Fen, LotNo, PaddleNo
from engine.wire.refusals import Fault

DEPTH_MAX: Final = 16
"""How deep JSON may be nested."""

SHOWN_MAX: Final = 80
"""How many characters of what was sent are given back in a refusal."""

EXACT_MAX: Final = 2**53
"""The greatest integer a browser holds exactly."""

CommandId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{1,64}\Z")]
Number = Annotated[int, Meta(ge=1, le=NUMBER_MAX)]
Amount = Annotated[int, Meta(ge=1, le=FEN_MAX)]
UNSEEN: Final = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\U000e0000-\U000e0fff"
)
"""Characters that cannot be seen, end lines, or turn text round."""

Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=rf"\A[^{UNSEEN}]+\Z")]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class BadFrame(Exception):
    """
    A frame the house does not take. Never recorded.

    Attributes:
        fault: Which rule of the door it broke.
        detail: Values that help to do better.
        command_id: The id it carried, where one could be read.

    """

    def __init__(self, fault: Fault, command_id: str | None = None, **detail: int | str) -> None:
        super().__init__(fault, detail)
        self.fault, self.command_id, self.detail = fault, command_id, detail


class _Frame(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    pass


class Position(_Frame):
    """How far a viewer has read."""

    epoch: Annotated[int, Meta(ge=0, le=EXACT_MAX)]
    seq: Annotated[int, Meta(ge=0, le=EXACT_MAX)]
    head: Digest


class Hello(_Frame, tag="hello"):
    """The first frame: who I am, how far I have read."""

    protocol: Annotated[int, Meta(ge=0, le=NUMBER_MAX)]
    ticket: Annotated[str, Meta(max_length=4096)] | None = None
    after: Position | None = None


class Time(_Frame, tag="time"):
    """What time is it at the house?"""

    t0: Annotated[int, Meta(ge=-EXACT_MAX, le=EXACT_MAX)]


class Outcome(_Frame, tag="outcome"):
    """What became of my command ``id``?"""

    id: CommandId


class Bid(_Frame, tag="bid"):
    """I bid, with the paddle my token names."""

    id: CommandId
    lot: Number
    amount_fen: Amount


class WithdrawBid(_Frame, tag="withdraw_bid"):
    """I would take my bid back."""

    id: CommandId
    lot: Number


class HallBid(_Frame, tag="hall_bid"):
    """A paddle in the hall bids."""

    id: CommandId
    lot: Number
    paddle: Number
    amount_fen: Amount


class Admit(_Frame, tag="admit"):
    """A paddle is given out."""

    id: CommandId
    paddle: Number
    channel: Channel
    deposits: Annotated[int, Meta(ge=1, le=1000)]


class OpenSale(_Frame, tag="open_sale"):
    """The sale is open."""

    id: CommandId


class CloseSale(_Frame, tag="close_sale"):
    """The sale is over."""

    id: CommandId


class Suspend(_Frame, tag="suspend"):
    """The sale rests."""

    id: CommandId
    reason: Text


class Resume(_Frame, tag="resume"):
    """The sale goes on."""

    id: CommandId


class OpenLot(_Frame, tag="open_lot"):
    """This lot is on the block."""

    id: CommandId
    lot: Number


class PassLot(_Frame, tag="pass"):
    """This lot is passed."""

    id: CommandId
    lot: Number


class Call(_Frame, tag="call"):
    """Going once, twice, a third time."""

    id: CommandId
    lot: Number
    call: Annotated[int, Meta(ge=1, le=9)]
    price_fen: Amount


class Hammer(_Frame, tag="hammer"):
    """Sold."""

    id: CommandId
    lot: Number
    price_fen: Amount


Act = Bid | WithdrawBid | HallBid | Admit | OpenSale | CloseSale | Suspend | Resume | OpenLot | PassLot | Call | Hammer
"""Messages that ask the room for something."""

Message = Hello | Time | Outcome | Act

_DECODER: Final = msgspec.json.Decoder(Message)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_MONEY: Final = ("amount_fen", "price_fen")


def read_frame(raw: bytes) -> Message:
    """
    The message in one text frame.

    Args:
        raw: The frame's bytes, of a size already limited.

    Raises:
        BadFrame: It is not a canonical, known, well-formed message.

    """
    try:
        message: Message = _DECODER.decode(raw)
        if _ENCODER.encode(message) == raw:
            return message
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise _diagnosis(raw)


def to_command(message: Act, by: Principal) -> commands.Command | None:
    """The command ``message`` stands for when ``by`` sends it; None if only a paddle could send it and ``by`` has none."""
    asked: dict[str, Any] = {"command_id": message.id, "by": by}
    match message:
        case Bid():
            paddle = own_paddle(by)
            if paddle is None:
                return None
            return commands.PlaceBid(**asked, lot=LotNo(message.lot), paddle=paddle, amount=Fen(message.amount_fen))
        case WithdrawBid():
            paddle = own_paddle(by)
            return None if paddle is None else commands.WithdrawBid(**asked, lot=LotNo(message.lot), paddle=paddle)
        case HallBid():
            return commands.PlaceBid(
                **asked, lot=LotNo(message.lot), paddle=PaddleNo(message.paddle), amount=Fen(message.amount_fen)
            )
        case Admit():
            return commands.AdmitPaddle(
                **asked, paddle=PaddleNo(message.paddle), channel=message.channel, deposits=message.deposits
            )
        case OpenSale():
            return commands.OpenSale(**asked)
        case CloseSale():
            return commands.CloseSale(**asked)
        case Suspend():
            return commands.SuspendSale(**asked, reason=message.reason)
        case Resume():
            return commands.ResumeSale(**asked)
        case OpenLot():
            return commands.OpenLot(**asked, lot=LotNo(message.lot))
        case PassLot():
            return commands.PassLot(**asked, lot=LotNo(message.lot))
        case Call():
            return commands.CallWarning(
                **asked, lot=LotNo(message.lot), call=message.call, price=Fen(message.price_fen)
            )
        case Hammer():
            return commands.StrikeHammer(**asked, lot=LotNo(message.lot), price=Fen(message.price_fen))


def own_paddle(by: Principal) -> PaddleNo | None:
    """The paddle a bidder's principal names."""
    role, _, name = by.partition(":")
    return PaddleNo(int(name)) if role == Role.BIDDER else None


def _diagnosis(raw: bytes) -> BadFrame:
    """Why ``raw`` was not taken, the first reason in the order of the door's rules."""
    if _deeper_than(raw, DEPTH_MAX):
        return BadFrame(Fault.JSON_TOO_DEEP, depth_max=DEPTH_MAX)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return BadFrame(Fault.FRAME_NOT_JSON)
    if not isinstance(value, dict):
        return BadFrame(Fault.SCHEMA_INVALID, where="$", wanted="object")
    found = value.get("id")
    command_id = found if isinstance(found, str) and len(found) <= 64 else None
    for field in _MONEY:
        if type(value.get(field)) is float and _is_whole_number(raw, field):
            return _out_of_range(field, command_id)  # orjson reads what exceeds 64 bits as a float.
    if orjson.dumps(value, option=orjson.OPT_SORT_KEYS) != raw:
        return BadFrame(Fault.JSON_NOT_CANONICAL, command_id)
    for field in _MONEY:
        if field in value and type(value[field]) is not int:
            return BadFrame(Fault.AMOUNT_NOT_INTEGER_FEN, command_id, field=field)
        if field in value and not 0 < value[field] <= FEN_MAX:
            return _out_of_range(field, command_id)
    return _schema_fault(value, command_id)


def _out_of_range(field: str, command_id: str | None) -> BadFrame:
    return BadFrame(Fault.AMOUNT_OUT_OF_RANGE, command_id, field=field, least_fen=1, most_fen=FEN_MAX)


def _is_whole_number(raw: bytes, field: str) -> bool:
    _, _, after = raw.partition(f'"{field}":'.encode())
    digits = after.lstrip(b" -")
    length = len(digits) - len(digits.lstrip(b"0123456789"))
    return length > 0 and digits[length : length + 1] in {b",", b"}", b" "}


def _schema_fault(value: dict[str, Any], command_id: str | None) -> BadFrame:
    try:
        msgspec.convert(value, Message)
    except msgspec.ValidationError as error:
        text = str(error)
        quoted = text.split("`")
        if text.startswith("Invalid value") and text.endswith("`$.type`"):
            return BadFrame(Fault.SCHEMA_UNKNOWN_FIELD, command_id, field=_short(f"type={value.get('type')}"))
        if text.startswith("Object contains unknown field"):
            return BadFrame(Fault.SCHEMA_UNKNOWN_FIELD, command_id, field=_short(quoted[1]))
        where = quoted[-2] if len(quoted) > 2 else "$"
        return BadFrame(Fault.SCHEMA_INVALID, command_id, where=_short(where), wanted=_short(text))
    return BadFrame(Fault.JSON_NOT_CANONICAL, command_id)


def _short(text: str) -> str:
    """Enough of ``text`` to recognise it by; never more than a frame should carry back."""
    return text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…"


def _deeper_than(raw: bytes, depth_max: int) -> bool:
    """Whether brackets are nested more than ``depth_max`` deep: each round takes the innermost pairs out, at the speed of C."""
    if raw.count(b"[") + raw.count(b"{") <= depth_max:
        return False
    brackets = _STRING.sub(b"", raw).translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(depth_max):
        brackets = brackets.replace(b"[]", b"")
    return b"[]" in brackets or brackets.count(b"[") > depth_max
