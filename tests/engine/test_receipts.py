"""A bidder fetches his receipt again, signed and on paper: his alone, and the same to the byte whenever, also after a restart."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import trio

from engine.config import Config
from engine.journal.signing import holds
from engine.papers.desk import PaperSettings
from tests.articles import article
from tests.domain.opening.house import tender_of
from tests.engine.tender import SALE, TenderHouse, tender_house
from tests.papers.test_press import unpacked
from tests.trust.trial import files, write

RECEIPT = f"/api/sales/{SALE}/receipt"


async def fetched(one: TenderHouse, by: str | None, path: str = f"{RECEIPT}?section=1") -> Any:
    headers = {} if by is None else {"authorization": f"Bearer {one.token(by)}"}
    return await one.http.get(path, headers=headers)


@article("34")
async def test_the_receipt_is_the_one_that_was_given_and_is_its_owners_alone(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            await one.register(305, 4711)
            assert (await fetched(one, "bidder:305")).status_code == 404
            given = (await one.submit(305, 1_150_000))["sealed"]
            receipt = (await fetched(one, "bidder:305")).json()
            assert receipt == given
            statement = receipt["statement"].encode()
            assert holds(bytes.fromhex(receipt["key"]), statement, bytes.fromhex(receipt["signature"]))
            assert receipt["number"] == hashlib.sha256(statement).hexdigest()[:16]
            for by, status in (("bidder:4711", 404), ("host:1", 401), ("trustee:1", 401), (None, 401)):
                for path in (f"{RECEIPT}?section=1", f"{RECEIPT}.pdf?section=1"):
                    assert (await fetched(one, by, path)).status_code == status, (by, path)


async def test_another_version_has_another_receipt_and_what_was_taken_back_has_none(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with tender_house(tmp_path) as one:
            await one.register(305)
            await one.submit(305, 1_150_000)
            first = (await fetched(one, "bidder:305")).json()
            await one.submit(305, 1_140_000, version=2)
            second = (await fetched(one, "bidder:305")).json()
            assert first["number"] != second["number"]
            signature = tender_of().key("305 signing").sign(one.sealed[305].manifest.withdrawal_bytes())
            await one.ask("bidder:305", "withdraw_envelope", section="1", signature=signature.hex())
            assert (await fetched(one, "bidder:305")).status_code == 404
            assert (await fetched(one, "bidder:305", f"{RECEIPT}.pdf?section=1")).status_code == 404


async def test_on_paper_it_has_the_same_bytes_before_the_list_after_it_and_after_a_restart(tmp_path: Path) -> None:
    path = f"{RECEIPT}.pdf?section=1&lang=zh-CN"
    with trio.fail_after(100):
        async with tender_house(tmp_path) as one:
            await one.register(305, 4711, 90210)
            for number in (305, 4711, 90210):
                await one.submit(number, 1_000_000 + number)
            said = await fetched(one, "bidder:305", path)
            assert (said.status_code, said.headers["content-type"]) == (200, "application/pdf")
            assert re.search(rb"/Title", unpacked(said.content))
            await one.until_unsealing()
        async with tender_house(tmp_path) as one:
            again = await fetched(one, "bidder:305", path)
            assert again.content == said.content
            english = await fetched(one, "bidder:305", path.replace("zh-CN", "en"))
            assert english.content != said.content


async def test_a_house_with_a_certificate_signs_the_paper_for_who_asks_and_leaves_it_as_it_is_below(
    tmp_path: Path,
) -> None:
    write(files(), tmp_path / "trial")
    certificate, key = (str(tmp_path / f"trial/centre/p256.{each}") for each in ("pem", "key"))
    config = replace(Config(), papers=PaperSettings(sign_certificate=certificate, sign_key=key))
    path = f"{RECEIPT}.pdf?section=1"
    with trio.fail_after(60):
        async with tender_house(tmp_path / "data", config=config) as one:
            await one.register(305, 4711)
            await one.submit(305, 1_150_000)
            plain, signed = [await fetched(one, "bidder:305", each) for each in (path, f"{path}&signed=1")]
            assert signed.content.startswith(plain.content)
            assert b"/ETSI.CAdES.detached" in signed.content
            assert (await fetched(one, "bidder:4711", f"{path}&signed=1")).status_code == 404
        async with tender_house(tmp_path / "data") as one:
            assert (await fetched(one, "bidder:305", f"{path}&signed=1")).status_code == 404
