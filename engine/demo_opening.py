"""
``luochui demo opening``: a whole opening of sealed bids by robots over HTTP.

With ``--fast`` by a clock that they move; else by the clock on the wall, from a deadline that comes soon, so that people can look on.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import trio

from clients.opening import NotDone
from clients.opening import Opening as Room
from clients.robots.tender import (
    SECTION,
    MovedTime,
    Stage,
    Time,
    WaitedTime,
    Way,
    hall_of,
    numbers,
    play,
    ways_of,
)
from engine.app import Engine, Serving
from engine.config import load_config
from engine.demo_house import FAST_COMMANDS_PER_S, TOKEN_TTL_S, folder_of, forget, mute, say_aloud
from engine.domain.opening import stage as stages_of
from engine.domain.opening.state import Opening
from engine.domain.parties import Principal
from engine.domain.refusals import yuan
from engine.domain.units import Nanoseconds, time_of_day
from engine.lifetime import until_signalled
from engine.notice import DEMO, OpeningNotice, read_any
from engine.reenactment.clock import StageClock
from engine.room.clock import Clock, HouseClock
from engine.room.folder import DataFolder

FOLDER: Final = Path("var/demo-opening")
NOTICE: Final = "opening.toml"
SALE: Final = "road-works"
"""The id in that notice."""

BEFORE_NS: Final = 3600 * 1_000_000_000
RECEIVED_WITHIN_S: Final = 80
"""So long before the deadline an opening begins that people look at: its robots submit within."""

UNSEALED_WITHIN_S: Final = 60
PORT: Final = 8000
PEOPLE: Final = ("host:1", "supervisor:1", "registrar:1", "trustee:1", "trustee:2", "trustee:3")

_DESKS: Final = (
    ("rostrum", "主持 host", "host:1"),
    ("supervisor", "监督 supervisor", "supervisor:1"),
    ("admission", "受理 registrar", "registrar:1"),
    ("trustee", "份额 trustee 2", "trustee:2"),
)
_CHINA: Final = timezone(timedelta(hours=8))
_DEADLINE: Final = re.compile(r"^deadline = .*$", re.MULTILINE)
_WINDOW: Final = re.compile(r"^unseal_s = .*$", re.MULTILINE)
_STAGES: Final = ("closed", "started", "listed", "read_out")


def play_opening(  # noqa: PLR0913 - as the command line gives them
    data: Path | None, *, fast: bool, fresh: bool, seed: int, host: str, port: int | None, quiet: bool
) -> dict[str, Any] | None:
    """
    Hold the demo opening, or go on with one that was stopped; without ``fast`` it is served afterwards, until somebody stops it.

    Returns:
        What came of it; None if it was stopped before its end.

    """
    say = mute if quiet else say_aloud
    with folder_of(data, FOLDER, fast=fast) as root, TemporaryDirectory(prefix="luochui-tender-") as home:
        folder = DataFolder(root)
        if fresh:
            forget(folder, SALE)
        notice = notice_of(Path(home), seed) if fast else notice_soon(folder, Path(home), seed)
        flags = {"http.host": host, "http.port": port if port is not None else 0 if fast else PORT}
        limits = {"limits.commands_per_s": FAST_COMMANDS_PER_S, "limits.commands_burst": int(FAST_COMMANDS_PER_S)}
        limits |= {"limits.reads_per_s": FAST_COMMANDS_PER_S, "limits.reads_burst": int(FAST_COMMANDS_PER_S)}
        config = load_config(environ={}, flags={**flags, **limits})
        return trio.run(_play, folder, notice, config, seed, fast, Path(home), say)


def notice_of(folder: Path, seed: int, *, deadline: datetime | None = None) -> OpeningNotice:
    """The notice of the demo, with the hall key of this seed beside it; with a ``deadline`` of its own, one for people who look on."""
    text = (DEMO / NOTICE).read_text(encoding="utf-8")
    if deadline is not None:
        text = _DEADLINE.sub(f"deadline = {deadline.isoformat(timespec='seconds')}", text)
        text = _WINDOW.sub(f"unseal_s = {UNSEALED_WITHIN_S}", text)
    (folder / NOTICE).write_text(text, encoding="utf-8")
    tender = text.partition('tender = "')[2].partition('"')[0]
    (folder / "hall.json").write_bytes(hall_of(tender, seed)[0].write())
    notice = read_any(folder / NOTICE)
    assert isinstance(notice, OpeningNotice)
    return notice


def notice_soon(folder: DataFolder, home: Path, seed: int) -> OpeningNotice:
    """The opening that stands in the folder, or one whose deadline comes soon by the clock on the wall; ``home`` is for drafts."""
    if folder.journal(SALE).exists():
        return _kept(folder.root / NOTICE) if (folder.root / NOTICE).exists() else notice_of(home, seed)
    folder.root.mkdir(parents=True, exist_ok=True)
    deadline = datetime.now(_CHINA).replace(microsecond=0) + timedelta(seconds=RECEIVED_WITHIN_S)
    return notice_of(folder.root, seed, deadline=deadline)


def _kept(path: Path) -> OpeningNotice:
    notice = read_any(path)
    assert isinstance(notice, OpeningNotice)
    return notice


async def _play(  # noqa: PLR0913, PLR0917 - as trio.run hands them on
    folder: DataFolder,
    notice: OpeningNotice,
    config: Any,
    seed: int,
    fast: bool,
    home: Path,
    say: Callable[[str], None],
) -> dict[str, Any] | None:
    rules = notice.announce.rules
    begins = Nanoseconds(rules.deadline - BEFORE_NS)
    staged, real = StageClock(begins), HouseClock()
    clock = staged if fast else real
    began = time.perf_counter()

    def since(last: Nanoseconds) -> Clock:
        if not fast:
            return real
        staged.advance(last)
        return staged

    engine = await Engine.open(folder, [notice], config, clock=since)
    found: dict[str, Any] | None = None
    async with trio.open_nursery() as nursery:
        serving: Serving = await nursery.start(engine.run)
        tokens = tokens_of(engine, notice.sale, seed)
        stage = stage_of(
            serving.url,
            notice,
            tokens,
            seed=seed,
            home=home,
            time=MovedTime(begins, lambda at: staged.advance(Nanoseconds(at))) if fast else WaitedTime(real.now),
            told=lambda what: say(f"  {time_of_day(clock.now())[:8]}  {what}"),
        )
        if not fast:
            _show_links(serving.url, notice.sale, tokens, say)
        held = ended(engine, notice.sale) and not fast
        if not held:
            async with until_signalled():
                held = await _held(stage, fast=fast, say=say)
        if held and ended(engine, notice.sale):
            took_s = round(time.perf_counter() - began, 1)
            found = {**_figures(engine, notice.sale, ways_of(seed)), "took_s": took_s}
        if found is not None and not fast:
            say("开标已结束，页面仍可查看 The opening is over; its pages stay open. Ctrl-C stops, --fresh begins anew.")
            async with until_signalled():
                await engine.stopped()
        engine.stop()
    return found


async def _held(stage: Stage, *, fast: bool, say: Callable[[str], None]) -> bool:
    """Whether robots held it to its end. Where people act too, robots give way, and the house stays until it is stopped."""
    try:
        await play(stage)
    except NotDone as no:
        if fast:
            raise
        say(
            f"机器人已停，由您接着主持 The robots stop here ({no.code}); it is yours. Ctrl-C stops, --fresh begins anew."
        )
        await trio.sleep_forever()
    return True


def _show_links(url: str, sale: str, tokens: Mapping[str, str], say: Callable[[str], None]) -> None:
    pages = f"{url}/sales/{sale}"
    say("落槌 Luochui: the demo opening begins. 演示开标即将开始。")
    say(f"  大厅 hall screen   {pages}/hall")
    for view, name, by in _DESKS:
        say(f"  {name:<12}  {pages}/{view}#token={tokens[by]}")
    say(f"  首页 all sales     {url}/")
    say("Robots hold it; Ctrl-C stops. 由机器人主持，按 Ctrl-C 停止。")


def tokens_of(engine: Engine, sale: str, seed: int) -> dict[str, str]:
    """A token for everybody who acts in it."""
    people = (*PEOPLE, *(f"bidder:{number}" for number in numbers(seed)))
    return {by: engine.token(Principal(by), sale, TOKEN_TTL_S) for by in people}


def stage_of(  # noqa: PLR0913 - where robots play is described by all of these
    url: str,
    notice: OpeningNotice,
    tokens: Mapping[str, str],
    *,
    seed: int,
    home: Path,
    time: Time,
    told: Callable[[str], None],
) -> Stage:
    """Where the robots of the demo play: in the house at ``url``, with what bidders keep below ``home``."""
    rules = notice.announce.rules
    return Stage(
        house=lambda by: Room(url, notice.sale, None if by is None else tokens[by]),
        hall=rules.hall_key,
        shares=hall_of(rules.tender, seed)[1],
        folder=home,
        seed=seed,
        time=time,
        told=told,
    )


def ended(engine: Engine, sale: str) -> bool:
    """Whether it is over."""
    opening = engine.state(sale)
    return isinstance(opening, Opening) and opening.stage is stages_of.Stage.ENDED


def _figures(engine: Engine, sale: str, ways: dict[int, Way]) -> dict[str, Any]:
    """What came of it; the same for the same seed."""
    opening = engine.state(sale)
    assert isinstance(opening, Opening)
    drawn = opening.drawn[SECTION]
    stages = {name: getattr(opening, f"{name}_at") for name in _STAGES} | {"unsealing": opening.unsealing_at}
    return {
        "sale": opening.sale,
        "stage": opening.stage,
        "suite": opening.rules.hall_key.suite,
        "stages": {
            name: time_of_day(at)[:8] for name, at in sorted(stages.items(), key=lambda each: each[1] or 0) if at
        },
        "bids": [
            {
                "bidder": each.bidder,
                "name": opening.bidders[each.bidder].name,
                "price_fen": (each.content or {}).get(opening.rules.price),
                "opened_by": ways[each.bidder],
                "half_by": "trustees" if each.own_by is not None else "bidder",
            }
            for each in opening.live()
        ],
        "ceiling_fen": opening.ceilings[SECTION],
        "coefficient_permille": drawn.permille,
        "root": opening.root,
        "report": opening.report,
        "records": engine.room(sale).clerk.memory.seq,
        "state_digest": engine.state_digest(sale),
    }


def print_opening(found: dict[str, Any]) -> None:
    """What came of it, for people."""
    print(f"{found['sale']} ({found['stage']}), {found['suite']}, {found['took_s']} s")
    print("  ".join(f"{name} {at}" for name, at in found["stages"].items()))
    for bid in found["bids"]:
        print(f"{bid['bidder']:>6}  {yuan(bid['price_fen']):>16}  {bid['opened_by']:<9} {bid['name']}")
    print(f"控制价 ceiling {yuan(found['ceiling_fen'])}, 系数 coefficient {found['coefficient_permille'] / 1000}")
    print(f"根 root {found['root']}\n记录 record {found['report']}\n状态 state {found['state_digest']}")
