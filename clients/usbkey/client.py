"""A key asked through the middleware on this machine: the calls, and the socket they go over."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from clients.usbkey.calls import FRAME_BYTES_MAX, PARTS, USERS, Call, octets, sm2_der, text
from clients.usbkey.faults import STATUSES, KeyCode, KeyFault
from clients.usbkey.provider import Listed, Use
from clients.usbkey.service import quiet
from engine.sealing.curves import SM2
from engine.sealing.envelope import Credential
from engine.sealing.faults import SealFault
from engine.sealing.keys import CurveKey, bound
from engine.sealing.pem import certificate_credential

Ask = Callable[[str], str]
"""Sends one frame and gives the next that comes back."""

PATIENCE_S: Final = 60.0
"""A device may show a window of its own and wait for a person."""

_CODES: Final = {number: code for code, number in STATUSES.items()}


class UsbKeys:
    """The keys of this machine, as :class:`clients.usbkey.provider.KeyProvider`."""

    def __init__(self, ask: Ask) -> None:
        self._ask, self._count = ask, 0

    def keys(self) -> list[Listed]:
        """The keys that are plugged in."""
        said = _text(self._call(Call.USERS))
        return [Listed(name, key) for name, _, key in (one.rpartition(PARTS) for one in said.split(USERS) if one)]

    def credential(self, key: str, use: Use) -> Credential:
        """One of its two certificates."""
        call = Call.SIGNING if use is Use.SIGNING else Call.ENCRYPTION
        try:
            return certificate_credential(_octets(self._call(call, CertID=key)))
        except SealFault:
            raise KeyFault(KeyCode.ANSWER, where=call) from None

    def tries_left(self, key: str) -> int:
        """Wrong PINs before it locks itself; 0 if it has."""
        left = self._call(Call.TRIES, CertID=key)
        if type(left) is not int:
            raise KeyFault(KeyCode.ANSWER, where=Call.TRIES)
        return left

    def login(self, key: str, pin: str) -> None:
        """Open it for signing and unwrapping."""
        if self._call(Call.LOGIN, CertID=key, PassWd=pin) is not True:
            raise KeyFault(KeyCode.ANSWER, where=Call.LOGIN)

    def logout(self, key: str) -> None:
        """Close it again."""
        self._call(Call.LOGOUT, CertID=key)

    def sign(self, key: str, message: bytes) -> bytes:
        """A signature with its signing key."""
        return _octets(self._call(Call.SIGN, CertID=key, InData=text(message)))

    def unwrap(self, key: str, wrapped: bytes, info: bytes) -> bytes:
        """
        What was wrapped to its encryption certificate for ``info``.

        Raises:
            KeyFault: The key says no.
            SealFault: The key opened it, and it was wrapped for another purpose.

        """
        public = self.credential(key, Use.ENCRYPTION).key
        if isinstance(public, CurveKey) and public.curve is SM2:
            return bound(_octets(self._call(Call.DECRYPT, CertID=key, InData=text(sm2_der(wrapped)))), info)
        return _octets(self._call(Call.DECRYPT, CertID=key, InData=text(wrapped), Purpose=text(info)))

    def _call(self, call: Call, **fields: str) -> Any:
        self._count += 1
        asked = {"id": self._count, "function": call.value, **fields}
        frame = self._ask(json.dumps(asked, separators=(",", ":")))
        try:
            said = json.loads(frame)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or said.get("id") != self._count or type(said.get("status")) is not int:
            raise KeyFault(KeyCode.ANSWER, where=call)
        if said["status"] == 0 and "result" in said:
            return said["result"]
        raise _fault(said, call)


@contextmanager
def usb_keys(port: int) -> Iterator[UsbKeys]:
    """
    The keys that the middleware on this machine offers at ``port``.

    Raises:
        KeyFault: It does not answer.

    """
    where = f"127.0.0.1:{port}"
    try:
        socket = connect(f"ws://{where}/", max_size=FRAME_BYTES_MAX, compression=None, proxy=None, logger=quiet())
    except (OSError, WebSocketException):
        raise KeyFault(KeyCode.SERVICE, where=where) from None

    def ask(frame: str) -> str:
        try:
            socket.send(frame)
            return str(socket.recv(timeout=PATIENCE_S))
        except (OSError, WebSocketException):
            raise KeyFault(KeyCode.SERVICE, where=where) from None

    with socket:
        yield UsbKeys(ask)


def _fault(said: dict[str, Any], call: Call) -> KeyFault:
    code = _CODES.get(said["status"], KeyCode.ANSWER)
    if code is KeyCode.PIN_WRONG:
        left = said.get("left")
        return KeyFault(code, left=left) if type(left) is int else KeyFault(KeyCode.ANSWER, where=call)
    if code in {KeyCode.ASKED, KeyCode.SERVICE, KeyCode.ANSWER}:
        return KeyFault(code, where=call)
    return KeyFault(code)


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise KeyFault(KeyCode.ANSWER, where="text")
    return said


def _octets(said: object) -> bytes:
    try:
        return octets(said)
    except ValueError:
        raise KeyFault(KeyCode.ANSWER, where="base64") from None
