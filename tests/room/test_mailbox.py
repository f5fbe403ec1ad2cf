"""Where commands wait: in order, up to a limit, up to an instant."""

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.units import Nanoseconds
from engine.journal.asking import RoomBusy
from engine.room.mailbox import Letter, Mailbox
from tests.room.scene import open_sale


def letter(at: int) -> Letter:
    return Letter(open_sale(f"o{at}"), Nanoseconds(at), None)


def stamps(letters: list[Letter]) -> list[int]:
    return [one.arrived_at for one in letters]


def test_letters_come_out_in_the_order_in_which_they_were_left() -> None:
    mailbox = Mailbox(10, 10)
    for at in (3, 5, 5, 9):
        mailbox.put(letter(at))
    assert len(mailbox) == 4
    assert stamps(mailbox.take(2, None)) == [3, 5]
    assert stamps(mailbox.take(10, None)) == [5, 9]
    assert mailbox.take(10, None) == []


def test_nothing_stamped_after_the_instant_is_taken_and_what_is_stamped_at_it_is() -> None:
    mailbox = Mailbox(10, 10)
    for at in (3, 5, 6):
        mailbox.put(letter(at))
    assert stamps(mailbox.take(10, Nanoseconds(5))) == [3, 5]
    assert mailbox.take(10, Nanoseconds(5)) == []
    assert stamps(mailbox.take(10, Nanoseconds(6))) == [6]


@given(st.lists(st.integers(0, 9), max_size=30))
def test_letters_come_out_in_the_order_of_their_stamps_and_equal_ones_as_they_were_left(left: list[int]) -> None:
    mailbox = Mailbox(30, 30)
    letters = [Letter(open_sale(f"o{nth}"), Nanoseconds(at), None) for nth, at in enumerate(left)]
    for one in letters:
        mailbox.put(one)
    assert mailbox.take(30, None) == sorted(letters, key=lambda one: one.arrived_at)


def test_a_letter_that_was_long_on_its_way_comes_before_one_stamped_later() -> None:
    mailbox = Mailbox(10, 10)
    for at in (5, 9, 3):
        mailbox.put(letter(at))
    assert stamps(mailbox.take(10, Nanoseconds(8))) == [3, 5]
    mailbox.put(letter(7))
    assert stamps(mailbox.take(10, None)) == [7, 9]


def test_a_full_mailbox_takes_nothing_more_and_loses_nothing() -> None:
    mailbox = Mailbox(2, 2)
    mailbox.put(letter(1))
    mailbox.put(letter(2))
    with pytest.raises(RoomBusy):
        mailbox.put(letter(3))
    assert stamps(mailbox.take(10, None)) == [1, 2]
    mailbox.put(letter(4))
    assert stamps(mailbox.take(10, None)) == [4]


async def test_who_waits_is_woken_by_a_letter_and_not_before() -> None:
    mailbox = Mailbox(2, 2)
    woken: list[int] = []

    async def wait() -> None:
        await mailbox.wait()
        woken.append(len(mailbox))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait)
        await trio.testing.wait_all_tasks_blocked()
        assert woken == []
        mailbox.put(letter(1))
    assert woken == [1]


async def test_who_comes_after_the_letter_does_not_wait() -> None:
    mailbox = Mailbox(2, 2)
    mailbox.put(letter(1))
    with trio.fail_after(1):
        await mailbox.wait()
    mailbox.take(1, None)
    with trio.move_on_after(0) as gave_up:
        await mailbox.wait()
    assert gave_up.cancelled_caught


@given(
    st.lists(st.one_of(st.integers(0, 20).map(lambda at: ("put", at)), st.integers(1, 5).map(lambda n: ("take", n)))),
    st.integers(1, 8),
)
def test_what_is_taken_is_what_was_put_in_the_order_of_arrival(steps: list[tuple[str, int]], letters_max: int) -> None:
    mailbox, waiting = Mailbox(letters_max, letters_max), list[int]()
    for step, number in steps:
        if step == "put":
            if len(waiting) == letters_max:
                with pytest.raises(RoomBusy):
                    mailbox.put(letter(number))
            else:
                mailbox.put(letter(number))
                waiting = sorted([*waiting, number])
        else:
            taken = stamps(mailbox.take(number, None))
            assert taken == waiting[:number]
            del waiting[:number]
        assert len(mailbox) == len(waiting)
