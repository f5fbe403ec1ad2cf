"""HTTP/1.1 as it is, and as it should not be, over a real socket."""

import pytest
import trio
import trio.testing
from starlette.types import Receive, Scope, Send

from engine.gateway.http import HttpSettings
from tests.gateway.doorstep import Quiet, doorstep, no_errors, request

BIG = 8 * 1024 * 1024
"""More than the kernel's buffers hold, even after they have grown."""


# One connection, many requests.


async def test_a_connection_is_used_again() -> None:
    async with doorstep() as step:
        caller = await step.call()
        for name in ("one", "two", "three"):
            assert (await caller.ask(f"GET /{name}?q=1")).json["path"] == f"/{name}"
        assert step.server.connections == 1


async def test_requests_sent_all_at_once_are_answered_in_their_order() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(
            request("GET /1")
            + request("POST /2", body=b"two")
            + request("POST /3", "Transfer-Encoding: chunked", body=b"1\r\n3\r\n0\r\n\r\n")
        )
        answers = [(await caller.hear()).json for _ in range(3)]
        assert [(each["path"], each["body"]) for each in answers] == [("/1", ""), ("/2", "two"), ("/3", "3")]


async def test_what_comes_while_an_answer_is_being_made_waits_for_its_turn() -> None:
    left = trio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if scope["path"] == "/slow":
            with trio.move_on_after(0.05):
                await receive()  # reads on, to learn whether the caller leaves
                left.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    async with doorstep(slow) as step:
        caller = await step.call()
        await caller.say(request("GET /slow"))
        await trio.sleep(0.01)
        await caller.say(request("GET /after"))
        assert (await caller.hear()).body == b"/slow"
        assert (await caller.hear()).body == b"/after"
        assert not left.is_set()


async def test_the_last_answer_says_so_when_the_caller_wants_no_more() -> None:
    async with doorstep() as step:
        caller = await step.call()
        said = await caller.ask("GET /", "Connection: close")
        assert said.headers["connection"] == "close"
        assert await caller.rest() == b""


async def test_an_old_caller_is_answered_and_let_go() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(b"GET /old HTTP/1.0\r\n\r\n")
        assert (await caller.hear()).json["path"] == "/old"
        assert await caller.rest() == b""


async def test_a_request_addressed_as_to_a_proxy_is_understood() -> None:
    async with doorstep() as step:
        assert (await step.ask("GET http://house.test/x?u=http://y")).json["path"] == "/x"
        assert (await step.ask("GET /x?u=http://y")).json["query"] == "u=http://y"
        assert (await step.ask("GET http://house.test")).json["path"] == "/"


async def test_a_path_is_decoded() -> None:
    async with doorstep() as step:
        said = (await step.ask("GET /%E8%90%BD%E6%A7%8C/a%20b%2Fc?x=%20")).json
        assert said["path"] == "/落槌/a b/c"
        assert said["query"] == "x=%20"


async def test_an_upgrade_to_something_else_is_passed_over_and_the_connection_goes_on() -> None:
    async with doorstep() as step:
        caller = await step.call()
        assert (await caller.ask("GET /1", "Upgrade: h2c", "Connection: Upgrade")).status == 200
        assert (await caller.ask("GET /2")).json["path"] == "/2"


# Heads and bodies.


async def test_head_is_answered_without_a_body_and_the_connection_goes_on() -> None:
    async with doorstep() as step:
        caller = await step.call()
        said = await caller.ask("HEAD /x")
        assert int(said.headers["content-length"]) > 50
        assert (await caller.ask("GET /y")).json["path"] == "/y"


async def test_a_caller_who_waits_for_leave_gets_it() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(request("POST /", "Expect: 100-continue", "Content-Length: 5"))
        assert (await caller.hear()).status == 100
        await caller.say(b"hello")
        assert (await caller.hear()).json["body"] == "hello"


async def test_a_caller_who_waits_for_leave_to_send_too_much_is_refused_without() -> None:
    async with doorstep() as step:
        caller = await step.call()
        said = await caller.ask("POST /", "Expect: 100-continue", "Content-Length: 5000")
        assert (said.status, said.code) == (413, "E_HTTP_BODY_TOO_BIG")
        assert await caller.rest() == b""


async def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    async with doorstep() as step:
        said = await step.ask("POST /", "Content-Length: 999999999999")
        assert (said.status, said.code) == (413, "E_HTTP_BODY_TOO_BIG")
        assert said.json["detail"] == {"bytes_max": 4096}
        assert said.headers["connection"] == "close"


async def test_a_body_that_does_not_say_how_long_it_is_is_counted() -> None:
    async with doorstep() as step:
        chunk = b"400\r\n" + bytes(0x400) + b"\r\n"
        whole = await step.ask("POST /", "Transfer-Encoding: chunked", body=chunk * 4 + b"0\r\n\r\n")
        assert len(whole.json["body"]) == 4096
        caller = await step.call()
        await caller.say(request("POST /", "Transfer-Encoding: chunked", body=chunk * 50))
        assert (await caller.hear()).code == "E_HTTP_BODY_TOO_BIG"


async def test_a_route_may_take_a_longer_body() -> None:
    async with doorstep() as step:
        assert len((await step.ask("POST /long", body=bytes(90_000))).json["body"]) == 90_000
        assert (await step.ask("POST /long", body=bytes(100_000))).status == 413
        assert len((await step.ask("PUT /beneath/a/0", body=bytes(90_000))).json["body"]) == 90_000
        assert (await step.ask("PUT /beneath/a/0", body=bytes(100_000))).status == 413
        for path in ("/beneath", "/long/a", "/x/beneath/"):
            assert (await step.ask(f"PUT {path}", body=bytes(90_000))).status == 413


async def test_the_answer_to_too_much_arrives_although_the_rest_was_not_read() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(request("POST /", body=bytes(200_000)))
        assert (await caller.hear()).status == 413


# What is refused.

MALFORMED = {
    "no request at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a version to come": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a version that never was": b"GET / HTTP/1.7\r\nHost: a\r\n\r\n",
    "a space too many": b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a host that writes headers": b"GET / HTTP/1.1\r\nHost: a; script-src *\r\n\r\n",
    "a name with a space": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "a value with a zero byte": b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
    "not a length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "a length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "chunks before their time": b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "not a chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "no path": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT other.test:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "bytes that are no text in the target": b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_is_no_proper_request_is_answered_with_400_and_let_go(sent: bytes) -> None:
    with no_errors():
        async with doorstep() as step:
            caller = await step.call()
            await caller.say(sent)
            said = await caller.hear()
            assert (said.status, said.code) == (400, "E_HTTP_MALFORMED")
            assert said.headers["connection"] == "close"
            assert "content-security-policy" in said.headers
            assert await caller.rest() == b""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_head_that_is_complete_and_too_long_is_refused(method: str) -> None:
    with no_errors():
        async with doorstep() as step:
            caller = await step.call()
            said = await caller.ask(f"{method} /", "X: " + "x" * 70_000)
            assert said.status == 431
            assert method == "HEAD" or said.code == "E_HTTP_HEAD_TOO_BIG"
            assert await caller.rest() == b""


async def test_a_head_that_never_ends_is_refused() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(b"GET / HTTP/1.1\r\nX: " + b"x" * 140_000)
        assert (await caller.hear()).status == 431


async def test_nobody_is_connected_through() -> None:
    async with doorstep() as step:
        assert (await step.ask("CONNECT /")).code == "E_HTTP_METHOD"


async def test_a_head_of_too_many_lines_is_refused() -> None:
    async with doorstep() as step:
        assert (await step.ask("GET /", *["X: y"] * 99)).status == 200
        assert (await step.ask("GET /", *["X: y"] * 100)).status == 431


# Time.


async def test_a_head_that_trickles_in_is_given_five_seconds(mock_clock: trio.testing.MockClock) -> None:
    async with doorstep() as step:
        caller = await step.call()
        for letter in "GET / HT":
            await caller.say(letter)
            await trio.testing.wait_all_tasks_blocked(0.02)
            mock_clock.jump(0.7)
        assert (await caller.hear()).code == "E_TIMEOUT"
        assert await caller.rest() == b""


async def test_who_says_nothing_at_all_is_let_go_after_five_seconds(mock_clock: trio.testing.MockClock) -> None:
    async with doorstep() as step:
        caller = await step.call()
        await trio.testing.wait_all_tasks_blocked(0.02)
        mock_clock.jump(4.9)
        await trio.testing.wait_all_tasks_blocked(0.02)
        assert step.server.connections == 1
        mock_clock.jump(0.2)
        assert await caller.rest() == b""


async def test_an_idle_connection_is_kept_for_fifteen_seconds(mock_clock: trio.testing.MockClock) -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.ask("GET /")
        await trio.testing.wait_all_tasks_blocked(0.02)
        mock_clock.jump(14.9)
        assert (await caller.ask("GET /")).status == 200
        await trio.testing.wait_all_tasks_blocked(0.02)
        mock_clock.jump(15.1)
        assert await caller.rest() == b""


async def test_a_long_body_on_a_slow_line_is_given_the_time_it_takes(mock_clock: trio.testing.MockClock) -> None:
    async with doorstep() as step:
        caller, whole = await step.call(), request("POST /long", body=bytes(4096 + 8192))
        await caller.say(whole[:-1])
        await trio.testing.wait_all_tasks_blocked(0.02)
        mock_clock.jump(30.9)
        await caller.say(whole[-1:])
        assert (await caller.hear()).status == 200
        await caller.say(whole[:-1])
        await trio.testing.wait_all_tasks_blocked(0.02)
        mock_clock.jump(31.1)
        assert (await caller.hear()).code == "E_TIMEOUT"


async def test_a_body_is_given_thirty_seconds(mock_clock: trio.testing.MockClock) -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(request("POST /", "Content-Length: 9") + b"four")
        await trio.testing.wait_all_tasks_blocked(0.02)
        mock_clock.jump(29)
        await trio.testing.wait_all_tasks_blocked(0.02)
        assert step.server.connections == 1
        mock_clock.jump(1.1)
        assert (await caller.hear()).status == 408


async def test_a_reader_who_takes_nothing_for_ten_seconds_is_let_go(mock_clock: trio.testing.MockClock) -> None:
    async with doorstep(flood) as step:
        caller = await step.call()
        await caller.say(request("GET /"))
        await trio.testing.wait_all_tasks_blocked(0.02)
        mock_clock.jump(9.9)
        await trio.testing.wait_all_tasks_blocked(0.02)
        assert step.server.connections == 1
        mock_clock.jump(0.2)
        await trio.testing.wait_all_tasks_blocked(0.02)
        assert step.server.connections == 0


async def test_a_reader_who_takes_a_little_now_and_then_gets_it_all(mock_clock: trio.testing.MockClock) -> None:
    async with doorstep(flood) as step:
        caller = await step.call()
        await caller.say(request("GET /"))
        got = 0
        for quarters in range(1, 5):
            await trio.testing.wait_all_tasks_blocked(0.01)
            mock_clock.jump(6)
            while got < quarters * BIG // 4:
                got += len(await caller.stream.receive_some(65536))
        assert got >= BIG


async def test_a_reader_who_takes_too_little_on_the_whole_is_let_go(mock_clock: trio.testing.MockClock) -> None:
    async def deluge(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": bytes(4 * BIG)})

    async with doorstep(deluge, HttpSettings(port=0, write_bytes_per_s_min=BIG // 2)) as step:
        caller = await step.call()
        await caller.say(request("GET /"))
        for _ in range(4):  # 18 seconds would do: ten of patience, and eight for the bytes.
            assert step.server.connections == 1
            got = 0
            while got < BIG // 6:
                got += len(await caller.stream.receive_some(65536))
            await trio.testing.wait_all_tasks_blocked(0.01)
            mock_clock.jump(5)
        await trio.testing.wait_all_tasks_blocked(0.01)
        assert step.server.connections == 0


# Answers in pieces.


async def flood(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": bytes(BIG), "more_body": True})
    await send({"type": "http.response.body"})


async def test_an_answer_of_unknown_length_goes_out_piece_by_piece() -> None:
    async with doorstep(flood) as step:
        caller = await step.call()
        said = await caller.ask("GET /")
        assert said.headers["transfer-encoding"] == "chunked"
        assert len(said.body) == BIG
        assert (await caller.ask("GET /")).status == 200


async def test_an_old_caller_gets_an_answer_of_unknown_length_up_to_the_end() -> None:
    async with doorstep(flood) as step:
        caller = await step.call()
        await caller.say(b"GET / HTTP/1.0\r\n\r\n")
        said = await caller.hear()
        assert "transfer-encoding" not in said.headers
        assert len(said.body) == BIG


async def test_pieces_leave_out_their_bodies_when_only_the_head_was_asked_for() -> None:
    async with doorstep(flood) as step:
        caller = await step.call()
        await caller.ask("HEAD /")
        assert (await caller.ask("HEAD /")).status == 200


async def test_who_writes_an_answer_learns_that_the_caller_has_left() -> None:
    ended: list[type[BaseException]] = []

    async def endless(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
        except OSError as error:
            ended.append(type(error))
            raise

    with no_errors():
        async with doorstep(endless) as step:
            caller = await step.call()
            await caller.say(request("GET /"))
            await caller.stream.receive_some(10)
            await trio.aclose_forcefully(caller.stream)
            await step.empties()
    assert len(ended) == 1


async def test_who_waits_before_answering_learns_that_the_caller_has_left() -> None:
    heard: list[str] = []

    async def patient(_scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([(await receive())["type"], (await receive())["type"], (await receive())["type"]])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"too late"})

    with no_errors():
        async with doorstep(patient) as step:
            caller = await step.call()
            await caller.say(request("GET /"))
            await caller.stream.aclose()
            await trio.sleep(0.01)
            await step.empties()
    assert heard == ["http.request", "http.disconnect", "http.disconnect"]


async def test_a_caller_who_has_said_all_may_still_listen() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(request("GET /x"))
        await caller.stream.send_eof()
        assert (await caller.hear()).json["path"] == "/x"
        assert await caller.rest() == b""


async def test_a_caller_who_leaves_in_the_middle_of_a_request_is_no_error() -> None:
    with no_errors():
        async with doorstep() as step:
            for part in (b"GET / HT", request("POST /", "Content-Length: 9") + b"four"):
                caller = await step.call()
                await caller.say(part)
                await caller.stream.send_eof()
                assert await caller.rest() == b""


# When answering fails.


async def test_a_failure_is_answered_with_500_and_noted_without_its_query() -> None:
    async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await trio.lowlevel.checkpoint()
        raise RuntimeError("oh")

    with Quiet() as quiet:
        async with doorstep(fails) as step:
            said = await step.ask("GET /x?token=secret")
            assert (said.status, said.code) == (500, "E_INTERNAL")
            assert "oh" not in said.body.decode()
    assert "RuntimeError: oh" in "".join(quiet.lines)
    assert "secret" not in "".join(quiet.lines)


async def test_a_failure_in_the_middle_of_an_answer_cuts_it_off() -> None:
    async def fails(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("oh")

    with Quiet() as quiet:
        async with doorstep(fails) as step:
            caller = await step.call()
            with pytest.raises(EOFError):
                await caller.ask("GET /")
    assert quiet.lines


@pytest.mark.parametrize("pieces", [[], [{"type": "http.response.start", "status": 200, "headers": []}]])
async def test_an_application_that_does_not_answer_is_answered_for(pieces: list[dict[str, object]]) -> None:
    async def silent(_scope: Scope, _receive: Receive, send: Send) -> None:
        for piece in pieces:
            await send(piece)

    with Quiet() as quiet:
        async with doorstep(silent) as step:
            assert (await step.ask("GET /")).code == "E_INTERNAL"
    assert "was not answered to the end" in "".join(quiet.lines)


async def test_a_smaller_limit_is_a_matter_of_settings() -> None:
    async with doorstep(settings=HttpSettings(port=0, head_bytes_max=300, body_bytes_max=3)) as step:
        assert (await step.ask("POST /", body=b"abc")).status == 200
        assert (await step.ask("POST /", body=b"abcd")).status == 413
        assert (await step.ask("GET /", "X: " + "x" * 300)).status == 431
