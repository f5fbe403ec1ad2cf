"""Frames no client of ours would send: sentences that are nearly right, bytes that were turned, broken WebSocket frames."""

import random
from collections.abc import Callable, Iterator
from typing import Any, Final

import orjson

from bench.wire import masked

DIGEST: Final = "ab" * 32
RIGHT: Final[tuple[dict[str, Any], ...]] = (
    {"type": "hello", "protocol": 1},
    {"type": "hello", "protocol": 1, "after": {"epoch": 1, "seq": 3, "head": DIGEST}},
    {"type": "time", "t0": 1},
    {"type": "outcome", "id": "x"},
    {"type": "bid", "id": "x", "lot": 1, "amount_fen": 1_000_000},
    {"type": "withdraw_bid", "id": "x", "lot": 1},
    {"type": "hall_bid", "id": "x", "lot": 1, "paddle": 7, "amount_fen": 1_000_000},
    {"type": "proxy", "id": "x", "lot": 1, "maximum_fen": 2_000_000},
    {"type": "cancel_proxy", "id": "x", "lot": 1},
    {"type": "accept_rules", "id": "x", "digest": DIGEST},
    {"type": "seen", "seq": 5},
    {"type": "admit", "id": "x", "paddle": 7, "channel": "online", "deposits": 1},
    {"type": "open_lot", "id": "x", "lot": 2},
    {"type": "call", "id": "x", "lot": 1, "call": 1, "price_fen": 1_000_000},
    {"type": "hammer", "id": "x", "lot": 1, "price_fen": 1_000_000},
    {"type": "suspend", "id": "x", "reason": "停电"},
)
"""Frames as they should be. None of those who send them may do anything by them."""

ODD: Final[tuple[Any, ...]] = (
    None, True, False, -1, 0, 1, 2**31, 2**53, 2**53 + 1, 2**63, -(2**63), 1.0, 1.5, 1e308, "", "1", "１００", "x" * 65, "x" * 5000,
    "\u202e", "\x00", "\ud7ff", "é", [], [1], {}, {"a": 1}, "../../etc/passwd", "' OR 1=1 --", "<script>", "hammer", "admit",
)  # fmt: skip
RAW: Final = (
    b"", b" ", b"{}", b"[]", b"null", b"true", b"0", b'"x"', b"{", b"}", b'{"type":', b"\xef\xbb\xbf{}", b"\xff\xfe", b"\x00", b"NaN",
    b'{"type":"time","t0":1}', b'{"t0":1,"type":"time"} ', b'{"t0":1e2,"type":"time"}', b'{"t0":-0,"type":"time"}',
    b'{"t0":01,"type":"time"}', b'{"t0":1,"t0":2,"type":"time"}', b'{"t0":18446744073709551616,"type":"time"}',
    b'{"t0":1,"type":"\\u0074ime"}', b'{"amount_fen":1000000,"amount_fen":1,"id":"x","lot":1,"type":"bid"}',
    b"[" * 17, b"[" * 5000, b'{"a":' * 100, b"'", b"\\u0000",
)  # fmt: skip


def _frame(first: int, second: int, rest: bytes = b"") -> bytes:
    return bytes((first, second)) + rest


MASK: Final = b"\x00\x00\x00\x00"
BROKEN: Final[tuple[bytes, ...]] = (
    _frame(0x81, 0x02, b"{}"),  # not masked
    _frame(0xC1, 0x82, MASK + b"{}"),  # a reserved bit, as if it were compressed
    _frame(0x91, 0x82, MASK + b"{}"),
    _frame(0x83, 0x82, MASK + b"{}"),  # reserved kinds
    _frame(0x8B, 0x80, MASK),
    _frame(0x09, 0x80, MASK),  # a ping in pieces
    _frame(0x89, 0xFE, b"\x00\x7e" + MASK + b"x" * 126),  # a ping that is too long
    _frame(0x80, 0x82, MASK + b"{}"),  # goes on, and nothing was begun
    _frame(0x01, 0x81, MASK + b"{") + _frame(0x81, 0x81, MASK + b"}"),  # begins anew in the middle
    _frame(0x88, 0x81, MASK + b"\x03"),  # goodbyes with half a code, a code nobody may send, words that are no text
    _frame(0x88, 0x82, MASK + b"\x03\xed"),
    _frame(0x88, 0x84, MASK + b"\x03\xe8\xff\xfe"),
    _frame(0x81, 0xFE, b"\x40\x01" + MASK),  # longer than is allowed, said at once
    _frame(0x81, 0xFF, b"\x00\x00\x00\x01\x00\x00\x00\x00" + MASK),
    _frame(0x81, 0xFF, b"\xff" * 8 + MASK),
    _frame(0x82, 0x82, MASK + b"{}") * 3,  # binary, which counts as unreadable
    _frame(0x81, 0x82, MASK + b"\xff\xfe") * 3,  # text that is none
)


def canonical(frame: Any) -> bytes:
    """As a client writes it."""
    return orjson.dumps(frame, option=orjson.OPT_SORT_KEYS)


def nearly_right(dice: random.Random) -> bytes:
    """A sentence of the protocol with something wrong in it; now and then nothing."""
    if dice.random() < 0.15:
        return dice.choice(RAW)
    frame = dict(dice.choice(RIGHT))
    if "id" in frame:
        frame["id"] = f"m{dice.getrandbits(48)}"
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3))):
        key = dice.choice(sorted(frame))
        dice.choice(CHANGES)(dice, frame, key)
        if not frame:
            break
    try:
        return canonical(frame)
    except TypeError:  # beyond 64 bits
        return str(frame).replace("'", '"').encode()


CHANGES: Final[tuple[Callable[[random.Random, dict[str, Any], str], object], ...]] = (
    lambda _dice, frame, key: frame.pop(key),
    lambda dice, frame, key: frame.update({key: dice.choice(ODD)}),
    lambda dice, frame, key: frame.update({key: dice.choice(ODD)}),
    lambda dice, frame, _key: frame.update({dice.choice(("x", "id", "lot", "type ", "")): dice.choice(ODD)}),
    lambda dice, frame, _key: frame.update(type=dice.choice((*(one["type"] for one in RIGHT), "nonsense", 5))),
)


def turned(dice: random.Random) -> bytes:
    """The bytes of a right frame, some of them turned, cut out, put in or doubled."""
    data = bytearray(canonical({**dice.choice(RIGHT), "id": f"m{dice.getrandbits(48)}"}))
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(4):
            case 0 if at < len(data):
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                del data[at : at + dice.randint(1, 10)]
            case 2:
                data[at:at] = dice.randbytes(dice.randint(1, 4))
            case _:
                data[at:at] = data[at : at + 20]
    return bytes(data)


def frames(dice: random.Random, *, breaks: bool) -> Iterator[tuple[bytes | None, bytes]]:
    """
    Malformed frames for ever: the text, None where there is none, and the bytes to send.

    Args:
        dice: What they are made of.
        breaks: Whether some may be such that the house must end the connection.

    """
    while True:
        chance = dice.random()
        if breaks and chance < 0.05:
            yield None, dice.choice(BROKEN)
            continue
        text = turned(dice) if breaks and chance < 0.5 else nearly_right(dice)
        if dice.random() < 0.05 and len(text) < 125:
            cut = dice.randint(0, len(text))  # in two pieces
            yield (
                text,
                _frame(0x01, 0x80 | cut, MASK + text[:cut]) + _frame(0x80, 0x80 | len(text) - cut, MASK + text[cut:]),
            )
        else:
            yield text, masked(text)
