"""The one port: taken before anything is announced, listened on when everything is read, with TLS or without."""

import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from engine import certificates
from engine.certificates import CertificateTrouble
from engine.gateway.http import HttpSettings
from engine.gateway.server import bind
from engine.gateway.tls import server_context
from engine.journal.files import write_once

TRIAL_FILES: Final = {"authority": "ca", "certificate": "server", "key": "server-key"}


def tls_context(http: HttpSettings) -> ssl.SSLContext | None:
    """
    How the port speaks TLS; None if it does not.

    Raises:
        CertificateTrouble: Certificate or key cannot be used.

    """
    if not http.tls_certificate:
        return None
    certificates.check_pair(Path(http.tls_certificate), Path(http.tls_key))
    try:
        return server_context(http.tls_certificate, http.tls_key)
    except OSError as error:
        raise CertificateTrouble(f"{http.tls_certificate} cannot be used for TLS: {error}") from error


def take_port(http: HttpSettings) -> socket.socket:
    """
    The port, taken and not listened on yet: whoever comes before we serve is refused, not left to wait.

    Raises:
        OSError: It is not to be had.

    """
    try:
        return bind(http.host, http.port)
    except OSError as error:
        raise _port_trouble(http, error) from error


def listen_on(listener: socket.socket, http: HttpSettings) -> None:
    """
    Begin to listen: connections wait from now on.

    Raises:
        OSError: Another program listens there after all.

    """
    try:
        listener.listen(http.backlog)
    except OSError as error:
        raise _port_trouble(http, error) from error


def _port_trouble(http: HttpSettings, error: OSError) -> OSError:
    return OSError(f"{http.host}:{http.port} cannot be listened on: {error.strerror}; try another --port")


def url(http: HttpSettings, port: int) -> str:
    """The address of the house, as a browser on this machine would write it."""
    scheme = "https" if http.tls_certificate else "http"
    host = f"[{http.host}]" if ":" in http.host else http.host
    return f"{scheme}://{host}:{port}"


def make_trial_certificate(data: Path, hosts: Sequence[str], *, days: int, fresh: bool) -> dict[str, Path]:
    """
    Make a certificate for trials in the folder ``tls`` of a data folder; see :func:`engine.certificates.trial_pair`.

    Returns:
        The files ``authority``, ``certificate`` and ``key``.

    Raises:
        CertificateTrouble: There is one, and ``fresh`` does not say to replace it; or a host cannot be one.

    """
    folder = data / "tls"
    files = {name: folder / f"{stem}.pem" for name, stem in TRIAL_FILES.items()}
    if not fresh and any(path.exists() for path in files.values()):
        raise CertificateTrouble(f"{folder} holds a certificate already; --fresh replaces it")
    made = certificates.trial_pair(hosts, certificates.utc_now(), days)
    folder.mkdir(parents=True, exist_ok=True)
    write_once(files["key"], made.key, mode=0o600)
    write_once(files["certificate"], made.certificate)
    write_once(files["authority"], made.authority)
    return files
