"""
A standby put in force in its engine's place: by two officers, with a higher epoch, on the record.

In ``sync`` mode nothing was acknowledged that the copy lacks. In ``async`` mode something may have been; how much is said by the
engine's own anchor, if it can be read, or by what the standby last heard. What is known, and what is not, goes into the record itself.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trio

from engine.cluster.channel import connect, tell
from engine.cluster.cipher import Cipher
from engine.cluster.mirror import SYNC
from engine.cluster.standby_frames import Over
from engine.domain.auction.commands import Cause, SuspendSale
from engine.domain.parties import HOUSE, OFFICERS, Principal, role_of
from engine.gap import Found, PromotionRefused, compare
from engine.gateway.tokens import AuthInvalid
from engine.journal.anchor import Anchor
from engine.journal.commit import Commit
from engine.journal.faults import WrongKey
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.passes import NothingToServe, open_tokens, revoked
from engine.room.clock import HouseClock
from engine.room.folder import DataFolder, FolderLock
from engine.room.house import RoomSettings, open_room
from engine.room.mailbox import Letter
from engine.standby_state import StandbyState, read_state

OFFICERS_NEEDED: Final = 2
TELL_S: Final = 3.0
"""How long the old engine may take to accept a connection. It need not be awake to do so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """What was done for one sale."""

    found: Found
    epoch: int
    record: int
    """The first record of the new epoch: it says who decided, and what is missing."""

    head: str
    told: bool
    """Whether the old engine was told, or will hear it when it wakes."""

    fenced: bool
    """Whether the old engine's own anchor says so."""


def promote(  # noqa: PLR0913 - as the command line gives them
    folder: DataFolder,
    *,
    tokens: Sequence[str],
    old_anchors: Path | None = None,
    old_is_off: bool = False,
    accept_loss: bool = False,
    patience_s: float = TELL_S,
) -> list[Promoted]:
    """
    Make the copies in ``folder`` the journals in force, each with the next epoch. Blocks.

    Args:
        folder: The standby's folder, with the private keys of the house put there.
        tokens: Of two officers of different roles for each sale.
        old_anchors: The old engine's folder of anchors, if it can be reached: compared, and then written to.
        old_is_off: The officers vouch that the old engine does not run.
        accept_loss: They know what may be missing, as :meth:`Found.said` says it.
        patience_s: How long to wait for the old engine to accept a connection.

    Raises:
        PromotionRefused: Something is missing for it; nothing was changed.
        JournalLocked: The standby runs still.
        JournalFault: A copy does not hold, or its key is not here.

    """
    lock = FolderLock(folder)
    try:
        state = read_state(folder)
        if state is None or not folder.sales():
            raise NothingToServe(f"{folder.root} holds no copies of a standby")
        signer = Signer.from_file(_private_key(folder))
        compared = [
            compare(folder, sale, state, officers(folder, sale, tokens), old_anchors) for sale in folder.sales()
        ]
        found = [one for one in compared if not one.moved]
        _require_decided(found, accept_loss=accept_loss)
        _require_silenced(found, state, old_anchors, old_is_off=old_is_off, patience_s=patience_s)
        return [_take_over(folder, one, signer, state, old_anchors, patience_s) for one in found]
    finally:
        lock.release()


def _private_key(folder: DataFolder) -> Path:
    path = folder.signing_key()
    if not path.exists():
        raise PromotionRefused(
            "E_KEY_MISSING",
            f"{path} is missing: put the key back that signs the house's journals, readable by its owner only",
            f"缺少 {path}：请放回签署日志的私钥，仅限属主可读。",
        )
    return path


def officers(folder: DataFolder, sale: str, tokens: Sequence[str]) -> tuple[Principal, ...]:
    """The two officers of ``sale`` among the bearers of ``tokens``."""
    checked = open_tokens(folder, revoked(folder))
    by_role: dict[str, Principal] = {}
    for token in tokens:
        try:
            principal = checked.check(token.strip(), sale, time.time())
        except AuthInvalid:
            continue  # Of another sale, perhaps.
        if role_of(principal) in OFFICERS:
            by_role.setdefault(role_of(principal), principal)
    if len(by_role) < OFFICERS_NEEDED:
        raise PromotionRefused(
            "E_SECOND_OFFICER_REQUIRED",
            f"{sale}: two officers of different roles decide this together, each with a token good for this sale",
            f"{sale}：须由两名不同职务的工作人员共同决定，各持本场有效凭证。",
        )
    return tuple(sorted(by_role.values()))[:OFFICERS_NEEDED]


def _require_decided(found: Sequence[Found], *, accept_loss: bool) -> None:
    lossy = [one for one in found if one.may_lose]
    if lossy and not accept_loss:
        zh, en = ("".join(words) for words in zip(*(one.said() for one in lossy), strict=True))
        raise PromotionRefused(
            "E_LOSS_NOT_ACCEPTED",
            f"{en} Give --old-anchors if the old engine's anchors can be read, or say --accept-loss.",
            f"{zh}如能读到原引擎的锚点，请给出 --old-anchors；否则须明示 --accept-loss。",
        )


def _require_silenced(
    found: Sequence[Found], state: StandbyState, old_anchors: Path | None, *, old_is_off: bool, patience_s: float
) -> None:
    """In async mode an engine that only sleeps would go on alone: it must be told, fenced, or known to be off."""
    if all(one.mode == SYNC for one in found) or old_is_off or old_anchors is not None:
        return
    if not trio.run(_reaches, state.source, patience_s):
        raise PromotionRefused(
            "E_OLD_ENGINE_AT_LARGE",
            "in async mode the old engine may go on alone, and it cannot be told: reach it, give --old-anchors, or see that it is "
            "off and say --old-is-off",
            "异步方式下原引擎可能仍在单独受理，而现在无法通知它：请恢复连接，或给出 --old-anchors，或确认已关机并明示 --old-is-off。",
        )


async def _reaches(source: str, patience_s: float) -> bool:
    try:
        with trio.fail_after(patience_s):
            await trio.aclose_forcefully(await connect(source))
    except (OSError, trio.TooSlowError):
        return False
    return True


def _take_over(  # noqa: PLR0913, PLR0917 - one step of promote
    folder: DataFolder, found: Found, signer: Signer, state: StandbyState, old_anchors: Path | None, patience_s: float
) -> Promoted:
    commit = trio.run(_begin_epoch, folder, found, signer)
    fenced = old_anchors is not None
    if old_anchors is not None:
        with closing(Anchor(old_anchors / f"{found.sale}.anchor", signer.public)) as anchor:
            anchor.overwrite(commit)
    cipher = Cipher.from_file(folder.cluster_key(), make=False)
    told = trio.run(tell, state.source, cipher, Over(commit.text, commit.signature), patience_s)
    return Promoted(
        found=found,
        epoch=commit.statement.epoch,
        record=commit.first,
        head=commit.head.hex(),
        told=told,
        fenced=fenced,
    )


async def _begin_epoch(folder: DataFolder, found: Found, signer: Signer) -> Commit:
    """Write the first record of the new epoch: the sale rests, and why."""
    made: list[Commit] = []
    with closing(SqliteJournal.open(folder.journal(found.sale), folder.anchor(found.sale))) as journal:
        if journal.identity.public_key != signer.public:
            raise WrongKey
        room = open_room(
            journal, signer, RoomSettings(), clock=HouseClock, on_commit=lambda commit, _took: made.append(commit)
        )
        journal.begin_epoch(found.epoch + 1)
        command = SuspendSale(
            command_id=f"takeover-{found.epoch + 1}",
            by=HOUSE,
            reason=" / ".join(found.said()),
            cause=Cause.TAKEOVER,
            since=room.clerk.memory.last_at,
        )
        await room.clerk.finish([Letter(command, room.clock.now(), None)])
    (commit,) = made
    return commit
