"""The readers: each is given any bytes, and answers with what it calls them. Anything else it does is a fault of ours."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec
import orjson
import trio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.domain.parties import Principal
from engine.domain.plaintext import odd
from engine.gateway.answers import problem
from engine.gateway.builder import Draft
from engine.gateway.http import Conversation, HttpSettings, Unacceptable
from engine.gateway.limits import Refused
from engine.gateway.origins import Proxies, normal_origin
from engine.gateway.porch import settled
from engine.gateway.tokens import AuthInvalid, Keyring, Tokens
from engine.notice import NoticeFault, read_files
from engine.planning import _report
from engine.wire.acts import to_command
from engine.wire.messages import BadFrame, Hello, Outcome, Seen, Time, read_frame
from engine.wire.note import Note, NoteFault, parse_signatures
from engine.wire.refusals import Fault, answer
from tests.fuzz import trusting
from tests.hostile.payloads import PAYLOADS

ANSWER_BYTES_MAX: Final = 2048
STEPS_MAX: Final = 400
"""So often an HTTP conversation may turn before it hangs."""

BIDDER, OFFICER = Principal("bidder:8"), Principal("auctioneer:1")


@dataclass(frozen=True, slots=True)
class Target:
    """One reader."""

    name: str
    read: Callable[[bytes], str]
    """What the reader says of the bytes, in a word. Raises where it should not."""

    seeds: tuple[bytes, ...]
    pieces: tuple[bytes, ...]
    """What its language is made of."""


# Frames.


def frame(data: bytes) -> str:
    try:
        message = read_frame(data)
    except BadFrame as bad:
        said = answer(bad.fault, **bad.detail)
        assert len(orjson.dumps(said)) < ANSWER_BYTES_MAX
        return f"{bad.fault} {str(bad.detail.get('where', ''))[:40]}"
    assert msgspec.json.Encoder(order="sorted").encode(message) == data
    if not isinstance(message, Hello | Time | Outcome | Seen):
        for by in (BIDDER, OFFICER):
            command = to_command(message, by)
            assert command is None or command.by == by
    return type(message).__name__


FRAMES: Final = tuple(
    json.dumps(each, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    for each in (
        {"type": "hello", "protocol": 1, "ticket": "x", "after": {"epoch": 1, "seq": 2, "head": "0" * 64}},
        {"type": "bid", "id": "b1", "lot": 1, "amount_fen": 1_000_000},
        {"type": "hall_bid", "id": "b1", "lot": 1, "paddle": 2, "amount_fen": 10**13},
        {"type": "suspend", "id": "s", "reason": "停电🔨"},
        {"type": "admit", "id": "a", "paddle": 8, "channel": "online", "deposits": 1},
        {"type": "propose_void", "id": "v", "lot": 1, "no": 2, "reason": "miskeyed"},
        {"type": "time", "t0": -(2**53)},
        {"type": "seen", "seq": 0},
        {"type": "sign_result", "id": "r", "report": "f" * 64},
    )
)
JSON_PIECES: Final = (
    *(
        rb'{ } [ ] , : " \ \u0000 \ud800 null true 1e2 -0 0.1 18446744073709551616 "id" "type" "lot" "reason" NaN'.split()
    ),
    *(b"\xef\xbb\xbf", b"\xff", b"\x00", b"[" * 40, b'{"a":' * 20, "１００".encode(), "\u202e".encode(), b"e\xcc\x81"),
)


# Notices.


def _notice(files: dict[str, bytes]) -> str:
    try:
        notice = read_files(files, "sale.toml")
    except NoticeFault as fault:
        for one in fault.faults:
            assert odd(f"{one.zh}{one.en}{one.place}") is None, one
        return " ".join(sorted({one.code for one in fault.faults})[:3])
    assert odd(notice.announce.title.zh + notice.announce.title.en) is None
    return "read"


TOML: Final = """[sale]
id = "plates-9"
title_zh = "第九期"
title_en = "Ninth"
catalogue = "catalogue.csv"
paddles = "paddles.csv"
[rules]
mode = "rostrum"
calls = 3
deposit = "one_lot"
paddles = "shown"
opens_at = 2016-10-15T09:30:00+08:00
increments = [{ from_yuan = 0, step_yuan = 500 }]
[officers]
auctioneers = ["1"]
[[lots]]
lot = 9
plate = "豫H99999"
opening_yuan = 1
""".encode()
CATALOGUE: Final = "lot,plate,opening_yuan,reserve_yuan\n1,豫H8H888,50000,\n2,豫HA1234,20000,30000\n".encode()
PADDLES: Final = b"paddle,channel,deposits\n8,online,1\n51,hall,2\n"
WORDS: Final = tuple(text.encode(errors="surrogatepass")[:200] for text in PAYLOADS[::7])


def toml(data: bytes) -> str:
    return _notice({"sale.toml": data, "catalogue.csv": CATALOGUE, "paddles.csv": PADDLES})


def catalogue(data: bytes) -> str:
    return _notice({"sale.toml": TOML, "catalogue.csv": data, "paddles.csv": PADDLES})


def paddles(data: bytes) -> str:
    return _notice({"sale.toml": TOML, "catalogue.csv": CATALOGUE, "paddles.csv": data})


def draft(data: bytes) -> str:
    try:
        report = _report(msgspec.json.decode(data, type=Draft))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "no draft"  # As the route reads it.
    except Refused as no:
        return str(no.fault)
    orjson.dumps(report)
    return " ".join(sorted({fault["code"] for fault in report["faults"]})[:3]) or "read"


DRAFTS: Final = (
    b'{"form":{"sale":{"id":"a","title_zh":"x","title_en":"y"},"rules":{"mode":"rostrum","increments":[{"from_yuan":0,"step_yuan":1}]}}}',
    b'{"form":{},"catalogue":"bG90LHBsYXRlCg==","paddles":null,"digest":"x"}',
)


# HTTP.


@dataclass(slots=True)
class Bytes:
    """A connection that says ``chunks`` and hangs up. See :class:`engine.gateway.stream.Stream`."""

    chunks: list[bytes]
    said: bytearray = field(default_factory=bytearray)

    async def receive(self) -> bytes:
        await trio.lowlevel.checkpoint()
        return self.chunks.pop(0) if self.chunks else b""

    async def send(self, data: bytes) -> None:
        await trio.lowlevel.checkpoint()
        self.said += data


KNOWN: Final = frozenset({"GET", "HEAD", "POST"})


async def _converse(data: bytes) -> str:
    cut = next((size for size in range(1, len(data) + 1) if settled(data[:size], 0, HttpSettings().head_bytes_max)), 0)
    if not cut:
        return "nothing"
    stream = Bytes([data[cut:]] if data[cut:] else [])
    conversation = Conversation(stream, HttpSettings(), "192.0.2.1", Proxies(["192.0.2.0/24"]))  # type: ignore[arg-type]
    said = "nothing"
    try:
        request = conversation.head(data[:cut])
        for _ in range(STEPS_MAX):
            _ = request.path, request.query, request.has_body, request.address, request.scheme
            normal_origin(request.table.get(b"origin", b"").decode("latin-1"))
            body = await conversation.body(4096)
            await conversation.answer(problem(Fault.NOT_FOUND))
            said = f"{request.method if request.method in KNOWN else 'another'} {request.version} {bool(body)}"
            if not conversation.next_cycle() or not settled(conversation.unread, 0, HttpSettings().head_bytes_max):
                break
            request = conversation.head()
        else:
            raise AssertionError("it never ends")
    except Unacceptable as no:
        said = f"{await conversation.refuse(no.fault, **no.detail)} {no.fault}"
    except OSError:
        said = "left"
    assert not stream.said or stream.said.startswith(b"HTTP/1.1 ")
    return said


def http(data: bytes) -> str:
    return trio.run(_converse, data)


REQUESTS: Final = (
    b"GET / HTTP/1.1\r\nHost: house.test\r\n\r\n",
    b"POST /api/sales/s1/commands HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nOrigin: null\r\n\r\nhello"
    b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    b"GET /api/sales/s1/socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n\x81\x80....",
    b"GET / HTTP/1.0\r\nX-Forwarded-For: 1.2.3.4, ::1\r\nX-Forwarded-Proto: https\r\n\r\n",
)
HTTP_PIECES: Final = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"\x00",
        b" ",
        b":",
        b"\t",
        b"%00",
        b"..",
        b"//",
        b"?",
        b"#",
        b"GET ",
        b"HTTP/1.1",
    ),
    *(
        b"HTTP/2.0",
        b"Host: a\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n",
    ),
    *(
        b"Expect: 100-continue\r\n",
        b"Origin: https://evil.test\r\n",
        b"0\r\n\r\n",
        b"ffffffff\r\n",
        b"\x80\xff",
        b"A" * 5000,
    ),
    *(b"X-Forwarded-For: ,,[::1]:80,x\r\n", b"Host: [::1]:99999\r\n", "落槌".encode()),
)


# Tokens and notes.

TOKENS: Final = Tokens(Keyring({"k0001": Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)}))
GOOD: Final = TOKENS.issue(BIDDER, "s1", 60, 0)


def token(data: bytes) -> str:
    try:
        who = TOKENS.check(data.decode("latin-1"), "s1", 1)
    except AuthInvalid:
        return "not let in"
    assert who == BIDDER  # A letter that carries no bits may be another.
    return who


def note(data: bytes) -> str:
    text = data.decode(errors="replace")
    for read in (Note.parse, parse_signatures):
        try:
            read(text)
        except NoteFault:
            continue
        return "read"
    return "no note"


NOTES: Final = (
    "house/s1\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— house/s1 AAAAAAAAAAAA\n".encode(),
    "— witness AAAAAAAAAAAA\n".encode(),
)

TARGETS: Final = tuple(
    Target(name, read, seeds, pieces)
    for name, read, seeds, pieces in (
        ("frame", frame, FRAMES, JSON_PIECES),
        ("http", http, REQUESTS, HTTP_PIECES),
        (
            "toml",
            toml,
            (TOML,),
            (*WORDS, b"[[", b"]]", b"=", b"'''", b'"""', b"\n", b"1_0", b"0x1", b"inf", b"1979-05-27"),
        ),
        ("catalogue", catalogue, (CATALOGUE,), (*WORDS, b",", b'"', b"\n", b"\r", b";", b"\xef\xbb\xbf", b"\xff\xfe")),
        ("paddles", paddles, (PADDLES,), (*WORDS, b",", b'"', b"\n", b"\r", b"-1", b"1.5", "８".encode())),
        ("draft", draft, DRAFTS, (*JSON_PIECES, b'"form"', b'"sale"', b'"rules"')),
        ("token", token, (GOOD.encode(),), (b".", b"=", b"-", b"_", b"{}", b"e30", b"eyJhbGciOiJub25lIn0")),
        ("certificate", trusting.certificate, trusting.CERTIFICATES, trusting.DER_PIECES),
        ("revocations", trusting.revocations, trusting.LISTS, trusting.DER_PIECES),
        ("key_frame", trusting.key_frame, trusting.KEY_FRAMES, (*JSON_PIECES, b'"CertID"', b'"SOF_Login"')),
        ("note", note, NOTES, (b"\n", "—".encode(), b" ", b"+", b"=", b"0", b"18446744073709551616", b"\r", b"\xff")),
    )
)
