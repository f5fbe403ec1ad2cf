"""One opening of the real server, and everybody who goes on asking it while it is killed and started again."""

import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import trio

from clients import uploads
from clients.http import Address, HttpFault
from clients.opening import NotDone, Opening
from clients.seal import MANIFEST, SIGNATURE
from engine.domain.parties import Principal
from engine.passes import make_token
from tests.blackbox.keeper import Keeper
from tests.cli.program import PATIENCE_S
from tests.sealing.scene import Envelope, Tender, chance

SALE: Final = "road-works"
TENDER: Final = "JZ-2026-041"
NAMES: Final = {4711: "焦作建工集团", 305: "怀川建设公司", 90210: "山阳路桥公司", 66: "太行水利公司"}
MIB: Final = 2**20
BEFORE_S: Final = 7.0
"""From the announcement to the deadline."""

UNSEAL_S: Final = 60
ASK_AGAIN_S: Final = 0.05
AWAY: Final = (OSError, HttpFault, trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError)
"""How it looks when nobody is there."""

DAILY: Final = frozenset({"upload", "deadline", "shares"})
KILLS: Final = DAILY | {"registered", "list", "halves", "reveal", "read out"}
REMEDY_EVERY: Final = 5
"""In one of so many openings a bidder does not unseal: then the window has to run out."""

_CEILING: Final = re.compile(r"^(ceiling_told|coefficients_permille) = .*\n", re.MULTILINE)

T = TypeVar("T")


@dataclass
class Night:
    """One opening of a house that is killed now and then."""

    keeper: Keeper
    tender: Tender
    folder: Path
    dice: random.Random
    kills: frozenset[str]
    deadline: float
    """By the clock on the wall."""

    sealed: dict[int, Envelope] = field(default_factory=dict)
    prices: dict[int, int] = field(default_factory=dict)
    answered: dict[tuple[str, str, str], tuple[dict[str, Any], Any]] = field(default_factory=dict)
    """What somebody asked for, and the first answer."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    # Asking.

    def room(self, by: str | None) -> Opening:
        return Opening(self.keeper.url, SALE, None if by is None else self.token(by))

    def token(self, by: str) -> str:
        return make_token(self.keeper.folder, SALE, Principal(by), ttl_s=3600)

    async def surely(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do it, as often as the house is gone before it has answered."""
        with trio.fail_after(2 * PATIENCE_S):
            while True:
                try:
                    with trio.fail_after(PATIENCE_S / 4):
                        return await act()
                except AWAY:
                    await trio.sleep(ASK_AGAIN_S)
        raise AssertionError

    async def ask(self, by: str, kind: str, command_id: str, **fields: Any) -> str | None:
        """Why it is refused, or None; asked for by that id until it is answered, and remembered."""
        said = await self.surely(lambda: self._said(by, kind, command_id, fields))
        self.answered[by, kind, command_id] = fields, said
        return said.get("code") if "code" in said else None

    async def must(self, by: str, kind: str, command_id: str, **fields: Any) -> None:
        code = await self.ask(by, kind, command_id, **fields)
        assert code is None, f"{kind}: {code}"

    async def _said(self, by: str, kind: str, command_id: str, fields: dict[str, Any]) -> Any:
        try:
            return await self.room(by).ask(kind, command_id=command_id, **fields)
        except NotDone as no:
            return no.refused

    async def parts(self, by: str | None = None) -> dict[str, Any]:
        """What somebody is shown."""
        picture = await self.surely(lambda: self.room(by).picture())
        return {**picture["parts"], "mine": picture.get("mine")}

    # Looking.

    async def kill(self, when: str) -> None:
        """Kill the house, if it is to be killed here; all that was answered is answered again the same."""
        if when not in self.kills:
            return
        await self.keeper.kill()
        self.counts["kills"] += 1
        await self.the_same_again(when)

    async def the_same_again(self, when: str) -> None:
        for (by, kind, command_id), (fields, first) in list(self.answered.items()):
            again = await self.surely(lambda: self._said(by, kind, command_id, fields))  # noqa: B023 - awaited at once
            self.counts["asked_again"] += 1
            if not _same(first, again):
                self.wrong.append(f"{when}: {by} {kind} {command_id}: {first}, then {again}")

    async def nothing_shows(self, when: str, *, names: bool = True) -> None:
        """No price is shown to anybody; and, unless ``names`` are, none of those to the public."""
        for by in (None, "host:1", "supervisor:1", "trustee:1", *(f"bidder:{number}" for number in NAMES)):
            shown = str(await self.parts(by))
            self.counts["looks"] += 1
            for number, fen in self.prices.items():
                named = not names and by in {None, "trustee:1"} and NAMES[number] in shown
                if str(fen) in shown or named:
                    self.wrong.append(f"{when}: {by} is shown bidder {number}'s")

    # The opening.

    async def bring(self, number: int, chunk: Callable[[int], None]) -> None:
        """A bidder brings his envelope and submits it, whatever becomes of the house."""
        by, folder = f"bidder:{number}", self.folder / str(number)

        def told(done: int, _: int) -> None:
            chunk(done)

        async def brought() -> Any:
            desk = uploads.Desk(address=Address.of(self.keeper.url), path=f"/api/sales/{SALE}", token=self.token(by))
            return await uploads.upload(desk, folder, told=told, tries_max=1)

        try:
            await self.surely(brought)
        except uploads.NotTaken as no:
            self.counts[f"not_taken_{no.code}"] += 1
            return
        manifest, signature = (folder / MANIFEST).read_bytes().decode(), (folder / SIGNATURE).read_bytes().hex()
        await self.ask(by, "submit_envelope", f"submit-{number}", section="1", manifest=manifest, signature=signature)

    async def receive(self) -> None:
        """One bidder is early, the others come together; the house is killed in the middle, and about the deadline."""
        early, *others = self.sealed
        await self.bring(early, lambda _: None)
        at, seen = self.dice.randint(2, 6), 0
        middle = trio.Event()

        def chunk(_done: int) -> None:
            nonlocal seen
            seen += 1
            if seen == at:
                middle.set()

        async def all_of_them() -> None:
            async with trio.open_nursery() as bidders:
                for number in others:
                    bidders.start_soon(self.bring, number, chunk)
            middle.set()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(all_of_them)
            await middle.wait()
            await self.kill("upload")
        await self.nothing_shows("before the deadline", names=False)
        code = await self.ask("host:1", "start_opening", "too-early", absent=len(NAMES) + 1)
        if code != "E_NOT_AT_THIS_STAGE" and time.time() < self.deadline:
            self.wrong.append(f"started before the deadline: {code}")
        await trio.sleep(max(0.0, self.deadline - time.time() + self.dice.uniform(-0.4, 0.4)))
        await self.kill("deadline")
        while (await self.parts())["opening"]["root"] is None:
            if time.time() > self.deadline + PATIENCE_S:
                raise AssertionError("the deadline passed, and nothing was closed")
            await trio.sleep(ASK_AGAIN_S)

    async def unseal(self, *, remedy: bool) -> None:
        """The list, the window, and a half from everybody who submitted; but for one, where trustees open for him."""
        assert self.stands(), "nobody came before the deadline: the machine is too busy"
        first = await self.ask("host:1", "start_opening", "start-0", absent=0)
        if first is not None:
            absent = self.answered["host:1", "start_opening", "start-0"][1]["detail"]["absent"]
            await self.must("host:1", "start_opening", "start", absent=absent)
        await self.must("host:1", "publish_list", "list")
        await self.kill("list")
        await self.must("host:1", "open_unsealing", "window")
        able = self.stands()[bool(remedy) :]
        for number in able:
            if number == able[-1]:
                await self.kill("halves")
                await self.ask("host:1", "resume", f"resume-{self.keeper.killed}")
            half = self.sealed[number].sealed.own.hex()
            await self.must(f"bidder:{number}", "unseal", f"unseal-{number}", section="1", half=half)
        await self.nothing_shows("with the halves", names=True)
        if not remedy:
            await self.must("host:1", "close_unsealing", "closed")
            return
        while (await self.parts())["opening"]["stage"] == "unsealing":  # noqa: ASYNC110 - over HTTP one asks again
            await trio.sleep(1)
        await self.must("host:1", "order_remedy", "remedy")

    async def read_out(self) -> None:
        """Two shares, the house's own hand, and all is read out at once."""
        for trustee, when in ((1, "shares"), (3, "reveal")):
            share, room = self.tender.shares[trustee - 1], f"trustee:{trustee}"
            draw = chance(f"{self.tender.name} {trustee}")
            await self.surely(lambda: self.room(room).answer(self.tender.hall, share, draw))  # noqa: B023
            await self.kill(when)
            await self.nothing_shows(f"after share {trustee}", names=True)
        while await self.ask("host:1", "read_out", f"read-{self.counts['tried']}") is not None:
            self.counts["tried"] += 1
            assert self.counts["tried"] < PATIENCE_S / ASK_AGAIN_S
            await trio.sleep(ASK_AGAIN_S)
        await self.kill("read out")

    def stands(self) -> list[int]:
        """Who was told that his envelope is received."""
        return [
            number
            for number in self.sealed
            if "code"
            not in self.answered.get((f"bidder:{number}", "submit_envelope", f"submit-{number}"), ({}, {"code": ""}))[1]
        ]


def _same(first: dict[str, Any], again: dict[str, Any]) -> bool:
    """Whether an answer is the first one; with the list the veil is lifted, and the receipt then has its place in the record."""
    if first.keys() == again.keys():
        return first == again
    return "sealed" in first and "receipt" in again and first["outcome"] == again["outcome"]
