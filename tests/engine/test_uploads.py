"""A bidder's envelope goes through the store of a whole engine, documents and all, and comes out when the record says so."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
import trio

from engine.backup.restore import restore
from engine.backup.take import take
from engine.domain.opening.stage import Stage
from engine.domain.units import PaddleNo
from engine.evidence import adopt
from engine.room.folder import DataFolder
from engine.sealing.parts import PartName
from tests.articles import article
from tests.domain.opening.house import tender_of
from tests.engine.bringing import UPLOADS, asked, begin, bring
from tests.engine.tender import SALE, TenderHouse, submission, tender_house


def folders(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "sales" / SALE / "submission").iterdir())


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await trio.lowlevel.checkpoint()


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[TenderHouse]:
    with trio.fail_after(60):
        async with tender_house(tmp_path, remedy=True) as one:
            await one.register(305, 4711)
            yield one


async def test_an_envelope_is_brought_submitted_replaced_and_taken_back(one: TenderHouse, tmp_path: Path) -> None:
    first = one.seal(305, 1_150_000)
    receipt = await bring(one, 305, first)
    assert (receipt["opening"], receipt["manifest"]) == (SALE, first.manifest.digest().hex())
    await one.ask("bidder:305", "submit_envelope", **submission(first))
    [before] = folders(tmp_path)
    while (await asked(one, "bidder:305", "GET")).json() != {"uploads": []}:
        await trio.lowlevel.checkpoint()  # The store follows the record in a thread.
    said = await asked(one, "bidder:305", "DELETE", f"/{before.partition('.')[0]}")
    assert said.json()["code"] == "E_UPLOAD_STANDS"
    second = one.seal(305, 1_149_000, version=2)
    await bring(one, 305, second)
    await one.ask("bidder:305", "submit_envelope", **submission(second))
    await until(lambda: len(folders(tmp_path)) == 1)
    assert folders(tmp_path) != [before]
    signature = tender_of().key("305 signing").sign(second.manifest.withdrawal_bytes())
    await one.ask("bidder:305", "withdraw_envelope", section="1", signature=signature.hex())
    await until(lambda: not folders(tmp_path))


async def test_what_lacks_chunks_is_refused_by_the_rules_and_what_is_not_finished_at_the_door(one: TenderHouse) -> None:
    made = one.seal(305, 1_150_000)
    assert await one.refused("bidder:305", "submit_envelope", **submission(made)) == "E_SEAL_INCOMPLETE"
    upload = await begin(one, 305, made)
    assert await one.refused("bidder:305", "submit_envelope", **submission(made)) == "E_SEAL_INCOMPLETE"
    await asked(one, "bidder:305", "PUT", f"/{upload}/sheet/0", made.chunks[PartName.SHEET][0])
    records = one.engine.room(SALE).clerk.memory.seq
    said = await one.said("bidder:305", "submit_envelope", **submission(made))
    assert (said.status_code, said.json()["type"], said.json()["code"]) == (400, "refused", "E_UPLOAD_NOT_FINISHED")
    assert one.engine.room(SALE).clerk.memory.seq == records
    await asked(one, "bidder:305", "POST", f"/{upload}/finish")
    assert await one.refused("bidder:305", "submit_envelope", **submission(made) | {"signature": "3045"}) != ""
    while (
        await asked(one, "bidder:305", "DELETE", f"/{upload}")
    ).status_code != 200:  # What was refused is not kept for it.
        await trio.lowlevel.checkpoint()


@article("34")
async def test_only_bidders_of_the_opening_are_let_to_the_store_and_each_sees_his_own(one: TenderHouse) -> None:
    made = one.seal(305, 1_150_000)
    upload = await begin(one, 305, made)
    theirs = [await asked(one, "bidder:4711", "GET", f"/{each}") for each in (upload, "0" * 32)]
    assert theirs[0].content == theirs[1].content
    assert (await asked(one, "bidder:4711", "GET")).json() == {"uploads": []}
    for by in ("host:1", "supervisor:1", "trustee:1"):
        assert (await asked(one, by, "POST", content=b"{}")).status_code == 401
        assert (await asked(one, by, "GET")).status_code == 401
    assert (await one.http.get(UPLOADS)).status_code == 401
    assert (await one.http.get("/api/sales/none/uploads")).status_code == 404


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "QUERY"])
async def test_another_method_is_told_which_there_are_whether_or_not_something_is_sent(
    one: TenderHouse, method: str
) -> None:
    for path, allowed in (
        ("", "GET, HEAD, POST"),
        ("/x", "DELETE, GET, HEAD"),
        ("/x/finish", "POST"),
        ("/x/y/0", "PUT"),
    ):
        content = b"" if method == "TRACE" else b"{}"
        said = await asked(one, "bidder:305", method, path, content=content)
        assert (said.status_code, said.json()["code"]) == (405, "E_HTTP_METHOD")
        assert said.headers["allow"] == said.json()["detail"]["allowed"] == allowed


async def test_where_nobody_asks_for_certificates_they_are_to_be_shown_all_the_same(one: TenderHouse) -> None:
    headers = {"authorization": f"Bearer {one.token('bidder:305')}"}
    path = f"/api/sales/{SALE}/certificates"
    for body in (b"", b"{}", b'{"manifest":"","signing":"x","encryption":""}', b"[" * 9_000):
        said = await one.http.post(path, content=body, headers=headers)
        assert (said.status_code, said.json()["code"]) == (400, "E_HTTP_MALFORMED")
    said = await one.http.post(path, json={"manifest": "", "signing": "30", "encryption": "30"}, headers=headers)
    assert (said.status_code, said.json()) == (200, {})


async def test_from_the_store_the_sheet_is_read_out_after_a_restart(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path, remedy=True) as one:
            await one.register(305, 4711, 66)
            for number in (305, 4711, 66):
                made = one.seal(number, 1_150_000 + number)
                await bring(one, number, made)
                await one.ask(f"bidder:{number}", "submit_envelope", **submission(made))
            loose = one.seal(305, 1_000_000, version=2)
            await bring(one, 305, loose)
        sealed = one.sealed
        async with tender_house(tmp_path, remedy=True) as one:
            one.asked, one.sealed = 100, sealed
            assert len(folders(tmp_path)) == 4
            await one.until_closed()
            await until(lambda: len(folders(tmp_path)) == 3)
            assert (await asked(one, "bidder:305", "POST", content=b"{}")).json()["code"] == "E_UPLOADS_CLOSED"
            await one.host("start_opening", absent=one.opening.not_signed_in())
            await one.host("publish_list")
            await one.host("open_unsealing")
            one.seal(305, 1_150_305)
            for number in (305, 4711, 66):
                await one.unseal(number)
            await one.host("close_unsealing")
            for trustee in (1, 2):
                await one.answer(trustee)
            await one.until(lambda opening: not opening.outstanding())
            assert one.opening.stage is Stage.COMBINING
            assert all(each.content is not None for each in one.opening.live())


async def test_a_backup_holds_what_was_finished_and_what_stands_opens_from_it(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path / "data") as one:
            await one.register(305)
            made = one.seal(305, 1_150_000)
            await bring(one, 305, made)
            await one.ask("bidder:305", "submit_envelope", **submission(made))
            await begin(one, 305, one.seal(305, 1_000_000, version=2))
            await trio.to_thread.run_sync(partial(take, DataFolder(tmp_path / "data"), tmp_path / "copy", keys=True))
        restored = tmp_path / "restored"
        await trio.to_thread.run_sync(restore, tmp_path / "copy", restored)
        assert len(folders(restored)) == 1
        adopt(restored, SALE, anchors=None, go_on=True)
        async with tender_house(restored) as one:
            held = one.engine.held.openings._envelopes[SALE].get(PaddleNo(305), made.manifest.parts[0].root)
            assert held == made.chunks[PartName.SHEET][0]
