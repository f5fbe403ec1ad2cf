"""Readers of what bidders' machines hand in: certificates, revocation lists, and the frames a USB key's stand-in is asked."""

import json
from pathlib import Path
from typing import Final

import tests.trust
from clients.usbkey.loopback import KeyFiles, Middleware
from engine.trust.certificate import blocks, read_certificate, read_certificates
from engine.trust.faults import TrustFault
from engine.trust.revocation import read_list
from engine.trust.settings import TrustSettings

SETTINGS: Final = TrustSettings()
_PEM: Final = (Path(tests.trust.__file__).parent / "openssl-sm2.pem").read_bytes()
CERTIFICATES: Final = (*blocks(_PEM, b"CERTIFICATE"), _PEM)
LISTS: Final = tuple(blocks(_PEM, b"X509 CRL"))
DER_PIECES: Final = (
    *(b"\x30\x80\x00\x00", b"\x02\x01\x00", b"\x02\x00", b"\x05\x00", b"\x01\x01\xff", b"\xa0\x03\x02\x01\x02"),
    *(b"\x03\x02\x05\xa0", b"\x17\x0d260101000000Z", b"\x18\x0f99991231235959Z", b"\x30\x84\xff\xff\xff\xff"),
    *(bytes.fromhex("06092a864886f70d01010b"), bytes.fromhex("06082a811ccf55018375"), bytes.fromhex("0603551d13")),
)
_ROOT: Final = read_certificate(CERTIFICATES[0], SETTINGS)


def certificate(data: bytes) -> str:
    try:
        read = read_certificates(data, SETTINGS)
    except TrustFault as fault:
        return fault.code
    for one in read:
        if one.der not in CERTIFICATES:
            assert not _ROOT.signed(one.der, one.parsed.tbs_certificate_bytes)
    return "read"


def revocations(data: bytes) -> str:
    try:
        read = read_list(data, SETTINGS)
    except TrustFault as fault:
        return fault.code
    if data not in LISTS:
        assert not _ROOT.signed(read.der, read.parsed.tbs_certlist_bytes)
    return "read"


def key_frame(data: bytes) -> str:
    files = KeyFiles(_PEM, b"", _PEM, b"", "31415926")
    answer = Middleware({"k": lambda: files}).session().answer(data.decode(errors="replace"))
    assert "31415926" not in answer
    return str(json.loads(answer)["status"])


KEY_FRAMES: Final = tuple(
    json.dumps({"id": 1, "function": call, "CertID": "k", **more}).encode()
    for call, more in (
        ("SOF_GetUserList", {}),
        ("SOF_Login", {"PassWd": "1"}),
        ("SOF_SignData", {"InData": "AAAA"}),
        ("SOF_PriKeyDecrypt", {"InData": "AAAA", "Purpose": ""}),
        ("SOF_GetPinRetryCount", {}),
    )
)
