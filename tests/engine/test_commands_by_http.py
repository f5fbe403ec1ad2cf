"""A whole engine, asked over HTTP: the same commands, the same answers, the same limits as on a socket."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson
import pytest
import trio

from clients.verify import verify_receipt
from engine.config import Config
from engine.wire.codec import dumps
from engine.wire.refusals import Fault
from tests.engine.house import RunningHouse, act, open_first_lot, running_house
from tests.gateway.saleroom import SALE

AT = f"/api/sales/{SALE}"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[RunningHouse]:
    async with running_house(tmp_path) as house:
        yield house


def bid(command_id: str, amount_fen: int, lot: int = 1) -> dict[str, Any]:
    return {"type": "bid", "id": command_id, "lot": lot, "amount_fen": amount_fen}


async def post(house: RunningHouse, who: str, frame: dict[str, Any] | bytes) -> httpx2.Response:
    body = frame if isinstance(frame, bytes) else dumps(frame)
    return await house.http.post(
        f"{AT}/commands", content=body, headers={"authorization": f"Bearer {house.token(who)}"}
    )


async def became(house: RunningHouse, who: str, command_id: str) -> httpx2.Response:
    return await house.http.get(f"{AT}/commands/{command_id}", headers={"authorization": f"Bearer {house.token(who)}"})


async def test_a_sale_can_be_held_over_http_alone(house: RunningHouse) -> None:
    script: list[tuple[str, dict[str, Any]]] = [
        ("auctioneer:1", {"type": "open_sale", "id": "1"}),
        ("auctioneer:1", {"type": "open_lot", "id": "2", "lot": 1}),
        ("clerk:1", {"type": "hall_bid", "id": "3", "lot": 1, "paddle": 2, "amount_fen": 1_000_000}),
        ("bidder:1", bid("4", 1_050_000)),
        *(
            ("auctioneer:1", {"type": "call", "id": f"c{call}", "lot": 1, "call": call, "price_fen": 1_050_000})
            for call in (1, 2, 3)
        ),
        ("auctioneer:1", {"type": "hammer", "id": "5", "lot": 1, "price_fen": 1_050_000}),
    ]
    for who, frame in script:
        answer = await post(house, who, frame)
        assert answer.status_code == 200, answer.text
        verify_receipt(answer.json()["receipt"], None)
    picture = (await house.http.get(f"{AT}/picture")).json()
    assert picture["parts"]["lot/1"]["who"] == {"paddle": 1}


async def test_the_hall_sees_a_bid_that_came_over_http(house: RunningHouse) -> None:
    await open_first_lot(house)
    async with house.viewer() as hall:
        answer = (await post(house, "bidder:1", bid("b1", 1_000_000))).json()
        shown = await hall.until("record", seq=answer["seq"])
    assert shown["parts"]["block"]["leader"] == {"paddle": 1}


async def test_the_first_answer_is_the_same_bytes_over_http_and_over_a_socket(house: RunningHouse) -> None:
    await open_first_lot(house)
    async with house.viewer("bidder:1") as socket:
        by_http = (await post(house, "bidder:1", bid("h", 1_000_000))).content
        await socket.send(bid("h", 1_000_000))
        assert by_http in await socket.until_text("duplicate")
        await socket.send(bid("s", 900_000))
        by_socket = await socket.until_text("answer")
    again = await post(house, "bidder:1", bid("s", 900_000))
    assert by_socket in again.content
    assert (again.status_code, again.json()["code"]) == (422, "OK_DUPLICATE")
    asked = await became(house, "bidder:1", "s")
    assert (asked.status_code, asked.content) == (200, again.content)


async def test_what_the_rules_refuse_is_an_answer_with_a_receipt(house: RunningHouse) -> None:
    await open_first_lot(house)
    answer = await post(house, "bidder:1", bid("low", 900_000))
    said = answer.json()
    assert (answer.status_code, said["type"], said["outcome"]["refused"]["code"]) == (422, "answer", "E_BID_TOO_LOW")
    verify_receipt(said["receipt"], None)


async def test_an_id_used_for_something_else_is_a_conflict(house: RunningHouse) -> None:
    await open_first_lot(house)
    await post(house, "bidder:1", bid("b1", 1_000_000))
    answer = await post(house, "bidder:1", bid("b1", 1_100_000))
    assert (answer.status_code, answer.json()["code"]) == (409, Fault.IDEMPOTENCY_CONFLICT)


async def test_what_became_of_an_id_is_told_to_who_asked_under_it_alone(house: RunningHouse) -> None:
    await open_first_lot(house)
    answer = await post(house, "bidder:1", bid("b1", 1_000_000))
    assert (await became(house, "bidder:1", "b1")).json()["answer"] == answer.json()
    for who, command_id in [("bidder:3", "b1"), ("bidder:1", "b2")]:
        never = await became(house, who, command_id)
        assert (never.status_code, never.json()["code"]) == (404, Fault.NEVER_SEEN)
    by_frame = await post(house, "bidder:1", {"type": "outcome", "id": "b1"})
    assert (by_frame.status_code, by_frame.json()["answer"]) == (200, answer.json())


@pytest.mark.parametrize("token", [None, "Bearer nonsense", "Basic eDp5"])
async def test_who_shows_no_good_token_is_not_let_in(house: RunningHouse, token: str | None) -> None:
    headers = {} if token is None else {"authorization": token}
    for answer in (
        await house.http.post(f"{AT}/commands", content=dumps(bid("b1", 1_000_000)), headers=headers),
        await house.http.get(f"{AT}/commands/b1", headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, Fault.AUTH_INVALID)
    assert "luochui_tokens_refused_total 2.0" in (await house.http.get("/metrics")).text


async def test_a_bad_token_shows_no_picture_rather_than_the_public_one(house: RunningHouse) -> None:
    answer = await house.http.get(f"{AT}/picture", headers={"authorization": "Bearer nonsense"})
    assert answer.status_code == 401


async def test_there_is_no_desk_for_a_sale_that_is_not_there(house: RunningHouse) -> None:
    headers = {"authorization": f"Bearer {house.token('bidder:1')}"}
    assert (await house.http.get("/api/sales/other/picture")).status_code == 404
    assert (await house.http.post("/api/sales/other/commands", content=b"{}", headers=headers)).status_code == 404


async def test_a_body_that_is_too_long_is_not_read(house: RunningHouse) -> None:
    answer = await post(house, "bidder:1", b"x" * 5000)
    assert (answer.status_code, answer.json()["code"]) == (413, Fault.HTTP_BODY_TOO_BIG)


async def test_sockets_and_http_share_one_limit(tmp_path: Path) -> None:
    config = Config()
    config = replace(config, limits=replace(config.limits, commands_burst=2, commands_per_s=0.001))
    async with running_house(tmp_path, config=config) as house, house.viewer("bidder:1") as socket:
        await act(socket, **bid("b1", 1_000_000))
        assert (await post(house, "bidder:1", bid("b2", 1_000_000))).status_code == 422
        too_often = await post(house, "bidder:1", bid("b3", 1_000_000))
        assert (too_often.status_code, too_often.json()["code"]) == (429, Fault.RATE_LIMITED)
        await socket.send(bid("b4", 1_000_000))
        assert (await socket.until("refused"))["code"] == Fault.RATE_LIMITED
        assert (await post(house, "bidder:3", bid("b1", 1_000_000))).status_code == 422


async def test_a_command_counts_from_the_last_byte_of_its_body(house: RunningHouse) -> None:
    await open_first_lot(house)
    body = dumps(bid("slow", 1_000_000))
    async with house.viewer() as clock, await dial(house) as stream:
        await stream.send_all(head(house, len(body)) + body[:-1])
        await clock.send({"type": "time", "t0": 1})
        before_us = (await clock.until("time"))["t1_us"]
        await stream.send_all(body[-1:])
        answer = b""
        while b'"type":"answer"}' not in answer:
            answer += bytes(await stream.receive_some())
    said = orjson.loads(answer.partition(b"\r\n\r\n")[2])
    assert orjson.loads(said["receipt"]["header"])["arrived_at"] // 1000 >= before_us


async def test_who_leaves_after_the_last_byte_has_bid_all_the_same(house: RunningHouse) -> None:
    await open_first_lot(house)
    body = dumps(bid("gone", 1_000_000))
    async with house.viewer() as hall:
        async with await dial(house) as stream:
            await stream.send_all(head(house, len(body)) + body)
        with trio.fail_after(5):
            while "BidPlaced" not in {event["type"] for event in (await hall.until("record"))["events"]}:
                pass
    assert (await became(house, "bidder:1", "gone")).status_code == 200


async def test_who_leaves_in_the_middle_has_not_bid(house: RunningHouse) -> None:
    await open_first_lot(house)
    body = dumps(bid("half", 1_000_000))
    async with await dial(house) as stream:
        await stream.send_all(head(house, len(body)) + body[:-1])
    assert (await became(house, "bidder:1", "half")).json()["code"] == Fault.NEVER_SEEN


async def test_a_picture_over_http_is_the_one_on_the_socket(house: RunningHouse) -> None:
    await open_first_lot(house)
    for who in (None, "bidder:1", "auctioneer:1"):
        headers = {} if who is None else {"authorization": f"Bearer {house.token(who)}"}
        by_http = (await house.http.get(f"{AT}/picture", headers=headers)).json()
        async with house.viewer(who) as viewer:
            by_socket = await viewer.until("picture")
            own = (await viewer.until("mine"))["part"] if who == "bidder:1" else None
        assert by_socket == {"type": "picture", **{name: by_http[name] for name in ("epoch", "seq", "head", "parts")}}
        assert by_http.get("mine") == own
        assert ("paddle/1" in by_http["parts"]) == (who == "auctioneer:1")


async def dial(house: RunningHouse) -> trio.SocketStream:
    parts = urlsplit(house.url)
    return await trio.open_tcp_stream(str(parts.hostname), int(parts.port or 0))


def head(house: RunningHouse, length: int) -> bytes:
    lines = [
        f"POST {AT}/commands HTTP/1.1",
        f"Host: {urlsplit(house.url).netloc}",
        f"Authorization: Bearer {house.token('bidder:1')}",
        f"Content-Length: {length}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()
