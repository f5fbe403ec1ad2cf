"""A gateway's transparency log: what the engine signed and what the gateway's own records bear out, and nothing else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.gateway.followed_log import FollowedLog
from engine.gateway.limits import Refused
from engine.gateway.transparency import TransparencyLog, TransparencySettings
from engine.journal.base import Spine
from engine.journal.signing import Signer
from engine.wire.note import Checkpoint, Note
from engine.wire.tree import consistent, root_by_path
from tests.journal.books import IDENTITY, SIGNER, book

RECORDS = [record for records, _ in book() for record in records]
HALF = len(RECORDS) // 2


def spine(size: int) -> Spine:
    return Spine(tuple(record.digest for record in RECORDS[:size]), RECORDS[size - 1].recorded_at)


def signed(size: int, signer: Signer = SIGNER) -> str:
    """What the engine signs over its first ``size`` records."""
    return TransparencyLog(
        identity=IDENTITY, spine=spine(size), sign_with=signer.sign, witnesses=(), settings=TransparencySettings()
    ).note()


def followed(size: int, *said: str) -> tuple[FollowedLog, list[str]]:
    notes = [*said]
    return FollowedLog("trial", SIGNER.public, spine(size), lambda: notes[-1] if notes else ""), notes


def size_of(log: FollowedLog) -> int:
    return Checkpoint.parse(Note.parse(log.note()).text).size


def test_the_engines_checkpoint_is_handed_out_as_it_was_signed_and_proofs_lead_to_it() -> None:
    log, _ = followed(len(RECORDS), signed(len(RECORDS)))
    assert log.signed
    assert log.note() == log.checkpoint(len(RECORDS), b"", 0) == signed(len(RECORDS))
    root = Checkpoint.parse(Note.parse(log.note()).text).root
    for seq, record in enumerate(RECORDS, 1):
        path = log.inclusion(seq, len(RECORDS))
        assert root_by_path(record.digest, seq - 1, len(RECORDS), path) == root
    half = Checkpoint.parse(Note.parse(signed(HALF)).text).root
    assert consistent(HALF, len(RECORDS), half, root, log.consistency(HALF, len(RECORDS)))


def test_a_checkpoint_over_records_that_have_not_come_is_handed_out_when_they_have() -> None:
    log, notes = followed(HALF, signed(HALF))
    assert size_of(log) == HALF
    notes.append(signed(HALF + 1))
    assert size_of(log) == HALF
    assert log.checkpoint(HALF + 1, b"", 0) == ""
    log.take(RECORDS[HALF])
    assert size_of(log) == HALF + 1


@pytest.mark.parametrize(
    "forged",
    ["", "nonsense", signed(HALF, Signer.of(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))), "other records"],
)
def test_what_the_house_did_not_sign_or_these_records_do_not_bear_out_is_not_handed_out(forged: str) -> None:
    log, notes = followed(HALF)
    if forged == "other records":
        others = Spine(spine(HALF + 1).digests[1:], RECORDS[0].recorded_at)
        log = FollowedLog("trial", SIGNER.public, others, lambda: notes[-1])
        forged = signed(HALF)
    notes.append(forged)
    assert not log.signed
    with pytest.raises(Refused):
        log.note()
    with pytest.raises(Refused):
        log.brief()


async def test_cosignatures_are_not_taken_where_nothing_is_signed() -> None:
    log, _ = followed(HALF, signed(HALF))

    async def nobody(_frame: bytes) -> None:
        raise AssertionError("told")

    with pytest.raises(Refused):
        await log.cosign(HALF, "", nobody)
    for seq, size in ((1, HALF + 1), (0, HALF)):
        with pytest.raises(Refused):
            log.inclusion(seq, size)
    with pytest.raises(Refused):
        log.consistency(2, 1)
