"""
Follow the public record and check it as it grows: every digest, the chain, every signature.

    python -m clients.examples.follow_record http://localhost:8000 plates-4 [KEY]

KEY is the house's public key from the printed notice. Without it, the word of the house is taken.
"""

import sys

import trio

from clients.http import Address, exchange
from clients.verify import RecordChecker

POLL_S = 1.0


async def follow(url: str, sale: str, key: str | None = None) -> None:
    """Check page after page until the sale is closed and all of it was read. A record that does not hold ends the program."""
    address, checker = Address.of(url), RecordChecker(key)
    while True:
        about = await exchange(address, "GET", f"/api/sales/{sale}")
        while checker.seq < about["seq"]:
            checker.take(await exchange(address, "GET", f"/api/sales/{sale}/record?after={checker.seq}"))
            print("checked up to record", checker.seq, flush=True)
        if about["phase"] == "closed":
            break
        await trio.sleep(POLL_S)
    checked = checker.finish()
    print(f"the record holds: {checked.records} records, {checked.commits} commits, head {checked.head}", flush=True)


if __name__ == "__main__":
    trio.run(follow, sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
