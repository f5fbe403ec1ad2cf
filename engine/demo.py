"""The demo sale: the customer's own fourth plate sale, re-enacted by robots over real sockets."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import trio

from clients.robots.pace import FAST, LIVE
from clients.robots.play import Progress, play
from clients.robots.script import LotToSell, Paddle, Script, plan
from engine.app import Engine, Serving, until_signalled
from engine.config import Config
from engine.domain.auction.state import SalePhase
from engine.domain.parties import Channel, Principal, Role, bidder
from engine.domain.refusals import yuan
from engine.domain.units import PaddleNo
from engine.evidence import figures_of
from engine.notice import DEMO, Notice, read_notice, read_script
from engine.room.house import DataFolder, FolderLock

KEPT: Final = PaddleNo(88)
"""The paddle no robot touches: yours."""

FOLDER: Final = Path("var/demo")
TOKEN_TTL_S: Final = 7 * 24 * 3600
FAST_COMMANDS_PER_S: Final = 2000.0


def play_demo(  # noqa: PLR0913 - as the command line gives them
    data: Path | None, *, fast: bool, fresh: bool, seed: int, host: str, port: int | None, quiet: bool
) -> dict[str, Any] | None:
    """
    Hold the demo sale.

    Returns:
        Its closing figures; None if it was stopped before its end, or is still being looked at.

    """
    notice = read_notice(DEMO / "sale.toml")
    config = _config(host, port, fast=fast)
    with _folder(data, fast=fast) as folder:
        if fresh:
            _forget(DataFolder(folder), notice.sale)
        say = _mute if quiet else _say
        return trio.run(_play, DataFolder(folder), notice, config, seed, fast, say)


class NotTheDemo(Exception):
    """The folder holds other sales than the demo: nothing in it is forgotten."""


def _forget(folder: DataFolder, sale: str) -> None:
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


def demo_script(notice: Notice, seed: int) -> Script:
    """What the robots will bid: the same seed gives the same script."""
    hammer = read_script(DEMO / "script.csv")
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
) -> dict[str, Any] | None:
    engine = await Engine.open(folder, [notice], config)
    figures: dict[str, Any] | None = None
    script = demo_script(notice, seed)
    async with trio.open_nursery() as nursery:
        serving: Serving = await nursery.start(engine.run)
        tokens = _tokens(engine, notice, script)
        if not fast:
            _show_links(serving, notice.sale, tokens, say)
        if engine.state(notice.sale).phase is not SalePhase.CLOSED:
            async with until_signalled():
                await play(
                    serving.url,
                    notice.sale,
                    script,
                    tokens,
                    pace=FAST if fast else LIVE,
                    seed=seed,
                    on_progress=lambda progress: _tell(progress, say),
                )
        state = engine.state(notice.sale)
        if state.phase is SalePhase.CLOSED:
            figures = {**figures_of(state), "state_digest": engine.state_digest(notice.sale)}
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
    say(f"  公开记录 record     {pages}/record")
    say("Ctrl-C stops; run it again to go on where it stood. 按 Ctrl-C 停止，再次运行即从断点继续。")


def _tokens(engine: Engine, notice: Notice, script: Script) -> dict[Principal, str]:
    paddles = {KEPT, *script.paddles(Channel.ONLINE)}
    principals = [*notice.officers, *(bidder(paddle) for paddle in sorted(paddles))]
    return {principal: engine.token(principal, notice.sale, TOKEN_TTL_S) for principal in principals}


def _tell(progress: Progress, say: Callable[[str], None]) -> None:
    price = "流拍 passed" if progress.hammer_fen is None else f"成交 {yuan(progress.hammer_fen)}"
    say(f"  {progress.lot:>3}  {progress.plate}  {price}")


def _config(host: str, port: int | None, *, fast: bool) -> Config:
    config = Config()
    if fast:
        limits = replace(config.limits, commands_per_s=FAST_COMMANDS_PER_S, commands_burst=int(FAST_COMMANDS_PER_S))
        config = replace(config, limits=limits)
    return replace(config, http=replace(config.http, host=host, port=port if port is not None else 0 if fast else 8000))


@contextmanager
def _folder(data: Path | None, *, fast: bool) -> Iterator[Path]:
    if data is None and fast:
        with tempfile.TemporaryDirectory(prefix="luochui-demo-") as name:
            yield Path(name)
    else:
        yield data or FOLDER


def _say(line: str) -> None:
    print(line, flush=True)


def _mute(_line: str) -> None:
    """Programs read the last line only."""
