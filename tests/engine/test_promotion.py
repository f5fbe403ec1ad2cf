"""Putting a standby in force: who may, what must be known, and what the record then says."""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest
import trio
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.domain.auction.commands import SuspendSale
from engine.domain.auction.events import SaleSuspended
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.gap import PromotionRefused
from engine.journal.anchor import Anchor
from engine.journal.faults import JournalLocked
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.passes import open_tokens, revoked
from engine.promotion import Promoted, promote
from engine.room.folder import DataFolder, FolderLock
from engine.standby_state import SaleHeard, StandbyState, state_file
from tests.journal.books import IDENTITY, SIGNER, Kept, book

BOOK = book()
LAST = BOOK[-1][1].last
HOUR_S = 3600
NOWHERE = "/nowhere/standby.sock"


@dataclass
class Copy:
    """A standby's folder after its engine was lost."""

    folder: DataFolder
    old_anchors: Path

    def tokens(self, *principals: str) -> list[str]:
        tokens = open_tokens(self.folder, revoked(self.folder))
        return [tokens.issue(Principal(each), "trial", HOUR_S, time.time()) for each in principals]

    def heard(self, mode: str, seq: int) -> None:
        """The engine had so many records when it was last heard."""
        sales = {"trial": SaleHeard(LAST, BOOK[-1][1].head.hex(), 1, seq)}
        state = StandbyState("ours", NOWHERE, mode, 1_000, False, sales)
        state_file(self.folder).write_bytes(msgspec.json.encode(state))

    def anchored(self, kept: Kept) -> None:
        """The engine's own anchor, as it was found."""
        with closing(Anchor(self.old_anchors / "trial.anchor", SIGNER.public)) as anchor:
            anchor.write(kept[1])

    def promote(self, *, proved: bool = False, accept_loss: bool = False, old_is_off: bool = False) -> Promoted:
        (done,) = promote(
            self.folder,
            tokens=self.tokens("auctioneer:1", "supervisor:2"),
            old_anchors=self.old_anchors if proved else None,
            accept_loss=accept_loss,
            old_is_off=old_is_off,
            patience_s=0.2,
        )
        return done

    def records(self) -> Sequence[Record]:
        with closing(SqliteJournal.open(self.folder.journal("trial"), self.folder.anchor("trial"))) as journal:
            return [record for _, records in journal.history() for record in records]


def copied(folder: Path, batches: Sequence[Kept]) -> Copy:
    one = Copy(DataFolder(folder / "copy"), folder / "old-anchors")
    one.folder.journal("trial").parent.mkdir(parents=True)
    one.folder.signing_key().parent.mkdir(parents=True)
    one.folder.signing_key().write_bytes(
        Ed25519PrivateKey.from_private_bytes(b"\x07" * 32).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    one.folder.cluster_key().write_text("05" * 32, encoding="ascii")

    async def keep() -> None:
        path, anchor = one.folder.journal("trial"), one.folder.anchor("trial")
        with closing(SqliteJournal.create(path, IDENTITY, anchor)) as journal:
            for records, commit in batches:
                await journal.append(records, commit)

    trio.run(keep)
    one.heard("sync", LAST)
    return one


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return copied(tmp_path, BOOK)


@pytest.fixture
def short(tmp_path: Path) -> Copy:
    """The engine had the last commit, and the copy has not."""
    return copied(tmp_path, BOOK[:-1])


def test_two_officers_put_a_copy_in_force_and_the_record_says_who_and_that_nothing_is_missing(copy: Copy) -> None:
    copy.anchored(BOOK[-1])
    done = copy.promote(proved=True)
    assert (done.epoch, done.record, done.found.equal, done.found.proved, done.fenced, done.told) == (
        2,
        LAST + 1,
        True,
        True,
        True,
        False,
    )
    *before, takeover = copy.records()
    assert [record.digest for record in before] == [record.digest for records, _ in BOOK for record in records]
    assert (takeover.epoch, takeover.seq) == (2, LAST + 1)
    assert isinstance(takeover.command, SuspendSale)
    for word in ("auctioneer:1", "supervisor:2", "nothing is missing", "无缺"):
        assert word in takeover.command.reason
    with closing(Anchor(copy.old_anchors / "trial.anchor", SIGNER.public)) as anchor:
        fenced = anchor.read()
    assert fenced is not None
    assert (fenced.epoch, fenced.first) == (2, LAST + 1)


def test_an_open_sale_is_suspended_and_one_that_is_not_open_has_the_same_words_in_a_refusal(tmp_path: Path) -> None:
    running = copied(tmp_path / "running", BOOK[:4])
    assert not running.promote().found.may_lose
    outcome = running.records()[-1].outcome
    assert not isinstance(outcome, Refusal)
    assert isinstance(outcome[-1], SaleSuspended)
    planned = copied(tmp_path / "planned", BOOK[:1])
    planned.promote()
    last = planned.records()[-1]
    assert isinstance(last.outcome, Refusal)
    assert isinstance(last.command, SuspendSale)
    assert "auctioneer:1" in last.command.reason


def test_in_sync_mode_what_the_engine_wrote_beyond_was_told_to_nobody_and_is_void(short: Copy) -> None:
    short.anchored(BOOK[-1])
    done = short.promote(proved=True)
    first = BOOK[-1][1].first
    assert (done.found.missing_first, done.found.missing_last) == (first, LAST)
    assert not done.found.may_lose
    assert f"{first}–{LAST}" in done.found.said()[1]
    assert "not acknowledged, and are void" in done.found.said()[1]


def test_in_async_mode_what_is_missing_is_named_and_must_be_accepted(short: Copy) -> None:
    short.heard("async", LAST)
    first = BOOK[-1][1].first
    with pytest.raises(PromotionRefused) as refused:
        short.promote(old_is_off=True)
    assert refused.value.code == "E_LOSS_NOT_ACCEPTED"
    assert f"{first}–{LAST}" in str(refused.value)
    assert f"{first}–{LAST}" in refused.value.zh
    assert len(short.records()) == first - 1
    done = short.promote(accept_loss=True, old_is_off=True)
    assert "Later ones may be missing too" in done.found.said()[1]


def test_in_async_mode_the_engine_s_own_anchor_proves_that_nothing_is_missing(copy: Copy) -> None:
    copy.heard("async", LAST - 1)
    copy.anchored(BOOK[-1])
    assert not copy.promote(proved=True).found.may_lose


def test_in_async_mode_an_engine_that_cannot_be_told_must_be_off(copy: Copy) -> None:
    copy.heard("async", LAST)
    with pytest.raises(PromotionRefused) as refused:
        copy.promote(accept_loss=True)
    assert refused.value.code == "E_OLD_ENGINE_AT_LARGE"
    assert len(copy.records()) == LAST


@pytest.mark.parametrize(
    "who",
    [
        (),
        ("auctioneer:1",),
        ("auctioneer:1", "auctioneer:2"),
        ("auctioneer:1", "bidder:8"),
    ],
)
def test_one_officer_or_two_of_one_role_or_a_bidder_are_not_two_officers(copy: Copy, who: tuple[str, ...]) -> None:
    with pytest.raises(PromotionRefused) as refused:
        promote(copy.folder, tokens=[*copy.tokens(*who), "no token"], patience_s=0.2)
    assert refused.value.code == "E_SECOND_OFFICER_REQUIRED"
    assert len(copy.records()) == LAST


def test_an_anchor_of_another_past_is_not_passed_over(copy: Copy) -> None:
    other = book(identity=replace(IDENTITY, salt_key=b"tlas" * 8))
    copy.anchored(other[-1])
    with pytest.raises(PromotionRefused) as refused:
        copy.promote(proved=True)
    assert refused.value.code == "E_STANDBY_FORKED"


def test_without_the_signing_key_or_while_the_standby_runs_nothing_is_done(copy: Copy) -> None:
    lock = FolderLock(copy.folder)
    with pytest.raises(JournalLocked):
        copy.promote()
    lock.release()
    copy.folder.signing_key().unlink()
    with pytest.raises(PromotionRefused) as refused:
        copy.promote()
    assert refused.value.code == "E_KEY_MISSING"
    assert len(copy.records()) == LAST
