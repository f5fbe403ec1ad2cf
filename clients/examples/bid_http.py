"""
Bid over HTTP, with Python's standard library and nothing else.

    python clients/examples/bid_http.py http://localhost:8000 plates-4 paddle-8.token
"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

NOT_KNOWN_YET = 202
BUSY = {429, 503}


class House:
    """One sale of one house, as the bearer of a token meets it."""

    def __init__(self, url: str, sale: str, token: str) -> None:
        self._at, self._token = f"{url}/api/sales/{sale}", token

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, dict[str, Any], float]:
        """Status, answer, and after how many seconds to ask again. GET without a body, POST with one."""
        headers = {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self._at + path, data=body, headers=headers)  # noqa: S310 - the caller's address
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
                return answer.status, json.load(answer), float(answer.headers.get("Retry-After", 0))
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused), float(refused.headers.get("Retry-After", 0))

    def command(self, frame: dict[str, Any]) -> dict[str, Any]:
        """
        What became of ``frame``. Its id makes sure that it happens once, however often it is sent.

        Where the house cannot be reached, send the same frame again: keep it until this returns.
        """
        body = json.dumps(frame, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        status, said, again_s = self.ask("/commands", body)
        while status == NOT_KNOWN_YET or status in BUSY:
            time.sleep(again_s or 1)
            if status == NOT_KNOWN_YET:
                status, said, again_s = self.ask(f"/commands/{frame['id']}")
            else:
                status, said, again_s = self.ask("/commands", body)
        first: dict[str, Any] = said.get("answer", said)  # a duplicate holds the first answer
        return first


def main(url: str, sale: str, token_file: str) -> None:
    """Bid what is asked for the lot on the block."""
    house = House(url, sale, Path(token_file).read_text(encoding="utf-8").strip())
    _, picture, _ = house.ask("/picture")
    block = picture["parts"]["block"]
    if block is None or block["phase"] != "open":
        print("no lot takes bids now")
        return
    bid = {"type": "bid", "id": str(uuid.uuid4()), "lot": block["lot"], "amount_fen": block["asked_fen"]}
    answer = house.command(bid)
    outcome = answer.get("outcome", {"refused": answer})
    if "accepted" in outcome:
        print(f"bid {bid['amount_fen']} fen for {block['plate']}: record {answer['seq']}")
        Path("receipt.json").write_text(json.dumps(answer["receipt"]), encoding="utf-8")
    else:
        print("refused:", outcome["refused"]["code"], outcome["refused"]["en"])


if __name__ == "__main__":
    main(*sys.argv[1:4])
