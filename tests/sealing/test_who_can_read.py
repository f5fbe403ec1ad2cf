"""P19: before the opening nobody reads a price: not the platform, not with one trustee, not all trustees without the bidder."""

import ast
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.sealing import halves
from engine.sealing.envelope import open_part, unwrap_hall
from engine.sealing.faults import SealFault
from engine.sealing.halves import HALL, OWN, DataKey
from engine.sealing.manifest import Manifest
from engine.sealing.parts import PartName
from engine.sealing.suites import Suite
from tests.sealing.scene import BOTH, Envelope, Tender

ROOT = Path(__file__).resolve().parents[2]
SECRETS = (
    "join", "data_key", "unwrap_own", "unwrap_hall", "unwrap_remedy", "open_part", "open_together", "Sealer", "deal", "answer",
    "read_share", "write_share", "open_recovery", "write_recovery", "check_half", "DataKey", "Share",
)  # fmt: skip
"""What holds, or leads to, a key or its half. The audit in ``SEALING.md`` lists who uses each."""

suites = pytest.mark.parametrize("suite", BOTH, ids=["AES", "SM4"])


@dataclass
class Insider:
    """Somebody who has all the platform stores, and perhaps more, and tries everything that costs no luck."""

    tender: Tender
    made: Envelope
    more: tuple[bytes, ...] = ()

    def stored(self) -> Iterable[bytes]:
        said = json.loads(self.made.manifest.write())
        yield from (bytes.fromhex(value) for value in said.values() if re.fullmatch("([0-9a-f]{2})+", str(value)))
        yield self.made.manifest.context.digest
        yield self.made.signature
        yield from (self.tender.suite.curve.encode(point) for point in self.tender.hall.commitments)
        yield from (chunk[:96] + chunk[-48:] for chunks in self.made.chunks.values() for chunk in chunks)
        yield from self.more

    def candidates(self) -> set[bytes]:
        return {one[at : at + 32] for one in self.stored() for at in range(max(1, len(one) - 31))} | {bytes(32)}

    def reads(self) -> bool:
        manifest, sealed = self.made.manifest, self.made.chunks[PartName.SHEET][0]
        found: dict[str, set[bytes]] = {OWN: set(), HALL: set()}
        for which, candidate in itertools.product(found, self.candidates()):
            if opens(lambda which=which, half=candidate: halves.check_half(manifest, which, half)):
                found[which].add(candidate)
        for own, hall in itertools.product(found[OWN] or {bytes(32)}, found[HALL] or {bytes(32)}):
            if tries(halves.join(manifest.context, own, hall), manifest, sealed):
                return True
        return any(tries(DataKey(manifest.context, one), manifest, sealed) for one in self.candidates())


def opens(attempt: object) -> bool:
    assert callable(attempt)
    try:
        attempt()
    except SealFault:
        return False
    return True


def tries(key: DataKey, manifest: Manifest, sealed: bytes) -> bool:
    return opens(lambda: list(open_part(key, manifest.parts[0], [sealed].__getitem__)))


@suites
def test_the_platform_with_one_trustees_share_reads_nothing(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal()
    for share in tender.shares:
        own = tender.answers(made.manifest, HALL, [share.trustee])
        with pytest.raises(SealFault):
            unwrap_hall(made.manifest, tender.hall, own)
        point = suite.curve.encode(own[0].point)
        assert not Insider(tender, made, (share.number.to_bytes(32, "big"), point)).reads()


@suites
def test_all_trustees_without_the_bidder_read_nothing_where_no_remedy_was_announced(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal(remedy=False)
    hall = unwrap_hall(made.manifest, tender.hall, tender.answers(made.manifest))
    assert not Insider(tender, made, (hall,)).reads()


@suites
def test_the_bidders_half_without_the_trustees_reads_nothing(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal()
    share = tender.shares[0].number.to_bytes(32, "big")
    assert not Insider(tender, made, (made.sealed.own, share)).reads()


@suites
def test_the_insider_is_not_blind_and_reads_with_both_halves(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal()
    hall = unwrap_hall(made.manifest, tender.hall, tender.answers(made.manifest))
    assert Insider(tender, made, (made.sealed.own, hall)).reads()


@suites
def test_what_is_stored_for_two_prices_differs_in_nothing_but_noise(suite: Suite) -> None:
    tender = Tender(suite)
    kept = []
    for price in (123_456_789_012, 987_654_321_098_765):
        made = tender.seal({"price_fen": price}, seed=str(price))
        chunk = made.chunks[PartName.SHEET][0]
        assert str(price).encode() not in chunk
        ones = sum(byte.bit_count() for byte in chunk) / (8 * len(chunk))
        assert abs(ones - 0.5) < 0.005
        kept.append((len(chunk), len(made.manifest.write())))
    assert kept[0] == kept[1]


def users(name: str) -> set[str]:
    """Modules outside ``engine.sealing`` that take ``name`` from it, directly or through its module."""
    found = set()
    for folder in ("engine", "clients", "bench"):
        for file in (ROOT / folder).rglob("*.py"):
            if not file.is_relative_to(ROOT / "engine" / "sealing") and takes(file.read_text("utf-8"), name):
                found.add(file.relative_to(ROOT).as_posix())
    return found


def takes(source: str, name: str) -> bool:
    if "engine.sealing" not in source:
        return False
    nodes = list(ast.walk(ast.parse(source)))
    imports = [
        node for node in nodes if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine.sealing")
    ]
    modules = {
        alias.asname or alias.name for node in imports if node.module == "engine.sealing" for alias in node.names
    }
    assert not any(
        alias.name.startswith("engine.sealing")
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    )
    return any(alias.name == name for node in imports for alias in node.names) or any(
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
        for node in nodes
    )


@pytest.mark.parametrize("name", SECRETS)
def test_the_audit_lists_everybody_who_can_touch_a_key(name: str) -> None:
    page = (ROOT / "engine" / "sealing" / "SEALING.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|") and f"`{name}`" in line.split("|")[1]]
    assert len(rows) == 1, f"the audit has one row for {name}"
    assert set(re.findall(r"`([a-z_/]+\.py)`", rows[0].split("|")[3])) == users(name)
