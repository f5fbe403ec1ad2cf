"""Viewers count messages, however they are cut into frames and pieces."""

import os
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.peers.sink import Marks, Sink, all_enter, enter

MARK = b"<end>"


@given(st.integers(0, 20), st.lists(st.integers(1, 40), max_size=60))
def test_a_message_counts_once_however_its_stream_is_cut(messages: int, cuts: list[int]) -> None:
    stream, marks = b"\x81\x7e\x04\xb0xxx<end" * 3 + b"<en>xx<end>" * messages, Marks(MARK)
    for cut in cuts:
        marks.take(7, stream[:cut])
        stream = stream[cut:]
    marks.take(7, stream)
    assert marks.count == messages


def test_what_two_streams_bring_by_turns_is_not_mixed_up() -> None:
    marks = Marks(MARK)
    for stream, piece in ((1, b"x<en"), (2, b"d>"), (1, b"d>"), (2, b"<end>")):
        marks.take(stream, piece)
    assert marks.count == 2


def test_a_sink_reads_until_it_has_what_it_is_asked_for() -> None:
    near, far = socket.socketpair()
    asked, ask = os.pipe()
    far.sendall(b"xx<end>xx<end>")
    os.write(ask, b"2\n")
    sink = Sink({near.fileno(): near}, Marks(MARK))
    sink.drain(asked)
    assert (sink.marks.count, sink.total) == (2, 14)
    assert sink.last_ns > 0
    for each in (near, far):
        each.close()
    for each_fd in (asked, ask):
        os.close(each_fd)


def test_a_sink_ends_when_nobody_waits_for_it_or_everybody_has_gone() -> None:
    near, far = socket.socketpair()
    asked, ask = os.pipe()
    os.close(ask)
    sink = Sink({near.fileno(): near}, Marks(MARK))
    sink.drain(asked)
    assert sink.marks.count == 0
    far.close()
    asked_again, ask_again = os.pipe()
    sink.drain(asked_again)
    assert sink.socks == {}
    for each_fd in (asked, asked_again, ask_again):
        os.close(each_fd)


def test_many_come_in_at_once_and_one_who_is_not_let_in_is_told_of() -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    waiting = [near for near, _ in pairs]
    assert len(all_enter(3, waiting.pop)) == 3
    with pytest.raises(ConnectionError):
        all_enter(2, refused)
    for pair in pairs:
        for each in pair:
            each.close()


def refused() -> socket.socket:
    raise ConnectionError("full")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 503 Full\r\n\r\n", b"HTTP/1.1 10"])
def test_a_viewer_who_is_not_let_in_says_so(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def refuse() -> None:
            sock, _ = door.accept()
            with sock:
                while not sock.recv(65536).endswith(b"\r\n\r\n"):
                    pass
                sock.sendall(answer)

        refusing = threading.Thread(target=refuse)
        refusing.start()
        with pytest.raises(ConnectionError, match=r"503|not let in"):
            enter(door.getsockname()[1], "/", "", b"")
        refusing.join()
