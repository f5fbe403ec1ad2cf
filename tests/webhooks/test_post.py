"""One attempt, on a real socket: what is sent, to whom it is never sent, and what counts as taken."""

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from engine.domain.units import Nanoseconds
from engine.gateway.tls import server_context
from engine.webhooks.message import ping, signature
from engine.webhooks.post import NotDelivered, Post, allowed
from engine.webhooks.settings import Endpoint, WebhookSettings, endpoint
from tests.gateway.trial import a_trial
from tests.webhooks.receiver import SECRET, receiver

PING = ping(Nanoseconds(1_795_752_000_000_000_000))
SETTINGS = WebhookSettings(timeout_s=20.0)
NOW_S = 1_795_752_001.9


async def why(post: Post, to: Endpoint) -> str | None:
    try:
        await post(to, PING)
    except NotDelivered as failed:
        return failed.why
    return None


async def test_a_message_arrives_signed_and_whole() -> None:
    async with receiver() as one:
        to = endpoint(one.url, SECRET)
        assert await why(Post(SETTINGS, lambda: NOW_S), to) is None
        (head,) = one.heads
        assert (head[":"], head["content-type"], head["host"]) == (
            "POST /hook?for=us",
            "application/json",
            f"127.0.0.1:{one.port}",
        )
        signed = signature(to.secret, head["webhook-id"], int(head["webhook-timestamp"]), one.bodies[0])
        assert (one.bodies, head["webhook-signature"]) == ([PING.body], signed)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", None),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\n", None),
        (b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n", "status_302"),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "status_404"),
        (b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", "status_500"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no_http"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"x" * 70_000, "no_http"),
    ],
)
async def test_taken_is_what_was_answered_with_success_and_no_redirect_is_followed(
    answer: bytes, said: str | None
) -> None:
    async with receiver(answer) as one:
        assert await why(Post(SETTINGS, lambda: NOW_S), endpoint(one.url, SECRET)) == said
        assert len(one.bodies) == 1


async def test_who_does_not_answer_is_waited_for_only_so_long_and_who_is_not_there_is_said(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def nobody(_host: str, _port: int) -> Sequence[str]:
        return await trio.sleep_forever()

    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    to = endpoint("https://example.cn/", SECRET)
    assert await why(Post(SETTINGS, lambda: NOW_S, nobody), to) == "timeout"
    assert trio.current_time() == pytest.approx(20.0, abs=1)
    assert await why(Post(SETTINGS, lambda: NOW_S, unknown), to) == "no_address"


async def test_over_tls_the_name_must_be_the_certificates_own(tmp_path: Path) -> None:
    trial = a_trial(tmp_path)
    settings = replace(SETTINGS, private_networks=("127.0.0.0/8",))

    async def here(_host: str, _port: int) -> list[str]:
        await trio.lowlevel.checkpoint()
        return ["127.0.0.1"]

    async with receiver(tls=server_context(str(trial.certificate), str(trial.key))) as one:
        post = Post(settings, lambda: NOW_S, here, trial.trusting())
        assert await why(post, endpoint(f"https://house.test:{one.port}/", SECRET)) is None
        assert await why(post, endpoint(f"https://other.test:{one.port}/", SECRET)) == "unreachable"
        strangers = replace(post, trusted=ssl.create_default_context())
        assert await why(strangers, endpoint(f"https://house.test:{one.port}/", SECRET)) == "unreachable"
        refused = replace(post, settings=SETTINGS)
        assert await why(refused, endpoint(f"https://house.test:{one.port}/", SECRET)) == "address_not_allowed"
        assert len(one.bodies) == 1


INSIDE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.1.2.3", "::ffff:127.0.0.1", "64:ff9b::a01:203"),
    *("2002:a01:203::1", "2001:0:a01:203::1", "255.255.255.255", "198.18.0.1"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_posted_to_unless_its_network_is_named(address: str) -> None:
    one = ipaddress.ip_address(address)
    assert not allowed(one, (), local=False)
    plain = getattr(one, "ipv4_mapped", None) or one
    assert allowed(one, (ipaddress.ip_network(plain),), local=False)


def test_public_addresses_are_posted_to_and_this_machines_own_name_leads_nowhere_else() -> None:
    for address in ("39.156.66.10", "2400:3200::1"):
        assert allowed(ipaddress.ip_address(address), (), local=False)
        assert not allowed(ipaddress.ip_address(address), (), local=True)
    assert allowed(ipaddress.ip_address("::1"), (), local=True)
    assert not allowed(ipaddress.ip_address("10.1.2.3"), (ipaddress.ip_network("10.0.0.0/8"),), local=True)
