"""The core, fed by hand."""

import itertools
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.core import ClientCore
from clients.news import (
    Answered,
    MineChanged,
    NeedReconnect,
    NeverSeen,
    Noticed,
    NotKnownYet,
    PictureTaken,
    PresenceTold,
    RecordFolded,
    Refused,
    TimeTold,
    TryAgain,
    Welcomed,
    Why,
)
from engine.wire.messages import read_frame

WELCOME = {
    "type": "welcome",
    "protocol": 1,
    "sale": "s",
    "role": "bidder",
    "paddle": 8,
    "epoch": 1,
    "server_us": 5,
    "key": "00" * 32,
}


def text(frame: dict[str, Any]) -> str:
    return orjson.dumps(frame).decode()


def head(seq: int) -> str:
    return f"{seq:064x}"


def picture(seq: int, *, epoch: int = 1, **parts: Any) -> dict[str, Any]:
    return {"type": "picture", "epoch": epoch, "seq": seq, "head": head(seq), "parts": parts}


def record(prev: int, seq: int, *, epoch: int = 1, **parts: Any) -> dict[str, Any]:
    events = [{"type": "Happened", "seq": seq}]
    return {
        "type": "record",
        "epoch": epoch,
        "prev": prev,
        "seq": seq,
        "head": head(seq),
        "at_us": seq,
        "parts": parts,
        "events": events,
    }


def refusal(code: str, retry: str, **detail: Any) -> dict[str, Any]:
    return {"code": code, "retry": retry, "zh": "不", "en": "no", "detail": detail}


def numbered() -> ClientCore:
    count = itertools.count(1)
    return ClientCore(new_id=lambda: f"id-{next(count)}")


def entered(seq: int = 3, **parts: Any) -> ClientCore:
    core = numbered()
    core.hello()
    core.receive(text(WELCOME))
    core.receive(text(picture(seq, **parts)))
    return core


# Folding.


def test_a_record_replaces_the_named_parts_and_moves_on() -> None:
    core = entered(3, block={"price_fen": None}, sale={"phase": "open"})
    assert core.receive(text(record(3, 4, block={"price_fen": 5}))) == [
        RecordFolded(seq=4, at_us=4, changed=("block",), events=({"type": "Happened", "seq": 4},))
    ]
    assert core.parts == {"block": {"price_fen": 5}, "sale": {"phase": "open"}}
    assert (core.seq, core.head) == (4, head(4))


def test_old_news_is_dropped() -> None:
    core = entered(5, block=1)
    assert core.receive(text(record(3, 4, block=0))) == []
    assert core.receive(text(record(4, 5, block=0))) == []
    assert core.parts == {"block": 1}


def test_a_conflated_record_that_reaches_back_before_us_is_folded() -> None:
    core = entered(5, block=1)
    assert core.receive(text(record(3, 9, block=9)))
    assert (core.seq, core.parts) == (9, {"block": 9})


def test_a_gap_is_reported_once_and_nothing_is_folded() -> None:
    core = entered(3, block=1)
    assert core.receive(text(record(4, 5, block=2))) == [NeedReconnect(why=Why.GAP)]
    assert core.receive(text(record(5, 6, block=3))) == []
    assert (core.seq, core.parts) == (3, {"block": 1})
    core.hello()
    assert core.receive(text(record(5, 6, block=3))) == [NeedReconnect(why=Why.GAP)]


def test_a_record_of_another_epoch_is_not_folded() -> None:
    core = entered(3, block=1)
    assert core.receive(text(record(3, 4, epoch=2, block=2))) == [NeedReconnect(why=Why.EPOCH)]
    assert core.parts == {"block": 1}


def test_two_records_in_one_place_are_a_fork() -> None:
    core = entered(3)
    assert core.receive(text(record(2, 3) | {"head": head(99)})) == [NeedReconnect(why=Why.FORK)]


@pytest.mark.parametrize(
    "frame", ["{", "[]", "7", '{"type":"record","epoch":1}', '{"type":"picture"}', '{"no":"type"}']
)
def test_an_unreadable_frame_changes_nothing_and_asks_to_come_back(frame: str) -> None:
    core = entered(3, block=1)
    assert core.receive(frame) == [NeedReconnect(why=Why.UNREADABLE)]
    assert (core.seq, core.parts) == (3, {"block": 1})


def test_a_frame_of_a_later_protocol_is_passed_over() -> None:
    assert entered().receive('{"type":"fireworks"}') == []


def test_parts_handed_out_are_never_changed_in_place() -> None:
    core = entered(3, block=1)
    before = core.parts
    core.receive(text(record(3, 4, block=2)))
    core.receive(text({"type": "mine", "seq": 4, "part": {"leads": []}}))
    assert before == {"block": 1}


def test_the_own_part_is_replaced_unless_older_and_outlives_pictures() -> None:
    core = entered(3, block=1)
    assert core.receive(text({"type": "mine", "seq": 3, "part": "a"})) == [MineChanged(seq=3)]
    assert core.receive(text({"type": "mine", "seq": 2, "part": "b"})) == []
    core.receive(text(picture(7, block=2)))
    assert core.parts == {"block": 2, "mine": "a"}


def test_a_new_epoch_begins_again_from_its_picture() -> None:
    core = entered(300, block=1)
    core.receive(text({"type": "mine", "seq": 300, "part": "old"}))
    core.hello()
    core.receive(text(WELCOME | {"epoch": 2}))
    core.receive(text({"type": "mine", "seq": 2, "part": "new"}))
    core.receive(text(picture(2, epoch=2, block=5)))
    assert core.parts == {"block": 5, "mine": "new"}
    assert (core.epoch, core.seq) == (2, 2)


@given(st.data())
def test_whatever_is_dropped_doubled_shuffled_or_conflated_the_parts_are_those_of_seq(data: st.DataObject) -> None:
    """At every moment; and whoever was not told to come back has missed at most the end."""
    length = data.draw(st.integers(1, 12))
    names = ["a", "b", "c"]
    truth: dict[int, dict[str, int]] = {0: dict.fromkeys(names, 0)}
    frames: list[dict[str, Any]] = []
    for seq in range(1, length + 1):
        changed = data.draw(st.dictionaries(st.sampled_from(names), st.integers(0, 99)))
        truth[seq] = truth[seq - 1] | changed
        frames.append(record(seq - 1, seq, **changed))
    sent: list[dict[str, Any]] = []
    at = 0
    while at < length:
        many = data.draw(st.integers(1, 3))
        run, at = frames[at : at + many], at + many
        if len(run) > 1 and data.draw(st.booleans()):
            merged: dict[str, Any] = {}
            for one in run:
                merged |= one["parts"]
            run = [record(run[0]["prev"], run[-1]["seq"], **merged)]
        for one in run:
            sent += [one] * data.draw(st.sampled_from([1, 1, 1, 2, 0]))
        if data.draw(st.integers(0, 9)) == 0:
            sent.append(picture(min(at, length), **truth[min(at, length)]))
    if data.draw(st.booleans()):
        sent = data.draw(st.permutations(sent))

    core = entered(0, **truth[0])
    came_back = False
    for frame in sent:
        came_back |= any(isinstance(news, NeedReconnect) for news in core.receive(text(frame)))
        assert core.parts == truth[core.seq]
        assert core.head == head(core.seq)
    pictures_reach_back = any(frame["type"] == "picture" for frame in sent)
    if not came_back and not pictures_reach_back:
        assert core.seq == max((frame["seq"] for frame in sent), default=0)


# Coming in.


def test_the_first_hello_asks_for_everything_and_later_ones_for_the_rest() -> None:
    core = numbered()
    assert core.hello() == '{"protocol":1,"type":"hello"}'
    core.receive(text(picture(7)))
    assert core.hello("t") == (
        f'{{"after":{{"epoch":1,"head":"{head(7)}","seq":7}},"protocol":1,"ticket":"t","type":"hello"}}'
    )
    core.forget()
    assert core.hello() == '{"protocol":1,"type":"hello"}'


def test_a_welcome_says_who_we_are() -> None:
    core = numbered()
    [welcome] = core.receive(text(WELCOME))
    assert isinstance(welcome, Welcomed)
    assert (welcome.role, welcome.paddle, welcome.epoch) == ("bidder", 8, 1)
    assert core.welcome == welcome


# Asking.


def test_every_frame_towards_the_house_is_one_the_house_reads() -> None:
    core = entered()
    commands = [
        core.bid(8, 1_050_000),
        core.withdraw_bid(8),
        core.hall_bid(8, 3, 1_050_000),
        core.admit(9, "hall", 2),
        core.open_sale(),
        core.close_sale(),
        core.suspend("停电"),
        core.resume(),
        core.open_lot(8),
        core.pass_lot(8),
        core.call(8, 1, 1_050_000),
        core.hammer(8, 1_050_000),
    ]
    for text_ in [*(command.text for command in commands), core.hello("t"), core.ask_outcome("x"), core.ask_time(-5)]:
        read_frame(text_.encode())
    assert commands[0].text == '{"amount_fen":1050000,"id":"id-1","lot":8,"type":"bid"}'
    assert core.unanswered == tuple(commands)


@pytest.mark.parametrize("amount", [0, -1, 10**13 + 1, 1.5, True, "100"])
def test_an_amount_that_is_no_whole_fen_is_not_even_kept(amount: Any) -> None:
    core = entered()
    with pytest.raises(ValueError, match="whole number of fen"):
        core.bid(8, amount)
    assert core.unanswered == ()


def test_the_same_id_may_ask_the_same_again_but_nothing_else() -> None:
    core = entered()
    first = core.bid(8, 100, id="mine")
    assert core.bid(8, 100, id="mine") == first
    with pytest.raises(ValueError, match="taken"):
        core.bid(8, 200, id="mine")
    assert core.unanswered == (first,)


def test_an_answer_settles_its_command_once() -> None:
    core = entered()
    core.bid(8, 100)
    core.bid(8, 200)
    answer = {
        "type": "answer",
        "id": "id-1",
        "seq": 9,
        "outcome": {"accepted": [{"type": "BidPlaced"}]},
        "receipt": {"header": "h"},
    }
    [news] = core.receive(text(answer))
    assert isinstance(news, Answered)
    assert news.outcome.accepted
    assert (news.outcome.seq, news.outcome.events, news.outcome.receipt) == (
        9,
        ({"type": "BidPlaced"},),
        {"header": "h"},
    )
    assert news.outcome.or_raise() is news.outcome
    assert [command.id for command in core.unanswered] == ["id-2"]
    assert core.receive(text({"type": "duplicate", "code": "OK_DUPLICATE", "answer": answer})) == []


def test_a_duplicate_gives_the_first_answer() -> None:
    core = entered()
    core.bid(8, 100)
    no = {
        "type": "answer",
        "id": "id-1",
        "seq": 9,
        "outcome": {"refused": refusal("E_BID_TOO_LOW", "new_id", next_fen=7)},
    }
    [news] = core.receive(text({"type": "duplicate", "code": "OK_DUPLICATE", "answer": no}))
    assert isinstance(news, Answered)
    assert news.outcome.duplicate
    assert not news.outcome.accepted
    with pytest.raises(Refused, match="E_BID_TOO_LOW: no") as caught:
        news.outcome.or_raise()
    assert caught.value.refusal.detail == {"next_fen": 7}
    assert (caught.value.refusal.sentence("zh-CN"), caught.value.refusal.sentence("en")) == ("不", "no")
    assert core.unanswered == ()


def test_a_refusal_at_the_door_is_final_unless_it_says_to_come_again() -> None:
    core = entered()
    core.bid(8, 100)
    core.bid(8, 200)
    core.bid(8, 300)
    [busy] = core.receive(text({"type": "refused", "id": "id-1", **refusal("E_BUSY", "after_ms", after_ms=250)}))
    [again] = core.receive(text({"type": "refused", "id": "id-2", **refusal("E_X", "same_id")}))
    [never] = core.receive(text({"type": "refused", "id": "id-3", **refusal("E_NOT_AUTHORISED", "never")}))
    assert isinstance(busy, TryAgain)
    assert (busy.id, busy.after_ms) == ("id-1", 250)
    assert isinstance(again, TryAgain)
    assert again.after_ms == 1000
    assert isinstance(never, Answered)
    assert never.outcome.seq is None
    assert [command.id for command in core.unanswered] == ["id-1", "id-2"]
    [notice] = core.receive(text({"type": "refused", "id": None, **refusal("E_FRAME_NOT_JSON", "never")}))
    assert isinstance(notice, Noticed)


def test_what_became_of_a_command_may_be_asked_and_may_be_unknown() -> None:
    core = entered()
    core.bid(8, 100)
    assert core.ask_outcome("id-1") == '{"id":"id-1","type":"outcome"}'
    assert core.receive(text({"type": "unknown", "id": "id-1", **refusal("E_UNKNOWN_OUTCOME", "same_id")})) == [
        NotKnownYet(id="id-1")
    ]
    [never] = core.receive(text({"type": "unknown", "id": "id-1", **refusal("E_NEVER_SEEN", "same_id")}))
    assert isinstance(never, NeverSeen)
    assert [command.id for command in core.unanswered] == ["id-1"]
    core.give_up("id-1")
    assert core.unanswered == ()


def test_an_outcome_asked_for_by_id_alone_is_told() -> None:
    core = entered()
    core.ask_outcome("of-yesterday")
    [news] = core.receive(text({"type": "answer", "id": "of-yesterday", "seq": 2, "outcome": {"accepted": []}}))
    assert isinstance(news, Answered)


def test_the_rest_of_the_news() -> None:
    core = entered()
    assert core.receive(text(picture(9))) == [PictureTaken(seq=9)]
    assert core.receive('{"type":"presence","online":[1,8],"watchers":3,"bidders":2}') == [
        PresenceTold(online=(1, 8), watchers=3, bidders=2)
    ]
    assert core.receive('{"type":"time","t0":1,"t1_us":2,"t2_us":3}') == [TimeTold(t0=1, t1_us=2, t2_us=3)]
    [notice] = core.receive(text({"type": "notice", **refusal("E_RESYNC_REQUIRED", "resync")}))
    assert isinstance(notice, Noticed)
