"""Tickets are good once, for half a minute."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.parties import Principal
from engine.gateway.limits import Refused
from engine.gateway.tickets import Tickets, TicketSettings
from engine.gateway.tokens import Credential
from engine.wire.refusals import Fault

EIGHT, NINE = Principal("bidder:8"), Principal("bidder:9")


def issued(tickets: Tickets, sale: str, principal: Principal) -> str:
    return tickets.issue(Credential(principal, sale, "0" * 32, 0, 2**31))


class Watch:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def tickets(watch: Watch) -> Tickets:
    return Tickets(TicketSettings(), watch)


def refused(tickets: Tickets, ticket: str, sale: str = "s1") -> bool:
    with pytest.raises(Refused) as no:
        tickets.use(ticket, sale)
    return no.value.fault is Fault.TICKET_USED and no.value.detail == {}


def test_a_ticket_lets_its_holder_in_once(tickets: Tickets) -> None:
    ticket = issued(tickets, "s1", EIGHT)
    assert tickets.use(ticket, "s1").principal == EIGHT
    assert refused(tickets, ticket)
    assert len(tickets) == 0


def test_a_ticket_is_256_bits_that_fit_into_json_and_addresses(tickets: Tickets) -> None:
    several = {issued(tickets, "s1", Principal(f"bidder:{n}")) for n in range(1, 100)}
    assert len(several) == 99
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", ticket) for ticket in several)


def test_a_ticket_is_good_for_thirty_seconds(tickets: Tickets, watch: Watch) -> None:
    early, late = issued(tickets, "s1", EIGHT), issued(tickets, "s1", EIGHT)
    watch.now_s += 29.99
    assert tickets.use(early, "s1").principal == EIGHT
    watch.now_s += 0.01
    assert refused(tickets, late)


def test_a_ticket_for_another_sale_is_no_good_and_then_void(tickets: Tickets) -> None:
    ticket = issued(tickets, "s1", EIGHT)
    assert refused(tickets, ticket, "s2")
    assert refused(tickets, ticket, "s1")


@pytest.mark.parametrize("ticket", ["", "x", "A" * 43, "落槌", "\ud800", "x" * 100_000])
def test_a_ticket_nobody_was_given_is_no_good(tickets: Tickets, ticket: str) -> None:
    assert refused(tickets, ticket)


def test_who_asks_again_and_again_keeps_the_newest(tickets: Tickets) -> None:
    mine = [issued(tickets, "s1", EIGHT) for _ in range(10)]
    others = issued(tickets, "s1", NINE)
    assert len(tickets) == 9
    assert refused(tickets, mine[0])
    assert refused(tickets, mine[1])
    assert all(tickets.use(ticket, "s1").principal == EIGHT for ticket in mine[2:])
    assert tickets.use(others, "s1").principal == NINE


def test_too_many_tickets_are_not_issued_until_old_ones_expire(watch: Watch) -> None:
    tickets = Tickets(TicketSettings(outstanding_max=3), watch)
    for n in (1, 2, 3):
        issued(tickets, "s1", Principal(f"bidder:{n}"))
    with pytest.raises(Refused) as no:
        issued(tickets, "s1", EIGHT)
    assert no.value.fault is Fault.BUSY
    watch.now_s += 30
    assert tickets.use(issued(tickets, "s1", EIGHT), "s1").principal == EIGHT
    assert len(tickets) == 0


def test_the_ticket_itself_is_not_kept(tickets: Tickets) -> None:
    ticket = issued(tickets, "s1", EIGHT)
    assert ticket not in repr(vars(tickets))
    assert ticket.encode() not in b"".join(tickets._holders)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("issue"), st.integers(1, 4)),
            st.tuples(st.just("use"), st.integers(0, 30)),
            st.tuples(st.just("wait"), st.integers(1, 20)),
        ),
        max_size=60,
    )
)
def test_no_order_of_asking_and_waiting_lets_a_ticket_in_twice_or_late(steps: list[tuple[str, int]]) -> None:
    watch = Watch()
    tickets = Tickets(TicketSettings(per_principal_max=3, outstanding_max=6), watch)
    given_out: list[tuple[str, Principal, float]] = []
    used: set[str] = set()
    for what, number in steps:
        if what == "wait":
            watch.now_s += number
        elif what == "issue":
            who = Principal(f"bidder:{number}")
            with contextlib.suppress(Refused):
                given_out.append((issued(tickets, "s1", who), who, watch.now_s))
        elif given_out:
            ticket, who, at = given_out[number % len(given_out)]
            try:
                assert tickets.use(ticket, "s1").principal == who
            except Refused:
                continue
            assert ticket not in used
            assert watch.now_s < at + 30
            used.add(ticket)
        assert len(tickets) <= 6
        assert sum(tickets._count.values()) == len(tickets)
