"""A bidder's terminal: ``python -m clients.bidder URL SALE --token-file F``."""

import hashlib
import math
import os
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final

import trio
import typer

from clients.http import OpenStream, open_stream
from clients.news import Answered, Away, News, Noticed, Outcome, PictureTaken, RecordFolded, Welcomed
from clients.robots.robot import closed, open_block
from clients.socket import Room, connect
from clients.terminal import run, who
from clients.unanswered import InFile, Unanswered
from clients.words import Speech
from engine.domain.refusals import yuan
from engine.domain.units import FEN_MAX, FEN_PER_YUAN

SEEN_S: Final = 0.3
"""A price shown for less than this has not been seen by the person who presses Enter."""

Ask = Callable[[], Awaitable[str | None]]
"""The next line a person types, without its end; None when there will be no more."""


def read_yuan(text: str) -> int | None:
    """An amount typed in yuan, in fen: ``12,500`` or ``¥12500.50``; None if it is none."""
    try:
        amount = Decimal(text.strip().lstrip("¥￥").replace(",", "").replace("，", ""))
        fen = amount * FEN_PER_YUAN
        if not fen.is_finite() or fen != fen.to_integral_value() or not 0 < fen <= FEN_MAX:
            return None
    except (InvalidOperation, ValueError):
        return None
    return int(fen)


class Terminal:
    """
    One bidder at a keyboard.

    Args:
        room: Where the sale is.
        say: In which language.
        tell: Prints a line.

    """

    def __init__(self, room: Room, say: Speech, tell: Callable[[str], None]) -> None:
        self._room, self._say, self._tell = room, say, tell
        self._offer: tuple[int, int] | None = None
        """Lot and asked price as last shown to the person."""

        self._offered_at = -math.inf

        self._own: set[str] = set()
        """Ids of bids made here; what else is answered was left by an earlier program."""

    async def run(self, ask: Ask) -> None:
        """Read lines and news until the sale is over or the person leaves."""
        left = len(self._room.core.unanswered)
        if left:
            self._tell(self._say("kept", left))
        news = self._room.news()
        self._show_block()
        if closed(self._room.parts):
            self._tell(self._say("over"))
            return
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._follow, news, nursery.cancel_scope)
            while (line := await ask()) is not None and line.strip().lower() != "q":
                self._heed(line.strip(), nursery)
            nursery.cancel_scope.cancel()
        if self._room.core.unanswered:
            self._tell(self._say("leaving unanswered", len(self._room.core.unanswered)))

    def _heed(self, line: str, nursery: trio.Nursery) -> None:
        """
        Act on one line.

        Enter bids what the person *saw*: where the price moved as the key went down, nothing is bid.
        """
        block = open_block(self._room.parts)
        if line == "?":
            self._tell(self._say("help"))
        elif block is None:
            self._tell(self._say("no lot"))
        elif line:
            fen = read_yuan(line)
            if fen is None:
                self._tell(self._say("no amount", line))
            else:
                nursery.start_soon(self._bid, block["lot"], fen)
        elif block["asked_fen"] is None:  # prices are hidden: only an amount of his own can be bid
            self._tell(self._say("help"))
        elif self._offer != (block["lot"], block["asked_fen"]) or trio.current_time() - self._offered_at < SEEN_S:
            self._tell(self._say("moved", yuan(block["asked_fen"])))
        else:
            nursery.start_soon(self._bid, block["lot"], block["asked_fen"])

    async def _bid(self, lot: int, fen: int) -> None:
        what = f"{self._say('lot', lot)} {yuan(fen)}"
        command_id = self._room.core.new_id()
        self._own.add(command_id)
        self._tell("→ " + self._say("sent", what))
        self._show(what, await self._room.bid(lot, fen, id=command_id))

    def _show(self, what: str, outcome: Outcome) -> None:
        if outcome.refusal is None:
            self._tell("✓ " + self._say("accepted", what, outcome.seq))
        else:
            self._tell("✗ " + self._say("refused", what, outcome.refusal.sentence(self._say.lang)))

    async def _follow(self, news: Any, scope: trio.CancelScope) -> None:
        async for one in news:
            self._hear(one)
            if closed(self._room.parts):
                self._tell(self._say("over"))
                scope.cancel()

    def _hear(self, news: News) -> None:
        match news:
            case PictureTaken():
                self._show_block()
            case RecordFolded(changed=changed) if "block" in changed:
                self._show_block()
            case Answered(outcome=outcome) if outcome.id not in self._own:
                self._show(self._say("left over"), outcome)
            case Away(why=why):
                self._tell("… " + self._say("gone", why))
            case Welcomed():
                self._tell("… " + self._say("back"))
            case Noticed(notice=notice):
                self._tell("! " + notice.sentence(self._say.lang))
            case _:
                pass

    def _show_block(self) -> None:
        """One line on how it stands, and one on what may be done."""
        say, parts = self._say, self._room.parts
        block, mine = parts.get("block"), parts.get("mine") or {}
        if block is None or "rules" not in parts:
            self._tell(say("prompt none" if "rules" in parts else "waiting for house"))
            return
        leads = block["phase"] == "open" and block["lot"] in mine.get("leads", ())
        price = block["price_fen"]
        said = [
            say("lot", block["lot"]) + " " + block["plate"],
            say("block " + block["phase"]),
            f"{say('opening')} {yuan(block['opening_fen'])}" if price is None else yuan(price),
            say("leading you") if leads else who(block["leader"], say),
            "●" * block["calls"] + "○" * (parts["rules"]["calls"] - block["calls"]),
        ]
        self._tell("  " + "  ".join(said))
        asked = block["asked_fen"]
        offer = (block["lot"], asked) if block["phase"] == "open" and not leads and asked is not None else None
        if offer != self._offer:
            self._offer, self._offered_at = offer, trio.current_time()
        if offer is not None:
            self._tell(say("prompt", yuan(asked)))


async def attend(  # noqa: PLR0913 - keyword-only where it matters
    url: str,
    sale: str,
    token: str,
    say: Speech,
    *,
    ask: Ask,
    tell: Callable[[str], None],
    unanswered: Unanswered | None = None,
    opener: OpenStream = open_stream,
) -> None:
    """Sit in the sale as the bidder whom ``token`` names."""
    async with connect(url, sale, token=token, unanswered=unanswered, wait=False, opener=opener) as room:
        await Terminal(room, say, tell).run(ask)


async def _typed() -> str | None:
    """A line from the keyboard."""
    line = await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)
    return line.rstrip("\n") if line else None


def _keep_in() -> Path:
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "luochui"


def main(
    url: Annotated[str, typer.Argument(help="The house: http://localhost:8000", show_default=False)],
    sale: Annotated[str, typer.Argument(help="The sale's id.", show_default=False)],
    token_file: Annotated[
        Path,
        typer.Option(
            help="A file that holds your token and nothing else. 身份凭证文件。", exists=True, show_default=False
        ),
    ],
    lang: Annotated[str, typer.Option(help="zh or en. 语言。")] = "zh",
    keep: Annotated[
        Path | None,
        typer.Option(help="Folder where unanswered bids are kept until they are answered.", show_default=False),
    ] = None,
) -> None:
    """
    Bid from this terminal.

    Enter bids the asked price; a number bids that amount in yuan; q leaves. A bid binds: it cannot be taken back.

    Every bid is written to disk before it is sent, under one id; when the connection is lost it is sent again under
    that id, and counts once.

    在终端参加竞价：回车按下一口价出价，输入数字按该金额（元）出价，q 退出。应价不得撤回。

    Example: python -m clients.bidder http://localhost:8000 plates-4 --token-file paddle-88.token --lang en
    """
    token = token_file.read_text().strip()
    name = hashlib.sha256(f"{url} {sale} {token}".encode()).hexdigest()[:16]
    unanswered = InFile((keep or _keep_in()) / f"{name}.jsonl")
    run(url, lambda: attend(url, sale, token, Speech(lang), ask=_typed, tell=print, unanswered=unanswered))


if __name__ == "__main__":
    typer.run(main)
