"""``luochui demo quota``: one month held again, as fast as the house answers or with pages open."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import trio

from clients.robots.quota.crowd import Crowd
from engine.app import Engine, Serving
from engine.config import load_config
from engine.demo_house import TOKEN_TTL_S, folder_of, forget, mute, say_aloud
from engine.domain.auction.state import SalePhase
from engine.domain.parties import Principal, Role, bidder
from engine.domain.refusals import yuan
from engine.lifetime import until_signalled
from engine.reenactment.figures import figures
from engine.reenactment.live import BIDDERS, ROUND_S, LivePlay
from engine.reenactment.month import Scene, scene
from engine.reenactment.onlooker import Onlooker
from engine.reenactment.stage import hold
from engine.room.folder import DataFolder
from engine.shanghai import published

FOLDER: Final = Path("var/demo-quota")
PORT: Final = 8000
Say = Callable[[str], None]


class UnknownMonth(Exception):
    """Nothing was published of this month."""

    code = "E_UNKNOWN_MONTH"

    def __init__(self, month: str, first: str, last: str) -> None:
        super().__init__(f"nothing was published of {month!r}: the months are {first} to {last}, without 2008-02")
        self.zh = f"没有 {month!r} 的公布数据：可选 {first} 至 {last}（缺 2008-02）"


def play_month(  # noqa: PLR0913 - as the command line gives them
    data: Path | None,
    *,
    month: str,
    bidders: int | None,
    round_s: int | None,
    seats: int,
    fast: bool,
    fresh: bool,
    seed: int,
    host: str,
    port: int | None,
    quiet: bool,
) -> dict[str, Any] | None:
    """
    Hold ``month`` again.

    Returns:
        See :func:`engine.reenactment.figures.figures`; None if it was stopped before its end.

    Raises:
        UnknownMonth: It is none of the published ones.

    """
    if month not in published():
        months = list(published())
        raise UnknownMonth(month, months[0], months[-1])
    say = mute if quiet else say_aloud
    with folder_of(data, FOLDER, fast=fast) as root:
        folder = DataFolder(root)
        if fast:
            staged = scene(published()[month], bidders)
        else:
            count = bidders or min(BIDDERS, published()[month].bidders)
            staged = scene(published()[month], count, round_s=round_s or ROUND_S, seats=seats)
        if fresh:
            forget(folder, staged.notice.sale)
        _tell(staged, say)
        return trio.run(_fast if fast else _Live(host, port).play, folder, staged, seed, say)


def _tell(staged: Scene, say: Say) -> None:
    month, market = staged.month, staged.market
    say(f"落槌 Luochui: {month.month}, Shanghai: {market.plates:,} plates, {market.bidders:,} simulated bidders")
    if market.bidders != month.bidders:
        say(f"  in proportion to the published {month.plates:,} plates and {month.bidders:,} bidders 按比例缩小")
    say(f"  警示价 warning price {yuan(market.warning)}, modelled; every single offer is simulated 报价均为模拟")


async def _fast(folder: DataFolder, staged: Scene, seed: int, say: Say) -> dict[str, Any] | None:
    def progress(onlooker: Onlooker, second: int) -> None:
        if second % 300 == 0 or second > 3540:
            minutes = 30 + second // 60
            say(
                f"  {10 + minutes // 60}:{minutes % 60:02}  {onlooker.seq:>9,} records  最低可成交价 cut-off {yuan(onlooker.cutoff)}"
            )

    stopped = True
    async with until_signalled():
        onlooker, measured = await hold(folder, staged, seed, progress)
        stopped = False
    if stopped:
        say("Stopped; run it again to go on where it stood. 已停止，再次运行即从断点继续。")
        return None
    return figures(staged, onlooker, found=measured.found, took_s=measured.took_s, waits_s=measured.waits_s)


class _Live:
    """With pages open."""

    def __init__(self, host: str, port: int | None) -> None:
        self._config = load_config(None, flags={"host": host, "port": PORT if port is None else port})

    async def play(self, folder: DataFolder, staged: Scene, seed: int, say: Say) -> dict[str, Any] | None:
        engine = await Engine.open(folder, [staged.notice], self._config)
        counted: dict[str, Any] | None = None
        async with trio.open_nursery() as nursery:
            serving: Serving = await nursery.start(engine.run)
            _show_links(engine, serving, staged, say)
            room = engine.room(staged.notice.sale)
            play, began = LivePlay(room, Crowd(staged.market, seed)), time.perf_counter()
            begun = engine.state(staged.notice.sale).phase is not SalePhase.PLANNED
            async with until_signalled():
                await play.to_the_end()
            if play.onlooker.seq and play.onlooker.closed:
                took_s = time.perf_counter() - began
                counted = figures(
                    staged, play.onlooker, found=room.opened.seq if begun else 0, took_s=took_s, waits_s=play.waits_s
                )
                say(
                    f"最低成交价 lowest {yuan(counted['lowest_fen'] or 0)}. The sale is closed; its pages stay open. Ctrl-C stops."
                )
                async with until_signalled():
                    await engine.stopped()
            else:
                say("Stopped; run it again to go on where it stood. 已停止，再次运行即从断点继续。")
            engine.stop()
        return counted


def _show_links(engine: Engine, serving: Serving, staged: Scene, say: Say) -> None:
    sale = staged.notice.sale
    pages = f"{serving.url}/sales/{sale}"

    def link(view: str, principal: Principal) -> str:
        return f"{pages}/{view}#token={engine.token(principal, sale, TOKEN_TTL_S)}"

    say(f"  大屏 hall screen    {pages}/hall")
    say(f"  投标人 you, no. {staged.kept}  {link('bidder', bidder(staged.kept))}")
    say(f"  拍卖台 rostrum      {link('rostrum', Principal(f'{Role.AUCTIONEER}:1'))}")
    say(f"  监督席 supervisor   {link('supervisor', Principal(f'{Role.SUPERVISOR}:1'))}")
    say(f"  公开记录 record     {pages}/record")
    say(f"  204 期 204 months   {serving.url}/shanghai")
    say("Ctrl-C stops; run it again to go on where it stood. 按 Ctrl-C 停止，再次运行即从断点继续。")


def print_month(found: dict[str, Any]) -> None:
    """The figures, for people."""
    for line in _lines(found):
        say_aloud(line)


def _lines(found: dict[str, Any]) -> list[str]:
    was = found["published"]

    def beside(name: str) -> str:
        price = found[f"{name}_fen"]
        return f"{'—' if price is None else yuan(price)} (published {yuan(was[f'{name}_fen'])}, {found['off'][name]})"

    return [
        f"{found['month']} (simulated bids): {found['winners']:,} of {found['bidders']:,} bidders won {found['plates']:,} plates",
        f"最低成交价 lowest {beside('lowest')}, 截止 at {found['lowest_at']}",
        f"平均成交价 average {beside('average')}",
        f"报价 offers {found['commands']:,}, accepted {found['accepted']:,}; refused "
        + ", ".join(f"{count:,} {code}" for code, count in found["refused"].items()),
        f"最后一分钟 last minute {found['last_minute_per_s']}/s, before it {found['before_per_s']}/s by the clock of the sale",
        f"{_held(found)} 状态摘要 state {found['state_digest']}",
    ]


def _held(found: dict[str, Any]) -> str:
    if not found["per_s"]:
        return f"{found['records']:,} records, all of them found on the record."
    return (
        f"{found['records']:,} records ({found['found']:,} found) in {found['took_s']} s: {found['per_s']:,} offers/s kept durably, "
        f"acknowledged within {found['p50_ms']} ms (median), {found['p99_ms']} ms (p99); {found['memory_mb']} MB."
    )
