"""A sale's transparency log: what is signed when, what is proved, and whose cosignature is taken."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
import trio
import trio.testing
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.gateway.limits import Refused
from engine.gateway.transparency import TransparencyLog, TransparencySettings
from engine.journal.base import Spine
from engine.journal.record import GENESIS, Record
from engine.journal.tree import Tree
from engine.wire.note import Checkpoint, Kind, Note, Verifier, cosign, sign
from engine.wire.refusals import Fault
from engine.wire.tree import consistent, root_by_path
from tests.journal.books import IDENTITY, SIGNER, STRANGER, book

RECORDS = [record for records, _ in book() for record in records]
HAMMER = next(at for at, record in enumerate(RECORDS) if "HammerFell" in record.outcome_bytes.decode())
WITNESS = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
SEEN_BY = Verifier("w1", WITNESS.public_key().public_bytes_raw(), Kind.WITNESS)


def log_of(records: list[Record], *, kept_at: Path | None = None, **settings: Any) -> TransparencyLog:
    at = records[-1].recorded_at if records else 0
    return TransparencyLog(
        identity=IDENTITY,
        spine=Spine(tuple(record.digest for record in records), at),  # type: ignore[arg-type]
        sign_with=SIGNER.sign,
        witnesses=(SEEN_BY,),
        settings=TransparencySettings(**settings),
        kept_at=kept_at,
    )


def cosignature(note: str, at_s: int = 1_795_752_001) -> str:
    return cosign(Note.parse(note).text, SEEN_BY, WITNESS.sign, at_s).line()


class Told:
    """The frames pages were told, and when."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.at: list[float] = []

    async def __call__(self, ready: bytes) -> None:
        await trio.lowlevel.checkpoint()
        self.frames.append(orjson.loads(ready[ready.index(b"{") :]))
        self.at.append(trio.current_time())

    @property
    def sizes(self) -> list[int]:
        return [frame["size"] for frame in self.frames]


@asynccontextmanager
async def running(log: TransparencyLog) -> AsyncIterator[Told]:
    told = Told()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(log.run, told)
        await trio.testing.wait_all_tasks_blocked()
        yield told
        nursery.cancel_scope.cancel()


async def test_while_something_happens_a_checkpoint_is_signed_every_second_and_no_more_often(
    autojump_clock: trio.testing.MockClock,
) -> None:
    log = log_of([])
    async with running(log) as told:
        for record in RECORDS[:HAMMER]:
            log.take(record)
            await trio.sleep(0.3)
        await trio.sleep(10)
    assert told.sizes[0] == 0
    assert told.sizes[-1] == HAMMER
    assert all(later - earlier >= 1 for earlier, later in pairwise(told.at[1:]))
    assert len(told.sizes) == len(set(told.sizes))


async def test_a_checkpoint_is_signed_at_once_when_the_hammer_has_fallen(
    autojump_clock: trio.testing.MockClock,
) -> None:
    log = log_of(RECORDS[: HAMMER - 1])
    async with running(log) as told:
        log.take(RECORDS[HAMMER - 1])
        await trio.sleep(0.1)
        log.take(RECORDS[HAMMER])
        began = trio.current_time()
        await trio.testing.wait_all_tasks_blocked()
        assert told.sizes[-1] == HAMMER + 1
        assert told.at[-1] == began


async def test_an_idle_sale_is_not_signed_again(autojump_clock: trio.testing.MockClock) -> None:
    async with running(log_of(RECORDS)) as told:
        await trio.sleep(3600)
    assert told.sizes == [len(RECORDS)]


def test_a_checkpoint_names_root_head_and_instant_and_is_signed_by_the_house() -> None:
    log = log_of(RECORDS)
    note = Note.parse(log.note())
    assert note.signed_by(log.verifier)
    assert Checkpoint.parse(note.text) == Checkpoint(
        log.verifier.name,
        len(RECORDS),
        Tree(record.digest for record in RECORDS).root(len(RECORDS)),
        IDENTITY.epoch,
        RECORDS[-1].digest,
        RECORDS[-1].recorded_at,
    )
    assert log.brief() == {
        "origin": log.verifier.name,
        "vkey": log.verifier.text(),
        "size": len(RECORDS),
        "root": Checkpoint.parse(note.text).root.hex(),
    }


def test_a_new_log_covers_nothing_and_says_so() -> None:
    checkpoint = Checkpoint.parse(Note.parse(log_of([]).note()).text)
    assert (checkpoint.size, checkpoint.head, checkpoint.at) == (0, GENESIS, 0)


def test_the_same_size_always_gives_the_same_bytes_also_after_a_restart() -> None:
    whole = log_of(RECORDS)
    for size in range(1, len(RECORDS) + 1):
        record = RECORDS[size - 1]
        assert log_of(RECORDS[:size]).note() == whole.checkpoint(size, record.digest, record.recorded_at)


def test_every_record_is_proved_to_be_in_every_checkpoint_that_covers_it() -> None:
    log, sizes = log_of(RECORDS), range(1, len(RECORDS) + 1)
    roots = [Tree(record.digest for record in RECORDS).root(size) for size in (0, *sizes)]
    for size in sizes:
        for seq in range(1, size + 1):
            assert root_by_path(RECORDS[seq - 1].digest, seq - 1, size, log.inclusion(seq, size)) == roots[size]
        assert consistent(size, len(RECORDS), roots[size], roots[-1], log.consistency(size, len(RECORDS)))


@pytest.mark.parametrize(
    "ask",
    [
        lambda log: log.inclusion(0, 5),
        lambda log: log.inclusion(6, 5),
        lambda log: log.inclusion(1, len(RECORDS) + 1),
        lambda log: log.consistency(0, 5),
        lambda log: log.consistency(6, 5),
        lambda log: log.consistency(1, len(RECORDS) + 1),
    ],
)
def test_nothing_is_proved_of_records_there_are_not(ask: Callable[[TransparencyLog], object]) -> None:
    with pytest.raises(Refused) as refused:
        ask(log_of(RECORDS))
    assert refused.value.fault is Fault.NOT_FOUND


async def test_a_witness_is_counted_once_and_its_signature_stands_below_the_houses() -> None:
    log, told = log_of(RECORDS), Told()
    first = log.note()
    assert await log.cosign(len(RECORDS), cosignature(first), told) == 1
    assert await log.cosign(len(RECORDS), cosignature(first, 1_795_752_009), told) == 1
    note = Note.parse(log.note())
    assert note.text == Note.parse(first).text
    assert note.cosigned_at_s(SEEN_BY) == 1_795_752_009
    assert [(frame["witnessed"], frame["witnesses"]) for frame in told.frames] == [(len(RECORDS), 1)] * 2


async def test_a_late_cosignature_of_an_older_checkpoint_does_not_hide_a_newer_one() -> None:
    log, told = log_of(RECORDS[:5]), Told()
    old = log.note()
    for record in RECORDS[5:]:
        log.take(record)
    new = log.checkpoint(5, RECORDS[4].digest, RECORDS[4].recorded_at)
    assert new == old
    assert await log.cosign(5, cosignature(old), told) == 1
    assert told.frames[-1]["witnessed"] == 5


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "nonsense\n",
        "\u2014 w1 QUJDREVGRw==\n",
        cosignature(log_of(RECORDS[:3]).note()),
        cosign(Note.parse(log_of(RECORDS).note()).text, SEEN_BY, STRANGER.sign, 7).line(),
        cosign(
            Note.parse(log_of(RECORDS).note()).text,
            Verifier("w2", SEEN_BY.public, Kind.WITNESS),
            WITNESS.sign,
            7,
        ).line(),
        sign(Note.parse(log_of(RECORDS).note()).text, log_of(RECORDS).verifier, SIGNER.sign).line(),
    ],
)
async def test_no_other_signature_is_taken(lines: str) -> None:
    log, told = log_of(RECORDS), Told()
    before = log.note()
    with pytest.raises(Refused) as refused:
        await log.cosign(len(RECORDS), lines, told)
    assert refused.value.fault is Fault.COSIGNATURE_INVALID
    assert (log.note(), told.frames) == (before, [])


async def test_a_checkpoint_that_is_not_at_hand_any_more_is_not_cosigned() -> None:
    log = log_of([], kept_max=2)
    async with running(log):
        for record in RECORDS[:4]:
            log.take(record)
            log.checkpoint(1, RECORDS[0].digest, RECORDS[0].recorded_at)
    with pytest.raises(Refused) as refused:
        await log.cosign(len(RECORDS), cosignature(log_of(RECORDS).note()), Told())
    assert refused.value.fault is Fault.NOT_FOUND


async def test_what_was_cosigned_is_remembered_over_a_restart(tmp_path: Path) -> None:
    kept_at = tmp_path / "witnessed.note"
    log = log_of(RECORDS, kept_at=kept_at)
    await log.cosign(len(RECORDS), cosignature(log.note()), Told())
    again = log_of(RECORDS, kept_at=kept_at)
    assert again.note() == log.note()
    assert again.frame() == log.frame()


@pytest.mark.parametrize("spoilt", ["", "no note", "a\n\n\u2014 b QUJDREVGRw==\n"])
def test_what_was_kept_badly_is_forgotten(tmp_path: Path, spoilt: str) -> None:
    kept_at = tmp_path / "witnessed.note"
    kept_at.write_text(spoilt, encoding="utf-8")
    assert log_of(RECORDS, kept_at=kept_at).note() == log_of(RECORDS).note()


async def test_a_cosigned_checkpoint_of_another_past_is_forgotten(tmp_path: Path) -> None:
    kept_at = tmp_path / "witnessed.note"
    log = log_of(RECORDS, kept_at=kept_at)
    await log.cosign(len(RECORDS), cosignature(log.note()), Told())
    assert log_of(RECORDS[:-1], kept_at=kept_at).note() == log_of(RECORDS[:-1]).note()
    other = [*RECORDS[:3], RECORDS[4], *RECORDS[4:]]
    assert log_of(other, kept_at=kept_at).note() == log_of(other).note()


def test_a_root_that_comes_out_differently_the_second_time_is_not_signed() -> None:
    log = log_of(RECORDS[:5])
    log._frontier.append(b"a bit flipped in memory".ljust(32))
    with pytest.raises(AssertionError, match="memory"):
        log.checkpoint(4, RECORDS[3].digest, 0)
