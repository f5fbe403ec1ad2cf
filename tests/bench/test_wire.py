"""Frames are read as they come, in whatever pieces."""

import pytest

from bench.wire import PING, TEXT, Counter, Reader, masked
from engine.gateway.frames import PING as HOUSE_PING
from engine.gateway.frames import text_frame

FRAMES = [text_frame(b"x" * size) for size in (0, 1, 125, 126, 127, 65_535, 65_536)] + [HOUSE_PING, text_frame(b"end")]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 125, 4096, 1 << 20])
def test_frames_are_counted_and_read_however_the_bytes_come(piece: int) -> None:
    stream = b"".join(FRAMES)
    counter, reader, read = Counter(), Reader(), []
    for at in range(0, len(stream), piece):
        part = bytearray(stream[at : at + piece])
        counter.take(part, len(part))
        read += list(reader.take(part))
    assert counter.frames == len(FRAMES)
    assert counter.pings == 1
    assert counter.between_frames
    assert [kind for kind, _ in read] == [TEXT] * 7 + [PING, TEXT]
    assert [len(content) for _, content in read] == [0, 1, 125, 126, 127, 65_535, 65_536, 0, 3]


def test_a_frame_that_is_cut_off_is_noticed() -> None:
    counter = Counter()
    counter.take(bytearray(FRAMES[3][:-1]), len(FRAMES[3]) - 1)
    assert not counter.between_frames


@pytest.mark.parametrize("size", [0, 125, 126, 65_535])
def test_what_is_said_to_the_house_is_masked(size: int) -> None:
    frame = masked(b"x" * size)
    assert frame[1] & 0x80
    assert frame.endswith(b"x" * size)
    assert len(frame) - size in {6, 8}


def test_what_is_left_of_a_frame_can_be_counted_from_there() -> None:
    reader, counter = Reader(), Counter()
    stream = FRAMES[3] + FRAMES[4]
    assert len(list(reader.take(stream[: len(FRAMES[3]) + 5]))) == 1
    left = reader.left()
    assert left == FRAMES[4][:5]
    counter.take(bytearray(left), len(left))
    counter.take(bytearray(FRAMES[4][5:]), len(FRAMES[4]) - 5)
    assert counter.frames == 1
    assert counter.between_frames
    assert reader.left() == b""
