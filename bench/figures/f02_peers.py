"""F2, which is measured by a command of its own."""

from typing import Final

from bench.figures.figure import Figure, Found, NotMeasured, Setting


def _peers(_setting: Setting) -> Found:
    raise NotMeasured(
        "与同类软件的比较另行测量：luochui bench peers。",
        "Peers are measured apart: luochui bench peers prints F2 for each.",
    )


F2: Final = Figure(
    name="F2",
    zh="同上 ÷ 每个同类软件",
    en="the same ÷ each peer",
    leaves_out=("–", "–"),
    measure=_peers,
)
