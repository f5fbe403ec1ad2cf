"""Writes ``frames/checkpoint.jsonl``: a header, a signed checkpoint and the path between them, as every language must read them."""

from pathlib import Path
from typing import Any, Final

import orjson

from engine.journal.tree import Tree
from engine.wire.note import Checkpoint, Kind, Note, Verifier, cosign, log_verifier, sign
from tests.journal.books import IDENTITY, SIGNER, STRANGER, book

FILE: Final = Path(__file__).parent / "frames" / "checkpoint.jsonl"
WITNESS: Final = Verifier("notary.example.cn", STRANGER.public, Kind.WITNESS)
AT_S: Final = 1_795_752_001


def lines() -> bytes:
    """One line for each of a few records."""
    records = [record for records, _ in book() for record in records]
    tree, size, last = Tree(record.digest for record in records), len(records), records[-1]
    log = log_verifier(IDENTITY.public_key, IDENTITY.sale)
    text = Checkpoint(log.name, size, tree.root(size), IDENTITY.epoch, last.digest, last.recorded_at).text()
    note = Note(text, (sign(text, log, SIGNER.sign), cosign(text, WITNESS, STRANGER.sign, AT_S)))

    def line(seq: int) -> dict[str, Any]:
        return {
            "name": f"record {seq} of {size}",
            "sale": IDENTITY.sale,
            "key": IDENTITY.public_key.hex(),
            "header": records[seq - 1].header(),
            "note": note.whole(),
            "proof": {"seq": seq, "size": size, "path": [node.hex() for node in tree.inclusion(seq - 1, size)]},
        }

    return b"".join(orjson.dumps(line(seq), option=orjson.OPT_APPEND_NEWLINE) for seq in (1, 2, 8, size))


if __name__ == "__main__":
    FILE.write_bytes(lines())
