"""The quick way in grants nothing that the long way would refuse, or understand differently."""

import re
import socket
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from websockets.http11 import Request as Handshake
from websockets.server import ServerProtocol

from engine.gateway.http import Conversation, HttpSettings, Unacceptable
from engine.gateway.origins import Scheme
from engine.gateway.stream import Stream
from engine.gateway.upgrade import ORDINARY_BYTES_MAX, Gate, Granted, wants_socket
from tests.gateway.doorstep import KEY, upgrade
from tests.gateway.test_http_fuzz import PIECES

PEER = "10.0.0.7"
SPOKEN: list[Scheme] = ["http", "https"]
HOUSES = [
    (HttpSettings(origins=origins, trusted_proxies=proxies), spoken)
    for origins, proxies, spoken in product([("same-origin",), ("https://house.test",)], [(), ("10.0.0.0/24",)], SPOKEN)
]
CHROME = (
    "GET /api/sales/s1/socket HTTP/1.1\r\nHost: house.test\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36\r\n"
    "Upgrade: websocket\r\nOrigin: https://house.test\r\nSec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
    f"Accept-Language: zh-CN,zh;q=0.9\r\nSec-WebSocket-Key: {KEY}\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
).encode()
FIREFOX = (
    "GET /api/sales/s1/socket HTTP/1.1\r\nHost: house.test\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101\r\n"
    "Accept: */*\r\nAccept-Language: zh-CN,zh;q=0.8\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nSec-WebSocket-Version: 13\r\n"
    f"Origin: https://house.test\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Key: {KEY}\r\n"
    "Connection: keep-alive, Upgrade\r\nSec-Fetch-Dest: empty\r\nSec-Fetch-Mode: websocket\r\nSec-Fetch-Site: same-origin\r\n"
    "Pragma: no-cache\r\nCache-Control: no-cache\r\nUpgrade: websocket\r\n\r\n"
).encode()
PLAIN = CHROME.replace(b"https", b"http")
NGINX = (
    "GET /api/sales/s1/socket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nHost: house.test\r\n"
    "X-Forwarded-For: 198.51.100.4\r\nX-Forwarded-Proto: https\r\nOrigin: https://house.test\r\nSec-WebSocket-Version: 13\r\n"
    f"Sec-WebSocket-Key: {KEY}\r\n\r\n"
).encode()
BROWSERS = [CHROME, FIREFOX, NGINX, upgrade()]
PROXIED, DIRECT = (HttpSettings(trusted_proxies=("10.0.0.0/24",)), "http"), (HttpSettings(), "https")


def the_long_way(gate: Gate, limits: HttpSettings, spoken: Scheme, data: bytes) -> Granted | None:
    """What is granted to ``data`` by one who reads it as HTTP first, and then as a handshake."""
    with socket.socket() as sock:
        conversation = Conversation(Stream(sock, 1.0, 1.0), limits, PEER, gate.proxies, spoken=spoken)
        try:
            request = conversation.head(data)
            if not wants_socket(request):
                return None
            granted = gate.check(request, conversation.unread)
        except Unacceptable:
            return None
    protocol = ServerProtocol()
    protocol.receive_data(granted.upgrade.head)
    [asked] = protocol.events_received()[:1]
    assert isinstance(asked, Handshake)
    answer = protocol.accept(asked)
    if answer.status_code != 101:
        return None
    upgraded = granted.upgrade._replace(head=data, answer=answer.serialize(), behind=conversation.unread)
    return granted._replace(upgrade=upgraded)


def timeless(granted: Granted | None) -> Granted | None:
    """But for the second in which it was answered."""
    if granted is None:
        return None
    answer = re.sub(rb"\r\nDate: [^\r]+", b"", granted.upgrade.answer)
    return granted._replace(upgrade=granted.upgrade._replace(answer=answer))


# What ordinary browsers send.


@pytest.mark.parametrize("house", [DIRECT, PROXIED], ids=["direct", "behind a proxy"])
@pytest.mark.parametrize("head", BROWSERS, ids=["Chrome", "Firefox", "nginx", "a program"])
def test_browsers_take_the_quick_way(head: bytes, house: tuple[HttpSettings, Scheme]) -> None:
    limits, spoken = house
    if limits.trusted_proxies:
        head = head.replace(b"X-Forwarded-For: 198.51.100.4\r\nX-Forwarded-Proto: https\r\n", b"")
        head = head.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 198.51.100.4\r\nX-Forwarded-Proto: https\r\n\r\n")
    gate = Gate(limits, spoken)
    granted = gate.quick(head + b"\x81\x80", PEER)
    assert granted is not None
    assert (granted.sale, granted.path) == ("s1", "/api/sales/s1/socket")
    assert granted.address == ("198.51.100.4" if limits.trusted_proxies else PEER)
    assert granted.upgrade.head == head + b"\x81\x80"
    assert granted.upgrade.behind == b"\x81\x80"
    assert timeless(granted) == timeless(the_long_way(gate, limits, spoken, head + b"\x81\x80"))


# What is out of the ordinary.


NOT_PLAIN = {
    "a name twice": upgrade("s1", "X-Note: a", "x-note: b"),
    "two hosts": upgrade("s1", "Host: house.test", "Host: other.test"),
    "two origins": upgrade("s1", "Origin: http://house.test", "Origin: http://house.test"),
    "two addresses": upgrade("s1", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2"),
    "no host": upgrade().replace(b"Host: house.test\r\n", b""),
    "a host that is none": upgrade().replace(b"Host: house.test", b"Host: a/b"),
    "another page": upgrade("s1", "Origin: http://evil.test"),
    "an empty body": upgrade("s1", "Content-Length: 0"),
    "a body": upgrade("s1", "Content-Length: 5") + b"hello",
    "chunks": upgrade("s1", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "a folded line": upgrade("s1", "X-Note: a\r\n b"),
    "a bare line feed": upgrade("s1", "X-Note: a\nX-Other: b"),
    "a space before the colon": upgrade("s1", "X-Note : a"),
    "a query": upgrade().replace(b"/socket ", b"/socket?a=b "),
    "an escaped name": upgrade("%73%31"),
    "an absolute address": upgrade().replace(b"GET /", b"GET http://house.test/"),
    "HTTP/1.0": upgrade().replace(b"HTTP/1.1", b"HTTP/1.0"),
    "another method": upgrade().replace(b"GET", b"POST"),
    "another version": upgrade().replace(b": 13", b": 8"),
    "a short key": upgrade().replace(KEY.encode(), b"AAAA"),
    "another protocol": upgrade().replace(b"Upgrade: websocket", b"Upgrade: websocket, h2c"),
    "no wish": upgrade().replace(b"Connection: Upgrade", b"Connection: close"),
    "an odd wish": upgrade().replace(b"Connection: Upgrade", b"Connection: upgrade, ;"),
    "no end": upgrade()[:-2],
    "nothing": b"",
    "a long head": upgrade("s1", "X-Note: " + "x" * ORDINARY_BYTES_MAX),
}


@pytest.mark.parametrize("head", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_out_of_the_ordinary_goes_the_long_way(head: bytes) -> None:
    gate = Gate(HttpSettings(), "http")
    assert gate.quick(head, PEER) is None
    assert gate.quick(upgrade(), PEER) is not None  # The next one does not suffer for it.


def test_limits_of_a_head_hold_on_the_quick_way() -> None:
    lines = [f"X-{number}: x" for number in range(20)]
    assert Gate(HttpSettings(header_lines_max=26), "http").quick(upgrade("s1", *lines), PEER) is not None
    assert Gate(HttpSettings(header_lines_max=20), "http").quick(upgrade("s1", *lines), PEER) is None
    assert Gate(HttpSettings(head_bytes_max=100), "http").quick(upgrade(), PEER) is None


# Whatever comes.

LINES = st.sampled_from(
    [
        b"Host: house.test", b"host:house.test:80", b"Host: [::1]:8000", b"Host: a/b", b"Host: house.test, other.test", b"Host:",
        b"Upgrade: websocket", b"Upgrade: WebSocket", b"Upgrade: websocket, h2c", b"Upgrade: h2c", b"UPGRADE:\twebsocket\t",
        b"Upgrade: websocket,", b"Upgrade: websocket/13",
        b"Connection: Upgrade", b"Connection: keep-alive, Upgrade", b"Connection: close, upgrade", b"Connection: upgrade, ;",
        b"Connection: close", b"Connection: ,upgrade,", b"Connection: upgrade,upgrade", b"Connection: \"upgrade\"",
        b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 8", b"Sec-WebSocket-Version: 13, 8", b"Sec-WebSocket-Version: 013",
        b"Sec-WebSocket-Key: " + KEY.encode(), b"Sec-WebSocket-Key: AAAA", b"Sec-WebSocket-Key: " + KEY.encode() + b"=",
        b"Sec-WebSocket-Key: " + KEY.encode()[:-4] + b" " + KEY.encode()[-4:], b"Sec-WebSocket-Key: \xff\xfe",
        b"Sec-WebSocket-Protocol: a, b", b"Sec-WebSocket-Protocol: ;", b"Sec-WebSocket-Extensions: permessage-deflate",
        b"Sec-WebSocket-Extensions: ;;", b"Origin: https://house.test", b"Origin: http://house.test", b"Origin: https://house.test:443",
        b"Origin: null", b"Origin: https://evil.test", b"Origin: https://house.test\xa0", b"Origin: ", b"Origin: HTTPS://HOUSE.TEST",
        b"X-Forwarded-For: 198.51.100.4", b"X-Forwarded-For: 1.1.1.1, 10.0.0.9", b"X-Forwarded-For: junk", b"X-Forwarded-For: ",
        b"X-Forwarded-For: 10.0.0.9,\xa0198.51.100.4", b"x-forwarded-for: [2001:db8::1]:99", b"X-Forwarded_For: 6.6.6.6",
        b"X-Forwarded-Proto: https", b"X-Forwarded-Proto: http, https", b"X-Forwarded-Proto: \xa0https", b"X-Forwarded-Proto : https",
        b"Content-Length: 0", b"Content-Length: 5", b"Content-Length: 0, 0", b"Content-Length: +0", b"Content-Length : 5",
        b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", b"Transfer-Encoding\x0b: chunked", b"Transfer-Encoding: \x00",
        b"Expect: 100-continue", b"Cookie: a=b; c=\"d\"", b"X-Note: a\r\n b", b"X-Note: \x80\xff", b"X-Note: a\x0bb", b": x", b"X-Note",
        b"X-Note: a\rb", b"X-Note: a\nX-Other: b", b"X-Note:", b"X-Note: \t ", b"TE: trailers", b"Sec-WebSocket-Key1: x",
    ]
)  # fmt: skip
STARTS = st.sampled_from(
    [
        b"GET /api/sales/s1/socket HTTP/1.1", b"GET /api/sales/a.b_c~d-9/socket HTTP/1.1", b"GET /api/sales/s1/socket HTTP/1.0",
        b"GET /api/sales/%73%31/socket HTTP/1.1", b"GET /api/sales/../socket HTTP/1.1", b"GET /api/sales//socket HTTP/1.1",
        b"GET /api/sales/s1/socket?x HTTP/1.1", b"GET http://house.test/api/sales/s1/socket HTTP/1.1",
        b"POST /api/sales/s1/socket HTTP/1.1",
        b"GET  /api/sales/s1/socket HTTP/1.1", b"GET /api/sales/s1/socket  HTTP/1.1", b"GET /api/sales/s1/socket HTTP/1.1 ",
        b"get /api/sales/s1/socket HTTP/1.1", b"GET /api/sales/s1/socket HTTP/2.0", b"GET\t/api/sales/s1/socket\tHTTP/1.1",
        b"GET /api/sales/s1/socket/ HTTP/1.1", b"GET /api/sales/\xc3\xa9/socket HTTP/1.1", b"\r\nGET /api/sales/s1/socket HTTP/1.1",
        b"GET /api/sales/s1/socket\xa0 HTTP/1.1", b"GET /api/sales/s1/socket#x HTTP/1.1",
    ]
)  # fmt: skip


@st.composite
def composed(draw: st.DrawFn) -> bytes:
    """An upgrade request some of whose lines are odd, missing, or there twice."""
    lines = [line + b"\r\n" for line in draw(st.sampled_from([*BROWSERS, PLAIN]))[:-4].split(b"\r\n")]
    start, others = lines[0], lines[1:]
    if not draw(st.integers(0, 5)):
        start = draw(STARTS) + b"\r\n"
    for line in draw(st.lists(LINES, max_size=2)):
        name = line.partition(b":")[0].strip().lower()
        if draw(st.integers(0, 3)):  # In the place of one that says something else.
            others = [other for other in others if other.partition(b":")[0].lower() != name]
        others.insert(draw(st.integers(0, len(others))), line + b"\r\n")
    if draw(st.booleans()):
        others = draw(st.permutations(others))
    return (
        start
        + b"".join(others)
        + b"\r\n"
        + draw(st.sampled_from([b"", b"\x81\x80abcd", b"GET / HTTP/1.1\r\n\r\n", b"\r\n"]))
    )


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """The same, with pieces put in, cut out and turned."""
    data = draw(composed())
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 2)):
            case 0:
                data = data[:at] + draw(PIECES | st.binary(max_size=4)) + data[at:]
            case 1:
                data = data[:at] + data[at + draw(st.integers(1, 30)) :]
            case _:
                data = data[:at] + draw(st.binary(min_size=1, max_size=1)) + data[at + 1 :]
    return data


@given(
    data=mutated(),
    house=st.sampled_from(HOUSES),
    lines_max=st.sampled_from([5, 9, 100]),
    bytes_max=st.sampled_from([200, 65_536]),
)
@settings(max_examples=400)
def test_what_the_quick_way_grants_the_long_way_grants_likewise(
    data: bytes, house: tuple[HttpSettings, Scheme], lines_max: int, bytes_max: int
) -> None:
    limits, spoken = replace(house[0], header_lines_max=lines_max, head_bytes_max=bytes_max), house[1]
    gate = Gate(limits, spoken)
    granted = gate.quick(data, PEER)
    event(f"granted: {granted is not None}")
    if granted is not None:
        assert timeless(granted) == timeless(the_long_way(gate, limits, spoken, data))
