"""A gateway as a process of its own: pages and sockets of rooms that another process holds."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import trio

from engine.app import Engine, Serving
from engine.cluster.attending import Attending
from engine.cluster.checked import Place
from engine.cluster_state import tell_troubles
from engine.config import Config, ConfigFault
from engine.eventlog.lines import EventLog, opened
from engine.far_house import FarHouse
from engine.lifetime import until_signalled
from engine.meters import Meters
from engine.port import listen_on, take_port, tls_context
from engine.room.folder import DataFolder


def keep_gateway(folder: Path, config: Config, on_serving: Callable[[Serving], None]) -> None:
    """
    Serve what is followed until a signal says stop. Blocks.

    Raises:
        AddressFault: Redis is named in a way that cannot be used.
        CarrierRefused: Redis does not let us in, and will not by itself.
        ConfigFault: It is not said where rooms are found.
        StorageFault: A key is missing.

    """
    if bool(config.cluster.socket) == bool(config.cluster.redis_url):
        raise ConfigFault("a gateway finds its rooms at cluster.socket or at cluster.redis_url: give one of them")
    trio.run(_keep, DataFolder(folder), config, on_serving)


async def _keep(folder: DataFolder, config: Config, on_serving: Callable[[Serving], None]) -> None:
    """Live again and again: what was followed and is in force no longer is thrown away whole, and everybody comes back."""
    floors: dict[str, Place] = {}
    with opened(config.log) as log:
        while True:
            house = FarHouse(folder, config.cluster, config.room.records_max, floors)
            port = await _live(folder, house, config, log, on_serving)
            if port is None:
                return
            floors = house.floors()
            config = replace(config, http=replace(config.http, port=port))
            log.warn("gateway_began_anew", epoch=max(place.epoch for place in floors.values()))


async def _live(
    folder: DataFolder, house: FarHouse, config: Config, log: EventLog, on_serving: Callable[[Serving], None]
) -> int | None:
    """Serve until a signal says stop (None), or what was followed is in force no longer (the port we had)."""
    engine: Engine | None = None
    attending: Attending | None = None
    signalled = False

    def stop() -> None:
        nonlocal signalled
        signalled = True
        if attending is not None:
            attending.goodbye()  # Before anybody is sent away, or those would be taken for lost.
        if engine is not None:
            engine.stop()

    with take_port(config.http) as listener:
        port: int = listener.getsockname()[1]
        async with trio.open_nursery() as following:
            async with trio.open_nursery() as serving, until_signalled(stop):
                following.start_soon(tell_troubles, lambda: house.troubles, log)
                await following.start(house.follow)
                listen_on(listener, config.http)
                engine = Engine(
                    folder=folder,
                    house=house,
                    config=config,
                    meters=Meters(),
                    listener=listener,
                    tls=tls_context(config.http),
                    log=log,
                )
                told: Serving = await serving.start(engine.run)
                house.on_room, house.on_silence = engine.held.adopt, engine.held.let_go
                house.on_standby = engine.held.wait_for_standby
                silent_s = config.hub.outpost_silent_s_max
                attending = Attending(house.rooms, engine.attendance, config.cluster, silent_s)
                following.start_soon(attending.run)
                on_serving(told)
                await engine.stopped()
            following.cancel_scope.cancel()
    return None if signalled else port
