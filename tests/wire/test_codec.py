"""The bytes that are hashed: one value, one spelling, and none of it changes unnoticed."""

import hashlib
import os
from enum import EnumType
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import canonical
from engine.domain.auction import commands, events
from engine.domain.auction.commands import CatalogueEntry, Title
from engine.domain.parties import Channel, Principal
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import (
    CALLS_MAX,
    SECOND,
    Advance,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    Mode,
    PaddleDisplay,
    RuleSheet,
    Sees,
    TimedRules,
    Visibility,
)
from engine.domain.units import FEN_MAX, NUMBER_MAX, Fen, Nanoseconds
from engine.wire.codec import Outcome, decode_command, decode_outcome, dumps, encode_command, encode_outcome
from tests.journal.books import book

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "records.jsonl"

NUMBERS = st.integers(1, NUMBER_MAX)
MONEY = st.integers(1, FEN_MAX).map(Fen)
INSTANTS = st.integers(0, 2**62).map(Nanoseconds)
IDS = st.from_regex(r"\A[A-Za-z0-9._:-]{1,64}\Z")
WORDS = st.text(max_size=30)
DIGESTS = st.from_regex(r"\A[0-9a-f]{64}\Z")
SPANS = st.integers(1, 3600 * SECOND).map(Nanoseconds)
TIMED = st.builds(
    TimedRules,
    free=SPANS,
    window=SPANS,
    extension=st.builds(
        Extension,
        kind=st.sampled_from([ExtensionKind.RESET, ExtensionKind.TOP_UP, ExtensionKind.ADD]),
        within=SPANS,
        by=SPANS,
        cap=st.none() | SPANS,
        count_max=st.none() | st.integers(1, 99),
        top_k=st.none() | st.integers(1, 9),
    ),
    advance=st.sampled_from(Advance),
)
PRINCIPALS = st.builds(
    lambda role, name: Principal(f"{role}:{name}"), st.sampled_from(["bidder", "clerk", "house"]), NUMBERS
)
SHEETS = st.builds(
    RuleSheet,
    increments=st.lists(MONEY, min_size=1, max_size=4, unique=True).flatmap(
        lambda steps: st.just(
            tuple(IncrementBand(from_price=Fen(at * 10**6), step=step) for at, step in enumerate(steps))
        )
    ),
    mode=st.just(Mode.TIMED),
    timed=TIMED,
    visibility=st.builds(Visibility, amounts_bidders=st.just(Sees.RANK), amounts_public=st.just(Sees.NONE)),
    calls=st.integers(1, CALLS_MAX),
    deposit=st.sampled_from(DepositRule),
    paddles=st.sampled_from(PaddleDisplay),
    opens_at=st.none() | INSTANTS,
    articles=WORDS,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "command_id": IDS,
    "by": PRINCIPALS,
    "sale": IDS,
    "title": st.builds(Title, zh=WORDS, en=WORDS),
    "rules": SHEETS,
    "catalogue": st.lists(st.builds(CatalogueEntry, lot=NUMBERS, plate=WORDS, opening_price=MONEY), max_size=4).map(
        tuple
    ),
    "paddle": NUMBERS,
    "channel": st.sampled_from(Channel),
    "deposits": st.integers(1, 1000),
    "lot": NUMBERS,
    "amount": MONEY,
    "price": MONEY,
    "call": st.integers(1, CALLS_MAX),
    "digest": DIGESTS,
    "report": DIGESTS,
    "deadline": INSTANTS,
    "at": INSTANTS,
}


def any_of(kind: type) -> st.SearchStrategy[Any]:
    """Any value of one kind of command or event."""
    return st.builds(kind, **{name: any_value(name, hint) for name, hint in get_type_hints(kind).items()})


def any_value(name: str, hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field: of its enumeration, as its name says, or of its type."""
    if isinstance(hint, EnumType):
        return st.sampled_from(list(hint))
    if name in FIELDS:
        return FIELDS[name]
    if get_args(hint):
        return st.one_of([st.none() if each is NoneType else any_value(name, each) for each in get_args(hint)])
    return {str: WORDS, bool: st.booleans()}.get(hint, NUMBERS)


COMMANDS: dict[str, type] = {kind.__name__: kind for kind in get_args(commands.Command)}
EVENTS: dict[str, type] = {kind.__name__: kind for kind in get_args(events.Event)}
ANY_EVENT = st.one_of([any_of(kind) for kind in EVENTS.values()])
REFUSALS = st.builds(
    lambda reason, detail: Refusal(reason, **detail),
    st.sampled_from(Reason),
    st.dictionaries(st.sampled_from(["lot", "least_fen", "why", "due"]), st.integers(0, FEN_MAX) | WORDS, max_size=3),
)


def is_canonical(data: bytes) -> bool:
    """As the domain spells what it hashes: keys sorted, no white space, no needless escape."""
    value = orjson.loads(data)
    assert canonical.digest(value) == hashlib.sha256(data).hexdigest()
    return dumps(value) == data


@pytest.mark.parametrize("kind", COMMANDS)
@settings(max_examples=30)
@given(data=st.data())
def test_every_command_is_read_back_from_its_one_spelling(kind: str, data: st.DataObject) -> None:
    command = data.draw(any_of(COMMANDS[kind]))
    spelt = encode_command(command)
    assert decode_command(spelt) == command
    assert encode_command(decode_command(spelt)) == spelt
    assert is_canonical(spelt)
    assert orjson.loads(spelt)["type"] == kind


@pytest.mark.parametrize("kind", EVENTS)
@settings(max_examples=30)
@given(data=st.data())
def test_every_event_is_read_back_from_its_one_spelling(kind: str, data: st.DataObject) -> None:
    outcome = (data.draw(any_of(EVENTS[kind])),)
    spelt = encode_outcome(outcome)
    assert decode_outcome(spelt) == outcome
    assert encode_outcome(decode_outcome(spelt)) == spelt
    assert is_canonical(spelt)


@given(st.one_of(st.lists(ANY_EVENT, min_size=1, max_size=3).map(tuple), REFUSALS))
def test_every_outcome_is_read_back_from_its_one_spelling(outcome: Outcome) -> None:
    spelt = encode_outcome(outcome)
    again = decode_outcome(spelt)
    assert encode_outcome(again) == spelt
    assert is_canonical(spelt)
    if isinstance(outcome, Refusal):
        assert isinstance(again, Refusal)
        assert (again.reason, again.detail) == (outcome.reason, outcome.detail)
    else:
        assert again == outcome


@given(any_of(commands.PlaceBid), any_of(commands.PlaceBid))
def test_different_commands_have_different_spellings(one: commands.PlaceBid, other: commands.PlaceBid) -> None:
    assert (encode_command(one) == encode_command(other)) == (one == other)


def test_no_field_of_a_command_or_an_event_is_called_type() -> None:
    for kind in (*COMMANDS.values(), *EVENTS.values()):
        assert "type" not in set(get_type_hints(kind))


def test_a_spelling_of_our_own_is_not_taken_for_another_kind() -> None:
    spelt = encode_command(book()[0][0][1].command)
    assert b'"type":"AdmitPaddle"' in spelt
    with pytest.raises((ValueError, KeyError)):
        decode_command(spelt.replace(b"AdmitPaddle", b"SaleOpened"))
    with pytest.raises((ValueError, KeyError)):
        decode_command(spelt.replace(b'"deposits":1', b'"deposits":"1"'))


def spelt_records() -> list[dict[str, str]]:
    """What an outsider would hash and check, of a few records of every sort."""
    return [
        {
            "header": record.header(),
            "command": record.command_bytes.decode(),
            "outcome": record.outcome_bytes.decode(),
            "digest": record.digest.hex(),
            "statement": commit.statement.text(),
            "signature": commit.signature.hex(),
            "state": commit.state_digest or "",
        }
        for records, commit in book()
        for record in records
    ]


def test_the_format_of_records_is_the_one_that_lies_in_journals() -> None:
    """If this fails, journals kept so far cannot be read: give the format a new name, or change it back."""
    if os.environ.get("LUOCHUI_REWRITE"):
        GOLDEN.write_bytes(b"".join(dumps(line) + b"\n" for line in spelt_records()))
    assert [orjson.loads(line) for line in GOLDEN.read_bytes().splitlines()] == spelt_records()
