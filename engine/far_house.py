"""The house as a gateway has it: rooms of other engines, followed. And what an engine does for those who follow it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

import trio

from engine.cluster.carrier import LASTING, CarrierRefused, EngineCarrier, GatewayCarrier, Trouble
from engine.cluster.checked import Place
from engine.cluster.cipher import Cipher
from engine.cluster.distributor import Aside, Distributor
from engine.cluster.far import FarRoom
from engine.cluster.reported import OnPresent, no_matter
from engine.cluster.settings import ClusterSettings
from engine.cluster.unix import UnixEngine, UnixGateway
from engine.domain.opening.state import Opening
from engine.journal.faults import JournalFault, StorageFault
from engine.journal.files import write_once
from engine.journal.signing import Signer
from engine.room.folder import DataFolder
from engine.room.house import Room

ROUND_S: Final = 1.0
ROOMS_MAX: Final = 4096
"""Rooms a gateway follows; names beyond are nobody's sales."""


class OutOfTouch(JournalFault):
    """The engine that holds the room is not heard at the moment."""

    code = "E_OUT_OF_TOUCH"

    def __init__(self) -> None:
        super().__init__("the engine is not heard", "暂时听不到引擎")


class Carried(Mapping[str, Room]):
    """The rooms that are carried to other machines: openings are not, for how much is carried would tell how many bid."""

    def __init__(self, rooms: Mapping[str, Room]) -> None:
        self._rooms = rooms

    def __getitem__(self, sale: str) -> Room:
        """The room of ``sale``."""
        room = self._rooms[sale]
        if isinstance(room.clerk.memory.state, Opening):
            raise KeyError(sale)
        return room

    def __iter__(self) -> Iterator[str]:
        """Their sales."""
        return (sale for sale in tuple(self._rooms) if sale in self)

    def __len__(self) -> int:
        """How many there are."""
        return sum(1 for _ in self)


def distributors(  # noqa: PLR0913 - two of them by name
    folder: DataFolder,
    rooms: Mapping[str, Room],
    signer: Signer,
    settings: ClusterSettings,
    *,
    aside: Callable[[str], Aside] = lambda _sale: Aside(),
    present: OnPresent = no_matter,
    own: EngineCarrier | None = None,
) -> dict[str, Distributor]:
    """
    One for each carrier the settings name, by its kind.

    Args:
        folder: Where the keys of those who follow are kept.
        rooms: The rooms of this engine.
        signer: Signs beats.
        settings: Which carriers there are.
        aside: What is said of a room beside its record.
        present: Told who is at each gateway elsewhere.
        own: The carrier to gateways this engine starts itself, if it does: who is there it knows already.

    """
    if not settings.redis_url and not settings.socket and own is None:
        return {}
    cipher = Cipher.from_file(folder.cluster_key(), make=True)
    write_once(folder.house_key(), f"{signer.public.hex()}\n".encode())
    rooms = Carried(rooms)
    carriers: dict[str, EngineCarrier] = {} if own is None else {"gateways": own}
    if settings.socket:
        carriers["socket"] = UnixEngine(Path(settings.socket))
    if settings.redis_url:
        from engine.cluster.streams import RedisEngine  # noqa: PLC0415 - a tenth of the start of a house, and most have no Redis

        carriers["redis"] = RedisEngine(settings)
    return {
        kind: Distributor(
            rooms,
            carrier=carrier,
            cipher=cipher,
            signer=signer,
            settings=settings,
            aside=aside,
            present=no_matter if carrier is own else present,
        )
        for kind, carrier in carriers.items()
    }


def read_house_key(folder: DataFolder) -> bytes:
    """
    The public key of the house.

    Raises:
        StorageFault: There is none.

    """
    path = folder.house_key()
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise StorageFault(f"{path} holds no public key of a house: copy it from keys/house.pub of the engine")
    return key


def _carrier(settings: ClusterSettings) -> GatewayCarrier:
    if settings.socket:
        return UnixGateway(Path(settings.socket), settings.letters_max)
    from engine.cluster.streams import RedisGateway  # noqa: PLC0415 - as above

    return RedisGateway(settings)


class OnStandby(Protocol):
    """Hears how it is with the standby of a room's engine."""

    def __call__(self, sale: str, /, *, waits: bool, late: int) -> None:
        """Whether nothing is acknowledged until it is back, and how many records it should long have."""
        ...


class FarHouse:
    """
    The rooms a gateway follows. As :class:`engine.room.house.House` to whoever serves them.

    Args:
        folder: Holds the keys.
        settings: Where rooms are found.
        records_max: Newest records of each room held for those who follow.
        floors: How far each room was followed in an earlier life of this process.
        carrier: Brings them; None for the one the settings name.

    Raises:
        StorageFault: A key is missing.

    """

    def __init__(
        self,
        folder: DataFolder,
        settings: ClusterSettings,
        records_max: int,
        floors: Mapping[str, Place],
        carrier: GatewayCarrier | None = None,
    ) -> None:
        self.rooms: dict[str, FarRoom] = {}
        """Those that are followed to where they stood when we came."""

        self.on_room: Callable[[str, FarRoom], None] | None = None
        """Told of a room that opened later."""

        self.on_silence: Callable[[str], None] | None = None
        """Told of a room whose engine is not heard, again and again."""

        self.on_standby: OnStandby | None = None
        """Told, again and again, whether a room's engine waits for its standby, and how many records that is late with."""

        self._key = read_house_key(folder)
        self._cipher = Cipher.from_file(folder.cluster_key(), make=False)
        self._settings, self._records_max, self._floors = settings, records_max, floors
        self._carrier = carrier or _carrier(settings)
        self._known: dict[str, FarRoom] = {}
        self._lost = trio.Event()
        self._found = trio.Event()
        self._nursery: trio.Nursery | None = None

    @property
    def halted(self) -> dict[str, JournalFault]:
        """Rooms whose engine is not heard. They go on by themselves."""
        return {sale: OutOfTouch() for sale, room in self.rooms.items() if not room.in_touch}

    @property
    def troubles(self) -> dict[str, Trouble | None]:
        """Why nothing comes over the carrier, by its kind; None if nothing is known against it."""
        return {"socket" if self._settings.socket else "redis": self._carrier.trouble}

    async def follow(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """
        Follow every room there is, for ever; started when at least one is here, and all that were found with it.

        Raises:
            CarrierRefused: No room was ever found, and somebody has to put something right before any is.

        """
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            nursery.start_soon(self._carrier.run, self._hear)
            nursery.start_soon(self._go_round)
            await self._found.wait()
            while len(self.rooms) < len(self._known):
                for room in tuple(self._known.values()):
                    await room.ready.wait()
                await trio.lowlevel.checkpoint()
            task_status.started()
            await trio.sleep_forever()

    async def run(self) -> None:
        """Return when some room's history is no longer the one that was followed: everybody takes a new picture."""
        await self._lost.wait()

    def floors(self) -> dict[str, Place]:
        """How far each room was followed, for the next life: what was in force before is not believed again."""
        told = {sale: floor for sale, floor in self._floors.items() if sale not in self._known}
        return told | {sale: room.highest for sale, room in self._known.items()}

    def close(self) -> None:
        """Nothing is held that lasts."""

    @property
    def dropped(self) -> Counter[str]:
        """What was not believed, by reason."""
        return sum((room.dropped for room in self._known.values()), Counter())

    def _hear(self, sale: str, frame: bytes) -> None:
        room = self._known.get(sale)
        if room is None:
            if self._nursery is None or len(self._known) >= ROOMS_MAX:
                return
            room = self._known[sale] = FarRoom(
                sale,
                key=self._key,
                cipher=self._cipher,
                carrier=self._carrier,
                settings=self._settings,
                records_max=self._records_max,
                floor=self._floors.get(sale, Place()),
            )
            self._nursery.start_soon(self._welcome, sale, room)
        room.hear(frame)
        if room.lost.is_set():
            self._lost.set()

    async def _welcome(self, sale: str, room: FarRoom) -> None:
        await room.ready.wait()
        self.rooms[sale] = room
        self._found.set()
        if self.on_room is not None:
            self.on_room(sale, room)

    async def _go_round(self) -> None:
        while True:
            await trio.sleep(ROUND_S)
            if not self._known and (trouble := self._carrier.trouble) in LASTING:
                raise CarrierRefused(trouble)
            for room in self._known.values():
                room.give_up()
                room.say_here()
            for sale, room in self.rooms.items():
                if self.on_standby is not None:
                    late = 0 if room.second is None else room.second.late
                    self.on_standby(sale, waits=room.waits_for_standby, late=late)
            for sale in self.halted:
                if self.on_silence is not None:
                    self.on_silence(sale)
