"""Bad input at the one port: what the rows of the list say is what comes back, and nothing else happens."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
import trio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.domain.parties import Principal
from tests.engine.house import act, open_first_lot, running_house
from tests.gateway.saleroom import SALE


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forged(token: str) -> dict[str, str]:
    """Tokens that must not let anyone in, made from one that does."""
    head, body, signature = token.split(".")
    header = orjson.loads(base64.urlsafe_b64decode(head + "=="))
    claims = orjson.loads(base64.urlsafe_b64decode(body + "=="))
    other = Ed25519PrivateKey.generate()

    def signed(header: dict[str, object], claims: dict[str, object]) -> str:
        text = f"{part(header)}.{part(claims)}"
        return f"{text}.{base64.urlsafe_b64encode(other.sign(text.encode())).decode().rstrip('=')}"

    none = f"{part({**header, 'alg': 'none'})}.{body}."
    hs256 = f"{part({**header, 'alg': 'HS256'})}.{body}"
    mac = hmac.digest(other.public_key().public_bytes_raw(), hs256.encode(), hashlib.sha256)
    return {
        "nonsense": "nonsense",
        "no signature": f"{head}.{body}.",
        "alg none": none,
        "HS256 with a public key": f"{hs256}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}",
        "signed by another": signed(header, claims),
        "crit": signed({**header, "crit": ["exp"]}, claims),
        "other paddle": f"{head}.{part({**claims, 'sub': 'bidder:3'})}.{signature}",
    }


async def test_no_forged_token_gets_a_ticket_and_all_are_told_the_same(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        good = house.token("bidder:1")
        assert (await house.post_ticket(good)).status_code == 200
        answers = set()
        for token in forged(good).values():
            answer = await house.post_ticket(token)
            assert answer.status_code == 401
            answers.add(answer.text)
        assert len(answers) == 1
        assert "E_AUTH_INVALID" in answers.pop()


async def test_a_token_of_another_sale_or_out_of_time_gets_no_ticket(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        elsewhere = house.engine.token(Principal("bidder:1"), "another-sale", 600)
        assert (await house.post_ticket(elsewhere)).status_code == 401


async def test_a_token_on_the_socket_is_not_let_in_with_4401(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house, house.socket() as browser:
        await browser.send({"type": "hello", "protocol": 1, "ticket": house.token("bidder:1")})
        assert (await browser.until("refused"))["code"] == "E_AUTH_INVALID"
        assert await browser.end() == 4401


async def test_a_used_ticket_closes_with_4409(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        ticket = await house.ticket("bidder:1")
        async with house.socket() as first:
            await first.send({"type": "hello", "protocol": 1, "ticket": ticket})
            await first.until("welcome")
        async with house.socket() as second:
            await second.send({"type": "hello", "protocol": 1, "ticket": ticket})
            assert (await second.until("refused"))["code"] == "E_TICKET_USED"
            assert await second.end() == 4409


async def test_the_fourth_socket_of_a_bidder_closes_with_4409(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        async with (
            house.viewer("bidder:1"),
            house.viewer("bidder:1"),
            house.viewer("bidder:1"),
            house.socket() as fourth,
        ):
            await fourth.send({"type": "hello", "protocol": 1, "ticket": await house.ticket("bidder:1")})
            assert (await fourth.until("refused"))["code"] == "E_TOO_MANY_SESSIONS"
            assert await fourth.end() == 4409
        with trio.fail_after(5):
            async with house.viewer("bidder:1"):
                pass


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_origin_is_denied_before_the_upgrade(tmp_path: Path, origin: str) -> None:
    async with running_house(tmp_path) as house:
        with pytest.raises(ConnectionRefusedError, match="403"):
            async with house.socket(origin=origin):
                pass
        async with house.socket(origin=house.url) as own:
            await own.send({"type": "hello", "protocol": 1})
            await own.until("welcome")


async def test_a_sale_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        with pytest.raises(ConnectionRefusedError, match="404"):
            async with house.socket(sale="no-such-sale"):
                pass
        answer = await house.http.get("/sales/no-such-sale/hall")
        assert answer.status_code == 404
        assert answer.json()["code"] == "E_NOT_FOUND"


async def test_the_21st_command_at_once_is_refused_and_is_no_bid(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        async with house.viewer("bidder:1") as bidder:
            for turn in range(25):
                await bidder.send({"type": "bid", "id": f"b{turn}", "lot": 1, "amount_fen": 100})
            limited = await bidder.until("refused")
            assert limited["code"] == "E_RATE_LIMITED"
            assert limited["retry"] == "after_ms"
            assert 0 < limited["detail"]["after_ms"] <= 1000
            await trio.sleep(limited["detail"]["after_ms"] / 1000)
            await bidder.send({"type": "outcome", "id": limited["id"]})
            assert (await bidder.until("unknown"))["code"] == "E_NEVER_SEEN"


REFUSED_BIDS = [
    ({"amount_fen": 999_999}, "bidder:1", "E_BID_TOO_LOW"),
    ({"amount_fen": 1_000_001}, "bidder:1", "E_BID_TOO_LOW"),
    ({"lot": 2}, "bidder:1", "E_LOT_NOT_OPEN"),
    ({"lot": 99}, "bidder:1", "E_LOT_UNKNOWN"),
    ({}, "bidder:77", "E_NOT_ELIGIBLE"),
    ({}, "bidder:2", "E_NOT_ELIGIBLE"),
]


@pytest.mark.parametrize(("change", "who", "code"), REFUSED_BIDS)
async def test_a_bid_the_rules_refuse_is_on_the_record_with_its_code(
    tmp_path: Path, change: dict[str, int], who: str, code: str
) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        async with house.viewer(who) as bidder:
            answer = await act(bidder, **{"type": "bid", "id": "b", "lot": 1, "amount_fen": 1_000_000, **change})
            refused = answer["outcome"]["refused"]
            assert refused["code"] == code
            page = await house.get(f"/api/sales/{SALE}/record?after={answer['seq'] - 1}")
            assert page["records"][0]["refused"] == {"code": code}


async def test_a_bid_before_the_sale_opens_or_while_it_rests_says_when_to_ask_again(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house, house.viewer("bidder:1") as bidder:
        early = await act(bidder, type="bid", id="early", lot=1, amount_fen=1_000_000)
        assert early["outcome"]["refused"]["code"] == "E_AUCTION_NOT_OPEN"
        assert early["outcome"]["refused"]["detail"]["after_ms"] > 0
        await open_first_lot(house)
        async with house.viewer("auctioneer:1") as rostrum:
            await act(rostrum, type="suspend", id="rest", reason="停电")
            paused = await act(bidder, type="bid", id="paused", lot=1, amount_fen=1_000_000)
            assert paused["outcome"]["refused"]["code"] == "E_AUCTION_PAUSED"
            await act(rostrum, type="resume", id="on")
        again = await act(bidder, type="bid", id="again", lot=1, amount_fen=1_000_000)
        assert again["outcome"]["accepted"]


async def test_the_leader_need_not_bid_again_and_a_bid_binds(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        async with house.viewer("bidder:1") as bidder:
            await act(bidder, type="bid", id="b1", lot=1, amount_fen=1_000_000)
            again = await act(bidder, type="bid", id="b2", lot=1, amount_fen=1_050_000)
            assert again["outcome"]["refused"]["code"] == "E_ALREADY_LEADING"
            back = await act(bidder, type="withdraw_bid", id="b3", lot=1)
            assert back["outcome"]["refused"]["code"] == "E_BID_BINDING"
            assert "第三十六条" in back["outcome"]["refused"]["zh"]


OFFICERS_ACTS: list[dict[str, Any]] = [
    {"type": "open_sale"},
    {"type": "admit", "paddle": 99, "channel": "online", "deposits": 9},
    {"type": "hall_bid", "lot": 1, "paddle": 2, "amount_fen": 1_000_000},
    {"type": "hammer", "lot": 1, "price_fen": 1_000_000},
]


@pytest.mark.parametrize("frame", OFFICERS_ACTS)
async def test_officers_acts_are_not_for_bidders(tmp_path: Path, frame: dict[str, Any]) -> None:
    async with running_house(tmp_path) as house, house.viewer("bidder:1") as bidder:
        answer = await act(bidder, **frame, id="x")
        assert answer["outcome"]["refused"]["code"] == "E_NOT_AUTHORISED"
