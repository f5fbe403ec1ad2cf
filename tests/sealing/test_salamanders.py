"""P20: at most one plaintext opens per envelope, whatever the bidder prepared."""

import dataclasses

import pytest

from engine.sealing import halves
from engine.sealing.envelope import open_part
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.halves import HALL, OWN, half_digest
from engine.sealing.manifest import Manifest
from engine.sealing.suites import Suite
from tests.sealing.night import salamander
from tests.sealing.scene import BOTH, Tender, chance

EACH = 500
"""Of each suite."""


@pytest.mark.parametrize("suite", BOTH, ids=["AES", "SM4"])
def test_a_ciphertext_for_two_keys_opens_under_one_at_most(suite: Suite) -> None:
    tender = Tender(suite)
    honest, context, draw = tender.seal().manifest, tender.context(), chance("salamanders")
    refused = opened = 0
    for number in range(EACH):
        one, two, hall = draw(32), draw(32), draw(32)
        keys = halves.join(context, one, hall), halves.join(context, two, hall)
        part, sealed = salamander(keys, draw(16))
        texts = {b"".join(open_part(key, part, [sealed].__getitem__)) for key in keys}
        assert len(texts) == 2, "without a commitment, both would be the bid"
        half = one if number % 3 else two
        manifest = dataclasses.replace(
            honest,
            parts=(part,),
            kc=keys[0].commitment((part,)),
            half_own=half_digest(context, OWN, half),
            half_hall=half_digest(context, HALL, hall),
        )
        results = [attempt(manifest, own, hall) for own in (one, two)]
        refused += results.count(False)
        opened += results.count(True)
        assert results == [bool(number % 3), False]
    assert (refused, opened) == (EACH + -(-EACH // 3), EACH - -(-EACH // 3))


def attempt(manifest: Manifest, own: bytes, hall: bytes) -> bool:
    """Whether the envelope opens with these halves; a refusal must say that the key is at fault."""
    try:
        halves.data_key(manifest, own, hall)
    except SealFault as fault:
        return fault.code is not SealCode.REVEAL
    return True
