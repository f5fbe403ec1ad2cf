"""Figures that cannot be measured yet, each with its reason."""

from typing import Final

from bench.figures.figure import Figure, Found, NotMeasured, Setting


def _peers(_setting: Setting) -> Found:
    raise NotMeasured(
        "与同类软件的比较另行测量：luochui bench peers。", "Peers are measured apart: luochui bench peers."
    )


def _quota(_setting: Setting) -> Found:
    raise NotMeasured(
        "目前没有服务端承载额度拍卖，规则单独的成本不等于一次出价的成本。",
        "No room serves a quota sale yet, and what the rules cost alone is not what a bid costs.",
    )


F2: Final = Figure(
    name="F2",
    zh="同上 ÷ 每个同类软件",
    en="the same ÷ each peer",
    leaves_out=("–", "–"),
    measure=_peers,
)
F7: Final = Figure(
    name="F7",
    zh="额度拍卖：20 万有效出价时每次出价成本 ÷ 1,000 时",
    en="quota sale: cost per bid with 200,000 live bids ÷ with 1,000",
    leaves_out=("–", "–"),
    measure=_quota,
)
