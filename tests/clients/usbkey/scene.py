"""Keys in a drawer, to be plugged in and pulled out."""

from dataclasses import dataclass
from functools import partial

from clients.usbkey.client import UsbKeys
from clients.usbkey.loopback import KeyFiles, Middleware, Session
from tests.trust.trial import files

STEMS = ("rsa", "p256", "sm2")


def key_files(stem: str, case: str = "sound") -> KeyFiles:
    made, folder = files(), f"keys/{stem}-{case}"
    signing, signing_key, encryption, encryption_key = (
        made[f"{folder}/{name}"] for name in ("signing.pem", "signing.key", "encryption.pem", "encryption.key")
    )
    return KeyFiles(signing, signing_key, encryption, encryption_key, made[f"{folder}/pin"].decode().strip())


@dataclass
class Drawer:
    """Which keys are plugged in."""

    plugged: dict[str, KeyFiles]

    def middleware(self, pin_tries: int = 6) -> Middleware:
        return Middleware({name: partial(self.plugged.get, name) for name in self.plugged}, pin_tries)

    def session(self) -> Session:
        return self.middleware().session()

    def pin(self, name: str) -> str:
        return self.plugged[name].pin


def drawer(*stems: str) -> Drawer:
    return Drawer({stem: key_files(stem) for stem in stems or STEMS})


def client(of: Session) -> UsbKeys:
    return UsbKeys(of.answer)
