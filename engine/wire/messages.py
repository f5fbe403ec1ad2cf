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

from engine.domain.auction.commands import VoidReason
from engine.domain.parties import Channel, Principal, Role
from engine.domain.plaintext import composed, odd
from engine.domain.quota.commands import RUNS_MAX
from engine.domain.units import FEN_MAX, NUMBER_MAX, PaddleNo
from engine.wire import opening_messages
from engine.wire.opening_messages import OpeningAct
from engine.wire.refusals import Fault
from engine.wire.words import EXACT_MAX, Amount, ClassName, CommandId, Digest, Frame, Number, Text

DEPTH_MAX: Final = 16
"""How deep JSON may be nested."""

SHOWN_MAX: Final = 80
"""How many characters of what was sent are given back in a refusal."""

PLAIN: Final = "1 to 200 visible characters in one line, in Unicode's composed form (NFC)"
"""What a text field wants: the pattern itself is nothing to read."""


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


class Position(Frame):
    """How far a viewer has read."""

    epoch: Annotated[int, Meta(ge=0, le=EXACT_MAX)]
    seq: Annotated[int, Meta(ge=0, le=EXACT_MAX)]
    head: Digest


class Hello(Frame, tag="hello"):
    """The first frame: who I am, how far I have read."""

    protocol: Annotated[int, Meta(ge=0, le=NUMBER_MAX)]
    ticket: Annotated[str, Meta(max_length=4096)] | None = None
    after: Position | None = None


class Time(Frame, tag="time"):
    """What time is it at the house?"""

    t0: Annotated[int, Meta(ge=-EXACT_MAX, le=EXACT_MAX)]


class Outcome(Frame, tag="outcome"):
    """What became of my command ``id``?"""

    id: CommandId


class Bid(Frame, tag="bid"):
    """I bid, with the paddle my token names."""

    id: CommandId
    lot: Number
    amount_fen: Amount


class WithdrawBid(Frame, tag="withdraw_bid"):
    """I would take my bid back."""

    id: CommandId
    lot: Number


class HallBid(Frame, tag="hall_bid"):
    """A paddle in the hall bids."""

    id: CommandId
    lot: Number
    paddle: Number
    amount_fen: Amount


class Proxy(Frame, tag="proxy"):
    """The house shall bid for me up to this price; before the lot is open, a commission."""

    id: CommandId
    lot: Number
    maximum_fen: Amount


class HallProxy(Frame, tag="hall_proxy"):
    """A paddle in the hall leaves a maximum."""

    id: CommandId
    lot: Number
    paddle: Number
    maximum_fen: Amount


class CancelProxy(Frame, tag="cancel_proxy"):
    """The house shall no longer bid for me."""

    id: CommandId
    lot: Number


class CancelHallProxy(Frame, tag="cancel_hall_proxy"):
    """The house shall no longer bid for a paddle in the hall."""

    id: CommandId
    lot: Number
    paddle: Number


class AcceptRules(Frame, tag="accept_rules"):
    """I have read the rule sheet with this digest and accept it."""

    id: CommandId
    digest: Digest


class AttestRules(Frame, tag="attest_rules"):
    """The holder of a paddle has accepted the rule sheet at the desk."""

    id: CommandId
    paddle: Number
    digest: Digest


class Seen(Frame, tag="seen"):
    """I have been shown the sale as it stood after record ``seq``. Not recorded; not answered."""

    seq: Annotated[int, Meta(ge=0, le=EXACT_MAX)]


class Admit(Frame, tag="admit"):
    """A paddle is given out."""

    id: CommandId
    paddle: Number
    channel: Channel
    deposits: Annotated[int, Meta(ge=1, le=1000)]


class OpenSale(Frame, tag="open_sale"):
    """The sale is open."""

    id: CommandId


class CloseSale(Frame, tag="close_sale"):
    """The sale is over."""

    id: CommandId


class Suspend(Frame, tag="suspend"):
    """The sale rests."""

    id: CommandId
    reason: Text


class Resume(Frame, tag="resume"):
    """The sale goes on."""

    id: CommandId


class OpenLot(Frame, tag="open_lot"):
    """This lot is on the block."""

    id: CommandId
    lot: Number


class PassLot(Frame, tag="pass"):
    """This lot is passed."""

    id: CommandId
    lot: Number


class Call(Frame, tag="call"):
    """Going once, twice, a third time."""

    id: CommandId
    lot: Number
    call: Annotated[int, Meta(ge=1, le=9)]
    price_fen: Amount


class Hammer(Frame, tag="hammer"):
    """Sold."""

    id: CommandId
    lot: Number
    price_fen: Amount


class Offer(Frame, tag="offer"):
    """I offer this price for a plate, or change the offer that stands, with the paddle my token names."""

    id: CommandId
    amount_fen: Amount


class PaddleRun(Frame):
    """Paddles that follow each other, with both ends."""

    first: Number
    last: Number


class AdmitBidders(Frame, tag="admit_bidders"):
    """The holders of these paddles may make offers in a class."""

    id: CommandId
    quota_class: ClassName
    runs: Annotated[list[PaddleRun], Meta(min_length=1, max_length=RUNS_MAX)]


class Stop(Frame, tag="stop"):
    """The supervisor registers a stop."""

    id: CommandId
    reason: Text


class ProposeVoid(Frame, tag="propose_void"):
    """Bid ``no`` of a lot's book should be voided."""

    id: CommandId
    lot: Number
    no: Number
    reason: VoidReason


class ConfirmVoid(Frame, tag="confirm_void"):
    """I agree that bid ``no`` is voided."""

    id: CommandId
    lot: Number
    no: Number


class DropVoid(Frame, tag="drop_void"):
    """Bid ``no`` stands after all."""

    id: CommandId
    lot: Number
    no: Number


class WithdrawLot(Frame, tag="withdraw_lot"):
    """The consignor takes this lot back before its start."""

    id: CommandId
    lot: Number
    reason: Text


class Reoffer(Frame, tag="reoffer"):
    """This passed lot is to be put up again."""

    id: CommandId
    lot: Number
    opening_fen: Amount


class Reserve(Frame, tag="reserve"):
    """This lot has a reserve."""

    id: CommandId
    lot: Number
    reserve_fen: Amount


class Priority(Frame, tag="priority"):
    """A paddle has the right of first refusal on this lot."""

    id: CommandId
    lot: Number
    paddle: Number
    rank: Annotated[int, Meta(ge=1, le=100)]


class SignResult(Frame, tag="sign_result"):
    """I sign the integrity report with this digest."""

    id: CommandId
    report: Digest


Act = (
    Bid
    | WithdrawBid
    | HallBid
    | Proxy
    | HallProxy
    | CancelProxy
    | CancelHallProxy
    | AcceptRules
    | AttestRules
    | Admit
    | OpenSale
    | CloseSale
    | Suspend
    | Resume
    | Stop
    | OpenLot
    | PassLot
    | Call
    | Hammer
    | ProposeVoid
    | ConfirmVoid
    | DropVoid
    | WithdrawLot
    | Reoffer
    | Reserve
    | Priority
    | SignResult
    | Offer
    | AdmitBidders
    | OpeningAct
)
"""Messages that ask the room for something."""

Message = Hello | Time | Outcome | Seen | Act

PUBLISHED: Final[dict[type, tuple[str, ...]]] = {
    **dict.fromkeys((Suspend, Stop, WithdrawLot), ("reason",)),
    **opening_messages.PUBLISHED,
}
"""Fields that others read as they were written."""

_WORDS: Final = {f"$.{field}" for fields in PUBLISHED.values() for field in fields}

_DECODER: Final = msgspec.json.Decoder(Message)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_MONEY: Final = ("amount_fen", "price_fen", "maximum_fen", "opening_fen", "reserve_fen")


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
            _check_words(message)
            return message
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise _diagnosis(raw)


def _check_words(message: Message) -> None:
    """What is published as it was written must be seen as it was written, and have one spelling."""
    for field in PUBLISHED.get(type(message), ()):
        said = getattr(message, field)
        if odd(said) is not None or composed(said) != said:
            raise BadFrame(Fault.SCHEMA_INVALID, message.id, where=f"$.{field}", wanted=PLAIN)  # type: ignore[union-attr]


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
        wanted = PLAIN if where in _WORDS else _short(text)
        return BadFrame(Fault.SCHEMA_INVALID, command_id, where=_short(where), wanted=wanted)
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
