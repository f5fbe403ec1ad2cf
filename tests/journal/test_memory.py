"""The keeper that forgets."""

import pytest

from engine.journal.base import JournalIdentity
from engine.journal.memory import MemoryJournal
from tests.journal.contract import JournalContract


class _Keeper:
    def new(self, identity: JournalIdentity) -> MemoryJournal:
        return MemoryJournal(identity)


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    def keeper(self) -> _Keeper:
        return _Keeper()
