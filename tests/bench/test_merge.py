"""What several generators found is what one would have found."""

from typing import Any

from bench.generator import FLAG_ACCEPTED, FLAG_TOUCHED, packed
from bench.histogram import Histogram
from bench.merge import Found, merge, unpacked

MS = 1_000_000


def told(bids: list[tuple[int, int, int, int]], displays: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """One generator's result: bids are due, answered, seq, flags; instants in milliseconds."""
    columns = list(zip(*bids, strict=True)) or [()] * 4
    return {
        "connect": Histogram.of([MS]).plain(),
        "resume": Histogram().plain(),
        "lag": Histogram.of([1000] * len(bids)).plain(),
        "counts": {"frames": 10},
        "errors": {},
        "refused": {},
        "cpu_s": 1.0,
        "took_s": 4.0,
        "entry_s": 0.00006,
        "bids": {
            "due": packed(at * MS for at in columns[0]),
            "answered": packed(at * MS if at >= 0 else -1 for at in columns[1]),
            "seq": packed(columns[2]),
            "flags": packed(columns[3]),
        },
        "displays": [
            {"lost": each.get("lost", 0), "seq": packed(each["seq"]), "at": packed(at * MS for at in each["at"])}
            for each in displays
        ],
        **more,
    }


def ms(found: Found, name: str) -> list[int]:
    return [round(value / MS) for _, value in found.latencies[name].curve()]


A = FLAG_ACCEPTED


def test_a_bid_is_seen_when_its_record_or_a_later_one_is_shown() -> None:
    found = merge(
        [
            told([(0, 3, 11, A), (10, 14, 12, A)], [{"seq": [10, 11, 12], "at": [-5, 4, 15]}]),
            told([(20, 22, 14, A)], [{"seq": [10, 12, 14], "at": [-5, 18, 29]}]),
        ],
        0,
    )
    assert ms(found, "bid_ack") == [2, 3, 4]
    assert ms(found, "bid_seen_first") == [4, 5, 9]
    assert ms(found, "bid_seen_last") == [8, 9, 18]
    assert found.counts["conflated"] == 1  # record 11 at the second display
    assert found.counts["bids"] == found.counts["accepted"] == 3
    assert found.counts["frames"] == 20
    assert found.latencies["connect"].count == 2
    assert found.generator_cpu == 0.25


def test_what_was_warming_up_is_left_out() -> None:
    found = merge([told([(0, 3, 1, A), (10, 14, 2, A)], [{"seq": [1, 2], "at": [1, 15]}])], 5 * MS)
    assert ms(found, "bid_ack") == [4]
    assert found.counts["bids"] == 1


def test_a_bid_whose_own_link_was_lost_is_counted_apart() -> None:
    found = merge([told([(0, 900, 1, A | FLAG_TOUCHED), (10, 14, 2, A)], [{"seq": [1, 2], "at": [901, 902]}])], 0)
    assert ms(found, "bid_ack") == [4]
    assert ms(found, "bid_ack_after_loss") == [900]
    assert found.latencies["bid_seen_last"].count == 1


def test_a_bid_without_an_answer_is_counted_as_such_and_has_no_latency() -> None:
    found = merge([told([(0, -1, 0, FLAG_TOUCHED)], [])], 0)
    assert found.counts["unanswered"] == 1
    assert not found.latencies["bid_ack"].count
    assert not found.latencies["bid_ack_after_loss"].count


def test_a_display_whose_link_was_lost_says_nothing_of_when_others_saw() -> None:
    found = merge([told([(0, 3, 1, A)], [{"seq": [1], "at": [900], "lost": 1}, {"seq": [1], "at": [5]}])], 0)
    assert ms(found, "bid_seen_last") == [5]


def test_numbers_are_unpacked_as_they_were_packed() -> None:
    assert list(unpacked(packed([0, -1, 2**62]))) == [0, -1, 2**62]
