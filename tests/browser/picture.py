"""A house that only shows: pages get the pictures a test makes by hand, whatever the engine would say."""

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import WebSocketRoute

from tests.browser.house import House
from tests.browser.screens import Screen

SALE: Final[dict[str, Any]] = {
    "id": "plates-7",
    "title": {"zh": "第七期小型汽车号牌公开竞价", "en": "Number plates, seventh sale"},
    "phase": "open",
    "suspended": None,
    "rules": "5d" * 32,
    "lots": 30,
    "sold": 12,
    "passed": 1,
    "opens_at_us": None,
}
RULES: Final[dict[str, Any]] = {
    "mode": "rostrum",
    "calls": 3,
    "increments": [],
    "deposit": "one_lot",
    "paddles": "shown",
}
FIGURES: Final[dict[str, Any]] = {
    "turnover_fen": 318_650_000,
    "opening_fen": 110_000_000,
    "premium": "189%",
    "top": {"lot": 3, "plate": "豫H88888", "hammer_fen": 105_000_000},
    "sold": 12,
    "passed": 1,
    "hall_sold": 7,
    "online_sold": 5,
}
BIDS: Final = [
    {
        "no": 9 - i,
        "at_us": 1_790_000_000_000_000 - i * 4_000_000,
        "amount_fen": 52_000_000 - i * 1_000_000,
        "who": {"paddle": 8 + 43 * (i % 2)},
        "channel": "hall" if i % 2 else "online",
    }
    for i in range(8)
]
BLOCK: Final[dict[str, Any]] = {
    "lot": 14,
    "plate": "豫H8H888",
    "classes": ["AAA", "EIGHTS", "NO4"],
    "opening_fen": 5_000_000,
    "phase": "open",
    "price_fen": 52_000_000,
    "leader": {"paddle": 8},
    "leader_channel": "online",
    "calls": 0,
    "asked_fen": 53_000_000,
    "step_fen": 1_000_000,
    "bid_count": 23,
    "bids": BIDS,
}
NEXT: Final[dict[str, Any]] = {
    f"lot/{n}": {
        "lot": n,
        "plate": f"豫H{n}{n}88"[:7].ljust(7, "6"),
        "classes": [],
        "opening_fen": 2_000_000,
        "phase": "waiting",
        "hammer_fen": None,
        "who": None,
        "bid_count": None,
    }
    for n in range(15, 31)
}


def block(**changes: Any) -> dict[str, Any]:
    """The lot on the block, as it is with ``changes``."""
    return {**BLOCK, **changes}


def parts(shown: Mapping[str, Any] | None, **others: Any) -> dict[str, Any]:
    """A whole picture with ``shown`` on the block; ``others`` stand in the place of the usual parts."""
    return {"sale": SALE, "rules": RULES, "figures": FIGURES, "block": shown, **NEXT, **others}


class Picture:
    """The house's end of the socket of one page."""

    def __init__(self, screen: Screen, house: House) -> None:
        self._screen, self._house = screen, house
        self._seq = 0
        self._socket: WebSocketRoute | None = None
        self._gone = False
        self._first: dict[str, Any] = {}
        screen.page.route_web_socket("**/socket", self._answer)

    def show(self, view: str, first: dict[str, Any], *, lang: str = "zh-CN", token: str | None = None) -> None:
        """Open a page that is given ``first`` as its picture, by a personal link if there is a ``token``."""
        self._first, self._gone = first, False
        self._screen.page.goto(self._house.page(view, token, lang=lang))
        self._screen.see(".connection-live")
        self._screen.see(".clock small", "±")

    def become(self, **changed: Any) -> None:
        """Tell the page what has changed, and wait until it has taken it in."""
        self._seq += 1
        self._say({"type": "record", "prev": self._seq - 1, "at_us": 0, "parts": changed, "events": []})
        self._taken_in()

    def replace(self, whole: dict[str, Any]) -> None:
        """Give the page a whole new picture, and wait until it has taken it in."""
        self._seq += 1
        self._say({"type": "picture", "parts": whole})
        self._taken_in()

    def cut(self) -> None:
        """Be gone."""
        assert self._socket is not None
        self._gone = True
        self._socket.close(code=1001)

    def _taken_in(self) -> None:
        self._screen.page.wait_for_function(
            """async (seq) => {
              const page = [...document.body.children].find((one) => one.store);
              if (page?.store.seq !== seq) return false;
              await page.updateComplete;
              return true;
            }""",
            arg=self._seq,
        )

    def _answer(self, socket: WebSocketRoute) -> None:
        if self._gone:
            socket.close(code=1001)
            return
        self._socket = socket
        socket.on_message(self._hear)

    def _hear(self, text: str | bytes) -> None:
        frame = json.loads(text)
        now_us = time.time_ns() // 1000
        if frame["type"] == "hello":
            self._seq = 100
            self._say(
                {
                    "type": "welcome",
                    "protocol": 1,
                    "sale": "plates-7",
                    "role": "public",
                    "server_us": now_us,
                    "key": "ab" * 32,
                }
            )
            self._say({"type": "picture", "parts": self._first})
        elif frame["type"] == "time":
            self._say({"type": "time", "t0": frame["t0"], "t1_us": now_us, "t2_us": now_us})

    def _say(self, frame: dict[str, Any]) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps({"epoch": 1, "seq": self._seq, "head": "ab" * 32, **frame}))
