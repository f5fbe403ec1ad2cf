"""One exchange at a time, with houses that answer well, badly or not at all."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import h11
import orjson
import pytest
import trio
from trio.testing import memory_stream_pair

from clients.http import Address, HttpFault, OpenStream, exchange
from clients.verify import RecordFault
from clients.verify_cli import fetch_record
from tests.clients.test_verify import BOOK, KEY

HERE = Address.of("http://house.test")


def answering(nursery: trio.Nursery, answer: Callable[[h11.Request], bytes]) -> OpenStream:
    """Opens connections to a house that reads one request and sends ``answer``."""

    async def serve(stream: trio.abc.Stream) -> None:
        connection = h11.Connection(h11.SERVER)
        while (request := connection.next_event()) is h11.NEED_DATA:
            connection.receive_data(bytes(await stream.receive_some()))
        assert isinstance(request, h11.Request)
        await stream.send_all(answer(request))
        await stream.aclose()

    async def opener(_: Address) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        theirs, ours = memory_stream_pair()
        nursery.start_soon(serve, ours)
        return theirs

    return opener


def answer(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def test_the_answer_is_its_json(nursery: trio.Nursery) -> None:
    asked: list[h11.Request] = []

    def reply(request: h11.Request) -> bytes:
        asked.append(request)
        return b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b'{"a":[1]}')

    headers = [("Authorization", "Bearer t")]
    assert await exchange(HERE, "POST", "/api", headers=headers, opener=answering(nursery, reply)) == {"a": [1]}
    assert (asked[0].method, asked[0].target) == (b"POST", b"/api")
    assert dict(asked[0].headers)[b"authorization"] == b"Bearer t"


async def test_a_refusal_comes_with_status_code_and_sentence(nursery: trio.Nursery) -> None:
    body = b'{"code":"E_NOT_FOUND","retry":"never","zh":"","en":"No such sale.","detail":{}}'
    with pytest.raises(HttpFault, match=r"^HTTP 404: E_NOT_FOUND No such sale\.$") as caught:
        await exchange(HERE, "GET", "/", opener=answering(nursery, lambda _: answer(body, "404 Not Found")))
    assert (caught.value.status, caught.value.body["code"]) == (404, "E_NOT_FOUND")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (answer(b"<html>", "502 Bad Gateway"), 502),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", 200),
        (b"SSH-2.0-OpenSSH\r\n\r\n", 0),
        (b"", 0),
    ],
)
async def test_what_is_no_answer_is_a_fault(sent: bytes, status: int, nursery: trio.Nursery) -> None:
    with pytest.raises(HttpFault) as caught:
        await exchange(HERE, "GET", "/", opener=answering(nursery, lambda _: sent))
    assert caught.value.status == status


def paged(size: int, tamper: Callable[[dict[str, Any]], object] = lambda _: None) -> Callable[[h11.Request], bytes]:
    """A house that serves the book from wherever it is asked, ``size`` records at a time."""

    def reply(request: h11.Request) -> bytes:
        after = int(parse_qs(urlsplit(request.target.decode()).query)["after"][0])
        records = BOOK.public[after : after + size]
        low, high = after + 1, after + len(records)
        page = BOOK.page(records, [one for one in BOOK.commits if one["last"] >= low and one["first"] <= high])
        tamper(page)
        return answer(orjson.dumps(page))

    return reply


@pytest.mark.parametrize("size", [1, 5, 17, 100])
async def test_a_record_is_fetched_and_checked_to_its_end(size: int, nursery: trio.Nursery) -> None:
    checked = await fetch_record(HERE, "s", KEY, answering(nursery, paged(size)))
    assert (checked.records, checked.commits) == (17, 6)


async def test_a_house_that_serves_no_more_than_half_is_found_out(nursery: trio.Nursery) -> None:
    def half(page: dict[str, Any]) -> None:
        page["records"] = [one for one in page["records"] if one in BOOK.public[:9]]

    with pytest.raises(RecordFault, match=r"^record 10: place"):
        await fetch_record(HERE, "s", KEY, answering(nursery, paged(5, half)))
