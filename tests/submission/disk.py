"""
A disk in memory: what is written is seen at once, and is safe only once it was synced.

It counts calls that change something, and can be told to fail one of them. Pulling the plug takes away what was not synced; a sync
that failed takes what it should have written for written, as Linux does: the next one says yes, and has written nothing of it.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self


@dataclass
class Node:
    """A file: as it reads, as it lies on the device, and which bytes were written since a sync was last asked for."""

    seen: bytearray = field(default_factory=bytearray)
    safe: bytearray = field(default_factory=bytearray)
    dirty: list[tuple[int, int]] = field(default_factory=list)

    def settle(self) -> None:
        for start, end in self.dirty:
            self.safe.extend(bytes(max(0, end - len(self.safe))))
            self.safe[start:end] = self.seen[start:end]
        del self.safe[len(self.seen) :]


@dataclass
class Folder:
    """A folder: its names as they read, as they lie on the device, and those that changed since."""

    seen: dict[str, "Node | Folder"] = field(default_factory=dict)
    safe: dict[str, "Node | Folder"] = field(default_factory=dict)
    dirty: list[str] = field(default_factory=list)

    def settle(self) -> None:
        for name in self.dirty:
            if name in self.seen:
                self.safe[name] = self.seen[name]
            else:
                self.safe.pop(name, None)


class Disk:
    """See the module. ``fail(at, code)`` lets the ``at``-th call from now on that changes something fail."""

    def __init__(self) -> None:
        sale = Folder()
        self.root = Folder({"sale": sale}, {"sale": sale})
        self.handles: dict[int, Node] = {}
        self.calls: list[str] = []
        self.failing: tuple[int, int, bool] | None = None
        self.free: int | None = None
        """How many bytes ``create`` may still hand out; None for any number."""

        self.failed_syncs: list[object] = []
        self.lives = 0
        self._next = 3

    # Telling it to fail.

    def fail(self, at: int, code: int, *, short: bool = False) -> None:
        """Let the ``at``-th call from now on fail with ``code``; a write may take half, and then say so."""
        self.calls, self.failing = [], (at, code, short)

    def kill(self) -> Self:
        """The process is gone: what it wrote is seen, and its handles are closed."""
        self.handles, self.failing = {}, None
        self.lives += 1
        return self

    def pull_the_plug(self) -> Self:
        """The power is gone, and with it what was not synced."""
        self.kill()
        self.root = _survives(self.root)
        return self

    def files(self) -> dict[str, bytes]:
        """All files, by path."""
        return dict(_files(self.root, ""))

    def file(self, path: str) -> Node:
        """The file of that path."""
        node = self.folder(path).seen[Path(path).name]
        assert isinstance(node, Node)
        return node

    def folder(self, path: str) -> Folder:
        """The folder in which the file of that path lies."""
        return self._folder(Path(path.lstrip("/")).parent)

    @contextmanager
    def _calling(self, what: str) -> Iterator[bool]:
        self.calls.append(what)
        if self.failing is not None and len(self.calls) == self.failing[0]:
            _, code, short = self.failing
            if what == "pwrite" and short:
                yield True
                return
            raise OSError(code, os.strerror(code))
        yield False

    # What the store asks.

    def make_folder(self, folder: Path) -> None:
        with self._calling("make_folder"):
            above = self._folder(folder.parent)
            if folder.name not in above.seen:
                above.seen[folder.name] = Folder()
                above.dirty.append(folder.name)

    def names(self, folder: Path) -> list[str]:
        return list(self._folder(folder).seen)

    def create(self, path: Path, size: int) -> int:
        with self._calling("create"):
            if self.free is not None:
                if size > self.free:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                self.free -= size
            folder = self._folder(path.parent)
            found = folder.seen.get(path.name)
            node = found if isinstance(found, Node) else Node()
            node.seen, node.dirty = bytearray(size), [(0, size)]
            if node is not found:
                folder.seen[path.name] = node
                folder.dirty.append(path.name)
            return self._handle(node)

    def open(self, path: Path) -> int:
        node = self._folder(path.parent).seen.get(path.name)
        if not isinstance(node, Node):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self._handle(node)

    def pwrite(self, handle: int, content: bytes, at: int) -> int:
        with self._calling("pwrite") as short:
            taken = content[: len(content) // 2] if short else content
            node = self.handles[handle]
            node.seen.extend(bytes(max(0, at - len(node.seen))))
            node.seen[at : at + len(taken)] = taken
            node.dirty.append((at, at + len(taken)))
            return len(taken)

    def pread(self, handle: int, size: int, at: int) -> bytes:
        return bytes(self.handles[handle].seen[at : at + size])

    def fsync(self, handle: int) -> None:
        self._sync("fsync", self.handles[handle])

    def close(self, handle: int) -> None:
        del self.handles[handle]

    def rename(self, path: Path, to: Path) -> None:
        with self._calling("rename"):
            source = self._folder(path.parent)
            if path.name not in source.seen:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            target = self._folder(to.parent)
            target.seen[to.name] = source.seen.pop(path.name)
            source.dirty.append(path.name)
            target.dirty.append(to.name)

    def sync_folder(self, folder: Path) -> None:
        self._sync("sync_folder", self._folder(folder))

    def remove(self, folder: Path) -> None:
        with self._calling("remove"):
            above = self._folder(folder.parent)
            if above.seen.pop(folder.name, None) is not None:
                above.dirty.append(folder.name)

    def _sync(self, what: str, of: Node | Folder) -> None:
        try:
            with self._calling(what):
                assert of.dirty or not any(of is failed for failed in self.failed_syncs), "it was asked for again"
                of.settle()
        except OSError:
            self.failed_syncs.append(of)
            raise
        finally:
            of.dirty.clear()

    def _folder(self, path: Path) -> Folder:
        at = self.root
        for name in path.parts:
            inner = at.seen.get(name)
            if not isinstance(inner, Folder):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            at = inner
        return at

    def _handle(self, node: Node) -> int:
        self._next += 1
        self.handles[self._next] = node
        return self._next


def _survives(folder: Folder) -> Folder:
    kept: dict[str, Node | Folder] = {
        name: Node(bytearray(inner.safe), bytearray(inner.safe)) if isinstance(inner, Node) else _survives(inner)
        for name, inner in folder.safe.items()
    }
    return Folder(kept, dict(kept))


def _files(folder: Folder, path: str) -> Iterator[tuple[str, bytes]]:
    for name, inner in folder.seen.items():
        if isinstance(inner, Node):
            yield f"{path}/{name}", bytes(inner.seen)
        else:
            yield from _files(inner, f"{path}/{name}")
