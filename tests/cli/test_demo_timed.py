"""``luochui demo timed``: by the clock, what the lots go for is the same on every machine, and after every kill."""

import signal
from pathlib import Path
from typing import Any, Final

from clients.verifier import judge
from tests.cli.program import last_json, luochui, started
from tests.clients.exports import Journal, text

FIXED: Final[dict[str, Any]] = {
    "sale": "timed-1",
    "phase": "closed",
    "lots": 12,
    "sold": 11,
    "passed": 1,
    "turnover_fen": 25_620_000,
    "opening_fen": 10_020_000,
    "top": {"plate": "豫H66888", "hammer_fen": 4_700_000},
    "reoffered": 2,
}
ARGUMENTS: Final = ("demo", "timed", "--fast", "--json", "--data")


async def test_prices_follow_from_the_limits_though_it_is_killed_and_a_sale_that_is_over_says_them_again(
    tmp_path: Path,
) -> None:
    data = tmp_path / "demo"
    async with started(tmp_path / "stderr", "demo", "timed", "--fast", "--data", data) as program:
        await program.until("成交")
        await program.until("成交")
        await program.end(signal.SIGKILL)
    done = luochui(*ARGUMENTS, data)
    assert done.returncode == 0, done.stderr
    figures = last_json(done)
    assert figures | FIXED == figures
    assert figures["suspended"] <= 1
    assert figures["extensions"] > 0
    assert figures["proxies"] > 0
    assert luochui("verify", data).returncode == 0
    journal = Journal.read(data, "timed-1")
    said = judge(text(journal.lines()), journal.signer.public.hex(), {}, [])
    assert (said["verdict"], said["rule"]) == ("GOOD", None)
    assert last_json(luochui(*ARGUMENTS, data)) == figures
