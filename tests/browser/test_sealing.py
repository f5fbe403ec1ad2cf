"""A bid is sealed in a real browser, under the house's own content policy, and opens at the house."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Route

from clients.seal import open_documents, open_sheet, read_envelope
from engine.sealing import halves
from engine.sealing.envelope import unwrap_hall, unwrap_own
from engine.sealing.manifest import read_manifest
from engine.sealing.parts import MIB, chunk_digest
from engine.sealing.pem import certificate_pem, read_credential, read_private_key
from engine.sealing.recovery import open_recovery
from engine.sealing.suites import INTERNATIONAL
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House, write_sale
from tests.browser.screens import DESK, PHONE, Screen, resize
from tests.sealing.scene import Tender
from tests.sealing.test_page import KEYS, WORDS, Pem

pytestmark = pytest.mark.browser

FIELDS: Final = [
    {"name": "price_fen", "title": {"zh": "投标报价", "en": "Price"}, "kind": "money"},
    {"name": "period_days", "title": {"zh": "工期（日历天）", "en": "Period in days"}, "kind": "whole"},
    {"name": "quality", "title": {"zh": "质量承诺", "en": "Quality"}, "kind": "text", "needed": False},
]
RECEIPT: Final = {"receipt": {"section": "1", "at_us": 1_795_786_309_753_461}}
DESK_ON_A_PAGE: Final = """
async (tender) => {
    await import("/web/seal/desk.js");
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/web/seal/seal.css" });
    await new Promise((loaded) => { style.onload = loaded; document.head.append(style); });
    const desk = Object.assign(document.createElement("lc-seal-desk"), { tender, uploads: "/test/uploads", token: "bidder-1" });
    const main = document.createElement("main");
    main.append(Object.assign(document.createElement("h1"), { textContent: tender.section }), desk);
    document.body.replaceChildren(main);
    desk.addEventListener("seal-deposited", ({ detail: { envelope: { signature }, receipt } }) => {
        window.deposited = { signature: [...signature], receipt };
    });
    await desk.updateComplete;
}
"""

WITHOUT_CIPHERS: Final = """
() => {
    Object.defineProperty(crypto, "subtle", { value: undefined });
    document.querySelector("lc-seal-desk").requestUpdate();
}
"""
"""As over HTTP, where browsers give a page no ciphers."""

LOCKED: Final = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.BestAvailableEncryption(b"right"),
)


class Store:
    """The house's store of envelopes, as a page meets it: it loses every third answer, and keeps what it was sent."""

    def __init__(self) -> None:
        self.begun: dict[str, Any] = {}
        self.chunks: dict[tuple[str, int], bytes] = {}
        self.asked = 0

    def __call__(self, route: Route) -> None:
        request = route.request
        assert request.headers["authorization"] == "Bearer bidder-1"
        path = request.url.partition("/test/uploads")[2]
        self.asked += 1
        if put := re.fullmatch(r"/u/(sheet|documents)/([0-9]+)", path):
            body = request.post_data_buffer
            assert body is not None
            self.chunks[put[1], int(put[2])] = body
        answer: dict[str, Any] = RECEIPT if path == "/u/finish" else {}
        if not path:
            self.begun = json.loads(request.post_data or "")
            answer = self._there()
        if self.asked % 3 == 0:
            route.abort()
        else:
            route.fulfill(json=answer)

    def write(self, folder: Path, signature: bytes, certified: Pem) -> None:
        """As ``luochui seal`` lays an envelope out."""
        folder.mkdir()
        manifest = read_manifest(self.begun["manifest"].encode())
        pem = certificate_pem(read_credential(certified[0]))
        for name, data in (("signature", signature), ("signing.pem", pem), ("encryption.pem", pem)):
            (folder / name).write_bytes(data)
        (folder / "manifest.json").write_bytes(manifest.write())
        for part in manifest.parts:
            whole = [self.chunks[part.name, index] for index in range(part.chunks)]
            digests = b"".join(chunk_digest(manifest.context.of, chunk) for chunk in whole)
            assert digests.hex() == self.begun["digests"][part.name]
            (folder / part.name).write_bytes(b"".join(whole))

    def _there(self) -> dict[str, Any]:
        counts = {part: len(digests) // 64 for part, digests in self.begun["digests"].items()}
        missing = {p: [[i, i] for i in range(n) if (p, i) not in self.chunks] for p, n in counts.items()}
        parts = [{"part": part, "chunks": counts[part], "missing": missing[part]} for part in counts]
        return {"upload": "u", "finished": False, "parts": parts}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("sealing")
    with House(folder, write_sale(folder)) as house:
        yield house


def at_the_desk(house: House, screen: Screen, tender: Tender, store: Store, lang: str = "zh-CN") -> Screen:
    screen.page.route("**/test/uploads**", store)
    screen.page.goto(f"{house.url}/?lang={lang}")
    screen.see(".sales")
    said = {"section": "1", "bidder": "bidder-1", "version": 1, "remedy": False, "fields": FIELDS, "price": "price_fen"}
    hall = tender.hall.write().decode()
    screen.page.evaluate(DESK_ON_A_PAGE, said | {"hall": hall, "ceiling_fen": 2_000_000_000})
    screen.see(".seal-desk")
    return screen


def fill(screen: Screen, certified: Pem, *documents: Path) -> None:
    page = screen.page
    for name, text in (("price_fen", "１２,345,678.09"), ("period_days", "180"), ("words", WORDS), ("again", WORDS)):
        page.locator(f"#seal-{name}").fill(text)
    page.locator("#seal-files").set_input_files(documents)
    for name, pem in zip(("signing", "signing-key", "encryption", "encryption-key"), certified * 2, strict=True):
        file = {"name": f"{name}.pem", "mimeType": "application/x-pem-file", "buffer": pem}
        page.locator(f"#seal-{name}").set_input_files(file)  # type: ignore[arg-type]


def test_what_chromium_seals_opens_at_the_house(house: House, screen: OpenScreen, tmp_path: Path) -> None:
    tender, store, certified = Tender(INTERNATIONAL), Store(), KEYS["P-256, OpenSSL"]()
    letter = tmp_path / "投标函.pdf"
    letter.write_bytes(b"%PDF" * 300_000)
    one = at_the_desk(house, screen(), tender, store)
    assert one.page.locator(".seal-go").is_disabled()
    fill(one, certified, letter)
    one.see("#seal-price_fen-says", "¥12,345,678.09")
    one.see(".seal-capitals", "壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元零玖分")
    assert axe(one) == []
    one.page.locator(".seal-go").click()
    one.see(".seal-tests li", many=4)
    assert store.asked == 0, "nothing leaves the device before the self-test"
    assert one.page.locator(".seal-send").is_disabled(), "the recovery file first"
    with one.page.expect_download() as download:
        one.page.locator(".seal-save").click()
    recovery = Path(download.value.path()).read_bytes()
    assert axe(one) == []
    one.page.locator(".seal-send").click()
    with one.page.expect_download() as download:
        one.page.locator(".seal-receipt").click()
    assert json.loads(Path(download.value.path()).read_bytes()) == RECEIPT
    assert download.value.suggested_filename == "receipt-HZ-2026-001-1-bidder-1-v1.json"
    said = one.page.evaluate("window.deposited")
    store.write(tmp_path / "bid", bytes(said["signature"]), certified)
    manifest = read_envelope(tmp_path / "bid")
    own = unwrap_own(manifest, read_private_key(certified[1]))
    assert own == open_recovery(recovery, manifest, WORDS)
    key = halves.data_key(manifest, own, unwrap_hall(manifest, tender.hall, tender.answers(manifest)))
    assert open_sheet(tmp_path / "bid", key, manifest) == {"price_fen": 1_234_567_809, "period_days": 180}
    [opened] = open_documents(tmp_path / "bid", key, manifest, tmp_path / "opened")
    assert (opened.name, opened.read_bytes()) == (letter.name, letter.read_bytes())
    for secret in (own.hex(), WORDS, "1234567809", certified[1].decode()[40:80]):
        assert secret not in json.dumps(store.begun, ensure_ascii=False)
    one.complaints[:] = [each for each in one.complaints if "ERR_FAILED" not in each]
    one.assert_calm()


def test_the_whole_of_it_by_keys_and_sealing_that_is_stopped(house: House, screen: OpenScreen, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(900 * MIB)
    one = at_the_desk(house, screen(), Tender(INTERNATIONAL), Store())
    fill(one, KEYS["P-256"](), large)
    one.press("Enter")
    one.see(".seal-progress button:focus")
    one.press("Enter")
    one.see("#seal-words:focus")
    one.see(".seal-state", "尚未加密")
    one.miss(".seal-fault .bad")
    one.page.locator(".seal-files button").focus()
    one.press("Enter")
    one.page.locator("#seal-words").focus()
    one.press("Enter")
    one.see(".seal-save:focus")
    with one.page.expect_download():
        one.press("Enter")
    one.see(".seal-send:enabled").focus()
    one.press("Enter")
    one.see(".seal-receipt:focus")
    one.page.locator(".seal-anew").focus()
    one.press("Enter")
    one.see("#seal-words:focus")
    one.miss(".seal-tests")
    one.complaints[:] = [each for each in one.complaints if "ERR_FAILED" not in each]
    one.assert_calm()


def test_what_cannot_be_sealed_says_why_and_a_phone_shows_it_whole(
    house: House, screen: OpenScreen, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF")
    one = at_the_desk(house, screen(), Tender(INTERNATIONAL), Store(), "en")
    certificate, _ = KEYS["P-256"]()
    _, other_key = KEYS["P-256"]()
    fill(one, (certificate, other_key), letter)
    one.page.locator("#seal-price_fen").fill("1.005")
    one.see("#seal-price_fen-says .bad", "Not an amount")
    assert one.page.locator(".seal-go").is_disabled()
    one.page.locator("#seal-price_fen").fill("20000000.01")
    one.see("#seal-price_fen-says .bad", "Above the ceiling of ¥20,000,000.00")
    one.page.locator("#seal-again").fill("other")
    one.see("#seal-again-says .bad", "differ")
    one.page.locator("#seal-again").fill(WORDS)
    one.page.locator("#seal-again").press("Enter")
    one.see(".seal-fault .bad", "This key does not open it")
    one.see(".seal-state", "Not sealed yet")
    locked = {"name": "k.pem", "mimeType": "application/x-pem-file", "buffer": LOCKED}
    one.page.locator("#seal-signing-key").set_input_files(locked)  # type: ignore[arg-type]
    one.page.locator("#seal-password").fill("wrong")
    one.page.locator(".seal-go").click()
    one.see(".seal-fault .bad", "The password of the key is wrong")
    for size in (PHONE, DESK):
        resize(one, *size)
        assert one.page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert axe(one) == []
    one.page.evaluate(WITHOUT_CIPHERS)
    one.see(".seal-why", "open the page with HTTPS")
    one.assert_calm()
