"""The receipt of a sealed envelope, checked by an outsider."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clients.deposited import FIELDS, Faulty, main, verify
from engine.domain.units import Nanoseconds
from engine.journal.signing import Signer
from engine.sealing.suites import COMMERCIAL, INTERNATIONAL
from engine.submission.receipt import Receipt
from tests.sealing.scene import Tender

SIGNER = Signer.of(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer.of(Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEY = SIGNER.public.hex()
RECEIPT = Receipt(
    opening="HZ-2026-001", section="1", manifest=bytes(range(32)), at=Nanoseconds(1_800_000_000_123_456_789)
)
SIGNED = RECEIPT.signed(SIGNER)
TEXT = json.dumps(SIGNED)


def test_it_has_one_spelling() -> None:
    assert RECEIPT.statement() == (
        b"luochui submission receipt v1\nHZ-2026-001\n1\n"
        b"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n1800000000123456\n"
    )
    assert RECEIPT.signed(SIGNER) == SIGNED
    assert SIGNED["short"].isascii()
    assert len(SIGNED["short"]) < 256


@pytest.mark.parametrize("text", [TEXT, json.dumps({"receipt": SIGNED}), SIGNED["short"], SIGNED["short"] + "\n"])
def test_it_holds_as_json_and_as_one_line(text: str) -> None:
    deposit = verify(text, KEY)
    assert (deposit.opening, deposit.section) == ("HZ-2026-001", "1")
    assert deposit.at_us == 1_800_000_000_123_456
    assert deposit.manifest == bytes(range(32)).hex()


def test_it_carries_nothing_that_counts_others_and_nothing_of_size_or_person() -> None:
    assert set(SIGNED) == FIELDS == {"at_us", "format", "key", "manifest", "opening", "section", "short", "signature"}
    again = Receipt(opening="HZ-2026-001", section="1", manifest=bytes(32), at=Nanoseconds(1_800_000_000_000_000_000))
    other = again.signed(SIGNER)
    assert {name: type(value) for name, value in other.items()} == {name: type(value) for name, value in SIGNED.items()}
    assert len(json.dumps(other)) == len(TEXT)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("opening", "HZ-2026-002"),
        ("section", "2"),
        ("manifest", "00" * 32),
        ("at_us", 1_800_000_000_123_455),
        ("at_us", 1_800_000_000_123_456.0),
        ("signature", "00" * 64),
        ("short", SIGNED["short"].replace(":1:", ":2:")),
        ("short", 7),
        ("key", STRANGER.public.hex()),
        ("key", None),
        ("format", "luochui-receipt-2"),
        ("seq", 3),
    ],
)
def test_whatever_is_changed_is_found(field: str, value: Any) -> None:
    with pytest.raises(Faulty):
        verify(json.dumps({**SIGNED, field: value}), KEY)


def test_every_letter_of_the_line_matters() -> None:
    line = SIGNED["short"]
    for at, letter in enumerate(line):
        with pytest.raises(Faulty):
            verify(line[:at] + ("B" if letter != "B" else "C") + line[at + 1 :], KEY)
        with pytest.raises(Faulty):
            verify(line[:at], KEY)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "[" * 100_000, "{", '{"receipt":{}}', "luochui-receipt-1:"])
def test_what_is_no_receipt_is_told_so(text: str) -> None:
    with pytest.raises(Faulty, match="这不是收存回执"):
        verify(text, KEY)


def test_another_key_is_another_house() -> None:
    with pytest.raises(Faulty, match="another key"):
        verify(TEXT, STRANGER.public.hex())
    with pytest.raises(Faulty, match="does not hold"):
        verify(SIGNED["short"], STRANGER.public.hex())
    with pytest.raises(Faulty, match="--key"):
        verify(SIGNED["short"], None)
    for key in ("", "zz", "00"):
        with pytest.raises(Faulty):
            verify(SIGNED["short"], key)


@pytest.mark.parametrize("suite", [INTERNATIONAL, COMMERCIAL])
def test_it_is_for_the_bidders_own_manifest_whatever_the_suite(suite: Any, tmp_path: Path) -> None:
    manifest = Tender(suite).seal().manifest
    receipt = Receipt(opening="o", section="1", manifest=manifest.digest(), at=Nanoseconds(5000)).signed(SIGNER)
    verify(json.dumps(receipt), KEY, manifest.write())
    with pytest.raises(Faulty, match="another manifest"):
        verify(TEXT, KEY, manifest.write())


def test_the_command_line_says_good_bad_or_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(TEXT)
    assert main([str(path), "--key", KEY]) == 0
    assert "GOOD 成立  HZ-2026-001 · 1" in capsys.readouterr().out
    assert main([str(path)]) == 0
    assert "No --key" in capsys.readouterr().out
    path.write_text(TEXT.replace("HZ-2026-001", "HZ-2026-002"))
    assert main([str(path), "--key", KEY]) == 1
    assert "BAD 不成立" in capsys.readouterr().out
    assert main([str(tmp_path / "none")]) == 2
