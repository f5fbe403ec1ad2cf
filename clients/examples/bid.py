"""
Bid what is asked for the lot on the block, and check the receipt.

    python -m clients.examples.bid http://localhost:8000 plates-4 paddle-8.token

The bid is kept in ``unanswered.jsonl`` before it is sent. Run the program again after a crash: it asks what became of it.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import trio

from clients import InFile, connect
from clients.verify import verify_receipt


def on_block(parts: Mapping[str, Any]) -> bool:
    """Whether a lot takes bids now."""
    return parts["block"] is not None and parts["block"]["phase"] == "open"


async def bid(url: str, sale: str, token: str) -> Mapping[str, Any] | None:
    """Wait for a lot, bid once, print what became of it. Returns the receipt, if the bid stands."""
    async with connect(url, sale, token=token, unanswered=InFile(Path("unanswered.jsonl"))) as room:
        block = (await room.until(on_block))["block"]
        outcome = await room.bid(block["lot"], block["asked_fen"])
        if outcome.refusal is not None:
            print("refused:", outcome.refusal.code, outcome.refusal.en)
            return None
        assert outcome.receipt is not None
        assert room.welcome is not None
        verify_receipt(outcome.receipt, room.welcome.key)  # Better: a key you know from the printed notice.
        print(f"bid {block['asked_fen']} fen for {block['plate']}: record {outcome.seq}, the receipt holds")
        return outcome.receipt


if __name__ == "__main__":
    receipt = trio.run(bid, sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_text(encoding="utf-8").strip())
    if receipt is not None:
        Path("receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
