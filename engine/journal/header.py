"""
What is hashed and what is signed: how a record's header and a commit's statement are spelled.

Knows nothing of what a command says, so that whoever only checks them need not either.
"""

import hashlib
from functools import lru_cache
from typing import Final

GENESIS: Final = bytes(32)
"""The digest before the first record."""

SALT_BYTES: Final = 16

KEYS_MAX: Final = 64
"""Salt keys, one a journal, for which the beginning of a salt is remembered."""

_BLOCK: Final = 64


def salted(salt: bytes, content: bytes) -> str:
    """SHA-256 of ``salt`` and ``content``, in hexadecimal: binds without telling."""
    return hashlib.sha256(salt + content).hexdigest()


def salts(key: bytes, seq: int) -> tuple[bytes, bytes]:
    """The salts of command and outcome of record ``seq``: known to the keeper of ``key``, to others when disclosed."""
    begun_inner, begun_outer = begun(key)
    inner, outer = begun_inner.copy(), begun_outer.copy()
    inner.update(seq.to_bytes(8))
    outer.update(inner.digest())
    both = outer.digest()
    return both[:SALT_BYTES], both[SALT_BYTES:]


@lru_cache(maxsize=KEYS_MAX)
def begun(key: bytes) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """HMAC with SHA-256, begun under ``key``: what it does with the key need not be done for each record. Source: RFC 2104."""
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    return inner, outer


def header_text(  # noqa: PLR0913, PLR0917 - a header has eight fields
    sale: str,
    epoch: int,
    seq: int,
    arrived_at: int,
    recorded_at: int,
    command: str,
    outcome: str,
    prev: bytes,
) -> str:
    """The canonical JSON of a header. A sale id needs no escaping."""
    return (
        f'{{"arrived_at":{arrived_at},"command":"{command}","epoch":{epoch},"outcome":"{outcome}",'
        f'"prev":"{prev.hex()}","recorded_at":{recorded_at},"sale":"{sale}","seq":{seq}}}'
    )


def statement_text(  # noqa: PLR0913, PLR0917 - a statement has seven fields
    sale: str, epoch: int, first: int, last: int, head: bytes, root: bytes, rules: str
) -> str:
    """The text that a commit's signature signs."""
    return f"luochui commit v1\n{sale}\n{epoch}\n{first}\n{last}\n{head.hex()}\n{root.hex()}\n{rules}\n"
