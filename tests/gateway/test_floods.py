"""One who floods is refused, and the others do not notice (P15)."""

from collections import Counter
from dataclasses import replace

import orjson
import pytest
import trio
import trio.testing

from engine.domain.parties import Principal, bidder
from engine.domain.units import PaddleNo
from engine.gateway.desk import Reply
from engine.gateway.limits import Limits, LimitSettings, Place, Refused
from engine.wire.codec import dumps
from engine.wire.refusals import Fault
from tests.gateway.doorstep import SETTINGS, Caller, doorstep, no_errors, request
from tests.gateway.test_desk import a_desk
from tests.gateway.test_tickets import Watch

ATTACKER = bidder(PaddleNo(1))
SECONDS = 5
OTHERS = [bidder(PaddleNo(paddle)) for paddle in range(2, 52)]


async def test_a_thousand_commands_a_second_by_one_keep_no_other_from_his_answer(
    autojump_clock: trio.testing.MockClock,
) -> None:
    room, hub, desk = await a_desk(letters_max=4096)
    replies: list[tuple[Principal, Reply]] = []

    def send(by: Principal, nth: int) -> None:
        raw = dumps({"type": "bid", "id": f"b{nth}", "lot": 1, "amount_fen": 1_000_000})
        replies.append((by, desk.take(raw, by, desk.now())))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(hub.run)
        nursery.start_soon(room.clerk.run)
        for tick in range(SECONDS * 1000):
            send(ATTACKER, tick)
            if tick % 20 == 0:  # Each of the fifty once a second.
                send(OTHERS[tick // 20 % len(OTHERS)], tick)
            await trio.sleep(0.001)
        await trio.sleep(1)
        said = [(by, orjson.loads(await reply.payload())) for by, reply in replies]
        nursery.cancel_scope.cancel()
    others = [answer["type"] for by, answer in said if by != ATTACKER]
    assert others == ["answer"] * (SECONDS * 50)
    his = Counter(answer.get("code", answer["type"]) for by, answer in said if by == ATTACKER)
    assert his["answer"] <= LimitSettings().commands_burst + SECONDS * LimitSettings().commands_per_s + 1
    assert his["answer"] + his[Fault.RATE_LIMITED] == SECONDS * 1000


def test_five_thousand_half_open_sockets_of_one_address_leave_all_others_their_places() -> None:
    settings = LimitSettings()
    limits = Limits(settings, Watch())
    held: list[Place] = []
    for _ in range(5000):
        try:
            held.append(limits.knock("192.0.2.1"))
        except Refused as no:
            assert (no.fault, no.detail["after_ms"]) == (Fault.TOO_MANY_SESSIONS, settings.come_back_ms)  # noqa: PT017
    assert len(held) == settings.half_open_per_address
    for paddle in range(1, 1001):  # A hall of a thousand behind another address, and each behind his own.
        for address in ("198.51.100.1", f"203.0.113.{paddle % 250}"):
            place = limits.knock(address)
            place.seat("s1", bidder(PaddleNo(paddle)))
    for place in held:
        place.leave()
    assert not limits.half_open


def test_half_open_sockets_in_all_are_bounded_and_come_free_as_they_leave() -> None:
    settings = LimitSettings()
    limits = Limits(settings, Watch())
    held = []
    for number in range(5000):
        try:
            held.append(limits.knock(f"10.0.{number % 250}.1"))
        except Refused:
            continue
    assert len(held) == settings.half_open_max
    held.pop().leave()
    limits.knock("198.51.100.1").seat("s1", ATTACKER)


def test_when_silence_fills_the_house_it_gives_way_to_who_comes_from_elsewhere() -> None:
    settings = LimitSettings()
    limits = Limits(settings, Watch())
    gone: list[int] = []
    for number in range(settings.half_open_max):
        place = limits.knock(f"10.0.0.{number % 10}")  # Ten addresses, as many each as an address may have.
        place.give_way = lambda number=number: gone.append(number)  # type: ignore[misc]
    for paddle in range(1, 101):  # Bidders come, and say who they are.
        limits.knock(f"198.51.100.{paddle}").seat("s1", bidder(PaddleNo(paddle)))
    assert limits.half_open["all"] == settings.half_open_max - len(gone)
    assert 1 <= len(gone) <= 100
    assert gone == sorted(gone), "who has been silent longest goes first"


def test_nobody_gives_way_to_one_who_holds_as_much() -> None:
    limits = Limits(LimitSettings(half_open_max=4, half_open_per_address=4), Watch())
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"):
        limits.knock(address)
    with pytest.raises(Refused) as no:
        limits.knock("192.0.2.5")
    assert no.value.fault is Fault.TOO_MANY_SESSIONS


def test_who_changes_his_address_within_a_network_of_his_own_is_one_address() -> None:
    settings = LimitSettings()
    limits = Limits(settings, Watch())
    taken = 0
    for number in range(5000):
        try:
            limits.knock(f"2001:db8::{number:x}")
        except Refused:
            continue
        taken += 1
    assert taken == settings.half_open_per_address


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nHost: house.test\r\nX: "], ids=["silent", "never ends"])
async def test_heads_that_never_come_are_let_go_and_meanwhile_others_are_answered(beginning: bytes) -> None:
    settings = replace(SETTINGS, header_s=0.5, connections_per_address=60, trusted_proxies=())
    with no_errors():
        async with doorstep(settings=settings) as step:
            slow: list[Caller] = []
            for _ in range(50):
                caller = await step.call()
                await caller.say(beginning)
                slow.append(caller)
            other = await step.call()
            for _ in range(5):
                assert (await other.ask("GET /")).status == 200
            await other.stream.aclose()
            for caller in slow:
                said = await caller.rest()
                assert said == b"" or said.startswith(b"HTTP/1.1 408 ")
            await step.empties()


async def test_connections_of_one_address_are_bounded_and_the_next_hears_why() -> None:
    settings = replace(SETTINGS, connections_per_address=3)
    async with doorstep(settings=settings) as step:
        kept = [await step.call() for _ in range(3)]
        for caller in kept:
            await caller.ask("GET /")
        fourth = await step.call()
        assert (await fourth.hear()).code == "E_RATE_LIMITED"
        await kept[0].stream.aclose()
        with trio.fail_after(10):
            while (await step.ask("GET /")).status != 200:  # noqa: ASYNC110 - the server tells nobody that one has left
                await trio.sleep(0.01)


async def test_a_body_that_is_said_to_be_endless_is_refused_before_it_is_read() -> None:
    async with doorstep() as step:
        caller = await step.call()
        await caller.say(request("POST /", "Content-Length: 99999999999"))
        said = await caller.hear()
        assert (said.status, said.code) == (413, "E_HTTP_BODY_TOO_BIG")
