"""
What the engine counts and times, as Prometheus reads it.

One object, handed to whoever has something to tell. Its registry is its own, so two engines in one process (as in tests) do not mix.
"""

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4

_COMMIT_S: Final = (0.000_1, 0.000_2, 0.000_3, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0)
_SWEEP_S: Final = (0.000_1, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)
_ACK_S: Final = (0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 2.0)
_LABELS_MAX: Final = 64
"""Different labels one meter may have. More would come from outside, and fill our memory."""


class Meters:
    """Every figure the engine shows at ``/metrics``. Times are in seconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self._bids = Counter("luochui_bids_accepted", "Bids on the record.", ["channel"], registry=registry)
        self._refused = Counter(
            "luochui_refused", "Commands and requests that were refused, by code.", ["code"], registry=registry
        )
        self._commit = Histogram(
            "luochui_commit_seconds",
            "From taking up a batch to having it on disk.",
            buckets=_COMMIT_S,
            registry=registry,
        )
        self._commit_records = Counter("luochui_records", "Records kept.", registry=registry)
        self._fan_out = Histogram(
            "luochui_fan_out_seconds", "One sweep over all browsers of a sale.", buckets=_SWEEP_S, registry=registry
        )
        self._ack = Histogram(
            "luochui_ack_seconds", "From a command's arrival to its answer.", buckets=_ACK_S, registry=registry
        )
        self._depth = Gauge("luochui_queue_depth", "What waits, by queue.", ["queue"], registry=registry)
        self._connections = Gauge("luochui_connections", "Open connections, by role.", ["role"], registry=registry)
        self._evicted = Counter("luochui_evictions", "Browsers let go, by reason.", ["why"], registry=registry)
        self._resyncs = Counter(
            "luochui_resyncs", "Viewers given a new picture because they had lost the thread.", registry=registry
        )
        self._http = Counter(
            "luochui_http_requests", "HTTP requests answered, by status.", ["status"], registry=registry
        )
        self._handshakes = Counter(
            "luochui_tls_handshakes", "TLS handshakes, by how they ended.", ["how"], registry=registry
        )
        self._halted = Gauge("luochui_rooms_halted", "Rooms that stopped because storage failed.", registry=registry)
        self._tokens_refused = Counter("luochui_tokens_refused", "Tokens shown that let nobody in.", registry=registry)
        self.evictions: dict[str, int] = {}
        """Browsers let go so far, by reason."""

        self.tokens_refused = 0
        """Tokens refused so far."""

        self.resyncs = 0
        """Viewers given a new picture so far."""

        self._by_status: dict[int, Counter] = {}
        self._gateways: tuple[Gauge, Counter] | None = None
        self._codes: set[str] = set()

    def bid_accepted(self, channel: str, count: int = 1) -> None:
        """``count`` bids are on the record."""
        self._bids.labels(channel).inc(count)

    def refused(self, code: str, count: int = 1) -> None:
        """``count`` commands or requests were refused with ``code``."""
        if code not in self._codes and len(self._codes) >= _LABELS_MAX:
            code = "other"
        self._codes.add(code)
        self._refused.labels(code).inc(count)

    def committed(self, records: int, took_s: float) -> None:
        """A batch of ``records`` is on disk."""
        self._commit.observe(took_s)
        self._commit_records.inc(records)

    def swept(self, took_s: float) -> None:
        """A sweep over all browsers of a sale is done."""
        self._fan_out.observe(took_s)

    def answered(self, took_s: float) -> None:
        """A command got its answer."""
        self._ack.observe(took_s)

    def depth(self, queue: str, waiting: int) -> None:
        """So many wait in ``queue`` now."""
        self._depth.labels(queue).set(waiting)

    def connections(self, by_role: Mapping[str, int]) -> None:
        """So many connections are open now. A role not named keeps its figure."""
        for role, count in by_role.items():
            self._connections.labels(role).set(count)

    def evicted(self, why: str) -> None:
        """A browser was let go."""
        self._evicted.labels(why).inc()
        self.evictions[why] = self.evictions.get(why, 0) + 1

    def token_refused(self) -> None:
        """Somebody showed a token that is not good."""
        self._tokens_refused.inc()
        self.tokens_refused += 1

    def resynced(self, count: int = 1) -> None:
        """So many viewers got a new picture."""
        self._resyncs.inc(count)
        self.resyncs += count

    def gateways(self, sockets: Mapping[int, int]) -> None:
        """So many sockets each gateway process beside this engine holds now. A house without them shows no such figure."""
        held, _ = self._of_gateways()
        for number, count in sockets.items():
            held.labels(str(number)).set(count)

    def gateway_ended(self) -> None:
        """A gateway process ended that should not have."""
        _, ended = self._of_gateways()
        ended.inc()

    def http(self, status: int) -> None:
        """An HTTP request was answered."""
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._http.labels(str(status))
        counter.inc()

    def shook_hands(self, how: str) -> None:
        """A TLS handshake ended: ``done``, ``failed``, ``late`` or ``plain``."""
        self._handshakes.labels(how).inc()

    def halted(self, rooms: int) -> None:
        """So many rooms have stopped."""
        self._halted.set(rooms)

    def _of_gateways(self) -> tuple[Gauge, Counter]:
        if self._gateways is None:
            held = Gauge(
                "luochui_gateway_sockets", "Sockets each gateway process holds.", ["gateway"], registry=self.registry
            )
            ended = Counter(
                "luochui_gateways_ended", "Gateway processes that ended by themselves.", registry=self.registry
            )
            self._gateways = held, ended
        return self._gateways

    def text(self) -> bytes:
        """All of it, in the format of :data:`CONTENT_TYPE`."""
        return generate_latest(self.registry)
