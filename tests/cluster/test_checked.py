"""What a follower believes, frame by frame."""

from dataclasses import replace

import msgspec
import pytest

from engine.cluster.checked import ContinuityLost, Gap, NotBelieved, Place, Stale, check
from engine.cluster.cipher import Cipher, Forged
from engine.cluster.far_clock import WINDOW_NS, FarClock
from engine.cluster.frames import Beat, Committed, close_down, open_down, open_up
from engine.journal.commit import sign_commit
from tests.journal.books import IDENTITY, SIGNER, SIZES, STRANGER, Kept, Scribe, book, sale_commands

KEY = IDENTITY.public_key
BOOK = book()
FRAMES = [Committed.of(commit, records) for records, commit in BOOK]


def after(nth: int) -> Place:
    """Where one stands who has the first ``nth`` commits."""
    return Place(1) if not nth else Place(1, BOOK[nth - 1][1].last, BOOK[nth - 1][1].head)


@pytest.mark.parametrize("nth", range(len(FRAMES)))
def test_the_next_commit_comes_out_as_it_was_kept(nth: int) -> None:
    records, kept = BOOK[nth]
    commit, found = check(FRAMES[nth], "trial", KEY, after(nth))
    assert found == records or [each.digest for each in found] == [each.digest for each in records]
    assert (commit.statement, commit.signature, commit.digests) == (kept.statement, kept.signature, kept.digests)


def test_what_is_known_is_stale_and_what_comes_too_early_is_a_gap() -> None:
    with pytest.raises(Stale):
        check(FRAMES[0], "trial", KEY, after(1))
    with pytest.raises(Gap):
        check(FRAMES[1], "trial", KEY, after(0))


def test_an_older_epoch_is_stale_even_where_it_would_fit_and_a_newer_one_ends_what_was_followed() -> None:
    fitting = after(1)
    with pytest.raises(Stale):
        check(FRAMES[1], "trial", KEY, Place(2, fitting.seq, fitting.head))
    newer = msgspec.structs.replace(FRAMES[1], **_signed_in(2))
    with pytest.raises(ContinuityLost):
        check(newer, "trial", KEY, fitting)


def test_history_of_an_earlier_epoch_is_taken_and_what_its_engine_wrote_after_its_end_is_not() -> None:
    begins = ((1, 1), (2, BOOK[2][1].first))
    place = replace(after(1), epoch=2, begins=begins)
    commit, _ = check(FRAMES[1], "trial", KEY, place)
    there = replace(place, seq=commit.last, head=commit.head)
    with pytest.raises(Stale):
        check(FRAMES[2], "trial", KEY, there)
    in_force = promoted(2)
    commit, records = check(Committed.of(in_force[1], in_force[0]), "trial", KEY, there)
    assert {record.epoch for record in records} == {commit.statement.epoch} == {2}


def promoted(nth: int) -> Kept:
    """Commit ``nth``, made by the engine of the next epoch."""
    scribe, commands = Scribe(), iter(sale_commands())
    for size in SIZES[:nth]:
        scribe.batch(next(commands) for _ in range(size))
    scribe.identity = replace(IDENTITY, epoch=2)
    return scribe.batch(next(commands) for _ in range(SIZES[nth]))


def _signed_in(epoch: int) -> dict[str, object]:
    statement = BOOK[1][1].statement.text().split("\n")
    statement[2] = str(epoch)
    text = "\n".join(statement)
    return {"statement": text, "signature": SIGNER.sign(text.encode())}


def test_another_history_of_the_house_is_not_taken_for_the_next_commit() -> None:
    place = after(1)
    with pytest.raises(NotBelieved):
        check(FRAMES[1], "trial", KEY, Place(1, place.seq, bytes(32)))


@pytest.mark.parametrize("field", ["arrived_at", "recorded_at", "command", "outcome"])
def test_no_field_of_a_record_can_be_changed(field: str) -> None:
    [first, *rest] = FRAMES[0].records
    value = getattr(first, field)
    other = value + 1 if isinstance(value, int) else value.replace(b"1", b"2") if b"1" in value else value[::-1]
    changed = msgspec.structs.replace(FRAMES[0], records=(msgspec.structs.replace(first, **{field: other}), *rest))
    with pytest.raises(NotBelieved):
        check(changed, "trial", KEY, after(0))


def test_the_salts_cannot_be_changed() -> None:
    with pytest.raises(NotBelieved):
        check(msgspec.structs.replace(FRAMES[0], salt_key=b"other"), "trial", KEY, after(0))


def test_records_cannot_be_left_out_or_exchanged() -> None:
    frame = next(frame for frame in FRAMES if len(frame.records) > 1)
    place = after(FRAMES.index(frame))
    for records in (frame.records[1:], frame.records[::-1], (), frame.records + frame.records[:1]):
        with pytest.raises(NotBelieved):
            check(msgspec.structs.replace(frame, records=records), "trial", KEY, place)


def test_only_the_house_signs_and_only_for_this_sale() -> None:
    records, _ = BOOK[0]
    for frame, sale in (
        (Committed.of(sign_commit(records, STRANGER, "0" * 64), records), "trial"),
        (FRAMES[0], "another"),
        (msgspec.structs.replace(FRAMES[0], statement="no statement"), "trial"),
    ):
        with pytest.raises(NotBelieved):
            check(frame, sale, KEY, after(0))


def test_a_beat_is_the_house_s_or_nothing() -> None:
    beat = Beat("trial", 1, 7, bytes(32), 5, "boot", "").signed(SIGNER)
    assert beat.holds(KEY)
    assert not msgspec.structs.replace(beat, seq=8).holds(KEY)
    assert not Beat("trial", 1, 7, bytes(32), 5, "boot", "").signed(STRANGER).holds(KEY)


def test_what_is_closed_for_one_place_opens_nowhere_else() -> None:
    cipher, other = Cipher(b"\x01" * 32), Cipher(b"\x02" * 32)
    closed = close_down(cipher, "trial", FRAMES[0])
    assert open_down(cipher, "trial", closed) == FRAMES[0]
    assert FRAMES[0].records[0].command not in closed
    for forge in (
        lambda: open_down(other, "trial", closed),
        lambda: open_down(cipher, "another", closed),
        lambda: open_up(cipher, "trial", closed),
        lambda: open_down(cipher, "trial", closed[:-1]),
        lambda: open_down(cipher, "trial", b""),
        lambda: open_down(cipher, "trial", cipher.close("down trial", b"no message")),
    ):
        with pytest.raises(Forged):
            forge()


def test_a_gateway_s_clock_is_never_ahead_of_the_house_and_never_goes_back() -> None:
    own = [0]
    clock = FarClock(lambda: own[0])
    assert clock.now() == 0
    seen = []
    for own_now, house_said in ((100, 1_000), (200, 1_090), (300, 1_210), (400, 1_250)):
        own[0] = own_now
        clock.hear(house_said, "a")
        seen.append(clock.now())
    assert seen == [1_000, 1_100, 1_210, 1_310]  # The beat that was quickest on its way counts: 910 ahead of ours.
    clock.hear(500, "b")  # Another engine, whose clock is behind: time stands still until it is reached.
    assert clock.now() == 1_310


def test_two_clocks_that_drift_apart_are_compared_anew() -> None:
    own = [0]
    clock = FarClock(lambda: own[0])
    clock.hear(1_000, "a")
    own[0] = 2 * WINDOW_NS
    clock.hear(2 * WINDOW_NS, "a")
    assert clock.now() == 2 * WINDOW_NS
