"""Where the notice names a trust folder, certificates are held to it before anything is on the record."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trio

from clients.seal import Bid, Bidder, read_envelope, seal
from engine.sealing.context import Context
from engine.sealing.pem import read_credential, read_private_key
from tests.domain.opening.house import START, tender_of
from tests.engine.tender import SALE, TenderHouse, tender_house
from tests.sealing.scene import chance
from tests.trust.trial import files, write

NUMBER = 305
AT = datetime.fromtimestamp(START // 10**9, UTC)
WORDS = "correct horse battery"


@cache
def trial() -> dict[str, bytes]:
    return files("certified", AT)


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[TenderHouse]:
    write(trial(), tmp_path / "trial")
    with trio.fail_after(60):
        async with tender_house(tmp_path / "data", trust=tmp_path / "trial" / "store") as one:
            yield one


def keys(tmp_path: Path, name: str) -> Bidder:
    folder = tmp_path / "trial" / "keys" / name
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    return Bidder(
        signing=read_credential(made["signing.pem"]),
        signing_key=read_private_key(made["signing.key"]),
        encryption=read_credential(made["encryption.pem"]),
        encryption_key=read_private_key(made["encryption.key"]),
    )


async def sealed(one: TenderHouse, tmp_path: Path, bidder: Bidder) -> dict[str, Any]:
    """An envelope of ``bidder``, who is registered; its sealed sheet lies at the house."""
    await one.ask(
        *("registrar:1", "register_bidder"),
        bidder=NUMBER,
        name="焦作建工集团",
        certificate=bidder.signing.der.hex(),
        key=bidder.signing.key.spki.hex(),
    )
    hall, folder = tender_of().hall, tmp_path / f"bid-{one.asked}"
    context = Context(suite=hall.suite, tender=hall.tender, section="1", bidder=str(NUMBER), version=1)
    bid = Bid(context=context, sheet={"price_fen": 1}, files=(), remedy=False)
    seal(bid, hall, bidder, folder, passphrase=WORDS, chance=chance(f"bid {one.asked}"))
    assert (await one.chunk(NUMBER, (folder / "sheet").read_bytes())).status_code == 200
    manifest = read_envelope(folder).write().decode()
    return {"section": "1", "manifest": manifest, "signature": (folder / "signature").read_bytes().hex()}


async def shown(one: TenderHouse, manifest: str, bidder: Bidder, by: str = f"bidder:{NUMBER}") -> dict[str, Any]:
    headers = {"authorization": f"Bearer {one.token(by)}"}
    body = {"manifest": manifest, "signing": bidder.signing.der.hex(), "encryption": bidder.encryption.der.hex()}
    said: dict[str, Any] = (await one.http.post(f"/api/sales/{SALE}/certificates", json=body, headers=headers)).json()
    return said


@pytest.mark.parametrize("kind", ["p256", "rsa"])
async def test_sound_certificates_that_were_shown_let_a_bid_be_submitted(
    one: TenderHouse, tmp_path: Path, kind: str
) -> None:
    bidder = keys(tmp_path, f"{kind}-sound")
    submission = await sealed(one, tmp_path, bidder)
    before = one.engine.room(SALE).clerk.memory.seq
    assert await one.refused(f"bidder:{NUMBER}", "submit_envelope", **submission) == "E_CERT_NOT_SHOWN"
    assert one.engine.room(SALE).clerk.memory.seq == before
    said = await shown(one, submission["manifest"], bidder)
    assert said["until_us"] == (START + 900 * 10**9) // 1000, said
    await one.ask(f"bidder:{NUMBER}", "submit_envelope", **submission)


@pytest.mark.parametrize(("name", "code"), [("p256-revoked", "E_CERT_REVOKED"), ("p256-expired", "E_CERT_EXPIRED")])
async def test_a_certificate_that_does_not_hold_is_refused_in_both_languages_and_nothing_is_recorded(
    one: TenderHouse, tmp_path: Path, name: str, code: str
) -> None:
    bidder = keys(tmp_path, name)
    submission = await sealed(one, tmp_path, bidder)
    before = one.engine.room(SALE).clerk.memory.seq
    said = await shown(one, submission["manifest"], bidder)
    assert (said["code"], said["retry"]) == (code, "new_id")
    assert said["zh"]
    assert said["en"]
    assert await one.refused(f"bidder:{NUMBER}", "submit_envelope", **submission) == "E_CERT_NOT_SHOWN"
    assert one.engine.room(SALE).clerk.memory.seq == before


async def test_other_certificates_and_other_people_do_not_help(one: TenderHouse, tmp_path: Path) -> None:
    bidder, other = keys(tmp_path, "p256-sound"), keys(tmp_path, "p256-earlier")
    submission = await sealed(one, tmp_path, bidder)
    assert (await shown(one, submission["manifest"], other))["code"] == "E_CERT_OTHER_BIDDER"
    assert (await shown(one, submission["manifest"], bidder, "bidder:66"))["code"] == "E_CERT_OTHER_BIDDER"
    assert (await shown(one, submission["manifest"], bidder, "host:1"))["code"] == "E_AUTH_INVALID"
    assert (await shown(one, "{}", bidder))["code"] == "E_SEAL_MANIFEST"
    assert await one.refused(f"bidder:{NUMBER}", "submit_envelope", **submission) == "E_CERT_NOT_SHOWN"


async def test_half_a_file_in_the_folder_keeps_nobody_from_bidding_and_the_operator_is_told(
    one: TenderHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bidder = keys(tmp_path, "p256-sound")
    submission = await sealed(one, tmp_path, bidder)
    lists = tmp_path / "trial" / "store" / "crls"
    new = next(iter(lists.iterdir())).read_bytes()
    (lists / "of-today.crl").write_bytes(new[: len(new) // 2])
    assert "until_us" in await shown(one, submission["manifest"], bidder)
    assert [each.name for each in caplog.records if "of-today.crl" in each.getMessage()] == ["luochui.trust"]
    (lists / "of-today.crl").write_bytes(new)
    caplog.clear()
    assert "until_us" in await shown(one, submission["manifest"], bidder)
    assert not caplog.records


async def test_what_was_shown_is_good_for_a_while_and_a_start_without_the_notice_still_asks(
    one: TenderHouse, tmp_path: Path
) -> None:
    bidder = keys(tmp_path, "p256-sound")
    submission = await sealed(one, tmp_path, bidder)
    await shown(one, submission["manifest"], bidder)
    one.later(901)
    assert await one.refused(f"bidder:{NUMBER}", "submit_envelope", **submission) == "E_CERT_NOT_SHOWN"
    noted = tmp_path / "data" / "sales" / SALE / "trust"
    assert noted.read_text() == str(tmp_path / "trial" / "store")


async def test_where_no_trust_folder_is_named_nobody_asks(tmp_path: Path) -> None:
    write(trial(), tmp_path / "trial")
    with trio.fail_after(60):
        async with tender_house(tmp_path / "data") as one:
            bidder = keys(tmp_path, "p256-revoked")
            submission = await sealed(one, tmp_path, bidder)
            assert await shown(one, submission["manifest"], bidder) == {}
            await one.ask(f"bidder:{NUMBER}", "submit_envelope", **submission)
