"""All robots of a sale at once, over real sockets."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import trio

from clients.http import OpenStream, open_stream
from clients.news import Plain
from clients.robots.auctioneer import Auctioneer
from clients.robots.bidder import Bidder
from clients.robots.clerk import Clerk
from clients.robots.pace import LIVE, Pace
from clients.robots.robot import Robot, closed, work
from clients.robots.script import Script
from clients.socket import Room, connect
from engine.domain.parties import Channel, Principal, Role, bidder, role_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A lot has ended."""

    lot: int
    plate: str
    hammer_fen: int | None
    """What it was sold for; None if it was passed."""

    figures: Plain
    """The sale's figures so far."""


async def play(  # noqa: PLR0913 - keyword-only, with defaults
    url: str,
    sale: str,
    script: Script,
    tokens: Mapping[Principal, str],
    *,
    pace: Pace = LIVE,
    seed: int = 0,
    on_progress: Callable[[Progress], object] = lambda _: None,
    opener: OpenStream = open_stream,
) -> Plain:
    """
    Hold the sale from wherever it stands until it is closed.

    Args:
        url: The house.
        sale: The sale's id.
        script: See :func:`clients.robots.script.plan`.
        tokens: By principal: an auctioneer, a clerk if the script bids in the hall, and every online paddle that bids.
        pace: How fast.
        seed: Decides thinking times and mistakes.
        on_progress: Told of every lot that ends after this began.
        opener: Opens connections; for tests.

    Returns:
        The ``figures`` part of the closed sale.

    Raises:
        ValueError: A token is missing.
        NotLetIn: A token is wrong, or there is no such sale.

    """
    cast = _cast(script, tokens, pace, seed)
    return await hold(url, sale, cast, tokens, seed=seed, on_progress=on_progress, opener=opener)


async def hold(  # noqa: PLR0913 - keyword-only, with defaults
    url: str | Mapping[Principal, str],
    sale: str,
    cast: Mapping[Principal, Robot],
    tokens: Mapping[Principal, str],
    *,
    seed: int = 0,
    dice: Callable[[str], random.Random] = random.Random,
    on_progress: Callable[[Progress], object] = lambda _: None,
    opener: OpenStream = open_stream,
) -> Plain:
    """
    Let everybody in ``cast`` act until the sale is closed. One of them is the auctioneer.

    Args:
        url: The house; or the door at which each of ``cast`` comes in.
        sale: The sale's id.
        cast: Who acts.
        tokens: By principal.
        seed: Decides who comes back when after a lost connection.
        dice: Made from a seed for each of them, for that.
        on_progress: Told of every lot that ends after this began.
        opener: Opens connections; for tests.

    Returns:
        The ``figures`` part of the closed sale.

    Raises:
        NotLetIn: A token is wrong, or there is no such sale.

    """
    figures: Plain = {}
    fault: Exception | None = None

    async def act(principal: Principal, robot: Robot) -> None:
        nonlocal figures, fault
        try:
            rng = dice(f"{seed}/{principal}")
            door = url if isinstance(url, str) else url[principal]
            async with connect(door, sale, token=tokens[principal], rng=rng, opener=opener) as room:
                if role_of(principal) == Role.AUCTIONEER:
                    figures = await _hold(room, robot, on_progress)
                    nursery.cancel_scope.cancel()
                else:
                    await work(room, robot)
        except Exception as error:
            fault = fault or error
            nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        for principal, robot in cast.items():
            nursery.start_soon(act, principal, robot)
    if fault is not None:
        raise fault
    return figures


def _cast(script: Script, tokens: Mapping[Principal, str], pace: Pace, seed: int) -> dict[Principal, Robot]:
    """Who plays what."""
    needed = {Role.AUCTIONEER, Role.CLERK} if script.paddles(Channel.HALL) else {Role.AUCTIONEER}
    found = {role: next((by for by in sorted(tokens) if role_of(by) == role), None) for role in needed}
    bidders = {paddle: bidder(paddle) for paddle in sorted(script.paddles(Channel.ONLINE))}
    missing = [f"{role}:…" for role, by in found.items() if by is None]
    missing += [by for by in bidders.values() if by not in tokens]
    if missing:
        raise ValueError(f"no token for {', '.join(missing)}")
    cast: dict[Principal, Robot] = {by: Bidder(paddle, script, pace, seed) for paddle, by in bidders.items()}
    for role, by in found.items():
        assert by is not None  # or it would be missing
        cast[by] = Auctioneer(script, pace) if role is Role.AUCTIONEER else Clerk(script, pace, seed)
    return cast


async def _hold(room: Room, robot: Robot, on_progress: Callable[[Progress], object]) -> Plain:
    """Work at the rostrum and tell of every lot that ends."""
    told = set(_ended(room.parts))

    def tell() -> None:
        for lot in sorted(_ended(room.parts) - told):
            part = room.parts[f"lot/{lot}"]
            told.add(lot)
            on_progress(
                Progress(lot=lot, plate=part["plate"], hammer_fen=part["hammer_fen"], figures=room.parts["figures"])
            )

    async def watch() -> None:
        while not closed(room.parts):
            tell()
            await room.changed(room.version)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        await work(room, robot)
        nursery.cancel_scope.cancel()
    tell()
    figures: Plain = room.parts["figures"]
    return figures


def _ended(parts: Plain) -> set[int]:
    return {
        part["lot"] for name, part in parts.items() if name.startswith("lot/") and part["phase"] in {"sold", "passed"}
    }
