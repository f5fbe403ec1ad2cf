"""
``python -m tests.fuzz.contract``: schemathesis holds real houses to the OpenAPI document they publish.

One holds a sale, and is asked as nobody, bidder and officer. One holds an opening of sealed bids, and is asked as a trustee too: while
envelopes lie sealed in it, and again when its deadline is past and shares are wanted. Ids are those of what is really there.

What schemathesis makes of the document is not ours; so it also judges the document itself: a number that is described must be taken.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import orjson

from clients.http import Address
from clients.robots.tender import SECTION, Way
from clients.uploads import Desk, upload
from engine import describe
from engine.config import variable
from tests.browser.house import House, write_sale
from tests.browser.opening import OpeningHouse, opening_house
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
BEYOND_SCHEMAS: Final = ("commands$", "log/cosignatures$", "socket$")
"""What these take no schema can say: canonical spelling, a signature, a WebSocket. That they refuse is no fault."""

SEALED: Final = ("chunks$", "uploads", "certificates$")
"""Nor how long a sealed chunk is, or which digests hang together."""

FOR_OPENINGS: Final = ("uploads", "certificates$")
"""In a sale it is said first that these are for openings only, before who asks and by what method."""

BEYOND: Final = ("positive_data_acceptance",)
REFUSALS: Final = (400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, 431)
"""What says no to what the document forbids; 413 where a list is too long, for then so is the body."""

UNTIRING: Final = MappingProxyType(
    {
        f"limits.{name}": 1_000_000
        for name in (
            *("commands_per_s", "commands_burst", "reads_per_s", "reads_burst", "tickets_per_s", "looks_per_s"),
            *("looks_burst", "uploads_per_s", "uploads_burst", "plans_per_s", "plans_burst"),
        )
    }
)
OF_A_SALE: Final = r"^/(api/)?sales/\{sale\}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One house as somebody asks it."""

    by: str
    """For people."""

    url: str
    parameters: Mapping[str, str]
    """Real ids, by the name they have in an address."""

    token: str = ""
    """Empty for nobody."""

    only: str = ""
    """Which paths; empty for all."""

    spared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the end of a path, checks it is not held to."""


def settings(asked: Asked) -> str:
    """What schemathesis is told beside the command line."""
    lines = ["[parameters]", *(f'{name} = "{value}"' for name, value in asked.parameters.items())]
    lines += ["[checks]", *(f"{name}.enabled = true" for name in CHECKS)]
    lines.append(f"negative_data_rejection.expected-statuses = {[*map(str, REFUSALS)]}")
    for path, checks in asked.spared.items():
        lines += ["[[operations]]", f"include-path-regex = '{OF_A_SALE}/{path}'", "[operations.checks]"]
        lines += [f"{name}.enabled = false" for name in checks]
    return "\n".join((*lines, ""))


def held_to_it(folder: Path, asked: Asked, cases: int) -> dict[str, Any]:
    """What schemathesis says of a house."""
    name = asked.by.replace(" ", "-")
    told = folder / f"{name}.json"
    document = folder / "openapi.json"
    document.write_bytes(orjson.dumps(describe.openapi()))
    known = folder / f"{name}.toml"
    known.write_text(settings(asked), encoding="utf-8")
    command = [
        *(SCHEMATHESIS, "--config-file", known, "run", document, "--url", asked.url),
        *(("-H", f"Authorization: Bearer {asked.token}") if asked.token else ()),
        *(("--include-path-regex", asked.only) if asked.only else ()),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", str(cases), "--seed", str(SEED), "--no-shrink"),
        *("--continue-on-failure", "--report", "json", "--report-json-path", told),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        progress(done.stdout + done.stderr)
    found: dict[str, Any] = orjson.loads(told.read_bytes())
    return found


def of_a_sale(folder: Path) -> Iterator[Asked]:
    """A house with a sale, as each asks it."""
    environ = {variable(name): str(value) for name, value in UNTIRING.items()}
    with House(folder / "house", write_sale(folder / "sale"), environ) as house:
        spared: dict[str, tuple[str, ...]] = dict.fromkeys(BEYOND_SCHEMAS, BEYOND)
        spared |= dict.fromkeys(FOR_OPENINGS, ("missing_required_header", "unsupported_method"))
        asked = Asked(by="nobody", url=house.url, parameters={"sale": house.sale}, spared=spared)
        yield asked
        yield replace(asked, by="bidder", token=house.token("bidder", 8))
        yield replace(asked, by="auctioneer", token=house.token("auctioneer"))


def of_an_opening(folder: Path) -> Iterator[Asked]:
    """A house with an opening, as each asks it: while it is sealed, and when shares are wanted."""
    home = folder / "opening"
    home.mkdir()
    with opening_house(home, UNTIRING) as house:
        house.receive(home)
        house.sign_in(Way.KEY)
        bidder = house.bidders[Way.KEY].number
        desk = Desk(
            address=Address.of(house.url), path=f"/api/sales/{house.sale}", token=house.token(f"bidder:{bidder}")
        )
        house.run(partial(upload, desk, home / f"{bidder}-1"))
        [begun] = house.run(partial(desk.ask, "GET", ""))["uploads"]
        real = {"upload": begun["upload"], "part": "sheet", "section": SECTION, "id": "submit-1"}
        yield from as_each(house, bidder, real, "sealed")
        house.past_the_deadline()
        house.ask("host:1", "start_opening", absent=len(house.bidders) - 1)
        house.ask("host:1", "publish_list")
        house.ask("host:1", "open_unsealing")
        house.unseal(Way.KEY)
        house.past_the_window()
        yield from as_each(house, bidder, real, "unsealed")


def as_each(house: OpeningHouse, bidder: int, real: Mapping[str, str], when: str) -> Iterator[Asked]:
    """An opening as it stands, as nobody, bidder, officer and trustee; those who are somebody know the bidder's ids."""
    asked = Asked(
        by=f"nobody, {when}",
        url=house.url,
        parameters={"sale": house.sale},
        only=OF_A_SALE,
        spared=dict.fromkeys((*BEYOND_SCHEMAS, *SEALED), BEYOND),
    )
    yield asked
    for who in (f"bidder:{bidder}", "host:1", "trustee:1"):
        by = f"{who.partition(':')[0]}, {when}"
        yield replace(asked, by=by, token=house.token(who), parameters={**asked.parameters, **real})


def main(arguments: Sequence[str]) -> int:
    """Run the check. Returns the exit code."""
    cases = sized("tests.fuzz.contract", FULL, arguments)
    figures: dict[str, Any] = {"operations": 0, "requests": 0, "not as described": 0}
    whole = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for asked in chain(of_a_sale(folder), of_an_opening(folder)):
            said = held_to_it(folder, asked, cases)
            whole &= said["complete"] and said["exit_code"] == 0 and said["operations"]["errored"] == 0
            figures["operations"] = max(figures["operations"], said["operations"]["tested"])
            figures["requests"] += said["test_cases"]["generated"]
            figures["not as described"] += said["test_cases"]["unique_failures"]
            progress(f"{asked.by}: {said['test_cases']['generated']} requests")
    return finish(["P14"], figures, passed=whole and figures["not as described"] == 0, seeds=str(SEED))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
