"""Servers that are told from outside what to tell: nginx with nchan, Mosquitto, NATS. One process each, from the system's packages."""

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.house import share_cores
from bench.peers.measure import Door, Server, by_plan
from bench.peers.processes import START_S, free_ports, on, running, wait_for
from bench.peers.task import Task
from bench.peers.versions import number

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

    asked: str
    """The flag at which it says its version."""

    package: str
    """Of Debian."""

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
            return f"{self.program} is not installed: apt-get install {self.package}"
        if self.name == NCHAN and _nchan_module() is None:
            return f"nginx has no nchan module: apt-get install {self.package}"
        return None

    def version(self) -> str:
        """As it says itself."""
        return f"{self.program} {number([self.program, self.asked])}"

    @contextmanager
    def started(self, _task: Task) -> Iterator[Server]:
        """
        It runs for as long as the block lasts.

        Raises:
            Stuck: It did not start.

        """
        port, sockets = free_ports(2)
        with tempfile.TemporaryDirectory(prefix="luochui-peer-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            config = folder / "config"
            config.write_text(self.config(folder, port, sockets), encoding="utf-8")
            command = [self.program, *(each.format(config=config) for each in self.arguments)]
            with running(on(share_cores().house, command)) as process:
                wait_for(sockets, process)
                wait_for(port, process)
                with socket.create_connection(("127.0.0.1", port), START_S) as sock:
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    sock.sendall(self.begin)

                    def tell(task: Task) -> None:
                        text = task.text.encode()
                        by_plan(task, lambda _: self.publish(sock, text))

                    join = bytes((0x82, 0x80 | len(self.join))) + bytes(4) + self.join if self.join else b""
                    yield Server([process.pid], Door(sockets, self.path, self.protocol, join), lambda: None, tell)


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
        f'host: 127.0.0.1\nport: {port}\nmax_connections: 20000\nping_interval: "24h"\n'
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
    Broker(
        NCHAN, "one worker, no log", "nginx", _nginx, ("-c", "{config}", "-p", "."), "-v", "libnginx-mod-nchan",
        "/sub", "", b"", b"", _by_http,
    ),
    Broker(
        "mosquitto", "no compression", "mosquitto", _mosquitto, ("-c", "{config}"), "-h", "mosquitto", "/", "mqtt",
        _MQTT_CONNECT + b"\x82\x06\x00\x01\x00\x01t\x00", _MQTT_CONNECT, _by_mqtt,
    ),
    Broker(
        "nats-server", "no compression", "nats-server", _nats, ("-c", "{config}"), "--version", "nats-server", "/", "",
        _NATS_CONNECT + b"SUB t 1\r\n", _NATS_CONNECT, _by_nats,
    ),
)  # fmt: skip
