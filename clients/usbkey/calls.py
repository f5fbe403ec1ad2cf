"""The calls of the middleware that are spoken here, and the shapes of what they carry. ``USBKEY.md`` has them for people."""

import base64
from enum import StrEnum
from typing import Final

from cryptography.hazmat import asn1

from engine.sealing.curves import POINT_BYTES, SM2
from engine.sealing.faults import SealFault
from engine.sealing.sm2 import OVERHEAD_BYTES

FRAME_BYTES_MAX: Final = 65_536
PIN_CHARS_MAX: Final = 64
USERS: Final = "&&&"
"""Between two keys of SOF_GetUserList."""

PARTS: Final = "||"
"""Between a key's name and its id."""


class Call(StrEnum):
    """What may be asked, by the names of GM/T 0020 (GB/T 43694)."""

    VERSION = "SOF_GetVersion"
    USERS = "SOF_GetUserList"
    SIGNING = "SOF_ExportUserCert"
    ENCRYPTION = "SOF_ExportExChangeUserCert"
    TRIES = "SOF_GetPinRetryCount"
    LOGIN = "SOF_Login"
    LOGOUT = "SOF_Logout"
    SIGN = "SOF_SignData"
    DECRYPT = "SOF_PriKeyDecrypt"
    DECRYPT_TOO = "SOF_AsDecrypt"
    LAST_ERROR = "SOF_GetLastError"


@asn1.sequence
class _Sm2Cipher:
    """GM/T 0009."""

    x: int
    y: int
    digest: bytes
    cipher: bytes


def sm2_der(wrapped: bytes) -> bytes:
    """An SM2 ciphertext as devices take it, from 04 ‖ x ‖ y ‖ C3 ‖ C2; raises SealFault if it is none."""
    x, y = SM2.decode(wrapped[:POINT_BYTES])
    digest, cipher = wrapped[POINT_BYTES:OVERHEAD_BYTES], wrapped[OVERHEAD_BYTES:]
    return asn1.encode_der(_Sm2Cipher(x=x, y=y, digest=digest, cipher=cipher))


def sm2_raw(der: bytes) -> bytes:
    """The other way round; raises ValueError."""
    said = asn1.decode_der(_Sm2Cipher, der)
    if len(said.digest) != OVERHEAD_BYTES - POINT_BYTES or not (0 <= said.x < SM2.p and 0 <= said.y < SM2.p):
        raise ValueError("SM2Cipher")
    try:
        point = SM2.encode(SM2.decode(SM2.encode((said.x, said.y))))
    except SealFault:
        raise ValueError("SM2Cipher") from None
    return point + said.digest + said.cipher


def text(data: bytes) -> str:
    """Bytes as they are carried."""
    return base64.b64encode(data).decode()


def octets(said: object) -> bytes:
    """The bytes that ``said`` carries; raises ValueError."""
    data = base64.b64decode(said, validate=True) if isinstance(said, str) else None
    if data is None:
        raise ValueError("base64")
    return data
