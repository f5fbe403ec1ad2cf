"""Uploads over HTTP."""

import errno
import json
import threading
from dataclasses import replace

import pytest
import trio

from clients.deposited import verify
from engine.domain.opening.commands import Gap
from engine.sealing.parts import PartName
from engine.submission.faults import UploadCode, UploadFault
from engine.submission.front import BEGIN_BODY_BYTES_MAX, CHUNK_BODY_BYTES_MAX
from engine.submission.settings import SubmissionSettings
from tests.submission.disk import Disk
from tests.submission.front import OPENING, SIGNER, Desk, declared, envelope

KEY = SIGNER.public.hex()


async def test_from_the_first_chunk_to_the_receipt() -> None:
    desk, sealed = Desk(), envelope()
    begun = await desk.ask("POST", "/uploads", declared(sealed))
    name = begun.json["upload"]
    assert begun.json == {
        "upload": name,
        "section": "1",
        "manifest": sealed.manifest.digest().hex(),
        "finished": False,
        "parts": [
            {"part": "sheet", "chunks": 1, "missing": [[0, 0]]},
            {"part": "documents", "chunks": 1, "missing": [[0, 0]]},
        ],
    }
    assert (
        await desk.ask("PUT", f"/uploads/{name}/documents/0", sealed.chunks[PartName.DOCUMENTS][0], pieces=17)
    ).status == 200
    there = await desk.ask("GET", f"/uploads/{name}")
    assert [part["missing"] for part in there.json["parts"]] == [[[0, 0]], []]
    refused = await desk.ask("POST", f"/uploads/{name}/finish")
    assert (refused.status, refused.code) == (422, "E_SEAL_INCOMPLETE")
    assert refused.json["detail"] == {"part": "sheet", "chunks": 1, "missing": "0"}
    assert (await desk.ask("PUT", f"/uploads/{name}/sheet/0", sealed.chunks[PartName.SHEET][0])).status == 200
    desk.clock.pass_s(1)
    finished = await desk.ask("POST", f"/uploads/{name}/finish")
    desk.clock.pass_s(1)
    assert (await desk.ask("POST", f"/uploads/{name}/finish")).body == finished.body
    deposit = verify(finished.body.decode(), KEY, sealed.manifest.write())
    assert (deposit.opening, deposit.section) == (OPENING, "1")
    assert deposit.at_us == (desk.clock.at - 1_000_000_000) // 1000
    assert (await desk.ask("GET", f"/uploads/{name}")).json["finished"] is True
    assert desk.store.pin("bidder:8", sealed.manifest) == ()


async def test_an_engine_that_was_killed_goes_on_where_it_was() -> None:
    desk, sealed = Desk(), envelope()
    name = await desk.begin(sealed)
    await desk.ask("PUT", f"/uploads/{name}/sheet/0", sealed.chunks[PartName.SHEET][0])
    desk.disk.kill()
    desk.open()
    there = await desk.ask("GET", f"/uploads/{name}")
    assert [part["missing"] for part in there.json["parts"]] == [[], [[0, 0]]]
    assert (await desk.ask("GET", "/uploads")).json == {"uploads": [there.json]}
    assert await desk.send(sealed) == name
    assert (await desk.ask("POST", f"/uploads/{name}/finish")).status == 200


async def test_what_is_discarded_is_not_known_any_more() -> None:
    desk = Desk()
    name = await desk.send(envelope())
    assert (await desk.ask("DELETE", f"/uploads/{name}")).json == {}
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/finish"), ("PUT", "/sheet/0")):
        said = await desk.ask(method, f"/uploads/{name}{path}")
        assert (said.status, said.code) == (404, UploadCode.UNKNOWN)


async def test_after_the_deadline_nothing_is_taken_and_what_is_there_may_be_seen_and_discarded() -> None:
    desk, sealed = Desk(), envelope()
    name = await desk.send(sealed)
    desk.deadline = desk.clock.at
    assert (await desk.ask("POST", f"/uploads/{name}/finish")).status == 200  # At the deadline is in time.
    desk.clock.at += 1000
    for method, path, body in (
        ("POST", "/uploads", declared(sealed)),
        ("PUT", f"/uploads/{name}/sheet/0", sealed.chunks[PartName.SHEET][0]),
        ("POST", f"/uploads/{name}/finish", b""),
    ):
        said = await desk.ask(method, path, body)
        assert (said.status, said.code) == (409, UploadCode.CLOSED)
        assert said.json["detail"] == {"arrived_us": desk.clock.at // 1000, "closed_us": desk.deadline // 1000}
    assert (await desk.ask("GET", f"/uploads/{name}")).status == 200
    assert (await desk.ask("DELETE", f"/uploads/{name}")).status == 200


async def test_a_deadline_that_is_put_off_counts_at_once() -> None:
    desk = Desk(deadline=0)
    assert (await desk.ask("POST", "/uploads", declared(envelope()))).code == UploadCode.CLOSED
    desk.deadline = 9_000_000_000_000
    await desk.send(envelope())


async def test_wrong_chunks_are_named() -> None:
    desk, sealed = Desk(), envelope()
    name, chunk = await desk.begin(sealed), sealed.chunks[PartName.DOCUMENTS][0]
    cut = await desk.ask("PUT", f"/uploads/{name}/documents/0", chunk[:-1])
    assert (cut.status, cut.code) == (422, UploadCode.CHUNK_SIZE)
    assert cut.json["detail"] == {"part": "documents", "chunk": 0, "bytes": CHUNK_BODY_BYTES_MAX}
    changed = await desk.ask("PUT", f"/uploads/{name}/documents/0", bytes([chunk[0] ^ 1]) + chunk[1:])
    assert (changed.status, changed.code) == (422, "E_CHUNK_HASH")
    assert changed.json["detail"] == {"part": "documents", "chunk": 0}
    none = await desk.ask("PUT", f"/uploads/{name}/documents/1", chunk)
    assert (none.status, none.code) == (404, UploadCode.CHUNK_UNKNOWN)
    long = await desk.ask("PUT", f"/uploads/{name}/documents/0", chunk + b"x", pieces=9)
    assert (long.status, long.code) == (413, "E_HTTP_BODY_TOO_BIG")


async def test_limits_and_a_failing_disk_have_their_codes() -> None:
    limits = SubmissionSettings(upload_bytes_max=100_000, uploads_per_bidder=1)
    desk = Desk(settings=limits)
    big = await desk.ask("POST", "/uploads", declared(envelope()))
    assert (big.status, big.code, big.json["detail"]) == (413, UploadCode.TOO_BIG, {"most": 100_000})
    name = await desk.begin(envelope("one", documents=0))
    many = await desk.ask("POST", "/uploads", declared(envelope("two", documents=0)))
    assert (many.status, many.code) == (429, UploadCode.TOO_MANY)
    desk.disk.fail(1, errno.EIO)
    chunk = envelope("one", documents=0).chunks[PartName.SHEET][0]
    failed = await desk.ask("PUT", f"/uploads/{name}/sheet/0", chunk)
    assert (failed.status, failed.code) == (507, UploadCode.STORAGE)
    assert failed.headers["retry-after"] == "5"
    desk = Desk(settings=replace(limits, store_bytes_max=1))
    full = await desk.ask("POST", "/uploads", declared(envelope("one", documents=0)))
    assert (full.status, full.code) == (507, UploadCode.STORE_FULL)
    assert full.json["detail"] == {"after_ms": 5000}


async def test_nobody_is_told_anything_without_a_token() -> None:
    desk = Desk()
    name = await desk.send(envelope())
    for token in (None, "", "token-c", "token-a token-a"):
        for method, path in (
            ("GET", "/uploads"),
            ("POST", "/uploads"),
            ("GET", f"/uploads/{name}"),
            ("DELETE", f"/uploads/{name}"),
        ):
            said = await desk.ask(method, path, token=token)
            assert (said.status, said.code) == (401, "E_AUTH_INVALID")
            assert said.headers["www-authenticate"] == "Bearer"


def test_how_long_a_body_may_be_is_known_before_it_is_read() -> None:
    desk = Desk()
    longest = desk.front.body_bytes_max
    assert longest("PUT", "Bearer token-a") == CHUNK_BODY_BYTES_MAX == 1_048_592
    assert longest("POST", "bearer token-a") == BEGIN_BODY_BYTES_MAX < 100_000
    assert longest("DELETE", "Bearer token-a") == 0
    for nobody in ("", "Bearer", "Bearer token-c", "Basic token-a"):
        assert longest("PUT", nobody) is None


async def test_the_largest_envelope_can_be_declared() -> None:
    longest = {"manifest": '"' * 8192, "digests": {"sheet": "0" * 64, "documents": "0" * 64 * 1024}}
    assert len(json.dumps(longest)) <= BEGIN_BODY_BYTES_MAX
    said = await Desk().ask("POST", "/uploads", longest)
    assert (said.status, said.code) == (422, "E_SEAL_MANIFEST")


async def test_what_is_submitted_is_whole_and_stays_until_the_record_has_spoken() -> None:
    desk, sealed = Desk(), envelope()
    manifest, chunk = sealed.manifest, sealed.chunks[PartName.SHEET][0]
    none = (Gap(part="sheet", chunks=1, missing=(0,)), Gap(part="documents", chunks=1, missing=(0,)))
    assert desk.store.pin("bidder:8", manifest) == none
    name = await desk.begin(sealed)
    assert desk.store.pin("bidder:8", manifest) == none
    await desk.ask("PUT", f"/uploads/{name}/sheet/0", chunk)
    assert desk.store.pin("bidder:8", manifest) == none[1:]
    await desk.send(sealed)
    with pytest.raises(UploadFault) as raised:
        desk.store.pin("bidder:8", manifest)
    assert raised.value.code is UploadCode.NOT_FINISHED
    await desk.ask("POST", f"/uploads/{name}/finish")
    assert desk.store.pin("bidder:9", manifest) == none  # Hers it is not.
    assert desk.store.pin("bidder:8", manifest) == ()
    desk.clock.pass_s(2 * desk.settings.unfinished_kept_s)
    desk.store.sweep()
    said = await desk.ask("DELETE", f"/uploads/{name}")
    assert (said.status, said.code) == (409, UploadCode.STANDS)
    desk.store.unpin("bidder:8", manifest.digest())
    desk.store.unpin("bidder:8", manifest.digest())
    assert desk.store.pin("bidder:8", manifest) == ()
    desk.store.stand("bidder:8", "1", manifest.digest())
    desk.store.withdraw("bidder:8", "1")
    assert desk.store.pin("bidder:8", manifest) == none


class Stuck(Disk):
    """Writes of who is first stay under way until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.waiting = threading.Semaphore(0)
        self.first: int | None = None

    def pwrite(self, handle: int, content: bytes, at: int) -> int:
        if handle == self.first:
            self.waiting.release()
            self.go.wait()
        return super().pwrite(handle, content, at)


async def test_a_bidder_whose_disk_is_stuck_keeps_nobody_from_theirs(nursery: trio.Nursery) -> None:
    disk = Stuck()
    desk, his, hers = Desk(disk=disk, settings=SubmissionSettings(disk_workers=2)), envelope("his"), envelope("hers")
    name = await desk.begin(his)
    disk.first = next(handle for handle, node in disk.handles.items() if len(node.seen) == CHUNK_BODY_BYTES_MAX)
    chunk = his.chunks[PartName.DOCUMENTS][0]
    for _ in range(5):
        nursery.start_soon(desk.ask, "PUT", f"/uploads/{name}/documents/0", chunk)
    await trio.to_thread.run_sync(disk.waiting.acquire)
    other = await desk.send(hers, "token-b")
    assert (await desk.ask("POST", f"/uploads/{other}/finish", token="token-b")).status == 200
    disk.go.set()
