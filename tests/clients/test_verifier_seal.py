"""Envelopes opened again by the verifier's own arithmetic, held against the house's, of which it has nothing."""

import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from engine.sealing import halves
from engine.sealing.content import pack_sheet
from engine.sealing.halves import HALL, REMEDY
from engine.sealing.keys import PrivateKey, RsaPrivateKey
from engine.sealing.shares import write_answer
from engine.sealing.suites import Suite
from tests.articles import article
from tests.clients.exports import text
from tests.clients.test_verifier import OF_OPENINGS, OF_SEALS, SOURCE, transcript
from tests.domain.opening.house import spelled
from tests.golden.test_transcripts import TRANSCRIPTS
from tests.sealing.scene import BOTH, SHEET, Tender

FILE = runpy.run_path(str(OF_SEALS))


def opened(suite: Suite) -> tuple[Tender, Any, Any, Any]:
    """A tender, an envelope of it, the verifier's seal and what it read of the manifest."""
    tender = Tender(suite)
    made = tender.seal(SHEET)
    der = tender.credential("bidder-1 signing").der.hex()
    seal = FILE["Seal"](tender.hall.write().decode())
    bidder = {"certificate": der, "key": der}
    return tender, made, seal, seal.manifest(made.manifest.write().decode(), made.signature.hex(), bidder, True)


@article("44")
@pytest.mark.parametrize("suite", BOTH, ids=lambda suite: suite.name)
def test_halves_keys_and_sheets_are_those_of_the_house(suite: Suite) -> None:
    tender, made, seal, m = opened(suite)
    assert m.digest == made.manifest.digest()
    for half, trustees in ((HALL, (1, 3)), (REMEDY, (2, 3))):
        for trustee in trustees:
            said = write_answer(tender.hall, tender.answers(made.manifest, half, [trustee])[0]).decode()
            assert seal.answer(m, half, trustee, said)
        [joined] = seal.joined(m, half)
        assert joined["type"] == "HalfJoined"
    assert m.halves["own"] == made.sealed.own
    key = halves.data_key(made.manifest, m.halves["own"], m.halves["hall"])
    assert seal.committed(m)
    assert m.secret == key.secret
    assert seal.sealed(m, spelled(SHEET))
    assert not seal.sealed(m, spelled({**SHEET, "price_fen": 1}))
    assert len(pack_sheet(SHEET)) == 65536


@article("38")
@pytest.mark.parametrize("suite", BOTH, ids=lambda suite: suite.name)
def test_an_answer_for_another_wrap_does_not_hold(suite: Suite) -> None:
    tender, made, seal, m = opened(suite)
    said = write_answer(tender.hall, tender.answers(made.manifest, REMEDY, [1])[0]).decode()
    assert not seal.answer(m, HALL, 1, said)
    assert m.answers[HALL] == {}


@pytest.mark.parametrize("kind", ["P-256", "SM2", "RSA"])
def test_signatures_of_three_kinds_of_keys_hold_and_no_others(kind: str) -> None:
    keys: dict[str, PrivateKey] = {
        "P-256": Tender(BOTH[0]).key("a"),
        "SM2": Tender(BOTH[1]).key("a"),
        "RSA": RsaPrivateKey(rsa.generate_private_key(65537, 2048)),
    }
    key = keys[kind]
    signature = key.sign(b"message")
    FILE["verify"](key.public.spki, b"message", signature)
    for message, wrong in (
        (b"other", signature),
        (b"message", signature[:-1] + bytes([signature[-1] ^ 1])),
        (b"", b""),
    ):
        with pytest.raises(ValueError, match=r".+"):
            FILE["verify"](key.public.spki, message, wrong)


def test_an_opening_without_the_files_beside_is_no_verdict(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    export.write_text(text(transcript(TRANSCRIPTS / "opening_to_the_signed_record.txt").lines()), encoding="utf-8")

    def run(file: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, tmp_path / file, export], capture_output=True, text=True, check=False)

    for file, missing in ((SOURCE, "verifier_opening.py"), (OF_OPENINGS, "verifier_seal.py")):
        shutil.copy(file, tmp_path)
        said = run("verifier.py")
        assert (said.returncode, missing in said.stderr) == (2, True)
    shutil.copy(OF_SEALS, tmp_path)
    assert (run("verifier.py").returncode, run("verifier_opening.py").returncode) == (0, 0)
