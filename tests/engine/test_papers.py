"""Papers of a house at work, over HTTP."""

from pathlib import Path

import httpx2

from engine import evidence
from engine.domain import canonical
from engine.domain.rulesheet import IncrementBand, PaddleDisplay, RuleSheet
from engine.domain.units import Fen
from engine.papers.folder import write_papers
from engine.papers.press import Press
from tests.engine.house import RunningHouse, act, open_first_lot, running_house
from tests.gateway.saleroom import SALE

MASKED = RuleSheet(increments=(IncrementBand(from_price=Fen(0), step=Fen(50_000)),), paddles=PaddleDisplay.MASKED)


async def paper(house: RunningHouse, name: str, principal: str | None = None) -> httpx2.Response:
    headers = {} if principal is None else {"authorization": f"Bearer {house.token(principal)}"}
    return await house.http.get(f"/api/sales/{SALE}/papers/{name}", headers=headers)


async def sell_first_lot(house: RunningHouse) -> None:
    """To paddle 7, for 10,000 yuan."""
    await open_first_lot(house)
    async with house.viewer("bidder:7") as bidder:
        await act(bidder, type="bid", id="bid-1", lot=1, amount_fen=1_000_000)
    async with house.viewer("auctioneer:1") as rostrum:
        for call in (1, 2, 3):
            await act(rostrum, type="call", id=f"call-{call}", lot=1, call=call, price_fen=1_000_000)
        await act(rostrum, type="hammer", id="hammer-1", lot=1, price_fen=1_000_000)


async def test_a_buyer_signs_in_the_hall_and_the_public_reads_when_the_sale_is_over(tmp_path: Path) -> None:
    async with running_house(tmp_path, rules=MASKED, lots=1) as house:
        await sell_first_lot(house)
        confirmation = (await paper(house, "confirmation-1.json", "clerk:1")).json()
        assert confirmation["confirmations"][0]["who"] == {"paddle": 7}
        assert (await paper(house, "confirmation-1.json", "bidder:7")).status_code == 401
        assert (await paper(house, "announcement.json")).json()["code"] == "E_PAPER_NOT_YET"

        async with house.viewer("auctioneer:1") as rostrum:
            await act(rostrum, type="close_sale", id="close")
        announcement = (await paper(house, "announcement.json")).json()
        assert announcement["sold"][0]["who"] == {"alias": 1}
        integrity = (await paper(house, "integrity.json")).json()
        assert integrity["digest"] == canonical.digest(integrity["report"])
        assert (await house.get(f"/api/sales/{SALE}/papers"))["report"] == integrity["digest"]
        assert (await paper(house, "integrity.pdf")).content.startswith(b"%PDF")
        assert (await paper(house, "confirmation-1.json", "clerk:1")).json() == confirmation


async def test_the_house_hands_out_the_bytes_that_the_command_writes(tmp_path: Path) -> None:
    async with running_house(tmp_path / "data", lots=1) as house:
        await sell_first_lot(house)
        async with house.viewer("auctioneer:1") as rostrum:
            await act(rostrum, type="close_sale", id="close")
        served = {
            name: (await paper(house, name, "clerk:1")).content for name in ("record.json", "record.pdf", "bids.csv")
        }
    book = evidence.book_of(tmp_path / "data")
    only = ("record", "bids")
    files = write_papers(book, tmp_path / "out", lang="zh-CN", base_url=None, only=only, press=Press())
    written = {path.name: path.read_bytes() for path in files if path.parent.name == "officers"}
    assert written == served
