"""What the engine counts."""

from prometheus_client.parser import text_string_to_metric_families

from engine.meters import Meters


def values(meters: Meters) -> dict[tuple[str, str], float]:
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(meters.text().decode())
        for sample in family.samples
    }


def test_every_meter_shows_what_it_was_told() -> None:
    meters = Meters()
    meters.bid_accepted("online")
    meters.bid_accepted("hall", 3)
    meters.refused("E_BID_TOO_LOW", 2)
    meters.committed(12, 0.0004)
    meters.swept(0.003)
    meters.answered(0.7)
    meters.depth("mailbox", 5)
    meters.connections({"public": 100, "bidder": 7})
    meters.connections({"bidder": 6})
    meters.evicted("stalled")
    meters.resynced(2)
    meters.http(200)
    meters.http(200)
    meters.halted(1)
    meters.token_refused()
    meters.shook_hands("late")
    found = values(meters)
    assert found["luochui_bids_accepted_total", "online"] == 1
    assert found["luochui_bids_accepted_total", "hall"] == 3
    assert found["luochui_refused_total", "E_BID_TOO_LOW"] == 2
    assert found["luochui_commit_seconds_bucket", "0.0003"] == 0
    assert found["luochui_commit_seconds_bucket", "0.0005"] == 1
    assert found["luochui_records_total", ""] == 12
    assert found["luochui_fan_out_seconds_count", ""] == 1
    assert found["luochui_ack_seconds_sum", ""] == 0.7
    assert found["luochui_queue_depth", "mailbox"] == 5
    assert found["luochui_connections", "public"] == 100
    assert found["luochui_connections", "bidder"] == 6
    assert found["luochui_evictions_total", "stalled"] == 1
    assert found["luochui_resyncs_total", ""] == 2
    assert found["luochui_http_requests_total", "200"] == 2
    assert found["luochui_rooms_halted", ""] == 1
    assert found["luochui_tokens_refused_total", ""] == 1
    assert found["luochui_tls_handshakes_total", "late"] == 1
    assert (meters.evictions, meters.tokens_refused) == ({"stalled": 1}, 1)


def test_two_engines_in_one_process_do_not_mix() -> None:
    one, other = Meters(), Meters()
    one.resynced(5)
    assert values(other)["luochui_resyncs_total", ""] == 0


def test_codes_from_outside_cannot_fill_the_memory() -> None:
    meters = Meters()
    for number in range(1000):
        meters.refused(f"E_{number}")
    counted = {labels: value for (name, labels), value in values(meters).items() if name == "luochui_refused_total"}
    assert len(counted) == 65
    assert counted["other"] == 936
