"""What waits for a browser that cannot take it now."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.gateway.frames import text_frame
from engine.gateway.outbox import Outbox, OutboxFull, Shared, conflated, shared


def a_frame(seq: int, prev: int | None = None, **parts: Any) -> Shared:
    return shared(
        prev=seq - 1 if prev is None else prev,
        seq=seq,
        head=f"{seq:064x}",
        at_us=seq,
        epoch=1,
        parts=parts,
        events=[{"type": "BidPlaced", "lot": seq}],
    )


def read(data: bytes) -> list[dict[str, Any]]:
    """The frames in ``data``, as a browser would cut them."""
    frames = []
    while data:
        size, at = data[1], 2
        if size == 126:
            size, at = int.from_bytes(data[2:4]), 4
        elif size == 127:
            size, at = int.from_bytes(data[2:10]), 10
        frames.append(orjson.loads(data[at : at + size]))
        data = data[at + size :]
    return frames


def drain(outbox: Outbox, bite: int) -> bytes:
    taken = b""
    while (data := outbox.next()) is not None:
        bitten = data[:bite]
        outbox.took(len(bitten))
        taken += bitten
    return taken


def test_frames_that_fell_behind_become_one_with_the_newest_of_each_part() -> None:
    outbox = Outbox(1000)
    outbox.fall_behind([a_frame(5, block=1, figures=1), a_frame(6, block=2)])
    outbox.fall_behind([a_frame(9, prev=6, sale=3)])
    [one] = read(drain(outbox, 100_000))
    assert (one["prev"], one["seq"]) == (4, 9)
    assert one["parts"] == {"block": 2, "figures": 1, "sale": 3}
    assert [event["lot"] for event in one["events"]] == [5, 6, 9]


def test_private_frames_keep_their_order_and_are_never_conflated() -> None:
    outbox = Outbox(100_000)
    answers = [text_frame(orjson.dumps({"type": "answer", "seq": seq})) for seq in range(3)]
    outbox.private(answers[0])
    outbox.fall_behind([a_frame(1, block=1)])
    outbox.private(answers[1])
    outbox.fall_behind([a_frame(2, block=2), a_frame(3, block=3)])
    outbox.private(answers[2])
    kinds = [(frame["type"], frame["seq"]) for frame in read(drain(outbox, 7))]
    assert kinds == [("answer", 0), ("record", 1), ("answer", 1), ("record", 3), ("answer", 2)]


def test_the_rest_of_a_frame_goes_before_everything_else() -> None:
    outbox = Outbox(1000)
    first, second = a_frame(1, block=1).ready, text_frame(b"{}")
    outbox.private(second)
    outbox.rest(first[10:])
    assert first[:10] + drain(outbox, 5) == first + second


def test_too_many_private_bytes_are_refused_and_shared_frames_never_are() -> None:
    outbox = Outbox(4000)
    for seq in range(1, 1000):
        outbox.fall_behind([a_frame(seq, block=seq)])
    outbox.private(b"x" * 2000)
    with pytest.raises(OutboxFull):
        outbox.private(b"x" * 2000)


@given(st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 99), max_size=4), min_size=1, max_size=30))
def test_conflation_leads_where_the_single_frames_lead(changes: list[dict[str, int]]) -> None:
    frames = [a_frame(seq, **parts) for seq, parts in enumerate(changes, 1)]
    folded: dict[str, int] = {}
    for one in frames:
        folded.update(one.parts)
    whole = conflated(frames).shared()
    assert whole.parts == folded
    assert (whole.prev, whole.seq, whole.head) == (0, len(frames), frames[-1].head)


@given(st.integers(0, 70_000))
def test_a_text_frame_says_its_length(size: int) -> None:
    data = text_frame(b'"' + b"x" * size + b'"')
    [text] = list[object](read(data))
    assert text == "x" * size
