"""Watchers of a quota sale get a few pictures a second, bidders every answer; and when there is too much to do, pictures go first."""

import orjson
import trio
import trio.lowlevel

from engine.domain.auction import commands as common
from engine.domain.parties import Principal, bidder
from engine.domain.quota import packs, views
from engine.domain.units import Fen, PaddleNo
from engine.domain.views import Audience
from engine.gateway.hub import HubSettings
from engine.gateway.pacing import PaceSettings
from tests.gateway.quota import AUCTIONEER, hall

CLERK = Principal("clerk:1")


async def test_a_thousand_offers_are_one_frame_for_watchers(autojump_clock: trio.testing.MockClock) -> None:
    async with hall() as sale:
        watcher, officer = sale.seat(None), sale.seat(CLERK)
        before = len(watcher.of("record"))
        answers = [sale.offer(paddle, 80_000 + paddle % 100 * 100) for paddle in range(1, 1001)]
        await sale.settle()
        assert len(watcher.of("record")) == before
        assert all(len(answer.of("answer")) == 1 for answer in answers)
        await trio.sleep(0.3)
        [frame] = watcher.of("record")[before:]
        assert (frame["prev"], frame["seq"]) == (sale.hub.seq - 1000, sale.hub.seq)
        assert frame["parts"]["running/personal"]["offers"] == 1000
        assert frame["events"] == []
        assert "feed" not in frame["parts"]
        assert officer.of("record")[-1]["parts"]["desk"]["offers"] == 1000
        await trio.sleep(5)
        assert len(watcher.of("record")) == before + 1  # Nothing changed: nothing is said.


async def test_what_is_shown_bit_by_bit_is_the_whole_picture(autojump_clock: trio.testing.MockClock) -> None:
    async with hall() as sale:
        seats = {Audience.PUBLIC: sale.seat(None), Audience.BIDDER: sale.seat(bidder(PaddleNo(7)))}
        seats[Audience.ROSTRUM] = sale.seat(AUCTIONEER)
        for paddle in range(1, 40):
            sale.offer(paddle, 80_000 + paddle * 100)
            await trio.sleep(0.7)
        sale.ask(common.SuspendSale(command_id="s", by=AUCTIONEER, reason="核对"))
        await trio.sleep(1)
        for audience, seat in seats.items():
            shown = seat.parts()
            shown.pop("feed", None)
            assert shown == _plain(views.picture(sale.sale, audience))
        late = sale.seat(None)
        assert late.parts() == seats[Audience.PUBLIC].parts()


async def test_the_rounds_do_not_wait_for_the_beat_and_bring_what_came_before(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with hall(pace=PaceSettings(every_s=60.0)) as sale:
        watcher = sale.seat(None)
        sale.offer(1, 80_000)
        await sale.settle()
        assert watcher.of("record") == []
        sale.ask(common.SuspendSale(command_id="s", by=AUCTIONEER, reason="核对"))
        await trio.lowlevel.checkpoint()
        await sale.settle()
        [frame] = watcher.of("record")
        assert [event["type"] for event in frame["events"]] == ["SaleSuspended"]
        assert frame["parts"]["running/personal"]["offers"] == 1
        assert frame["parts"]["round"]["taking"] is False


async def test_a_bidder_is_told_at_once_of_his_own_offer_and_when_another_moves_him_over_the_edge(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with hall() as sale:
        mine = sale.seat(bidder(PaddleNo(1)))
        for paddle in (1, 2, 3):
            sale.offer(paddle, 80_000 + paddle * 100)
            await sale.settle()
        assert [frame["part"]["inside"] for frame in mine.of("mine")][-1] is True
        told = len(mine.of("mine"))
        sale.offer(9, 90_000)
        await sale.settle()
        assert [frame["part"]["inside"] for frame in mine.of("mine")][told:] == [False]
        for paddle in range(10, 30):
            sale.offer(paddle, 89_000)
        await sale.settle()
        assert len(mine.of("mine")) == told + 1  # Whom it does not concern is not told.


async def test_when_a_round_begins_every_bidder_who_is_here_is_told_what_he_may_do(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with hall() as sale:
        seats = [sale.seat(bidder(PaddleNo(paddle))) for paddle in range(1, 600)]
        sale.offer(1, 80_000)
        await trio.sleep(1801)
        assert sale.sale.round == 2
        parts = [seat.of("mine")[-1]["part"] for seat in seats]
        assert parts[0]["revisions_left"] == 2
        assert [part["may_offer"] for part in parts] == [True] + [False] * 598


async def test_under_load_watchers_pictures_are_left_out_and_the_next_one_says_so(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with hall(pace=PaceSettings(shed_waiting=10)) as sale:
        watcher, officer = sale.seat(None), sale.seat(CLERK)
        pace = sale.hub._pace
        assert pace is not None
        sale.offer(1, 80_000)
        await sale.settle()
        pace.beat(sale.sale, waiting=11, busy=False)
        await sale.settle()
        assert watcher.of("record") == []
        assert officer.of("record")[-1]["parts"]["desk"]["offers"] == 1  # Those who hold the sale see it all along.
        pace.beat(sale.sale, waiting=10, busy=False)
        await sale.settle()
        assert watcher.of("record")[-1]["parts"]["feed"] == {"every_ms": 250, "incomplete": True, "left_out": 1}
        assert watcher.of("record")[-1]["parts"]["running/personal"]["offers"] == 1
        sale.offer(2, 80_000)
        await trio.sleep(0.3)
        assert watcher.of("record")[-1]["parts"]["feed"] == {"every_ms": 250, "incomplete": False, "left_out": 1}
        assert sale.seat(None).parts()["feed"]["incomplete"] is False


async def test_nobody_is_left_without_a_picture_for_long(autojump_clock: trio.testing.MockClock) -> None:
    async with hall(pace=PaceSettings(shed_waiting=-1, shed_s_max=2.0)) as sale:
        watcher = sale.seat(None)
        began = trio.current_time()
        while trio.current_time() < began + 10:
            sale.offer(1 + sale.asked, 80_000)
            await trio.sleep(0.1)
        assert 4 <= len(watcher.of("record")) <= 6
        assert watcher.parts()["feed"]["incomplete"] is True


async def test_where_the_sheet_hides_everything_offers_make_no_frame(autojump_clock: trio.testing.MockClock) -> None:
    async with hall(packs.shenzhen(3, Fen(10_000_00))) as sale:
        watcher, mine = sale.seat(None), sale.seat(bidder(PaddleNo(5)))
        for paddle in range(1, 20):
            sale.offer(paddle, 11_000)
            await trio.sleep(0.3)
        assert watcher.of("record") == []
        assert len(mine.of("mine")) == 2  # At the beginning, and after his own offer.


async def test_officers_are_told_which_bidders_are_here_until_they_are_too_many(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with hall() as sale:
        officer = sale.seat(CLERK)
        for paddle in range(1, HubSettings().online_max + 1):
            sale.seat(bidder(PaddleNo(paddle)))
        await trio.sleep(1)
        assert len(officer.of("presence")[-1]["online"]) == HubSettings().online_max
        sale.seat(bidder(PaddleNo(HubSettings().online_max + 1)))
        await trio.sleep(1)
        told = officer.of("presence")[-1]
        assert (told["online"], told["bidders"]) == ([], HubSettings().online_max + 1)


def _plain(value: object) -> object:
    return orjson.loads(orjson.dumps(value))
