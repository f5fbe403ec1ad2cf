"""
Two houses that differ only in what others did, and everything that an observer gets of each before the deadline.

The observers are the public, one bidder, every officer and a trustee. They do the same at the same instants in both. In one of the
houses nothing else happens; in the other three more bidders register, pay, submit, replace, take back, sign in, are refused and
connect, and members of the public look on.
"""

import logging
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import trio

from engine.config import Config
from engine.eventlog.lines import EventLog
from engine.sealing.parts import PartName
from tests.domain.opening.house import SECOND, tender_of
from tests.engine.bringing import asked, begin, bring, declaration
from tests.engine.tender import SALE, TenderHouse, submission, tender_house
from tests.gateway.saleroom import Browser

OBSERVERS: Final = (None, "bidder:305", "host:1", "supervisor:1", "registrar:1", "trustee:1")
OTHERS: Final = (4711, 90210, 66)
PUBLIC: Final = (
    *("/api/sales", f"/api/sales/{SALE}", f"/api/sales/{SALE}/picture", f"/api/sales/{SALE}/record"),
    *(f"/api/sales/{SALE}/record?after=1", f"/api/sales/{SALE}/record?after=9&limit=1", "/healthz", "/readyz"),
    *("/api/board", "/api/cluster", "/cluster"),
    *(f"/sales/{SALE}/{page}" for page in ("hall", "record", "figures", "kiosk", "bidder")),
)
EXPORTS: Final = tuple(f"/api/sales/{SALE}/{each}" for each in ("export.jsonl", "bids.csv", "lots.csv"))
LOG: Final = (
    *(f"/api/sales/{SALE}/log/checkpoint", f"/api/sales/{SALE}/log/inclusion", f"/api/sales/{SALE}/log/consistency"),
    *(f"/api/sales/{SALE}/log/inclusion?seq={seq}&size={size}" for seq, size in ((1, 1), (1, 2), (2, 5), (5, 5))),
    *(f"/api/sales/{SALE}/log/consistency?from=1&to={size}" for size in (2, 9, 400)),
)
PAST: Final = (
    *(f"/api/sales/{SALE}/picture?at={seq}" for seq in (1, 2, 3, 9)),
    f"/api/sales/{SALE}/picture?at_us=1900000000000000",
)
UPLOAD: Final = re.compile(rb"(?<=\"upload\":\")[0-9a-f]{32}")
"""An upload's name: chance, and nothing else."""

PORT: Final = re.compile(r"(?<=127\.0\.0\.1):\d+")
MADE: Final = (
    *(f"/api/sales/{SALE}/{each}" for each in ("papers", "papers/integrity.json", "figures", "figures.json", "result")),
    *(f"/api/sales/{SALE}/figures/records?of=bids", "/api/figures", "/api/quota"),
    *(f"/api/sales/{SALE}/papers/opening-record.{form}" for form in ("pdf", "json")),
)
RECEIPTS: Final = (
    *(f"/api/sales/{SALE}/receipt?section={section}" for section in ("1", "2", "")),
    *(f"/api/sales/{SALE}/receipt.pdf?section=1&lang={lang}" for lang in ("zh-CN", "en")),
)
OF_THE_RESULT: Final = (
    *(f"/sales/{SALE}/{page}" for page in ("record", "figures")),
    *(f"/api/sales/{SALE}/record?after={after}" for after in (0, 1)),
    *(f"/api/sales/{SALE}/{each}" for each in ("papers", "papers/opening-record.pdf", "papers/opening-record.json")),
)
"""What the pages of record and result are made from, beside the picture."""


@dataclass
class Seen:
    """All that observers got, by channel."""

    answers: list[bytes] = field(default_factory=list)
    frames: dict[str | None, list[bytes]] = field(default_factory=dict)
    beats: list[tuple[int, ...]] = field(default_factory=list)
    """How many frames each observer had got after each step of his own: nothing comes when others do something."""

    public: list[bytes] = field(default_factory=list)
    private: list[bytes] = field(default_factory=list)
    exports: list[bytes] = field(default_factory=list)
    log: list[bytes] = field(default_factory=list)
    past: list[bytes] = field(default_factory=list)
    made: list[bytes] = field(default_factory=list)
    metrics: bytes = b""
    uploads: list[bytes] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    records: int = 0
    """How many there are in the journal: this does differ."""


class Lines(logging.Handler):
    """Keeps what the event log says."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()} {sorted(record.__dict__['fields'].items())}")


def whole(said: httpx2.Response) -> bytes:
    """Status, headers but the time of day and the port of the house, and body: also how large it is."""
    headers = sorted((name, PORT.sub("", value)) for name, value in said.headers.items() if name != "date")
    return f"{said.status_code} {headers} ".encode() + said.content


async def announced(folder: Path) -> None:
    """A data folder in which the opening is announced, and nothing else has happened."""
    async with tender_house(folder, remedy=True):
        pass


async def observe(announcement: Path, folder: Path, *, others: bool) -> Seen:
    """Hold the time before the deadline, with others or without, and keep what observers get."""
    shutil.copytree(announcement, folder)
    seen, lines = Seen(), Lines()
    logger = logging.Logger("veil")
    logger.addHandler(lines)
    config = replace(Config(), log=replace(Config().log, slow_commit_ms=0.000_1))
    async with tender_house(folder, config=config, log=EventLog(logger), remedy=True) as one, AsyncExitStack() as stack:
        sockets = {by: await stack.enter_async_context(viewer(one, by)) for by in OBSERVERS}
        if others:
            await _come(one, stack)
        await _play(one, seen, sockets, others=others)
        for by, socket in sockets.items():
            seen.frames[by] = await _heard(socket)
        await _ask(one, seen)
        seen.lines = [re.sub(r"'port', \d+", "'port'", line) for line in lines.lines]
        seen.records = one.engine.room(SALE).clerk.memory.seq
    return seen


async def _play(one: TenderHouse, seen: Seen, sockets: dict[str | None, Browser], *, others: bool) -> None:
    """What observers do, second by second; others act in between, and nobody's clock moves for them."""

    async def said(by: str, kind: str, command_id: str, **fields: Any) -> None:
        """Before it is asked everybody hears what others have brought about, and after it what it did."""
        before = [len(await _heard(socket)) for socket in sockets.values()]
        seen.answers.append(whole(await one.said(by, kind, command_id, **fields)))
        after = [len(await _heard(socket)) for socket in sockets.values()]
        seen.beats.append((*before, *after))

    der = tender_of().credential("305 signing").der.hex()
    one.later()
    await said("registrar:1", "register_bidder", "r1", bidder=305, name="怀川建设", certificate=der, key=der)
    if others:
        await _others_submit(one)
    one.later()
    await said("registrar:1", "record_deposit", "r2", bidder=305, section="1", status="paid")
    made = one.seal(305, 1_150_000)
    await said("bidder:305", "submit_envelope", "s0", **submission(made))
    seen.answers.append(whole(await one.chunk(305, made.chunks[PartName.SHEET][0])))
    await said("bidder:305", "submit_envelope", "s1", **submission(made))
    if others:
        await _others_change(one)
    one.later()
    await said("bidder:305", "submit_envelope", "s1", **submission(made))
    await said("bidder:305", "submit_envelope", "s2", **submission(made))
    await said("bidder:305", "sign_in", "s1")
    await said("bidder:305", "unseal", "s3", section="1", half="0" * 64)
    await said("host:1", "start_opening", "h1", absent=0)
    deadline_us = (one.opening.deadline + 60 * SECOND) // 1000
    await said("host:1", "propose_time", "h2", deadline_us=deadline_us, reason="停电")
    await said("supervisor:1", "confirm_time", "v1", deadline_us=deadline_us)
    if others:
        await one.submit(90210, 1_310_001, version=2)
        for number, form in ((90210, ""), (90210, ".pdf"), (66, "")):
            headers = {"authorization": f"Bearer {one.token(f'bidder:{number}')}"}
            given = await one.http.get(f"/api/sales/{SALE}/receipt{form}?section=1", headers=headers)
            assert given.status_code == (404 if number == 66 else 200)  # 66 has taken his envelope back.
    await _upload(one, seen, others=others)
    one.later()
    await said("supervisor:1", "stop", "v2", reason="核查")
    again = one.seal(305, 1_149_000, version=2)
    seen.answers.append(whole(await one.chunk(305, again.chunks[PartName.SHEET][0])))
    await said("bidder:305", "submit_envelope", "s4", **submission(again))
    await said("bidder:305", "sign_in", "s5")
    await said("trustee:1", "give_answers", "t1", half="hall", answers=[{"section": "1", "bidder": 305, "answer": "x"}])
    for command_id in ("s1", "s4", "nothing"):
        headers = {"authorization": f"Bearer {one.token('bidder:305')}"}
        seen.answers.append(whole(await one.http.get(f"/api/sales/{SALE}/commands/{command_id}", headers=headers)))


async def _upload(one: TenderHouse, seen: Seen, *, others: bool) -> None:
    """The bidder brings an envelope to the store; others begin, bring, discard, submit and fail."""

    async def upload(method: str, path: str = "", content: bytes = b"") -> str:
        answer = await asked(one, "bidder:305", method, path, content)
        seen.uploads.append(UPLOAD.sub(b"", whole(answer)))
        return str(answer.json().get("upload", ""))

    if others:
        await bring(one, 4711, one.seal(4711, 1_198_000, version=3))
        await one.ask("bidder:4711", "submit_envelope", **submission(one.sealed[4711]))
        loose = await begin(one, 90210, one.seal(90210, 1_310_002, version=3))
        await asked(one, "bidder:90210", "PUT", f"/{loose}/sheet/0", b"too short")
    made = one.seal(305, 1_148_500, version=2)
    begun = await upload("POST", "", declaration(made))
    await upload("GET")
    await upload("POST", f"/{begun}/finish")
    for index, chunk in enumerate(made.chunks[PartName.SHEET]):
        await upload("PUT", f"/{begun}/sheet/{index}", chunk)
    if others:
        await asked(one, "bidder:90210", "DELETE", f"/{loose}")
    await upload("POST", f"/{begun}/finish")
    await upload("GET", f"/{begun}")
    await upload("GET", f"/{'0' * 32}")
    await upload("POST", "", b"{}")
    await upload("DELETE", f"/{begun}")
    for by in OBSERVERS[2:]:
        seen.uploads.append(whole(await asked(one, str(by), "GET")))


async def _come(one: TenderHouse, stack: AsyncExitStack) -> None:
    for by in (*(f"bidder:{number}" for number in OTHERS), None, None, "host:2"):
        await stack.enter_async_context(viewer(one, by))


async def _others_submit(one: TenderHouse) -> None:
    await one.register(*OTHERS)
    for number in OTHERS:
        await one.ask("registrar:2", "record_deposit", bidder=number, section="1", status="paid")
    await one.submit(4711, 1_200_000)
    await one.submit(90210, 1_310_000)
    for number in OTHERS[:2]:
        await one.ask(f"bidder:{number}", "sign_in")


async def _others_change(one: TenderHouse) -> None:
    await one.submit(66, 990_000)
    await one.submit(4711, 1_199_000, version=2)
    signature = tender_of().key("66 signing").sign(one.sealed[66].manifest.withdrawal_bytes())
    await one.ask("bidder:66", "withdraw_envelope", section="1", signature=signature.hex())
    assert await one.refused("bidder:66", "withdraw_envelope", section="1", signature="3045") == "E_NO_ENVELOPE"
    assert await one.refused("bidder:4711", "unseal", section="1", half="0" * 64) == "E_NOT_AT_THIS_STAGE"
    await one.chunk(66, b"too short")
    bad = {"authorization": "Bearer no-token"}
    await one.http.get(f"/api/sales/{SALE}/picture", headers=bad)
    async with viewer(one, "bidder:66") as flooding:
        with suppress(trio.BrokenResourceError):
            await flooding.stream.send_all(b"\x89\x80\x00\x00\x00\x00" * 2000)  # Pings without end: it is let go.
        assert await flooding.end() is not None or flooding.protocol.state.name == "CLOSED"


async def _ask(one: TenderHouse, seen: Seen) -> None:
    """Everything that can be asked over HTTP."""

    async def get(path: str, by: str | None = None) -> bytes:
        headers = {} if by is None else {"authorization": f"Bearer {one.token(by)}"}
        return whole(await one.http.get(path, headers=headers))

    for path in RECEIPTS:
        seen.receipts += [await get(path, by) for by in OBSERVERS]
    seen.metrics = await get("/metrics")
    seen.public = [await get(path) for path in PUBLIC]
    seen.private = [await get(f"/api/sales/{SALE}/{what}", by) for what in ("picture", "wanted") for by in OBSERVERS]
    seen.exports = [await get(path) for path in EXPORTS]
    seen.log = [await get(path) for path in LOG]
    seen.past = [await get(path) for path in PAST]
    seen.made = [await get(path, by) for path in MADE for by in (None, "supervisor:1")]


async def _heard(socket: Browser) -> list[bytes]:
    """Every frame up to now: the house answers what time it is after all of them."""
    nth = sum(frame["type"] == "time" for frame in socket.frames) + 1
    await socket.send({"type": "time", "t0": nth})
    while sum(frame["type"] == "time" for frame in socket.frames) < nth:
        assert await socket._read()
    return list(socket.texts)


@asynccontextmanager
async def viewer(one: TenderHouse, by: str | None, **more: Any) -> AsyncIterator[Browser]:
    """A socket of ``by``, or of the public, that was let in."""
    ticket: dict[str, Any] = {}
    if by is not None:
        headers = {"authorization": f"Bearer {one.token(by)}"}
        given = await one.http.post(f"/api/sales/{SALE}/ticket", headers=headers)
        ticket = {"ticket": given.json()["ticket"]}
    parts = urlsplit(one.url)
    stream = await trio.open_tcp_stream(str(parts.hostname), int(parts.port or 0))
    browser = Browser(stream, f"ws://{parts.netloc}/api/sales/{SALE}/socket")
    try:
        await browser.shake_hands()
        await browser.send({"type": "hello", "protocol": 1, **ticket, **more})
        while not browser.frames:
            await browser._read()
        yield browser
    finally:
        await stream.aclose()
