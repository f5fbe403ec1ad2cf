"""A real server in bad company, in small and without looking at the time. In full: ``python -m tests.blackbox``."""

from collections import Counter
from typing import Any

import pytest
import trio

from tests.blackbox import floods, frames, halfopen, readers, slowloris, vanishing
from tests.blackbox.held import STRANGERS, a_house, complaints, evicted, plan_for
from tests.blackbox.probe import Probe

pytestmark = pytest.mark.kill

TOGETHER = {readers: 60, halfopen: 200, slowloris: 40, floods: 1_500, vanishing: 100}
BESIEGED_S = 7.5
"""Long enough for who says nothing to be let go."""


def nothing() -> None: ...


async def test_two_thousand_malformed_frames_each_get_a_code_or_a_close_code_on_the_list() -> None:
    counts: Counter[str] = Counter()
    async with a_house(frames.UNLIMITED) as house:
        await frames.besiege(plan_for(house, 2_000, frames.BIDDERS), counts, nothing)
        assert frames.all_answered(counts), counts
        assert counts["answered"] > 1_000
        assert {counts[f"closed_{code}"] > 0 for code in (1002, 1007, 1009)} == {True}
        assert complaints(house) == ""
        assert not evicted(house).get("fault")


async def test_a_house_besieged_in_every_way_at_once_lets_go_of_who_besieges_it_and_serves_the_others() -> None:
    counts: dict[Any, Counter[str]] = {way: Counter() for way in TOGETHER}
    async with a_house({}) as house, trio.open_nursery() as nursery:
        probe = Probe(house)
        await nursery.start(probe.run)
        async with trio.open_nursery() as besiegers:
            for turn, (way, size) in enumerate(TOGETHER.items()):
                plan = plan_for(house, size, strangers=5, first=STRANGERS + 100 * turn)
                besiegers.start_soon(way.besiege, plan, counts[way], nothing)
            await probe.measure(BESIEGED_S)
            besiegers.cancel_scope.cancel()
        assert +probe.lost == {}
        assert len(probe.newcomers) > 2
        assert counts[readers]["stalled_let_go"] == counts[readers]["stalled"] > 0
        assert counts[halfopen]["unnamed_let_go"] > 0 < counts[halfopen]["silent_let_go"]
        assert counts[slowloris]["told_408"] > 0
        assert counts[floods]["told_E_RATE_LIMITED"] > counts[floods]["taken_up"] > 0
        assert counts[floods]["let_go_4410"] > 0
        assert vanishing.decided(counts[vanishing]), counts[vanishing]
        assert complaints(house) == ""
        assert not evicted(house).get("fault")
        nursery.cancel_scope.cancel()
