"""The demo sale: the customer's own fourth plate sale, re-enacted by robots over real sockets."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import trio

from clients.robots.pace import FAST, LIVE, Pace
from clients.robots.play import hold
from clients.robots.robot import Robot
from engine.app import Engine, Serving
from engine.config import Config
from engine.demo_beside import Beside, opening_beside
from engine.demo_cast import KEPT, rostrum_cast, timed_cast
from engine.demo_house import FAST_COMMANDS_PER_S, TOKEN_TTL_S, folder_of, forget, mute, say_aloud, tell
from engine.demo_opening import SALE as OPENING
from engine.domain.auction.state import SalePhase
from engine.domain.auction.voiding import AUTOMATIC
from engine.domain.parties import Channel, Principal, Role, bidder
from engine.domain.rulesheet import SECOND, Advance
from engine.domain.units import Nanoseconds
from engine.evidence import figures_of
from engine.lifetime import until_signalled
from engine.notice import DEMO, Notice, read_notice
from engine.room.folder import DataFolder

RECORDS_AT_ONCE: Final = 500


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
    Hold the demo sale; where people look on at the sale by the hammer, an opening of sealed bids is held beside it.

    Returns:
        Its closing figures; None if it was stopped before its end, or is still being looked at.

    """
    notice = read_notice(DEMO / _NOTICES[kind])
    if kind is Kind.TIMED and fast:
        notice = hastened(notice)
    config = _config(host, port, fast=fast)
    say = mute if quiet else say_aloud
    with folder_of(data, FOLDERS[kind], fast=fast) as root:
        folder = DataFolder(root)
        if fresh:
            forget(folder, notice.sale, OPENING)
        with nullcontext() if fast or kind is Kind.TIMED else opening_beside(folder, seed) as beside:
            return trio.run(_play, folder, notice, beside, config, seed, fast, say, kind)


async def _play(  # noqa: PLR0913, PLR0917 - as trio.run hands them on
    folder: DataFolder,
    notice: Notice,
    beside: Beside | None,
    config: Config,
    seed: int,
    fast: bool,
    say: Callable[[str], None],
    kind: Kind,
) -> dict[str, Any] | None:
    engine = await Engine.open(folder, [notice] if beside is None else [notice, beside.notice], config)
    figures: dict[str, Any] | None = None
    pace = FAST if fast else LIVE
    async with trio.open_nursery() as nursery, trio.open_nursery() as aside:
        serving: Serving = await nursery.start(engine.run)
        tokens = _tokens(engine, notice)
        if not fast:
            _show_links(serving, notice.sale, tokens, say)
        if beside is not None:
            aside.start_soon(beside.hold, engine, serving.url, say)
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
        aside.cancel_scope.cancel()
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
    while (page := await engine.sales.record(sale, after, RECORDS_AT_ONCE)) is not None and page["records"]:
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
    Kind.TIMED: timed_cast,
}


def _config(host: str, port: int | None, *, fast: bool) -> Config:
    config = Config()
    if fast:
        limits = replace(config.limits, commands_per_s=FAST_COMMANDS_PER_S, commands_burst=int(FAST_COMMANDS_PER_S))
        config = replace(config, limits=limits)
    return replace(config, http=replace(config.http, host=host, port=port if port is not None else 0 if fast else 8000))


FOLDERS: Final = {Kind.ROSTRUM: Path("var/demo"), Kind.TIMED: Path("var/demo-timed")}
