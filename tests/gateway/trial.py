"""A trial certificate, and the two ends of a TLS connection that trusts it."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import trio

from engine.certificates import trial_pair, utc_now
from engine.gateway.tls import Terminator, server_context


@dataclass(frozen=True)
class Trial:
    """The files of a pair."""

    authority: Path
    certificate: Path
    key: Path

    def trusting(self) -> ssl.SSLContext:
        """How a browser that trusts the authority connects."""
        return ssl.create_default_context(cafile=str(self.authority))

    def terminator(
        self,
        *,
        handshake_s: float = 10.0,
        stall_s: float = 10.0,
        on_handshake: Callable[[str], None] = lambda _how: None,
    ) -> Terminator:
        """The house's end."""
        context = server_context(str(self.certificate), str(self.key))
        return Terminator(context, handshake_s=handshake_s, stall_s=stall_s, on_handshake=on_handshake)

    async def connect(self, port: int) -> "trio.SSLStream[trio.SocketStream]":
        """A connection that has shaken hands."""
        outer = await trio.open_tcp_stream("127.0.0.1", port)
        stream = trio.SSLStream(outer, self.trusting(), server_hostname="house.test")
        try:
            await stream.do_handshake()
        except BaseException:
            outer.socket.close()
            raise
        return stream


def a_trial(folder: Path) -> Trial:
    """A pair for ``house.test`` and this machine."""
    pair = trial_pair(["house.test", "127.0.0.1"], utc_now())
    trial = Trial(folder / "ca.pem", folder / "server.pem", folder / "server-key.pem")
    for path, text in zip(
        (trial.authority, trial.certificate, trial.key), (pair.authority, pair.certificate, pair.key), strict=True
    ):
        path.write_bytes(text)
    return trial
