"""The client part that brings a sealed envelope to the house, over lines that break and engines that are killed."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h11
import pytest
import trio
from trio.testing import memory_stream_pair

from clients.deposited import verify
from clients.http import Address, HttpFault
from clients.seal import MANIFEST
from clients.uploads import TRIES_MAX, NotTaken, upload
from clients.uploads import Desk as Door
from engine.sealing.faults import SealFault
from engine.submission.settings import SubmissionSettings
from tests.submission.front import SIGNER, Desk, Said, asked, envelope

SEALED = envelope()
KEY = SIGNER.public.hex()
Trouble = Callable[[int, str], str | None]
"""What becomes of a request, by its number and method: ``before`` or ``after`` it was heard the line breaks, ``killed``, a body."""


class House:
    """Answers over lines of memory; each connection is for one request."""

    def __init__(self, nursery: trio.Nursery, desk: Desk, trouble: Trouble = lambda _at, _method: None) -> None:
        self.desk, self._nursery, self._trouble = desk, nursery, trouble
        self.heard: list[tuple[str, str]] = []
        self.answered: list[Said] = []

    async def open(self, _: Address) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        theirs, ours = memory_stream_pair()
        self._nursery.start_soon(self._serve, ours)
        return theirs

    async def _serve(self, stream: trio.abc.Stream) -> None:
        async with stream:
            connection, body = h11.Connection(h11.SERVER), bytearray()
            request = await self._next(connection, stream)
            assert isinstance(request, h11.Request)
            while isinstance(event := await self._next(connection, stream), h11.Data):
                body += event.data
            method, path = request.method.decode(), request.target.decode()
            self.heard.append((method, path.partition("/uploads")[2][33:]))
            trouble = self._trouble(len(self.heard), method)
            if trouble == "before":
                return
            headers = [(name, value) for name, value in request.headers if name == b"authorization"]
            said = await asked(
                self.desk.app, method, path.removeprefix("/api/sales/x/submission"), headers, bytes(body), 1
            )
            self.answered.append(said)
            if trouble == "killed":
                self.desk.disk.kill()
                self.desk.open()
            if trouble in {"after", "killed"}:
                return
            if trouble is not None:
                said = Said(502, {}, trouble.encode())
            head = h11.Response(status_code=said.status, headers=[("Content-Length", str(len(said.body)))])
            parts = (head, h11.Data(data=said.body), h11.EndOfMessage())
            await stream.send_all(b"".join(connection.send(part) or b"" for part in parts))

    async def _next(self, connection: h11.Connection, stream: trio.abc.Stream) -> object:
        while (event := connection.next_event()) is h11.NEED_DATA:
            connection.receive_data(bytes(await stream.receive_some()))
        return event

    def door(self, token: str = "token-a") -> Door:
        return Door(
            address=Address.of("http://house.test"), path="/api/sales/x/submission", token=token, opener=self.open
        )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The envelope as ``luochui seal`` leaves it, as far as it is uploaded."""
    (tmp_path / MANIFEST).write_bytes(SEALED.manifest.write())
    for part, chunks in SEALED.chunks.items():
        (tmp_path / part).write_bytes(b"".join(chunks))
    return tmp_path


async def bring(house: House, folder: Path, **given: Any) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    receipt = await upload(
        house.door(), folder, told=lambda done, whole: told.append((done, whole)), rng=random.Random(1), **given
    )
    return receipt, told


async def test_it_brings_every_chunk_once_and_tells_how_far_it_is(nursery: trio.Nursery, folder: Path) -> None:
    house = House(nursery, Desk())
    receipt, told = await bring(house, folder)
    assert [method for method, _ in house.heard] == ["POST", "PUT", "PUT", "POST"]
    assert told == [(0, 2), (1, 2), (2, 2)]
    verify(receipt["short"], KEY, SEALED.manifest.write())
    assert house.desk.store.pin("bidder:8", SEALED.manifest) == ()


async def test_a_second_time_nothing_is_sent_and_the_receipt_is_the_same(nursery: trio.Nursery, folder: Path) -> None:
    house = House(nursery, Desk())
    first, _ = await bring(house, folder)
    again, told = await bring(house, folder)
    assert again == first
    assert told == [(2, 2)]
    assert [method for method, _ in house.heard[4:]] == ["POST", "POST"]


@pytest.mark.parametrize("trouble", ["before", "after", "killed", "", "<html>502</html>"])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
async def test_whatever_breaks_once_is_got_over(
    nursery: trio.Nursery, folder: Path, autojump_clock: trio.testing.MockClock, trouble: str, at: int
) -> None:
    house = House(nursery, Desk(), lambda number, _: trouble if number == at else None)
    receipt, told = await bring(house, folder)
    verify(receipt["short"], KEY, SEALED.manifest.write())
    assert told[-1] == (2, 2)
    assert [method for method, _ in house.heard].count("PUT") <= 3


async def test_what_the_house_gives_up_is_begun_again(
    nursery: trio.Nursery, folder: Path, autojump_clock: trio.testing.MockClock
) -> None:
    house = House(nursery, Desk())

    def failing(at: int, method: str) -> None:
        if (at, method) == (4, "POST"):
            house.desk.disk.fail(1, 5)  # The sync of the first file.

    house._trouble = failing
    receipt, told = await bring(house, folder)
    assert told == [(0, 2), (1, 2), (2, 2), (0, 2), (1, 2), (2, 2)]
    verify(receipt["short"], KEY)


async def test_a_disk_that_cannot_write_now_is_asked_again_when_it_says(
    nursery: trio.Nursery, folder: Path, autojump_clock: trio.testing.MockClock
) -> None:
    house = House(nursery, Desk())

    def failing(at: int, _: str) -> None:
        if at == 2:
            house.desk.disk.fail(1, 28)

    house._trouble = failing
    before = trio.current_time()
    await bring(house, folder)
    assert trio.current_time() - before >= 5


async def test_what_is_refused_for_good_is_not_asked_again(nursery: trio.Nursery, folder: Path) -> None:
    house = House(nursery, Desk(settings=SubmissionSettings(upload_bytes_max=1)))
    with pytest.raises(NotTaken, match="too big") as raised:
        await bring(house, folder)
    assert (raised.value.code, len(house.heard)) == ("E_UPLOAD_TOO_BIG", 1)
    assert "过大" in raised.value.zh
    with pytest.raises(NotTaken):
        await upload(house.door("token-c"), folder)
    house.desk.deadline = 0
    with pytest.raises(NotTaken, match="closed"):
        await bring(house, folder)


async def test_it_gives_up_in_the_end(
    nursery: trio.Nursery, folder: Path, autojump_clock: trio.testing.MockClock
) -> None:
    house = House(nursery, Desk(), lambda at, _: "before" if at > 2 else None)
    with pytest.raises(HttpFault):
        await bring(house, folder)
    assert len(house.heard) == 2 + TRIES_MAX


async def test_a_house_that_loses_it_each_time_is_not_asked_for_ever(
    nursery: trio.Nursery, folder: Path, autojump_clock: trio.testing.MockClock
) -> None:
    house = House(nursery, Desk())

    def forgetful(_: int, method: str) -> None:
        if method == "PUT":
            for name in house.desk.store.mine("bidder:8"):
                house.desk.store.discard("bidder:8", name)

    house._trouble = forgetful
    with pytest.raises(NotTaken, match="begin again"):
        await bring(house, folder, tries_max=4)


async def test_an_envelope_that_is_damaged_here_is_not_sent(nursery: trio.Nursery, folder: Path) -> None:
    house, path = House(nursery, Desk()), folder / "documents"
    whole = path.read_bytes()
    for damaged in (whole[:-1], bytes([whole[0] ^ 1]) + whole[1:]):
        path.write_bytes(damaged)
        with pytest.raises(SealFault):
            await bring(house, folder)
    assert house.heard == []
