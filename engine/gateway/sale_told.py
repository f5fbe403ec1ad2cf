"""What everybody is told of a sale who asks for it: in a line, on the day's board, as a whole, and its record page by page."""

from typing import Any

from engine.domain.proceeding import State
from engine.domain.quota.result import result as published_result
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Refusal
from engine.domain.views import Audience, board, disclosed, ended_at, kind, overview, picture, told
from engine.gateway.board import Posted
from engine.gateway.hub import Hub
from engine.journal.receipt import signed
from engine.journal.record import Record


def brief(hub: Hub) -> dict[str, Any]:
    """The sale in a list of sales."""
    sale = overview(hub.state)["sale"]
    return {"kind": kind(hub.state), **{name: sale[name] for name in ("id", "title", "phase", "lots", "sold")}}


def posted(hub: Hub, room: str | None) -> Posted:
    """The sale for the day's board."""
    ended = ended_at(hub.state)
    return Posted(hub.sale, kind(hub.state), room, board(hub.state), None if ended is None else ended // 1000)


def about(hub: Hub) -> dict[str, Any]:
    """What an outsider needs to know of the sale before reading its record."""
    parts = overview(hub.state)
    sale = parts["sale"]
    return {
        "id": sale["id"],
        "title": sale["title"],
        "kind": kind(hub.state),
        "phase": sale["phase"],
        "rules": next(parts[name] for name in ("rules", "conditions", "tender") if name in parts),
        "rules_digest": sale["rules"],
        "key": hub.public_key.hex(),
        "epoch": hub.epoch,
        "seq": hub.seq,
        "head": hub.head.hex(),
    }


def result(hub: Hub) -> dict[str, Any] | None:
    """The result of a quota sale as it is published; None for any other."""
    return published_result(hub.state) if isinstance(hub.state, QuotaSale) else None


def lots(hub: Hub) -> list[dict[str, Any]]:
    """Every lot as everybody may see it, in the order of the catalogue."""
    parts = picture(hub.state, Audience.PUBLIC)
    return [part for name, part in parts.items() if name.startswith("lot/")]


async def page(hub: Hub, after: int, limit: int) -> dict[str, Any]:
    """One page of the public record, as ``engine/wire/PROTOCOL.md`` shows it."""
    seq, head = hub.seq, hub.head
    pages = await hub.read(after, limit)
    records = [record for record in pages.records if record.seq <= seq]
    return {
        "sale": hub.sale,
        "key": hub.public_key.hex(),
        "epoch": hub.epoch,
        "seq": seq,
        "head": head.hex(),
        "records": [_published(hub.state, record) for record in records],
        "commits": [signed(commit) for commit in pages.commits if commit.last <= seq],
    }


def _published(state: State, record: Record) -> dict[str, Any]:
    entry: dict[str, Any] = {"header": record.header(), "digest": record.digest.hex()}
    if isinstance(record.outcome, Refusal):
        entry["refused"] = {"code": record.outcome.reason}
        return entry
    entry["events"] = told(state, record.outcome, Audience.PUBLIC)
    if disclosed(state, record.outcome):
        entry["outcome"] = record.outcome_bytes.decode()
        entry["outcome_salt"] = record.outcome_salt.hex()
    return entry
