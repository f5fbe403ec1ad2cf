"""Can the house listen where it is told to, or does it already?"""

import errno
import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Final

from engine.doctor.finding import Finding, fault, ok

PATIENCE_S: Final = 3.0
OURS: Final = {"alive": True}
EVERYWHERE: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - looked up, not listened on
PRIVILEGED_BELOW: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port as we found it."""

    host: str
    port: int
    trouble: int | None
    """The error number of taking it; None if it can be taken."""

    ours: bool
    """Whether who listens there answers as an engine does."""


def look(host: str, port: int, *, tls: bool) -> Port:
    """Take the port for an instant, without listening; if that fails, ask who is there."""
    trouble = _trouble(host, port)
    return Port(
        host=host, port=port, trouble=trouble, ours=trouble == errno.EADDRINUSE and _answers(host, port, tls=tls)
    )


def judge(port: Port) -> Finding:
    """What that means."""
    where = f"{port.host}:{port.port}"
    facts = {"host": port.host, "port": port.port, "serving": port.ours}
    if port.trouble is None:
        return ok("port", f"{where} 可用。", f"{where} can be listened on.", **facts)
    if port.ours:
        return ok("port", f"{where} 正由落槌引擎服务。", f"An engine of ours serves {where}.", **facts)
    if port.trouble == errno.EADDRINUSE:
        return fault(
            "port",
            f"{where} 已被别的程序占用：请停掉它，或改用 http.port。",
            f"{where} is taken by another program: stop it, or set another http.port.",
            **facts,
        )
    if port.trouble in {errno.EACCES, errno.EPERM} and port.port < PRIVILEGED_BELOW:
        return fault(
            "port",
            f"{where} 需要特权：请用 1024 以上的端口，由前置代理对外开放 443。",
            f"{where} needs privileges: use a port above 1023 and let a proxy in front open 443.",
            **facts,
        )
    return fault(
        "port",
        f"{where} 不能监听（{errno.errorcode.get(port.trouble, port.trouble)}）：请核对 http.host 是否为本机地址。",
        f"{where} cannot be listened on ({errno.errorcode.get(port.trouble, port.trouble)}): is http.host an address of "
        "this machine?",
        **facts,
    )


def _trouble(host: str, port: int) -> int | None:
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with socket.socket(family, kind, protocol) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno or errno.EIO
    return None


def _answers(host: str, port: int, *, tls: bool) -> bool:
    host = EVERYWHERE.get(host, host)
    if tls:
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # Only asked who is there; nothing is told.
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=PATIENCE_S, context=trusting
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        return bool(json.loads(connection.getresponse().read(1024)) == OURS)
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
