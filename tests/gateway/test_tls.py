"""TLS on the one port: a wire that is not felt, and what does not speak it."""

import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trio

from engine.gateway.http import HttpSettings
from engine.gateway.origins import Proxies
from engine.gateway.tls import Terminator
from tests.gateway.doorstep import SETTINGS, Caller, Doorstep, doorstep, no_errors, upgrade
from tests.gateway.trial import Trial, a_trial

PATIENCE_S = 10


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return a_trial(tmp_path_factory.mktemp("tls"))


async def send_for_ever(sock: socket.socket) -> None:
    while True:
        await trio.lowlevel.wait_writable(sock)
        sock.send(bytes(65_536))


@dataclass
class Secure:
    """A server that speaks TLS."""

    step: Doorstep
    trial: Trial
    tls: Terminator
    handshakes: Counter[str] = field(default_factory=Counter)

    async def call(self) -> Caller:
        caller = Caller(await self.trial.connect(self.step.server.port))
        self.step.callers.append(caller)
        return caller

    async def counts(self, how: str) -> None:
        """Return when a handshake has ended like that."""
        await until(lambda: self.handshakes[how] > 0)


async def until(true: Any) -> None:
    with trio.fail_after(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - nobody else waits for it
            await trio.sleep(0.005)


@asynccontextmanager
async def secure(trial: Trial, settings: HttpSettings = SETTINGS, **patience: float) -> AsyncIterator[Secure]:
    handshakes: Counter[str] = Counter()
    tls = trial.terminator(on_handshake=lambda how: handshakes.update([how]), **patience)
    async with doorstep(settings=settings, tls=tls) as step:
        yield Secure(step, trial, tls, handshakes)


# What a browser notices.


async def test_a_request_over_tls_is_answered_and_known_to_be_secure(trial: Trial) -> None:
    async with secure(trial) as house:
        caller = await house.call()
        said = await caller.ask("GET /somewhere")
        assert said.status == 200
        assert (said.json["scheme"], said.json["client"]) == ("https", "127.0.0.1")
        assert b"wss://house.test" in said.headers["content-security-policy"].encode()
        assert said.headers["strict-transport-security"] == "max-age=15552000"
        assert b" ws://" not in said.headers["content-security-policy"].encode()
        assert (await caller.ask("POST /again", body=b"twice")).json["body"] == "twice"
        assert house.handshakes == {"done": 1}


async def test_much_goes_both_ways_whole(trial: Trial) -> None:
    body = bytes(range(256)) * 380
    async with secure(trial) as house:
        caller = await house.call()
        assert (await caller.ask("POST /long", body=body)).json["body"].encode("latin-1") == body


async def test_an_answer_that_ends_the_connection_ends_it_with_a_goodbye(trial: Trial) -> None:
    async with secure(trial) as house:
        caller = await house.call()
        await caller.say("GET / HTTP/1.0\r\n\r\n")
        with trio.fail_after(PATIENCE_S):
            said = await caller.hear()
            assert said.status == 200
            assert await caller.stream.receive_some(1) == b""  # no goodbye would be BrokenResourceError
        await until(lambda: house.tls.relays == 0)


async def test_a_browser_that_hangs_up_leaves_nothing_behind(trial: Trial) -> None:
    async with secure(trial) as house:
        politely, rudely = await house.call(), await house.call()
        await politely.ask("GET /")
        await politely.stream.aclose()
        assert isinstance(rudely.stream, trio.SSLStream)
        await rudely.stream.transport_stream.aclose()
        await until(lambda: house.tls.relays == 0)
        await house.step.empties()


# Handing over.


async def test_a_socket_that_was_handed_over_speaks_through_the_relay_both_ways(trial: Trial) -> None:
    async with secure(trial) as house:
        caller = await house.call()
        await caller.say(upgrade())
        await until(lambda: house.step.taken)
        [taken] = house.step.taken
        assert (taken.head, taken.address) == (upgrade(), "127.0.0.1")
        await house.step.empties()
        taken.sock.send(b"from the house")
        assert await caller.stream.receive_some(100) == b"from the house"
        await caller.say(b"from the browser")
        await trio.lowlevel.wait_readable(taken.sock)
        assert taken.sock.recv(100) == b"from the browser"
        taken.sock.shutdown(socket.SHUT_WR)
        await caller.say(b"goodbye")
        await trio.lowlevel.wait_readable(taken.sock)
        assert taken.sock.recv(100) == b"goodbye"
        with trio.fail_after(PATIENCE_S):
            assert await caller.stream.receive_some(100) == b""


async def test_a_browser_that_takes_nothing_is_felt_through_the_relay_and_let_go(trial: Trial) -> None:
    async with secure(trial, stall_s=0.05) as house:
        caller = await house.call()
        await caller.say(upgrade())
        await until(lambda: house.step.taken)
        [taken] = house.step.taken
        with trio.fail_after(PATIENCE_S), pytest.raises(OSError, match="Broken pipe"):
            await send_for_ever(taken.sock)
        await until(lambda: house.tls.relays == 0)


# What does not speak TLS.


async def test_plain_http_is_told_where_to_go_and_ended_cleanly(trial: Trial) -> None:
    async with secure(trial) as house:
        caller = await house.step.call()
        with no_errors(), trio.fail_after(PATIENCE_S):
            said = await caller.ask("GET /")
            assert said.status == 400
            assert said.code == "E_HTTP_TLS_ONLY"
            assert await caller.rest() == b""
        assert house.handshakes == {"plain": 1}
        assert house.tls.relays == 0


@pytest.mark.parametrize("words", [b"\x16\x03\x01\x00\x05hello", b"\x16" + b"\xff" * 600])
async def test_what_only_begins_like_tls_is_hung_up_on(trial: Trial, words: bytes) -> None:
    async with secure(trial) as house:
        caller = await house.step.call()
        with no_errors(), trio.fail_after(PATIENCE_S):
            await caller.say(words)
            await caller.rest()
            await house.counts("failed")


async def test_a_browser_that_does_not_trust_us_leaves_and_is_counted(trial: Trial, tmp_path: Path) -> None:
    stranger = a_trial(tmp_path)
    async with secure(trial) as house:
        with no_errors(), trio.fail_after(PATIENCE_S):
            with pytest.raises(trio.BrokenResourceError):
                await stranger.connect(house.step.server.port)
            await house.counts("failed")


async def test_a_handshake_that_stalls_is_let_go(trial: Trial) -> None:
    async with secure(trial, handshake_s=0.05) as house:
        silent, slow = await house.step.call(), await house.step.call()
        await slow.say(b"\x16\x03\x01")
        with no_errors(), trio.fail_after(PATIENCE_S):
            assert await silent.rest() == b""
            await slow.rest()
            await until(lambda: house.handshakes["late"] == 2)


async def test_a_house_that_closes_does_not_wait_for_a_handshake(trial: Trial) -> None:
    async with secure(trial, handshake_s=3600) as house:
        silent = await house.step.call()
        await silent.say(b"\x16")
        await house.call()
        house.step.server.stop()
        with trio.fail_after(PATIENCE_S):
            assert await silent.rest() == b""


# Limits.


async def test_the_real_address_is_what_counts(trial: Trial) -> None:
    async with secure(trial, HttpSettings(port=0, connections_per_address=1)) as house:
        await house.call()
        with pytest.raises(trio.BrokenResourceError):
            await house.call()


def test_a_proxy_that_speaks_tls_to_us_is_believed_unless_it_says_otherwise() -> None:
    trusted = Proxies(["10.0.0.5"])
    assert trusted.scheme("10.0.0.5", None, "https") == "https"
    assert trusted.scheme("10.0.0.5", b"http", "https") == "http"
    assert trusted.scheme("192.0.2.7", b"http", "https") == "https"
