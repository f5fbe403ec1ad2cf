"""Signatures: each has one spelling, and a key that fits everything fits nothing."""

from hypothesis import given
from hypothesis import strategies as st

from engine.journal.signing import PUBLIC_BYTES, SIGNATURE_BYTES, holds
from tests.journal.books import SIGNER

ORDER = 2**252 + 27742317777372353535851937790883648493
NEUTRAL = bytes([1]) + bytes(PUBLIC_BYTES - 1)
"""The point that changes nothing: as a key, and as the first half of a signature with nought as the second, it would fit any text."""


@given(st.binary(max_size=300))
def test_what_was_signed_holds_and_any_other_text_does_not(text: bytes) -> None:
    signature = SIGNER.sign(text)
    assert holds(SIGNER.public, text, signature)
    assert not holds(SIGNER.public, text + b"\0", signature)


@given(st.integers(0, SIGNATURE_BYTES * 8 - 1))
def test_no_bit_of_a_signature_is_of_no_account(bit: int) -> None:
    signature = bytearray(SIGNER.sign(b"statement"))
    signature[bit // 8] ^= 1 << bit % 8
    assert not holds(SIGNER.public, b"statement", bytes(signature))


def test_a_signature_has_one_spelling() -> None:
    signature = SIGNER.sign(b"statement")
    second = int.from_bytes(signature[32:], "little") + ORDER
    assert not holds(SIGNER.public, b"statement", signature[:32] + second.to_bytes(32, "little"))


def test_a_key_that_would_fit_everything_fits_nothing() -> None:
    assert not holds(NEUTRAL, b"anything", NEUTRAL + bytes(32))
