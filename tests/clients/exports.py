"""Public exports as the house gives them, and as a cheating house would: journals held by a real clerk, then published."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec.structs import replace as altered

from engine.domain.auction.state import Auction
from engine.domain.proceeding import State, apply
from engine.domain.refusals import Refusal
from engine.domain.views import Audience, disclosed, told
from engine.journal.commit import Commit, sign_commit
from engine.journal.receipt import receipt, signed
from engine.journal.record import GENESIS, Record, seal
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.wire.codec import Outcome, encode_command, encode_outcome
from tests.journal.books import IDENTITY, SIGNER, STRANGER

KEY = SIGNER.public.hex()
WITNESS = STRANGER
WITNESS_NAME = "witness.example/w1"


def _node(entries: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, by its definition."""
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(b"\x01" + _node(entries[:split]) + _node(entries[split:])).digest()


def vkey(name: str, public: bytes, kind: int = 4) -> str:
    key = bytes([kind]) + public
    short = hashlib.sha256(f"{name}\n".encode() + key).digest()[:4].hex()
    return f"{name}+{short}+{base64.b64encode(key).decode()}"


@dataclass(frozen=True)
class Journal:
    """Records and commits of one sale, and the key that signed them."""

    records: tuple[Record, ...]
    commits: tuple[Commit, ...]
    signer: Signer = SIGNER

    @classmethod
    def of(cls, kept: Iterable[tuple[Commit, tuple[Record, ...]]]) -> "Journal":
        history = list(kept)
        return cls(tuple(r for _, records in history for r in records), tuple(commit for commit, _ in history))

    @classmethod
    def read(cls, data: Path, sale: str) -> "Journal":
        """The journal of ``sale`` in the data folder of a house, and the key that signed it."""
        folder = DataFolder(data)
        journal = SqliteJournal.open_to_read(folder.journal(sale))
        try:
            return replace(cls.of(journal.history()), signer=Signer.from_file(folder.signing_key()))
        finally:
            journal.close()

    @cached_property
    def state(self) -> State:
        state: State | None = None
        for record in self.records:
            for event in () if isinstance(record.outcome, Refusal) else record.outcome:
                state = apply(state, event)
        assert state is not None
        return state

    @property
    def auction(self) -> Auction:
        assert isinstance(self.state, Auction)
        return self.state

    def receipt(self, seq: int) -> dict[str, Any]:
        commit = next(commit for commit in self.commits if commit.first <= seq <= commit.last)
        return receipt(self.records[seq - 1], commit, self.signer.public)

    def note(self, size: int | None = None, *witnesses: tuple[str, Signer]) -> str:
        """The checkpoint of ``size``, as C2SP tlog-checkpoint lays it down, with cosignatures."""
        size = size or len(self.records)
        last = self.records[size - 1]
        origin = f"luochui/{hashlib.sha256(self.signer.public).hexdigest()[:8]}/{last.sale}"
        root = base64.b64encode(_node([record.digest for record in self.records[:size]])).decode()
        head, at = last.digest.hex(), last.recorded_at
        body = f"{origin}\n{size}\n{root}\nepoch {last.epoch}\nhead {head}\nat {at}\n"
        own = hashlib.sha256(f"{origin}\n".encode() + b"\x01" + self.signer.public).digest()[:4]
        note = f"{body}\n— {origin} {base64.b64encode(own + self.signer.sign(body.encode())).decode()}\n"
        for name, signer in witnesses:
            key, when = hashlib.sha256(f"{name}\n".encode() + b"\x04" + signer.public).digest()[:4], at // 10**9
            signature = signer.sign(f"cosignature/v1\ntime {when}\n{body}".encode())
            note += f"— {name} {base64.b64encode(key + when.to_bytes(8) + signature).decode()}\n"
        return note

    def lines(self, *witnesses: tuple[str, Signer]) -> list[dict[str, Any]]:
        """The lines of ``export.jsonl``."""
        last = self.records[-1]
        about = {"sale": last.sale, "key": self.signer.public.hex(), "epoch": last.epoch}
        return [
            {"type": "sale", **about, "seq": last.seq, "head": last.digest.hex()},
            *({"type": "record", **self.published(record)} for record in self.records),
            *({"type": "commit", **signed(commit)} for commit in self.commits),
            {"type": "checkpoint", "note": self.note(None, *witnesses)},
        ]

    def published(self, record: Record) -> dict[str, Any]:
        """A record as everybody may read it once the sale stands as it does."""
        entry: dict[str, Any] = {"header": record.header(), "digest": record.digest.hex()}
        if isinstance(record.outcome, Refusal):
            return entry | {"refused": {"code": record.outcome.reason}}
        entry["events"] = told(self.state, record.outcome, Audience.PUBLIC)
        if disclosed(self.state, record.outcome):
            entry |= {"outcome": record.outcome_bytes.decode(), "outcome_salt": record.outcome_salt.hex()}
        return entry

    def rewritten(self, change: Callable[[Record], Outcome | Record | None], *, drop: int = 0) -> "Journal":
        """The same history with some records changed, chained and signed anew with the house's own key: a cheating centre."""
        kept: list[Record] = []
        firsts = {commit.first for commit in self.commits}
        batches: list[list[Record]] = []
        for record in self.records:
            if record.seq in firsts:
                batches.append([])
            if record.seq == drop:
                continue
            other = change(record)
            other = record if other is None else other
            if not isinstance(other, Record):
                other = altered(record, outcome=other)
            sealed = seal(
                sale=other.sale,
                epoch=other.epoch,
                seq=len(kept) + 1,
                arrived_at=other.arrived_at,
                recorded_at=other.recorded_at,
                command=other.command,
                command_bytes=encode_command(other.command),
                outcome=other.outcome,
                outcome_bytes=encode_outcome(other.outcome),
                prev=kept[-1].digest if kept else GENESIS,
                salt_key=IDENTITY.salt_key,
            )
            kept.append(sealed)
            batches[-1].append(sealed)
        sheet = self.commits[0].statement.rules
        commits = tuple(sign_commit(batch, self.signer, sheet) for batch in batches if batch)
        return Journal(tuple(kept), commits, self.signer)


def text(lines: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
