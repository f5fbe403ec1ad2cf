"""
Writes ``engine/sealing/vectors.json``: what other implementations are held to. The same every time.

    python -m tests.sealing.vectors
"""

import json
from pathlib import Path
from typing import Any

from engine.sealing import content, halves
from engine.sealing.envelope import unwrap_hall
from engine.sealing.halves import HALL, OWN, REMEDY
from engine.sealing.manifest import content_digest
from engine.sealing.parts import PartName, chunk_digest
from engine.sealing.recovery import ROUNDS_MIN, write_recovery
from engine.sealing.shares import write_answer, write_share
from engine.sealing.suites import Suite
from tests.sealing.scene import BOTH, SHEET, TRUSTEES, Tender, chance

FILE = Path(__file__).resolve().parents[2] / "engine" / "sealing" / "vectors.json"
FILES = {"投标函.txt": "致招标人：\n".encode() * 9, "清单.bin": b"\x5a" * 1_100_000}
PASSPHRASE = "苹果 梯子 河流 铜铃 七"


def vector(suite: Suite) -> dict[str, Any]:
    """Everything about one envelope of ``suite``."""
    tender = Tender(suite)
    made = tender.seal(files=FILES)
    manifest, context = made.manifest, made.manifest.context
    own, hall = made.sealed.own, unwrap_hall(manifest, tender.hall, tender.answers(manifest))
    key = halves.data_key(manifest, own, hall)
    holder = tender.key("holder 1")

    def derived(what: str, length: int) -> str:
        return suite.expand(key.secret, context.purpose(what), length).hex()

    return {
        "suite": suite.name,
        "context": {"tender": context.tender, "section": context.section, "bidder": context.bidder, "version": 1},
        "ctx": context.digest.hex(),
        "purpose": {what: context.purpose(what).hex() for what in (OWN, HALL, REMEDY)},
        "half_own": own.hex(),
        "half_hall": hall.hex(),
        "secret": key.secret.hex(),
        "keys": {
            "sheet": derived("key sheet", suite.key_bytes),
            "documents": derived("key documents", suite.key_bytes),
            "commitment": derived("key commitment", 32),
        },
        "sheet": SHEET,
        "sheet_sealed_begins": made.chunks[PartName.SHEET][0][:64].hex(),
        "files": [{"name": n, "size": len(data), "digest": suite.hash(data).hex()} for n, data in FILES.items()],
        "files_said": {"投标函.txt": "致招标人：\\n, nine times", "清单.bin": "byte 5a, 1,100,000 times"},
        "chunks": {
            name.value: [chunk_digest(suite, chunk).hex() for chunk in chunks] for name, chunks in made.chunks.items()
        },
        "content_digest": content_digest(suite, manifest.parts).hex(),
        "hall": tender.hall.write().decode(),
        "trustees": list(TRUSTEES),
        "shares": [share.number.to_bytes(32, "big").hex() for share in tender.shares],
        "holder_private": holder.number.to_bytes(32, "big").hex(),
        "share_file": write_share(tender.hall, tender.shares[0], holder.public, chance("share")).decode(),
        "signing_private": tender.key("bidder-1 signing").number.to_bytes(32, "big").hex(),
        "signing_certificate": tender.credential("bidder-1 signing").der.hex(),
        "encryption_private": tender.key("bidder-1 encryption").number.to_bytes(32, "big").hex(),
        "encryption_certificate": tender.credential("bidder-1 encryption").der.hex(),
        "manifest": manifest.write().decode(),
        "manifest_digest": manifest.digest().hex(),
        "signature": made.signature.hex(),
        "answers": {
            what: [write_answer(tender.hall, one).decode() for one in tender.answers(manifest, what)]
            for what in (HALL, REMEDY)
        },
        "passphrase": PASSPHRASE,
        "recovery": write_recovery(manifest, own, PASSPHRASE, chance("recovery"), ROUNDS_MIN).decode(),
        "packed_sheet_digest": suite.hash(content.pack_sheet(SHEET)).hex(),
    }


def text() -> str:
    """The whole file."""
    said = {
        "about": "See SEALING.md. Certificates are bare SubjectPublicKeyInfo here. Bytes are hexadecimal.",
        "vectors": [vector(suite) for suite in BOTH],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"wrote {FILE}")
