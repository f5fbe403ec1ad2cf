"""The kiosk of an opening: a link is read, its bidder signs in and unseals with his own files; left alone it forgets all of it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Route

from engine.sealing.recovery import write_recovery
from engine.sealing.suites import INTERNATIONAL
from engine.wire.codec import dumps
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House
from tests.browser.screens import PHONE, resize
from tests.domain.opening.house import priced, sealed, spelled, tender_of
from tests.notice.test_opening import RULES, SALE
from tests.sealing.scene import chance
from tests.sealing.test_page import certified

pytestmark = pytest.mark.browser

NAME = "怀川建设有限公司"
WORDS = "correct horse battery"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("kiosk")
    (folder / "hall.json").write_text(tender_of().hall.write().decode() + "\n")
    notice = folder / "notice.toml"
    notice.write_text(SALE.partition("[officers]")[0] + RULES.replace("2026-12-01", "2099-12-01"), encoding="utf-8")
    with House(folder / "data", notice) as house:
        der = tender_of().credential("305 signing").der.hex()
        registering = {
            "type": "register_bidder",
            "id": "r",
            "bidder": 305,
            "name": NAME,
            "certificate": der,
            "key": der,
        }
        headers = {"authorization": f"Bearer {house.token('registrar')}"}
        said = httpx2.post(
            f"{house.url}/api/sales/{house.sale}/commands", content=dumps(registering), headers=headers
        ).json()
        assert "accepted" in said.get("outcome", ""), said
        yield house


def test_a_bidder_looks_signs_in_unseals_and_is_forgotten(house: House, screen: OpenScreen) -> None:
    one = screen()
    page, token = one.page, house.token("bidder", 305)
    page.clock.install()
    page.goto(house.page("kiosk"))

    one.see(".waiting")
    assert axe(one) == []
    page.keyboard.type("https://elsewhere.cn/#token=x")
    page.keyboard.press("Enter")
    one.see(".said", "另一项目")
    page.keyboard.type(f"{house.page('bidder', token)}")
    page.keyboard.press("Enter")
    one.see(".slip", NAME)
    one.see(".slip", "未提交")
    page.locator(".acts .button-main").click()
    one.see(".said", "签到成功")
    one.see(".slip", "已签到")

    made = sealed(tender_of().context("305"), spelled(priced(1_000_000)), remedy=False)
    sent = _in_the_window(one.page, made.manifest.write().decode(), made.manifest.digest().hex())
    page.clock.run_for(6_000)
    page.locator(".language button").nth(1).click()
    page.locator(".acts .button-main", has_text="Unseal section 1").click()
    assert axe(one) == []
    assert page.locator("button:visible, input:visible").evaluate_all(
        "(all) => all.every((each) => each.offsetHeight >= 64)"
    )
    key = ec.derive_private_key(INTERNATIONAL.curve.scalar(chance("305 encryption")(48)), ec.SECP256R1())
    for name, pem in zip(("certificate", "key"), certified(key, serialization.PrivateFormat.PKCS8), strict=True):
        page.locator(f"[name={name}]").set_input_files({"name": f"{name}.pem", "mimeType": "text/plain", "buffer": pem})
    one.see(".key", "key.pem")
    page.locator(".key .button-main").click()
    one.see(".said", "is unsealed")
    assert [each["half"] for each in sent] == [made.sealed.own.hex()]
    resize(one, *PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    page.clock.run_for(50_000)
    one.see(".warns button")
    page.clock.run_for(15_000)
    one.see(".waiting", "请出示")  # The next one is spoken to in Chinese.
    assert NAME not in one.text()
    assert ".pem" not in one.text()
    kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state])")
    assert token not in kept
    assert "token" not in kept
    one.assert_calm()


def test_who_has_lost_his_certificate_unseals_with_his_recovery_file(house: House, screen: OpenScreen) -> None:
    one = screen()
    page, token = one.page, house.token("bidder", 305)
    page.clock.install()
    page.goto(house.page("kiosk"))
    one.see(".waiting")
    page.keyboard.type(f"{house.page('bidder', token)}")
    page.keyboard.press("Enter")
    one.see(".slip", NAME)
    made = sealed(tender_of().context("305"), spelled(priced(1_000_000)), remedy=False)
    own, other = made.sealed.own, sealed(tender_of().context("305", version=2), spelled(priced(1)), remedy=False)
    sent = _in_the_window(page, made.manifest.write().decode(), made.manifest.digest().hex())
    page.clock.run_for(6_000)
    page.locator(".acts .button-main", has_text="解密").click()
    page.locator(".key [role=group] button", has_text="恢复文件").click()
    assert page.locator(".key input[type=file]").count() == 1
    one.see(".key .pick", "未选择")

    def tries(recovery: bytes, words: str, *said: str) -> None:
        page.locator("[name=recovery]").set_input_files(
            {"name": "recovery.json", "mimeType": "application/json", "buffer": recovery}
        )
        page.locator("[name=words]").fill(words)
        page.locator(".key .button-main").click()
        one.see(".said", *said)

    right = write_recovery(made.manifest, own, WORDS, chance("recovery"))
    tries(write_recovery(other.manifest, other.sealed.own, WORDS, chance("other")), WORDS, "另一份投标文件")
    tries(right, f"{WORDS}?", "恢复口令不正确")
    assert sent == []
    assert axe(one) == []
    tries(right, WORDS, "解密成功")
    assert [each["half"] for each in sent] == [own.hex()]
    with page.expect_navigation():  # What is read while the page begins anew is lost with it.
        page.locator(".leave").click()
    one.see(".waiting")
    shown = page.evaluate(
        "document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"
    )
    assert not [each for each in (WORDS, own.hex(), token, NAME) if each in shown]
    one.assert_calm()


def _in_the_window(page: Any, manifest: str, digest: str) -> list[dict[str, Any]]:
    """From now on the house says that the bidder may unseal; what he sends is kept and not passed on."""
    sent: list[dict[str, Any]] = []

    def picture(route: Route) -> None:
        said = route.fetch().json()
        envelope = {"manifest": digest, "spelled": manifest, "at_us": 1_795_752_000_000_000, "chunks": {"sheet": 1}}
        said["mine"]["sections"]["1"] |= {"envelope": envelope, "version": 1, "state": "sealed", "may_unseal": not sent}
        route.fulfill(json=said)

    def commands(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        route.fulfill(json={"outcome": {"accepted": []}})

    def receipt(route: Route) -> None:
        route.fulfill(json={"number": "0123456789abcdef", "statement": "luochui receipt v1\n", "signature": "00"})

    page.route("**/picture", picture)
    page.route("**/receipt?section=1", receipt)
    page.route("**/commands", commands)
    return sent
