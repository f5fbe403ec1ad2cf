"""
Signed notes, checkpoints and cosignatures, as the C2SP specifications spell them: what a log says of itself, and who has seen it.

Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (v1). Keys are Ed25519.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DASH: Final = "\u2014"
NOTE_CHARS_MAX: Final = 64 * 1024
SIGNATURES_MAX: Final = 100
HASH_BYTES: Final = 4
KEY_BYTES: Final = 32
ROOT_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
TIME_BYTES: Final = 8

_NAME: Final = re.compile(r"[^\s+]+")
_LINE: Final = re.compile(DASH + r" ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

Sign = Callable[[bytes], bytes]
"""An Ed25519 signature over a message, 64 bytes."""


class NoteFault(ValueError):
    """The text is not what it should be, or its signature does not hold."""


class Kind(IntEnum):
    """What a key signs."""

    LOG = 0x01
    WITNESS = 0x04


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose signature counts: a name, a public key, and what it signs."""

    name: str
    public: bytes
    kind: Kind

    @property
    def key_hash(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:HASH_BYTES]

    def text(self) -> str:
        """The key as people pass it on: ``NAME+HASH+KEY``."""
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        The key that ``text`` names.

        Raises:
            NoteFault: It is none, or of a kind that is not used here.

        """
        name, _, rest = text.partition("+")
        _, _, key = rest.partition("+")
        raw = _decoded(key)
        if not _NAME.fullmatch(name) or len(raw) != 1 + KEY_BYTES or raw[0] not in set(Kind):
            raise NoteFault("no verifier key: NAME+HASH+KEY is wanted")
        found = cls(name, raw[1:], Kind(raw[0]))
        if found.text() != text:
            raise NoteFault(f"the hash in the verifier key of {name} is not that of its key")
        return found


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note."""

    name: str
    key_hash: bytes
    body: bytes

    def line(self) -> str:
        """As it stands there, with its newline."""
        return f"{DASH} {self.name} {base64.b64encode(self.key_hash + self.body).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and those who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, whole: str) -> Self:
        """
        The note that ``whole`` spells. Signatures are read, not checked.

        Raises:
            NoteFault: It is none.

        """
        if len(whole) > NOTE_CHARS_MAX:
            raise NoteFault("the note is too long")
        text, gap, below = whole.rpartition("\n\n")
        if not gap or any(ord(char) < 0x20 and char != "\n" for char in whole):
            raise NoteFault("no signed note")
        signatures = parse_signatures(below)
        return cls(text + "\n", signatures)

    def whole(self) -> str:
        """Text and signatures."""
        return self.text + "\n" + "".join(each.line() for each in self.signatures)

    def signed_by(self, verifier: Verifier) -> bool:
        """Whether a log's ``verifier`` has signed this very text. Signatures of others are passed over."""
        return any(
            _holds(verifier.public, self.text.encode(), each.body)
            for each in self.signatures
            if (each.name, each.key_hash) == (verifier.name, verifier.key_hash)
        )

    def cosigned_at_s(self, witness: Verifier) -> int | None:
        """When ``witness`` cosigned this very text, in seconds since 1970; None if it has not."""
        for each in self.signatures:
            if (each.name, each.key_hash) != (witness.name, witness.key_hash):
                continue
            if len(each.body) != TIME_BYTES + SIGNATURE_BYTES:
                continue
            at_s = int.from_bytes(each.body[:TIME_BYTES])
            if _holds(witness.public, _witnessed(self.text, at_s), each.body[TIME_BYTES:]):
                return at_s
        return None


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """
    The signature lines of a note.

    Raises:
        NoteFault: They are none, or too many.

    """
    if not lines.endswith("\n"):
        raise NoteFault("a signature line ends with a newline")
    found: list[Signature] = []
    for line in lines[:-1].split("\n"):
        matched = _LINE.fullmatch(line)
        raw = _decoded(matched.group(2)) if matched else b""
        if matched is None or len(raw) <= HASH_BYTES:
            raise NoteFault("a line is no signature")
        found.append(Signature(matched.group(1), raw[:HASH_BYTES], raw[HASH_BYTES:]))
    if len(found) > SIGNATURES_MAX:
        raise NoteFault("there are too many signatures")
    return tuple(found)


def sign(text: str, log: Verifier, with_key: Sign) -> Signature:
    """The signature of a log over ``text``."""
    return Signature(log.name, log.key_hash, with_key(text.encode()))


def cosign(text: str, witness: Verifier, with_key: Sign, at_s: int) -> Signature:
    """The cosignature of a witness: it has seen ``text`` at ``at_s`` (seconds since 1970), and nothing that contradicts it."""
    body = at_s.to_bytes(TIME_BYTES) + with_key(_witnessed(text, at_s))
    return Signature(witness.name, witness.key_hash, body)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a sale's log reaches, and the root over all of it."""

    origin: str
    size: int
    root: bytes
    epoch: int
    head: bytes
    at: int
    """When record ``size`` was recorded, in nanoseconds since 1970."""

    def text(self) -> str:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nepoch {self.epoch}\nhead {self.head.hex()}\nat {self.at}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        The checkpoint that ``text`` spells.

        Raises:
            NoteFault: It is none of ours, or not in its one spelling.

        """
        lines = text.split("\n")
        if len(lines) != 7 or not _NAME.fullmatch(lines[0]):
            raise NoteFault("no checkpoint of a sale")
        epoch, head, at = (_after(line, word) for line, word in zip(lines[3:6], ("epoch", "head", "at"), strict=True))
        if not all(_NUMBER.fullmatch(number) for number in (lines[1], epoch, at)) or not _DIGEST.fullmatch(head):
            raise NoteFault("a number or a digest of the checkpoint cannot be read")
        found = cls(lines[0], int(lines[1]), _decoded(lines[2]), int(epoch), bytes.fromhex(head), int(at))
        if len(found.root) != ROOT_BYTES or found.text() != text:
            raise NoteFault("the checkpoint is not in its one spelling")
        return found


def origin_of(public_key: bytes, sale: str) -> str:
    """The name of a sale's log: unlike that of any other house's."""
    return f"luochui/{hashlib.sha256(public_key).hexdigest()[:8]}/{sale}"


def log_verifier(public_key: bytes, sale: str) -> Verifier:
    """Whose signature counts below the checkpoints of a sale."""
    return Verifier(origin_of(public_key, sale), public_key, Kind.LOG)


def witnesses(texts: Iterable[str]) -> tuple[Verifier, ...]:
    """
    The witnesses that ``texts`` name.

    Raises:
        NoteFault: One of them is no witness's key.

    """
    found = tuple(Verifier.parse(text) for text in texts)
    for each in found:
        if each.kind is not Kind.WITNESS:
            raise NoteFault(f"the key of {each.name} is not a witness's")
    return found


def _witnessed(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def _after(line: str, word: str) -> str:
    return line.removeprefix(f"{word} ") if line.startswith(f"{word} ") else ""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
