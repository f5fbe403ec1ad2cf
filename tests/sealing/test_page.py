"""What a bidder seals in the browser opens at the house, and the other way round: whatever the suite, whatever the certificate."""

import datetime
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from clients.seal import Bid, Bidder, open_documents, open_sheet, read_envelope, seal
from engine.sealing import halves
from engine.sealing.envelope import unwrap_hall, unwrap_own
from engine.sealing.faults import SENTENCES, SealCode
from engine.sealing.pem import read_credential, read_private_key
from engine.sealing.recovery import open_recovery
from engine.sealing.suites import COMMERCIAL, INTERNATIONAL, Suite
from tests.sealing.scene import SHEET, Tender, chance
from tests.sealing.test_pem import SM

PAGE: Final = Path(__file__).with_name("page.mjs")
SEAL: Final = Path(__file__).resolve().parents[2] / "web" / "seal"
LOCALES: Final = SEAL.parent / "shared" / "locales"
WORDS: Final = "苹果 梯子 河流 铜铃 七"
Pem = tuple[bytes, bytes]
"""A certificate, and its private key."""


def certified(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, form: serialization.PrivateFormat) -> Pem:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "某某建设集团有限公司")])
    begins = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = builder.serial_number(7).not_valid_before(begins).not_valid_after(begins + datetime.timedelta(days=365))
    pem = serialization.Encoding.PEM
    return (
        dated.sign(key, hashes.SHA256()).public_bytes(pem),
        key.private_bytes(pem, form, serialization.NoEncryption()),
    )


KEYS: Final[dict[str, Callable[[], Pem]]] = {
    "P-256": lambda: certified(ec.generate_private_key(ec.SECP256R1()), serialization.PrivateFormat.PKCS8),
    "P-256, OpenSSL": lambda: certified(
        ec.generate_private_key(ec.SECP256R1()), serialization.PrivateFormat.TraditionalOpenSSL
    ),
    "RSA": lambda: certified(rsa.generate_private_key(65537, 2048), serialization.PrivateFormat.TraditionalOpenSSL),
    "SM2": lambda: (SM, SM),
}


def page(act: str, folder: Path, said: dict[str, Any]) -> Any:
    """What the bidder's page says."""
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, PAGE, act, folder], input=json.dumps(said).encode(), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def files(folder: Path) -> tuple[Path, ...]:
    made = {"投标函.pdf": b"%PDF" * 300_000, "空.txt": b"", "𠮷.bin": bytes(range(256)) * 8}
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in made)


def asked(tender: Tender, sealed: tuple[Path, ...], signing: Pem, encryption: Pem) -> dict[str, Any]:
    return {
        "hall": tender.hall.write().decode(),
        "section": "1",
        "bidder": "bidder-1",
        "version": 1,
        "remedy": True,
        "sheet": SHEET,
        "files": [str(path) for path in sealed],
        "signing": signing[0].decode(),
        "signing_key": signing[1].decode(),
        "encryption": encryption[0].decode(),
        "encryption_key": encryption[1].decode(),
        "words": WORDS,
    }


@pytest.mark.parametrize(
    ("suite", "signs", "encrypts"),
    [
        (INTERNATIONAL, "P-256", "P-256, OpenSSL"),
        (INTERNATIONAL, "RSA", "RSA"),
        (INTERNATIONAL, "SM2", "SM2"),
        (COMMERCIAL, "SM2", "SM2"),
    ],
)
def test_what_the_page_seals_opens_at_the_house(suite: Suite, signs: str, encrypts: str, tmp_path: Path) -> None:
    tender, sealed, folder = Tender(suite), files(tmp_path), tmp_path / "bid"
    folder.mkdir()
    signing, encryption = KEYS[signs](), KEYS[encrypts]()
    recovery = page("seal", folder, asked(tender, sealed, signing, encryption))["recovery"]
    manifest = read_envelope(folder)
    own = unwrap_own(manifest, read_private_key(encryption[1]))
    assert own == open_recovery(recovery.encode(), manifest, WORDS)
    for what in ("hall", "remedy"):
        assert len(tender.answers(manifest, what)) == 2
    key = halves.data_key(manifest, own, unwrap_hall(manifest, tender.hall, tender.answers(manifest)))
    assert open_sheet(folder, key, manifest) == SHEET
    opened = open_documents(folder, key, manifest, tmp_path / "opened")
    assert [(one.name, one.read_bytes()) for one in opened] == [(one.name, one.read_bytes()) for one in sealed]


@pytest.mark.parametrize(("suite", "kind"), [(INTERNATIONAL, "P-256"), (INTERNATIONAL, "RSA"), (COMMERCIAL, "SM2")])
def test_what_the_house_s_client_seals_opens_in_the_page(suite: Suite, kind: str, tmp_path: Path) -> None:
    tender, sealed, folder = Tender(suite), files(tmp_path), tmp_path / "bid"
    certificate, pem = KEYS[kind]()
    credential, private = read_credential(certificate), read_private_key(pem)
    bidder = Bidder(signing=credential, signing_key=private, encryption=credential, encryption_key=private)
    bid = Bid(context=tender.context(), sheet=SHEET, files=sealed, remedy=False)
    manifest, recovery = seal(bid, tender.hall, bidder, folder, passphrase=WORDS, chance=chance("page"))
    half = unwrap_hall(manifest, tender.hall, tender.answers(manifest))
    said = {"encryption_key": pem.decode(), "words": WORDS, "half_hall": half.hex(), "recovery": recovery.decode()}
    assert page("open", folder, said) == {
        "sheet": SHEET,
        "same": True,
        "files": [[one.name, hashlib.sha256(one.read_bytes()).hexdigest()] for one in sealed],
    }


@pytest.mark.parametrize(("language", "place"), [("zh-CN", 0), ("en", 1)])
def test_the_page_and_the_house_say_a_fault_in_the_same_words(language: str, place: int) -> None:
    catalogue = json.loads((LOCALES / f"{language}.json").read_text(encoding="utf-8"))
    said = {code: catalogue[f"seal.fault.{code}"] for code in SealCode if f"seal.fault.{code}" in catalogue}
    assert said == {code: SENTENCES[code][place] for code in said}
    modules = "".join(path.read_text(encoding="utf-8") for path in SEAL.glob("*.js"))
    assert set(re.findall(r'SealFault\(\s*"(E_\w+)"', modules)) == set(said)
