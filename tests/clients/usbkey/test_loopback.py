"""The stand-in for the middleware: what it answers, and what it never does without the PIN."""

import json
import re
from string import Formatter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.usbkey.calls import FRAME_BYTES_MAX, Call, sm2_der, sm2_raw, text
from clients.usbkey.faults import SENTENCES, STATUSES, KeyCode
from clients.usbkey.loopback import Session
from tests.clients.usbkey.scene import STEMS, Drawer, drawer
from tests.clients.usbkey.transcript import FILE
from tests.clients.usbkey.transcript import text as transcript_text

NEEDS_PIN = (Call.SIGN, Call.DECRYPT, Call.DECRYPT_TOO)
stems = pytest.mark.parametrize("stem", STEMS)


def ask(session: Session, call: str, **fields: object) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(session.answer(json.dumps({"id": 7, "function": call, **fields})))
    assert said["id"] == 7
    return said


def refused(session: Session, code: KeyCode, call: str, **fields: object) -> dict[str, Any]:
    said = ask(session, call, **fields)
    assert said["status"] == STATUSES[code]
    assert said["code"] == code
    assert "result" not in said
    assert ask(session, Call.LAST_ERROR)["result"] == STATUSES[code]
    return said


@pytest.fixture
def keys() -> Drawer:
    return drawer()


@stems
def test_nothing_is_signed_or_opened_without_the_pin(keys: Drawer, stem: str) -> None:
    session = keys.session()
    for call in NEEDS_PIN:
        refused(session, KeyCode.PIN_NEEDED, call, CertID=stem, InData=text(b"message"), Purpose="")
    assert ask(session, Call.LOGIN, CertID=stem, PassWd=keys.pin(stem))["result"] is True
    assert ask(session, Call.SIGN, CertID=stem, InData=text(b"message"))["status"] == 0
    ask(session, Call.LOGOUT, CertID=stem)
    refused(session, KeyCode.PIN_NEEDED, Call.SIGN, CertID=stem, InData=text(b"message"))


def test_a_key_that_one_page_opened_is_not_open_for_another(keys: Drawer) -> None:
    middleware = keys.middleware()
    mine, another = middleware.session(), middleware.session()
    ask(mine, Call.LOGIN, CertID="sm2", PassWd=keys.pin("sm2"))
    refused(another, KeyCode.PIN_NEEDED, Call.SIGN, CertID="sm2", InData="")
    refused(mine, KeyCode.PIN_NEEDED, Call.SIGN, CertID="rsa", InData="")


def test_wrong_pins_are_counted_over_all_pages_until_the_key_locks_itself(keys: Drawer) -> None:
    middleware = keys.middleware(pin_tries=3)
    first, second = middleware.session(), middleware.session()
    assert refused(first, KeyCode.PIN_WRONG, Call.LOGIN, CertID="sm2", PassWd="00000000")["left"] == 2
    assert refused(second, KeyCode.PIN_WRONG, Call.LOGIN, CertID="sm2", PassWd="\ud800")["left"] == 1
    assert ask(first, Call.TRIES, CertID="sm2")["result"] == 1
    refused(first, KeyCode.LOCKED, Call.LOGIN, CertID="sm2", PassWd="1")
    refused(second, KeyCode.LOCKED, Call.LOGIN, CertID="sm2", PassWd=keys.pin("sm2"))
    assert ask(middleware.session(), Call.TRIES, CertID="sm2")["result"] == 0
    assert ask(first, Call.LOGIN, CertID="rsa", PassWd=keys.pin("rsa"))["result"] is True


def test_the_right_pin_gives_all_tries_back_and_a_wrong_one_closes_what_was_open(keys: Drawer) -> None:
    session = keys.session()
    refused(session, KeyCode.PIN_WRONG, Call.LOGIN, CertID="sm2", PassWd="1")
    ask(session, Call.LOGIN, CertID="sm2", PassWd=keys.pin("sm2"))
    assert ask(session, Call.TRIES, CertID="sm2")["result"] == 6
    refused(session, KeyCode.PIN_WRONG, Call.LOGIN, CertID="sm2", PassWd="1")
    refused(session, KeyCode.PIN_NEEDED, Call.SIGN, CertID="sm2", InData="")


def test_a_key_pulled_out_wants_its_pin_again(keys: Drawer) -> None:
    session, lying = keys.session(), keys.plugged["sm2"]
    ask(session, Call.LOGIN, CertID="sm2", PassWd=lying.pin)
    del keys.plugged["sm2"]
    assert "sm2" not in ask(session, Call.USERS)["result"]
    for call in (Call.SIGN, Call.LOGIN, Call.TRIES, Call.SIGNING, Call.ENCRYPTION):
        refused(session, KeyCode.PULLED, call, CertID="sm2", InData="", PassWd=lying.pin)
    keys.plugged["sm2"] = lying
    refused(session, KeyCode.PIN_NEEDED, Call.SIGN, CertID="sm2", InData="")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"function": "SOF_GenRandom"}, KeyCode.ASKED),
        ({"function": ["SOF_Login"]}, KeyCode.ASKED),
        ({}, KeyCode.ASKED),
        ({"function": Call.SIGN, "CertID": "none"}, KeyCode.NONE),
        ({"function": Call.SIGN, "CertID": {"a": 1}}, KeyCode.NONE),
        ({"function": Call.SIGN, "CertID": "sm2", "InData": "*"}, KeyCode.ASKED),
        ({"function": Call.SIGN, "CertID": "sm2", "InData": "é"}, KeyCode.ASKED),
        ({"function": Call.SIGN, "CertID": "sm2"}, KeyCode.ASKED),
        ({"function": Call.DECRYPT, "CertID": "sm2", "InData": "AAAA"}, KeyCode.DECRYPT),
        ({"function": Call.DECRYPT, "CertID": "rsa", "InData": "AAAA"}, KeyCode.ASKED),
        ({"function": Call.DECRYPT_TOO, "CertID": "rsa", "InData": "AAAA", "Purpose": ""}, KeyCode.DECRYPT),
        ({"function": Call.DECRYPT, "CertID": "p256", "InData": "AAAA", "Purpose": ""}, KeyCode.DECRYPT),
        ({"function": Call.LOGIN, "CertID": "sm2", "PassWd": 12345678}, KeyCode.ASKED),
        ({"function": Call.LOGIN, "CertID": "sm2", "PassWd": "1" * 65}, KeyCode.ASKED),
    ],
)
def test_whatever_is_asked_gets_a_code(keys: Drawer, fields: dict[str, Any], code: KeyCode) -> None:
    session = keys.session()
    for stem in STEMS:
        ask(session, Call.LOGIN, CertID=stem, PassWd=keys.pin(stem))
    said = json.loads(session.answer(json.dumps({"id": 1, **fields})))
    assert said["code"] == code


def test_frames_too_long_binary_or_no_object_get_a_code(keys: Drawer) -> None:
    session = keys.session()
    for frame in ("", "[]", "1", "{", "[" * 60_000, b"{}", " " * (FRAME_BYTES_MAX + 1), '{"id": true}', "9" * 5000):
        said = json.loads(session.answer(frame))
        assert said["status"] == STATUSES[KeyCode.ASKED]
        assert said["id"] is None


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.dictionaries(
            st.sampled_from(["id", "function", "CertID", "PassWd", "InData", "Purpose"]),
            st.one_of(
                st.sampled_from([*Call, "sm2"]), st.integers(), st.none(), st.text(max_size=8), st.lists(st.none())
            ),
        ).map(json.dumps),
    )
)
def test_no_frame_breaks_it_and_none_brings_a_secret_out(frame: str) -> None:
    keys = drawer()
    answer = keys.session().answer(frame)
    assert isinstance(json.loads(answer)["status"], int)
    for files in keys.plugged.values():
        assert files.pin not in answer
        for secret in (files.signing_key, files.encryption_key):
            assert secret.decode().splitlines()[1] not in answer


@stems
def test_no_refusal_repeats_what_was_sent(keys: Drawer, stem: str) -> None:
    session = keys.session()
    for call in Call:
        answer = session.answer(
            json.dumps(
                {
                    "id": 1,
                    "function": call,
                    "CertID": stem,
                    "PassWd": "31415926",
                    "InData": "c2VjcmV0",
                    "Purpose": "c2VjcmV0",
                }
            )
        )
        assert "31415926" not in answer
        assert "c2VjcmV0" not in answer


def test_sm2_ciphertexts_keep_their_bytes_on_the_way_through_der(keys: Drawer) -> None:
    transcripts = json.loads(FILE.read_text(encoding="utf-8"))["transcripts"]
    raw = bytes.fromhex(next(one["wrapped"] for one in transcripts if one["key"] == "sm2"))
    assert sm2_raw(sm2_der(raw)) == raw
    for der in (b"", sm2_der(raw)[:-1], sm2_der(raw) + b"\0", sm2_der(raw).replace(raw[1:33], b"\0" + raw[2:33])):
        with pytest.raises(ValueError, match=r".*"):
            sm2_raw(der)


def test_the_published_transcript_is_what_is_said() -> None:
    assert FILE.read_text(encoding="utf-8") == transcript_text()


@pytest.mark.parametrize("code", KeyCode)
def test_every_code_has_a_sentence_in_both_languages_with_the_same_facts(code: KeyCode) -> None:
    zh, en = SENTENCES[code]
    facts = [{name for _, name, _, _ in Formatter().parse(one) if name} for one in (zh, en)]
    assert facts[0] == facts[1]
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert not re.search(r"[\u4e00-\u9fff]", en)
    assert "请" in zh
