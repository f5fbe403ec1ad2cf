"""Events as JSON lines: to stderr, or to a file that others rotate."""

import logging
import queue
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener, WatchedFileHandler
from traceback import extract_tb
from typing import Any, Final

import orjson

NOWHERE: Final = "none"
STDERR: Final = "stderr"
LINES_MAX: Final = 10_000
"""Lines that may wait for a slow disk or pipe; beyond, they are counted and dropped: the sale does not wait for its log."""

OURS: Final = logging.getLogger("luochui")
EVENTS: Final = logging.getLogger("luochui.events")
EVENTS.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Where events go, and which."""

    to: str = NOWHERE
    """``none``, ``stderr``, or a file; a file that was moved away is begun anew (logrotate needs no signal)."""

    addresses: bool = False
    """Whether a line may hold the address of a browser."""

    summary_every_s: float = 60.0
    """How often what is only counted (browsers let go, tokens refused) is told."""

    slow_commit_ms: float = 250.0
    """A commit that takes longer is told."""


class EventLog:
    """
    Where events are told.

    Args:
        logger: Takes the lines.

    """

    def __init__(self, logger: logging.Logger = EVENTS) -> None:
        self._logger = logger

    def tell(self, event: str, /, **fields: int | float | str | list[str] | dict[str, int]) -> None:
        """Something happened that is in order."""
        self._logger.info(event, extra={"fields": fields})

    def warn(self, event: str, /, **fields: int | float | str | list[str] | dict[str, int]) -> None:
        """Something happened that somebody should look at."""
        self._logger.warning(event, extra={"fields": fields})


class Lines(logging.Formatter):
    """
    One JSON object a line: ``at`` (UTC), ``level``, ``event``, and what belongs to it.

    A message that is no event has ``"event":"message"``. Of an exception the kind and the places are kept, not its text: that may quote
    what somebody sent.
    """

    def __init__(self, *, addresses: bool) -> None:
        super().__init__()
        self._addresses = addresses

    def format(self, record: logging.LogRecord) -> str:
        """See :class:`Lines`."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower()}
        fields = getattr(record, "fields", None)
        if fields is not None:
            line |= {"event": record.getMessage(), **fields}
        else:
            line |= {"event": "message", "from": record.name, "said": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["trace"] = [
                f"{place.filename}:{place.lineno} {place.name}" for place in extract_tb(error.__traceback__)
            ]
        address = getattr(record, "address", None)
        if self._addresses and address is not None:
            line["address"] = address
        return orjson.dumps(line).decode()


class Waiting(QueueHandler):
    """Hands lines to a thread, so that no disk or pipe can hold the house up."""

    def __init__(self, waiting: "queue.Queue[logging.LogRecord]") -> None:
        super().__init__(waiting)
        self.dropped = 0
        """Lines there was no room for."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """As it is: it stays in this process."""
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Leave ``record`` for the thread, or count it."""
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1


@contextmanager
def opened(settings: LogSettings) -> Iterator[EventLog]:
    """
    The log, for as long as the block lasts.

    Raises:
        OSError: The file cannot be written.

    """
    if settings.to == NOWHERE:
        yield EventLog()
        return
    target: logging.Handler
    target = logging.StreamHandler(sys.stderr) if settings.to == STDERR else WatchedFileHandler(settings.to)
    target.setFormatter(Lines(addresses=settings.addresses))
    waiting = Waiting(queue.Queue(LINES_MAX))
    listener = QueueListener(waiting.queue, target)
    listener.start()
    OURS.addHandler(waiting)
    OURS.setLevel(logging.INFO)
    log = EventLog()
    try:
        yield log
    finally:
        if waiting.dropped:
            log.warn("log_lines_dropped", count=waiting.dropped)
        OURS.removeHandler(waiting)
        listener.stop()
        target.close()
