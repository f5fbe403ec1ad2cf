"""What was asked of the house and has no answer yet: kept before it is sent, so that it can be sent again."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import orjson


@dataclass(frozen=True, slots=True)
class Command:
    """A frame towards the house, ready to send, and the id it will be answered under."""

    id: str
    text: str


class Unanswered(Protocol):
    """
    Keeps commands until they are answered.

    Promises: what ``keep`` was given is in ``all`` until ``settle``, in the order of keeping, and survives whatever
    the keeper claims to survive by the time ``keep`` returns.
    """

    def keep(self, command: Command) -> None:
        """Keep ``command``; one with the same id must have the same text."""

    def settle(self, command_id: str) -> None:
        """Let go of ``command_id``, if it is here."""

    def get(self, command_id: str) -> Command | None:
        """The command with this id, if it is here."""

    def all(self) -> tuple[Command, ...]:
        """Everything kept, oldest first."""


class InMemory:
    """Survives a lost connection, not the end of the program."""

    def __init__(self) -> None:
        self._kept: dict[str, Command] = {}

    def keep(self, command: Command) -> None:
        """See :class:`Unanswered`."""
        known = self._kept.setdefault(command.id, command)
        if known.text != command.text:
            raise ValueError(f"id {command.id} is taken by another command that has no answer yet")

    def settle(self, command_id: str) -> None:
        """See :class:`Unanswered`."""
        self._kept.pop(command_id, None)

    def get(self, command_id: str) -> Command | None:
        """See :class:`Unanswered`."""
        return self._kept.get(command_id)

    def all(self) -> tuple[Command, ...]:
        """See :class:`Unanswered`."""
        return tuple(self._kept.values())


REWRITE_AT_LINES: Final = 1000
"""A file of so many lines is written anew with only what still waits."""


class InFile:
    """
    Survives the end of the program and a power cut: a file of lines, synced before ``keep`` returns.

    One program at a time may use a file. ``keep`` blocks for one sync, a few milliseconds. A last line torn by a
    power cut is dropped: nothing had been sent yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = InMemory()
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            self._read()
        self._rewrite()

    def keep(self, command: Command) -> None:
        """See :class:`Unanswered`."""
        if self._kept.get(command.id) is not None:
            self._kept.keep(command)
            return
        self._write({"id": command.id, "text": command.text}, sync=True)
        self._kept.keep(command)

    def settle(self, command_id: str) -> None:
        """See :class:`Unanswered`. Not synced: what is settled twice is asked for twice, no more."""
        if self._kept.get(command_id) is None:
            return
        self._kept.settle(command_id)
        self._write({"settled": command_id}, sync=False)
        if self._lines > REWRITE_AT_LINES and len(self._kept.all()) < self._lines // 2:
            self._rewrite()

    def get(self, command_id: str) -> Command | None:
        """See :class:`Unanswered`."""
        return self._kept.get(command_id)

    def all(self) -> tuple[Command, ...]:
        """See :class:`Unanswered`."""
        return self._kept.all()

    def _read(self) -> None:
        for line in self._path.read_bytes().split(b"\n"):
            try:
                entry = orjson.loads(line)
                if "settled" in entry:
                    self._kept.settle(entry["settled"])
                else:
                    self._kept.keep(Command(entry["id"], entry["text"]))
            except (orjson.JSONDecodeError, KeyError, TypeError):
                continue

    def _rewrite(self) -> None:
        """Only what still waits, under the old name at once or not at all."""
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("wb") as file:
            for command in self._kept.all():
                file.write(_line({"id": command.id, "text": command.text}))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._lines = len(self._kept.all())

    def _write(self, entry: dict[str, str], *, sync: bool) -> None:
        with self._path.open("ab") as file:
            file.write(_line(entry))
            file.flush()
            if sync:
                os.fsync(file.fileno())
        self._lines += 1


def _line(entry: dict[str, str]) -> bytes:
    return orjson.dumps(entry) + b"\n"
