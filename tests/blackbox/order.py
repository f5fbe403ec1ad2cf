"""
P4: what all clients together were told, put in the order of the record, is a sale held by one auctioneer at one table.

Two things are asked of a history of operations, each with the instant before it was sent, the instant its answer was heard, and its
place on the record. If one was answered before another was sent, it stands before it. And taken up one by one in the order of the
record by a model of a few lines that knows nothing of the engine, each gets the outcome its client was told.
"""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
import trio

from engine.domain.parties import Principal
from tests.blackbox.crowd import Crowd
from tests.blackbox.lives import OPENING_YUAN, STEP_FEN, Lives, notice
from tests.cli.program import PATIENCE_S

SEED: Final = 26
OPERATIONS_A_RUN: Final = 5_000


@dataclass(frozen=True, slots=True)
class Operation:
    """A command as its client knows it."""

    by: Principal
    sent_at: float
    heard_at: float
    seq: int
    command: dict[str, Any]
    refused: str | None
    """The code it was refused with, if it was."""


@dataclass
class Order:
    """What was found."""

    operations: int = 0
    inversions: int = 0
    """Answered before another was sent, and on the record after it."""

    not_as_told: int = 0
    """Whose client was told another outcome than the model's."""

    first: list[str] = field(default_factory=list)
    """Some of what is wrong, in words."""

    @property
    def wrong(self) -> int:
        """How much is wrong in all."""
        return self.inversions + self.not_as_told

    def __str__(self) -> str:
        told = f"{self.operations} operations, {self.inversions} inversions, {self.not_as_told} not as the model says"
        return "; ".join([told, *self.first])


def in_order(crowd: Crowd) -> Order:
    """Look at everything a crowd was told."""
    return looked_at(
        Operation(
            by=by,
            sent_at=crowd.sent[by, command_id],
            heard_at=heard.at,
            seq=(answer := orjson.loads(heard.first))["seq"],
            command=orjson.loads(answer["receipt"]["command"]),
            refused=answer["outcome"].get("refused", {}).get("code"),
        )
        for (by, command_id), heard in crowd.ledger.answers.items()
    )


def looked_at(history: Iterable[Operation]) -> Order:
    """Look at a history."""
    operations = list(history)
    order = Order(len(operations))
    _look_at_times(operations, order)
    table = Table()
    for one in sorted(operations, key=lambda each: each.seq):
        should = table.outcomes(one.by, one.command)
        if one.refused not in should:
            order.not_as_told += 1
            _tell(order, f"record {one.seq}: told {one.refused}, should be one of {sorted(map(str, should))}")
        if one.refused is None:
            table.take(one.by, one.command)
    return order


def _look_at_times(operations: list[Operation], order: Order) -> None:
    """The latest place of all that was answered before an operation was sent must lie before its own."""
    answered = sorted(operations, key=lambda each: each.heard_at)
    at, latest = 0, 0
    for one in sorted(operations, key=lambda each: each.sent_at):
        while at < len(answered) and answered[at].heard_at < one.sent_at:
            latest = max(latest, answered[at].seq)
            at += 1
        if latest >= one.seq:
            order.inversions += 1
            _tell(order, f"record {one.seq} was sent after record {latest} had been answered")


def _tell(order: Order, words: str) -> None:
    if len(order.first) < 5:
        order.first.append(words)


@dataclass
class Table:
    """One auctioneer, one lot at a time, one leader."""

    open: bool = False
    lot: int | None = None
    price_fen: int | None = None
    leader: Principal | None = None

    def outcomes(self, by: Principal, command: dict[str, Any]) -> set[str | None]:
        """Every refusal that would be true now; None alone where nothing speaks against it."""
        why: set[str | None] = set()
        kind, lot = command["type"], command.get("lot")
        if kind not in {"PlaceBid", "CallWarning", "StrikeHammer"}:
            return {None}
        if not self.open:
            why.add("E_AUCTION_NOT_OPEN")
        if lot != self.lot:
            why.add("E_LOT_NOT_OPEN")
        elif kind == "PlaceBid":
            if self.leader == by:
                why.add("E_ALREADY_LEADING")
            if command["amount"] < self.asked_fen:
                why.add("E_BID_TOO_LOW")
        elif command["price"] != self.price_fen:
            why.add("E_PRICE_MOVED")
        return why or {None}

    @property
    def asked_fen(self) -> int:
        """What must be offered at least."""
        return OPENING_YUAN * 100 if self.price_fen is None else self.price_fen + STEP_FEN

    def take(self, by: Principal, command: dict[str, Any]) -> None:
        """Carry out what was accepted."""
        match command["type"]:
            case "OpenSale":
                self.open = True
            case "OpenLot":
                self.lot, self.price_fen, self.leader = command["lot"], None, None
            case "PlaceBid":
                self.price_fen, self.leader = command["amount"], by
            case "StrikeHammer":
                self.lot = None
            case _:
                pass


async def one_run(folder: Path, operations: int, seed: int) -> Order:
    """A crowd does as much as it can until so many operations were answered."""
    lives = Lives(folder / "data", notice(folder), folder / "stderr.txt")
    async with lives.start() as program, trio.open_nursery() as nursery:
        crowd = lives.crowd(await lives.serving(program), OPENING_YUAN * 100 + operations * STEP_FEN // 4, seed)
        nursery.start_soon(crowd.run)
        with trio.fail_after(10 * PATIENCE_S):
            await crowd.ledger.grows_by(operations)
            await crowd.rest()
        nursery.cancel_scope.cancel()
    return in_order(crowd)


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check: so many runs."""
    total = Order()
    for run in range(size):
        with tempfile.TemporaryDirectory(prefix="luochui-order-") as folder:
            order = await one_run(Path(folder), OPERATIONS_A_RUN, SEED + run)
        total.operations += order.operations
        total.inversions += order.inversions
        total.not_as_told += order.not_as_told
        say(f"run {run + 1} of {size}: {order}")
    figures = {
        "runs": size,
        "operations": total.operations,
        "inversions": total.inversions,
        "not_as_told": total.not_as_told,
    }
    return not total.wrong, figures
