"""How long the body of a request may be, and how many long ones are held at once: a body reaches the application whole."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from engine.gateway.http import HttpSettings, Request, Unacceptable
from engine.gateway.limits import Refused
from engine.wire.refusals import Fault

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
COME_BACK_MS: Final = 1000


class Bodies:
    """
    Places for long bodies.

    Args:
        settings: Limits.
        longer: How long the body of a request may be, where that is not ``settings.body_bytes_max``; None where it is. May raise
            :class:`Refused` before any of it is read: who is nobody shall not fill our memory.

    """

    def __init__(self, settings: HttpSettings, longer: Callable[[Request], int | None]) -> None:
        self._settings, self._longer = settings, longer
        self._bytes = 0
        self._askers: Counter[bytes] = Counter()

    @contextmanager
    def held(self, request: Request) -> Iterator[int]:
        """
        A place for the body of ``request`` until it was answered; gives how long the body may be.

        Raises:
            Unacceptable: It may not come at all, or not now.

        """
        most = self._most(request)
        if most <= self._settings.body_bytes_max:
            yield most
            return
        asker = request.table.get(b"authorization", b"")
        many = self._askers[asker] >= self._settings.long_bodies_per_asker
        if many or self._bytes + most > self._settings.long_bodies_bytes_max:
            raise Unacceptable(Fault.BUSY, after_ms=COME_BACK_MS)
        self._bytes += most
        self._askers[asker] += 1
        try:
            yield most
        finally:
            self._bytes -= most
            self._askers[asker] -= 1
            if not self._askers[asker]:
                del self._askers[asker]

    def _most(self, request: Request) -> int:
        if request.method in SAFE_METHODS:
            return self._settings.body_bytes_max
        try:
            longer = self._longer(request)
        except Refused as no:
            raise Unacceptable(no.fault, **no.detail) from None
        return self._settings.body_bytes_max if longer is None else longer
