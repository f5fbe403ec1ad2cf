"""Sales made while the house serves: a draft is read as a notice, shown to its maker, and announced when he says so."""

import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import trio

from engine.domain import proceeding
from engine.domain.auction.commands import SetReserve
from engine.domain.auction.plates import CLASS_NAMES, plate_classes
from engine.domain.canonical import digest
from engine.domain.parties import Channel, Principal, role_of
from engine.domain.units import Nanoseconds
from engine.domain.views import overview
from engine.gateway.builder import Draft
from engine.gateway.limits import Refused
from engine.gateway.pages import VIEWS
from engine.gateway.responses import TRY_AGAIN_MS
from engine.journal.faults import JournalFault
from engine.journal.files import sync_folder, write_once
from engine.notice import Fault as NoticeLine
from engine.notice import Notice, NoticeFault, read_files
from engine.notice.faults import SHOWN_MAX
from engine.notice.lines import shown
from engine.notice.write import LISTS, NOTICE, TooDeep, write_notice
from engine.room.folder import DataFolder
from engine.wire.refusals import Fault

LINK_TTL_S: Final = 7 * 24 * 3600
"""How long the links are good that are shown once, after the announcement."""

ROSTRUM: Final = "rostrum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A draft, read."""

    files: dict[str, bytes]
    notice: Notice | None
    faults: tuple[NoticeLine, ...] = ()

    @property
    def digest(self) -> str | None:
        """Of all that would be announced: sheet, titles, lots, reserves, paddles, officers."""
        return None if self.notice is None else digest(self.notice)


class Planning:
    """
    See :class:`engine.gateway.builder.Planner`.

    Args:
        folder: Where notices are kept.
        announce: Announces a notice in the running engine. Raises ``JournalFault`` or ``OSError`` if nothing came of it.
        exists: Whether there is a sale of this id.
        token: Makes a token for an officer.

    """

    def __init__(
        self,
        folder: DataFolder,
        *,
        announce: Callable[[Notice], Awaitable[None]],
        exists: Callable[[str], bool],
        token: Callable[[Principal, str, int], str],
    ) -> None:
        self._folder, self._announce, self._exists, self._token = folder, announce, exists, token
        self._reading = trio.CapacityLimiter(1)
        self._announcing = trio.Lock()

    async def check(self, draft: Draft) -> dict[str, Any]:
        """What the draft says, or all that is wrong with it."""
        return await trio.to_thread.run_sync(_report, draft, limiter=self._reading)

    async def announce(self, draft: Draft) -> dict[str, Any]:
        """Put the notice into the data folder, announce it, and make links for its officers."""
        async with self._announcing:
            read = await trio.to_thread.run_sync(_read, draft, limiter=self._reading)
            if read.notice is None:
                raise Refused(Fault.DRAFT_FAULTY, faults=len(read.faults))
            if read.digest != draft.digest:
                raise Refused(Fault.DRAFT_CHANGED)
            sale = read.notice.sale
            if self._exists(sale) or self._folder.notice(sale).exists():
                raise Refused(Fault.SALE_EXISTS, sale=sale)
            try:
                await trio.to_thread.run_sync(put, self._folder.notice(sale), read.files)
                await self._announce(read.notice)
            except (JournalFault, OSError):
                await trio.to_thread.run_sync(_take_back, self._folder.notice(sale))
                raise Refused(Fault.STORAGE, after_ms=TRY_AGAIN_MS) from None
        return {"sale": sale, "links": [self._link(sale, officer) for officer in read.notice.officers]}

    def _link(self, sale: str, officer: Principal) -> dict[str, str]:
        role = role_of(officer)
        page = role if role in VIEWS else ROSTRUM
        token = self._token(officer, sale, LINK_TTL_S)
        return {"role": role, "principal": officer, "path": f"/sales/{sale}/{page}", "token": token}


def put(place: Path, files: Mapping[str, bytes]) -> None:
    """
    Put a notice's files into the folder ``place``: all of them, or nothing.

    Raises:
        OSError: They could not be written; or something is there.

    """
    draft = place.with_name(f".{place.name}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        for name, data in files.items():
            write_once(draft / name, data, mode=0o600)
        draft.rename(place)
        sync_folder(place.parent)
    except OSError:
        _take_back(draft)
        raise


def _take_back(folder: Path) -> None:
    """Remove a notice of which nothing came; by its notice first, so that a crash in between leaves nothing to announce."""
    with suppress(OSError):
        (folder / NOTICE).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _read(draft: Draft) -> Read:
    try:
        files = write_notice(draft.form, draft.lists)
    except TooDeep:
        raise Refused(Fault.HTTP_MALFORMED, field="form") from None
    try:
        return Read(files=files, notice=read_files(files, NOTICE))
    except NoticeFault as fault:
        return Read(files=files, notice=None, faults=fault.faults)


def _report(draft: Draft) -> dict[str, Any]:
    read = _read(draft)
    faults = read.faults[:SHOWN_MAX]
    lines = {}
    for field, data in draft.lists.items():
        name = LISTS[field]
        told = shown(
            data, name, {fault.place.line for fault in faults if fault.place.file == name and fault.place.line}
        )
        rows = [{"line": line, "cells": cells} for line, cells in told.rows]
        lines[field] = {"file": name, "header": told.header, "rows": rows, "left_out": told.left_out}
    return {
        "faults": [_fault(fault) for fault in faults],
        "more": len(read.faults) - len(faults),
        "toml": read.files[NOTICE].decode(),
        "lines": lines,
        "digest": read.digest,
        **(_nothing() if read.notice is None else _seen(read.notice)),
    }


def _fault(fault: NoticeLine) -> dict[str, Any]:
    place = {"file": fault.place.file, "line": fault.place.line, "field": fault.place.field}
    return {"code": fault.code, **place, "found": fault.found, "wanted": fault.wanted, "zh": fault.zh, "en": fault.en}


def _nothing() -> dict[str, Any]:
    return {"preview": None, "sheet": None, "rules_digest": None}


def _seen(notice: Notice) -> dict[str, Any]:
    """The notice as its maker sees it. Of a reserve only that there is one."""
    (event,) = proceeding.decide(None, notice.announce, Nanoseconds(0))
    state = proceeding.apply(None, event)
    reserved = {term.lot for term in notice.terms if isinstance(term, SetReserve)}
    classes = {entry.lot: plate_classes(entry.plate) for entry in notice.announce.catalogue}
    counted = Counter(each for found in classes.values() for each in found)
    channels = Counter(admit.channel for admit in notice.admissions)
    return {
        "preview": {
            "lots": [
                {
                    "lot": entry.lot,
                    "plate": entry.plate,
                    "opening_fen": entry.opening_price,
                    "reserve": entry.lot in reserved,
                    "classes": classes[entry.lot],
                }
                for entry in notice.announce.catalogue
            ],
            "paddles": {"hall": channels[Channel.HALL], "online": channels[Channel.ONLINE]},
            "opening_fen": sum(entry.opening_price for entry in notice.announce.catalogue),
            "reserves": len(reserved),
            "classes": [
                {"class": code, "zh": name.zh, "en": name.en, "lots": counted[code]}
                for code, name in CLASS_NAMES.items()
                if counted[code]
            ],
            "officers": list(notice.officers),
        },
        "sheet": overview(state)["rules"],
        "rules_digest": state.rules_digest,
    }
