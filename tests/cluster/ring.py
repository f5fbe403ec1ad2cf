"""A primary, its replica and three Sentinels: of a test's own, with or without TLS and users."""

import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from engine.cluster.settings import ClusterSettings
from tests.cluster.authority import Authority
from tests.cluster.redis_server import PATIENCE_S, RedisServer
from tests.cluster.scene import QUICK

GUIDE: Final = Path(__file__).resolve().parents[2] / "engine" / "deploy" / "CLUSTER.md"
USERS: Final = dict(re.findall(r"`user (\w+) on >… ([^`]+)`", GUIDE.read_text(encoding="utf-8")))
"""What the guide allows whom."""

OF_SENTINELS: Final = frozenset({"asker", "peer"})
"""Those of its users who are Sentinels' own."""

SERVICE: Final = "luochui"
DOWN_AFTER_MS: Final = 500
SECRET: Final = "correct-horse"
ROOT: Final = ("root", "root-password")


@dataclass
class SentinelServer(RedisServer):
    """One Sentinel. What it is told when it begins lies in its folder, and it writes down there what it learns."""

    lines: tuple[str, ...] = ()

    def command(self) -> list[str]:
        told = self.folder / "sentinel.conf"
        if not told.exists():
            told.write_text("\n".join((f"unixsocket {self.socket}", f"dir {self.folder}", *self.lines)), "utf-8")
        return ["redis-server", str(told), "--sentinel"]


@dataclass
class Guarded:
    """How everybody must speak: over TLS with a certificate of ours, and as a user who is allowed little."""

    authority: Authority
    certificate: Path
    key: Path

    @property
    def options(self) -> tuple[str, ...]:
        return (
            *("tls-cert-file", str(self.certificate), "tls-key-file", str(self.key)),
            *("tls-ca-cert-file", str(self.authority.certificate), "tls-auth-clients", "yes"),
            *("tls-replication", "yes"),
        )

    def url(self, user: str, password: str = SECRET, authority: Authority | None = None) -> str:
        """How a client of ours speaks, without a place."""
        whom = authority or self.authority
        files = f"ssl_ca_certs={whom.certificate}&ssl_certfile={self.certificate}&ssl_keyfile={self.key}"
        return f"rediss://{user}:{password}@?{files}"


@dataclass
class Ring:
    """All five. ``servers`` are the two that hold data; which of them is in force the Sentinels say."""

    servers: list[RedisServer]
    sentinels: list[SentinelServer]
    ports: list[int]
    guarded: Guarded | None = None
    killed: list[RedisServer] = field(default_factory=list)

    def settings(self, user: str = "") -> ClusterSettings:
        """How ``user`` finds the one in force."""
        places = tuple(f"127.0.0.1:{port}" for port in self.ports[2:])
        told = replace(QUICK, sentinels=places, sentinel_service=SERVICE, redis_url="redis://")
        if self.guarded is None:
            return told
        return replace(told, redis_url=self.guarded.url(user), sentinel_url=self.guarded.url("asker"))

    def in_force(self) -> RedisServer:
        """The server the Sentinels name."""
        for sentinel in self.sentinels:
            named: list[bytes] | None = sentinel.do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
            if named is not None:
                return self.servers[self.ports.index(int(named[1]))]
        raise AssertionError("nobody is in force")

    def kill_the_one_in_force(self) -> None:
        """As a power cut would."""
        self.killed.append(self.in_force())
        self.killed[-1].kill()

    def failed_over(self) -> None:
        """Wait until the Sentinels name another."""
        until = time.monotonic() + PATIENCE_S * 2
        while self.in_force() is self.killed[-1]:
            assert time.monotonic() < until, "the Sentinels do not name another"
            signal.sigtimedwait((), 0.02)

    def wait_until_in_step(self) -> None:
        """The replica follows, and each Sentinel knows it and the two others."""
        until = time.monotonic() + PATIENCE_S * 2
        while not self._in_step():
            assert time.monotonic() < until, "they do not find each other"
            signal.sigtimedwait((), 0.05)

    def _in_step(self) -> bool:
        with self.in_force().client() as client:
            about: dict[str, Any] = client.info("replication")
        if about["connected_slaves"] != 1 or about["slave0"]["state"] != "online":
            return False
        return all(
            known["num-slaves"] == 1 and known["num-other-sentinels"] == 2
            for known in (_master(sentinel) for sentinel in self.sentinels)
        )


def _master(sentinel: SentinelServer) -> dict[str, Any]:
    with sentinel.client() as client:
        known: dict[str, Any] = client.sentinel_master(SERVICE)
    return known


def free_ports(count: int) -> list[int]:
    """Nobody's at the moment."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _listening(port: int, guarded: Guarded | None) -> list[tuple[str, ...]]:
    if guarded is None:
        return [("port", str(port))]
    pairs = guarded.options
    return [("port", "0"), ("tls-port", str(port)), *zip(pairs[::2], pairs[1::2], strict=True)]


def _users(guarded: Guarded | None, *, of_sentinels: bool) -> list[tuple[str, ...]]:
    if guarded is None:
        return []
    named = {name: words for name, words in USERS.items() if (name in OF_SENTINELS) is of_sentinels}
    everything = ("user", ROOT[0], "on", f">{ROOT[1]}", "~*", "&*", "+@all")
    return [
        ("user", "default", "off"),
        everything,
        *(("user", name, "on", f">{SECRET}", *words.split()) for name, words in named.items()),
    ]


def _flags(lines: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(word for name, *words in lines for word in (f"--{name}", *words))


@contextmanager
def ring_at(folder: Path, *, guarded: Guarded | None = None, options: tuple[str, ...] = ()) -> Iterator[Ring]:
    """Everything, for as long as the block lasts, once the Sentinels know each other and the replica follows."""
    ports = free_ports(5)
    admin = ("", "") if guarded is None else ROOT
    servers: list[RedisServer] = []
    for nth, port in enumerate(ports[:2]):
        lines = [*_listening(port, guarded), *_users(guarded, of_sentinels=False)]
        lines += [("repl-diskless-sync-delay", "0"), ("repl-ping-replica-period", "1")]
        lines += [] if guarded is None else [("masteruser", "replica"), ("masterauth", SECRET)]
        lines += [("replicaof", "127.0.0.1", str(ports[0]))] if nth else []
        servers.append(RedisServer(folder / f"r{nth}", options=(*_flags(lines), *options), admin=admin))
    sentinels = []
    for nth, port in enumerate(ports[2:]):
        lines = [("bind", "127.0.0.1"), *_listening(port, guarded), *_users(guarded, of_sentinels=True)]
        lines += [
            ("sentinel", "monitor", SERVICE, "127.0.0.1", str(ports[0]), "2"),
            ("sentinel", "down-after-milliseconds", SERVICE, str(DOWN_AFTER_MS)),
            ("sentinel", "failover-timeout", SERVICE, "4000"),
        ]
        if guarded is not None:
            lines += [("sentinel", "auth-user", SERVICE, "sentinel"), ("sentinel", "auth-pass", SERVICE, SECRET)]
            lines += [("sentinel", "sentinel-user", "peer"), ("sentinel", "sentinel-pass", SECRET)]
        text = tuple(" ".join(words) for words in lines)
        sentinels.append(SentinelServer(folder / f"s{nth}", lines=text, admin=admin))
    ring = Ring(servers, sentinels, ports, guarded)
    try:
        for each in (*servers, *sentinels):
            each.start()
        ring.wait_until_in_step()
        yield ring
    finally:
        for each in (*servers, *sentinels):
            each.kill()
