"""Long bodies: who may send them, and how many are held at once."""

from contextlib import ExitStack
from dataclasses import replace

import pytest
import trio
import trio.testing

from engine.gateway.bodies import Bodies
from engine.gateway.http import Request, Unacceptable
from engine.gateway.limits import Refused
from engine.wire.refusals import Fault
from tests.gateway.doorstep import SETTINGS, doorstep, request

MIB = 1024 * 1024
LIMITS = replace(SETTINGS, long_bodies_per_asker=2, long_bodies_bytes_max=5 * MIB)


def longest(request: Request) -> int | None:
    if request.path.startswith("/closed/"):
        raise Refused(Fault.AUTH_INVALID)
    if request.path == "/once":
        return 2 * MIB
    return MIB if request.path.startswith("/up/") else None


def asked(asker: str = "a", method: str = "PUT", path: str = "/up/1") -> Request:
    return Request(method, path.encode(), "1.1", [], [], {b"authorization": asker.encode()}, "203.0.113.9", "https")


@pytest.fixture
def bodies() -> Bodies:
    return Bodies(LIMITS, longest)


def test_a_body_is_as_long_as_is_said_of_its_request(bodies: Bodies) -> None:
    lengths = {"/up/1": MIB, "/up/a/b": MIB, "/once": 2 * MIB, "/short": 4096}
    for path, most in lengths.items():
        with bodies.held(asked(path=path)) as bytes_max:
            assert bytes_max == most
    with bodies.held(asked(method="GET")) as bytes_max:
        assert bytes_max == 4096
    with pytest.raises(Unacceptable) as raised, bodies.held(asked(path="/closed/1")):
        pass
    assert raised.value.fault is Fault.AUTH_INVALID


def test_one_asker_has_so_many_places_and_keeps_none_from_others(bodies: Bodies) -> None:
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(bodies.held(asked()))
        with pytest.raises(Unacceptable) as raised, bodies.held(asked()):
            pass
        assert (raised.value.fault, raised.value.detail) == (Fault.BUSY, {"after_ms": 1000})
        held.enter_context(bodies.held(asked("b")))
        held.enter_context(bodies.held(asked(path="/short")))
    with bodies.held(asked()), bodies.held(asked()):
        pass


def test_all_together_take_so_much_memory(bodies: Bodies) -> None:
    with ExitStack() as held:
        for asker in "abcd":
            held.enter_context(bodies.held(asked(asker)))
        with pytest.raises(Unacceptable), bodies.held(asked("e", path="/once")):
            pass
        held.enter_context(bodies.held(asked("e")))
    with bodies.held(asked("e", path="/once")):
        pass


def test_a_place_is_free_again_however_the_request_ends(bodies: Bodies) -> None:
    for _ in range(9):
        with pytest.raises(ConnectionResetError), bodies.held(asked()):
            raise ConnectionResetError


async def test_who_has_no_place_is_told_so_before_the_body_is_read(mock_clock: trio.testing.MockClock) -> None:
    async with doorstep(settings=replace(SETTINGS, long_bodies_per_asker=1)) as step:
        first, second = await step.call(), await step.call()
        whole = request("POST /long", body=bytes(50_000))
        await first.say(whole[:-1])
        await trio.testing.wait_all_tasks_blocked(0.02)
        said = await second.ask("POST /long", body=bytes(50_000))
        assert (said.status, said.code) == (503, "E_BUSY")
        await first.say(whole[-1:])
        assert (await first.hear()).status == 200
        assert (await step.ask("POST /long", body=bytes(50_000))).status == 200
