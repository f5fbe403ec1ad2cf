"""What every carrier promises of who is at gateways elsewhere: what is said last arrives; nothing old, doubled or forged counts."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest
import trio

from engine.cluster.cipher import Cipher
from engine.cluster.frames import Present, close_up
from engine.domain.units import PaddleNo
from engine.wire.attendance import Attendance
from tests.cluster.scene import CIPHER, PATIENCE_S, QUICK, End, House
from tests.room.scene import open_sale

ANOTHER = Cipher(b"\x06" * 32)


def here(*paddles: int, seen: int | None = None, watchers: int = 0) -> Attendance:
    return Attendance(watchers, tuple((PaddleNo(paddle), seen) for paddle in paddles))


def say(end: End, number: int, attendance: Attendance, *, epoch: int = 1, cipher: Cipher = CIPHER) -> None:
    """As a gateway called ``x`` says it, whatever it says."""
    assert end.carrier is not None
    said = Present.of("x", epoch, number, end.now(), attendance)
    end.carrier.report("trial", close_up(cipher, "trial", said))


async def told(held: House, end: End, attendance: Attendance) -> list[Attendance]:
    """Say ``attendance`` as gateway ``end`` until the engine has heard it; all it has heard of ``x``."""
    assert end.far is not None
    with trio.fail_after(PATIENCE_S):
        while not any(name != "x" and said[-1] == attendance for name, said in held.told.items()):
            end.far.say_present(attendance)
            await trio.sleep(0.01)
    return held.told.get("x", [])


class AttendanceContract:
    """Promises of every carrier; which one it is, its test class says with a fixture called ``way``."""

    @pytest.fixture
    async def counted(self, way: AbstractAsyncContextManager[House]) -> AsyncIterator[House]:
        async with way as house:
            yield house

    async def test_what_a_gateway_says_last_of_who_is_there_is_what_the_engine_has(self, counted: House) -> None:
        first, second = await counted.end(), await counted.end()
        await told(counted, first, here(8, seen=3, watchers=2))
        await told(counted, second, here(9, 10))
        await told(counted, first, here())
        assert sorted(len(said[-1].bidders) for said in counted.told.values()) == [0, 2]

    async def test_what_comes_late_or_twice_or_of_another_epoch_or_too_long_or_forged_is_not_news(
        self, counted: House
    ) -> None:
        end = await counted.end()
        with trio.fail_after(PATIENCE_S):
            while "x" not in counted.told:
                say(end, 5, here(8))
                await trio.sleep(0.01)
        for number in (5, 4, 0):
            say(end, number, here(1, 2, 3))
            await trio.sleep(0.01)
        too_many = here(*range(1, QUICK.presence_bidders_max + 2))
        for each, epoch, cipher in ((here(9), 2, CIPHER), (too_many, 1, CIPHER), (here(9), 1, ANOTHER)):
            say(end, 6, each, epoch=epoch, cipher=cipher)
            await trio.sleep(0.01)
        assert await told(counted, end, here(11)) == [here(8)]
        say(end, 6, here(12))
        with trio.fail_after(PATIENCE_S):
            while counted.told["x"][-1] != here(12):
                say(end, 6, here(12))
                await trio.sleep(0.01)
        assert counted.told["x"] == [here(8), here(12)]

    async def test_letters_and_reports_do_not_wait_for_each_other(self, counted: House) -> None:
        end = await counted.end()
        assert end.far is not None
        for nth in range(1, 200):
            end.far.say_present(here(nth))
        await end.ask(open_sale())
        await told(counted, end, here(6))
