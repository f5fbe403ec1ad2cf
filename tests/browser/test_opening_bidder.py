"""Three bidders take part in an opening from their browsers: one with his key, one with the recovery file, and one does nothing."""

import json
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from clients.sealed_receipt import verify_sealed
from engine.config import Config
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import LUOCHUI
from tests.browser.opening_bidder import AtHome, OpeningHouse
from tests.browser.screens import DESK, PHONE, Screen, resize
from tests.sealing.test_page import KEYS, WORDS
from tests.trust.trial import files, write

pytestmark = pytest.mark.browser

NAMES: Final = {305: "怀川建设有限公司", 4711: "山阳路桥工程公司", 90210: "太行水利建筑公司"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[OpeningHouse]:
    with OpeningHouse(tmp_path / "house", remedy=True) as house:
        yield house


def at_home(number: int) -> AtHome:
    return AtHome(number, NAMES[number], KEYS["P-256"](), KEYS["P-256"]())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def choose(one: Screen, selector: str, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    one.page.locator(selector).set_input_files(file)  # type: ignore[arg-type]


def seal(one: Screen, bidder: AtHome | None, yuan: int, *documents: Path) -> bytes:
    """Fill in, seal, save the recovery file, upload; with a USB key that is open where ``bidder`` is None."""
    page = one.page
    one.see("#seal-price_fen").fill(str(yuan))
    for name, text in (("period_days", "180"), ("quality", "合格"), ("words", WORDS), ("again", WORDS)):
        page.locator(f"#seal-{name}").fill(text)
    page.locator("#seal-files").set_input_files(documents)
    pairs = () if bidder is None else (("signing", bidder.signing), ("encryption", bidder.encryption))
    for use, pair in pairs:
        choose(one, f"#seal-{use}", f"{use}.pem", pair[0])
        choose(one, f"#seal-{use}-key", f"{use}-key.pem", pair[1])
    page.locator(".seal-go").click()
    with page.expect_download() as download:
        page.locator(".seal-save").click()
    page.locator(".seal-send").click()
    one.see(".obid-where-act", "尚未提交")
    return Path(download.value.path()).read_bytes()


def submit(one: Screen, version: int) -> None:
    one.see(".obid-submit:enabled").click()
    one.see(".obid-where-good", f"第 {version} 版投标文件已于")


def test_three_bidders_from_sealing_to_confirming(house: OpeningHouse, screen: OpenScreen, tmp_path: Path) -> None:
    letter = tmp_path / "投标函.pdf"
    letter.write_bytes(b"%PDF" * 300_000)
    first, second, third = bidders = [at_home(number) for number in NAMES]
    for bidder in bidders:
        house.register(bidder)
    screens = {bidder.number: house.enter(screen(), bidder.number) for bidder in bidders}
    one, two, three = (screens[bidder.number] for bidder in bidders)
    one.see(".obid-where-act", "您尚未投标")

    seal(one, first, 12_600_000, letter)
    one.page.reload()  # A lid closed between upload and submission costs nothing.
    one.see(".connection-live")
    submit(one, 1)
    one.page.locator(".obid-replace").click()
    seal(one, first, 12_480_000, letter)
    submit(one, 2)
    one.see(".receipt-is-good", "已在本机核验有效")
    one.see(".receipt-code img")
    with one.page.expect_download() as download:
        one.page.locator(".receipt-save").click()
    said = verify_sealed(json.loads(Path(download.value.path()).read_bytes()))
    assert said["command"]["section"] == "1"
    with one.page.expect_download() as paper:
        one.page.locator(".receipt-panel .receipt-paper").click()
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF-1.7")
    recovery = seal(two, second, 12_150_000)
    submit(two, 1)
    seal(three, third, 12_930_000)
    submit(three, 1)
    for text in (one.text(), "".join(one.heard)):
        assert all(each not in text for each in (NAMES[4711], NAMES[90210], '"bidder":4711', '"bidder":90210'))

    house.sync(house.one.clock.advance, house.one.opening.deadline + 1_000_000_000)
    one.see(".obid-where-act", "您尚未签到")
    for each in (one, two):
        each.page.locator(".obid-sign-in").click()
        each.see(".obid-where-calm", "等待开标进行")
    house.run(house.one.until_unsealing)

    one.see(".obid-where-act", "现在请解密")
    choose(one, ".own-key [name=encryption]", "encryption.pem", first.encryption[0])
    choose(one, ".own-key [name=encryption-key]", "key.pem", third.encryption[1])
    one.page.locator(".own-key-go").click()
    one.see(".own-key-fault .bad")
    choose(one, ".own-key [name=encryption-key]", "key.pem", first.encryption[1])
    one.page.locator(".own-key-go").click()
    one.see(".obid-where-good", "您的投标文件已解密")
    two.page.locator(".own-key .ways button").nth(1).click()
    choose(two, ".own-key [name=recovery]", "recovery.json", recovery)
    two.page.locator(".own-key [name=words]").fill(WORDS)
    two.page.locator(".own-key-go").click()
    two.see(".obid-where-good", "您的投标文件已解密")
    house.run(house.one.until_combining)
    three.see(".obid-where", "尚未")
    house.ask("host:1", "order_remedy")
    for trustee in (1, 2):
        house.run(house.one.answer, trustee)
    house.run(house.one.until, lambda opening: not opening.outstanding())
    house.ask("host:1", "read_out")

    one.see(".obid-where-act", "您的报价已公布")
    one.see(".obid-result", "¥12,480,000.00")
    assert axe(one) == []
    one.page.locator(".obid-confirm").click()
    one.see(".obid-where-good", "您已确认唱标内容")
    two.page.locator(".obid-object").click()
    two.page.locator("[name=text]").fill("请核对工期")
    two.press("Enter")
    one.see(".obid-objections", "请核对工期")
    three.see(".obid-result", "¥12,930,000.00")
    for each in (one, two, three):
        each.assert_calm()


def test_states_of_the_page_in_both_languages_on_a_phone_and_at_a_desk(house: OpeningHouse, screen: OpenScreen) -> None:
    bidder = at_home(305)
    one = house.enter(screen(), 305, "en")
    one.see(".obid-where-bad", "You are not registered")
    house.register(bidder)
    one.see(".obid-where-act", "You have not submitted a bid")
    for size in (PHONE, DESK):
        resize(one, *size)
        assert one.page.evaluate("document.documentElement.scrollWidth") == size[0]
        assert axe(one) == []
    one.page.locator(".language button").first.click()
    seal(one, bidder, 12_480_000)
    submit(one, 1)
    assert axe(one) == []
    one.page.locator(".obid-withdraw").click()
    choose(one, ".own-key [name=signing]", "signing.pem", bidder.signing[0])
    choose(one, ".own-key [name=signing-key]", "key.pem", bidder.signing[1])
    one.page.locator(".own-key-go").click()
    one.see(".obid-where-act", "您尚未投标")
    one.see(".seal-desk h2", "第 2 版")
    one.assert_calm()


def test_a_bid_is_sealed_and_unsealed_by_a_usb_key(screen: OpenScreen, tmp_path: Path) -> None:
    folder = write({name: data for name, data in files().items() if "p256-sound" in name}, tmp_path) / "keys"
    port = free_port()
    config = replace(Config(), http=replace(Config().http, usb_key_port=port))
    with OpeningHouse(tmp_path / "house", config=config, bidders_min=1) as house:
        command: list[str | Path] = [LUOCHUI, "ca", "key", "--loopback", "--keys", folder, "--port", str(port)]
        with subprocess.Popen([*command, "--origin", house.one.url], stdout=subprocess.PIPE, text=True) as middleware:
            try:
                assert middleware.stdout is not None
                assert str(port) in middleware.stdout.readline()
                key = {path.name: path.read_bytes() for path in (folder / "p256-sound").iterdir()}
                pair = key["signing.pem"], key["signing.key"]
                bidder = AtHome(305, NAMES[305], pair, pair)
                house.register(bidder)
                one = house.enter(screen(), 305)
                pin = key["pin"].decode().strip()
                one.page.locator("[name=pin]").fill("0")
                one.page.locator(".usb-use").click()
                one.see(".usb-bidder .bad", "PIN 错误，还可以试 5 次")
                one.page.locator("[name=pin]").fill(pin)
                one.page.locator(".usb-use").click()
                one.see(".usb-bidder", "已打开")
                seal(one, None, 12_480_000)
                submit(one, 1)
                house.run(house.one.until_unsealing)
                one.page.locator(".own-key .ways button").nth(2).click()
                one.page.locator(".own-key [name=words]").fill(pin)
                one.page.locator(".own-key-go").click()
                one.see(".obid-where-good", "您的投标文件已解密")
                one.assert_calm()
            finally:
                middleware.terminate()
