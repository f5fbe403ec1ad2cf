"""What a service manager is told."""

import socket
from pathlib import Path

import trio
import trio.testing

from engine.notify import ALIVE, READY, Notifier


def a_manager(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(path)
    sock.setblocking(False)
    return sock


def test_a_manager_hears_what_is_told(tmp_path: Path) -> None:
    where = str(tmp_path / "notify")
    with a_manager(where) as manager:
        Notifier({"NOTIFY_SOCKET": where}).tell(READY, "STATUS=Serves")
        assert manager.recv(1000) == b"READY=1\nSTATUS=Serves"


def test_a_manager_may_have_a_name_without_a_file() -> None:
    with a_manager("\0luochui-test-notify") as manager:
        Notifier({"NOTIFY_SOCKET": "@luochui-test-notify"}).tell(READY)
        assert manager.recv(1000) == b"READY=1"


def test_without_a_manager_or_with_a_dead_one_nothing_happens(tmp_path: Path) -> None:
    Notifier({}).tell(READY)
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).tell(READY)


def test_a_long_recovery_asks_for_time_now_and_then(tmp_path: Path) -> None:
    where, now = str(tmp_path / "notify"), [0.0]
    with a_manager(where) as manager:
        notifier = Notifier({"NOTIFY_SOCKET": where}, lambda: now[0])
        heard = []
        for seq in range(1, 6):
            now[0] += 5
            notifier.still_starting(seq)
            try:
                heard.append(manager.recv(1000))
            except BlockingIOError:
                heard.append(b"")
    assert [bool(words) for words in heard] == [True, False, True, False, True]
    assert heard[2].startswith(b"EXTEND_TIMEOUT_USEC=40000000\nSTATUS=")
    assert heard[2].endswith(b"record 3")


async def test_the_watchdog_is_told_twice_in_its_period(tmp_path: Path, autojump_clock: trio.testing.MockClock) -> None:
    where, heard = str(tmp_path / "notify"), 0
    with a_manager(where) as manager:
        with trio.move_on_after(59):
            await Notifier({"NOTIFY_SOCKET": where, "WATCHDOG_USEC": "20000000"}).keep_alive()
        while True:
            try:
                assert manager.recv(1000) == ALIVE.encode()
            except BlockingIOError:
                break
            heard += 1
    assert heard == 6


async def test_without_a_watchdog_nobody_is_kept_waiting() -> None:
    await Notifier({"NOTIFY_SOCKET": "/nowhere"}).keep_alive()
    await Notifier({"WATCHDOG_USEC": "soon"}).keep_alive()
