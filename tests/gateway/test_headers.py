"""Every answer, whatever answers, tells the browser how little it may do with it."""

import re
from pathlib import Path

import pytest

from engine.doors import web_folder
from engine.gateway.headers import secured
from engine.gateway.pages import VIEWS
from engine.gateway.shelf import Shelf
from engine.gateway.site import EVERY_ROUTE
from tests.gateway.doorstep import Said, no_errors, pages, request

WEB = web_folder()

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self' ws://house.test wss://house.test",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "lit-html",
}
SHUT = ("camera", "microphone", "geolocation", "usb", "payment", "display-capture")

FILLED = {
    "{sale}": "s1",
    "{view}": "hall",
    "{name:path}": "shared/start.js",
    "{id}": "x",
    "{name}.{form}": "record.pdf",
    "{table}": "lots",
    "{size}": "1",
    "{seq}": "1",
}


def policy(said: Said) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in said.headers["content-security-policy"].split(";")]
    return {name: value for name, _, value in parts}


def assert_guarded(said: Said) -> None:
    for name, value in ALWAYS.items():
        assert said.headers[name] == value, name
    assert policy(said) == POLICY
    for feature in SHUT:
        assert f"{feature}=()" in said.headers["permissions-policy"], feature
    assert "strict-transport-security" not in said.headers  # Asked without TLS, no browser would heed it.
    assert "set-cookie" not in said.headers
    assert "server" not in said.headers
    assert "access-control-allow-origin" not in said.headers


def filled(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return re.sub(r"\{[^}]*\}", "1", path)


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in EVERY_ROUTE])
async def test_whatever_a_route_answers_it_is_guarded(tmp_path: Path, method: str, path: str) -> None:
    with no_errors():
        async with pages(tmp_path, WEB) as house:
            for ask in (f"{method} {filled(path)}", f"{method} {filled(path).replace('s1', 'no-such-sale')}"):
                assert_guarded(await house.step.ask(ask))


async def test_every_page_and_every_file_is_guarded(tmp_path: Path) -> None:
    async with pages(tmp_path, WEB) as house:
        caller = await house.step.call()
        for view in VIEWS:
            assert_guarded(await caller.ask(f"GET /sales/s1/{view}"))
        names = [path.relative_to(WEB).as_posix() for path in WEB.rglob("*") if path.suffix in {".js", ".css", ".svg"}]
        served = 0
        for name in names:
            if "node_modules" in name or name.startswith(("tests/", "screenshots/")):
                continue
            said = await caller.ask(f"GET /web/{name}")
            assert_guarded(said)
            served += said.status == 200
        shelf = Shelf(WEB)
        assert served == sum(shelf.get(name) is not None for name in names)
        assert served > 100


@pytest.mark.parametrize(
    "sent",
    [
        request("GET /no/such/page"),
        request("POST /"),
        request("DELETE /api/sales/s1"),
        request("POST /api/sales/s1/ticket", "Origin: https://evil.test"),
        request("POST /api/sales/s1/commands", body=b"x" * 5000),
        request("GET /metrics", "X-Forwarded-For: 192.0.2.1"),
        request("GET /", "X: " + "x" * 70_000),
        b"GET / HTTP/1.1\r\nHost: house.test\r\nX: \x00\r\n\r\n",
    ],
)
async def test_what_is_refused_is_guarded_too(tmp_path: Path, sent: bytes) -> None:
    async with pages(tmp_path, WEB) as house:
        caller = await house.step.call()
        await caller.say(sent)
        said = await caller.hear()
        assert said.status >= 400
        for name, value in ALWAYS.items():
            assert said.headers[name] == value
        assert policy(said)["default-src"] == "'none'"
        assert policy(said)["frame-ancestors"] == "'none'"


def test_over_tls_a_browser_is_told_to_ask_no_other_way_and_sockets_are_secure_only() -> None:
    headers = dict(secured([], "https", b"house.test"))
    assert headers[b"strict-transport-security"] == b"max-age=15552000"
    assert b" ws://" not in headers[b"content-security-policy"]
    assert b"strict-transport-security" not in dict(secured([], "http", b"house.test"))


def test_a_socket_to_the_usb_key_on_ones_own_machine_is_allowed_only_where_the_house_says_so() -> None:
    allowed = dict(secured([], "https", b"house.test", 41_000))[b"content-security-policy"]
    assert b"connect-src 'self' wss://house.test ws://127.0.0.1:41000;" in allowed
    assert b"127.0.0.1" not in dict(secured([], "https", b"house.test"))[b"content-security-policy"]


@pytest.mark.parametrize("host", [b"evil.test; script-src *", b"a b", b"", b"x" * 300, "落槌".encode(), b"a\r\nx: y"])
def test_no_host_writes_into_the_policy(host: bytes) -> None:
    policy_ = dict(secured([], "https", host))[b"content-security-policy"]
    assert b"connect-src 'self';" in policy_


# What the pages themselves hold.

BY_HAND = re.compile(
    r"\.innerHTML|\.outerHTML|insertAdjacentHTML|setHTML|createContextualFragment|DOMParser|document\.write|srcdoc"
    r"|unsafeHTML|unsafeSVG|unsafeStatic|unsafeMathML|\beval\(|new Function|setTimeout\(\s*[\"'`]|javascript:|importScripts"
    r"|createPolicy|\bon[a-z]+=\"|\sstyle=\""
)


def test_no_page_makes_markup_or_code_of_text() -> None:
    looked_at = 0
    for path in WEB.rglob("*"):
        inside = path.relative_to(WEB).parts
        if path.suffix not in {".js", ".html", ".svg"} or inside[0] in {
            "node_modules",
            "tests",
            "vendor",
            "screenshots",
        }:
            continue
        looked_at += 1
        found = BY_HAND.search(path.read_text(encoding="utf-8"))
        assert found is None, (path, found)
    assert looked_at > 80


def test_only_the_template_library_may_make_markup_and_it_makes_one_policy() -> None:
    library = (WEB / "vendor" / "lit.js").read_text(encoding="utf-8")
    assert re.findall(r'createPolicy\("([^"]+)"', library) == ["lit-html"]
