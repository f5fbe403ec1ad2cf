"""The stand-in on a real socket of this machine."""

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trio
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from clients.usbkey.client import usb_keys
from clients.usbkey.faults import KeyCode, KeyFault
from clients.usbkey.provider import Use
from clients.usbkey.service import CONNECTIONS_MAX, HOST, quiet, run, slots
from tests.clients.usbkey.scene import drawer, key_files

PAGE = "https://hall.example.cn"


@pytest.fixture
async def port(nursery: trio.Nursery) -> AsyncIterator[int]:
    async def serving(task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED) -> None:
        await run(drawer("sm2").middleware(), origins=[PAGE], port=0, task_status=task_status)

    number: int = await nursery.start(serving)
    yield number
    nursery.cancel_scope.cancel()


async def test_a_program_signs_over_the_socket_and_no_log_has_the_pin(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pin = drawer("sm2").pin("sm2")

    def program() -> None:
        with usb_keys(port) as keys:
            (listed,) = keys.keys()
            with pytest.raises(KeyFault):
                keys.login(listed.key, "31415926")
            keys.login(listed.key, pin)
            signature = keys.sign(listed.key, b"message")
            keys.credential(listed.key, Use.SIGNING).key.verify(b"message", signature)

    await trio.to_thread.run_sync(program)
    assert not any(secret in caplog.text for secret in (pin, "31415926", "PassWd"))


async def test_pages_of_other_origins_and_names_that_lead_here_are_turned_away(port: int) -> None:
    def page(origin: str | None, host: str) -> int:
        line = socket.create_connection((HOST, port))
        try:
            with connect(f"ws://{host}:{port}/", sock=line, origin=Origin(origin) if origin else None, logger=quiet()):
                return 101
        except InvalidStatus as fault:
            return fault.response.status_code
        finally:
            line.close()

    async def told(origin: str | None, host: str = HOST) -> int:
        return await trio.to_thread.run_sync(page, origin, host)

    for origin in (PAGE, None):
        assert await told(origin) == await told(origin, "localhost") == 101
    for odd in ("https://evil.example", "null", "http://hall.example.cn", "https://hall.example.cn.evil.example"):
        assert await told(odd) == 403, odd
    for host in ("evil.example", "127.0.0.2"):
        assert await told(PAGE, host) == 403


async def test_it_listens_on_this_machine_only_and_takes_no_more_pages_than_it_may(port: int) -> None:
    def pages() -> int:
        with ExitStack() as stack:
            for _ in range(CONNECTIONS_MAX):
                page = stack.enter_context(connect(f"ws://{HOST}:{port}/", proxy=None, logger=quiet()))
                page.send("{}")
                page.recv()
            with (
                pytest.raises(InvalidStatus) as fault,
                connect(f"ws://{HOST}:{port}/", proxy=None, logger=quiet()),
            ):
                pass
            return fault.value.response.status_code

    assert await trio.to_thread.run_sync(pages) == 503
    assert HOST == "127.0.0.1"


async def test_a_page_that_says_nothing_is_let_go(nursery: trio.Nursery) -> None:
    async def serving(task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED) -> None:
        await run(drawer("sm2").middleware(), origins=[PAGE], port=0, idle_s=0.05, task_status=task_status)

    port: int = await nursery.start(serving)

    def silent() -> None:
        with connect(f"ws://{HOST}:{port}/", proxy=None, logger=quiet()) as page, pytest.raises(ConnectionClosed):
            page.recv()

    await trio.to_thread.run_sync(silent)
    nursery.cancel_scope.cancel()


def test_middleware_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(KeyFault) as fault, usb_keys(1):
        pass
    assert fault.value.code is KeyCode.SERVICE


def test_a_key_is_pulled_out_by_renaming_its_folder(tmp_path: Path) -> None:
    files = key_files("sm2")
    folder = tmp_path / "sm2-sound"
    folder.mkdir()
    assert slots(tmp_path) == {}
    for name, data in {
        "signing.pem": files.signing,
        "signing.key": files.signing_key,
        "encryption.pem": files.encryption,
        "encryption.key": files.encryption_key,
        "pin": files.pin.encode() + b"\n",
    }.items():
        (folder / name).write_bytes(data)
    (tmp_path / "README.md").write_text("no key")
    found = slots(tmp_path)
    assert list(found) == ["sm2-sound"]
    assert found["sm2-sound"]() == files
    away = folder.rename(tmp_path / "away")
    assert found["sm2-sound"]() is None
    away.rename(folder)
    assert found["sm2-sound"]() == files
