"""What is measured is started, talked to and looked at as a process of its own."""

import os
import sys

import pytest

from bench.peers.processes import Stuck, cpu_s, environment, free_ports, on, rss_kib, running, wait_for


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_process_is_talked_to_line_by_line() -> None:
    with running(python("print(1); print(2, flush=True); print(input() + '!', flush=True); input()")) as process:
        assert [process.line(), process.line()] == ["1", "2"]
        process.say("go")
        assert process.line() == "go!"
        assert cpu_s(process.pid) > 0
        assert rss_kib(process.pid) > 1000
    assert process.popen.returncode is not None


def test_one_that_ends_says_the_last_it_complained_of() -> None:
    with running(python("raise SystemExit('no such thing')")) as process, pytest.raises(Stuck, match="no such thing"):
        process.line()


def test_one_that_says_nothing_is_not_waited_for_longer_than_that() -> None:
    with running(python("input()")) as process:
        with pytest.raises(TimeoutError):
            process.wait_for_line(0.0)
        with pytest.raises(Stuck, match="said nothing in 0 s"):
            process.line(0.0)
        process.close_stdin()
        process.say("too late") if process.popen.stdin and not process.popen.stdin.closed else None


def test_one_that_ends_before_it_listens_did_not_start() -> None:
    (port,) = free_ports(1)
    with running(python("raise SystemExit('port taken')")) as process:
        process.popen.wait()
        with pytest.raises(Stuck, match="did not start: port taken"):
            wait_for(port, process)


def test_cores_are_chosen_where_they_can_be() -> None:
    assert on(frozenset(), ["a", "b"]) == ["a", "b"]
    assert on(frozenset({1, 0}), ["a"])[-1] == "a"


def test_our_own_time_is_what_the_clock_of_our_process_says() -> None:
    before = cpu_s(os.getpid())
    assert sum(range(10_000)) == 49_995_000
    assert cpu_s(os.getpid()) > before
    assert "PYTHONPATH" in environment()
