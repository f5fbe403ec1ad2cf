"""
Writes ``clients/usbkey/transcript.json``: what is said over the wire, frame by frame, for other implementations. The same every time.

    python -m tests.clients.usbkey.transcript
"""

import contextlib
import json
from pathlib import Path
from typing import Any

import clients.usbkey
from clients.usbkey.client import UsbKeys
from clients.usbkey.faults import KeyFault
from clients.usbkey.provider import Use
from tests.clients.usbkey.scene import drawer
from tests.sealing.scene import chance

FILE = Path(clients.usbkey.__file__).with_name("transcript.json")
MESSAGE, INFO, HALF = "投标文件清单".encode(), b"purpose", bytes(range(32))


def transcript(stem: str) -> dict[str, Any]:
    """One conversation, from the list of keys to the key pulled out."""
    keys, frames = drawer(stem), list[tuple[str, str]]()
    session = keys.session()

    def ask(frame: str) -> str:
        answer = session.answer(frame)
        frames.append((frame, answer))
        return answer

    asked, pin = UsbKeys(ask), keys.pin(stem)
    asked.keys()
    for use in Use:
        asked.credential(stem, use)
    wrapped = asked.credential(stem, Use.ENCRYPTION).key.wrap(HALF, INFO, chance("wrap")(48))
    asked.tries_left(stem)
    refused = contextlib.suppress(KeyFault)
    with refused:
        asked.sign(stem, MESSAGE)
    with refused:
        asked.login(stem, pin[::-1])
    asked.tries_left(stem)
    asked.login(stem, pin)
    asked.sign(stem, MESSAGE)
    assert asked.unwrap(stem, wrapped, INFO) == HALF
    spoilt = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    with refused:
        asked.unwrap(stem, spoilt, INFO)
    with refused:
        asked.sign("another", MESSAGE)
    asked.logout(stem)
    with refused:
        asked.sign(stem, MESSAGE)
    keys.plugged.clear()
    asked.keys()
    with refused:
        asked.login(stem, pin)
    return {
        "key": stem,
        "pin": pin,
        "message": MESSAGE.hex(),
        "info": INFO.hex(),
        "half": HALF.hex(),
        "wrapped": wrapped.hex(),
        "spoilt": spoilt.hex(),
        "frames": frames,
    }


def text() -> str:
    """The whole file."""
    said = {
        "about": "See USBKEY.md. Bytes are hexadecimal; frames are pairs of what was asked and answered. Keys are of tests only.",
        "transcripts": [transcript(stem) for stem in ("p256", "sm2")],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"wrote {FILE}")
