"""
``python -m tests.fuzz.contract``: schemathesis holds a real house to the OpenAPI document it publishes, as nobody, bidder and officer.

What schemathesis makes of the document is not ours; so it also judges the document itself: a number that is described must be taken.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from engine import describe
from tests.browser.house import House, write_sale
from tests.nightly.telling import finish, progress, sized

FULL: Final = 1_000
"""Cases at most for each operation and bearer, beside those that schemathesis makes for each keyword of a schema."""

SCHEMATHESIS: Final = Path(sys.executable).with_name("schemathesis")
SEED: Final = 1
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
)
BEYOND_SCHEMAS: Final = ("/api/sales/{sale}/commands", "/api/sales/{sale}/log/cosignatures", "/api/sales/{sale}/socket")
"""What these take no schema can say: canonical spelling, a signature, a WebSocket. That they refuse is no fault."""

ELSEWHERE: Final = r"^/api/sales/\\{sale\\}/(uploads|certificates)"
"""What is for openings only. In the sale that is asked here that is said first, before who asks and by what method."""

REFUSALS: Final = (400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, 431)
"""What says no to what the document forbids; 413 where a list is too long, for then so is the body."""

UNTIRING: Final = {
    f"LUOCHUI_LIMITS_{name}": "1000000"
    for name in (
        "COMMANDS_PER_S",
        "COMMANDS_BURST",
        "READS_PER_S",
        "READS_BURST",
        "TICKETS_PER_S",
        "PLANS_PER_S",
        "PLANS_BURST",
    )
}
BEARERS: Final = ("", "bidder", "auctioneer")


def settings(sale: str) -> str:
    """What schemathesis is told beside the command line."""
    lines = ["[parameters]", f'sale = "{sale}"', "[checks]", *(f"{name}.enabled = true" for name in CHECKS)]
    lines.append(f"negative_data_rejection.expected-statuses = {[*map(str, REFUSALS)]}")
    for path in BEYOND_SCHEMAS:
        lines += ["[[operations]]", f'include-path = "{path}"', "[operations.checks]"]
        lines += ["positive_data_acceptance.enabled = false"]
    lines += ["[[operations]]", f'include-path-regex = "{ELSEWHERE}"', "[operations.checks]"]
    lines += [f"{name}.enabled = false" for name in ("missing_required_header", "unsupported_method")]
    return "\n".join((*lines, ""))


def held_to_it(folder: Path, house: House, bearer: str, cases: int) -> dict[str, Any]:
    """What schemathesis says of ``house``, asked as ``bearer``."""
    told = folder / f"{bearer or 'nobody'}.json"
    document = folder / "openapi.json"
    document.write_bytes(orjson.dumps(describe.openapi()))
    known = folder / "schemathesis.toml"
    known.write_text(settings(house.sale), encoding="utf-8")
    token = house.token(bearer, 8 if bearer == "bidder" else None) if bearer else ""
    command = [
        *(SCHEMATHESIS, "--config-file", known, "run", document, "--url", house.url),
        *(("-H", f"Authorization: Bearer {token}") if token else ()),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", str(cases), "--seed", str(SEED), "--no-shrink"),
        *("--continue-on-failure", "--report", "json", "--report-json-path", told),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        progress(done.stdout + done.stderr)
    found: dict[str, Any] = orjson.loads(told.read_bytes())
    return found


def main(arguments: Sequence[str]) -> int:
    """Run the check. Returns the exit code."""
    cases = sized("tests.fuzz.contract", FULL, arguments)
    figures: dict[str, Any] = {"operations": 0, "requests": 0, "not as described": 0}
    whole = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with House(folder / "house", write_sale(folder / "sale"), UNTIRING) as house:
            for bearer in BEARERS:
                said = held_to_it(folder, house, bearer, cases)
                whole &= said["complete"] and said["exit_code"] == 0 and said["operations"]["errored"] == 0
                figures["operations"] = said["operations"]["tested"]
                figures["requests"] += said["test_cases"]["generated"]
                figures["not as described"] += said["test_cases"]["unique_failures"]
                progress(f"{bearer or 'nobody'}: {said['test_cases']['generated']} requests")
    return finish(["P14"], figures, passed=whole and figures["not as described"] == 0, seeds=str(SEED))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
