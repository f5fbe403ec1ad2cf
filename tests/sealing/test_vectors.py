"""The published vectors are what the code gives, and what they hold opens."""

import json

import pytest

from engine.sealing import content, halves
from engine.sealing.curves import POINT_BYTES
from engine.sealing.envelope import unwrap_hall, unwrap_own, unwrap_remedy
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import CurvePrivateKey, public_key
from engine.sealing.manifest import read_manifest
from engine.sealing.parts import check_digests
from engine.sealing.recovery import open_recovery
from engine.sealing.shares import read_answer, read_share
from engine.sealing.suites import SUITES
from engine.sealing.trustees import read_hall
from tests.sealing import vectors

VECTORS = json.loads(vectors.FILE.read_text(encoding="utf-8"))["vectors"]


def test_the_vectors_are_made_by_this_code() -> None:
    assert vectors.FILE.read_text(encoding="utf-8") == vectors.text()


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["suite"] for vector in VECTORS])
def test_an_outsider_with_the_vector_alone_opens_it(vector: dict[str, str]) -> None:
    said = json.loads(json.dumps(vector))
    suite = SUITES[said["suite"]]
    manifest, hall = read_manifest(said["manifest"].encode()), read_hall(said["hall"].encode())
    manifest.verify(public_key(bytes.fromhex(said["signing_certificate"])), bytes.fromhex(said["signature"]))
    assert manifest.signing == suite.hash(bytes.fromhex(said["signing_certificate"]))
    answers = {what: [read_answer(one.encode(), hall) for one in some] for what, some in said["answers"].items()}
    own = unwrap_own(manifest, CurvePrivateKey(suite.curve, int(said["encryption_private"], 16)))
    assert own == unwrap_remedy(manifest, hall, answers["remedy"]) == bytes.fromhex(said["half_own"])
    assert own == open_recovery(said["recovery"].encode(), manifest, said["passphrase"])
    key = halves.data_key(manifest, own, unwrap_hall(manifest, hall, answers["hall"]))
    assert key.secret.hex() == said["secret"]
    for part in manifest.parts:
        check_digests(suite, part, [bytes.fromhex(one) for one in said["chunks"][part.name]])
    sealed = key.cipher(manifest.parts[0]).seal(0, content.pack_sheet(said["sheet"]))
    assert sealed[:64].hex() == said["sheet_sealed_begins"]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["suite"] for vector in VECTORS])
def test_a_share_is_read_by_its_holder_only(vector: dict[str, str]) -> None:
    suite = SUITES[vector["suite"]]
    hall = read_hall(vector["hall"].encode())
    holder = CurvePrivateKey(suite.curve, int(vector["holder_private"], 16))
    data = vector["share_file"].encode()
    assert read_share(data, hall, holder).number == int(vector["shares"][0], 16)
    with pytest.raises(SealFault) as fault:
        read_share(data, hall, CurvePrivateKey(suite.curve, 5))
    assert fault.value.code is SealCode.WRONG_KEY
    for old, new in ((b'"trustee":1', b'"trustee":2'), (b"share", b"shard"), (hall.digest().hex().encode(), b"00")):
        with pytest.raises(SealFault):
            read_share(data.replace(old, new), hall, holder)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["suite"] for vector in VECTORS])
def test_answers_have_one_spelling(vector: dict[str, dict[str, list[str]]]) -> None:
    hall = read_hall(str(vector["hall"]).encode())
    said = json.loads(vector["answers"]["hall"][0])
    for change in ({"trustee": 4}, {"point": "04" * POINT_BYTES}, {"response": "0"}, {"more": 1}):
        with pytest.raises(SealFault):
            read_answer(json.dumps(said | change, sort_keys=True, separators=(",", ":")).encode(), hall)
