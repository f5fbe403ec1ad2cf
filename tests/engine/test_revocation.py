"""A token taken back while the house serves: nobody restarts anything, and what was acknowledged stands."""

from pathlib import Path

import trio

from engine.domain.parties import Principal
from engine.gateway.tokens import token_id
from engine.passes import revoke_bearer, revoke_token
from tests.engine.house import act, open_first_lot, running_house
from tests.gateway.saleroom import SALE

PATIENCE_S = 5
"""Within this a socket of a revoked token is closed; see PROTOCOL.md."""


async def test_who_is_shut_out_is_gone_within_5_s_and_his_bid_stands(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        async with house.viewer("bidder:1") as lost, house.viewer("bidder:3") as other:
            answer = await act(lost, type="bid", id="b1", lot=1, amount_fen=1_000_000)
            assert answer["outcome"]["accepted"]
            token, ticket = house.token("bidder:1"), await house.ticket("bidder:1")
            revoke_bearer(tmp_path, SALE, Principal("bidder:1"))
            with trio.fail_after(PATIENCE_S):
                assert (await lost.until("refused"))["code"] == "E_AUTH_INVALID"
                assert await lost.end() == 4401
            assert (await house.post_ticket(token)).status_code == 401
            bearer = {"authorization": f"Bearer {token}"}
            for method, path in (("POST", "commands"), ("GET", "commands/b1"), ("GET", "picture"), ("GET", "papers")):
                refused = await house.http.request(method, f"/api/sales/{SALE}/{path}", headers=bearer)
                assert (refused.status_code, refused.json()["code"]) == (401, "E_AUTH_INVALID")
            async with house.socket() as late:
                await late.send({"type": "hello", "protocol": 1, "ticket": ticket})
                assert await late.end() == 4401
            higher = await act(other, type="bid", id="b1", lot=1, amount_fen=1_050_000)
            assert higher["outcome"]["accepted"]
        page = await house.get(f"/api/sales/{SALE}/record?after={answer['seq'] - 1}")
        assert [event["type"] for event in page["records"][0]["events"]] == ["BidPlaced"]
        async with house.viewer("bidder:1") as again:  # By a token made afterwards.
            found = await _became(again, "b1")
            assert found["seq"] == answer["seq"]


async def test_one_lost_token_is_taken_back_and_the_other_of_the_same_bidder_is_not(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        lost, kept = house.token("bidder:1"), house.token("bidder:1")
        revoke_token(tmp_path, token_id(lost))
        with trio.fail_after(PATIENCE_S):
            while (await house.post_ticket(lost)).status_code != 401:  # noqa: ASYNC110 - the house tells nobody
                await trio.sleep(0.05)
        assert (await house.post_ticket(kept)).status_code == 200


async def test_a_restarted_house_still_knows(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        token = house.token("bidder:1")
    revoke_token(tmp_path, token_id(token))
    async with running_house(tmp_path) as house:
        assert (await house.post_ticket(token)).status_code == 401


async def _became(browser: object, command_id: str) -> dict[str, int]:
    await browser.send({"type": "outcome", "id": command_id})  # type: ignore[attr-defined]
    found: dict[str, dict[str, int]] = await browser.until("duplicate")  # type: ignore[attr-defined]
    return found["answer"]
