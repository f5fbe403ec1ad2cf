"""The door: bytes nobody vouches for become a message of known shape, or are refused with the code that says why."""

from pathlib import Path
from typing import Any, get_args

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.auction import commands
from engine.domain.opening.commands import DepositStatus, GiveAnswers, Half, ProposeTime
from engine.domain.opening.evidence import LapseCause, Trouble
from engine.domain.parties import Channel, Principal, bidder
from engine.domain.plaintext import composed
from engine.domain.quota.commands import AdmitBidders
from engine.domain.units import FEN_MAX, NUMBER_MAX, PaddleNo
from engine.wire.acts import to_command
from engine.wire.codec import dumps
from engine.wire.messages import (
    AcceptRules,
    Act,
    BadFrame,
    Bid,
    CancelProxy,
    Hello,
    Message,
    Offer,
    Outcome,
    Proxy,
    Seen,
    Time,
    WithdrawBid,
    own_paddle,
    read_frame,
)
from engine.wire.opening_acts import BY_BIDDER
from engine.wire.refusals import Fault, answer

FRAMES = Path(__file__).resolve().parents[1] / "golden" / "frames"


def refused(raw: bytes | str) -> BadFrame:
    with pytest.raises(BadFrame) as bad:
        read_frame(raw.encode() if isinstance(raw, str) else raw)
    answer(bad.value.fault, **bad.value.detail)  # there is a sentence for it, with every value it asks for
    return bad.value


def bid(amount: str) -> str:
    return f'{{"amount_fen":{amount},"id":"b1","lot":8,"type":"bid"}}'


GOOD = bid("100")


# Good frames.

KINDS: dict[str, type[msgspec.Struct]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Message)}
IDS = st.from_regex(r"\A[A-Za-z0-9._:-]{1,64}\Z")
NUMBERS = st.integers(1, NUMBER_MAX)
MONEY = st.integers(1, FEN_MAX)
DIGESTS = st.from_regex(r"\A[0-9a-f]{64}\Z")
EXACT = st.integers(-(2**53), 2**53)
PLAIN_WORDS = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=66).map(composed)
"""A character may become three when it is composed."""
HEX = st.from_regex(r"\A([0-9a-f]{2}){1,64}\Z")
SECTIONS = st.from_regex(r"\A[0-9A-Za-z][0-9A-Za-z._-]{0,63}\Z")
ANSWERS = st.fixed_dictionaries({"section": SECTIONS, "bidder": NUMBERS, "answer": PLAIN_WORDS})
OPENING_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "bidder": NUMBERS,
    "section": SECTIONS,
    "name": PLAIN_WORDS,
    "text": PLAIN_WORDS,
    "certificate": HEX,
    "key": HEX,
    "signature": HEX,
    "manifest": st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=200),
    "half": DIGESTS,
    "evidence": DIGESTS,
    "status": st.sampled_from(DepositStatus),
    "trouble": st.sampled_from(Trouble),
    "cause": st.sampled_from(LapseCause),
    "deadline_us": st.integers(1, 2**53),
    "absent": st.integers(0, 1_000_000),
    "answers": st.lists(ANSWERS, min_size=1, max_size=4),
}
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": IDS,
    "lot": NUMBERS,
    "paddle": NUMBERS,
    "amount_fen": MONEY,
    "price_fen": MONEY,
    "maximum_fen": MONEY,
    "opening_fen": MONEY,
    "reserve_fen": MONEY,
    "digest": DIGESTS,
    "report": DIGESTS,
    "seq": st.integers(0, 2**53),
    "no": NUMBERS,
    "rank": st.integers(1, 100),
    "call": st.integers(1, 9),
    "channel": st.sampled_from(Channel),
    "deposits": st.integers(1, 1000),
    "reason": PLAIN_WORDS,
    "quota_class": st.from_regex(r"\A[a-z0-9-]{1,64}\Z"),
    "runs": st.lists(st.fixed_dictionaries({"first": NUMBERS, "last": NUMBERS}), min_size=1, max_size=5),
    **OPENING_FIELDS,
    "t0": EXACT,
    "protocol": st.integers(0, 99),
    "ticket": st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z"),
    "after": st.fixed_dictionaries(
        {
            "epoch": st.integers(0, 2**53),
            "seq": st.integers(0, 2**53),
            "head": DIGESTS,
        }
    ),
}
OWN = {
    "propose_void": {"reason": st.sampled_from(commands.VoidReason)},
    "give_answers": {"half": st.sampled_from(Half)},
}
"""Where a field holds something else than under the same name elsewhere."""

OPTIONAL = {"ticket", "after"}


@st.composite
def good_frames(draw: st.DrawFn, kind: str | None = None) -> dict[str, Any]:
    tag = kind or draw(st.sampled_from(sorted(KINDS)))
    names = KINDS[tag].__struct_encode_fields__
    fields = {**FIELDS, **OWN.get(tag, {})}
    frame = {name: draw(fields[name]) for name in names if name not in OPTIONAL or draw(st.booleans())}
    return {**frame, "type": tag}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(data=st.data())
def test_a_canonical_frame_of_every_kind_is_taken(kind: str, data: st.DataObject) -> None:
    frame = data.draw(good_frames(kind))
    message = read_frame(dumps(frame))
    assert type(message) is KINDS[kind]
    assert msgspec.to_builtins(message) == msgspec.to_builtins(frame)


@given(good_frames())
def test_what_was_read_and_is_written_again_is_the_same_bytes(frame: dict[str, Any]) -> None:
    raw = dumps(frame)
    again = dumps(msgspec.to_builtins(read_frame(raw)))
    assert again == raw
    assert read_frame(again) == read_frame(raw)


@given(good_frames(), st.data())
def test_a_frame_has_one_spelling(frame: dict[str, Any], data: st.DataObject) -> None:
    raw = dumps(frame)
    text = raw.decode()
    shuffled = dict(data.draw(st.permutations(list(frame.items()))))
    first = next(iter(frame))
    for other in (
        text.replace(":", ": ", 1),
        text.replace(",", ", ", 1),
        text.replace(",", ",\n", 1),
        text + " ",
        text + "\n",
        " " + text,
        "\t" + text,
        orjson.dumps(shuffled).decode(),
        text[:-1] + f',"{first}":' + orjson.dumps(frame[first]).decode() + "}",
        "{" + f'"{first}":' + orjson.dumps(frame[first]).decode() + "," + text[1:],
        text.replace('"type"', '"\\u0074ype"'),
        text.replace("type", "typ\\u0065"),
    ):
        if other != text:
            assert refused(other).fault is Fault.JSON_NOT_CANONICAL, other


@pytest.mark.parametrize("line", (FRAMES / "client.jsonl").read_text(encoding="utf-8").splitlines())
def test_the_frames_every_client_sends_are_taken(line: str) -> None:
    example = orjson.loads(line)
    assert dumps(example["frame"]).decode() == example["text"]
    assert isinstance(read_frame(example["text"].encode()), Message)


@pytest.mark.parametrize("line", (FRAMES / "refused.jsonl").read_text(encoding="utf-8").splitlines())
def test_the_frames_every_client_knows_to_be_refused_are(line: str) -> None:
    example = orjson.loads(line)
    assert refused(example["text"]).fault == example["code"]


# Bad ones, by code.


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"\n",
        b"{",
        b"}",
        b"nonsense",
        GOOD.encode()[:-1],
        GOOD.encode() + b"x",
        GOOD.encode() + b"{}",
        GOOD.encode() + b"\0",
        GOOD.encode() + GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-32-le"),
        GOOD.replace("b1", "\udc80").encode("utf-8", "surrogateescape"),
        GOOD.replace("b1", "\ud800").encode("utf-8", "surrogatepass"),
        GOOD.replace("b1", "\\ud800").encode(),  # half a pair
        GOOD.replace("b1", "\\udc00\\ud800").encode(),
        GOOD.replace("b1", "a\nb").encode(),  # a line's end unescaped in a string
        GOOD.replace("b1", "\\x41").encode(),
        GOOD.replace('"', "'").encode(),
        GOOD.replace("100", "NaN").encode(),
        GOOD.replace("100", "Infinity").encode(),
        GOOD.replace("100", "0x10").encode(),
        GOOD.replace("100", "010").encode(),
        GOOD.replace("100", "+1").encode(),
        GOOD.replace("100", "1_0").encode(),
        GOOD.replace("100", ".5").encode(),
        GOOD.replace("100", "１００").encode(),
        GOOD.replace("}", ",}").encode(),
        b"/* hello */" + GOOD.encode(),
    ],
)
def test_what_is_no_json_is_refused_as_such(raw: bytes) -> None:
    assert refused(raw).fault is Fault.FRAME_NOT_JSON


@pytest.mark.parametrize("raw", ["[]", "1", "null", '"bid"', "true", "[{}]"])
def test_what_is_no_object_is_refused(raw: str) -> None:
    assert refused(raw).fault is Fault.SCHEMA_INVALID


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ('{"a":' * 17 + "1" + "}" * 17, Fault.JSON_TOO_DEEP),
        ("[" * 17 + "]" * 17, Fault.JSON_TOO_DEEP),
        ("[" * 16_000, Fault.JSON_TOO_DEEP),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, Fault.JSON_TOO_DEEP),
        (GOOD[:-1] + ',"z":' + "[" * 16 + "]" * 16 + "}", Fault.JSON_TOO_DEEP),
        (GOOD[:-1] + ',"z":' + "[" * 15 + "]" * 15 + "}", Fault.SCHEMA_UNKNOWN_FIELD),
        ("[" * 16 + "]" * 16, Fault.SCHEMA_INVALID),
        ('{"id":"' + "[{" * 30 + '","type":"open_sale"}', Fault.SCHEMA_INVALID),  # in a string they do not count
        ('{"id":"\\"' + "[" * 30 + '","type":"open_sale"}', Fault.SCHEMA_INVALID),
        ('{"id":"a","type":"open_sale","z":[' + "[],[]," * 100 + "0]}", Fault.SCHEMA_UNKNOWN_FIELD),  # side by side
    ],
)
def test_json_is_nested_sixteen_deep_at_most(raw: str, fault: Fault) -> None:
    assert refused(raw).fault is fault


@pytest.mark.parametrize("amount", ["1e2", "1E2", "100e-2", "-0", "1.00"])
def test_money_in_another_spelling_is_not_canonical(amount: str) -> None:
    assert refused(bid(amount)).fault is Fault.JSON_NOT_CANONICAL


@pytest.mark.parametrize(
    "amount",
    ["1.0", "1.5", "100.0", "true", "false", "null", '"100"', '"１００"', "[100]", "{}", "0.0"],
)
@pytest.mark.parametrize("frame", ["bid", "hall_bid", "call", "hammer"])
def test_money_that_is_no_whole_number_is_refused(frame: str, amount: str) -> None:
    rest = {
        "bid": '"amount_fen":{},"id":"b1","lot":8,"type":"bid"',
        "hall_bid": '"amount_fen":{},"id":"b1","lot":8,"paddle":51,"type":"hall_bid"',
        "call": '"call":1,"id":"b1","lot":8,"price_fen":{},"type":"call"',
        "hammer": '"id":"b1","lot":8,"price_fen":{},"type":"hammer"',
    }[frame].format(amount)
    bad = refused("{" + rest + "}")
    assert bad.fault is Fault.AMOUNT_NOT_INTEGER_FEN
    assert bad.command_id == "b1"


@pytest.mark.parametrize(
    "amount",
    ["0", "-1", "-100", str(FEN_MAX + 1), str(2**53), str(2**63), str(2**64), str(-(2**64)), "9" * 40],
)
def test_money_out_of_range_is_refused_with_the_limits(amount: str) -> None:
    bad = refused(bid(amount))
    assert bad.fault is Fault.AMOUNT_OUT_OF_RANGE
    assert (bad.detail["least_fen"], bad.detail["most_fen"]) == (1, FEN_MAX)


@pytest.mark.parametrize("amount", [1, FEN_MAX])
def test_money_at_the_limits_is_taken(amount: int) -> None:
    message = read_frame(bid(str(amount)).encode())
    assert isinstance(message, Bid)
    assert message.amount_fen == amount


@pytest.mark.parametrize("digits", [400, 5000])
def test_money_of_thousands_of_digits_is_refused(digits: int) -> None:
    assert refused(bid("9" * digits)).fault in {Fault.AMOUNT_OUT_OF_RANGE, Fault.FRAME_NOT_JSON}


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (GOOD[:-1] + ',"zz":1}', "zz"),
        ('{"amount_fen":100,"id":"b1","lot":8,"paddle":9,"type":"bid"}', "paddle"),  # the token names it
        ('{"amount_fen":100,"by":"bidder:9","id":"b1","lot":8,"type":"bid"}', "by"),
        ('{"arrived_at":1,"id":"b1","type":"open_sale"}', "arrived_at"),
        ('{"":1,"id":"b1","type":"open_sale"}', ""),
        ('{"id":"b1","type":"open_sale","类":1}', "类"),
        (GOOD.replace('"bid"', '"bit"'), "type=bit"),
        ('{"type":""}', "type="),
        ('{"type":"PlaceBid"}', "type=PlaceBid"),
        ('{"id":"b1","type":"deadline_reached"}', "type=deadline_reached"),
        ('{"id":"b1","type":"announce_sale"}', "type=announce_sale"),
    ],
)
def test_what_is_not_known_is_refused_and_named(raw: str, field: str) -> None:
    bad = refused(raw)
    assert (bad.fault, bad.detail["field"]) == (Fault.SCHEMA_UNKNOWN_FIELD, field)


def test_an_unknown_type_is_named_whatever_it_says() -> None:
    bad = refused('{"type":"an unknown field"}')
    assert bad.detail["field"] == "type=an unknown field"


def test_a_refusal_is_not_longer_than_what_was_refused() -> None:
    raw = '{"id":"b1","type":"open_sale","' + "z" * 10_000 + '":1}'
    bad = refused(raw)
    assert len(dumps(answer(bad.fault, **bad.detail))) < len(raw)


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ("{}", "type"),
        ('{"amount_fen":100,"id":"b1","lot":8}', "type"),
        ('{"amount_fen":100,"id":"b1","type":"bid"}', "lot"),
        ('{"amount_fen":100,"lot":8,"type":"bid"}', "id"),
        ('{"id":"b1","lot":8,"type":"bid"}', "amount_fen"),
        (GOOD.replace("8", '"8"'), "$.lot"),
        (GOOD.replace("8", "8.0"), "$.lot"),
        (GOOD.replace("8", "true"), "$.lot"),
        (GOOD.replace("8", "null"), "$.lot"),
        (GOOD.replace("8", "0"), "$.lot"),
        (GOOD.replace("8", "-8"), "$.lot"),
        (GOOD.replace("8", str(NUMBER_MAX + 1)), "$.lot"),
        (GOOD.replace('"b1"', "1"), "$.id"),
        (GOOD.replace('"b1"', "null"), "$.id"),
        (GOOD.replace('"b1"', '""'), "$.id"),
        (GOOD.replace('"b1"', '"a b"'), "$.id"),
        (GOOD.replace('"b1"', '"a/b"'), "$.id"),
        (GOOD.replace('"b1"', '"é"'), "$.id"),
        (GOOD.replace('"b1"', '"１"'), "$.id"),
        (GOOD.replace('"b1"', '"' + "x" * 65 + '"'), "$.id"),
        (GOOD.replace('"b1"', '"\\u0000"'), "$.id"),
        (GOOD.replace('"bid"', "5"), "$.type"),
        (GOOD.replace('"bid"', '["bid"]'), "$.type"),
        ('{"call":0,"id":"b1","lot":8,"price_fen":1,"type":"call"}', "$.call"),
        ('{"call":10,"id":"b1","lot":8,"price_fen":1,"type":"call"}', "$.call"),
        ('{"channel":"phone","deposits":1,"id":"b1","paddle":8,"type":"admit"}', "$.channel"),
        ('{"channel":"ONLINE","deposits":1,"id":"b1","paddle":8,"type":"admit"}', "$.channel"),
        ('{"channel":"hall","deposits":0,"id":"b1","paddle":8,"type":"admit"}', "$.deposits"),
        ('{"channel":"hall","deposits":1001,"id":"b1","paddle":8,"type":"admit"}', "$.deposits"),
        ('{"id":"b1","reason":"","type":"suspend"}', "$.reason"),
        ('{"id":"b1","reason":"' + "x" * 201 + '","type":"suspend"}', "$.reason"),
        ('{"protocol":"1","type":"hello"}', "$.protocol"),
        ('{"after":{"epoch":1,"head":"ab","seq":1},"protocol":1,"type":"hello"}', "$.after.head"),
        ('{"after":{"epoch":-1,"head":"' + "0" * 64 + '","seq":1},"protocol":1,"type":"hello"}', "$.after.epoch"),
        ('{"after":{"epoch":1,"head":"' + "A" * 64 + '","seq":1},"protocol":1,"type":"hello"}', "$.after.head"),
        ('{"after":[],"protocol":1,"type":"hello"}', "$.after"),
        ('{"t0":0.5,"type":"time"}', "$.t0"),
        ('{"t0":' + str(2**53 + 1) + ',"type":"time"}', "$.t0"),
    ],
)
def test_what_has_not_the_required_form_is_refused_and_the_place_named(raw: str, where: str) -> None:
    bad = refused(raw)
    assert (bad.fault, bad.detail["where"]) == (Fault.SCHEMA_INVALID, where)


@pytest.mark.parametrize("raw", [GOOD[:-1] + ',"zz":1}', GOOD.replace("8", "0"), bid("0"), bid("1.0")])
def test_a_refusal_names_the_command_where_its_id_can_be_read(raw: str) -> None:
    assert refused(raw).command_id == "b1"


@pytest.mark.parametrize("raw", [GOOD[:-1], GOOD.replace('"b1"', "7"), GOOD.replace("b1", "x" * 65), "[]"])
def test_a_refusal_names_no_command_where_there_is_no_id(raw: str) -> None:
    assert refused(raw).command_id is None


@pytest.mark.parametrize(
    "reason",
    ["a\\nb", "\\u0000", "\\u001b[31m", "a\\tb", "\u007f", "\u0085", "\u202e gnp", "\u2066x", "\u200e", "\u200f"],
)
def test_a_published_reason_holds_no_control_characters_and_turns_no_text_round(reason: str) -> None:
    assert refused(f'{{"id":"b1","reason":"{reason}","type":"suspend"}}').fault in {
        Fault.SCHEMA_INVALID,
        Fault.JSON_NOT_CANONICAL,
    }


@pytest.mark.parametrize("character", ["\u061c", "\u2028", "\u2029", "\u200b", "\ufeff"])
def test_a_published_reason_holds_nothing_that_cannot_be_seen(character: str) -> None:
    refused(f'{{"id":"b1","reason":"停{character}电","type":"suspend"}}')


@pytest.mark.parametrize(
    "raw",
    [
        '{"id":"b1\\n","type":"open_sale"}',
        '{"id":"' + "x" * 64 + '\\n","type":"open_sale"}',
        '{"id":"b1","reason":"停电\\n","type":"suspend"}',
        '{"after":{"epoch":1,"head":"' + "0" * 64 + '\\n","seq":1},"protocol":1,"type":"hello"}',
    ],
)
def test_no_text_ends_in_a_line_feed(raw: str) -> None:
    assert refused(raw).fault is Fault.SCHEMA_INVALID


@pytest.mark.parametrize("name", ["epoch", "seq", "protocol"])
def test_every_number_has_a_limit(name: str) -> None:
    numbers = {"epoch": 1, "seq": 1, "protocol": 1, name: 10**300}
    raw = (
        f'{{"after":{{"epoch":{numbers["epoch"]},"head":"{"0" * 64}","seq":{numbers["seq"]}}},'
        f'"protocol":{numbers["protocol"]},"type":"hello"}}'
    )
    refused(raw)


# Anything at all.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "type", "x"]), inner),
    max_leaves=6,
)


def is_taken(raw: bytes) -> bool:
    """Whether it is; if not, it is refused in good order, and with nothing that could not be sent."""
    try:
        message = read_frame(raw)
    except BadFrame as bad:
        dumps(answer(bad.fault, **bad.detail))
        dumps(bad.command_id)
        return False
    assert dumps(msgspec.to_builtins(message)) == raw
    return True


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused_in_good_order(raw: bytes) -> None:
    is_taken(raw)


@given(st.dictionaries(st.sampled_from([*FIELDS, "type", "x"]), JSON), st.sampled_from(sorted(KINDS)))
def test_any_json_is_a_message_or_refused_in_good_order(value: dict[str, Any], kind: str) -> None:
    try:
        raw = orjson.dumps({**value, "type": kind}, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return  # a number beyond 64 bits
    is_taken(raw)


@given(good_frames(), st.data())
def test_a_good_frame_with_a_byte_changed_is_a_message_or_refused_in_good_order(
    frame: dict[str, Any], data: st.DataObject
) -> None:
    raw = bytearray(dumps(frame))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    is_taken(bytes(raw))


@given(good_frames(), st.data())
def test_a_good_frame_with_another_value_is_a_message_or_refused_in_good_order(
    frame: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(frame)))
    text = dumps(frame).decode()
    value = orjson.dumps(frame[name], option=orjson.OPT_SORT_KEYS).decode()
    other = data.draw(st.sampled_from(["1e2", "-0", "1.0", "9" * 400, "9" * 5000, "-" + "9" * 30, "null", "[]", '""']))
    is_taken(text.replace(f'"{name}":{value}', f'"{name}":{other}').encode())


# What a message stands for.


@pytest.mark.parametrize("kind", sorted(str(kind.__struct_config__.tag) for kind in get_args(Act)))
@settings(max_examples=30)
@given(data=st.data())
def test_every_act_is_a_command_of_who_sent_it(kind: str, data: st.DataObject) -> None:
    message = read_frame(dumps(data.draw(good_frames(kind))))
    assert isinstance(message, Act)
    by = data.draw(st.sampled_from([bidder(PaddleNo(8)), Principal("clerk:1"), Principal("auctioneer:1")]))
    command = to_command(message, by)
    if command is None:
        known = Bid | WithdrawBid | Proxy | CancelProxy | AcceptRules | Offer
        assert isinstance(message, known) or type(message) in BY_BIDDER
        assert own_paddle(by) is None
        return
    assert (command.by, command.command_id) == (by, message.id)
    renamed = {"id": "command_id", "amount_fen": "amount", "price_fen": "price", "maximum_fen": "maximum"}
    renamed |= {"opening_fen": "opening_price", "reserve_fen": "amount"}
    for theirs in set(message.__struct_fields__) - {"runs", "answers", "deadline_us"}:
        assert getattr(command, renamed.get(theirs, theirs)) == getattr(message, theirs)


def test_a_trustee_answers_line_by_line_and_a_time_in_frames_is_of_microseconds() -> None:
    raw = '{"answers":[{"answer":"x","bidder":9,"section":"1"}],"half":"hall","id":"a","type":"give_answers"}'
    given = to_command(read_frame(raw.encode()), Principal("trustee:1"))  # type: ignore[arg-type]
    assert isinstance(given, GiveAnswers)
    assert [(each.section, each.bidder, each.answer) for each in given.answers] == [("1", 9, "x")]
    later = read_frame(b'{"deadline_us":7,"id":"a","reason":"x","type":"propose_time"}')
    asked = to_command(later, Principal("host:1"))  # type: ignore[arg-type]
    assert isinstance(asked, ProposeTime)
    assert (asked.deadline, asked.reason) == (7000, "x")


def test_a_block_of_bidders_is_admitted_run_by_run() -> None:
    raw = '{"id":"a","quota_class":"personal","runs":[{"first":1,"last":9},{"first":12,"last":12}],"type":"admit_bidders"}'
    command = to_command(read_frame(raw.encode()), Principal("registrar:1"))  # type: ignore[arg-type]
    assert isinstance(command, AdmitBidders)
    assert [(run.first, run.last) for run in command.runs] == [(1, 9), (12, 12)]


@pytest.mark.parametrize(("runs", "where"), [("[]", "$.runs"), ('[{"first":0,"last":1}]', "$.runs[0].first")])
def test_a_block_of_bidders_has_runs_of_paddles(runs: str, where: str) -> None:
    bad = refused(f'{{"id":"a","quota_class":"personal","runs":{runs},"type":"admit_bidders"}}')
    assert (bad.fault, bad.detail["where"]) == (Fault.SCHEMA_INVALID, where)


def test_a_bidder_bids_with_the_paddle_of_his_token_and_no_other() -> None:
    command = to_command(Bid(id="b1", lot=1, amount_fen=100), bidder(PaddleNo(8)))
    assert isinstance(command, commands.PlaceBid)
    assert command.paddle == 8


def test_who_has_no_paddle_does_not_bid_as_a_bidder() -> None:
    for by in (Principal("clerk:1"), Principal("auctioneer:8"), Principal("house:engine")):
        assert to_command(Bid(id="b1", lot=1, amount_fen=100), by) is None
        assert to_command(WithdrawBid(id="b1", lot=1), by) is None
        assert own_paddle(by) is None


def test_questions_are_no_acts() -> None:
    assert not {Hello, Time, Outcome, Seen} & set(get_args(Act))
