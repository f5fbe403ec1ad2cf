"""A redis-server of a test's own, on a Unix socket in the test's folder, and what can happen to it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import redis

PATIENCE_S: Final = 20.0


@dataclass
class RedisServer:
    """One server. Its data lies in ``folder``, if it keeps any."""

    folder: Path
    port: int = 0
    """0 for no TCP at all."""

    options: tuple[str, ...] = ()
    admin: tuple[str, str] = ("", "")
    """User and password of whoever may do everything, where not everybody may."""

    within: tuple[str, ...] = ()
    """By which command it is started."""

    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket(self) -> Path:
        return self.folder / "r.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it, and return when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [*self.within, *self.command()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with self.client() as client:
            for _ in range(int(PATIENCE_S / 0.01)):
                try:
                    if client.ping():
                        return
                except redis.RedisError:
                    self.process.poll()
                    assert self.process.returncode is None, "redis-server ended"
                    signal.sigtimedwait((), 0.01)
        raise AssertionError("redis-server does not answer")

    def command(self) -> list[str]:
        """What is started."""
        return [
            *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket)),
            *("--dir", str(self.folder), "--save", "", "--appendonly", "no", "--loglevel", "warning"),
            *self.options,
        ]

    def client(self) -> Any:
        """A client, to be closed."""
        user, password = (each or None for each in self.admin)
        return redis.Redis(
            unix_socket_path=str(self.socket), protocol=2, socket_timeout=5, username=user, password=password
        )

    def do(self, *words: Any) -> Any:
        """One command."""
        with self.client() as client:
            return client.execute_command(*words)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        self.socket.unlink(missing_ok=True)

    close = kill

    def stop(self) -> None:
        """It stands still, and answers nobody."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It does what it was told while it stood still, and goes on."""
        self._signal(signal.SIGCONT)

    def photograph(self) -> None:
        """Keep its data as it is now."""
        self.do("SAVE")
        shutil.copy(self.folder / "dump.rdb", self.folder / "earlier.rdb")

    def roll_back(self) -> None:
        """Start it again with the data of the photograph."""
        self.kill()
        shutil.copy(self.folder / "earlier.rdb", self.folder / "dump.rdb")
        self.start()

    def start_empty(self) -> None:
        """Start it again without data."""
        self.kill()
        (self.folder / "dump.rdb").unlink(missing_ok=True)
        self.start()

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)


@contextmanager
def redis_at(folder: Path, *, port: int = 0, options: tuple[str, ...] = ()) -> Iterator[RedisServer]:
    """A server for as long as the block lasts."""
    server = RedisServer(folder, port, options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
