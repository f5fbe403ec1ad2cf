"""A notice that is right, for tests to spoil."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.notice import Fault, Notice, NoticeFault, read_notice

SALE = """\
[sale]
id = "plates-9"
title_zh = "第九期号牌竞价"
title_en = "Number plates, ninth sale"
catalogue = "catalogue.csv"
paddles = "paddles.csv"

[rules]
mode = "rostrum"
calls = 3
deposit = "one_lot"
paddles = "shown"
opens_at = 2016-10-15T09:30:00+08:00

[[rules.increments]]
from_yuan = 0
step_yuan = 500

[[rules.increments]]
from_yuan = 20000
step_yuan = 1000
"""

CATALOGUE = """\
lot,plate,opening_yuan
1,豫H8H888,50000
2,豫HA1234,20000
"""

PADDLES = """\
paddle,channel,deposits
8,online,1
51,hall,2
"""
OWN_LOTS = '\n[[lots]]\nlot = 3\nplate = "豫H12345"\nopening_yuan = 6000\n'


class Desk:
    """The files of one notice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.write("sale.toml", SALE)
        self.write("catalogue.csv", CATALOGUE)
        self.write("paddles.csv", PADDLES)

    @property
    def sale(self) -> Path:
        return self._folder / "sale.toml"

    def write(self, name: str, text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        (self._folder / name).write_bytes(data)

    def change(self, name: str, old: str, new: str) -> None:
        """Spoil one thing in a file, which must be there exactly once."""
        text = (self._folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        self.write(name, text.replace(old, new))

    def remove(self, name: str) -> None:
        (self._folder / name).unlink()

    def read(self) -> Notice:
        return read_notice(self.sale)

    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong with the notice as it now stands."""
        with pytest.raises(NoticeFault) as raised:
            self.read()
        return raised.value.faults

    def fault(self) -> Fault:
        """The one thing that is wrong."""
        (fault,) = self.faults()
        return fault


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def new_desk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Desk]:
    return lambda: Desk(tmp_path_factory.mktemp("notice"))
