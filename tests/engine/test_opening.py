"""An opening of sealed bids in a whole engine: submitted, closed, unsealed, answered for, read out, signed, all over HTTP."""

from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
import trio

from clients import connect
from clients.sealed_receipt import kept, verify_sealed
from clients.verifier import judge
from clients.verify import ReceiptFault
from engine.backup.restore import restore
from engine.backup.take import take
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Opening
from engine.evidence import adopt
from engine.room.folder import DataFolder
from engine.sealing.parts import PartName
from engine.sealing.suites import INTERNATIONAL
from tests.clients.exports import Journal
from tests.engine.tender import SALE, TenderHouse, submission, tender_house
from tests.gateway.openings import OPENING_FRAMES
from tests.gateway.test_authority import FRAMES, ROLES, listed_of_openings

PRICES = {4711: 1_200_000, 305: 1_150_000, 90210: 1_310_000}


async def opened(one: TenderHouse) -> None:
    """To the end, with one bidder for whom trustees open."""
    await one.register(*PRICES)
    for number, yuan in PRICES.items():
        await one.submit(number, yuan)
        one.later()
    await one.ask("bidder:305", "sign_in")
    await one.until_unsealing()
    await one.unseal(4711)
    await one.unseal(305)
    await one.until_combining()
    await one.host("order_remedy")
    assert [await one.answer(trustee) for trustee in (1, 3)] == [4, 4]
    await one.until(lambda opening: not opening.outstanding())
    await one.host("read_out")
    await one.ask("bidder:305", "confirm_sheet", section="1")
    await one.ask("bidder:305", "object", text="请核对")
    await one.host("answer_objection", no=1, text="已核对")
    await one.host("open_signing")
    for by in ("host:1", "supervisor:1"):
        await one.ask(by, "sign_result", report=one.opening.report)
    await one.host("end_opening")


async def test_an_opening_is_held_over_the_wire_and_published(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path, remedy=True) as one:
            await opened(one)
            about = await one.get(f"/api/sales/{SALE}")
            assert (about["kind"], about["phase"]) == ("opening", "closed")
            assert (await one.get("/api/sales"))[0]["kind"] == "opening"
            parts: dict[str, Any] = (await one.get(f"/api/sales/{SALE}/picture"))["parts"]
            bids = {each["bidder"]: each for each in parts["section/1"]["bidders"]}
            assert {number: bid["sheet"]["price_fen"] for number, bid in bids.items()} == {
                number: yuan * 100 for number, yuan in PRICES.items()
            }
            export = (await one.http.get(f"/api/sales/{SALE}/export.jsonl")).text.splitlines()
            records = [orjson.loads(line) for line in export if '"type":"record"' in line]
            assert len(records) == about["seq"] == orjson.loads(records[-1]["header"])["seq"]
            said = judge("\n".join(export), None, {}, [])
            assert (said["verdict"], said["rule"], said["seq"]) == ("GOOD", None, None)
            papers = await one.get(f"/api/sales/{SALE}/papers")
            assert [(paper["name"], paper["ready"]) for paper in papers["papers"] if paper["public"]] == [
                ("opening-record", True)
            ]
            record = await one.get(f"/api/sales/{SALE}/papers/opening-record.json")
            assert len(record["sections"][0]["bids"]) == len(PRICES)
            pdf = await one.http.get(f"/api/sales/{SALE}/papers/opening-record.pdf")
            assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
            for path in ("figures", "result"):
                assert (await one.http.get(f"/api/sales/{SALE}/{path}")).status_code == 404
            for view in ("hall", "rostrum", "supervisor", "record", "figures"):
                assert (await one.http.get(f"/sales/{SALE}/{view}")).status_code == 200
            assert (await one.http.get(f"/sales/{SALE}/months")).status_code == 404
            digest = one.engine.state_digest(SALE)
        state = Journal.read(tmp_path, SALE).state
        assert isinstance(state, Opening)
        assert state.stage is Stage.ENDED
        async with tender_house(tmp_path, remedy=True) as one:
            assert one.engine.state_digest(SALE) == digest


async def test_without_a_remedy_the_house_files_evidence_and_the_host_decides_on_it(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            await one.register(*PRICES)
            for number, yuan in PRICES.items():
                await one.submit(number, yuan)
            await one.until_unsealing()
            wrong = await one.refused("bidder:90210", "unseal", section="1", half="00" * 32)
            assert wrong == "E_REVEAL_MISMATCH"
            await one.unseal(4711)
            await one.unseal(305)
            await one.until_combining()
            await one.until(lambda opening: opening.envelopes["1", 90210].evidence is not None)  # type: ignore[index]
            evidence = one.opening.envelopes["1", 90210].evidence  # type: ignore[index]
            assert evidence is not None
            assert (evidence.server_ok, evidence.stored, evidence.attempts) == (True, True, 1)
            decided = {"cause": "bidder", "evidence": evidence.digest(), "reason": "未在规定时间内解密"}
            await one.host("lapse_envelope", section="1", bidder=90210, **decided)
            for trustee in (1, 2):
                await one.answer(trustee)
            await one.until(lambda opening: not opening.outstanding())
            await one.host("read_out")


async def test_what_is_submitted_without_its_chunk_is_not_complete_and_names_it(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            await one.register(*PRICES)
            made = one.seal(305, 1_000_000)
            said = (await one.said("bidder:305", "submit_envelope", "first", **submission(made))).json()
            refused = said["outcome"]["refused"]
            assert (refused["code"], refused["detail"]) == (
                "E_SEAL_INCOMPLETE",
                {"part": "sheet", "chunks": 1, "missing": "0"},
            )
            chunk = made.chunks[PartName.SHEET][0]
            assert (await one.chunk(4711, chunk)).status_code == 200  # Another's copy is nobody else's.
            assert await one.refused("bidder:305", "submit_envelope", **submission(made)) == "E_SEAL_INCOMPLETE"
            assert (await one.chunk(305, chunk[:-1])).json()["code"] == "E_HTTP_MALFORMED"
            kept = (await one.chunk(305, chunk)).json()
            assert kept["digest"] == INTERNATIONAL.hash(b"\x00", chunk).hex()
            again = (await one.said("bidder:305", "submit_envelope", "first", **submission(made))).json()
            assert (again["type"], again["answer"]) == ("duplicate", said)  # Whatever the house holds by now.
            await one.ask("bidder:305", "submit_envelope", **submission(made))
            await one.until_closed()
            assert (await one.chunk(305, chunk)).json()["code"] == "E_SUBMISSION_CLOSED"
            headers = {"authorization": f"Bearer {one.token('host:1')}"}
            assert (await one.http.post(f"/api/sales/{SALE}/chunks", content=b"x", headers=headers)).status_code == 401
            assert (await one.http.post(f"/api/sales/{SALE}/chunks", content=chunk)).status_code == 401


async def test_a_restart_before_the_list_loses_nothing_and_tells_nothing(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            await one.register(*PRICES)
            first = await one.submit(305, 1_000_000)
            before = await one.get(f"/api/sales/{SALE}")
        async with tender_house(tmp_path) as one:
            assert await one.get(f"/api/sales/{SALE}") == before
            assert before["seq"] == before["log"]["size"] == 1
            one.seal(305, 1_000_000)
            again = await one.said("bidder:305", "submit_envelope", first["id"], **submission(one.sealed[305]))
            assert again.json()["answer"] == first
            await one.submit(4711, 1_100_000)
            await one.submit(90210, 1_200_000)
            await one.until_unsealing()
            about = await one.get(f"/api/sales/{SALE}")
            assert about["seq"] >= about["log"]["size"] > 8
            again = await one.said("bidder:305", "submit_envelope", first["id"], **submission(one.sealed[305]))
            lifted = again.json()["answer"]
            assert lifted["outcome"] == first["outcome"]
            said = verify_sealed(first["sealed"], key=about["key"])
            assert (said["sale"], said["command"]["type"]) == (SALE, "SubmitEnvelope")
            kept(first["sealed"], lifted["receipt"], key=about["key"])


async def test_a_sealed_receipt_with_anything_changed_does_not_hold(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            await one.register(*PRICES)
            first = (await one.submit(305, 1_000_000))["sealed"]
            other = (await one.ask("bidder:305", "sign_in"))["sealed"]
            for field in first:
                if field == "key":
                    continue
                with pytest.raises(ReceiptFault):
                    verify_sealed({**first, field: other[field]})
                with pytest.raises(ReceiptFault):
                    verify_sealed({**first, field: None})
            with pytest.raises(ReceiptFault):
                verify_sealed(first, key="0" * 64)
            await one.submit(4711, 1_100_000)
            await one.submit(90210, 1_200_000)
            await one.until_unsealing()
            later = (await one.ask("bidder:305", "sign_in"))["receipt"]
            with pytest.raises(ReceiptFault):
                kept(other, later)


async def test_the_client_on_a_socket_takes_an_answer_without_a_place_and_its_picture_goes_on(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            await one.register(*PRICES)
            async with connect(one.url, SALE, token=one.token("bidder:305")) as room:
                outcome = await room.ask("sign_in")
                assert (outcome.accepted, outcome.seq, outcome.receipt) == (True, None, None)
                assert outcome.sealed is not None
                assert verify_sealed(outcome.sealed)["command"]["type"] == "SignIn"
                for number, yuan in PRICES.items():
                    await one.submit(number, yuan)
                await one.until_unsealing()
                await room.until(lambda parts: parts["opening"]["stage"] == "unsealing")
                await room.until(lambda parts: parts["mine"]["sections"]["1"]["may_unseal"])
                half = one.sealed[305].sealed.own.hex()
                outcome = await room.ask("unseal", section="1", half=half)
                assert (outcome.accepted, outcome.sealed) == (True, None)
                assert outcome.seq is not None


async def test_of_an_opening_only_the_listed_pairs_of_role_and_command_pass(tmp_path: Path) -> None:
    kinds = {**OPENING_FRAMES, **{kind: FRAMES[kind] for kind in ("suspend", "resume", "stop", "sign_result")}}
    listed = listed_of_openings()
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            for role in ROLES:
                by = "bidder:1" if role == "bidder" else f"{role}:1"
                for kind, fields in kinds.items():
                    code = (await one.said(by, kind, f"{role}-{kind}", **fields)).json()
                    code = code.get("code") or code["outcome"].get("refused", {}).get("code")
                    assert (code != "E_NOT_AUTHORISED") == (role in listed[kind]), (role, kind, code)
            for kind in FRAMES.keys() - kinds.keys():
                assert await one.refused("host:1", kind, **FRAMES[kind]) in {"E_NOT_AUTHORISED", "E_OTHER_KIND"}


async def test_a_backup_holds_the_sealed_sheets_and_from_it_every_bid_is_read(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path / "data") as one:
            await one.register(*PRICES)
            for number, yuan in PRICES.items():
                await one.submit(number, yuan)
            await trio.to_thread.run_sync(partial(take, DataFolder(tmp_path / "data"), tmp_path / "copy", keys=True))
        restored = tmp_path / "restored"
        await trio.to_thread.run_sync(restore, tmp_path / "copy", restored)
        adopt(restored, SALE, anchors=None, go_on=True)
        async with tender_house(restored) as one:
            one.asked = 100  # Ids of its own.
            for number, yuan in PRICES.items():
                one.seal(number, yuan)
            await one.until_unsealing()
            for number in PRICES:
                await one.unseal(number)
            await one.host("close_unsealing")
            for trustee in (1, 2):
                await one.answer(trustee)
            await one.until(lambda opening: not opening.outstanding())
            assert all(each.content is not None for each in one.opening.live())


def damage(chunks: Path) -> None:
    [lost] = chunks.iterdir()
    lost.write_bytes(bytes(lost.stat().st_size))


async def test_a_sheet_the_house_no_longer_holds_is_its_own_fault_on_the_evidence(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path, remedy=True) as one:
            await one.register(*PRICES)
            for number, yuan in PRICES.items():
                await one.submit(number, yuan)
            damage(tmp_path / "sales" / SALE / "chunks" / "305")
            await one.until_unsealing()
            for number in PRICES:
                await one.unseal(number)
            await one.host("close_unsealing")
            await one.until(lambda opening: opening.envelopes["1", 305].evidence is not None)  # type: ignore[index]
            evidence = one.opening.envelopes["1", 305].evidence  # type: ignore[index]
            assert evidence is not None
            assert (evidence.stored, evidence.suggests) == (False, "platform")
