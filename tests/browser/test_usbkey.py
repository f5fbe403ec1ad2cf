"""A page asks the stand-in for a USB key; a page of another origin is turned away."""

import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.sealing.pem import read_credential
from tests.browser.chromium import Chromium
from tests.browser.house import LUOCHUI
from tests.sealing.scene import chance
from tests.trust.trial import files, write

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
KEY, HALF, INFO = "sm2-sound", bytes(range(32)), b"purpose"
ASKED = """async ([port, key, pin, wrapped, info]) => {
  const { dial } = await import("/shared/usbkey.js");
  const { fromHex, toHex } = await import("/shared/bytes.js");
  try {
    const { keys, close } = await dial(port);
    const listed = (await keys.keys()).map((one) => one.key);
    const wrong = await keys.login(key, "0").catch((fault) => [fault.code, fault.detail.left]);
    await keys.login(key, pin);
    const signature = toHex(await keys.sign(key, fromHex("00")));
    const half = toHex(await keys.unwrap(key, fromHex(wrapped), fromHex(info)));
    close();
    return { listed, wrong, signature, half };
  } catch (fault) {
    return fault.code ?? String(fault);
  }
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def pages() -> Iterator[int]:
    """The port of a server that hands out the files in ``web/``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(ROOT / "web")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_signs_and_unwraps_with_a_key_and_another_origin_does_not(
    tmp_path: Path, chromium: Chromium, pages: int
) -> None:
    folder = write({name: data for name, data in files().items() if KEY in name}, tmp_path) / "keys"
    own = read_credential((folder / KEY / "encryption.pem").read_bytes()).key
    pin, wrapped = (folder / KEY / "pin").read_text().strip(), own.wrap(HALF, INFO, chance("wrap")(48))
    origin = f"http://127.0.0.1:{pages}"
    command: list[str | Path] = [LUOCHUI, "ca", "key", "--loopback", "--keys", folder, "--origin", origin]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as middleware:
        try:
            assert middleware.stdout is not None
            port = int(middleware.stdout.readline().split()[0].rstrip("/").rpartition(":")[2])

            def ask(address: str) -> Any:
                with chromium.browser().new_context() as context:
                    page = context.new_page()
                    page.goto(f"{address}/README.md")
                    return page.evaluate(ASKED, [port, KEY, pin, wrapped.hex(), INFO.hex()])

            said = ask(origin)
            assert said["listed"] == [KEY]
            assert said["wrong"] == ["E_KEY_PIN_WRONG", 5]
            assert said["half"] == HALF.hex()
            signing = read_credential((folder / KEY / "signing.pem").read_bytes()).key
            signing.verify(b"\0", bytes.fromhex(said["signature"]))
            assert ask(f"http://localhost:{pages}") == "E_KEY_SERVICE"
        finally:
            middleware.terminate()
