"""The hall in a terminal: ``python -m clients.board URL SALE``."""

from typing import Annotated

import trio
import typer
from rich.console import Console
from rich.live import Live

from clients.http import OpenStream, open_stream
from clients.robots.robot import closed
from clients.socket import connect
from clients.terminal import board, run
from clients.words import Speech

FRAME_S = 0.1
"""The screen is drawn ten times a second at most."""


async def watch(  # noqa: PLR0913 - keyword-only where it matters
    url: str, sale: str, console: Console, say: Speech, *, once: bool = False, opener: OpenStream = open_stream
) -> None:
    """Draw the hall until the sale is closed; only as it stands now if ``once``."""
    async with connect(url, sale, wait=once, opener=opener) as room:
        if once:
            console.print(board(room.parts, say))
            return
        with Live(console=console, auto_refresh=False) as live:
            while True:
                seen = room.version
                live.update(board(room.parts, say, live=room.live), refresh=True)
                if closed(room.parts):
                    return
                await room.changed(seen)
                await trio.sleep(FRAME_S)


def main(
    url: Annotated[str, typer.Argument(help="The house: http://localhost:8000", show_default=False)],
    sale: Annotated[str, typer.Argument(help="The sale's id; /api/sales lists them.", show_default=False)],
    lang: Annotated[str, typer.Option(help="zh or en. 语言。")] = "zh",
    once: Annotated[
        bool, typer.Option("--once", help="Show the sale as it stands, and leave. 显示一次即退出。")
    ] = False,
) -> None:
    """
    Show the hall in this terminal: the plate on the block, price, leader, calls, last bids, turnover and top lot.

    在终端显示拍卖大厅。无需身份凭证；连接中断会自动恢复。按 Ctrl-C 退出。

    Example: python -m clients.board http://localhost:8000 plates-4 --lang en
    """
    run(url, lambda: watch(url, sale, Console(), Speech(lang), once=once))


if __name__ == "__main__":
    typer.run(main)
