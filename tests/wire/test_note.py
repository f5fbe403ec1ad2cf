"""Notes, checkpoints and cosignatures: one spelling each, and nothing holds but what was signed."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from engine.wire.note import (
    Checkpoint,
    Kind,
    Note,
    NoteFault,
    Verifier,
    cosign,
    log_verifier,
    origin_of,
    parse_signatures,
    sign,
    witnesses,
)

HOUSE, OTHER, WITNESS = (Ed25519PrivateKey.from_private_bytes(bytes([at]) * 32) for at in (1, 2, 3))
LOG = log_verifier(HOUSE.public_key().public_bytes_raw(), "tianshui-1")
SEEN_BY = Verifier("notary.example.cn/w1", WITNESS.public_key().public_bytes_raw(), Kind.WITNESS)
CHECKPOINT = Checkpoint(LOG.name, 1234, b"\7" * 32, 1, b"\x0a" * 32, 1_795_752_000_123_456_789)


def note() -> Note:
    text = CHECKPOINT.text()
    return Note(text, (sign(text, LOG, HOUSE.sign), cosign(text, SEEN_BY, WITNESS.sign, 1_795_752_001)))


def test_a_checkpoint_is_spelt_as_the_specification_says() -> None:
    house = hashlib.sha256(HOUSE.public_key().public_bytes_raw()).hexdigest()[:8]
    root, head = base64.b64encode(b"\7" * 32).decode(), "0a" * 32
    assert CHECKPOINT.text() == (
        f"luochui/{house}/tianshui-1\n1234\n{root}\nepoch 1\nhead {head}\nat 1795752000123456789\n"
    )
    assert Checkpoint.parse(CHECKPOINT.text()) == CHECKPOINT


def test_the_example_of_the_signed_note_specification_is_read_and_holds() -> None:
    # c2sp.org/signed-note, "Example", with its verifier key.
    key = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    read = Note.parse(text)
    assert read.signed_by(key)
    assert read.whole() == text


def test_a_note_is_read_back_as_it_was_written_and_says_who_signed() -> None:
    read = Note.parse(note().whole())
    assert read == note()
    assert read.signed_by(LOG)
    assert read.cosigned_at_s(SEEN_BY) == 1_795_752_001


def test_who_did_not_sign_has_not_signed() -> None:
    stranger = Verifier(LOG.name, OTHER.public_key().public_bytes_raw(), Kind.LOG)
    assert not note().signed_by(stranger)
    assert note().cosigned_at_s(Verifier("else", SEEN_BY.public, Kind.WITNESS)) is None
    borrowed = Note(CHECKPOINT.text(), (sign(CHECKPOINT.text(), LOG, OTHER.sign),))
    assert not borrowed.signed_by(LOG)


def test_a_cosignature_holds_for_its_own_time_only() -> None:
    signature = note().signatures[1]
    later = (1_795_752_002).to_bytes(8) + signature.body[8:]
    moved = Note(CHECKPOINT.text(), (type(signature)(signature.name, signature.key_hash, later),))
    assert moved.cosigned_at_s(SEEN_BY) is None
    cut = Note(CHECKPOINT.text(), (type(signature)(signature.name, signature.key_hash, signature.body[:-1]),))
    assert cut.cosigned_at_s(SEEN_BY) is None


@given(st.data())
def test_a_changed_character_breaks_the_signature_or_the_note(data: st.DataObject) -> None:
    whole = note().whole()
    at = data.draw(st.integers(0, len(whole.partition("\n\n")[0])))
    other = data.draw(st.sampled_from([char for char in "0aZ+/ \n\u2014" if char != whole[at]]))
    try:
        read = Note.parse(whole[:at] + other + whole[at + 1 :])
    except NoteFault:
        return
    assert not read.signed_by(LOG)
    assert read.cosigned_at_s(SEEN_BY) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno signature\n",
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 name QUJD\n",
        "text\n\n\u2014 name ****\n",
        "text\n\n\u2014 two names QUJDREVGRw==\n",
        "te\x07xt\n\n\u2014 name QUJDREVGRw==\n",
        "text\n\n\u2014 name QUJDREVGRw==",
        "x" * 65_537 + "\n\n\u2014 name QUJDREVGRw==\n",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(NoteFault):
        Note.parse(text)


def test_more_signatures_than_anyone_needs_are_refused() -> None:
    with pytest.raises(NoteFault, match="too many"):
        parse_signatures("\u2014 name QUJDREVGRw==\n" * 101)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1234", "01234"),
        ("1234", "-1"),
        ("1234", "1 234"),
        ("epoch 1", "epoch"),
        ("epoch 1", "age 1"),
        ("0a0a", "0A0A"),
        ("BwcH", "Bwc"),
        ("\nat ", "\n\nat "),
        ("luochui/", "luochui /"),
    ],
)
def test_a_checkpoint_has_one_spelling(old: str, new: str) -> None:
    with pytest.raises(NoteFault):
        Checkpoint.parse(CHECKPOINT.text().replace(old, new, 1))


def test_a_key_is_passed_on_as_text_and_guarded_by_its_hash() -> None:
    assert Verifier.parse(LOG.text()) == LOG
    assert witnesses([SEEN_BY.text()]) == (SEEN_BY,)
    with pytest.raises(NoteFault, match="not a witness's"):
        witnesses([LOG.text()])
    name, key_hash, key = SEEN_BY.text().split("+", 2)
    for spoilt in ("", "name", f"{name}+00000000+{key}", f"{name}+{key_hash}+{key[:-4]}", f"na me+{key_hash}+{key}"):
        with pytest.raises(NoteFault):
            Verifier.parse(spoilt)


def test_two_houses_with_a_sale_of_the_same_name_have_logs_of_different_names() -> None:
    ours, theirs = (key.public_key().public_bytes_raw() for key in (HOUSE, OTHER))
    assert origin_of(ours, "s1") != origin_of(theirs, "s1")
