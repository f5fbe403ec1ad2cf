"""The one port: who gets in, what is handed over, how it closes."""

import contextlib
import errno
import itertools
import socket
from contextlib import closing
from typing import Any

import pytest
import trio
import trio.testing
from starlette.types import Receive, Scope, Send
from websockets.http11 import Request
from websockets.server import ServerProtocol

from engine.gateway.http import HttpSettings
from engine.gateway.limits import Refused
from engine.gateway.origins import Origins, Proxies, plain_address
from engine.gateway.porch import HEADS_MAX
from engine.gateway.server import Server, listen
from engine.meters import Meters
from engine.wire.refusals import Fault
from tests.gateway.doorstep import KEY, Caller, Quiet, doorstep, no_errors, request, simple, upgrade

HELLO = bytes([0x81, 0x85, 1, 2, 3, 4]) + bytes(
    letter ^ mask for letter, mask in zip(b"hello", (1, 2, 3, 4, 1), strict=True)
)


async def handed_over(step: Any) -> None:
    with trio.fail_after(5):
        while not step.taken:  # noqa: ASYNC110 - nobody else waits for it
            await trio.sleep(0.005)


# Handing over.


async def test_a_socket_is_handed_over_with_its_head() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(upgrade("s1", "X-Note: as it was sent"))
        await handed_over(step)
        [taken] = step.taken
        assert taken.head == upgrade("s1", "X-Note: as it was sent")
        assert (taken.address, taken.sale) == ("127.0.0.1", "s1")
        assert not taken.sock.getblocking()
        assert taken.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_the_websocket_library_reads_the_head_that_is_handed_over() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(upgrade() + HELLO)
        await handed_over(step)
        protocol = ServerProtocol()
        protocol.receive_data(step.taken[0].head)
        [asked, *_] = protocol.events_received()
        assert isinstance(asked, Request)
        assert protocol.accept(asked).status_code == 101


async def test_an_upgrade_on_a_connection_that_was_used_is_handed_over_as_well() -> None:
    async with doorstep() as step:
        caller = await step.call()
        assert (await caller.ask("GET /")).status == 200
        assert (await caller.ask("POST /", body=b"x")).status == 200
        await caller.say(upgrade())
        await handed_over(step)
        assert step.taken[0].head == upgrade()


async def test_an_upgrade_behind_other_requests_sent_at_once_waits_for_their_answers() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(request("GET /1") + request("GET /2") + upgrade() + HELLO)
        assert [(await caller.hear()).json["path"] for _ in range(2)] == ["/1", "/2"]
        await handed_over(step)
        assert step.taken[0].head == upgrade() + HELLO


async def test_bytes_that_came_behind_the_head_are_handed_over_and_later_ones_left_to_be_read() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(upgrade() + HELLO)
        await handed_over(step)
        assert step.taken[0].head == upgrade() + HELLO
        await caller.say(b"later")
        await trio.sleep(0.05)
        assert step.taken[0].sock.recv(100) == b"later"
        step.taken[0].sock.send(b"heard")
        assert await caller._take(5) == b"heard"


async def test_a_head_that_comes_in_pieces_is_handed_over_whole() -> None:
    async with doorstep() as step:
        caller = await step.call()
        head = upgrade("%E4%B8%80")
        for at in range(0, len(head), 7):
            await caller.say(head[at : at + 7])
            await trio.lowlevel.checkpoint()
        await handed_over(step)
        assert step.taken[0].head == head
        assert step.taken[0].sale == "一"


async def test_a_socket_that_was_handed_over_is_nobody_elses() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.ask("GET /")
        waiting = trio.lowlevel.current_statistics().io_statistics
        await caller.say(upgrade())
        await handed_over(step)
        await trio.sleep(0.01)
        after = trio.lowlevel.current_statistics().io_statistics
        assert isinstance(waiting, type(after))
        assert after.tasks_waiting_read == waiting.tasks_waiting_read, "no task ever waited for it"
        assert step.server.connections == 0

        step.server.stop()
        await trio.sleep(0.01)
        step.taken[0].sock.send(b"still here")
        assert await caller._take(10) == b"still here"


async def test_a_server_that_closes_leaves_what_it_has_handed_over() -> None:
    taken: list[socket.socket] = []
    async with doorstep(handover=lambda sock, *_: taken.append(sock)) as step:
        caller = await step.call()
        await caller.say(upgrade())
        while not taken:  # noqa: ASYNC110 - nobody else waits for it
            await trio.sleep(0.005)
    with closing(taken[0]):
        assert taken[0].fileno() > 0


@pytest.mark.parametrize(
    ("fault", "detail", "status"),
    [
        (Fault.NOT_FOUND, {}, 404),
        (Fault.TOO_MANY_SESSIONS, {"after_ms": 5000}, 429),
        (Fault.NOT_READY, {"after_ms": 1}, 503),
    ],
)
async def test_whoever_takes_sockets_may_send_one_away(fault: Fault, detail: dict[str, int], status: int) -> None:
    def no(*_: object) -> None:
        raise Refused(fault, **detail)

    async with doorstep(handover=no) as step:
        caller = await step.call()
        await caller.say(upgrade())
        said = await caller.hear()
        assert (said.status, said.code) == (status, fault)
        assert await caller.rest() == b""


async def test_a_failure_in_taking_a_socket_ends_that_connection_only() -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("oh")

    with Quiet() as quiet:
        async with doorstep(handover=fails) as step:
            caller = await step.call()
            await caller.say(upgrade())
            assert await caller.rest() == b""
            assert (await step.ask("GET /")).status == 200
    assert quiet.lines


NO_HANDSHAKE = {
    "another path": (upgrade().replace(b"/socket", b"/sockets"), 404, "E_NOT_FOUND"),
    "a path below": (upgrade().replace(b"/socket", b"/socket/"), 404, "E_NOT_FOUND"),
    "no sale": (upgrade("").replace(b"sales//", b"sales/"), 404, "E_NOT_FOUND"),
    "another version": (upgrade().replace(b": 13", b": 8"), 426, "E_HTTP_UPGRADE"),
    "no version": (upgrade(leave_out="Sec-WebSocket-V"), 426, "E_HTTP_UPGRADE"),
    "HTTP/1.0": (upgrade().replace(b"HTTP/1.1", b"HTTP/1.0"), 426, "E_HTTP_UPGRADE"),
    "no key": (upgrade(leave_out="Sec-WebSocket-K"), 400, "E_HTTP_MALFORMED"),
    "a short key": (upgrade().replace(KEY.encode(), b"AAAA"), 400, "E_HTTP_MALFORMED"),
    "a key that is none": (upgrade().replace(KEY.encode(), b"!" * 24), 400, "E_HTTP_MALFORMED"),
    "two keys": (upgrade("s1", f"Sec-WebSocket-Key: {KEY}"), 400, "E_HTTP_MALFORMED"),
    "a body": (upgrade("s1", "Content-Length: 5") + b"hello", 400, "E_HTTP_MALFORMED"),
    "chunks": (upgrade("s1", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400, "E_HTTP_MALFORMED"),
    "another method": (upgrade().replace(b"GET", b"POST"), 400, "E_HTTP_MALFORMED"),
    "a line the library would not read": (upgrade("s1", "X: " + "x" * 9000), 400, "E_HTTP_MALFORMED"),
}


@pytest.mark.parametrize(("sent", "status", "code"), NO_HANDSHAKE.values(), ids=NO_HANDSHAKE.keys())
async def test_what_is_no_handshake_is_not_handed_over(sent: bytes, status: int, code: str) -> None:
    with no_errors():
        async with doorstep() as step:
            caller = await step.call()
            await caller.say(sent)
            said = await caller.hear()
            assert (said.status, said.code) == (status, code)
            assert step.taken == []


async def test_without_the_word_upgrade_in_connection_it_is_an_ordinary_request() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(upgrade(leave_out="Connection"))
        assert (await caller.hear()).json["path"] == "/api/sales/s1/socket"


# Whose page.

HOUSE = "https://sale.example.cn"
ORIGINS: list[tuple[str, bool]] = [
    (HOUSE, True),
    ("HTTPS://Sale.Example.CN", True),
    ("https://sale.example.cn:443", True),
    ("http://localhost:8000", True),
    ("null", False),
    ("", False),
    ("*", False),
    ("file://", False),
    ("http://sale.example.cn", False),
    ("https://sale.example.cn:8443", False),
    ("https://sale.example.cn.", False),
    ("https://sale.example.cn/", False),
    ("https://sale.example.cn/x", False),
    ("https://sale.example.cn.evil.test", False),
    ("https://evil.test/https://sale.example.cn", False),
    ("https://evilsale.example.cn", False),
    ("https://a.sale.example.cn", False),
    ("https://example.cn", False),
    ("https://sale.example.cn@evil.test", False),
    ("https://sale.example.cn https://evil.test", False),
    ("https://sale.example.cn, https://sale.example.cn", False),
    ("https://sale-example.cn", False),
    ("https://sale.exampIe.cn", False),
    ("https://sale.example.cn%00", False),
    ("https://sale.example.cn\\evil", False),
    ("wss://sale.example.cn", False),
    ("//sale.example.cn", False),
    ("sale.example.cn", False),
    ("http://localhost", False),
    ("http://localhost:80000", False),
    ("http://127.0.0.1:8000", False),
    ("http://[::1]:8000", False),
    ("chrome-extension://abcdefgh", False),
    ("http://localhost:8000, null", False),
    ("NULL", False),
    (" null", False),
    ("undefined", False),
    ("about:blank", False),
    ("data:text/html,x", False),
    ("blob:https://sale.example.cn/1", False),
    ("javascript:https://sale.example.cn", False),
    ("https:/sale.example.cn", False),
    ("https:sale.example.cn", False),
    ("https:///sale.example.cn", False),
    ("https://sale.example.cn:443:443", False),
    ("https://sale.example.cn:0443", False),
    ("https://sale.example.cn:", False),
    ("https://sale.example.cn:https", False),
    ("https://user@sale.example.cn", False),
    ("https://user:word@sale.example.cn", False),
    ("https://sale.example.cn#@evil.test", False),
    ("https://sale.example.cn?evil.test", False),
    ("https://sale.example.cn;evil.test", False),
    ("https://sale.example.cn\t", False),
    (" https://sale.example.cn", False),
    ("https://sale.example.cn ", False),
    ("https://ｓale.example.cn", False),
    ("https://sаle.example.cn", False),  # а of Cyrillic
    ("https://xn--sle-7cd.example.cn", False),  # the same, as browsers write it
    ("https://sale。example。cn", False),
    ("https://sale.example.cn\u200b", False),
    ("https://sale%2eexample%2ecn", False),
    ("https://*.example.cn", False),
    ("https://sale.example.cn..", False),
    ("http://localhost:8000.evil.test", False),
    ("http://LOCALHOST:8000", True),
    ("https://Sale.Example.CN:443", True),
]


def test_there_are_origins_enough() -> None:
    assert len({origin for origin, allowed in ORIGINS if not allowed}) >= 50


@pytest.mark.parametrize(("origin", "allowed"), ORIGINS)
def test_only_pages_on_the_list_may_connect(origin: str, *, allowed: bool) -> None:
    origins = Origins([HOUSE, "http://localhost:8000"])
    assert origins.allow(origin.encode(), "https", b"sale.example.cn") is allowed


def test_a_house_without_a_list_takes_its_own_pages_only() -> None:
    origins = Origins(["same-origin"])
    assert origins.allow(b"http://house.test:8000", "http", b"House.test:8000")
    assert origins.allow(b"https://house.test", "https", b"house.test:443")
    assert not origins.allow(b"https://house.test:8000", "http", b"house.test:8000")
    assert not origins.allow(b"http://house.test:8001", "http", b"house.test:8000")
    assert not origins.allow(b"http://evil.test", "http", b"house.test")
    assert not origins.allow(b"null", "http", b"")
    assert not origins.allow(b"", "http", b"")


@pytest.mark.parametrize(
    "wrong", ["*", "sale.example.cn", "https://sale.example.cn/", "https://*.example.cn", "null", ""]
)
def test_a_list_that_means_nothing_is_not_taken(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no origin"):
        Origins([wrong])


@pytest.mark.parametrize("origin", ["null", "http://evil.test", "http://house.test:81"])
async def test_a_foreign_page_gets_no_socket(origin: str) -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(upgrade("s1", f"Origin: {origin}"))
        said = await caller.hear()
        assert (said.status, said.code) == (403, "E_ORIGIN_DENIED")
        assert said.json["detail"] == {"origin": origin, "house": "http://house.test"}
        assert step.taken == []


@pytest.mark.parametrize("headers", [["Origin: http://house.test"], []])
async def test_the_houses_own_page_and_a_program_that_is_no_browser_get_one(headers: list[str]) -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(upgrade("s1", *headers))
        await handed_over(step)


async def test_a_page_says_twice_where_it_is_from_and_is_not_believed() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(upgrade("s1", "Origin: http://house.test", "Origin: http://evil.test"))
        assert (await caller.hear()).status == 403


async def test_a_foreign_page_may_not_ask_for_anything_that_changes_something() -> None:
    async with doorstep() as step:
        assert (await step.ask("POST /", "Origin: http://evil.test")).code == "E_ORIGIN_DENIED"
        assert (await step.ask("POST /", "Origin: http://house.test")).status == 200
        assert (await step.ask("GET /", "Origin: http://evil.test")).status == 200


# From where.

TRUSTED = Proxies(["10.0.0.0/8", "::1"])


@pytest.mark.parametrize(
    ("peer", "said", "address"),
    [
        ("192.0.2.7", None, "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),
        ("10.0.0.5", None, "10.0.0.5"),
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "203.0.113.9, 10.0.0.6", "203.0.113.9"),
        ("10.0.0.5", "10.0.0.7, 10.0.0.6", "10.0.0.7"),
        ("10.0.0.5", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.5", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.5", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.5", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "unknown", "10.0.0.5"),
        ("10.0.0.5", "203.0.113.9, what", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", ",,,", "10.0.0.5"),
        ("::1", "203.0.113.9", "203.0.113.9"),
        ("no address", "203.0.113.9", "no address"),
    ],
)
def test_only_a_trusted_proxy_is_believed_where_a_request_comes_from(peer: str, said: str | None, address: str) -> None:
    assert TRUSTED.address(peer, None if said is None else said.encode()) == address


def test_only_a_trusted_proxy_is_believed_that_a_browser_spoke_tls() -> None:
    assert TRUSTED.scheme("10.0.0.5", b"https") == "https"
    assert TRUSTED.scheme("10.0.0.5", b"http, https") == "https"
    assert TRUSTED.scheme("10.0.0.5", b"https, http") == "http"
    assert TRUSTED.scheme("10.0.0.5", None) == "http"
    assert TRUSTED.scheme("192.0.2.7", b"https") == "http"
    assert Proxies([]).scheme("127.0.0.1", b"https") == "http"


def test_an_address_has_one_spelling() -> None:
    assert plain_address("::ffff:192.0.2.7") == "192.0.2.7"
    assert plain_address("fe80::1%eth0") == "fe80::1"
    assert plain_address("192.0.2.7") == "192.0.2.7"


async def test_behind_a_trusted_proxy_the_pages_are_those_of_the_proxy() -> None:
    settings = HttpSettings(port=0, trusted_proxies=("127.0.0.1",))
    forwarded = ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https")
    async with doorstep(settings=settings) as step:
        said = await step.ask("GET /", *forwarded)
        assert (said.json["client"], said.json["scheme"]) == ("203.0.113.9", "https")
        assert "connect-src 'self' wss://house.test;" in said.headers["content-security-policy"]
        caller = await step.call()
        await caller.say(upgrade("s1", *forwarded, "Origin: https://house.test"))
        await handed_over(step)
        assert step.taken[0].address == "203.0.113.9"


# How many.


async def test_there_is_room_for_so_many_connections_and_no_more() -> None:
    async with doorstep(settings=HttpSettings(port=0, connections_max=3)) as step:
        callers = [await step.call() for _ in range(3)]
        for caller in callers:
            await caller.ask("GET /")
        late = await step.call()
        said = await late.hear()
        assert (said.status, said.code) == (503, "E_BUSY")
        assert said.headers["retry-after"] == "1"
        assert "content-security-policy" in said.headers
        await callers[0].stream.aclose()
        with trio.fail_after(5):
            while step.server.connections == 3:  # noqa: ASYNC110 - the server tells nobody
                await trio.sleep(0.005)
        assert (await step.ask("GET /")).status == 200


@pytest.mark.parametrize(("proxies", "status"), [((), 429), (("127.0.0.1",), 200)])
async def test_one_address_has_room_for_so_many_unless_it_is_a_proxy(proxies: tuple[str, ...], status: int) -> None:
    settings = HttpSettings(port=0, connections_per_address=2, trusted_proxies=proxies)
    async with doorstep(settings=settings) as step:
        for _ in range(2):
            await (await step.call()).ask("GET /")
        late = await step.call()
        if status == 200:
            await late.say(request("GET /"))
        assert (await late.hear()).status == status


async def test_a_socket_that_was_handed_over_takes_no_room() -> None:
    async with doorstep(settings=HttpSettings(port=0, connections_per_address=1)) as step:
        for count in range(1, 5):
            caller = await step.call()
            await caller.say(upgrade())
            with trio.fail_after(5):
                while len(step.taken) < count:  # noqa: ASYNC110 - nobody else waits for it
                    await trio.sleep(0.005)


async def test_who_asks_as_he_connects_takes_no_room_and_leaves_others_their_turn() -> None:
    async with doorstep(settings=HttpSettings(port=0, connections_per_address=1)) as step:
        address, rush = ("127.0.0.1", step.server.port), 5 * HEADS_MAX
        with contextlib.ExitStack() as held:
            for _ in range(rush):
                held.enter_context(socket.create_connection(address)).sendall(upgrade())
            seen = [0]
            with trio.fail_after(5):
                while seen[-1] < rush:
                    await trio.lowlevel.checkpoint()
                    seen.append(len(step.taken))
        assert max(after - before for before, after in itertools.pairwise(seen)) <= 2 * HEADS_MAX


class Breathless(socket.socket):
    """A listening socket that runs out of files twice, and once meets a caller who left in the queue."""

    def __init__(self, fd: int) -> None:
        super().__init__(fileno=fd)
        self.troubles = [errno.EMFILE, errno.ECONNABORTED, errno.ENFILE]
        self.tried = 0

    def accept(self) -> tuple[socket.socket, Any]:
        self.tried += 1
        if self.troubles:
            raise OSError(self.troubles.pop(), "trouble")
        return super().accept()


async def test_running_out_of_files_is_survived_without_spinning() -> None:
    plain = listen("127.0.0.1", 0, 10)
    listener = Breathless(plain.detach())
    server = Server(listener=listener, app=simple, handover=lambda *_: None, settings=HttpSettings(), meters=Meters())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(server.run)
        async with await trio.open_tcp_stream("127.0.0.1", server.port) as stream:
            await stream.send_all(request("GET /"))
            assert bytes(await stream.receive_some(12)) == b"HTTP/1.1 200"
        assert listener.tried < 10
        nursery.cancel_scope.cancel()


# Where.


async def test_port_zero_takes_a_free_one_and_says_which() -> None:
    async with doorstep() as one, doorstep() as two:
        assert one.server.port != two.server.port > 0
        assert (await one.ask("GET /")).status == 200


async def test_a_house_may_listen_to_both_internets() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    async with doorstep(settings=HttpSettings(host="::", port=0)) as step:
        assert (await step.ask("GET /")).json["client"] == "127.0.0.1"


def test_a_port_that_is_taken_is_a_plain_error() -> None:
    with closing(listen("127.0.0.1", 0, 1)) as first, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1], 1)


# Closing.


class Slow:
    """An application that answers when told."""

    def __init__(self) -> None:
        self.asked, self.go = trio.Event(), trio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.set()
        await self.go.wait()
        await simple(scope, receive, send)


async def test_a_house_that_closes_answers_what_has_begun_and_takes_nothing_new() -> None:
    slow = Slow()
    async with doorstep(slow) as step:
        idle, busy = await step.call(), await step.call()
        await busy.say(request("GET /begun") + request("GET /behind"))
        await slow.asked.wait()
        step.server.stop()
        assert await idle.rest() == b""  # at once
        with pytest.raises(OSError, match=r"refused|failed"):
            await trio.open_tcp_stream("127.0.0.1", idle.stream.socket.getpeername()[1])
        slow.go.set()
        said = await busy.hear()
        assert said.json["path"] == "/begun"
        assert said.headers["connection"] == "close"
        assert await busy.rest() == b""


async def test_a_house_that_closes_does_not_wait_for_ever(mock_clock: trio.testing.MockClock) -> None:
    slow = Slow()
    listener = listen("127.0.0.1", 0, 10)
    server = Server(listener=listener, app=slow, handover=lambda *_: None, settings=HttpSettings(), meters=Meters())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(server.run)
        caller = Caller(await trio.open_tcp_stream("127.0.0.1", server.port))
        await caller.say(request("GET /"))
        await slow.asked.wait()
        server.stop()
        await trio.testing.wait_all_tasks_blocked(0.01)
        assert server.connections == 1
        mock_clock.jump(5.1)
        assert await caller.rest() == b""
    await caller.stream.aclose()
    assert server.connections == 0


async def test_answers_are_counted_by_status() -> None:
    async with doorstep() as step:
        await step.ask("GET /")
        await step.ask("GET /", "Host: ;")
        caller = await step.call()
        await caller.say(upgrade())
        await handed_over(step)
        text = step.meters.text().decode()
        for status in ("200", "400", "101"):
            assert f'luochui_http_requests_total{{status="{status}"}} 1.0' in text
