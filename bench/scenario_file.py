"""A scenario, read from one TOML file: either all of it is right, or every fault is told with its line, in Chinese and English."""

from pathlib import Path
from typing import Any, Final

from bench.scenario import Rush, Scenario, Stage, Storm
from bench.thresholds import EXAMPLES, Threshold, parse
from engine.notice import fields
from engine.notice.faults import FaultCode, Faults
from engine.notice.fields import known, optional, required, whole, words
from engine.notice.places import Cell, Row
from engine.notice.text import Folder
from engine.notice.toml import Document, read_document

STAGES_MAX: Final = 100
STORMS_MAX: Final = 100
THRESHOLDS_MAX: Final = 50
RATE_MAX: Final = 100_000.0
SECONDS_MAX: Final = 24 * 3600.0
BIDS_MAX: Final = 2_000_000
CROWD_MAX: Final = 100_000
PROCESSES_MAX: Final = 64
SEED_MAX: Final = 2**63 - 1
TITLE_CHARACTERS_MAX: Final = 120


def read_scenario(path: Path) -> Scenario:
    """
    The scenario that the TOML file ``path`` describes.

    Raises:
        NoticeFault: With every fault found in it, in Chinese and English.

    """
    faults = Faults()
    document = read_document(Folder(path.parent), path.name, faults)
    scenario = None if document is None else _Reader(document, faults).read()
    faults.close()
    if scenario is None:
        raise AssertionError("a scenario that cannot be read has a fault")
    return scenario


_SECTIONS: Final = ("scenario", "stages", "rush", "crowd", "links", "storms", "run", "thresholds")
_STAGE: Final = ("for_s", "rate", "rate_to")
_STORM: Final = ("at_s", "share_percent", "back_after_s")
_PACES: Final = {"steady": True, "random": False}


class _Reader:
    """Reads one scenario, to its end whatever is wrong, so that all faults come out together."""

    def __init__(self, document: Document, faults: Faults) -> None:
        self._document, self._faults = document, faults

    def read(self) -> Scenario | None:
        document, faults = self._document, self._faults
        known(document.row(document.data, ()), _SECTIONS, faults)
        about = self._section("scenario", ("name", "title_zh", "title_en", "seed", "pace"))
        crowd = self._section(
            "crowd", ("bidders", "displays", "sampled", "slow_percent", "slow_bytes_per_s", "enter_per_s")
        )
        links = self._section("links", ("lost_per_s", "back_after_s"))
        run = self._section("run", ("warm_up_s", "processes", "lag_p99_ms_max"))
        limits = self._section("thresholds", ("hold",))
        name = required(about, "name", fields.name, faults)
        stages = self._stages()
        rush = self._rush()
        displays = self._count(crowd, "displays", 0, CROWD_MAX, 1000)
        scenario = Scenario(
            name=name or "",
            title_zh=optional(about, "title_zh", _title, faults) or name or "",
            title_en=optional(about, "title_en", _title, faults) or name or "",
            seed=self._count(about, "seed", 0, SEED_MAX, 20161015),
            steady=self._pace(about),
            stages=stages,
            rush=rush,
            bidders=self._count(crowd, "bidders", 2, CROWD_MAX, 50),
            displays=displays,
            sampled=min(displays, self._count(crowd, "sampled", 1, CROWD_MAX, 7)),
            slow_percent=self._number(crowd, "slow_percent", 0, 100, 0),
            slow_bytes_per_s=self._count(crowd, "slow_bytes_per_s", 1, 10**9, 2000),
            enter_per_s=self._number(crowd, "enter_per_s", 1, 10**6, 500),
            lost_per_s=self._number(links, "lost_per_s", 0, 10**6, 0),
            back_after_s=self._number(links, "back_after_s", 0, SECONDS_MAX, 1),
            storms=self._storms(),
            warm_up_s=self._number(run, "warm_up_s", 0, SECONDS_MAX, 2),
            processes=self._count(run, "processes", 0, PROCESSES_MAX, 0),
            lag_p99_ms_max=self._number(run, "lag_p99_ms_max", 0.001, 10**6, 20),
            thresholds=self._thresholds(limits),
        )
        bids = sum(stage.bids for stage in stages) * (rush.times if rush is not None else 1)
        if bids > BIDS_MAX:
            faults.add(FaultCode.TOO_MANY, document.row(document.data, ("stages",)).place, f"{bids:.0f}", BIDS_MAX)
        return scenario if stages and name else None

    def _section(self, name: str, names: tuple[str, ...]) -> Row:
        row = self._document.section(name, self._faults)
        known(row, names, self._faults)
        return row

    def _stages(self) -> tuple[Stage, ...]:
        found = []
        for row in self._rows("stages", STAGES_MAX, _STAGE, needed=True):
            for_s, rate = self._number(row, "for_s", 0.1, SECONDS_MAX), self._number(row, "rate", 0.01, RATE_MAX)
            found.append(Stage(for_s=for_s, rate=rate, rate_to=self._number(row, "rate_to", 0.01, RATE_MAX, rate)))
        return tuple(found)

    def _rush(self) -> Rush | None:
        if "rush" not in self._document.data:
            return None
        row = self._section("rush", ("last_s", "times"))
        return Rush(
            last_s=self._number(row, "last_s", 0.1, SECONDS_MAX, 10), times=self._number(row, "times", 1, 1000, 10)
        )

    def _storms(self) -> tuple[Storm, ...]:
        return tuple(
            Storm(
                at_s=self._number(row, "at_s", 0, SECONDS_MAX),
                share_percent=self._number(row, "share_percent", 0, 100),
                back_after_s=self._number(row, "back_after_s", 0, SECONDS_MAX, 1),
            )
            for row in self._rows("storms", STORMS_MAX, _STORM, needed=False)
        )

    def _thresholds(self, row: Row) -> tuple[Threshold, ...]:
        cell = row.cells.get("hold")
        if cell is None:
            return ()
        items = self._document.items(cell, ("thresholds", "hold"))
        if items is None:
            self._faults.add(FaultCode.WRONG_TYPE, cell.place, cell.value, f'["{EXAMPLES[0]}"]')
            return ()
        if len(items) > THRESHOLDS_MAX:
            self._faults.add(FaultCode.TOO_MANY, cell.place, wanted=THRESHOLDS_MAX)
            return ()
        found = []
        for item in items:
            threshold = parse(item.value) if isinstance(item.value, str) else None
            if threshold is None:
                self._faults.add(FaultCode.UNKNOWN_VALUE, item.place, item.value, "; ".join(EXAMPLES))
            else:
                found.append(threshold)
        return tuple(found)

    # Single values.

    def _rows(self, name: str, most: int, names: tuple[str, ...], *, needed: bool) -> list[Row]:
        rows = self._document.rows(self._document.data.get(name, []), (name,), most, self._faults) or []
        if not rows and needed and self._document.data.get(name, []) == []:
            self._faults.add(FaultCode.MISSING_FIELD, self._document.row({}, (name,)).place, wanted=f"[[{name}]]")
        for row in rows:
            known(row, names, self._faults)
        return rows

    def _count(self, row: Row, name: str, least: int, most: int, default: int) -> int:
        def read(cell: Cell, faults: Faults) -> int | None:
            return whole(cell, least, most, faults)

        found = optional(row, name, read, self._faults)
        return default if found is None else found

    def _number(self, row: Row, name: str, least: float, most: float, default: float | None = None) -> float:
        def read(cell: Cell, faults: Faults) -> float | None:
            return _decimal(cell, least, most, faults)

        found = (required if default is None else optional)(row, name, read, self._faults)
        return (default if default is not None else least) if found is None else found

    def _pace(self, row: Row) -> bool:
        cell = row.cells.get("pace")
        if cell is None or (isinstance(cell.value, str) and cell.value in _PACES):
            return True if cell is None else _PACES[str(cell.value)]
        self._faults.add(FaultCode.UNKNOWN_VALUE, cell.place, cell.value, ", ".join(_PACES))
        return True


def _decimal(cell: Cell, least: float, most: float, faults: Faults) -> float | None:
    value: Any = cell.value
    wanted = f"{least:g}…{most:g}"
    if isinstance(value, bool):
        faults.add(FaultCode.BOOLEAN_NUMBER, cell.place, value, wanted)
    elif not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN is the number that is not itself
        faults.add(FaultCode.WRONG_TYPE, cell.place, value, wanted)
    elif value < least:
        faults.add(FaultCode.NEGATIVE if value < 0 else FaultCode.TOO_SMALL, cell.place, value, wanted)
    elif value > most:
        faults.add(FaultCode.TOO_LARGE, cell.place, value, wanted)
    else:
        return float(value)
    return None


def _title(cell: Cell, faults: Faults) -> str | None:
    return words(cell, TITLE_CHARACTERS_MAX, faults)
