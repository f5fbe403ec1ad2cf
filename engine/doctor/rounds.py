"""The round: every check, one after another."""

from collections.abc import Callable, Iterator
from pathlib import Path

from engine.certificates import utc_now
from engine.config import Config
from engine.doctor import certificate, clock, disk, envelopes, folder, fonts, journals, keys, port, revoked, system
from engine.doctor.finding import Finding, fault
from engine.submission.settings import SubmissionSettings


class NoFolder(Exception):
    """There is no data folder where one was named."""


def go_round(
    config: Config,
    data: Path | None,
    anchors: Path | None,
    *,
    deep: bool = False,
    on_progress: Callable[[int], object] = lambda _seq: None,
) -> Iterator[Finding]:
    """
    Look at everything, and say what it means.

    Args:
        config: Settings: where the house listens, its certificate.
        data: The data folder; without it what needs one is left out.
        anchors: Where the head anchors are, if not in the data folder.
        deep: Decide every record again.
        on_progress: Told of records while that goes on.

    Raises:
        NoFolder: ``data`` is not there.

    """
    if data is not None and not data.is_dir():
        raise NoFolder(f"{data} is no folder: make it first (mkdir), or look at --data again")
    http = config.http
    tls = bool(http.tls_certificate)
    yield clock.judge(clock.look())
    if data is not None:
        yield from _folder(data)
    yield fonts.judge(fonts.look(config.papers.fonts), config.papers.fonts)
    yield port.judge(port.look(http.host, http.port, tls=tls))
    yield certificate.judge(certificate.look(http.tls_certificate, http.tls_key, http.host), utc_now())
    yield keys.judge(keys.look(keys.secrets_of(data, http.tls_key)))
    if data is not None:
        yield revoked.judge(revoked.look(data))
    yield system.judge_files(system.look_files(), tls=tls)
    yield system.judge_programs(system.look_programs())
    if data is not None:
        yield folder.judge(folder.look(data, anchors))
        yield folder.judge_lock(held=folder.look_lock(data))
        yield from _journals(data, anchors, config.submission, deep=deep, on_progress=on_progress)


def _journals(
    data: Path,
    anchors: Path | None,
    submission: SubmissionSettings,
    *,
    deep: bool,
    on_progress: Callable[[int], object],
) -> Iterator[Finding]:
    place, sales = journals.sales_of(data, anchors)
    found = []
    for sale in sales:
        found.append(journals.look(place, sale, deep=deep, on_progress=on_progress))
        yield from journals.judge(found[-1], utc_now())
        sealed = envelopes.look(place, sale, submission, deep=deep, on_progress=on_progress)
        if sealed is not None:
            yield from envelopes.judge(sealed)
    yield journals.judge_key(journals.look_key(place), found)


def _folder(data: Path) -> Iterator[Finding]:
    found = disk.look(data)
    yield disk.judge(found)
    if not found.writable:
        return
    try:
        yield disk.judge_sync(disk.sync_ms(data))
    except OSError as error:
        yield fault(
            "fsync", f"不能在 {data} 写入：{error.strerror}。", f"{data} cannot be written to: {error.strerror}."
        )
