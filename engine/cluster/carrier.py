"""
What carries frames between an engine and its gateways. It may lose, repeat, reorder and roll back: nobody believes it.

``engine.cluster.unix`` and ``engine.cluster.streams`` are the two there are.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final, Protocol


class Trouble(StrEnum):
    """Why nothing is carried."""

    UNREACHABLE = "E_CARRIER_UNREACHABLE"
    TLS = "E_CARRIER_TLS"
    CREDENTIALS = "E_CARRIER_CREDENTIALS"
    NOT_PERMITTED = "E_CARRIER_NOT_PERMITTED"
    REFUSES = "E_CARRIER_REFUSES"


SAID: Final = {
    Trouble.UNREACHABLE: ("Redis is not reached, or does not answer", "Redis 无法连接，或没有应答"),
    Trouble.TLS: (
        "the certificates of Redis and ours do not go together: look at ssl_ca_certs, ssl_certfile, ssl_keyfile and the name "
        "in the certificate",
        "与 Redis 的证书校验不通过：请核对 ssl_ca_certs、ssl_certfile、ssl_keyfile 及证书中的名称",
    ),
    Trouble.CREDENTIALS: ("Redis does not know this user and password", "Redis 不接受该用户名与密码"),
    Trouble.NOT_PERMITTED: (
        "the user is not allowed what is needed: its rights stand in engine/deploy/CLUSTER.md",
        "该用户缺少所需权限：所需权限见 engine/deploy/CLUSTER.md",
    ),
    Trouble.REFUSES: (
        "Redis takes nothing: it has too few replicas, no memory, a full disk, or is a replica itself",
        "Redis 拒绝写入：副本不足、内存或磁盘已满，或其自身为副本",
    ),
}
"""What each means, in English and Chinese."""

LASTING: Final = frozenset({Trouble.TLS, Trouble.CREDENTIALS, Trouble.NOT_PERMITTED})
"""Does not pass by itself: somebody has to put it right."""


class CarrierDown(Exception):
    """
    It could not be reached, or did not do as it should. What was said may or may not have been carried.

    Attributes:
        trouble: Why; None where it works and holds something else than was thought.

    """

    def __init__(self, trouble: Trouble | None = None) -> None:
        super().__init__(SAID[trouble][0] if trouble else "the stream holds another end than was said")
        self.trouble = trouble


class CarrierRefused(Exception):
    """
    A carrier lets us in by no means we have been given.

    Attributes:
        code: For programs.
        zh: The sentence in Chinese.

    """

    def __init__(self, trouble: Trouble) -> None:
        en, self.zh = SAID[trouble]
        super().__init__(f"{trouble}: {en}")
        self.code = trouble.value


class AddressFault(Exception):
    """An address of Redis or of a Sentinel cannot be used. Holds nothing of the address, in which a password may be."""

    code = "E_CARRIER_ADDRESS"

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class EngineCarrier(Protocol):
    """The engine's end."""

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing is carried at the moment; None if nothing is known against it."""
        ...

    @property
    def once(self) -> bool:
        """Whether what a gateway sends comes at most once: only then may it be told that a letter was not taken."""
        ...

    async def run(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        """Hand every letter for one of ``sales`` to ``take(sale, frame)``, for ever; reconnects by itself."""
        ...

    async def publish(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """
        Carry commits, each with the number of its last record; said again they are carried once.

        Raises:
            CarrierDown: Perhaps not all were carried.

        """
        ...

    async def note(self, sale: str, frame: bytes) -> None:
        """
        Carry what only those hear who listen now.

        Raises:
            CarrierDown: Perhaps it was not.

        """
        ...

    async def beat(self, sale: str, frame: bytes) -> None:
        """
        Carry a beat, and hold the newest for who comes later.

        Raises:
            CarrierDown: Perhaps it was not.

        """
        ...

    async def held(self, sale: str, epoch: int) -> int | None:
        """
        The last record of the newest commit held for who comes later, 0 if none is; None if nothing is ever held.

        Raises:
            CarrierDown: It does not say.

        """
        ...

    async def restore(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """
        Hold these commits, and nothing else.

        Raises:
            CarrierDown: Perhaps it does not.

        """
        ...


class GatewayCarrier(Protocol):
    """A gateway's end."""

    @property
    def trouble(self) -> Trouble | None:
        """As at the engine's end."""
        ...

    async def run(self, hear: Callable[[str, bytes], None]) -> None:
        """Hand everything that comes to ``hear(sale, frame)``, for ever; reconnects by itself. First the newest beat of each room."""
        ...

    def follow(self, sale: str, epoch: int, seq: int) -> None:
        """What comes after record ``seq`` of ``epoch`` is wanted."""
        ...

    def send(self, sale: str, frame: bytes) -> None:
        """
        Carry a letter.

        Raises:
            RoomBusy: Too many wait already.

        """
        ...

    def report(self, sale: str, frame: bytes) -> None:
        """Carry what says all that the last one said, and more: it waits for nobody, and may be lost where letters wait."""
        ...
