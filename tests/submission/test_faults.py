"""Every call to the disk fails once, in each way: no false receipt, no sync asked for again, and what was finished is there."""

import errno
from collections.abc import Callable
from contextlib import suppress

import pytest

from engine.domain.refusals import Retry
from engine.domain.units import Nanoseconds
from engine.sealing.faults import SealFault
from engine.submission.faults import WORDING, UploadCode, UploadFault, answer
from engine.submission.store import Store
from tests.submission.disk import Disk
from tests.submission.scene import A, Small, store_on

AT = Nanoseconds(2_000_000_000_000)
FIRST, SECOND = Small("a"), Small("b")
WAYS = {"full": (errno.ENOSPC, False), "broken": (errno.EIO, False), "short": (errno.EIO, True)}
DISK_CODES = {UploadCode.STORE_FULL, UploadCode.STORAGE}


class Sale:
    """What the house has said so far: which envelopes are finished, and which stands on the record."""

    def __init__(self) -> None:
        self.finished: set[bytes] = set()
        self.recorded: Small | None = None

    def open(self, disk: Disk) -> Store:
        store = store_on(disk)
        if self.recorded is not None:
            store.stand(A, "1", self.recorded.manifest)
        return store

    def submit(self, store: Store, small: Small) -> None:
        name = store.begin(A, small.declaration)
        for (part, index), content in small.chunks.items():
            store.put(A, name, part, index, content)
        store.finish(A, name, AT)
        self.finished.add(small.manifest)
        self.recorded = small  # Now the record has it, and says so.
        store.stand(A, "1", small.manifest)

    def all(self, store: Store) -> None:
        """Submit, replace, and begin a third that is given up."""
        self.submit(store, FIRST)
        self.submit(store, SECOND)
        store.discard(A, store.begin(A, Small("c").declaration))


def holds(store: Store, small: Small) -> None:
    for (part, index), content in small.chunks.items():
        assert store.chunk(A, "1", part, index) == content


def calls() -> int:
    disk = Disk()
    disk.fail(0, 0)
    sale = Sale()
    sale.all(sale.open(disk))
    return len(disk.calls)


def tried(disk: Disk, sale: Sale) -> Store | None:
    """The sale up to the fault. None if the store could not be opened."""
    store, said = None, None
    try:
        store = sale.open(disk)
        sale.all(store)
    except UploadFault as fault:
        said = fault
    assert said is None or (said.code in DISK_CODES and set(said.detail) == {"after_ms"})
    return store


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("then", [Disk.kill, Disk.pull_the_plug])
def test_after_any_fault_a_restart_holds_what_stands_and_goes_on(way: str, then: Callable[[Disk], Disk]) -> None:
    for at in range(1, calls() + 1):
        disk, sale = Disk(), Sale()
        disk.fail(at, *WAYS[way][:1], short=WAYS[way][1])
        tried(disk, sale)
        store = sale.open(then(disk))
        if sale.recorded is not None:
            holds(store, sale.recorded)
        sale.all(store)
        holds(sale.open(disk.pull_the_plug()), SECOND)


@pytest.mark.parametrize("way", WAYS)
def test_after_any_fault_the_same_engine_goes_on(way: str) -> None:
    for at in range(1, calls() + 1):
        disk, sale = Disk(), Sale()
        disk.fail(at, *WAYS[way][:1], short=WAYS[way][1])
        store = tried(disk, sale) or sale.open(disk.kill())
        sale.all(store)
        holds(sale.open(disk.pull_the_plug()), SECOND)


@pytest.mark.parametrize("way", WAYS)
def test_a_fault_while_a_store_is_opened_loses_nothing(way: str) -> None:
    for at in range(1, 30):
        disk, sale = Disk(), Sale()
        sale.submit(sale.open(disk), FIRST)
        name = store_on(disk.kill()).begin(A, SECOND.declaration)
        disk.kill().fail(at, *WAYS[way][:1], short=WAYS[way][1])
        with suppress(UploadFault):
            sale.open(disk)
        store = sale.open(disk.pull_the_plug())
        holds(store, FIRST)
        assert store.mine(A) == [name]
        sale.all(store)


def test_an_upload_whose_sync_failed_is_given_up_and_never_believed() -> None:
    disk = Disk()
    store = store_on(disk)
    name = store.begin(A, FIRST.declaration)
    for (part, index), content in FIRST.chunks.items():
        store.put(A, name, part, index, content)
    disk.fail(1, errno.EIO)
    with pytest.raises(UploadFault) as raised:
        store.finish(A, name, AT)
    assert disk.calls[0] == "fsync"
    assert raised.value.code is UploadCode.STORAGE
    with pytest.raises(UploadFault) as raised:
        store.finish(A, name, AT)
    assert raised.value.code is UploadCode.UNKNOWN
    assert disk.files() == {}


def test_a_chunk_that_was_written_in_part_is_not_there() -> None:
    disk = Disk()
    store = store_on(disk)
    name = store.begin(A, FIRST.declaration)
    disk.fail(1, 0, short=True)
    with pytest.raises(UploadFault) as raised:
        store.put(A, name, "sheet", 0, FIRST.chunks["sheet", 0])
    assert raised.value.code is UploadCode.STORAGE
    with pytest.raises(SealFault):
        store.finish(A, name, AT)
    store.put(A, name, "sheet", 0, FIRST.chunks["sheet", 0])
    for index in (0, 1):
        store.put(A, name, "documents", index, FIRST.chunks["documents", index])
    store.finish(A, name, AT)


@pytest.mark.parametrize("code", UploadCode)
def test_every_fault_has_a_sentence_in_both_languages(code: UploadCode) -> None:
    detail: dict[str, int | str] = {
        "most": 3,
        "part": "sheet",
        "chunk": 0,
        "bytes": 8,
        "arrived_us": 2,
        "closed_us": 1,
        "after_ms": 5,
    }
    said = answer(UploadFault(code, **detail))
    assert said["zh"].endswith("。")
    assert said["en"].endswith(".")
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in said["en"])
    assert "{" not in said["zh"] + said["en"]
    assert (said["retry"] is Retry.AFTER_MS) == (code in DISK_CODES)
    assert code in WORDING
