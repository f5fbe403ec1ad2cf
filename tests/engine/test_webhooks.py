"""An engine tells its endpoints of an opening: the same messages whoever bids, and what was missed while it was away."""

from pathlib import Path

import orjson
import trio

from engine.config import Config
from engine.domain.units import Nanoseconds
from engine.webhooks.settings import WebhookSettings
from tests.articles import article
from tests.domain.opening.house import SECOND, START
from tests.engine.tender import tender_house
from tests.webhooks.receiver import SECRET, Receiver, receiver

PUBLIC = ["sale.announced", "opening.put_off", "opening.submission_closed"]


def told(one: Receiver) -> Config:
    return Config(webhooks=WebhookSettings(urls=(one.url,), secrets=(SECRET,), retry_first_s=0.01))


def types(one: Receiver) -> list[str]:
    return [orjson.loads(body)["type"] for body in one.bodies]


async def hold(folder: Path, *, others: bool) -> Receiver:
    """An opening up to its deadline, with bidders or without; the house is restarted on the way."""
    async with receiver() as one:
        async with tender_house(folder, config=told(one)) as house:
            if others:
                await house.register(305, 4711)
                await house.submit(305, 1_150_000)
            house.later()
            await one.until(1)
        async with tender_house(folder, config=told(one)) as house:
            if others:
                await house.ask("bidder:305", "sign_in")
            house.clock.advance(Nanoseconds(START + 60 * SECOND))
            deadline_us = (house.opening.deadline + 60 * SECOND) // 1000
            await house.host("propose_time", deadline_us=deadline_us, reason="停电")
            await house.ask("supervisor:1", "confirm_time", deadline_us=deadline_us)
            await house.until_closed()
            await one.until(3)
    return one


@article("34")
async def test_before_the_list_messages_are_the_same_whoever_bids(tmp_path: Path) -> None:
    with trio.fail_after(60):
        alone = await hold(tmp_path / "alone", others=False)
        others = await hold(tmp_path / "others", others=True)
    assert types(alone) == PUBLIC
    assert others.bodies == alone.bodies
    ids = [[head["webhook-id"] for head in one.heads] for one in (alone, others)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(PUBLIC)
    assert not any(word in body for body in others.bodies for word in (b"seq", b"bidder", b"305", "停电".encode()))


async def test_a_dead_endpoint_costs_the_house_a_line_in_the_log_and_nothing_else(tmp_path: Path) -> None:
    with trio.fail_after(60):
        async with receiver(*[b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"] * 3) as one:
            settings = WebhookSettings(urls=(one.url,), secrets=(SECRET,), retry_first_s=0.01, attempts_max=3)
            async with tender_house(tmp_path, config=Config(webhooks=settings)) as house:
                await one.until(3)
                house.later()
                await house.register(305)
                await house.until_closed()
                await one.until(4)
    assert types(one) == ["sale.announced"] * 3 + ["opening.submission_closed"]
