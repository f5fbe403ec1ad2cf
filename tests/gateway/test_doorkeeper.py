"""A socket does not outlive the token it was opened with; what was acknowledged before stands (threat T8)."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import trio
import trio.testing

from engine.domain.parties import Principal
from engine.gateway.door import Entrance
from engine.gateway.doorkeeper import Doorkeeper
from engine.gateway.limits import Limits, LimitSettings, Refused
from engine.gateway.revocation import BearerRevoked, Revocation, TokenRevoked
from engine.gateway.tickets import Tickets, TicketSettings
from engine.gateway.tokens import Credential, Tokens
from engine.wire.refusals import Fault
from tests.gateway.test_tokens import EIGHT, KEYRING, NOW

NINE = Principal("bidder:9")


@dataclass
class Porch:
    """One house's door, with everybody who came in by it."""

    tokens: Tokens = field(default_factory=lambda: Tokens(KEYRING))
    new: list[Revocation] = field(default_factory=list)
    unreadable: bool = False
    told: list[tuple[int, int]] = field(default_factory=list)
    let_go: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tickets = Tickets(TicketSettings(), trio.current_time)
        self.limits = Limits(LimitSettings(), trio.current_time)
        self.doorkeeper = Doorkeeper(self.tokens, self.now, lambda: self.let_go.append("token"))

    def now(self) -> float:
        return NOW + trio.current_time()

    async def news(self) -> Sequence[Revocation]:
        await trio.lowlevel.checkpoint()
        if self.unreadable:
            raise OSError("the disk is gone")
        found, self.new = self.new, []
        return found

    def credential(self, who: Principal = EIGHT, ttl_s: int = 3600) -> Credential:
        return self.tokens.credential(self.tokens.issue(who, "s1", ttl_s, self.now()), "s1", self.now())

    def entrance(self) -> Entrance:
        return Entrance("s1", self.limits.knock("192.0.2.1"), self.tickets, self.doorkeeper)

    def enters(self, credential: Credential, *, name: str = "") -> Entrance:
        entrance = self.entrance()
        ticket = self.tickets.issue(credential)
        assert entrance.enter(ticket, lambda: self.let_go.append(name)) == credential.principal
        return entrance


@asynccontextmanager
async def porch() -> AsyncIterator[Porch]:
    place = Porch()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(place.doorkeeper.run, place.news, lambda new, closed: place.told.append((new, closed)))
        yield place
        nursery.cancel_scope.cancel()


async def test_sockets_of_a_token_that_is_taken_back_are_let_go_within_a_second(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with porch() as place:
        lost, kept = place.credential(), place.credential()
        place.enters(lost, name="lost 1")
        place.enters(lost, name="lost 2")
        place.enters(kept, name="kept")
        place.enters(place.credential(NINE), name="nine")
        await trio.sleep(10)
        assert place.let_go == []
        place.new = [TokenRevoked(at_s=NOW, id=lost.token_id)]
        await trio.sleep(1)
        assert place.let_go == ["token", "lost 1", "token", "lost 2"]
        assert place.told == [(1, 2)]
        assert len(place.doorkeeper) == 2


async def test_all_sockets_of_one_who_is_shut_out_are_let_go_and_a_new_token_lets_him_in_again(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with porch() as place:
        place.enters(place.credential(), name="one")
        place.enters(place.credential(), name="other")
        place.enters(place.credential(NINE), name="nine")
        place.new = [BearerRevoked(at_s=int(place.now()), sale="s1", principal=EIGHT)]
        await trio.sleep(1)
        assert [name for name in place.let_go if name != "token"] == ["one", "other"]
        place.enters(place.credential(), name="again")
        await trio.sleep(10)
        assert "again" not in place.let_go


async def test_a_socket_does_not_outlive_its_token(autojump_clock: trio.testing.MockClock) -> None:
    async with porch() as place:
        entrance = place.enters(place.credential(ttl_s=60), name="expired")
        place.enters(place.credential(ttl_s=61), name="a second more")
        await trio.sleep(59.9)
        entrance.spend()
        assert place.let_go == []
        await trio.sleep(0.6)
        assert place.let_go == ["token", "expired"]
        assert place.told == []  # Nobody took anything back.
        await trio.sleep(1)
        assert place.let_go[2:] == ["token", "a second more"]


async def test_no_frame_is_acted_on_after_the_token_has_expired_even_before_the_next_round(
    autojump_clock: trio.testing.MockClock,
) -> None:
    place = Porch()  # Nobody goes round.
    entrance = place.enters(place.credential(ttl_s=60))
    await trio.sleep(59.999)
    entrance.spend()
    await trio.sleep(0.001)
    with pytest.raises(Refused) as no:
        entrance.spend()
    assert no.value.fault is Fault.AUTH_INVALID


async def test_a_ticket_dies_with_its_token(autojump_clock: trio.testing.MockClock) -> None:
    async with porch() as place:
        lost, short = place.credential(), place.credential(NINE, ttl_s=10)
        tickets = [place.tickets.issue(lost), place.tickets.issue(short)]
        place.new = [TokenRevoked(at_s=NOW, id=lost.token_id)]
        await trio.sleep(11)
        for ticket in tickets:
            with pytest.raises(Refused) as no:
                place.entrance().enter(ticket, lambda: None)
            assert (no.value.fault, no.value.detail) == (Fault.AUTH_INVALID, {})
        assert len(place.doorkeeper) == 0


async def test_who_left_by_himself_is_forgotten_and_the_public_is_nobodys_concern(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with porch() as place:
        entrance = place.enters(place.credential(ttl_s=5), name="left")
        onlooker = place.entrance()
        assert onlooker.enter(None, lambda: place.let_go.append("public")) is None
        entrance.leave()
        entrance.leave()
        assert len(place.doorkeeper) == 0
        await trio.sleep(3600)
        onlooker.spend()
        assert place.let_go == []


async def test_a_list_that_cannot_be_read_is_told_once_and_what_is_known_stays_known(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with porch() as place:
        credential = place.credential(ttl_s=30)
        place.enters(credential, name="expired")
        place.unreadable = True
        await trio.sleep(20)
        assert place.told == [(0, 0)]
        await trio.sleep(11)
        assert place.let_go == ["token", "expired"]
        place.unreadable, place.new = False, [TokenRevoked(at_s=NOW, id=credential.token_id)]
        await trio.sleep(1)
        assert place.told == [(0, 0), (1, 0)]
