"""A quota sale in a whole engine: announced from its notice, held over HTTP and sockets, suspended by a restart, closed, published."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
import trio

from engine.app import Engine, Serving
from engine.config import Config
from engine.domain.parties import Principal
from engine.domain.quota.state import QuotaSale
from engine.notice import read_any
from engine.room.folder import DataFolder
from engine.wire.codec import dumps
from tests.clients.exports import Journal

SALE = "quota-1"
NOTICE = """
[sale]
id = "quota-1"
kind = "quota"
title_zh = "额度竞价"
title_en = "Plate quota"

[rules]
pack = "shanghai"
quota = 2
first_max_yuan = 90000
resume_least_s = 1

[[rules.rounds]]
name = "first"
span_s = 4

[[rules.rounds]]
name = "revision"
span_s = 2
first_offers = false
revisions = 2
reach_yuan = 300

[[bidders]]
first = 1
last = 100000
"""


@dataclass
class House:
    engine: Engine
    http: httpx2.AsyncClient

    async def ask(self, by: str, kind: str, command_id: str, **fields: Any) -> Any:
        """A command over HTTP, and its answer."""
        token = self.engine.token(Principal(by), SALE, 600)
        body = dumps({"type": kind, "id": command_id, **fields})
        answer = await self.http.post(
            f"/api/sales/{SALE}/commands", content=body, headers={"authorization": f"Bearer {token}"}
        )
        return answer.json()

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        answer.raise_for_status()
        return answer.json() if answer.headers["content-type"] == "application/json" else answer.text

    async def until(self, phase: str, number: int = 0) -> None:
        """Wait until the sale is in a phase, and in a round at least."""
        while True:
            state = self.engine.state(SALE)
            assert isinstance(state, QuotaSale)
            if state.phase == phase and state.round >= number:
                return
            await trio.sleep(0.02)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    (folder / "sale.toml").write_text(NOTICE, encoding="utf-8")
    config = replace(Config(), http=replace(Config().http, port=0))
    engine = await Engine.open(DataFolder(folder / "data"), [read_any(folder / "sale.toml")], config)
    async with trio.open_nursery() as nursery:
        serving: Serving = await nursery.start(engine.run)
        async with httpx2.AsyncClient(base_url=serving.url) as http:
            yield House(engine, http)
        engine.stop()


async def test_a_quota_sale_is_held_interrupted_and_published(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with house(tmp_path) as one:
            assert (await one.get("/api/sales"))[0]["kind"] == "quota"
            assert "accepted" in (await one.ask("auctioneer:1", "open_sale", "open"))["outcome"]
            first = await one.ask("bidder:1", "offer", "o1", amount_fen=86_000_00)
            assert first["outcome"]["accepted"][0]["type"] == "OfferMade"
            for paddle in (2, 3, 77_777):
                await one.ask(f"bidder:{paddle}", "offer", "o1", amount_fen=86_100_00)
            assert (await one.ask("bidder:4", "bid", "b", lot=1, amount_fen=1))["outcome"]["refused"][
                "code"
            ] == "E_OTHER_KIND"
            before = one.engine.state_digest(SALE)
        async with house(tmp_path) as one:
            state = one.engine.state(SALE)
            assert (state.phase, state.suspension is not None and state.suspension.cause) == ("suspended", "restart")
            assert one.engine.state_digest(SALE) != before  # It rests; nothing else is other than it was.
            assert (await one.ask("bidder:1", "offer", "o1", amount_fen=86_000_00))["answer"] == first
            assert "accepted" in (await one.ask("auctioneer:1", "resume", "go-on"))["outcome"]
            await one.until("open", 2)
            change = await one.ask("bidder:1", "offer", "o2", amount_fen=86_500_00)
            assert change["outcome"]["refused"]["detail"] == {"least_fen": 85_800_00, "most_fen": 86_400_00}
            assert "accepted" in (await one.ask("bidder:1", "offer", "o3", amount_fen=86_400_00))["outcome"]
            await one.until("closed")
            await published(one)
        assert Journal.read(tmp_path / "data", SALE).state.phase == "closed"


async def published(one: House) -> None:
    result = await one.get(f"/api/sales/{SALE}/result")
    [line] = result["classes"]
    assert (line["winners"], line["offers"], line["lowest_fen"]) == (2, 4, 86_100_00)
    [month] = (await one.get("/api/quota"))["sales"]
    assert (month["sale"], month["share"], month["average_fen"]) == (SALE, "50.0%", 86_250_00)
    assert "86100.00" in await one.get(f"/api/sales/{SALE}/result.csv?lang=en")
    assert SALE in await one.get("/api/quota.csv")
    assert (await one.http.get(f"/api/sales/{SALE}/figures")).status_code == 404
    assert (await one.get("/api/figures"))["sales"] == []
    lines = (await one.get(f"/api/sales/{SALE}/export.jsonl")).splitlines()
    told = [event for line in lines for event in orjson.loads(line).get("events", ()) if event["type"] == "OfferMade"]
    assert [(event["paddle"], event["amount_fen"]) for event in told][-1] == (1, 86_400_00)
    papers = (await one.get(f"/api/sales/{SALE}/papers"))["papers"]
    assert [(paper["name"], paper["ready"]) for paper in papers] == [("result", True), ("integrity", True)]
    past = await one.get(f"/api/sales/{SALE}/picture?at=5")
    assert past["parts"]["running/personal"]["offers"] == 2
    assert (await one.get(f"/api/sales/{SALE}/picture"))["parts"]["result/personal"] == {
        **line,
        "class": "personal",
    }
