"""Receipts and records made by hand after PROTOCOL.md, then tampered with."""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from clients.verifier import STATEMENT, read
from clients.verify import (
    GENESIS,
    ReceiptFault,
    RecordChecker,
    RecordFault,
    Rule,
    root_by_path,
    tree_hash,
    verify_receipt,
    verify_record,
)

HOUSE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RULE_SHEET = {"calls": 3, "mode": "rostrum"}
RULES = hashlib.sha256(json.dumps(RULE_SHEET, separators=(",", ":")).encode()).hexdigest()
KEY = HOUSE_KEY.public_key().public_bytes_raw().hex()
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def audit_path(entries: list[bytes], index: int) -> list[bytes]:
    """RFC 6962, 2.1.1, word for word: the definition by halves, lowest sibling first."""
    if len(entries) == 1:
        return []
    split = 1
    while split * 2 < len(entries):
        split *= 2
    if index < split:
        return [*audit_path(entries[:split], index), tree_hash(entries[split:])]
    return [*audit_path(entries[split:], index - split), tree_hash(entries[:split])]


class Book:
    """A house's journal, written by hand."""

    def __init__(self, commits: list[int], *, signer: Ed25519PrivateKey = HOUSE_KEY) -> None:
        self.private: list[dict[str, Any]] = []
        self.public: list[dict[str, Any]] = []
        self.commits: list[dict[str, Any]] = []
        self._signer = signer
        self._prev = GENESIS
        for size in commits:
            self._commit(size)

    def _commit(self, size: int) -> None:
        first = len(self.private) + 1
        for _ in range(size):
            self._record(len(self.private) + 1)
        digests = [bytes.fromhex(record["digest"]) for record in self.public[first - 1 :]]
        last = first + size - 1
        root = tree_hash(digests).hex()
        statement = f"luochui commit v1\n纪-1\n3\n{first}\n{last}\n{self._prev}\n{root}\n{RULES}\n"
        signature = self._signer.sign(statement.encode()).hex()
        self.commits.append({"first": first, "last": last, "statement": statement, "signature": signature})
        for index, record in enumerate(self.private[first - 1 :]):
            record |= {
                "path": [node.hex() for node in audit_path(digests, index)],
                "statement": statement,
                "signature": signature,
                "key": KEY,
            }

    def _record(self, seq: int) -> None:
        refused = seq % 4 == 0
        command = canonical({"amount": seq * 100, "command_id": f"id-{seq}", "type": "PlaceBid"})
        outcome = canonical(
            {"refused": {"code": "E_BID_TOO_LOW", "detail": {}}}
            if refused
            else {"events": [{"type": "SaleAnnounced", "rules": RULE_SHEET}]}
            if seq == 1
            else {"events": [{"lot": 8, "type": "BidPlaced"}, {"lot": 8, "type": "WarningCancelled"}][: 1 + seq % 2]}
        )
        salts = [hashlib.sha256(f"{kind}{seq}".encode()).digest()[:16] for kind in ("command", "outcome")]
        header = canonical(
            {
                "arrived_at": seq * 1000,
                "command": sha256(salts[0] + command.encode()),
                "epoch": 3,
                "outcome": sha256(salts[1] + outcome.encode()),
                "prev": self._prev,
                "recorded_at": seq * 1000 + 5,
                "sale": "纪-1",
                "seq": seq,
            }
        )
        self._prev = sha256(header.encode())
        self.private.append(
            {
                "header": header,
                "command": command,
                "command_salt": salts[0].hex(),
                "outcome": outcome,
                "outcome_salt": salts[1].hex(),
            }
        )
        shown: dict[str, Any] = {"header": header, "digest": self._prev}
        if refused:
            shown["refused"] = {"code": "E_BID_TOO_LOW"}
        else:
            shown["events"] = [{"type": event["type"]} for event in json.loads(outcome)["events"]]
            shown |= {"outcome": outcome, "outcome_salt": salts[1].hex()}
        self.public.append(shown)

    def pages(self, size: int) -> list[dict[str, Any]]:
        """As the house serves them: each page with every commit that touches its records."""
        pages = []
        for at in range(0, len(self.public), size):
            low, high = at + 1, min(at + size, len(self.public))
            commits = [one for one in self.commits if one["last"] >= low and one["first"] <= high]
            pages.append(self.page(self.public[at : at + size], commits))
        return pages

    def page(self, records: list[dict[str, Any]], commits: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "sale": "纪-1",
            "key": KEY,
            "records": copy.deepcopy(records),
            "commits": copy.deepcopy(commits),
            "seq": len(self.public),
            "head": self.public[-1]["digest"],
        }


# The tree.


def test_the_tree_of_one_two_and_three_entries_is_that_of_the_rfc() -> None:
    a, b, c = b"a", b"b", b"c"
    leaves = [hashlib.sha256(b"\x00" + entry).digest() for entry in (a, b, c)]
    both = hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest()
    assert tree_hash([a]) == leaves[0]
    assert tree_hash([a, b]) == both
    assert tree_hash([a, b, c]) == hashlib.sha256(b"\x01" + both + leaves[2]).digest()


@given(st.integers(1, 40), st.data())
def test_only_the_right_path_at_the_right_place_leads_to_the_root(size: int, data: st.DataObject) -> None:
    entries = [number.to_bytes(32) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    root, path = tree_hash(entries), audit_path(entries, index)
    assert root_by_path(entries[index], index, size, path) == root
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert root_by_path(entries[other], index, size, path) != root
        assert root_by_path(entries[index], other, size, path) != root
    assert root_by_path(entries[index], index, size, [*path, bytes(32)]) != root
    if path:
        assert root_by_path(entries[index], index, size, path[:-1]) != root


# Receipts.

BOOK = Book([1, 5, 2, 1, 7, 1])


@pytest.mark.parametrize("seq", range(1, 18))
def test_every_receipt_of_a_right_book_holds(seq: int) -> None:
    verify_receipt(BOOK.private[seq - 1], KEY)
    verify_receipt(BOOK.private[seq - 1], None)


def changed(receipt: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return copy.deepcopy(receipt) | fields


def header_with(receipt: dict[str, Any], **fields: Any) -> str:
    return canonical(json.loads(receipt["header"]) | fields)


TAMPERING: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], Rule]] = {
    "no command": (lambda r: {k: v for k, v in r.items() if k != "command"}, Rule.SHAPE),
    "path no list": (lambda r: changed(r, path="x"), Rule.SHAPE),
    "path no digests": (lambda r: changed(r, path=["x"]), Rule.SHAPE),
    "header with a space": (lambda r: changed(r, header=" " + r["header"]), Rule.SPELLING),
    "header with a field more": (lambda r: changed(r, header=header_with(r, more=1)), Rule.SPELLING),
    "header no JSON": (lambda r: changed(r, header="{"), Rule.SPELLING),
    "seq as a float": (lambda r: changed(r, header=r["header"].replace('"seq":4', '"seq":4.0')), Rule.SPELLING),
    "another amount": (lambda r: changed(r, command=r["command"].replace("400", "500")), Rule.COMMAND),
    "another command salt": (lambda r: changed(r, command_salt="00" * 16), Rule.COMMAND),
    "salt no hexadecimal": (lambda r: changed(r, command_salt="zz"), Rule.COMMAND),
    "another outcome": (lambda r: changed(r, outcome=r["outcome"].replace("E_BID_TOO_LOW", "E_X")), Rule.OUTCOME),
    "another outcome salt": (lambda r: changed(r, outcome_salt=""), Rule.OUTCOME),
    "another arrival": (lambda r: changed(r, header=header_with(r, arrived_at=1)), Rule.PATH),
    "another place": (lambda r: changed(r, header=header_with(r, seq=5)), Rule.PATH),
    "a place outside": (lambda r: changed(r, header=header_with(r, seq=7)), Rule.STATEMENT),
    "another sale": (lambda r: changed(r, header=header_with(r, sale="s")), Rule.SALE),
    "another epoch": (lambda r: changed(r, header=header_with(r, epoch=4)), Rule.SALE),
    "statement of another title": (
        lambda r: changed(r, statement=r["statement"].replace("commit v1", "commit v2")),
        Rule.SPELLING,
    ),
    "statement without its last line": (lambda r: changed(r, statement=r["statement"][:-1]), Rule.SPELLING),
    "statement with a padded number": (
        lambda r: changed(r, statement=r["statement"].replace("\n2\n", "\n02\n")),
        Rule.SPELLING,
    ),
    "statement of another commit": (lambda r: changed(r, statement=BOOK.commits[0]["statement"]), Rule.STATEMENT),
    "path too short": (lambda r: changed(r, path=r["path"][:-1]), Rule.PATH),
    "path of a neighbour": (lambda r: changed(r, path=BOOK.private[4]["path"]), Rule.PATH),
    "signature of another commit": (lambda r: changed(r, signature=BOOK.commits[0]["signature"]), Rule.SIGNATURE),
    "signature too short": (lambda r: changed(r, signature="00"), Rule.SIGNATURE),
    "another's key": (lambda r: changed(r, key=OTHER.public_key().public_bytes_raw().hex()), Rule.KEY),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_a_receipt_tampered_with_is_found_out_by_the_rule_it_breaks(case: str) -> None:
    tamper, rule = TAMPERING[case]
    with pytest.raises(ReceiptFault) as caught:
        verify_receipt(tamper(BOOK.private[3]), KEY)
    assert caught.value.rule is rule


def test_a_last_record_must_be_the_head_of_its_statement() -> None:
    last = BOOK.private[5]
    statement = last["statement"].replace(BOOK.public[5]["digest"], BOOK.public[4]["digest"])
    with pytest.raises(ReceiptFault) as caught:
        verify_receipt(changed(last, statement=statement), KEY)
    assert caught.value.rule is Rule.HEAD


def test_a_receipt_wholly_made_by_somebody_else_is_found_out_by_the_key() -> None:
    forged = Book([1, 5], signer=OTHER).private[3]
    forged["key"] = OTHER.public_key().public_bytes_raw().hex()
    verify_receipt(forged, None)
    with pytest.raises(ReceiptFault) as caught:
        verify_receipt(forged, KEY)
    assert caught.value.rule is Rule.KEY


@given(st.data())
def test_no_single_changed_character_goes_unnoticed(data: st.DataObject) -> None:
    receipt = copy.deepcopy(data.draw(st.sampled_from(BOOK.private)))
    name = data.draw(st.sampled_from(sorted(set(receipt) - {"path"})))
    text = receipt[name]
    at = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.characters(codec="ascii").filter(lambda one: one != text[at]))
    receipt[name] = text[:at] + new + text[at + 1 :]
    with pytest.raises(ReceiptFault):
        verify_receipt(receipt, KEY)


# The public record.


@pytest.mark.parametrize("size", [1, 2, 3, 5, 17, 500])
def test_a_right_record_holds_however_it_is_cut_into_pages(size: int) -> None:
    checked = verify_record(BOOK.pages(size), KEY)
    assert (checked.records, checked.commits, checked.disclosed) == (17, 6, 13)
    assert (checked.seq, checked.head, checked.rules) == (17, BOOK.public[-1]["digest"], RULES)
    assert verify_record(BOOK.pages(size)).key == KEY


def test_the_rest_of_a_record_is_checked_from_where_one_stood() -> None:
    checker = RecordChecker(KEY, seq=6, head=BOOK.public[5]["digest"])
    checker.take(BOOK.page(BOOK.public[6:], BOOK.commits[2:]))
    assert checker.finish().records == 11


def at(seq: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    def change(page: dict[str, Any]) -> None:
        page["records"][seq - 1].update(fields)

    return change


def commit_at(number: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    def change(page: dict[str, Any]) -> None:
        page["commits"][number].update(fields)

    return change


def rewritten(seq: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    """A header changed together with its digest."""

    def change(page: dict[str, Any]) -> None:
        record = page["records"][seq - 1]
        record["header"] = header_with(record, **fields)
        record["digest"] = sha256(record["header"].encode())

    return change


def restated(number: int, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    """A statement changed and signed anew by the house itself."""

    def change(page: dict[str, Any]) -> None:
        commit = page["commits"][number]
        commit["statement"] = commit["statement"].replace(old, new)
        commit["signature"] = HOUSE_KEY.sign(commit["statement"].encode()).hex()

    return change


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], Any], int, Rule]] = {
    "a record taken out": (lambda page: page["records"].pop(8), 9, Rule.PLACE),
    "two records exchanged": (lambda page: page["records"].insert(3, page["records"].pop(4)), 4, Rule.PLACE),
    "the last record taken out": (lambda page: page["records"].pop(), 17, Rule.PLACE),
    "the first record taken out": (lambda page: page["records"].pop(0), 1, Rule.PLACE),
    "a header with a space": (at(3, header=" {}"), 3, Rule.SPELLING),
    "no digest": (lambda page: page["records"][2].pop("digest"), 3, Rule.SHAPE),
    "a digest changed": (at(3, digest="00" * 32), 3, Rule.DIGEST),
    "a header rewritten": (rewritten(3, arrived_at=1), 4, Rule.PREV),
    "the last header rewritten": (rewritten(17, arrived_at=1), 17, Rule.HEAD),
    "a header of another sale": (rewritten(3, sale="s"), 3, Rule.SALE),
    "a header of another epoch": (rewritten(3, epoch=9), 3, Rule.SALE),
    "an outcome changed": (at(3, outcome='{"events":[]}'), 3, Rule.OUTCOME),
    "events changed": (at(3, events=[{"type": "LotPassed"}]), 3, Rule.OUTCOME),
    "a refusal shown for an acceptance": (
        lambda page: (page["records"][2].pop("events"), page["records"][2].update(refused={"code": "E_X"})),
        3,
        Rule.OUTCOME,
    ),
    "neither events nor refusal": (lambda page: page["records"][2].pop("events"), 3, Rule.SHAPE),
    "both events and refusal": (at(3, refused={"code": "E_X"}), 3, Rule.SHAPE),
    "a commit taken out": (lambda page: page["commits"].pop(1), 2, Rule.UNSIGNED),
    "a commit shown over others": (commit_at(1, last=7), 2, Rule.STATEMENT),
    "a statement torn": (commit_at(1, statement="luochui"), 1, Rule.SPELLING),
    "two commits in one place": (
        lambda page: page["commits"].append({**page["commits"][1], **restate(page["commits"][1])}),
        2,
        Rule.STATEMENT,
    ),
    "a signature changed": (commit_at(1, signature="00" * 64), 2, Rule.SIGNATURE),
    "another head signed": (restated(1, BOOK.public[5]["digest"], "00" * 32), 2, Rule.HEAD),
    "another root signed": (
        restated(1, read(STATEMENT, BOOK.commits[1]["statement"], 2).root, "00" * 32),
        2,
        Rule.ROOT,
    ),
    "another rule sheet signed": (restated(1, RULES, "00" * 32), 2, Rule.RULES),
    "another rule sheet signed over the announcement": (restated(0, RULES, "00" * 32), 1, Rule.RULES),
    "a head that is no digest": (restated(1, BOOK.public[5]["digest"], "head"), 1, Rule.SPELLING),
    "another sale signed": (restated(1, "纪-1", "纪-2"), 2, Rule.SALE),
    "another epoch signed": (restated(1, "\n3\n", "\n4\n"), 2, Rule.SALE),
    "a page of another key": (
        lambda page: page.update(key=OTHER.public_key().public_bytes_raw().hex()),
        1,
        Rule.KEY,
    ),
    "the end cut off": (lambda page: page.update(records=page["records"][:6]), 7, Rule.PLACE),
    "another head claimed": (lambda page: page.update(head="00" * 32), 17, Rule.HEAD),
    "no page": (lambda page: page.pop("records"), 1, Rule.SHAPE),
}


def restate(commit: dict[str, Any]) -> dict[str, Any]:
    statement = commit["statement"].replace("\n3\n", "\n4\n")
    return {"statement": statement, "signature": HOUSE_KEY.sign(statement.encode()).hex()}


@pytest.mark.parametrize("case", FORGERIES)
def test_a_forged_record_is_named_with_the_rule_it_breaks(case: str) -> None:
    forge, seq, rule = FORGERIES[case]
    page = BOOK.page(BOOK.public, BOOK.commits)
    forge(page)
    with pytest.raises(RecordFault) as caught:
        verify_record([page], KEY)
    assert (caught.value.seq, caught.value.rule) == (seq, rule)


def test_a_whole_history_written_anew_is_found_out_by_the_key() -> None:
    with pytest.raises(RecordFault) as caught:
        verify_record(Book([1, 5, 2], signer=OTHER).pages(500), KEY)
    assert (caught.value.seq, caught.value.rule) == (1, Rule.SIGNATURE)


def test_pages_of_two_sales_do_not_make_a_record() -> None:
    first, second = BOOK.pages(9)
    second["sale"] = "s"
    with pytest.raises(RecordFault, match=r"^record 10: sale: "):
        verify_record([first, second], KEY)
