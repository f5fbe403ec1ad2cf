"""Who may come in, as a data folder has it: tokens made and taken back. The house need not be running, nor its parts be read."""

import time
from pathlib import Path

from engine.domain.parties import Principal
from engine.gateway.revocation import FILE as REVOKED
from engine.gateway.revocation import BearerRevoked, Revocation, RevocationList, TokenRevoked
from engine.gateway.tokens import HOUSE as WHOLE_HOUSE
from engine.gateway.tokens import Keyring, KeyTrouble, Tokens
from engine.room.folder import DataFolder


class NothingToServe(Exception):
    """The data folder holds no sale and no notice."""


def make_token(data: Path, sale: str, principal: Principal, *, ttl_s: int) -> str:
    """
    A token for ``principal`` in ``sale``, signed with the key of the data folder; the house need not be running.

    Raises:
        NothingToServe: The sale was never announced there.

    """
    folder = DataFolder(data)
    _require_sale(folder, sale)
    return open_tokens(folder, revoked(folder)).issue(principal, sale, ttl_s, time.time())


def make_planner_token(data: Path, name: str, *, ttl_s: int) -> str:
    """A token for one who makes sales in this house; it need not be running, nor hold a sale yet."""
    folder = DataFolder(data)
    return open_tokens(folder, revoked(folder)).issue_planner(name, ttl_s, time.time())


def revoke_token(data: Path, token_id: str) -> None:
    """
    Take one token back. A house that serves ``data`` knows within a second.

    Raises:
        NothingToServe: No token was ever made there.
        OSError: It could not be kept, and the token is as good as before.

    """
    _revoke(DataFolder(data), TokenRevoked(at_s=int(time.time()), id=token_id))


def revoke_bearer(data: Path, sale: str | None, principal: Principal) -> None:
    """
    Take back every token ``principal`` was given for ``sale``, or, where that is None, for the whole house.

    Raises:
        NothingToServe: There is no such sale, or no token was ever made there.
        OSError: It could not be kept, and the tokens are as good as before.

    """
    folder = DataFolder(data)
    if sale is not None:
        _require_sale(folder, sale)
    _revoke(folder, BearerRevoked(at_s=int(time.time()), sale=sale or WHOLE_HOUSE, principal=principal))


def _require_sale(folder: DataFolder, sale: str) -> None:
    if not folder.journal(sale).is_file():
        raise NothingToServe(f"{folder.root} holds no sale {sale!r}: serve it once, or look at --data and --sale again")


def _revoke(folder: DataFolder, one: Revocation) -> None:
    if not _keys(folder).is_dir():
        raise NothingToServe(f"no token was ever made in {folder.root}: look at --data again")
    revoked(folder).add(one)


def open_tokens(folder: DataFolder, revocations: RevocationList) -> Tokens:
    """
    The tokens of a data folder, without those that were taken back.

    Raises:
        KeyTrouble: Its keys, or what was taken back, cannot be read.

    """
    tokens = Tokens(Keyring.from_folder(_keys(folder)))
    for one in revocations.news():
        tokens.take_back(one)
    if revocations.unreadable:
        raise KeyTrouble(
            f"{folder.root / REVOKED}: {revocations.unreadable} line(s) cannot be read, and who is shut out is not known"
        )
    return tokens


def revoked(folder: DataFolder) -> RevocationList:
    """What was taken back there."""
    return RevocationList(folder.root / REVOKED)


def _keys(folder: DataFolder) -> Path:
    return folder.root / "keys" / "tokens"
