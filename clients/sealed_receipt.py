"""
Checks the receipt of an opening before its list is published, and afterwards that the house kept its word.

Such a receipt has no place on the record, for that would tell how many came before. It is the house's signature on what was asked, what
was decided, and when it reached the house. Once the record is public the same id has a receipt of the usual kind: with
:func:`kept` the two are held against each other, and a house that has no record of it is convicted by the first.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clients.verify import MALFORMED, ReceiptFault, Rule, verify_receipt

NUMBER_CHARS: Final = 16
_STATEMENT: Final = re.compile(r"luochui receipt v1\n([^\n]+)\n(\d+)\n(\d+)\n([0-9a-f]{64})\n([0-9a-f]{64})\n")


def verify_sealed(receipt: Mapping[str, Any], *, key: str | None = None) -> dict[str, Any]:
    """
    Check a sealed receipt.

    Args:
        receipt: As the house gave it: ``sealed`` of an ``answer``.
        key: The house's public key in hexadecimal, from somewhere else; None takes the receipt's own.

    Returns:
        ``{sale, epoch, arrived_at, command, outcome}``: what the house has signed; the last two as plain data.

    Raises:
        ReceiptFault: It does not hold.

    """
    try:
        statement, texts = receipt["statement"], (receipt["command"], receipt["outcome"])
        found = _STATEMENT.fullmatch(statement)
        if found is None:
            raise ReceiptFault(Rule.SPELLING)
        for rule, text, said in zip((Rule.COMMAND, Rule.OUTCOME), texts, found.groups()[3:], strict=True):
            if hashlib.sha256(text.encode()).hexdigest() != said:
                raise ReceiptFault(rule)
        if hashlib.sha256(statement.encode()).hexdigest()[:NUMBER_CHARS] != receipt["number"]:
            raise ReceiptFault(Rule.STATEMENT)
        if key is not None and key != receipt["key"]:
            raise ReceiptFault(Rule.KEY)
        signed_by = Ed25519PublicKey.from_public_bytes(bytes.fromhex(receipt["key"]))
        signed_by.verify(bytes.fromhex(receipt["signature"]), statement.encode())
        return {
            "sale": found[1],
            "epoch": int(found[2]),
            "arrived_at": int(found[3]),
            "command": json.loads(texts[0]),
            "outcome": json.loads(texts[1]),
        }
    except InvalidSignature:
        raise ReceiptFault(Rule.SIGNATURE) from None
    except MALFORMED:
        raise ReceiptFault(Rule.SHAPE) from None


def kept(receipt: Mapping[str, Any], later: Mapping[str, Any], *, key: str | None = None) -> None:
    """
    Check that ``later``, the receipt with a place, is of the very command and instant that ``receipt``, the sealed one, is of.

    Raises:
        ReceiptFault: One of them does not hold, or the record is another.

    """
    promised = verify_sealed(receipt, key=key)
    verify_receipt(later, key=key)
    if later["command"] != receipt["command"]:
        raise ReceiptFault(Rule.COMMAND)
    if later["outcome"] != receipt["outcome"]:
        raise ReceiptFault(Rule.OUTCOME)
    header = json.loads(later["header"])
    if (header["sale"], header["epoch"]) != (promised["sale"], promised["epoch"]):
        raise ReceiptFault(Rule.SALE)
    if header["arrived_at"] != promised["arrived_at"]:
        raise ReceiptFault(Rule.PLACE)
