"""What ``luochui ca demo`` writes, with RSA keys from a file."""

from datetime import datetime
from functools import cache
from pathlib import Path

from engine.trust.making.demo import demo
from tests.trust.scene import DATE, pooled_dice

Files = dict[str, bytes]


@cache
def files(seed: str = "demo", date: datetime = DATE) -> Files:
    return {name: data for name, data, _ in demo(pooled_dice(seed), date)}


def write(made: Files, folder: Path) -> Path:
    for name, data in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder
