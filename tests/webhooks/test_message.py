"""What messages tell, that they tell nothing else, and how they are signed."""

import base64

import orjson
import pytest

from engine.domain.opening.hearing import OUTSIDE
from engine.domain.units import Nanoseconds
from engine.webhooks.message import TOLD, ping, signature
from engine.webhooks.settings import WebhookFault, WebhookSettings, endpoint, endpoints, networks
from tests.webhooks.receiver import SECRET

KEY = base64.b64decode(SECRET.removeprefix("whsec_"))


@pytest.mark.parametrize(
    ("body", "signed"),
    [
        ('{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        (
            '{"type":"sale.opened","data":{"title":{"zh":"道路工程","en":"Road works"}}}',
            "v1,3CE7bz1gbdyNPXiV4o9KArwJtJl5iDBoWTf3L/O3Zcw=",
        ),
    ],
)
def test_signatures_are_those_of_standard_webhooks(body: str, signed: str) -> None:
    # As standardwebhooks 1.1.0 makes them; the first is the vector of the specification.
    assert signature(KEY, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body.encode()) == signed


def test_a_message_has_its_three_headers_and_the_same_id_each_time() -> None:
    one, again = ping(Nanoseconds(1_795_752_000_123_456_789)), ping(Nanoseconds(1_795_752_000_123_456_789))
    assert one == again != ping(Nanoseconds(1_795_752_000_123_456_790))
    body = {"type": "ping", "timestamp": "2026-11-27T04:00:00.123456Z", "data": {}}
    assert orjson.loads(one.body) == body
    headers = dict(one.headers(KEY, 1_795_752_001))
    assert headers[b"webhook-id"] == one.id.encode()
    assert headers[b"webhook-timestamp"] == b"1795752001"
    assert headers[b"webhook-signature"].decode() == signature(KEY, one.id, 1_795_752_001, one.body)


def test_of_an_opening_only_that_is_told_which_everybody_hears_whoever_may_watch() -> None:
    told = {kind for kind in TOLD if kind.__module__.startswith("engine.domain.opening")}
    assert told < set(OUTSIDE)


GOOD = "https://example.cn/hook"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.cn/hook", "ftp://example.cn/", "https://", "https:///hook", "example.cn", "", "https://a:b@example.cn/",
        "https://example.cn/#part", "https://example.cn/a b", "https://example.cn/\n", "https://例子.cn/", "https://example.cn:0/",
        "https://example.cn:99999/", "https://[::1/", "http://127.0.0.1.example.cn/",
    ],
)  # fmt: skip
def test_what_is_no_endpoint_is_refused_when_settings_are_read(url: str) -> None:
    with pytest.raises(WebhookFault):
        endpoint(url, SECRET)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%%", SECRET.removeprefix("whsec_"), "whsec_" + "QUFB" * 40]
)
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(WebhookFault) as raised:
        endpoint(GOOD, secret)
    assert not secret.removeprefix("whsec_") or secret not in str(raised.value)


def test_each_endpoint_has_a_secret_and_none_stands_twice() -> None:
    for settings in (
        WebhookSettings(urls=(GOOD,)),
        WebhookSettings(urls=(GOOD, GOOD), secrets=(SECRET, SECRET)),
        WebhookSettings(urls=tuple(f"{GOOD}{no}" for no in range(17)), secrets=(SECRET,) * 17),
    ):
        with pytest.raises(WebhookFault):
            endpoints(settings)
    with pytest.raises(WebhookFault):
        networks(WebhookSettings(private_networks=("10.0.0.0/99",)))
    (one,) = endpoints(WebhookSettings(urls=("https://example.cn:8443?x=1",), secrets=(SECRET,)))
    assert (one.authority, one.target, repr(one)) == ("example.cn:8443", "/?x=1", "Endpoint(example.cn)")
