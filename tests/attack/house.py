"""A data folder made of a scene's files."""

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.attack.scene import Files

SALE: Final = "trial"


def lay(data: Path, files: Files, *, key: bytes = b"\x07" * 32) -> None:
    """A data folder that holds these files and that signing key."""
    sale, anchors, keys = data / "sales" / SALE, data / "anchors", data / "keys"
    for folder in (sale, anchors, keys):
        folder.mkdir(parents=True)
    for path, content in (
        (sale / "journal.sqlite", files.journal),
        (sale / "journal.sqlite-wal", files.wal),
        (anchors / f"{SALE}.anchor", files.anchor),
        (
            keys / "journal.pem",
            Ed25519PrivateKey.from_private_bytes(key).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        ),
    ):
        if content is not None:
            path.write_bytes(content)
            path.chmod(0o600)
