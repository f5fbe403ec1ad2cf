"""F7: whether an offer in a quota sale costs more when many others stand."""

import random
import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from bench.figures.figure import Figure, Found, Setting, Value
from bench.figures.hall import medians
from bench.figures.scribe import Scribe
from engine.domain.auction.commands import OpenSale
from engine.domain.parties import Principal, bidder
from engine.domain.quota.commands import MakeOffer
from engine.domain.units import Fen, PaddleNo
from engine.journal.base import JournalIdentity
from engine.notice import AnyNotice, read_any

FEW: Final = 1_000
MANY: Final = 200_000
BATCH: Final = 1_000
ROUNDS: Final = 5
STEP: Final = 100_00
NOTICE: Final = """
[sale]
id = "quota"
kind = "quota"
title_zh = "额度"
title_en = "Quota"
[rules]
floor_yuan = 100
step_yuan = 100
[[rules.classes]]
name = "car"
quota = 14595
[[rules.rounds]]
name = "first"
span_s = 86400
first_offers = true
[[bidders]]
first = 1
last = 240000
"""


def measure(setting: Setting) -> Found:
    """Offers are made by turns in a sale with few others and in one with many; the medians of the batches are compared."""
    many = MANY // 40 if setting.quick else MANY
    path = setting.folder / "quota.toml"
    path.write_text(NOTICE, encoding="utf-8")
    notice = read_any(path)
    path.unlink()
    small, large = _Sale(notice, FEW), _Sale(notice, many)
    few, lots = [], []
    for _ in range(ROUNDS):
        few.append(small.batch_us())
        lots.append(large.batch_us())
    detail = {"us_few": round(medians(few), 2), "us_many": round(medians(lots), 2), "live": many}
    return Found([Value(f"{many:,} ÷ {FEW:,}", medians(lots) / medians(few), "×", 1.5, 1.3)], detail)


class _Sale:
    """A quota sale in which so many offers stand."""

    def __init__(self, notice: AnyNotice, live: int) -> None:
        identity = JournalIdentity("quota", epoch=1, salt_key=b"salt" * 8, public_key=bytes(32))
        self._scribe = Scribe(identity)
        self._scribe.record(notice.announce)
        for admission in notice.preparations:
            self._scribe.record(admission)
        self._scribe.record(OpenSale(command_id="s", by=Principal("auctioneer:1")))
        self._offers = _offers()
        for offer in islice(self._offers, live):
            self._scribe.record(offer)

    def batch_us(self) -> float:
        """CPU for one of the next thousand offers, in microseconds."""
        offers = list(islice(self._offers, BATCH))
        began = time.process_time()
        for offer in offers:
            self._scribe.record(offer)
        return (time.process_time() - began) / BATCH * 1e6


def _offers() -> Iterator[MakeOffer]:
    """A first offer of one paddle after another, at prices all over the range."""
    dice = random.Random(7)
    paddle = 0
    while True:
        paddle += 1
        amount = Fen(STEP * dice.randint(1, 1000))
        yield MakeOffer(command_id=f"o{paddle}", by=bidder(PaddleNo(paddle)), paddle=PaddleNo(paddle), amount=amount)


F7: Final = Figure(
    name="F7",
    zh="额度拍卖：20 万份有效出价时每次出价的成本 ÷ 1,000 份时",
    en="quota sale: cost per bid with 200,000 live bids ÷ with 1,000",
    leaves_out=(
        "只含裁决、记账、编码与串链的 CPU；不含连接、落盘、签名与画面（画面每秒最多四次，与出价无关）。",
        "CPU of deciding, keeping the book, spelling and chaining alone; not sockets, disk, signatures, nor pictures, which come four"
        " times a second whatever is offered.",
    ),
    measure=measure,
)
