"""
A second process that checks stretches of a journal while the first reads on: ``python -m engine.journal.second``.

It is told what the first has read, byte for byte, and says yes or no to each stretch in turn. It opens no file. If it cannot be
started, dies, or answers neither, it is gone, and the first checks everything itself.

Each message is four bytes of length and MessagePack. The first message says whose journal it is; the answer to a stretch is a byte.
"""

import fcntl
import gc
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, Final, Self

import msgspec

from engine.journal.sound import Stretch, sound

YES: Final = b"y"
NO: Final = b"n"
PATIENCE_MS: Final = 30_000
"""A stretch takes some hundredths of a second to check. Who has not answered by then is given up."""

PIPE_BYTES: Final = 1024 * 1024
"""What waits in the pipe, so that the second never waits for the first."""

COMMAND: Final = (sys.executable, "-P", "-m", "engine.journal.second")


class Second:
    """The second process, as the first sees it. Used by one thread."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._asks, self._answers = process, process.stdin, process.stdout
        self._waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self._writer = Thread(target=self._write, name="journal-second", daemon=True)
        self._writer.start()

    @classmethod
    def start(
        cls,
        sale: str,
        salt_key: bytes,
        public_key: bytes,
        command: Sequence[str] = COMMAND,
        processors: int | None = None,
    ) -> Self | None:
        """
        The second process for the journal of ``sale``; None if it cannot be started, or would only take the first one's time.

        Args:
            sale: Whose journal it is.
            salt_key: What its salts are made with.
            public_key: Who must have signed it.
            command: What is started.
            processors: How many processors we may use; None asks the system.

        """
        if (len(os.sched_getaffinity(0)) if processors is None else processors) < 2:
            return None
        path = os.pathsep.join(str(Path(each).absolute()) for each in sys.path)  # Ours, and nothing that lies about.
        try:
            process = subprocess.Popen(  # noqa: S603 - fixed words
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": path},
            )
        except OSError:
            return None
        second = cls(process)
        with suppress(OSError):
            fcntl.fcntl(second._asks, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        second._send((sale, salt_key, public_key))
        return second

    def ask(self, prev: bytes, seq: int, stretch: Stretch) -> None:
        """Have ``stretch`` checked (see :func:`engine.journal.sound.sound`). Does not wait."""
        self._send((prev, seq, stretch))

    def ready(self) -> bool:
        """Whether :meth:`answer` need not wait."""
        return self._has_said(0)

    def answer(self) -> bool | None:
        """What it says to the oldest stretch not yet answered; None if it is gone."""
        said = os.read(self._answers.fileno(), 1) if self._has_said(PATIENCE_MS) else b""
        return {YES: True, NO: False}.get(said)

    @property
    def ended(self) -> bool:
        """Whether there is no such process any more."""
        return self._process.returncode is not None

    def close(self) -> None:
        """Let it go. What it was asked and has not answered is forgotten."""
        self._process.kill()
        self._waiting.put(None)
        self._writer.join()
        with suppress(OSError):
            self._asks.close()
        self._answers.close()
        self._process.wait()

    def _has_said(self, within_ms: int) -> bool:
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        return bool(poll.poll(within_ms))

    def _send(self, message: object) -> None:
        body = msgspec.msgpack.encode(message)
        self._waiting.put(len(body).to_bytes(4) + body)

    def _write(self) -> None:
        while (message := self._waiting.get()) is not None:
            try:
                self._asks.write(message)
                self._asks.flush()
            except OSError:
                return  # It is gone: there will be no answer.


def serve(asks: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there is nothing more to read."""
    sale, salt_key, public_key = msgspec.msgpack.decode(_receive(asks))
    while body := _receive(asks):
        prev, seq, stretch = msgspec.msgpack.decode(body)
        answers.write(YES if sound(sale, salt_key, public_key, prev, seq, stretch) else NO)
        answers.flush()


def _receive(asks: BinaryIO) -> bytes:
    return asks.read(int.from_bytes(asks.read(4)))


if __name__ == "__main__":
    gc.disable()  # What it is told is let go at once, and nothing of it refers to itself.
    serve(sys.stdin.buffer, sys.stdout.buffer)
