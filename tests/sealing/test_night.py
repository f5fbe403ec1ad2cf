"""The nightly check of envelopes, in small; and what it looks for it can find."""

import pytest

from engine.sealing.parts import PartName
from engine.sealing.suites import Suite
from tests.sealing import night
from tests.sealing.scene import BOTH, Tender

suites = pytest.mark.parametrize("suite", BOTH, ids=["AES", "SM4"])


def nobody_listens(_words: str) -> None: ...


def test_every_bid_opens_and_nothing_that_was_tampered_with_does() -> None:
    figures = night.many(8, nobody_listens)
    assert figures["wrong"] == 0
    assert figures["bids"] == 8
    assert figures["salamanders"] == figures["lying_trustees"] == 6
    assert figures["damages"] > 20


def test_every_set_of_trustees_that_is_enough_opens_bids_of_both_suites() -> None:
    tried = {(at % len(night.ENOUGH), at // night.A_TENDER % 2) for at in range(200)}
    assert len(tried) == 2 * len(night.ENOUGH)


@suites
def test_damage_that_nobody_noticed_would_be_found(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal()
    [part], chunks = made.manifest.parts, made.chunks[PartName.SHEET]
    key = tender.open(made.manifest)
    assert night.found_out(key, part, chunks, list(chunks), "untouched") == "untouched: taking it in says None"


@suites
def test_every_lie_is_another_and_none_is_the_truth(suite: Suite) -> None:
    tender = Tender(suite)
    manifest = tender.seal().manifest
    told = list(night.lies(tender, 2, manifest, 1))
    assert len(set(told)) == len(told) == night.LIES
    assert tender.answers(manifest, trustees=[2])[0] not in told
