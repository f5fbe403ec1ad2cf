"""
Checks the receipt of a sealed envelope (收存回执) without asking the house. One file: the standard library, and ``cryptography``.

``python -m clients.deposited RECEIPT --key HEX [--manifest manifest.json]`` proves that the holder of the key signed: *we have all of
the envelope with this manifest, for this section of this opening, since this instant.* RECEIPT is the JSON that came with the answer,
or a text file with the one line from the QR code. The key is the one in the printed notice. What the receipt does not say: that the
envelope was submitted as a bid. That is on the record, and the record has a receipt of its own.
"""

import argparse
import base64
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT: Final = "luochui-receipt-1"
TITLE: Final = "luochui submission receipt v1"
FIELDS: Final = {"at_us", "format", "key", "manifest", "opening", "section", "short", "signature"}
TYPES: Final = {name: int if name == "at_us" else str for name in FIELDS}
NAME: Final = r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}"
LINE: Final = re.compile(
    rf"{FORMAT}:({NAME}):({NAME}):([0-9a-f]{{64}}):(0|[1-9][0-9]{{0,15}}):([0-9A-Za-z_-]{{86}})", re.ASCII
)
FILE_BYTES_MAX: Final = 65_536
SHANGHAI: Final = timezone(timedelta(hours=8))


class Faulty(Exception):
    """The receipt does not hold; says why, in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """What a receipt says."""

    opening: str
    section: str
    manifest: str
    """The digest of the manifest, hexadecimal."""

    at_us: int
    """When the last of the envelope had come: microseconds since 1970-01-01T00:00:00Z."""

    signature: bytes

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return f"{TITLE}\n{self.opening}\n{self.section}\n{self.manifest}\n{self.at_us}\n".encode()

    def line(self) -> str:
        """All of it as one line of ASCII, for a QR code."""
        written = base64.urlsafe_b64encode(self.signature).decode().rstrip("=")
        return f"{FORMAT}:{self.opening}:{self.section}:{self.manifest}:{self.at_us}:{written}"


def read(text: str) -> tuple[Deposit, str | None]:
    """
    The receipt that ``text`` is, and the key it names itself, if it is JSON. Nothing is checked but the form.

    Raises:
        Faulty: It is not in its one form.

    """
    text = text.strip()
    if text.startswith(FORMAT):
        return _read_line(text), None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict) and isinstance(said.get("receipt"), dict):
        said = said["receipt"]
    if not isinstance(said, dict) or set(said) != FIELDS or {name: type(said[name]) for name in FIELDS} != TYPES:
        raise Faulty("这不是收存回执 · This is no receipt of a sealed envelope")
    deposit = _read_line(said["short"])
    if _fields(deposit) != {name: said[name] for name in _fields(deposit)}:
        raise Faulty("回执各处所写不一致 · The receipt says one thing here and another there")
    return deposit, said["key"]


def verify(text: str, key: str | None, manifest: bytes | None = None) -> Deposit:
    """
    Check a receipt.

    Args:
        text: JSON, or the line from the QR code.
        key: The house's public key, hexadecimal, from somewhere else than the house: the printed notice. None takes the receipt's
            word for it, which proves no more than that the holder of *some* key signed.
        manifest: The bidder's own manifest, if the receipt is to be for it.

    Raises:
        Faulty: It does not hold.

    """
    deposit, named = read(text)
    if key is not None and named is not None and named != key:
        raise Faulty("签名密钥不是公告所载的密钥 · It was signed with another key than the one in the notice")
    held = key if key is not None else named
    if held is None:
        raise Faulty("二维码不含密钥，请用 --key 指定 · The line names no key; say it with --key")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(held)).verify(deposit.signature, deposit.statement())
    except (InvalidSignature, TypeError, ValueError):
        raise Faulty("签名不成立 · The signature does not hold") from None
    if manifest is not None and digest(manifest) != deposit.manifest:
        raise Faulty("回执不是这份清单的 · The receipt is for another manifest")
    return deposit


def digest(manifest: bytes) -> str:
    """The digest of a manifest, by the hash of the suite it names."""
    suite = re.search(rb'"suite":"([^"]*)"', manifest)
    hasher = hashes.Hash(hashes.SM3() if suite is not None and suite[1].startswith(b"SM2/") else hashes.SHA256())
    hasher.update(manifest)
    return hasher.finalize().hex()


def _read_line(line: str) -> Deposit:
    found = LINE.fullmatch(line)
    if found is None:
        raise Faulty("这不是收存回执 · This is no receipt of a sealed envelope")
    opening, section, manifest, at_us, written = found.groups()
    signature = base64.urlsafe_b64decode(written + "==")
    deposit = Deposit(opening=opening, section=section, manifest=manifest, at_us=int(at_us), signature=signature)
    if deposit.line() != line:
        raise Faulty("回执写法不唯一 · The receipt is not in its one spelling")
    return deposit


def _fields(deposit: Deposit) -> dict[str, Any]:
    """What the JSON must say besides its key."""
    return {
        "format": FORMAT,
        "opening": deposit.opening,
        "section": deposit.section,
        "manifest": deposit.manifest,
        "at_us": deposit.at_us,
        "signature": deposit.signature.hex(),
        "short": deposit.line(),
    }


def main(arguments: Sequence[str]) -> int:
    """Check one receipt. Returns 0 if it holds, 1 if it does not, 2 if it cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m clients.deposited", description="核验收存回执 · Checks the receipt of a sealed envelope."
    )
    parser.add_argument("receipt", type=Path, help="JSON, or a text file with the line from the QR code")
    parser.add_argument("--key", help="the house's public key, hexadecimal, from the printed notice")
    parser.add_argument("--manifest", type=Path, help="your own manifest.json")
    asked = parser.parse_args(arguments)
    try:
        text = asked.receipt.read_bytes()[:FILE_BYTES_MAX].decode()
        manifest = asked.manifest.read_bytes()[:FILE_BYTES_MAX] if asked.manifest else None
    except (OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        deposit = verify(text, asked.key, manifest)
    except Faulty as fault:
        print(f"BAD 不成立  {fault}")
        return 1
    at = datetime.fromtimestamp(deposit.at_us // 1_000_000, SHANGHAI).replace(microsecond=deposit.at_us % 1_000_000)
    print(f"GOOD 成立  {deposit.opening} · {deposit.section}\n  {deposit.manifest}\n  {at.isoformat()}")
    if asked.key is None:
        print("未指定密钥：只证明某个密钥的持有人签过名 · No --key: this proves that the holder of some key signed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
