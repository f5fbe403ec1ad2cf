"""A browser that is gone before it was let in is not held: the hammer would wait for one who cannot be shown anything."""

import socket
from collections.abc import Callable

import pytest

from bench.wire import masked
from engine.gateway.session import Session
from engine.gateway.upgrade import Upgrade
from tests.gateway.doorstep import granted, upgrade
from tests.gateway.saleroom import OpenDoor, saleroom

HELLO = masked(b'{"protocol":1,"ticket":"bidder:1","type":"hello"}')


class Breaks(socket.socket):
    """A socket whose other end is found to be gone after it was written to so many times."""

    writes_left = 0

    def send(self, data: bytes, flags: int = 0) -> int:  # type: ignore[override]
        if not self.writes_left:
            raise ConnectionResetError
        self.writes_left -= 1
        return super().send(data, flags)


@pytest.mark.parametrize("way", [granted, Upgrade], ids=["quick", "long"])
@pytest.mark.parametrize(("writes", "held"), [(0, 0), (1, 0), (9, 1)])
async def test_a_browser_that_is_gone_before_it_has_seen_the_sale_is_not_held(
    writes: int, held: int, way: Callable[[bytes], Upgrade]
) -> None:
    ours, theirs = socket.socketpair()
    async with saleroom() as place:
        sock = Breaks(fileno=ours.detach())
        sock.writes_left = writes  # the handshake, then all that he is told first
        place.reactor.adopt(
            sock,
            way(upgrade() + HELLO),
            lambda make: Session(place.hub, OpenDoor(), place.room.clock.now, make, frame_bytes_max=1024).connection,
        )
        assert len(place.reactor) == held
        assert place.hub.by_role() == {"public": 0, **({"bidder": 1} if held else {})}
    theirs.close()
