"""Every field that takes text takes no more than text: what is let in is seen as it is, what is not is refused with its code (T6)."""

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
import orjson
import pytest

from engine.domain.plaintext import MARKS_MAX, composed, odd
from engine.domain.proceeding import apply, decide
from engine.domain.units import Nanoseconds
from engine.domain.views import overview
from engine.gateway.builder import Draft
from engine.gateway.tickets import Tickets, TicketSettings
from engine.notice import FaultCode, Notice, NoticeFault, read_files
from engine.notice.heading import TITLE_CHARACTERS_MAX
from engine.notice.write import NOTICE, write_notice
from engine.planning import _report
from engine.wire.codec import dumps
from engine.wire.messages import BadFrame, Message, Stop, Suspend, WithdrawLot, read_frame
from engine.wire.opening_messages import PUBLISHED
from engine.wire.refusals import Fault, answer
from engine.wire.spreadsheet import harmless
from tests.gateway.openings import OPENING_FRAMES
from tests.hostile.payloads import PAYLOADS

FORM: Final[dict[str, Any]] = {
    "sale": {"id": "plates-9", "title_zh": "第九期", "title_en": "Ninth sale"},
    "rules": {
        "mode": "rostrum",
        "calls": 3,
        "deposit": "one_lot",
        "paddles": "shown",
        "increments": [{"from_yuan": 0, "step_yuan": 500}],
    },
    "officers": {"auctioneers": ["1"], "clerks": ["1"], "supervisors": ["1"], "registrars": ["1"]},
    "lots": [{"lot": 1, "plate": "豫H12345", "opening_yuan": 10_000}],
    "paddles": [{"paddle": 8, "channel": "online", "deposits": 1}],
}

Put = Callable[[dict[str, Any], str], None]


def _into(*path: str | int) -> Put:
    def put(form: dict[str, Any], text: str) -> None:
        place: Any = form
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = text

    return put


def _as_key(*path: str | int) -> Put:
    return lambda form, text: _at(form, path).update({text: "x"})


def _at(form: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        form = form[key]
    return form


TITLES: Final = {name: _into("sale", name) for name in ("title_zh", "title_en")}
"""Where words of any kind may stand."""

CLOSED: Final[dict[str, Put]] = {
    "sale.id": _into("sale", "id"),
    **{f"rules.{name}": _into("rules", name) for name in ("mode", "calls", "deposit", "paddles", "opens_at")},
    "rules.increments": _into("rules", "increments", 0, "step_yuan"),
    **{f"officers.{name}": _into("officers", name, 0) for name in FORM["officers"]},
    **{f"lots.{name}": _into("lots", 0, name) for name in ("lot", "plate", "opening_yuan", "reserve_yuan")},
    **{f"paddles.{name}": _into("paddles", 0, name) for name in ("paddle", "channel", "deposits")},
    "a key of sale": _as_key("sale"),
    "a key of rules": _as_key("rules"),
    "a key of officers": _as_key("officers"),
    "a key of a lot": _as_key("lots", 0),
    "a section": _as_key(),
}
"""Where only a name, a number or one of a few words may stand."""


def read(form: dict[str, Any]) -> Notice | NoticeFault:
    """The form as the builder and ``luochui serve`` read it: as the TOML file it becomes."""
    try:
        return read_files(write_notice(form, {}), NOTICE)
    except NoticeFault as fault:
        return fault


def spoilt(put: Put, text: str) -> dict[str, Any]:
    form: dict[str, Any] = orjson.loads(orjson.dumps(FORM))
    put(form, text)
    return form


def readable(text: str) -> bool:
    """Whether JSON can carry it: half a character cannot be sent at all."""
    return not any("\ud800" <= mark <= "\udfff" for mark in text)


SENT: Final = tuple(filter(readable, PAYLOADS))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


def test_there_are_five_hundred_different_texts() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 500


@pytest.mark.parametrize("field", TITLES)
def test_a_title_is_refused_with_its_code_or_taken_as_the_text_it_is(field: str) -> None:
    taken = 0
    for text in SENT:
        found = read(spoilt(TITLES[field], text))
        if isinstance(found, NoticeFault):
            [fault] = found.faults
            assert fault.code in {
                FaultCode.BAD_TEXT,
                FaultCode.EMPTY_TEXT,
                FaultCode.TEXT_TOO_LONG,
                FaultCode.MISSING_FIELD,
            }, (text, fault)
            assert odd(fault.zh + fault.en) is None
            continue
        taken += 1
        title = found.announce.title.zh if field == "title_zh" else found.announce.title.en
        assert title == composed(text).strip(" \u3000")
        assert odd(title) is None
        assert 0 < len(title) <= TITLE_CHARACTERS_MAX
        (event,) = decide(None, found.announce, Nanoseconds(0))
        assert title in overview(apply(None, event))["sale"]["title"].values()
    assert 200 < taken < 450


@pytest.mark.parametrize("field", CLOSED)
def test_where_no_words_belong_none_is_taken(field: str) -> None:
    take_no_words(field, SENT[list(CLOSED).index(field) % 6 :: 6])


def take_no_words(field: str, texts: Sequence[str]) -> None:
    """None of ``texts`` gets further than ``field`` allows. All of them are tried at night."""
    for text in texts:
        found = read(spoilt(CLOSED[field], text))
        if isinstance(found, NoticeFault):
            assert found.faults
            for fault in found.faults:
                assert odd(f"{fault.zh}{fault.en}{fault.place.field or ''}") is None, (text, fault)
        else:
            # A word that happens to be a name (null, x), a plate, or nothing at all.
            assert text == "" or text.isascii() or field == "lots.plate", (field, text)
            assert "<" not in text


def lists(name: str, table: str) -> dict[str, Any]:
    return {name: table.encode()}


@pytest.mark.parametrize("name", ["catalogue", "paddles"])
def test_no_cell_and_no_title_of_a_list_is_more_than_text(name: str) -> None:
    heads = {"catalogue": "lot,plate,opening_yuan", "paddles": "paddle,channel,deposits"}
    for text in SENT:
        cell = '"' + text.replace('"', '""') + '"'
        for table in (f"{heads[name]}\n{cell},{cell},{cell}\n", f"{cell},{heads[name]}\n1,1,1,1\n"):
            report = _report(Draft(form=FORM, **lists(name, table)))
            if not text.strip():
                continue
            assert report["faults"], text
            for said in strings({"faults": report["faults"], "lines": report["lines"]}):
                assert said.isprintable(), (text, said)


# Over the wire.


def read_or_not(raw: bytes) -> Message | BadFrame:
    try:
        return read_frame(raw)
    except BadFrame as bad:
        return bad


@pytest.mark.parametrize(
    ("kind", "more", "cls"), [("suspend", {}, Suspend), ("stop", {}, Stop), ("withdraw_lot", {"lot": 1}, WithdrawLot)]
)
def test_a_reason_is_refused_with_its_code_or_taken_as_the_text_it_is(
    kind: str, more: dict[str, int], cls: type[Suspend | Stop | WithdrawLot]
) -> None:
    taken = 0
    for text in SENT:
        message = read_or_not(dumps({"type": kind, "id": "x", "reason": text, **more}))
        if isinstance(message, BadFrame):
            assert (message.fault, message.detail["where"]) == (Fault.SCHEMA_INVALID, "$.reason")
            said = answer(message.fault, **message.detail)
            assert odd(said["zh"] + said["en"]) is None, text
            continue
        taken += 1
        assert isinstance(message, cls)
        assert message.reason == text == composed(text)
        assert odd(text) is None
        assert len(text) <= 200
    assert 200 < taken < 400


@pytest.mark.parametrize(("cls", "field"), [(cls, field) for cls, fields in PUBLISHED.items() for field in fields])
def test_what_is_published_of_an_opening_is_refused_with_its_code_or_taken_as_the_text_it_is(
    cls: type[msgspec.Struct], field: str
) -> None:
    kind = str(cls.__struct_config__.tag)
    taken = 0
    for text in SENT:
        message = read_or_not(dumps({**OPENING_FRAMES[kind], "type": kind, "id": "x", field: text}))
        if isinstance(message, BadFrame):
            assert (message.fault, message.detail["where"]) == (Fault.SCHEMA_INVALID, f"$.{field}")
            assert odd(str(answer(message.fault, **message.detail)["en"])) is None, text
            continue
        taken += 1
        assert isinstance(message, cls)
        assert getattr(message, field) == text == composed(text)
        assert odd(text) is None
    assert 200 < taken < 400


@pytest.mark.parametrize("field", ["id", "type", "lot", "ticket", "<key>"])
def test_no_other_field_of_a_frame_takes_words_and_what_is_said_of_them_is_harmless(field: str) -> None:
    for text in SENT:
        if field == "ticket":
            frame: dict[str, Any] = {"type": "hello", "protocol": 1, "ticket": text}
        else:
            frame = {"type": "open_lot", "id": "x", "lot": 1, (text if field == "<key>" else field): text}
        message = read_or_not(dumps(frame))
        if isinstance(message, BadFrame):
            said = answer(message.fault, **message.detail)
            assert len(orjson.dumps(said)) < 2048, text
            continue
        # An id of letters and digits, or a ticket, which is then looked up and belongs to nobody.
        assert field == "ticket" or (field == "id" and text.isascii() and text.isprintable()), (field, text, message)


def test_no_text_is_a_ticket() -> None:
    tickets = Tickets(TicketSettings(), lambda: 0.0)
    for text in PAYLOADS:
        with pytest.raises(Exception, match="E_TICKET_USED"):
            tickets.use(text, "s1")


def test_no_text_makes_a_cell_that_a_spreadsheet_would_run() -> None:
    for text in SENT:
        assert not str(harmless(text)).startswith(("=", "+", "-", "@", "\t", "\r")), text


@pytest.mark.parametrize("count", [MARKS_MAX, MARKS_MAX + 1])
def test_marks_may_stand_on_a_letter_up_to_a_number(count: int) -> None:
    assert (odd("x" + "\u0323" * count) is None) is (count <= MARKS_MAX)


def test_a_draft_is_base64_or_no_draft() -> None:
    for text in SENT:
        raw = orjson.dumps({"form": {}, "catalogue": text})
        try:
            draft = msgspec.json.decode(raw, type=Draft)
        except msgspec.DecodeError:
            continue
        assert draft.catalogue == base64.b64decode(text)
