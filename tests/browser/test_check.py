"""Everything checked in the browser: a real house's export holds, here and by the outsider's program; what convicts is named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload

from clients.verifier import judge
from tests.browser.conftest import OpenScreen
from tests.browser.house import House, write_sale
from tests.browser.scene import in_full_swing
from tests.browser.screens import enter

pytestmark = pytest.mark.browser


def test_all_is_checked_on_the_record_page_and_a_receipt_that_does_not_hold_is_named(
    tmp_path: Path, serve: Callable[[Path], House], screen: OpenScreen
) -> None:
    house = serve(write_sale(tmp_path))
    in_full_swing(house, 8, 16, 51)
    record = enter(screen(), house, "record")
    record.see(".verdict-good")
    record.page.get_by_role("button", name="核对全部").click()
    record.see(".check-good", "首尾相连、签名有效、合乎规则")
    record.see(".check", "本浏览器记有 1 个检查点")

    export = record.page.request.get(f"{house.url}/api/sales/{house.sale}/export.jsonl").text()
    said = judge(export, None, {}, [])
    assert (said["verdict"], said["rule"]) == ("GOOD", None)

    junk = FilePayload(name="junk.txt", mimeType="text/plain", buffer=b"nothing")
    held = b'{"header": "h", "statement": "s"}'
    receipt = FilePayload(name="receipt.json", mimeType="application/json", buffer=held)
    record.page.locator(".check input[type=file]").set_input_files([junk, receipt])
    record.see(".check-odd", "junk.txt")
    record.see(".check-held", "receipt.json")
    record.page.get_by_role("button", name="核对全部").click()
    record.see(".check-bad", "写法不规范")
    record.see(".check-bad", "依据：receipt.json")
    record.assert_calm()
