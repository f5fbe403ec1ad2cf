"""The transparency log of a real house, as an outsider meets it."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.config import Config
from engine.wire.note import Checkpoint, Kind, Note, Verifier, cosign
from engine.wire.tree import consistent, root_by_path
from tests.engine.house import RunningHouse, act, open_first_lot, running_house
from tests.gateway.saleroom import SALE, Browser

WITNESS = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
SEEN_BY = Verifier("notary.example.cn", WITNESS.public_key().public_bytes_raw(), Kind.WITNESS)
LOG = f"/api/sales/{SALE}/log"


def config() -> Config:
    plain = Config()
    return replace(plain, transparency=replace(plain.transparency, witnesses=(SEEN_BY.text(),)))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[RunningHouse]:
    async with running_house(tmp_path, config=config()) as house:
        await open_first_lot(house)
        yield house


async def checkpoint(house: RunningHouse) -> tuple[Note, Checkpoint]:
    note = Note.parse((await house.http.get(f"{LOG}/checkpoint")).text)
    return note, Checkpoint.parse(note.text)


async def covered(browser: Browser, seq: int) -> dict[str, Any]:
    """The first checkpoint the viewer is told of that covers record ``seq``."""
    while (told := await browser.until("checkpoint"))["size"] < seq:
        pass
    return told


async def test_a_viewer_is_told_of_the_newest_checkpoint_and_of_one_at_the_hammer(house: RunningHouse) -> None:
    async with house.viewer("auctioneer:1") as rostrum, house.viewer("bidder:1") as bidder:
        await bidder.until("checkpoint")
        placed = await act(bidder, type="bid", id="b1", lot=1, amount_fen=1_000_000)
        assert placed["outcome"]["accepted"]
        for call in (1, 2, 3):
            await act(rostrum, type="call", id=f"c{call}", lot=1, call=call, price_fen=1_000_000)
        fell = await act(rostrum, type="hammer", id="h1", lot=1, price_fen=1_000_000)
        told = await covered(bidder, fell["seq"])
        note, found = await checkpoint(house)
        about = await house.get(f"/api/sales/{SALE}")
        assert note.signed_by(Verifier.parse(about["log"]["vkey"]))
        assert found.root.hex() == told["root"] == about["log"]["root"]
        assert (found.size, found.origin) == (fell["seq"], about["log"]["origin"])

        receipt = placed["receipt"]
        proof = await house.get(f"{LOG}/inclusion?seq={placed['seq']}")
        digest = hashlib.sha256(receipt["header"].encode()).digest()
        path = [bytes.fromhex(node) for node in proof["path"]]
        assert root_by_path(digest, placed["seq"] - 1, proof["size"], path) == found.root


async def test_two_checkpoints_are_proved_to_be_of_one_past(house: RunningHouse) -> None:
    _, before = await checkpoint(house)
    async with house.viewer("bidder:1") as bidder:
        placed = await act(bidder, type="bid", id="b1", lot=1, amount_fen=1_000_000)
        await covered(bidder, placed["seq"])
    _, after = await checkpoint(house)
    proof = await house.get(f"{LOG}/consistency?from={before.size}&to={after.size}")
    path = [bytes.fromhex(node) for node in proof["path"]]
    assert consistent(before.size, after.size, before.root, after.root, path)


async def test_the_export_ends_with_a_checkpoint_over_all_of_it(house: RunningHouse) -> None:
    lines = [orjson.loads(line) for line in (await house.http.get(f"/api/sales/{SALE}/export.jsonl")).text.splitlines()]
    records = [line for line in lines if line["type"] == "record"]
    assert lines[-1]["type"] == "checkpoint"
    note, newest = await checkpoint(house)
    assert Checkpoint.parse(Note.parse(lines[-1]["note"]).text).size == len(records)
    if newest.size == len(records):
        assert lines[-1]["note"] == note.whole()


async def test_a_known_witness_is_shown_to_everybody_and_a_stranger_is_sent_away(house: RunningHouse) -> None:
    async with house.viewer() as hall:
        told = await covered(hall, (await house.get(f"/api/sales/{SALE}"))["seq"])
        note, found = await checkpoint(house)
        assert (told["witnessed"], told["witnesses"]) == (0, 0)
        line = cosign(note.text, SEEN_BY, WITNESS.sign, 1_795_752_001).line()
        answer = await house.http.post(f"{LOG}/cosignatures?size={found.size}", content=line.encode())
        assert answer.json() == {"sale": SALE, "size": found.size, "witnesses": 1}
        told = await hall.until("checkpoint", witnesses=1)
        assert told["witnessed"] == found.size
        cosigned, _ = await checkpoint(house)
        assert cosigned.cosigned_at_s(SEEN_BY) == 1_795_752_001

        stranger = Verifier("stranger", SEEN_BY.public, Kind.WITNESS)
        for body in (cosign(note.text, stranger, WITNESS.sign, 1).line().encode(), b"", b"\xff"):
            answer = await house.http.post(f"{LOG}/cosignatures?size={found.size}", content=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "E_COSIGNATURE_INVALID")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{LOG}/inclusion?seq=0", 400),
        (f"{LOG}/inclusion?seq=99999", 404),
        (f"{LOG}/inclusion?seq=x", 400),
        (f"{LOG}/consistency?from=9&to=3", 404),
        (f"{LOG}/consistency?from=1&to=999999999999999999999", 400),
        ("/api/sales/none/log/checkpoint", 404),
    ],
)
async def test_what_there_is_not_is_not_proved(house: RunningHouse, path: str, status: int) -> None:
    assert (await house.http.get(path)).status_code == status


async def test_after_a_restart_the_log_goes_on_and_the_cosignature_is_still_there(tmp_path: Path) -> None:
    async with running_house(tmp_path, config=config()) as house:
        note, found = await checkpoint(house)
        line = cosign(note.text, SEEN_BY, WITNESS.sign, 7).line()
        await house.http.post(f"{LOG}/cosignatures?size={found.size}", content=line.encode())
    async with running_house(tmp_path, config=config()) as house:
        again, same = await checkpoint(house)
        assert same == found
        assert again.cosigned_at_s(SEEN_BY) == 7
