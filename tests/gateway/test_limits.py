"""How often and how many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.parties import Principal
from engine.gateway.limits import Buckets, Limits, LimitSettings, Place, Refused, network
from engine.wire.refusals import Fault, answer
from tests.gateway.test_tickets import EIGHT, NINE, Watch


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def limits(watch: Watch) -> Limits:
    return Limits(LimitSettings(), watch)


def seated(limits: Limits, who: Principal | None = EIGHT, sale: str = "s1", address: str = "192.0.2.1") -> Place:
    place = limits.knock(address)
    place.seat(sale, who)
    return place


# Commands.


def test_twenty_commands_at_once_are_taken_and_the_next_is_told_when_to_come(limits: Limits) -> None:
    place = seated(limits)
    for _ in range(20):
        place.spend()
    with pytest.raises(Refused) as no:
        place.spend()
    assert (no.value.fault, no.value.detail) == (Fault.RATE_LIMITED, {"after_ms": 100})
    assert "100" in answer(no.value.fault, **no.value.detail)["zh"]


def test_who_comes_back_when_told_is_taken(limits: Limits, watch: Watch) -> None:
    place = seated(limits)
    for _ in range(20):
        place.spend()
    for _ in range(50):
        with pytest.raises(Refused) as no:
            place.spend()
        watch.now_s += int(no.value.detail["after_ms"]) / 1000
        place.spend()


def test_ten_commands_a_second_are_always_taken(limits: Limits, watch: Watch) -> None:
    place = seated(limits)
    for _ in range(1000):
        place.spend()
        watch.now_s += 0.1


def test_a_principal_has_one_allowance_on_all_its_sockets(limits: Limits) -> None:
    places = [seated(limits) for _ in range(3)]
    for _ in range(6):
        for place in places:
            place.spend()
    places[0].spend()
    places[1].spend()
    with pytest.raises(Refused):
        places[2].spend()
    seated(limits, NINE).spend()
    seated(limits, EIGHT, "s2").spend()


def test_leaving_and_coming_back_gives_no_new_allowance(limits: Limits) -> None:
    place = seated(limits)
    for _ in range(20):
        place.spend()
    place.leave()
    with pytest.raises(Refused):
        seated(limits).spend()


def test_each_of_the_public_has_an_allowance_of_its_own(limits: Limits) -> None:
    one, other = seated(limits, None), seated(limits, None)
    for _ in range(20):
        one.spend()
    with pytest.raises(Refused):
        one.spend()
    other.spend()


@given(st.lists(st.floats(0, 2), max_size=200))
def test_no_rhythm_gets_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    watch = Watch()
    buckets = Buckets(per_s=10, burst=20, keys_max=10, now=watch)
    taken, began = 0, watch.now_s
    for pause in pauses:
        watch.now_s += pause
        taken += buckets.spend("k") == 0
        assert taken <= 20 + (watch.now_s - began) * 10 + 1e-6


def test_a_table_of_allowances_forgets_the_longest_unused(watch: Watch) -> None:
    buckets = Buckets(per_s=1, burst=1, keys_max=100, now=watch)
    for number in range(100_000):
        assert buckets.spend("busy") == 0 or number
        buckets.spend(number)
    assert len(buckets) == 100
    assert buckets.spend("busy") > 0


# Sockets.


def test_a_principal_may_have_three_sockets(limits: Limits) -> None:
    places = [seated(limits) for _ in range(3)]
    fourth = limits.knock("192.0.2.9")
    with pytest.raises(Refused) as no:
        fourth.seat("s1", EIGHT)
    assert no.value.fault is Fault.TOO_MANY_SESSIONS
    assert answer(no.value.fault, **no.value.detail)["detail"]["after_ms"] == 5000
    fourth.seat("s2", EIGHT)
    places[1].leave()
    seated(limits)


def test_an_address_may_have_so_many_sockets_that_have_not_said_who_they_are(limits: Limits) -> None:
    places = [limits.knock("192.0.2.1") for _ in range(limits.settings.half_open_per_address)]
    with pytest.raises(Refused) as no:
        limits.knock("192.0.2.1")
    assert no.value.fault is Fault.TOO_MANY_SESSIONS
    limits.knock("192.0.2.2")
    places[3].seat("s1", EIGHT)
    limits.knock("192.0.2.1")
    places[4].leave()
    limits.knock("192.0.2.1")


def test_all_together_may_have_so_many_half_open_sockets(watch: Watch) -> None:
    limits = Limits(LimitSettings(half_open_max=50), watch)
    for number in range(50):
        limits.knock(f"192.0.2.{number}")
    with pytest.raises(Refused):
        limits.knock("198.51.100.1")


def test_the_public_is_limited_by_address_and_in_all(watch: Watch) -> None:
    limits = Limits(LimitSettings(public_per_address=3, public_max=5), watch)
    places = [seated(limits, None, address="192.0.2.1") for _ in range(3)]
    with pytest.raises(Refused):
        seated(limits, None, address="192.0.2.1")
    seated(limits, None, address="192.0.2.2")
    seated(limits, None, address="192.0.2.3")
    with pytest.raises(Refused):
        seated(limits, None, address="192.0.2.4")
    seated(limits, EIGHT, address="192.0.2.1")  # Bidders are not kept out by those who look on.
    places[0].leave()
    seated(limits, None, address="192.0.2.4")


def test_a_place_that_was_refused_a_seat_is_given_back_by_leaving(limits: Limits) -> None:
    for _ in range(3):
        seated(limits)
    for _ in range(100):
        place = limits.knock("192.0.2.1")
        with pytest.raises(Refused):
            place.seat("s1", EIGHT)
        place.leave()
        place.leave()
    assert not limits.half_open


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["knock", "seat", "public", "leave"]),
            st.integers(0, 9),
            st.sampled_from(["a", "b", "2001:db8::1"]),
        ),
        max_size=80,
    )
)
def test_when_everybody_has_left_nothing_is_counted(steps: list[tuple[str, int, str]]) -> None:
    limits = Limits(LimitSettings(half_open_per_address=4, public_per_address=3), Watch())
    places: list[Place] = []
    for what, number, address in steps:
        try:
            if what == "knock":
                places.append(limits.knock(address))
            elif places and what == "leave":
                places[number % len(places)].leave()
            elif places:
                places[number % len(places)].seat("s1", EIGHT if what == "seat" else None)
        except Refused:
            pass
        assert limits.half_open["all"] <= 12
        assert limits.sockets[("s1", EIGHT)] <= 3
    for place in places:
        place.leave()
    assert not +limits.half_open
    assert not +limits.public
    assert not +limits.sockets


# Tickets and the record.


def test_an_address_may_ask_for_tickets_so_often(limits: Limits, watch: Watch) -> None:
    for _ in range(400):
        limits.ticket("192.0.2.1")
    with pytest.raises(Refused) as no:
        limits.ticket("192.0.2.1")
    assert (no.value.fault, no.value.detail) == (Fault.RATE_LIMITED, {"after_ms": 50})
    limits.ticket("192.0.2.2")
    watch.now_s += 0.05
    limits.ticket("192.0.2.1")


def test_an_address_may_read_the_record_so_often(limits: Limits) -> None:
    for _ in range(200):
        limits.read("192.0.2.1")
    with pytest.raises(Refused):
        limits.read("192.0.2.1")
    limits.ticket("192.0.2.1")


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("what:ever", "what:ever"),
        ("", ""),
    ],
)
def test_a_whole_ipv6_network_counts_as_one_address(address: str, counts_as: str) -> None:
    assert network(address) == counts_as
