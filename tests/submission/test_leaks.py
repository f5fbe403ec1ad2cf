"""A bidder cannot tell from anything he is told whether anybody else has been here."""

import logging
from collections.abc import Callable

import pytest

from engine.sealing.parts import PartName
from engine.submission.settings import SubmissionSettings
from tests.submission.disk import Disk
from tests.submission.front import Desk, Said, declared, envelope
from tests.submission.scene import Names

HERS, HIS = envelope("hers", bidder="9"), envelope("his")
SHARES = SubmissionSettings(uploads_max=6)


class Chance:
    """Names for one asker that do not depend on what others asked before."""

    def __init__(self) -> None:
        self.now = Names()

    def __call__(self, size: int) -> str:
        return self.now(size)


async def busy(desk: Desk) -> list[str]:
    """Everything that bidder 9 can do; ids of hers."""
    finished = await desk.send(HERS, "token-b")
    await desk.ask("POST", f"/uploads/{finished}/finish", token="token-b")
    desk.store.stand("bidder:9", "1", HERS.manifest.digest())
    half = await desk.begin(envelope("half", bidder="9"), "token-b")
    gone = await desk.send(envelope("gone", bidder="9", documents=0), "token-b")
    await desk.ask("DELETE", f"/uploads/{gone}", token="token-b")
    same = await desk.send(HIS, "token-b")  # His very envelope, which she got hold of.
    return [finished, half, gone, same]


async def probes(desk: Desk, hers: list[str]) -> list[Said]:
    """Whatever bidder 8 may try, with his own uploads and with ids of hers."""
    said = [await desk.ask("GET", "/uploads")]
    for name in hers:
        said += [
            await desk.ask(method, f"/uploads/{name}{path}", body)
            for method, path, body in (
                ("GET", "", b""),
                ("PUT", "/sheet/0", HERS.chunks[PartName.SHEET][0]),
                ("PUT", "/sheet/0", b""),
                ("PUT", "/documents/1023", b"x"),
                ("PUT", "/nothing/0", b"x"),
                ("POST", "/finish", b""),
                ("DELETE", "", b""),
            )
        ]
    said.append(await desk.ask("POST", "/uploads", declared(HERS)))
    said.append(await desk.ask("POST", "/uploads", declared(HIS)))
    name = await desk.send(HIS)
    said += [
        await desk.ask("GET", f"/uploads/{name}"),
        await desk.ask("PUT", f"/uploads/{name}/sheet/0", b""),
        await desk.ask("PUT", f"/uploads/{name}/sheet/0", bytes(65_552)),
        await desk.ask("POST", f"/uploads/{name}/finish"),
        await desk.ask("GET", "/uploads"),
    ]
    return said


async def heard(*, with_her: bool) -> tuple[list[Said], Desk]:
    chance = Chance()
    desk = Desk(chance=chance, settings=SHARES)
    hers = ["a" * 32] * 4
    if with_her:
        chance.now = Names(1000)
        hers = await busy(desk)
    chance.now = Names()
    desk.disk.calls.clear()
    return await probes(desk, hers), desk


async def test_every_answer_is_the_same_whether_others_have_been_here_or_not() -> None:
    alone, _ = await heard(with_her=False)
    beside, _ = await heard(with_her=True)
    for one, other in zip(alone, beside, strict=True):
        assert (one.status, one.headers, one.body) == (other.status, other.headers, other.body)


async def test_what_is_somebody_elses_costs_the_disk_as_much_as_what_is_not_there() -> None:
    _, alone = await heard(with_her=False)
    _, beside = await heard(with_her=True)
    assert alone.disk.calls == beside.disk.calls


@pytest.mark.parametrize("limits", [SubmissionSettings(uploads_max=1), SubmissionSettings(store_bytes_max=1_200_000)])
async def test_a_full_store_says_nothing_of_who_filled_it_or_how_much(limits: SubmissionSettings) -> None:
    desk = Desk(settings=limits)
    await desk.begin(HERS, "token-b")
    full = await desk.ask("POST", "/uploads", declared(HIS))
    empty = Desk(disk=Disk())
    empty.disk.free = 0
    assert full.body == (await empty.ask("POST", "/uploads", declared(HIS))).body


async def test_nothing_that_is_told_holds_a_figure_of_the_house() -> None:
    beside, _ = await heard(with_her=True)
    text = b"\n".join(one.body for one in beside if one.status != 200)
    for figure in (str(SHARES.store_bytes_max), "bidder:9", "submission/"):
        assert figure.encode() not in text
    assert HERS.manifest.digest().hex().encode() not in text


@pytest.mark.parametrize("failing", [lambda disk: disk.fail(1, 28), lambda disk: disk.fail(4, 5)])
async def test_the_log_names_no_bidder_no_upload_and_no_envelope(
    failing: Callable[[Disk], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = Desk(settings=SHARES)
    names = await busy(desk)
    failing(desk.disk)
    await desk.ask("POST", "/uploads", declared(HIS))
    names.append(await desk.send(HIS))
    desk.disk.fail(1, 5)
    await desk.ask("POST", f"/uploads/{names[-1]}/finish")
    desk.disk.kill()
    desk.open()
    for secret in (*names, "bidder:8", "bidder:9", "token-", HERS.manifest.digest().hex(), HIS.manifest.digest().hex()):
        assert secret not in caplog.text
