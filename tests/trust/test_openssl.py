"""An SM2 authority made by OpenSSL 3.0 (distid 1234567812345678): its root, a certificate, and the list that revokes it."""

from datetime import UTC, datetime, timedelta

from engine.trust.certificate import blocks
from engine.trust.chain import Purpose
from engine.trust.faults import TrustCode
from engine.trust.holder import Holder, check_holder
from engine.trust.revocation import read_list
from engine.trust.store import TrustStore
from tests.trust.scene import FOLDER, SETTINGS, read, refused, when

REVOKED = datetime(2026, 11, 26, 0, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 12, 1, 0, 0, 0, tzinfo=UTC)


def test_openssls_certificate_and_list_hold_and_say_the_same_here() -> None:
    data = (FOLDER / "openssl-sm2.pem").read_bytes()
    root, leaf = blocks(data, b"CERTIFICATE")
    lists = tuple(read_list(der, SETTINGS) for der in blocks(data, b"X509 CRL"))
    store = TrustStore(roots=(read(root),), lists=lists, settings=SETTINGS)
    refused(TrustCode.REVOKED, store, leaf, moment=when(NOW), holder=None)
    refused(TrustCode.USAGE, store, leaf, Purpose.ENCRYPTION, moment=when(NOW), holder=None)
    assert read(leaf).parsed.serial_number == 0x1234
    refused(TrustCode.NOT_YET, store, leaf, moment=when(REVOKED - timedelta(days=1), NOW), holder=None)
    check_holder(read(leaf), Holder(credit_code="91000000MAX3000015"), SETTINGS)


def test_what_openssl_signed_is_verified_up_to_its_root() -> None:
    data = (FOLDER / "openssl-sm2.pem").read_bytes()
    root, leaf = blocks(data, b"CERTIFICATE")
    assert read(root).signed(leaf, read(leaf).parsed.tbs_certificate_bytes)
    store = TrustStore(roots=(read(root),), settings=SETTINGS)
    refused(TrustCode.CRL_MISSING, store, leaf, moment=when(NOW), holder=None)
    spoilt = leaf[:-1] + bytes([leaf[-1] ^ 1])
    refused(TrustCode.SIGNATURE, store, spoilt, moment=when(NOW), holder=None)
