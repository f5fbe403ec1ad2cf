"""The recovery file gives the bidder's half back, to who knows the passphrase, for this envelope."""

import json

import pytest

from engine.sealing.faults import SealCode, SealFault
from engine.sealing.recovery import ROUNDS_MIN, open_recovery, write_recovery
from engine.sealing.suites import Suite
from tests.sealing.scene import BOTH, Tender, chance

WORDS = "苹果 梯子 河流 铜铃 七"


@pytest.mark.parametrize("suite", BOTH, ids=["SHA-256", "SM3"])
def test_the_recovery_file_gives_the_half_back_to_its_envelope_only(suite: Suite) -> None:
    tender = Tender(suite)
    made, other = tender.seal(), tender.seal(context=tender.context(version=2))
    data = write_recovery(made.manifest, made.sealed.own, WORDS, chance("r"), ROUNDS_MIN)
    assert open_recovery(data, made.manifest, WORDS) == made.sealed.own
    assert made.sealed.own.hex().encode() not in data
    with pytest.raises(SealFault) as fault:
        open_recovery(data, other.manifest, WORDS)
    assert fault.value.code is SealCode.RECOVERY
    with pytest.raises(SealFault) as fault:
        open_recovery(data, made.manifest, WORDS + "x")
    assert fault.value.code is SealCode.PASSPHRASE


def test_recovery_files_made_to_harm_are_refused_before_they_cost_anything() -> None:
    tender = Tender(BOTH[0])
    made = tender.seal()
    said = json.loads(write_recovery(made.manifest, made.sealed.own, WORDS, chance("r"), ROUNDS_MIN))
    for change in (
        {"rounds": 10**12}, {"rounds": 1}, {"rounds": "9"}, {"salt": ""}, {"nonce": "00"}, {"sealed": "zz"}, {"more": 1},
        {"format": "x"}, {"manifest": "00" * 32}, {"tender": 5},
    ):  # fmt: skip
        data = json.dumps(said | change, sort_keys=True, separators=(",", ":")).encode()
        with pytest.raises(SealFault) as fault:
            open_recovery(data, made.manifest, WORDS)
        assert fault.value.code is SealCode.RECOVERY
    for raw in (b"", b"{", b"[]", b"x" * 5000):
        with pytest.raises(SealFault) as fault:
            open_recovery(raw, made.manifest, WORDS)
        assert fault.value.code is SealCode.RECOVERY


def test_a_passphrase_anybody_guesses_is_not_taken() -> None:
    made = Tender(BOTH[0]).seal()
    with pytest.raises(SealFault):
        write_recovery(made.manifest, made.sealed.own, "short", chance("r"), ROUNDS_MIN)
