"""Authorities for trials, and a bidder's certificate checked on the command line."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from typer.testing import CliRunner, Result

from engine.cli import app
from engine.sealing.pem import read_credential, read_private_key
from engine.trust.certificate import read_certificates
from engine.trust.chain import Purpose
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.holder import credit_code
from engine.trust.making.demo import CASES
from engine.trust.making.dice import seeded_dice, system_dice
from engine.trust.store import load_store
from tests.trust.scene import DATE, SETTINGS, rsa_keys, when
from tests.trust.trial import files, write

EXPECTED = {"sound": None, "earlier": None, "renewed": None, "revoked": TrustCode.REVOKED, "expired": TrustCode.EXPIRED}


def run(*arguments: object, exit_code: int = 0) -> Result:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == exit_code, done.output
    return done


def test_a_seed_and_a_date_give_the_same_files_and_others_give_others() -> None:
    made, other = files(), files("another", DATE + timedelta(days=1))
    assert files.__wrapped__() == made
    assert other.keys() == made.keys()
    assert not any(other[name] == made[name] for name in made if name.endswith(("signing.pem", "-root.pem")))


def test_every_pair_is_what_its_name_says(tmp_path: Path) -> None:
    write(files(), tmp_path)
    store = load_store(tmp_path / "store", SETTINGS)
    assert len(store.roots) == 3
    for kind in ("rsa", "p256", "sm2"):
        for case in CASES:
            folder = tmp_path / "keys" / f"{kind}-{case.name}"
            codes = set()
            for purpose in Purpose:
                (leaf,) = read_certificates((folder / f"{purpose}.pem").read_bytes(), SETTINGS)
                key = read_private_key((folder / f"{purpose}.key").read_bytes())
                assert (
                    key.public.spki
                    == leaf.key.spki
                    == read_credential((folder / f"{purpose}.pem").read_bytes()).key.spki
                )
                codes.add(credit_code(leaf, SETTINGS))
                expected = EXPECTED[case.name]
                if expected is None:
                    store.verify(leaf, purpose, when(), holder=None)
                    continue
                with pytest.raises(TrustFault) as fault:
                    store.verify(leaf, purpose, when(), holder=None)
                assert fault.value.code is expected
            assert len(codes) == 1


def test_the_readme_says_in_both_languages_that_they_are_for_tests_only() -> None:
    text = files()["README.md"].decode()
    assert "仅供测试" in text
    assert "For tests only" in text


def test_a_seeded_rsa_key_is_the_librarys_kind_and_the_same_again() -> None:
    dice, again = seeded_dice("tests of trust"), rsa_keys()[0]
    key = dice.key("RSA")
    public = again.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert key.public.spki == public
    key.public.verify(b"message", key.sign(b"message"))


def test_the_systems_dice_never_fall_the_same() -> None:
    dice = system_dice()
    assert dice.key("SM2") != dice.key("SM2")
    assert dice.serial() != dice.serial()


def test_a_certificate_is_checked_on_the_command_line(tmp_path: Path) -> None:
    folder = write(files(date=datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)), tmp_path)
    store = ("--store", folder / "store")
    sound = folder / "keys" / "sm2-sound"
    told = json.loads(run("ca", "check", sound / "signing.pem", *store, "--json").stdout)
    assert told["authorities"] == ["Test Issuing SM2", "Test Root SM2"]
    assert "Test Root SM2" in run("ca", "check", sound / "encryption.pem", "--use", "encryption", *store).stdout
    fault = json.loads(
        run("ca", "check", sound / "encryption.pem", *store, "--json", exit_code=3).stdout.splitlines()[0]
    )
    assert fault["fault"] == "E_CERT_USAGE"
    assert "签名证书" in fault["zh"]
    revoked = folder / "keys" / "p256-revoked" / "signing.pem"
    run("ca", "check", revoked, *store, exit_code=3)
    early = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "revoked_later: 20" in run("ca", "check", revoked, *store, "--at", early).stdout
    run("ca", "check", sound / "signing.pem", *store, "--bidder", "9144030071526726XG", exit_code=3)
    run("ca", "check", sound / "signing.pem", *store, "--use", "sealing", exit_code=2)


def test_the_command_writes_a_folder_once_and_keeps_secrets_from_others(tmp_path: Path) -> None:
    out = tmp_path / "made"
    run("ca", "demo", "--out", out)
    for file in out.rglob("*"):
        if file.is_file():
            private = file.suffix == ".key" or file.name == "pin"
            assert bool(stat.S_IMODE(file.stat().st_mode) & 0o077) is not private, file
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    run("ca", "demo", "--out", out, exit_code=1)
    assert {file: file.read_bytes() for file in out.rglob("*") if file.is_file()} == before
