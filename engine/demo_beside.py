"""The demo opening beside the demo sale: one house, one board of the day, two rooms that know nothing of each other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from clients.http import HttpFault
from clients.opening import NotDone
from clients.robots.tender import WaitedTime, play
from engine.app import Engine
from engine.demo_opening import ended, notice_soon, stage_of, tokens_of
from engine.domain.units import time_of_day
from engine.notice import OpeningNotice
from engine.room.clock import HouseClock
from engine.room.folder import DataFolder


@dataclass(frozen=True, slots=True)
class Beside:
    """An opening for people who look on; made by :func:`opening_beside`."""

    notice: OpeningNotice
    home: Path
    """Where its bidders keep what is theirs."""

    seed: int

    async def hold(self, engine: Engine, url: str, say: Callable[[str], None]) -> None:
        """Print where it is to be seen, and let robots hold it from where it stands to its end."""
        sale, clock = self.notice.sale, HouseClock()
        tokens = tokens_of(engine, sale, self.seed)
        pages = f"{url}/sales/{sale}"
        say("落槌 Luochui: an opening of sealed bids is held beside it. 同日另有一场开标。")
        say(f"  今日看板 board      {url}/board")
        say(f"  开标大厅 opening    {pages}/hall")
        say(f"  主持人 its host     {pages}/rostrum#token={tokens['host:1']}")
        if ended(engine, sale):
            return
        stage = stage_of(
            url,
            self.notice,
            tokens,
            seed=self.seed,
            home=self.home,
            time=WaitedTime(clock.now),
            told=lambda what: say(f"  {time_of_day(clock.now())[:8]}  开标 opening: {what}"),
        )
        try:
            await play(stage)
        except NotDone as no:
            say(f"  开标机器人已停，由您接着主持 The robots of the opening stop here ({no.code}); it is yours.")
        except (HttpFault, OSError) as fault:  # The sale beside it goes on.
            say(f"  开标机器人已停 The robots of the opening stop here: {fault}")


@contextmanager
def opening_beside(folder: DataFolder, seed: int) -> Iterator[Beside]:
    """The opening that stands in the folder, or a new one whose deadline comes soon by the clock on the wall."""
    with TemporaryDirectory(prefix="luochui-tender-") as home:
        yield Beside(notice_soon(folder, Path(home), seed), Path(home), seed)
