"""Keys and certificates are read from the files that OpenSSL and the library write."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from engine.certificates import trial_pair
from engine.sealing.curves import P256, SM2
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import CurveKey, CurvePrivateKey, RsaPrivateKey
from engine.sealing.pem import certificate_credential, certificate_pem, read_credential, read_private_key

SM = Path(__file__).with_name("sm2.pem").read_bytes()
"""Made by OpenSSL 3.0, for these tests alone."""

PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
PLAIN = serialization.NoEncryption()


def test_an_sm2_certificate_and_its_key_belong_together() -> None:
    key, credential = read_private_key(SM), read_credential(SM)
    assert isinstance(key, CurvePrivateKey)
    assert key.curve is SM2
    assert credential.key == key.public
    assert read_credential(certificate_pem(credential)) == credential


def test_a_p256_certificate_and_its_key_belong_together() -> None:
    pair = trial_pair(["sale.lan"], datetime.now(UTC))
    key, credential = read_private_key(pair.key), read_credential(pair.certificate)
    assert isinstance(credential.key, CurveKey)
    assert credential.key.curve is P256
    assert credential.key == key.public
    assert read_credential(certificate_pem(credential)) == credential


def test_keys_under_a_password_and_rsa_keys_are_read() -> None:
    own = rsa.generate_private_key(65537, 2048)
    locked = own.private_bytes(*PKCS8, serialization.BestAvailableEncryption(b"words"))
    assert isinstance(read_private_key(locked, b"words"), RsaPrivateKey)
    for password in (None, b"other"):
        with pytest.raises(SealFault):
            read_private_key(locked, password)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"x" * 70_000,
        SM[:200],
        SM[: SM.index(b"-----END")].replace(b"MIGH", b"MIG!"),
        ec.generate_private_key(ec.SECP384R1()).private_bytes(*PKCS8, PLAIN),
        b"-----BEGIN CERTIFICATE-----\nMAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_key_or_certificate_is_refused_by_a_fault(pem: bytes) -> None:
    for read in (read_private_key, read_credential):
        with pytest.raises(SealFault) as fault:
            read(pem)
        assert fault.value.code in {SealCode.KEY_UNREADABLE, SealCode.TOO_LARGE}


def test_a_certificate_cut_anywhere_is_refused_by_a_fault() -> None:
    der = read_credential(SM).der
    for length in range(0, len(der), 7):
        with pytest.raises(SealFault):
            certificate_credential(der[:length])
