"""Events as JSON lines: what is in them, and what never is."""

import io
import logging
import queue
import sys
from pathlib import Path

import orjson
import pytest

from engine.eventlog.lines import EventLog, Lines, LogSettings, Waiting, opened


def a_logger(name: str, *, addresses: bool = False) -> tuple[logging.Logger, io.StringIO]:
    logger, text = logging.Logger(name, logging.INFO), io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(Lines(addresses=addresses))
    logger.addHandler(handler)
    return logger, text


def test_an_event_is_one_line_with_its_time_and_fields() -> None:
    logger, text = a_logger("events")
    EventLog(logger).tell("sale_opened", sale="s1", seq=3)
    EventLog(logger).warn("slow_commit", sale="s1\nforged", ms=300)
    first, second = (orjson.loads(line) for line in text.getvalue().splitlines())
    assert first.pop("at").endswith("+00:00")
    assert first == {"level": "info", "event": "sale_opened", "sale": "s1", "seq": 3}
    assert (second["level"], second["sale"]) == ("warning", "s1\nforged")


def test_of_a_fault_the_kind_and_the_place_are_kept_and_not_what_it_quotes() -> None:
    logger, text = a_logger("faults")
    try:
        int("token eyJhbGciOi")
    except ValueError:
        logger.exception("a connection failed", extra={"address": "203.0.113.9"})
    line = orjson.loads(text.getvalue())
    assert (line["event"], line["said"], line["error"]) == ("message", "a connection failed", "ValueError")
    assert "test_lines.py" in line["trace"][0]
    assert "eyJ" not in text.getvalue()
    assert "203.0.113.9" not in text.getvalue()


def test_an_address_is_told_only_where_that_is_wanted() -> None:
    logger, text = a_logger("addresses", addresses=True)
    logger.warning("a connection failed", extra={"address": "203.0.113.9"})
    assert orjson.loads(text.getvalue())["address"] == "203.0.113.9"


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    path, old = tmp_path / "events.log", tmp_path / "events.log.1"
    with opened(LogSettings(to=str(path))) as log:
        log.tell("engine_started")
    path.rename(old)
    with opened(LogSettings(to=str(path))) as log:
        log.tell("engine_stopped")
    assert b"engine_started" in old.read_bytes()
    assert orjson.loads(path.read_bytes())["event"] == "engine_stopped"
    assert not logging.getLogger("luochui").handlers


def test_a_file_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened(LogSettings(to=str(tmp_path / "none" / "events.log"))):
        pass


def test_without_a_place_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with opened(LogSettings()) as log:
        log.warn("room_halted")
    sys.stderr.flush()
    assert capsys.readouterr() == ("", "")


def test_the_sale_does_not_wait_for_a_log_that_is_full() -> None:
    waiting = Waiting(queue.Queue(2))
    for _ in range(5):
        waiting.handle(logging.LogRecord("x", logging.INFO, "", 0, "event", None, None))
    assert waiting.dropped == 3
