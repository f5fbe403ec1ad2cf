"""
What every keeper of records promises, once. ``engine/journal/base.py`` says it in words; each keeper's tests derive from here.

A keeper that outlives its process promises more: see :class:`LastingContract`.
"""

from itertools import pairwise
from typing import Protocol

import pytest

from engine.journal.base import Journal, JournalIdentity
from engine.journal.faults import JournalDamaged, StorageFault
from tests.journal.books import IDENTITY, STRANGER, Kept, assert_same_history, book, same_record


class Keeper(Protocol):
    """Makes the journals a contract is tried on."""

    def new(self, identity: JournalIdentity) -> Journal:
        """An empty journal."""
        ...


class LastingKeeper(Keeper, Protocol):
    """One whose journals can be opened again, and whose storage can be made to fail."""

    def reopen(self, journal: Journal) -> Journal:
        """Close ``journal`` and open it again."""
        ...

    def fail_next(self) -> None:
        """The next write fails; those after it would succeed."""
        ...


async def keep(journal: Journal, kept: list[Kept]) -> None:
    for records, commit in kept:
        await journal.append(records, commit)


class JournalContract:
    """Promises of every keeper; which one it is, its test class says with a fixture called ``keeper``."""

    @pytest.fixture
    def journal(self, keeper: Keeper) -> Journal:
        return keeper.new(IDENTITY)

    def test_says_what_it_is(self, journal: Journal) -> None:
        assert journal.identity == IDENTITY

    async def test_a_new_journal_holds_nothing(self, journal: Journal) -> None:
        assert list(journal.history()) == []
        pages = await journal.read(0, 10)
        assert (pages.records, pages.commits) == ((), ())

    async def test_history_is_what_was_appended_in_order(self, journal: Journal) -> None:
        kept = book()
        await keep(journal, kept)
        assert_same_history(journal.history(), kept)
        assert_same_history(journal.history(), kept)  # reading changes nothing

    async def test_records_follow_each_other_without_gap_and_name_the_one_before(self, journal: Journal) -> None:
        await keep(journal, book())
        records = [record for _, batch in journal.history() for record in batch]
        assert [record.seq for record in records] == list(range(1, 20))
        assert all(later.prev == earlier.digest for earlier, later in pairwise(records))

    async def test_what_was_appended_is_there_at_once_for_those_who_read(self, journal: Journal) -> None:
        for records, commit in book():
            await journal.append(records, commit)
            pages = await journal.read(commit.first - 1, 100)
            assert all(map(same_record, pages.records, records))
            assert pages.commits == (commit,)

    @pytest.mark.parametrize("limit", [1, 2, 5, 500])
    async def test_pages_from_any_place_hold_the_next_records_and_the_commits_that_cover_them(
        self, journal: Journal, limit: int
    ) -> None:
        kept = book()
        await keep(journal, kept)
        every = [record for records, _ in kept for record in records]
        for after in range(len(every) + 3):
            pages = await journal.read(after, limit)
            wanted = every[after : after + limit]
            assert len(pages.records) == len(wanted)
            assert all(map(same_record, pages.records, wanted))
            covering = [
                commit for _, commit in kept if any(commit.first <= record.seq <= commit.last for record in wanted)
            ]
            assert list(pages.commits) == covering

    async def test_nothing_is_read_where_nothing_is_asked_for(self, journal: Journal) -> None:
        await keep(journal, book())
        pages = await journal.read(3, 0)
        assert (pages.records, pages.commits) == ((), ())

    async def test_every_record_on_a_page_has_a_path_to_its_commit(self, journal: Journal) -> None:
        kept = book()
        await keep(journal, kept)
        pages = await journal.read(2, 9)
        for record in pages.records:
            (commit,) = (commit for commit in pages.commits if commit.first <= record.seq <= commit.last)
            (signed,) = (one for _, one in kept if one.first == commit.first)
            assert commit.path(record.seq) == signed.path(record.seq)

    async def test_one_large_commit_is_kept_as_one(self, journal: Journal) -> None:
        kept = book((19,))
        await keep(journal, kept)
        assert_same_history(journal.history(), kept)

    async def test_a_commit_the_house_did_not_sign_is_refused_and_its_first_record_named(
        self, journal: Journal
    ) -> None:
        kept, foreign = book(), book(signer=STRANGER)
        await keep(journal, [*kept[:2], foreign[2], *kept[3:]])
        history = journal.history()
        assert_same_history([next(history), next(history)], kept[:2])
        with pytest.raises(JournalDamaged, match="signature") as damaged:
            next(history)
        assert damaged.value.seq == 6


class LastingContract(JournalContract):
    """Promises of a keeper that outlives its process: its ``keeper`` is a :class:`LastingKeeper`."""

    async def test_opened_again_it_is_the_same(self, keeper: LastingKeeper, journal: Journal) -> None:
        kept = book()
        await keep(journal, kept)
        journal = keeper.reopen(journal)
        assert journal.identity == IDENTITY
        assert_same_history(journal.history(), kept)

    async def test_opened_again_after_every_commit_it_goes_on_where_it_was(
        self, keeper: LastingKeeper, journal: Journal
    ) -> None:
        kept = book()
        for at, (records, commit) in enumerate(kept, 1):
            await journal.append(records, commit)
            journal = keeper.reopen(journal)
            assert_same_history(journal.history(), kept[:at])

    async def test_closed_it_takes_and_gives_nothing(self, journal: Journal) -> None:
        kept = book()
        await keep(journal, kept[:1])
        journal.close()
        with pytest.raises(StorageFault):
            await journal.append(*kept[1])
        with pytest.raises(StorageFault):
            await journal.read(0, 1)

    async def test_after_a_fault_it_takes_nothing_more(self, keeper: LastingKeeper, journal: Journal) -> None:
        kept = book()
        await keep(journal, kept[:2])
        keeper.fail_next()
        with pytest.raises(StorageFault):
            await journal.append(*kept[2])
        with pytest.raises(StorageFault):
            await journal.append(*kept[2])

    async def test_what_was_in_flight_at_a_fault_is_there_whole_or_not_at_all(
        self, keeper: LastingKeeper, journal: Journal
    ) -> None:
        kept = book()
        await keep(journal, kept[:5])
        keeper.fail_next()
        with pytest.raises(StorageFault):
            await journal.append(*kept[5])  # five records
        again = list(keeper.reopen(journal).history())
        assert_same_history(again, kept[: len(again)])
        assert len(again) in {5, 6}

    async def test_what_was_kept_already_is_not_taken_a_second_time(
        self, keeper: LastingKeeper, journal: Journal
    ) -> None:
        kept = book()
        await keep(journal, kept[:3])
        with pytest.raises(StorageFault):
            await journal.append(*kept[2])
        assert_same_history(keeper.reopen(journal).history(), kept[:3])
