"""
Watch a sale until it is over: every event, and the price as it stands.

    python -m clients.examples.watch http://localhost:8000 plates-4
"""

import sys

import trio

from clients import PictureTaken, RecordFolded, connect


async def watch(url: str, sale: str) -> None:
    """Print what happens. No token is needed: this is what the public may see."""
    async with connect(url, sale) as room:
        news = room.news()
        print("watching", room.parts["sale"]["title"]["en"], "at record", room.seq, flush=True)
        over = room.parts["sale"]["phase"] == "closed"
        while not over:
            match await anext(news):
                case RecordFolded(seq=seq, events=events):
                    for event in events:
                        print(seq, event["type"], event.get("amount_fen", ""), flush=True)
                    over = any(event["type"] == "SaleClosed" for event in events)
                case PictureTaken():  # Something was missed: room.parts is right all the while.
                    over = room.parts["sale"]["phase"] == "closed"
                case _:
                    pass
        print("closed; turnover", room.parts["figures"]["turnover_fen"], "fen", flush=True)


if __name__ == "__main__":
    trio.run(watch, sys.argv[1], sys.argv[2])
