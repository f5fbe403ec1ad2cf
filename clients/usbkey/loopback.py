"""
A stand-in for the middleware of USB keys, without its socket: one frame in, one frame out.

Keys are files; a key whose files are gone has been pulled out. For trials: a real device never shows its private key to a program.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from clients.usbkey.calls import FRAME_BYTES_MAX, PARTS, PIN_CHARS_MAX, USERS, Call, octets, sm2_raw, text
from clients.usbkey.faults import STATUSES, KeyCode, KeyFault
from engine.sealing import sm2
from engine.sealing.curves import SM2
from engine.sealing.envelope import Credential
from engine.sealing.faults import SealFault
from engine.sealing.keys import CurvePrivateKey
from engine.sealing.pem import read_credential, read_private_key

VERSION: Final = "luochui loopback 1"
PIN_TRIES: Final = 6
KEYS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """What lies in a key: certificates and private keys as PEM, and the PIN."""

    signing: bytes
    signing_key: bytes
    encryption: bytes
    encryption_key: bytes
    pin: str


Slot = Callable[[], KeyFiles | None]
"""What lies in a key now; None while it is pulled out."""


class Middleware:
    """All keys of a machine. Wrong PINs are counted here, whoever types them, until this ends."""

    def __init__(self, slots: Mapping[str, Slot], pin_tries: int = PIN_TRIES) -> None:
        assert len(slots) <= KEYS_MAX
        self._slots, self._most = dict(slots), pin_tries
        self._left = dict.fromkeys(slots, pin_tries)

    def session(self) -> "Session":
        """For one connection: a key that one page opened is not open for another."""
        return Session(self)

    def names(self) -> list[str]:
        """The ids of keys that are plugged in."""
        return [name for name, slot in self._slots.items() if slot() is not None]

    def files(self, key: object) -> KeyFiles:
        """Raises: KeyFault, if there is no such key, or it is pulled out."""
        if not isinstance(key, str) or key not in self._slots:
            raise KeyFault(KeyCode.NONE)
        found = self._slots[key]()
        if found is None:
            raise KeyFault(KeyCode.PULLED)
        return found

    def tries_left(self, key: str) -> int:
        """Wrong PINs before it locks itself."""
        return self._left[key]

    def check_pin(self, key: str, pin: str) -> None:
        """Raises: KeyFault, if it is wrong, or too many were. The try is counted before it is compared."""
        right = self.files(key).pin
        if not self._left[key]:
            raise KeyFault(KeyCode.LOCKED)
        self._left[key] -= 1
        if not hmac.compare_digest(pin.encode(errors="surrogatepass"), right.encode()):
            raise KeyFault(KeyCode.PIN_WRONG, left=self._left[key]) if self._left[key] else KeyFault(KeyCode.LOCKED)
        self._left[key] = self._most


class Session:
    """What one connection may do."""

    def __init__(self, middleware: Middleware) -> None:
        self._middleware = middleware
        self._open = set[str]()
        self._last = 0

    def answer(self, frame: str | bytes) -> str:
        """The answer to one frame, whatever it holds."""
        asked: Any = None
        try:
            asked = _read(frame)
            result = self._carry_out(asked)
            said: dict[str, Any] = {"status": 0, "result": result}
        except KeyFault as fault:
            said = {"status": STATUSES[fault.code], "code": fault.code.value, **fault.detail}
        except SealFault:
            said = {"status": STATUSES[KeyCode.NONE], "code": KeyCode.NONE.value}
        if not isinstance(asked, dict) or asked.get("function") != Call.LAST_ERROR:
            self._last = said["status"]
        number = asked.get("id") if isinstance(asked, dict) else None
        return json.dumps({"id": number if type(number) is int else None, **said}, separators=(",", ":"))

    def _carry_out(self, asked: dict[str, Any]) -> Any:
        call, key = asked.get("function"), asked.get("CertID")
        if call == Call.VERSION:
            return VERSION
        if call == Call.LAST_ERROR:
            return self._last
        if call == Call.USERS:
            return USERS.join(f"{self._name(one)}{PARTS}{one}" for one in self._middleware.names())
        if not isinstance(call, str) or call not in set(Call):
            raise KeyFault(KeyCode.ASKED, where="function")
        try:
            files = self._middleware.files(key)
        except KeyFault:
            self._open.discard(str(key))
            raise
        assert isinstance(key, str)
        if call == Call.SIGNING:
            return text(read_credential(files.signing).der)
        if call == Call.ENCRYPTION:
            return text(read_credential(files.encryption).der)
        if call == Call.TRIES:
            return self._middleware.tries_left(key)
        if call == Call.LOGIN:
            self._login(key, asked.get("PassWd"))
            return True
        if call == Call.LOGOUT:
            self._open.discard(key)
            return True
        if key not in self._open:
            raise KeyFault(KeyCode.PIN_NEEDED)
        data = _octets(asked, "InData")
        if call == Call.SIGN:
            return text(read_private_key(files.signing_key).sign(data))
        return text(_decrypt(files, data, _octets(asked, "Purpose") if "Purpose" in asked else None))

    def _login(self, key: str, pin: object) -> None:
        self._open.discard(key)
        if not isinstance(pin, str) or not 1 <= len(pin) <= PIN_CHARS_MAX:
            raise KeyFault(KeyCode.ASKED, where="PassWd")
        self._middleware.check_pin(key, pin)
        self._open.add(key)

    def _name(self, key: str) -> str:
        return shown_name(read_credential(self._middleware.files(key).signing))


def shown_name(credential: Credential) -> str:
    """The name in a certificate, without what separates keys in a list."""
    subject = x509.load_der_x509_certificate(credential.der).subject
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    plain = str(names[0].value) if names else "?"
    return plain.replace("|", " ").replace("&", " ")


def _decrypt(files: KeyFiles, data: bytes, purpose: bytes | None) -> bytes:
    """SM2 as devices do it; the other kinds need to be told the purpose that is bound into the wrap."""
    key = read_private_key(files.encryption_key)
    try:
        if isinstance(key, CurvePrivateKey) and key.curve is SM2:
            return sm2.decrypt(key.number, sm2_raw(data))
        if purpose is None:
            raise KeyFault(KeyCode.ASKED, where="Purpose")
        return key.unwrap(data, purpose)
    except (SealFault, ValueError):
        raise KeyFault(KeyCode.DECRYPT) from None


def _read(frame: str | bytes) -> dict[str, Any]:
    if len(frame) > FRAME_BYTES_MAX or not isinstance(frame, str):
        raise KeyFault(KeyCode.ASKED, where="frame")
    try:
        asked = json.loads(frame)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise KeyFault(KeyCode.ASKED, where="JSON")
    return asked


def _octets(asked: dict[str, Any], field: str) -> bytes:
    try:
        return octets(asked.get(field))
    except ValueError:
        raise KeyFault(KeyCode.ASKED, where=field) from None
