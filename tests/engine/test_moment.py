"""Moments of a sale on record: found by number or by instant, and rebuilt as they were seen."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine import evidence
from engine.domain.rulesheet import IncrementBand, PaddleDisplay, RuleSheet
from engine.domain.units import Fen, Nanoseconds
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.moment import NoSuchMoment, Until, read_until, written
from engine.papers.folder import write_papers
from engine.papers.press import Press
from engine.room.folder import DataFolder
from tests.engine.house import act, running_house
from tests.engine.test_papers import paper, sell_first_lot
from tests.gateway.saleroom import SALE

MASKED = RuleSheet(
    increments=(IncrementBand(from_price=Fen(0), step=Fen(50_000)),), paddles=PaddleDisplay.MASKED_UNTIL_CLOSED
)


def plain(seen: dict[str, Any]) -> Any:
    """As a program reads it."""
    return json.loads(json.dumps(seen))


def records(folder: Path) -> list[Record]:
    journal = SqliteJournal.open_to_read(DataFolder(folder).journal(SALE))
    try:
        return [record for _, each in journal.history() for record in each]
    finally:
        journal.close()


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("7", Until(seq=7)),
        ("1795744805123456789", Until(at=Nanoseconds(1_795_744_805_123_456_789))),
        ("2026-11-27T10:00:05.123+08:00", Until(at=Nanoseconds(1_795_744_805_123_000_000))),
        ("2026-11-27 10:00:05.123", Until(at=Nanoseconds(1_795_744_805_123_000_000))),
        ("2026-11-27T02:00:05.000000001Z", Until(at=Nanoseconds(1_795_744_805_000_000_001))),
        ("10:00:05.5", Until(of_day=Nanoseconds(36_005_500_000_000))),
        ("10:00", Until(of_day=Nanoseconds(36_000_000_000_000))),
    ],
)
def test_a_moment_is_named_by_a_number_an_instant_or_a_time_of_day(text: str, until: Until) -> None:
    assert read_until(text) == until


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "１２", "24:00:00", "10:60", "2026-13-01T10:00:00", "yesterday", "1e3"]
)
def test_what_is_no_moment_is_refused_with_examples(text: str) -> None:
    with pytest.raises(NoSuchMoment, match="10:00:05"):
        read_until(text)


async def test_every_record_is_found_by_its_number_its_instant_and_its_time_of_day(tmp_path: Path) -> None:
    async with running_house(tmp_path, lots=1) as house:
        await sell_first_lot(house)
    kept = records(tmp_path)
    for record in kept[-3:]:
        found = evidence.standing(tmp_path, until=read_until(str(record.seq)))
        assert found.findings().head == record.digest.hex()
        at = record.recorded_at
        for name in (str(at), written(at), written(at)[11:29]):
            assert evidence.standing(tmp_path, until=read_until(name)).memory.seq == record.seq
        assert evidence.standing(tmp_path, until=Until(at=Nanoseconds(at - 1))).memory.seq == record.seq - 1
    with pytest.raises(NoSuchMoment, match=f"ends with record {len(kept)}"):
        evidence.standing(tmp_path, until=Until(seq=len(kept) + 1))
    with pytest.raises(NoSuchMoment, match="the first record was made"):
        evidence.standing(tmp_path, until=Until(at=Nanoseconds(kept[0].recorded_at - 1)))


async def test_each_audience_is_shown_as_it_saw_the_sale_then(tmp_path: Path) -> None:
    shown: dict[int, Any] = {}
    own: dict[int, Any] = {}
    async with running_house(tmp_path, rules=MASKED, lots=1) as house:
        await sell_first_lot(house)
        shown_then = await house.get(f"/api/sales/{SALE}/picture")
        shown[shown_then["seq"]] = shown_then
        headers = {"authorization": f"Bearer {house.token('bidder:7')}"}
        own[shown_then["seq"]] = (await house.http.get(f"/api/sales/{SALE}/picture", headers=headers)).json()
        async with house.viewer("auctioneer:1") as rostrum:
            await act(rostrum, type="close_sale", id="close")
        [(seq, then)] = shown.items()
        served = await house.get(f"/api/sales/{SALE}/picture?at={seq}")
        assert {name: served[name] for name in then} == then
        assert await house.get(f"/api/sales/{SALE}/picture?at_us={served['at_us']}") == served
    stood = evidence.standing(tmp_path, until=Until(seq=seq))
    seen = plain(stood.seen_by("public"))
    assert {name: seen[name] for name in then} == then
    assert seen["parts"]["block"]["leader"] == {"alias": 1}, "masked then, masked in what is shown of it now"
    mine = plain(stood.seen_by("bidder:7"))
    assert {name: mine[name] for name in own[seq]} == own[seq]
    assert stood.seen_by("officers")["parts"]["block"]["leader"] == {"paddle": 7}
    for nobody in ("everybody", "bidder:", "bidder:99"):
        with pytest.raises(NoSuchMoment):
            stood.seen_by(nobody)


async def test_papers_of_the_day_are_made_again_from_the_journal_byte_for_byte(tmp_path: Path) -> None:
    made_then: dict[int, dict[str, bytes]] = {}
    names = ("record.json", "record.pdf", "announcement.json", "integrity.json", "bids.csv", "lots.csv")
    async with running_house(tmp_path / "data", lots=1) as house:
        await sell_first_lot(house)
        early = ("confirmation-1.json", "confirmation-1.pdf", "lots.csv")
        await _make(house, early, made_then)
        async with house.viewer("auctioneer:1") as rostrum:
            await act(rostrum, type="close_sale", id="close")
        await _make(house, names, made_then)
        report = (await house.get(f"/api/sales/{SALE}/papers"))["report"]
        async with house.viewer("auctioneer:1") as auctioneer, house.viewer("supervisor:1") as supervisor:
            await act(auctioneer, type="sign_result", id="sign-1", report=report)
            await act(supervisor, type="sign_result", id="sign-2", report=report)
        async with house.viewer("bidder:7") as bidder:
            await act(bidder, type="bid", id="too-late", lot=1, amount_fen=9_000_000)
        await _make(house, names, made_then)
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    for seq, files in made_then.items():
        book = evidence.book_of(tmp_path / "elsewhere", until=Until(seq=seq))
        only = {name.split(".")[0] for name in files}
        written_now = write_papers(
            book, tmp_path / f"as-of-{seq}", lang="zh-CN", base_url=None, only=only, press=Press()
        )
        again = {
            path.name: path.read_bytes()
            for path in written_now
            if path.parent.name == "officers" or path.name in {"announcement.json", "integrity.json"}
        }
        assert {name: again[name] for name in files} == files
    assert len(made_then) == 3


async def _make(house: Any, names: tuple[str, ...], made_then: dict[int, dict[str, bytes]]) -> None:
    """Papers as an officer gets them now, under the record they were made after."""
    seq = (await house.get(f"/api/sales/{SALE}"))["seq"]
    made_then[seq] = {}
    for name in names:
        answer = await paper(house, name, "clerk:1")
        assert answer.status_code == 200, (name, answer.text)
        made_then[seq][name] = answer.content
