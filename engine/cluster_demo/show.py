"""``luochui demo --cluster``: the demo sale, held through gateways, Redis, two engines and a standby, some of which are killed."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import trio

from clients.robots.pace import FAST, LIVE
from clients.robots.play import Progress
from engine.cluster_demo.ledger import count
from engine.cluster_demo.machines import COMPLAINTS, FOLDERS, SALE, SECOND, TOKEN_TTL_S, Machines, machines
from engine.cluster_demo.people import Lots, People, Watcher, people
from engine.cluster_demo.processes import ClusterDemoFault
from engine.demo_cast import KEPT
from engine.demo_house import NotTheDemo, folder_of, mute, say_aloud, tell
from engine.domain.parties import Principal, Role, bidder
from engine.lifetime import until_signalled
from engine.notice import DEMO, read_notice
from engine.passes import make_token

FOLDER: Final = Path("var/demo-cluster")
PORT: Final = 8000
WATCHERS_EACH: Final = 2
"""Of the public, at each gateway."""

WATCHERS_S: Final = 30.0
"""So long after the close every watcher should have seen it."""

KILLS: Final = ((5, "gateway"), (12, "redis"), (20, "engine"))
"""After how many lots what is killed."""

Say = Callable[[str], None]


def play_cluster(  # noqa: PLR0913 - as the command line gives them
    data: Path | None, *, fast: bool, fresh: bool, chaos: bool, seed: int, host: str, port: int | None, quiet: bool
) -> dict[str, Any] | None:
    """
    Hold the demo sale on a house of many processes. Without ``fast`` its pages stay open until somebody stops it.

    Args:
        data: An empty folder, or a new one.
        fast: As fast as the house answers.
        fresh: Or one with an earlier demo of this kind, which is forgotten.
        chaos: Kill a gateway, Redis and the engine on the way.
        seed: Decides how robots bid.
        host: Where gateways listen.
        port: Of the first gateway, the others follow.
        quiet: Say nothing on the way.

    Returns:
        The closing figures and what was counted; None if it was stopped before its end.

    Raises:
        ClusterDemoFault: Something is missing for it, or a process does not come to work.
        NotTheDemo: The folder to be forgotten holds something else.

    """
    say = mute if quiet else say_aloud
    first = port if port is not None else 0 if fast else PORT
    with folder_of(data, FOLDER, fast=fast) as root, tempfile.TemporaryDirectory(prefix="luochui-") as sockets:
        if fresh:
            _forget(root)
        if root.exists() and any(root.iterdir()):
            raise ClusterDemoFault(
                "E_FOLDER_NOT_EMPTY",
                f"{root} is not empty: this demo begins anew each time; name another folder with --data, or say --fresh to "
                "forget the demo in it",
                f"{root} 不是空文件夹：本演示每次从头开始，请用 --data 另指文件夹，或用 --fresh 清除其中的演示。",
            )
        return trio.run(_play, root.absolute(), Path(sockets), fast, chaos, seed, host, first, say)


def _forget(root: Path) -> None:
    """Take an earlier demo of this kind away."""
    found = {path.name for path in root.iterdir()} if root.exists() else set()
    if found and (COMPLAINTS not in found or found - {COMPLAINTS, *FOLDERS}):
        raise NotTheDemo(f"{root} holds something else than this demo; --fresh forgets a demo only")
    for name in found:
        path = root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


async def _play(  # noqa: PLR0913, PLR0917 - as trio.run hands them on
    root: Path, sockets: Path, fast: bool, chaos: bool, seed: int, host: str, port: int, say: Say
) -> dict[str, Any] | None:
    held: list[Show] = []
    async with until_signalled(), machines(root, sockets, host, port) as house:
        urls = [gateway.url for gateway in house.gateways]
        if not fast:
            _show_links(urls, root, say)
        show = Show.of(house, root, seed, say, fast=fast)
        await show.hold(chaos=chaos)
        held.append(show)
        if not fast:
            say("The sales are closed; their pages stay open. Ctrl-C stops. 拍卖会已结束，按 Ctrl-C 停止。")
            await trio.sleep_forever()
    if not held:
        say("Stopped. 已停止。")
        return None
    return held[0].counted()


@dataclass
class Show:
    """Both sales, and who is at them."""

    house: Machines
    main: People
    beside: People
    watchers: list[Watcher]
    say: Say
    lots: Lots = field(default_factory=Lots)
    killed: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, house: Machines, root: Path, seed: int, say: Say, *, fast: bool) -> Self:
        """Everybody takes his place."""
        urls, pace = [gateway.url for gateway in house.gateways], FAST if fast else LIVE

        def crowd(notice: str, prices: str, engine: str, sale: str) -> People:
            token = partial(make_token, root / engine, sale, ttl_s=TOKEN_TTL_S)
            return people(read_notice(DEMO / notice), prices, pace, seed, urls, token)

        return cls(
            house,
            crowd("sale.toml", "script.csv", "engine", SALE),
            crowd("second.toml", "second-script.csv", "second", SECOND),
            [Watcher(url, SALE, f"{seed}/watcher/{nth}/{url}") for url in urls for nth in range(WATCHERS_EACH)],
            say,
        )

    async def hold(self, *, chaos: bool) -> None:
        """Both sales to their ends, as every watcher sees it."""
        async with trio.open_nursery() as looking:
            for watcher in self.watchers:
                looking.start_soon(watcher.watch)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.main.hold, self._progress)
                nursery.start_soon(self.beside.hold)
                if chaos:
                    nursery.start_soon(self._kill)
            looking.cancel_scope.deadline = trio.current_time() + WATCHERS_S

    def _progress(self, progress: Progress) -> None:
        tell(progress, self.say)
        self.lots.one_more()

    async def _kill(self) -> None:
        """Kill one after the other; each is back, or replaced, before the next."""
        house = self.house
        deeds = {"gateway": house.lose_gateway, "redis": house.lose_redis, "engine": house.lose_engine}
        for after, what in KILLS:
            await self.lots.reach(after)
            self.say(f"  kill -9  {_WHAT[what]}")
            await deeds[what]()
            self.killed.append(what)
            self.say(f"  {_BACK[what]}")

    def counted(self) -> dict[str, Any]:
        """Closing figures of the demo sale, and counts over both sales. Nothing runs any more."""
        demo = count(self.house.in_force, SALE, self.main.ledger)
        second = count(self.house.beside, SECOND, self.beside.ledger)
        shown = [watcher.figures for watcher in self.watchers if watcher.figures is not None]
        return {
            **demo.figures,
            "state_digest": demo.state_digest,
            "acknowledged": demo.acknowledged + second.acknowledged,
            "lost": demo.lost + second.lost,
            "doubled": demo.doubled + second.doubled,
            "epoch": demo.epoch,
            "engines": 2,
            "gateways": len(self.house.gateways),
            "watchers": len(self.watchers),
            "watchers_agree": len(shown) == len(self.watchers) and all(figures == shown[0] for figures in shown),
            "killed": self.killed,
            "second": {**second.figures, "epoch": second.epoch},
        }


def _show_links(urls: list[str], root: Path, say: Say) -> None:
    def link(nth: int, page: str, by: Principal | None = None) -> str:
        key = "" if by is None else f"#token={make_token(root / 'engine', SALE, by, ttl_s=TOKEN_TTL_S)}"
        return f"{urls[nth]}/sales/{SALE}/{page}{key}"

    say("落槌 Luochui: two engines, a standby, Redis and three gateways. 两台引擎、一台备机、Redis 与三个网关。")
    for nth in range(len(urls)):
        say(f"  大屏 hall screen    {link(nth, 'hall')}")
    say(f"  竞买人 you, paddle {KEPT}  {link(len(urls) - 1, 'bidder', bidder(KEPT))}")
    say(f"  拍卖台 rostrum      {link(0, 'rostrum', Principal(f'{Role.AUCTIONEER}:1'))}")
    say(f"  监督席 supervisor   {link(1, 'supervisor', Principal(f'{Role.SUPERVISOR}:1'))}")
    say(f"  小场 small sale     {urls[1]}/sales/{SECOND}/hall")


def print_cluster(figures: dict[str, Any]) -> None:
    """What was counted, for people."""
    say_aloud(
        f"{figures['gateways']} gateways, {figures['engines']} engines, epoch {figures['epoch']}; "
        f"killed: {', '.join(figures['killed']) or 'nothing'}"
    )
    say_aloud(
        f"确认 acknowledged {figures['acknowledged']}, 丢失 lost {figures['lost']}, 重复 doubled {figures['doubled']}; "
        f"{figures['watchers']} watchers {'saw the same' if figures['watchers_agree'] else 'did NOT all see the same'}"
    )


_WHAT: Final = {"gateway": "gateway 1 网关", "redis": "Redis", "engine": "the engine of this sale 本场引擎"}
_BACK: Final = {
    "gateway": "gateway 1 is back 网关已恢复",
    "redis": "Redis is back, empty; filled from the journal Redis 已恢复为空，由日志重新填充",
    "engine": "two officers put the standby in force 两名工作人员已启用备机",
}
