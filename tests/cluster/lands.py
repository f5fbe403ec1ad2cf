"""
Machines of a test, each in a network namespace of its own, and a router between them that drops what must not pass.

The test itself is the router: it must have been started in a namespace of its own (:func:`apart`). What it drops it drops without
a word: TCP finds out for itself, and one direction can be cut alone.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.cluster.ways import Pair

UNSHARE: Final = (
    ("unshare", "--user", "--map-root-user", "--net", "--mount"),
    ("unshare", "--net", "--mount"),
)
"""As anybody, where the kernel lets anybody; as root, where it does not."""

TRIAL: Final = (
    "ip link add lands0 type veth peer name lands1 && ip rule add from 10.77.1.2 to 10.77.2.2 blackhole && "
    "echo 1 > /proc/sys/net/ipv4/ip_forward && unshare --net true"
)


def apart() -> tuple[str, ...]:
    """The command that starts something in a network of its own; empty where that is not allowed here."""
    for command in UNSHARE:
        try:
            done = subprocess.run([*command, "sh", "-c", TRIAL], capture_output=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return command
    return ()


NOT_HERE: Final = (
    "network namespaces are not allowed here (they need unshare, nsenter and ip, and root or user namespaces; an ordinary container "
    "has neither): ways are cut by relays instead"
)


def _sh(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (words, done.stderr)


class Lands:
    """One land for each name. See :class:`tests.cluster.ways.Ways`."""

    kind = "network namespaces"

    def __init__(self, names: Sequence[str]) -> None:
        self._numbers = {name: nth for nth, name in enumerate(names, 1)}
        self._holders: dict[str, subprocess.Popen[bytes]] = {}
        self._cut: set[Pair] = set()

    def begin(self) -> None:
        """Make them."""
        _sh("ip", "link", "set", "lo", "up")
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1\n", encoding="ascii")
        for name, nth in self._numbers.items():
            # It says a word once it is in its namespace, and ends when its stdin does.
            holder = self._holders[name] = subprocess.Popen(
                ["unshare", "--net", "sh", "-c", "echo here; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert holder.stdout is not None
            holder.stdout.readline()
            near, far = f"router{nth}", f"land{nth}"
            _sh("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", str(holder.pid))
            _sh("ip", "address", "add", f"10.77.{nth}.1/24", "dev", near)
            _sh("ip", "link", "set", near, "up")
            for words in (
                ("ip", "link", "set", "lo", "up"),
                ("ip", "address", "add", f"10.77.{nth}.2/24", "dev", far),
                ("ip", "link", "set", far, "up"),
                ("ip", "route", "add", "default", "via", f"10.77.{nth}.1"),
            ):
                _sh(*self.within(name), *words)

    def end(self) -> None:
        """They are gone with whoever holds them."""
        for holder in self._holders.values():
            holder.kill()
            holder.communicate()

    def host(self, name: str) -> str:
        """The land's address."""
        return f"10.77.{self._numbers[name]}.2"

    def within(self, name: str) -> tuple[str, ...]:
        """Starts something there."""
        return ("nsenter", f"--net=/proc/{self._holders[name].pid}/ns/net")

    async def reach(self, of: str, to: str, port: int) -> str:
        """Everybody has the same address for everybody."""
        assert of in self._numbers
        return f"{self.host(to)}:{port}"

    def cut(self, pairs: set[Pair]) -> None:
        """See :class:`tests.cluster.ways.Ways`."""
        for source, to in pairs - self._cut:
            _sh("ip", "rule", "add", "from", self.host(source), "to", self.host(to), "blackhole")
        self._cut |= pairs

    def heal(self) -> None:
        """See :class:`tests.cluster.ways.Ways`."""
        for source, to in self._cut:
            _sh("ip", "rule", "delete", "from", self.host(source), "to", self.host(to), "blackhole")
        self._cut.clear()


@contextmanager
def lands(names: Sequence[str]) -> Iterator[Lands]:
    """Lands for as long as the block lasts."""
    one = Lands(names)
    try:
        one.begin()
        yield one
    finally:
        one.end()


ASK: Final = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
    own.bind((sys.argv[1], 7000))
    own.settimeout(float(sys.argv[3]))
    if sys.argv[4] == "hears":
        print("listens", flush=True)
        try:
            print(own.recv(10).decode())
        except TimeoutError:
            print("nothing")
    else:
        own.sendto(b"word", (sys.argv[2], 7000))
"""


def passes(one: Lands, source: str, to: str, wait_s: float) -> bool:
    """Whether a word comes from one land to another."""
    words = (one.host(to), one.host(source), str(wait_s), "hears")
    with subprocess.Popen(
        [*one.within(to), sys.executable, "-c", ASK, *words], stdout=subprocess.PIPE, text=True
    ) as ear:
        assert ear.stdout is not None
        ear.stdout.readline()
        _sh(*one.within(source), sys.executable, "-c", ASK, one.host(source), one.host(to), str(wait_s), "says")
        return ear.stdout.readline().strip() == "word"


def main() -> int:
    """Whether ways between lands can be cut, each direction alone; to be started :func:`apart`."""
    with lands(("a", "b")) as one:
        found = [passes(one, "a", "b", 5), passes(one, "b", "a", 5)]
        one.cut({("a", "b")})
        found += [passes(one, "a", "b", 0.3), passes(one, "b", "a", 5)]
        one.heal()
        found += [passes(one, "a", "b", 5)]
    print(found)
    return 0 if found == [True, True, False, True, True] else 1


if __name__ == "__main__":
    sys.exit(main())
