"""The outsider's verifier: right sales hold, every kind of tampering is found out by its rule at its record."""

import ast
import hashlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing
from msgspec.structs import replace as altered

from clients.verifier import judge, root_by_path, tree_hash
from clients.verify import Rule
from engine.domain.auction.events import BidPlaced, SaleClosed
from engine.domain.refusals import Refusal
from engine.journal.memory import MemoryJournal
from engine.wire import note
from tests.articles import article
from tests.clients.exports import KEY, WITNESS, WITNESS_NAME, Journal, text, vkey
from tests.golden.test_transcripts import TRANSCRIPTS, Hall, scenes
from tests.journal.books import IDENTITY
from tests.room.scene import at_work
from tests.tampering import CLASSES, OPENING, QUOTA, SHOWN, TIMED, house, sale_of, tried, wrong
from tests.tampering.case import Case, Tamper, receipts_of, refused
from tests.tampering.sales import sale

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "clients" / "verifier.py"
OF_QUOTAS, OF_OPENINGS, OF_SEALS = (ROOT / "clients" / f"verifier_{name}.py" for name in ("quota", "opening", "seal"))
LOGS = 10
LONG: dict[str, int] = {"quota": 2, "opening": 1}
"""Quota sales are long, and openings are opened again; the nightly run tries five hundred."""

LINES_MAX = 300


# The file itself.


@pytest.mark.parametrize(
    ("file", "needed"),
    [
        (SOURCE, {"cryptography.exceptions", "cryptography.hazmat.primitives.asymmetric.ed25519"}),
        (OF_QUOTAS, set()),
        (OF_OPENINGS, set()),
        (OF_SEALS, {"cryptography", "cryptography.hazmat.primitives", "cryptography.hazmat.primitives.asymmetric"}),
    ],
    ids=lambda given: given.stem if isinstance(given, Path) else "",
)
def test_each_is_one_small_file_and_needs_the_standard_library_and_cryptography_only(
    file: Path, needed: set[str]
) -> None:
    source = file.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LINES_MAX
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    outside = {name for name in imported if name and name.partition(".")[0] not in sys.stdlib_module_names}
    assert outside == needed


def test_the_protocol_says_what_every_proof_means_as_the_pages_do() -> None:
    page = (ROOT / "engine" / "wire" / "PROTOCOL.md").read_text(encoding="utf-8")
    told = {name: (zh, en) for zh, en, name in re.findall(r"^\| (.+) \| (.+) \| `([a-z]+)` \|$", page, re.MULTILINE)}
    assert {*Rule, "checkpoint", "cosignature", "fork", "drop", "edit", "hidden", "blind", "codes"} <= told.keys()
    for number, lang in enumerate(("zh-CN", "en")):
        locale = json.loads((ROOT / "web" / "shared" / "locales" / f"{lang}.json").read_text(encoding="utf-8"))
        known = {name: locale[f"fault.{name}"] for name in told if f"fault.{name}" in locale}
        assert known == {name: told[name][number] for name in known}


# Right sales.


RIGHT = [
    pytest.param(seed, kind, id=f"{next(iter(kind), 'any')}-{seed}")
    for kind in ({}, SHOWN, TIMED, QUOTA, OPENING)
    for seed in range(4 if kind is OPENING else LOGS)
]


@pytest.mark.parametrize(("seed", "kind"), RIGHT)
def test_a_right_sale_holds_together_with_all_its_receipts_and_checkpoints(seed: int, kind: dict[str, Any]) -> None:
    journal = sale_of(seed, kind)
    bidders = [record.seq for record in journal.records if record.by.startswith("bidder")]
    held = receipts_of(journal, *bidders) | {f"{size}": journal.note(size) for size in (1, 7, len(journal.records))}
    said = Case(
        journal.lines((WITNESS_NAME, WITNESS)), "", held=held, witnesses=[vkey(WITNESS_NAME, WITNESS.public)]
    ).verdict()
    assert (said["verdict"], said["rule"], said["seq"]) == ("GOOD", None, None)
    assert (said["records"], said["head"]) == (len(journal.records), journal.records[-1].digest.hex())
    assert said["rules"] == journal.state.rules_digest


@cache
def transcript(path: Path) -> Journal:
    _, _, script = path.read_text(encoding="utf-8").rstrip("\n").partition("\n\n")

    async def played() -> MemoryJournal:
        journal = MemoryJournal(IDENTITY)
        async with at_work(journal) as desk:
            hall = Hall(desk)
            for scene in scenes(script):
                await hall.play(scene)
        return journal

    return Journal.of(trio.run(played, clock=trio.testing.MockClock(autojump_threshold=0)).history())


@article("15")
@pytest.mark.parametrize("path", sorted(TRANSCRIPTS.glob("*.txt")), ids=lambda path: path.stem)
def test_every_sale_that_is_written_down_holds(path: Path) -> None:
    journal = transcript(path)
    ahead = next((record.seq for record in journal.records if record.arrived_at > record.recorded_at), None)
    said = judge(text(journal.lines()), KEY, {}, [])
    assert (said["rule"], said["seq"]) == (
        None if ahead is None else "6",
        ahead,
    )  # One has a stamp that no house would give.


def test_what_cannot_be_judged_is_counted() -> None:
    said = judge(text(transcript(TRANSCRIPTS / "sees_nothing.txt").lines()), KEY, {}, [])
    assert said["verdict"] == "GOOD"
    assert said["not_judged"]["hidden"] > 0
    assert set(said["not_judged"]) == {"hidden", "blind", "codes"}


def test_a_quota_sale_is_judged_and_what_hides_offers_is_counted() -> None:
    journal = transcript(TRANSCRIPTS / "quota_shanghai.txt")
    said = judge(text(journal.lines()), KEY, {}, [])
    refusals = [record for record in journal.records if isinstance(record.outcome, Refusal)]
    assert (said["verdict"], said["not_judged"]["hidden"]) == ("GOOD", 0)
    assert 0 < said["not_judged"]["codes"] <= len(refusals)
    mine = receipts_of(journal, *(record.seq for record in refusals))
    assert judge(text(journal.lines()), KEY, mine, [])["not_judged"]["codes"] == 0
    kept = transcript(TRANSCRIPTS / "quota_another_kind.txt")  # Its offers stay private.
    assert judge(text(kept.lines()), KEY, {}, [])["not_judged"]["hidden"] > 0


def test_a_quota_sale_read_while_it_runs_convicts_nobody_by_what_is_not_shown_yet() -> None:
    whole = transcript(TRANSCRIPTS / "quota_shanghai.txt")
    commits = whole.commits[: len(whole.commits) // 2]
    cut = Journal(whole.records[: commits[-1].last], commits)
    said = judge(text(cut.lines()), KEY, {}, [])
    assert (said["verdict"], said["not_judged"]["hidden"] > 0) == ("GOOD", True)


@article("44")
@pytest.mark.parametrize(
    "name", ["opening_ceiling_and_coefficient", "opening_remedy_and_what_lapses", "opening_too_few"]
)
def test_an_opening_read_at_any_moment_convicts_nobody_by_what_is_not_shown_yet(name: str) -> None:
    whole = transcript(TRANSCRIPTS / f"{name}.txt")
    for count in range(1, len(whole.commits) + 1):
        commits = whole.commits[:count]
        cut = Journal(whole.records[: commits[-1].last], commits)
        mine = receipts_of(cut, *(record.seq for record in cut.records if record.by.startswith("bidder")))
        said = judge(text(cut.lines()), KEY, mine, [])
        assert (said["verdict"], said["rule"], said["seq"]) == ("GOOD", None, None)


@article("44")
def test_of_an_opening_what_stays_hidden_or_with_the_house_is_counted() -> None:
    said = judge(text(transcript(TRANSCRIPTS / "opening_without_a_remedy.txt").lines()), KEY, {}, [])
    assert said["not_judged"] == {"hidden": 0, "codes": 3, "content": 1, "report": 0}
    failed = judge(text(transcript(TRANSCRIPTS / "opening_ceiling_and_coefficient.txt").lines()), KEY, {}, [])
    assert failed["not_judged"] == {"hidden": 1, "codes": 8, "content": 0, "report": 1}


def test_a_quota_sale_without_the_file_beside_is_no_verdict(tmp_path: Path) -> None:
    alone, export = tmp_path / "verifier.py", tmp_path / "export.jsonl"
    alone.write_text(SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    export.write_text(text(transcript(TRANSCRIPTS / "quota_shanghai.txt").lines()), encoding="utf-8")
    said = subprocess.run([sys.executable, alone, export], capture_output=True, text=True, check=False)
    assert (said.returncode, "verifier_quota.py" in said.stderr) == (2, True)
    both = run(export, file=OF_QUOTAS)
    assert (both.returncode, both.stdout) == (0, run(export).stdout)


def test_a_page_read_after_the_close_convicts_nobody_by_what_the_page_before_did_not_show() -> None:
    whole = transcript(TRANSCRIPTS / "sees_his_rank.txt")
    closed = next(
        r.seq for r in whole.records if not isinstance(r.outcome, Refusal) and isinstance(r.outcome[0], SaleClosed)
    )
    commits = tuple(commit for commit in whole.commits if commit.last < closed)
    cut = Journal(whole.records[: commits[-1].last], commits)
    bids = [
        record
        for record in cut.records
        if not isinstance(record.outcome, Refusal) and isinstance(record.outcome[0], BidPlaced)
    ]
    lines = cut.lines()
    assert not any(lines[bid.seq]["events"] for bid in bids)
    lines[bids[-1].seq] = {"type": "record", **whole.published(bids[-1])}
    assert lines[bids[-1].seq]["events"]
    assert judge(text(lines), KEY, {}, [])["verdict"] == "GOOD"


# Tampering.


@pytest.mark.parametrize("tamper", CLASSES, ids=lambda tamper: tamper.__name__)
def test_every_kind_of_tampering_is_found_out_by_its_rule_at_its_record(tamper: Tamper) -> None:
    logs = next((LONG[name] for name in CLASSES[tamper] if name in LONG), LOGS)
    assert [(seed, fault) for seed in range(logs) if (fault := wrong(*tried(tamper, seed)))] == []


def test_a_receipt_that_does_not_hold_itself_convicts_nobody_else() -> None:
    journal = sale(0)
    seq = refused(journal)[0].seq
    forged = journal.receipt(seq) | {"outcome": '{"events":[]}'}
    said = Case(journal.lines(), "", held={"mine.json": json.dumps(forged)}).verdict()
    assert (said["rule"], said["evidence"]) == ("outcome", "mine.json")


def test_a_receipt_of_another_sale_of_the_same_house_is_no_proof_of_a_fork() -> None:
    journal = sale(0)
    other = journal.rewritten(lambda record: altered(record, sale="another"))
    held = receipts_of(other, refused(other)[0].seq)
    said = Case(journal.lines(), "", held=held).verdict()
    assert (said["rule"], said["evidence"]) == ("sale", next(iter(held)))


def test_the_notes_of_these_tests_are_those_of_the_house() -> None:
    journal = sale(0)
    last = journal.records[-1]
    log = note.log_verifier(journal.signer.public, last.sale)
    root = tree_hash([record.digest for record in journal.records])
    words = note.Checkpoint(log.name, last.seq, root, last.epoch, last.digest, last.recorded_at).text()
    witness = note.Verifier(WITNESS_NAME, WITNESS.public, note.Kind.WITNESS)
    signatures = (
        note.sign(words, log, journal.signer.sign),
        note.cosign(words, witness, WITNESS.sign, last.recorded_at // 10**9),
    )
    assert note.Note(words, signatures).whole() == journal.note(None, (WITNESS_NAME, WITNESS))
    assert witness.text() == vkey(WITNESS_NAME, WITNESS.public)


@pytest.mark.parametrize("junk", ["", "{}", "[]", '{"type":"sale"}', "null", '{"type":"record"}\n', "x"])
def test_junk_is_no_export_and_no_crash(junk: str) -> None:
    assert judge(junk, KEY, {}, [])["verdict"] == "BAD"


def test_no_changed_character_of_an_export_that_matters_goes_unnoticed() -> None:
    chance = random.Random(4)
    whole = text(sale(1, shown=True).lines())
    plates = {int(place) for found in re.finditer(r'"plate":"[^"]*"', whole) for place in range(*found.span())}
    for _ in range(150):
        place = chance.randrange(len(whole))
        other = chance.choice([letter for letter in '0a}"x' if letter != whole[place]])
        said = judge(whole[:place] + other + whole[place + 1 :], KEY, {}, [])
        assert said["verdict"] == "BAD" or place in plates, whole[place - 30 : place + 30]


# The command line.


def run(*args: str | Path, file: Path = SOURCE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(file), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=SOURCE.parent)


def test_the_program_says_good_bad_or_unreadable_in_both_languages(tmp_path: Path) -> None:
    journal = sale(0, shown=True)
    case, _ = tried(house.sold_at_another_price, 0)
    origin = f"luochui/{hashlib.sha256(bytes.fromhex(KEY)).hexdigest()[:8]}/trial"
    good, bad, receipt, remembered = (
        tmp_path / name for name in ("good.jsonl", "bad.jsonl", "receipt.json", "note.txt")
    )
    good.write_text(text(journal.lines()), encoding="utf-8")
    bad.write_text(text(case.lines), encoding="utf-8")
    receipt.write_text(json.dumps(journal.receipt(refused(journal)[0].seq)), encoding="utf-8")
    remembered.write_text(journal.note(9), encoding="utf-8")
    right = run(good, receipt, remembered, "--key", vkey(origin, bytes.fromhex(KEY), 1))
    assert right.returncode == 0
    assert "GOOD 成立  trial" in right.stdout
    wrong_one = run(bad, "--key", KEY)
    assert wrong_one.returncode == 1
    assert f"BAD 不成立  record {case.seq}: against article 11 of the rules (11; export)" in wrong_one.stdout
    assert f"第 {case.seq} 条记录：违反竞价规则第11条" in wrong_one.stdout
    assert json.loads(run(bad, "--json").stdout)["rule"] == "11"
    forked = run(bad, receipt, "--key", KEY)
    assert (forked.returncode, "receipt.json" in forked.stdout) in {(1, True), (1, False)}
    assert run(tmp_path / "none.jsonl").returncode == 2


# The tree of RFC 6962 and RFC 9162.

VECTORS = [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"]
"""The leaves of the vectors of Certificate Transparency; their roots by size."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_are_those_of_the_published_vectors() -> None:
    assert [tree_hash(VECTORS[:size]).hex() for size in range(1, 9)] == ROOTS


class Reference:
    """The tree by its definition: section 2.1 of RFC 9162, word for word, each subtree computed once."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.entries = entries
        self.root = cache(self._root)

    def _root(self, low: int, high: int) -> bytes:
        if high - low == 1:
            return hashlib.sha256(b"\x00" + self.entries[low]).digest()
        middle = low + split(high - low)
        return hashlib.sha256(b"\x01" + self.root(low, middle) + self.root(middle, high)).digest()

    def path(self, index: int, low: int, high: int) -> Iterator[bytes]:
        if high - low == 1:
            return
        middle = low + split(high - low)
        if index < middle:
            yield from self.path(index, low, middle)
            yield self.root(middle, high)
        else:
            yield from self.path(index, middle, high)
            yield self.root(low, middle)


def split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


ENTRIES = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(512)]
TREE = Reference(ENTRIES)


@pytest.mark.parametrize("size", [*range(1, 40), 63, 64, 65, 127, 128, 129, 511, 512])
def test_every_way_to_the_root_leads_there_and_no_other(size: int) -> None:
    root = TREE.root(0, size)
    assert tree_hash(ENTRIES[:size]) == root
    for index in range(size):
        path = list(TREE.path(index, 0, size))
        assert root_by_path(ENTRIES[index], index, size, path) == root
        assert root_by_path(ENTRIES[index], index ^ 1, size, path) != root or index ^ 1 >= size
        assert root_by_path(ENTRIES[index], index, size, [*path, root]) != root
        assert not path or root_by_path(ENTRIES[index], index, size, path[1:]) != root
