"""Servers that are told from outside what to tell: nginx with nchan, Mosquitto, NATS. One process each, from the system's packages."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.house import TICKS_PER_S, share_cores
from bench.open_files import raise_file_limit
from bench.peers.loop import Stuck, environment, on

START_S: Final = 10.0
SETTLE_S: Final = 1.0
MODULES: Final = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules")

Publish = Callable[[socket.socket, bytes], None]


@dataclass(frozen=True, slots=True)
class Broker:
    """One of them."""

    name: str
    settings: str
    program: str
    config: Callable[[Path, int, int], str]
    """Made of its folder and its two ports: that of publishers and that of WebSockets."""

    arguments: tuple[str, ...]
    """``{config}`` stands for the file."""

    path: str
    protocol: str
    """The WebSocket subprotocol, if it wants one."""

    join: bytes
    """What a viewer says after the handshake, as one binary message."""

    begin: bytes
    """What a publisher says first."""

    publish: Publish

    def missing(self) -> str | None:
        """Why it cannot be started here."""
        if shutil.which(self.program) is None:
            return f"{self.program} is not installed"
        if self.name == NCHAN and _nchan_module() is None:
            return "nginx has no nchan module (libnginx-mod-nchan)"
        return None


NCHAN: Final = "nginx + nchan"


def _nchan_module() -> Path | None:
    folders = [Path(each) for each in MODULES]
    program = shutil.which("nginx")
    if program is not None:
        folders.append(Path(program).resolve().parents[1] / "lib" / "nginx" / "modules")
    return next((path for folder in folders if (path := folder / "ngx_nchan_module.so").exists()), None)


def _nginx(folder: Path, port: int, sockets: int) -> str:
    return f"""
load_module {_nchan_module()};
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
worker_rlimit_nofile 20000;
events {{ worker_connections 19000; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder}; keepalive_requests 1000000; tcp_nodelay on;
  server {{ listen 127.0.0.1:{port}; location = /pub {{ nchan_publisher; nchan_channel_id t; nchan_message_buffer_length 2; }} }}
  server {{ listen 127.0.0.1:{sockets} backlog=4096; location = /sub {{ nchan_subscriber websocket; nchan_channel_id t; }} }}
}}
"""


def _mosquitto(_folder: Path, port: int, sockets: int) -> str:
    return (
        f"allow_anonymous true\nset_tcp_nodelay true\nlistener {port} 127.0.0.1\n"
        f"listener {sockets} 127.0.0.1\nprotocol websockets\n"
    )


def _nats(_folder: Path, port: int, sockets: int) -> str:
    return (
        f"host: 127.0.0.1\nport: {port}\nmax_connections: 20000\n"
        f"websocket {{ host: 127.0.0.1, port: {sockets}, no_tls: true, compression: false }}\n"
    )


def _by_http(sock: socket.socket, text: bytes) -> None:
    sock.sendall(b"POST /pub HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
    sock.recv(65536)


def _by_mqtt(sock: socket.socket, text: bytes) -> None:
    sock.sendall(b"\x30" + mqtt_length(3 + len(text)) + b"\x00\x01t" + text)


def _by_nats(sock: socket.socket, text: bytes) -> None:
    sock.sendall(b"PUB t %d\r\n%s\r\n" % (len(text), text))


def mqtt_length(size: int) -> bytes:
    """As MQTT spells the length of what follows."""
    out = b""
    while True:
        size, low = divmod(size, 128)
        out += bytes((low | (0x80 if size else 0),))
        if not size:
            return out


_MQTT_CONNECT: Final = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"
_NATS_CONNECT: Final = b'CONNECT {"verbose":false,"pedantic":false}\r\n'

BROKERS: Final = (
    Broker(NCHAN, "one worker, no log", "nginx", _nginx, ("-c", "{config}", "-p", "."), "/sub", "", b"", b"", _by_http),
    Broker(
        "mosquitto", "no compression", "mosquitto", _mosquitto, ("-c", "{config}"), "/", "mqtt",
        _MQTT_CONNECT + b"\x82\x06\x00\x01\x00\x01t\x00", _MQTT_CONNECT, _by_mqtt,
    ),
    Broker(
        "nats-server", "no compression", "nats-server", _nats, ("-c", "{config}"), "/", "",
        _NATS_CONNECT + b"SUB t 1\r\n", _NATS_CONNECT, _by_nats,
    ),
)  # fmt: skip


def told(broker: Broker, displays: int, size: int, events: int, interval_s: float) -> float:
    """
    CPU of the broker for each message it delivered, in microseconds.

    Raises:
        Stuck: It did not start, or did not deliver everything.

    """
    raise_file_limit()
    cores = share_cores()
    port, sockets = _free(2)
    with tempfile.TemporaryDirectory(prefix="luochui-peer-") as name:
        folder = Path(name)
        config = folder / "config"
        config.write_text(broker.config(folder, port, sockets), encoding="utf-8")
        command = [broker.program, *(each.format(config=config) for each in broker.arguments)]
        listen = [sys.executable, "-m", "bench.peers.sink", str(sockets), str(displays), broker.path]
        more = [broker.protocol or "-", broker.join.hex() or "-"]
        with _running(on(cores.house, command)) as server:
            _wait_for(sockets, server)
            with _running(on(cores.generator, [*listen, *more])) as sink, _publisher(port, broker.begin) as sock:
                _line(sink)
                time.sleep(SETTLE_S)
                began, before, text = time.monotonic(), _cpu_s(server.pid), b"x" * (size - 4)
                for event in range(events):
                    time.sleep(max(0.0, began + event * interval_s - time.monotonic()))
                    broker.publish(sock, text)
                time.sleep(SETTLE_S)
                cpu = _cpu_s(server.pid) - before
                assert sink.stdin is not None
                sink.stdin.close()
                came = int(_line(sink))
    if came < displays * events * (size - 4):
        raise Stuck(f"it delivered {came:,} bytes of {displays * events * size:,}")
    return cpu / (displays * events) * 1e6


@contextmanager
def _running(command: Sequence[str | Path]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - the system's own, or ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment()
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def _publisher(port: int, begin: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), START_S) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(begin)
        yield sock


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line:
        raise Stuck("the viewers were not let in")
    return line


def _wait_for(port: int, server: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + START_S
    while time.monotonic() < ends and server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.05)
    raise Stuck("it did not start")


def _free(count: int) -> list[int]:
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        sock.close()
    return ports


def _cpu_s(pid: int) -> float:
    ticks = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / TICKS_PER_S
