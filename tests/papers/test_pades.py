"""Papers signed as PAdES: checked by OpenSSL, which knows nothing of pyHanko; the paper below the signature stays what it is."""

import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from engine.papers.folder import write_papers
from engine.papers.pades import FIELD, PadesFault, PaperSigner
from engine.papers.press import Press
from engine.papers.receipt import lay_receipt
from tests.papers.sale import a_book
from tests.papers.test_press import printed
from tests.papers.test_receipt import paper
from tests.trust.trial import files, write

RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
KINDS: Final = ("rsa", "p256")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trial")
    write(files(), folder)
    return folder


def signer(trial: Path, kind: str) -> PaperSigner:
    return PaperSigner.load(trial / "centre" / f"{kind}.pem", trial / "centre" / f"{kind}.key")


def verified(signed: bytes, trial: Path, kind: str, folder: Path) -> bool:
    """Whether OpenSSL finds the signature over the whole file, but for itself, by a certificate of the trial's root."""
    found = RANGE.search(signed)
    assert found is not None
    a, b, c, d = map(int, found.groups())
    assert (a, c + d) == (0, len(signed))
    (folder / "content").write_bytes(signed[a : a + b] + signed[c : c + d])
    der = bytes.fromhex(signed[a + b + 1 : c - 1].decode())
    (folder / "signature").write_bytes(der)
    command: list[str | Path] = [
        "openssl",
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-in",
        folder / "signature",
        "-content",
        folder / "content",
    ]
    trusted: list[str | Path] = [
        "-CAfile",
        trial / "store" / "roots" / f"{kind}.pem",
        "-purpose",
        "any",
        "-attime",
        "1799999999",
    ]
    done = subprocess.run(
        [*command, *trusted, "-binary", "-out", folder / "out"], capture_output=True, timeout=30, check=False
    )
    return done.returncode == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["announcement", "receipt"])
def test_a_signature_holds_for_openssl_and_follows_the_very_bytes_of_the_paper(
    trial: Path, kind: str, what: str, tmp_path: Path
) -> None:
    pdf = Press().pdf(lay_receipt(paper(), "zh-CN")) if what == "receipt" else printed(what)
    signed = signer(trial, kind).sign(pdf)
    assert signed.startswith(pdf)
    assert b"/ETSI.CAdES.detached" in signed[len(pdf) :]
    assert FIELD.encode() in signed[len(pdf) :]
    assert verified(signed, trial, kind, tmp_path)
    at = pdf.index(b"%PDF-1.7") + 20
    assert not verified(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :], trial, kind, tmp_path)
    other = KINDS[1 - KINDS.index(kind)]
    assert not verified(signed, trial, other, tmp_path)


def test_the_certificate_is_named_in_what_is_signed(trial: Path) -> None:
    """As PAdES asks: signing-certificate-v2, and no signing time beside the file's own (ETSI EN 319 142-1, 6.3)."""
    signed = signer(trial, "p256").sign(printed("unsold"))
    found = RANGE.search(signed)
    assert found is not None
    a, b, c, _ = map(int, found.groups())
    der = bytes.fromhex(signed[a + b + 1 : c - 1].decode())
    assert bytes.fromhex("060b2a864886f70d010910022f") in der
    assert bytes.fromhex("06092a864886f70d010905") not in der


def test_the_folder_of_papers_holds_the_signed_beside_the_unsigned(trial: Path, tmp_path: Path) -> None:
    given: dict[str, Any] = {"lang": "zh-CN", "base_url": None, "only": ["unsold"], "press": Press()}
    written = write_papers(a_book(), tmp_path, signer=signer(trial, "p256"), **given)
    assert [path.name for path in written] == ["unsold.json", "unsold.pdf", "unsold.signed.pdf"]
    assert written[2].read_bytes().startswith(written[1].read_bytes())
    assert [path.name for path in write_papers(a_book(), tmp_path / "plain", **given)] == ["unsold.json", "unsold.pdf"]


@pytest.mark.parametrize(
    ("certificate", "key"),
    [
        ("centre/rsa.pem", "centre/p256.key"),
        ("centre/rsa.key", "centre/rsa.key"),
        ("README.md", "none"),
        ("centre", "x"),
    ],
)
def test_what_is_no_pair_is_refused_with_its_code_in_both_languages(trial: Path, certificate: str, key: str) -> None:
    with pytest.raises(PadesFault) as fault:
        PaperSigner.load(trial / certificate, trial / key)
    assert fault.value.code == "E_PADES_KEY"
    assert "不是一对" in str(fault.value)
    assert "belong together" in str(fault.value)


def test_an_sm2_certificate_signs_no_paper(trial: Path) -> None:
    with pytest.raises(PadesFault):
        PaperSigner.load(trial / "keys/sm2-sound/signing.pem", trial / "keys/sm2-sound/signing.key")
