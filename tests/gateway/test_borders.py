"""Where a browser's frames end, however they are cut on the way."""

from hypothesis import given
from hypothesis import strategies as st

from engine.gateway.borders import UNKNOWN, to_come

LENGTHS = st.lists(st.integers(0, 300) | st.just(70_000), max_size=5)


def a_frame(length: int) -> bytes:
    if length < 126:
        size = bytes((0x80 | length,))
    elif length < 65_536:
        size = b"\xfe" + length.to_bytes(2)
    else:
        size = b"\xff" + length.to_bytes(8)
    return b"\x82" + size + bytes(4) + b"\x8a" * length


@given(lengths=LENGTHS, cuts=st.lists(st.integers(0, 1000), max_size=5))
def test_what_the_frame_under_way_lacks_is_right_or_said_to_be_unknown(lengths: list[int], cuts: list[int]) -> None:
    frames = [a_frame(length) for length in lengths]
    stream = b"".join(frames)
    ends = [sum(map(len, frames[:at])) for at in range(len(frames) + 1)]
    left = at = 0
    for cut in sorted({min(cut, len(stream)) for cut in cuts} | {len(stream)}):
        left = to_come(left, stream[at:cut])
        if left == UNKNOWN:
            return
        assert left == min((end for end in ends if end >= cut), default=cut) - cut
        at = cut


def test_a_header_in_pieces_is_not_guessed_at() -> None:
    assert to_come(0, b"\x81") == UNKNOWN
    assert to_come(0, a_frame(300)[:3]) == UNKNOWN
    assert to_come(0, a_frame(5)[:2]) == 9
