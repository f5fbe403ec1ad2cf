"""The demo sale: the customer's own fourth plate sale, re-enacted by robots over real sockets."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import trio

from clients.robots.auctioneer import Auctioneer
from clients.robots.bidder import Bidder
from clients.robots.clerk import Clerk
from clients.robots.pace import FAST, LIVE, Pace
from clients.robots.play import Progress, hold
from clients.robots.robot import Robot
from clients.robots.script import LotToSell, Paddle, Script, plan
from clients.robots.timed import TimedAuctioneer, TimedBidder, Way, Wish
from engine.app import Engine, Serving
from engine.config import Config
from engine.domain.auction.state import SalePhase
from engine.domain.auction.voiding import AUTOMATIC
from engine.domain.parties import Channel, Principal, Role, bidder, role_of
from engine.domain.refusals import yuan
from engine.domain.rulesheet import SECOND, Advance
from engine.domain.units import Nanoseconds, PaddleNo
from engine.evidence import figures_of
from engine.lifetime import until_signalled
from engine.notice import DEMO, Notice, read_notice, read_script, read_wishes
from engine.room.folder import DataFolder, FolderLock

KEPT: Final = PaddleNo(88)
"""The paddle no robot touches: yours."""

RECORDS_AT_ONCE: Final = 500
TOKEN_TTL_S: Final = 7 * 24 * 3600
FAST_COMMANDS_PER_S: Final = 2000.0


class Kind(StrEnum):
    """Which demo."""

    ROSTRUM = "rostrum"
    TIMED = "timed"


def play_demo(  # noqa: PLR0913 - as the command line gives them
    data: Path | None,
    *,
    kind: Kind = Kind.ROSTRUM,
    fast: bool,
    fresh: bool,
    seed: int,
    host: str,
    port: int | None,
    quiet: bool,
) -> dict[str, Any] | None:
    """
    Hold the demo sale.

    Returns:
        Its closing figures; None if it was stopped before its end, or is still being looked at.

    """
    notice = read_notice(DEMO / _NOTICES[kind])
    if kind is Kind.TIMED and fast:
        notice = hastened(notice)
    config = _config(host, port, fast=fast)
    with folder_of(data, FOLDERS[kind], fast=fast) as folder:
        if fresh:
            forget(DataFolder(folder), notice.sale)
        say = mute if quiet else say_aloud
        return trio.run(_play, DataFolder(folder), notice, config, seed, fast, say, kind)


class NotTheDemo(Exception):
    """The folder holds other sales than the demo: nothing in it is forgotten."""


def forget(folder: DataFolder, sale: str) -> None:
    """Take the demo sale out of its folder, if nobody serves it and nothing else is there."""
    if not folder.root.exists():
        return
    lock = FolderLock(folder)
    try:
        if set(folder.sales()) - {sale}:
            raise NotTheDemo(f"{folder.root} holds other sales than the demo; --fresh forgets a demo only")
        shutil.rmtree(folder.journal(sale).parent, ignore_errors=True)
        folder.anchor(sale).unlink(missing_ok=True)
    finally:
        lock.release()


def demo_script(notice: Notice, seed: int, prices: str = "script.csv") -> Script:
    """What the robots will bid to reach the ``prices`` of that file: the same seed gives the same script."""
    hammer = read_script(DEMO / prices)
    catalogue = notice.announce.catalogue
    return plan(
        [LotToSell(entry.lot, entry.opening_price, hammer.get(entry.lot)) for entry in catalogue],
        [Paddle(admit.paddle, admit.channel, admit.deposits) for admit in notice.admissions],
        notice.announce.rules,
        seed,
        kept=[KEPT],
    )


async def _play(  # noqa: PLR0913, PLR0917 - as trio.run hands them on
    folder: DataFolder,
    notice: Notice,
    config: Config,
    seed: int,
    fast: bool,
    say: Callable[[str], None],
    kind: Kind,
) -> dict[str, Any] | None:
    engine = await Engine.open(folder, [notice], config)
    figures: dict[str, Any] | None = None
    pace = FAST if fast else LIVE
    async with trio.open_nursery() as nursery:
        serving: Serving = await nursery.start(engine.run)
        tokens = _tokens(engine, notice)
        if not fast:
            _show_links(serving, notice.sale, tokens, say)
        if engine.state(notice.sale).phase is not SalePhase.CLOSED:
            async with until_signalled():
                await hold(
                    serving.url,
                    notice.sale,
                    _CASTS[kind](notice, pace, seed),
                    tokens,
                    seed=seed,
                    on_progress=lambda progress: tell(progress, say),
                )
        state = engine.state(notice.sale)
        if state.phase is SalePhase.CLOSED:
            counted = await _counted(engine, notice.sale) if kind is Kind.TIMED else {}
            figures = {**figures_of(state), **counted, "state_digest": engine.state_digest(notice.sale)}
            if not fast:
                say("The sale is closed; its pages stay open. Ctrl-C stops; --fresh begins a new one.")
                async with until_signalled():
                    await engine.stopped()
        else:
            say("Stopped; run it again to go on where it stood. 已停止，再次运行即从断点继续。")
        engine.stop()
    return figures


def _show_links(serving: Serving, sale: str, tokens: Mapping[Principal, str], say: Callable[[str], None]) -> None:
    pages = f"{serving.url}/sales/{sale}"
    say("落槌 Luochui: the demo sale is open. 演示拍卖会已开始。")
    say(f"  大屏 hall screen    {pages}/hall")
    say(f"  竞买人 you, paddle {KEPT}  {pages}/bidder#token={tokens[bidder(KEPT)]}")
    say(f"  拍卖台 rostrum      {pages}/rostrum#token={tokens[Principal(f'{Role.AUCTIONEER}:1')]}")
    say(f"  监督席 supervisor   {pages}/supervisor#token={tokens[Principal(f'{Role.SUPERVISOR}:1')]}")
    say(f"  受理台 admission    {pages}/admission#token={tokens[Principal(f'{Role.REGISTRAR}:1')]}")
    say(f"  公开记录 record     {pages}/record")
    say(f"  统计 figures        {pages}/figures")
    say("Ctrl-C stops; run it again to go on where it stood. 按 Ctrl-C 停止，再次运行即从断点继续。")


def _tokens(engine: Engine, notice: Notice) -> dict[Principal, str]:
    online = [bidder(admit.paddle) for admit in notice.admissions if admit.channel is Channel.ONLINE]
    return {
        principal: engine.token(principal, notice.sale, TOKEN_TTL_S)
        for principal in (*notice.officers, *sorted(online))
    }


def rostrum_cast(notice: Notice, pace: Pace, seed: int, prices: str = "script.csv") -> dict[Principal, Robot]:
    """Who holds a sale by the hammer, and who bids in it."""
    script = demo_script(notice, seed, prices)
    cast: dict[Principal, Robot] = {
        bidder(paddle): Bidder(paddle, script, pace, seed) for paddle in sorted(script.paddles(Channel.ONLINE))
    }
    cast[_officer(notice, Role.AUCTIONEER)] = Auctioneer(script, pace)
    cast[_officer(notice, Role.CLERK)] = Clerk(script, pace, seed)
    return cast


def _timed_cast(notice: Notice, pace: Pace, seed: int) -> dict[Principal, Robot]:
    wishes = timed_wishes()
    paddles = sorted({wish.paddle for wish in wishes})
    cast: dict[Principal, Robot] = {
        bidder(paddle): TimedBidder([wish for wish in wishes if wish.paddle == paddle], pace, seed)
        for paddle in paddles
    }
    cast[_officer(notice, Role.AUCTIONEER)] = TimedAuctioneer(pace)
    return cast


def _officer(notice: Notice, role: Role) -> Principal:
    return next(by for by in notice.officers if role_of(by) == role)


def timed_wishes() -> list[Wish]:
    """What the robots of the timed demo would give."""
    return [
        Wish(lot=lot, round=nth, paddle=paddle, limit=limit, way=Way(way))
        for lot, nth, paddle, limit, way in read_wishes(DEMO / "timed.csv", Way)
    ]


def hastened(notice: Notice) -> Notice:
    """The timed demo with all its lots open together, for seconds instead of minutes."""
    rules = notice.announce.rules
    assert rules.timed is not None
    second = Nanoseconds(SECOND)
    extension = replace(rules.timed.extension, within=Nanoseconds(2 * second), by=Nanoseconds(2 * second))
    timed = replace(
        rules.timed,
        free=Nanoseconds(2 * second),
        window=Nanoseconds(2 * second),
        advance=Advance.TOGETHER,
        extension=extension,
    )
    return replace(notice, announce=replace(notice.announce, rules=replace(rules, timed=timed)))


async def _counted(engine: Engine, sale: str) -> dict[str, int]:
    """How often what is particular to a timed sale happened, from its public record."""
    names = {"LotReoffered": "reoffered", "BiddingExtended": "extensions", "SaleSuspended": "suspended"}
    counts = dict.fromkeys([*names.values(), "proxies"], 0)
    after = 0
    while (page := await engine.record(sale, after, RECORDS_AT_ONCE)) is not None and page["records"]:
        for event in (event for record in page["records"] for event in record.get("events", ())):
            if event["type"] in names:
                counts[names[event["type"]]] += 1
            elif event["type"] == "BidPlaced" and event["basis"] in AUTOMATIC:
                counts["proxies"] += 1
        after += len(page["records"])
    return counts


_NOTICES: Final = {Kind.ROSTRUM: "sale.toml", Kind.TIMED: "timed.toml"}
_CASTS: Final[dict[Kind, Callable[[Notice, Pace, int], dict[Principal, Robot]]]] = {
    Kind.ROSTRUM: rostrum_cast,
    Kind.TIMED: _timed_cast,
}


def tell(progress: Progress, say: Callable[[str], None]) -> None:
    """A lot has ended."""
    price = "流拍 passed" if progress.hammer_fen is None else f"成交 {yuan(progress.hammer_fen)}"
    say(f"  {progress.lot:>3}  {progress.plate}  {price}")


def _config(host: str, port: int | None, *, fast: bool) -> Config:
    config = Config()
    if fast:
        limits = replace(config.limits, commands_per_s=FAST_COMMANDS_PER_S, commands_burst=int(FAST_COMMANDS_PER_S))
        config = replace(config, limits=limits)
    return replace(config, http=replace(config.http, host=host, port=port if port is not None else 0 if fast else 8000))


FOLDERS: Final = {Kind.ROSTRUM: Path("var/demo"), Kind.TIMED: Path("var/demo-timed")}


@contextmanager
def folder_of(data: Path | None, usual: Path, *, fast: bool) -> Iterator[Path]:
    """``data``, or else the ``usual`` folder; a fast demo leaves nothing behind unless somebody names a folder."""
    if data is None and fast:
        with tempfile.TemporaryDirectory(prefix="luochui-demo-") as name:
            yield Path(name)
    else:
        yield data or usual


def say_aloud(line: str) -> None:
    """A line on the terminal, at once."""
    print(line, flush=True)


def mute(_line: str) -> None:
    """Programs read the last line only."""
