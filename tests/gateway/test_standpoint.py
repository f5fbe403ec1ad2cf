"""Where viewers stand: by the record's own numbers, or, behind the veil, by what all were shown."""

from engine.domain.units import Nanoseconds
from engine.gateway.standpoint import Place, Standpoint
from engine.wire.messages import Position
from tests.journal.books import book

HEAD = bytes(32)
RECORDS = {record.seq: record for records, _ in book() for record in records}


def standpoint(*, veiled: bool, opened_at: int = 1) -> Standpoint:
    at = Nanoseconds(opened_at)
    return Standpoint(sale="t1", epoch=1, seq=7, head=HEAD, veiled=veiled, opened_at=at, heads_max=4)


def position(one: Standpoint) -> Position:
    return Position(epoch=1, seq=one.seq, head=one.head.hex())


def test_without_a_veil_each_record_is_a_place() -> None:
    one = standpoint(veiled=False)
    before = position(one)
    place = one.carry(RECORDS[8], veiled=False)
    assert (one.seq, one.head) == (place.seq, place.digest) == (8, RECORDS[8].digest)
    assert one.continues(before)
    assert not one.continues(Position(epoch=2, seq=8, head=one.head.hex()))
    assert not one.continues(Position(epoch=1, seq=9, head=one.head.hex()))


def test_behind_the_veil_only_what_is_shown_is_counted() -> None:
    one = standpoint(veiled=True)
    assert one.seq == 1
    unseen = one.carry(RECORDS[8], veiled=True)
    assert (one.seq, unseen.seq) == (1, 2)
    seen = one.carry(RECORDS[12], veiled=True)
    assert (seen.seq, seen.digest) == (unseen.seq, unseen.digest)  # Whatever came in between.
    before = position(one)
    one.show(seen)
    one.show(seen)
    assert position(one) == Position(epoch=1, seq=2, head=seen.digest.hex())
    assert one.continues(before)


def test_when_the_veil_is_lifted_all_go_on_from_the_record_and_take_a_new_picture() -> None:
    one = standpoint(veiled=True)
    veiled = position(one)
    place = one.carry(RECORDS[8], veiled=False)
    assert isinstance(place, Place)
    assert (one.veiled, one.seq, one.head) == (False, 8, RECORDS[8].digest)
    assert not one.continues(veiled)
    assert one.continues(position(one))


def test_a_place_behind_the_veil_of_an_earlier_run_is_none() -> None:
    assert not standpoint(veiled=True, opened_at=2).continues(position(standpoint(veiled=True)))
