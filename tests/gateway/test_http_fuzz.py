"""Whatever comes in at the door: an answer, or the line goes dead. Never an error of ours, never silence for ever."""

import re

import h11
import trio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.doorstep import SETTINGS, doorstep, no_errors, request, upgrade

PATIENCE_S = 20

SEEDS = [
    request("GET /"),
    request("HEAD /x"),
    request("POST /y", body=b"hello"),
    request("POST /z", "Transfer-Encoding: chunked", body=b"2\r\nhi\r\n0\r\n\r\n"),
    request("POST /w", "Expect: 100-continue", "Content-Length: 3"),
    request("GET /", "Connection: close"),
    request("GET /", "X-Forwarded-For: 1.2.3.4", "Origin: null"),
    upgrade(),
    upgrade("s1", "Origin: http://house.test") + b"\x81\x80....",
]
PIECES = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\x00", b" ", b":", b": ", b"\t", b"%00", b"%", b"..", b"//", b"?", b"#", b"*", b",", b";",
        b"GET ", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"Host: a\r\n", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n", b"Upgrade: websocket\r\n", b"Connection: upgrade, close\r\n", b"0\r\n\r\n", b"ffffffff\r\n",
        b"Sec-WebSocket-Key: !\r\n", b"Expect: 100-continue\r\n", b"\x80\xff", "落槌".encode(), b"A" * 5000,
    ]
)  # fmt: skip


@st.composite
def nearly_http(draw: st.DrawFn) -> bytes:
    """Some requests in a row, with pieces cut out, put in, doubled, and bytes turned."""
    data = b"".join(draw(st.lists(st.sampled_from(SEEDS), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 6))):
        at, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        match draw(st.integers(0, 3)):
            case 0:
                data = data[:at] + draw(PIECES | st.binary(max_size=8)) + data[at:]
            case 1:
                data = data[:at] + data[min(end, at + 40) :]
            case 2:
                data = data[:at] + data[at:end] * 2 + data[end:]
            case _:
                data = data[:at] + bytes([draw(st.integers(0, 255))]) + data[at + 1 :]
    return data


PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
NAMES = st.sampled_from(
    [
        "Host",
        "Origin",
        "Upgrade",
        "Connection",
        "Expect",
        "Content-Length",
        "Transfer-Encoding",
        "X-Forwarded-For",
        "If-None-Match",
    ]
)


@st.composite
def odd_http(draw: st.DrawFn) -> bytes:
    """Requests whose form is right and whose content is anything."""
    method = draw(st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "CONNECT", "gET", "M-SEARCH"]))
    target = draw(st.sampled_from(["/", "//", "/%", "/api/sales/", "http://", "https://a:b@c", ""])) + draw(PRINTABLE)
    headers = [f"{name}: {value}" for name, value in draw(st.lists(st.tuples(NAMES, PRINTABLE), max_size=4))]
    return request(f"{method} {target or '*'}", *headers, body=draw(st.binary(max_size=20)))


def assert_answers(said: bytes) -> None:
    """``said`` is a row of whole HTTP answers, each with the headers that every answer has."""
    client = h11.Connection(h11.CLIENT)
    while said:
        head, found, said = said.partition(b"\r\n\r\n")
        assert found
        status = int(re.fullmatch(rb"HTTP/1.1 ([0-9]{3}) [ -~]*", head.split(b"\r\n")[0])[1])  # type: ignore[index]
        assert 100 <= status <= 599
        if status < 200:
            continue
        assert b"content-security-policy: default-src 'none'" in head
        length = re.search(rb"\r\ncontent-length: ([0-9]+)", head)
        assert length is not None
        # An answer to HEAD says how long it would be, and is followed by the next answer or nothing.
        if said and not said.startswith(b"HTTP/1.1 "):
            said = said[int(length[1]) :]
    assert client.our_state is h11.IDLE


async def speak(data: bytes, cuts: list[int]) -> None:
    with no_errors():
        async with doorstep(settings=SETTINGS) as step:
            caller = await step.call()
            with trio.fail_after(PATIENCE_S):
                try:
                    for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
                        await caller.say(data[begin:end])
                        await trio.lowlevel.checkpoint()
                    await caller.stream.send_eof()
                except trio.BrokenResourceError:
                    pass  # The server has heard enough.
                for _ in range(20):
                    await trio.lowlevel.checkpoint()
                for taken in step.taken:
                    taken.sock.close()
                assert_answers(await caller.rest())
                await step.empties()


@given(data=st.binary(max_size=400), cuts=st.lists(st.integers(0, 400), max_size=3))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
async def test_any_bytes_at_all_get_an_answer_or_an_end(data: bytes, cuts: list[int]) -> None:
    await speak(data, sorted(cut for cut in cuts if cut <= len(data)))


@given(data=nearly_http(), cuts=st.lists(st.integers(0, 400), max_size=3))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
async def test_bytes_that_are_nearly_requests_get_an_answer_or_an_end(data: bytes, cuts: list[int]) -> None:
    await speak(data, sorted(cut for cut in cuts if cut <= len(data)))


@given(data=st.lists(odd_http(), min_size=1, max_size=3).map(b"".join))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
async def test_requests_that_hold_anything_get_an_answer_or_an_end(data: bytes) -> None:
    await speak(data, [])
