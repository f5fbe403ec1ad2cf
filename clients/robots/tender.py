"""
Robots at an opening of sealed bids: a registrar, five bidders, a host, a supervisor and three trustees.

Each knows what such a person knows, and asks the house over HTTP. Three bidders unseal with their keys, one of them after replacing his
bid; one has lost his certificate and uses his recovery file; one does nothing, and trustees open for him under the remedy.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

import trio
import trio.lowlevel
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clients.opening import NotDone, Opening
from clients.seal import Bid, Bidder, seal
from engine.sealing.content import SheetContent
from engine.sealing.context import Context
from engine.sealing.curves import P256
from engine.sealing.envelope import Credential, unwrap_own
from engine.sealing.keys import CurvePrivateKey
from engine.sealing.manifest import Manifest
from engine.sealing.pem import certificate_credential
from engine.sealing.recovery import open_recovery
from engine.sealing.suites import INTERNATIONAL
from engine.sealing.trustees import Chance, HallKey, Share, deal

SECTION: Final = "1"
TRUSTEES: Final = ("交易中心", "招标人", "监督部门")
THRESHOLD: Final = 2
CEILING_FEN: Final = 1_290_000_000
POLL_S: Final = 0.02
SECOND_NS: Final = 1_000_000_000
SHORTENED: Final = 12
"""So many times quicker than people are robots that people look at."""

LOOKED_ON_MIN_S: Final = 2.0
LOOKED_ON_MAX_S: Final = 5.0
LOOKED_ON_POLL_S: Final = 0.5
"""Robots that people look at ask a house with the limits of every house."""

_FROM, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)


class Way(StrEnum):
    """How a bidder's envelope comes to be opened."""

    KEY = "key"
    RECOVERY = "recovery"
    REMEDY = "remedy"


@dataclass(frozen=True, slots=True)
class Part:
    """What a robot plays."""

    name: str
    yuan: int
    days: int
    way: Way
    replaces: int | None = None
    """What he bid at first, in yuan."""


CAST: Final = (
    Part("焦作建工集团", 12_480_000, 180, Way.KEY),
    Part("怀川建设有限公司", 12_150_000, 175, Way.KEY, replaces=12_600_000),
    Part("山阳路桥工程公司", 12_930_000, 160, Way.KEY),
    Part("太行水利建筑公司", 12_310_000, 190, Way.RECOVERY),
    Part("云台山建筑安装公司", 12_675_000, 170, Way.REMEDY),
)


def chance(seed: int, what: str) -> Chance:
    """Bytes that look random and are the same for the same seed: for a demo, and nothing else."""
    count = 0

    def draw(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed} {what} {count}".encode()).digest(length)

    return draw


def hall_of(tender: str, seed: int) -> tuple[HallKey, list[Share]]:
    """The hall key of a tender, and the trustees' shares."""
    return deal(INTERNATIONAL, tender, TRUSTEES, THRESHOLD, chance(seed, "hall"))


def numbers(seed: int) -> list[int]:
    """The bidders' numbers: drawn, not counted."""
    draw, drawn = chance(seed, "numbers"), dict[int, None]()
    while len(drawn) < len(CAST):
        drawn[1000 + int.from_bytes(draw(4)) % 90_000] = None
    return list(drawn)


class BidderAtHome:
    """One bidder with his machine: certificates, keys, the sealed envelope, and the recovery file."""

    def __init__(self, number: int, part: Part, room: Opening, folder: Path, seed: int) -> None:
        self.number, self.part, self.room = number, part, room
        self._folder, self._chance = folder, chance(seed, f"bidder {number}")
        self._signing, self._encryption = self._key(), self._key()
        self.signing = _certificate(part.name, number, self._signing)
        self._passphrase = f"{part.name} {number}"
        self._recovery = b""
        self.manifest: Manifest | None = None

    def _key(self) -> CurvePrivateKey:
        return CurvePrivateKey(P256, P256.scalar(self._chance(48)))

    async def submit(self, hall: HallKey, yuan: int, version: int) -> None:
        """Seal a bid at home, and submit it."""
        context = Context(
            suite=hall.suite, tender=hall.tender, section=SECTION, bidder=str(self.number), version=version
        )
        sheet: SheetContent = {"price_fen": yuan * 100, "period_days": self.part.days, "quality": "合格"}
        bidder = Bidder(
            signing=self.signing,
            signing_key=self._signing,
            encryption=_certificate(self.part.name, self.number, self._encryption),
            encryption_key=self._encryption,
        )
        envelope = self._folder / f"{self.number}-{version}"
        bid = Bid(context=context, sheet=sheet, files=(), remedy=True)

        def sealed() -> tuple[Manifest, bytes]:
            return seal(bid, hall, bidder, envelope, passphrase=self._passphrase, chance=self._chance)

        self.manifest, self._recovery = await trio.to_thread.run_sync(sealed)
        try:
            await self.room.submit(envelope, command_id=f"submit-{version}")
        except NotDone as no:
            if no.code != "E_SUBMISSION_CLOSED":  # An earlier run got further: it is there.
                raise

    async def unseal(self) -> None:
        """Hand in the half, from the key or, where that is lost, from the recovery file."""
        assert self.manifest is not None
        if self.part.way is Way.KEY:
            half = unwrap_own(self.manifest, self._encryption)
        else:
            half = open_recovery(self._recovery, self.manifest, self._passphrase)
        await self.room.unseal(self.manifest, half, command_id="unseal")


class Time(Protocol):
    """House time, as robots wait for it; from an hour before the deadline on where nobody looks on."""

    async def later(self, seconds: int) -> None:
        """So long after what was done last, in a house where people work."""
        ...

    async def until(self, instant: int) -> None:
        """It is ``instant``, in nanoseconds since 1970."""
        ...

    async def again(self) -> None:
        """So long that asking again is worth it."""
        ...


class MovedTime:
    """
    Time that robots move on themselves.

    Args:
        begins: When they begin, in nanoseconds since 1970.
        move: Moves house time on to an instant.

    """

    def __init__(self, begins: int, move: Callable[[int], None]) -> None:
        self._at, self._move = begins, move

    async def later(self, seconds: int) -> None:
        """See :class:`Time`."""
        await self.until(self._at + seconds * SECOND_NS)

    async def until(self, instant: int) -> None:
        """See :class:`Time`."""
        await trio.lowlevel.checkpoint()
        self._at = instant
        self._move(instant)

    async def again(self) -> None:
        """See :class:`Time`."""
        await trio.sleep(POLL_S)


class WaitedTime:
    """
    Time that goes on by itself, for people who look on: what takes people minutes takes robots seconds.

    Args:
        now: House time, in nanoseconds since 1970.

    """

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now

    async def later(self, seconds: int) -> None:
        """See :class:`Time`."""
        await trio.sleep(min(LOOKED_ON_MAX_S, max(LOOKED_ON_MIN_S, seconds / SHORTENED)))

    async def until(self, instant: int) -> None:
        """See :class:`Time`."""
        await trio.sleep(max(0.0, (instant - self._now()) / SECOND_NS))

    async def again(self) -> None:
        """See :class:`Time`."""
        await trio.sleep(LOOKED_ON_POLL_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the robots play."""

    house: Callable[[str | None], Opening]
    """The opening, as somebody (``host:1``) meets it."""

    hall: HallKey
    shares: list[Share]
    folder: Path
    """Where bidders keep what is theirs."""

    seed: int
    time: "Time"
    """How it goes on between what they do."""

    told: Callable[[str], None]
    """Told of each stage."""


def ways_of(seed: int) -> dict[int, Way]:
    """How each bidder's envelope comes to be opened, by his number."""
    return {number: part.way for number, part in zip(numbers(seed), CAST, strict=True)}


async def play(stage: Stage) -> None:
    """
    Hold the opening to its end, from its beginning or from where an earlier run was stopped.

    What is on the record already is asked for again under the same id, and answered with its first answer.
    """
    host, public = stage.house("host:1"), stage.house(None)
    bidders = [
        BidderAtHome(number, part, stage.house(f"bidder:{number}"), stage.folder, stage.seed)
        for number, part in zip(numbers(stage.seed), CAST, strict=True)
    ]
    await _receive(stage, bidders)
    await _open(stage, host, public, bidders)
    await _read_out(stage, host, public, bidders)


async def _receive(stage: Stage, bidders: list[BidderAtHome]) -> None:
    registrar = stage.house("registrar:1")
    for bidder in bidders:
        await stage.time.later(60)
        await registrar.ask(
            "register_bidder",
            command_id=f"register-{bidder.number}",
            bidder=bidder.number,
            name=bidder.part.name,
            certificate=bidder.signing.der.hex(),
            key=bidder.signing.key.spki.hex(),
        )
        await registrar.ask(
            "record_deposit",
            command_id=f"deposit-{bidder.number}",
            bidder=bidder.number,
            section=SECTION,
            status="paid",
        )
    for bidder in bidders:
        await stage.time.later(120)
        first = bidder.part.replaces
        await bidder.submit(stage.hall, first or bidder.part.yuan, 1)
        if first is not None:
            await bidder.submit(stage.hall, bidder.part.yuan, 2)
    stage.told("投标 received")


async def _open(stage: Stage, host: Opening, public: Opening, bidders: list[BidderAtHome]) -> None:
    deadline = (await public.picture())["parts"]["opening"]["deadline_us"] * 1000
    await stage.time.until(deadline + SECOND_NS)
    await _until(stage.time, public, lambda parts: parts["opening"]["root"] is not None)
    stage.told("截止 closed")
    present = [bidder for bidder in bidders if bidder.part.way is not Way.REMEDY]
    for bidder in present:
        await stage.time.later(5)
        await bidder.room.ask("sign_in", command_id="sign-in")
    await stage.time.later(60)
    await host.ask("start_opening", command_id="start", absent=await _absent(host))
    await stage.time.later(10)
    await host.ask("publish_list", command_id="list")
    stage.told("公布名单 listed")
    await stage.time.later(10)
    await host.ask("open_unsealing", command_id="window")
    for bidder in present:
        await stage.time.later(20)
        await bidder.unseal()
    ends_at = (await public.picture())["parts"]["unsealing"]["ends_at_us"] * 1000
    await stage.time.until(ends_at + SECOND_NS)
    await _until(stage.time, public, lambda parts: parts["trustees"] is not None)
    stage.told("解密 unsealed")


async def _read_out(stage: Stage, host: Opening, public: Opening, bidders: list[BidderAtHome]) -> None:
    await stage.time.later(10)
    await host.ask("announce_ceiling", command_id="ceiling", section=SECTION, amount_fen=CEILING_FEN)
    await host.ask("order_remedy", command_id="remedy")
    for trustee in (1, 3):
        await stage.time.later(30)
        room = stage.house(f"trustee:{trustee}")
        await room.answer(stage.hall, stage.shares[trustee - 1], chance(stage.seed, f"trustee {trustee}"))
    await _until(stage.time, public, lambda parts: all(each["state"] == "opened" for each in _bids(parts)))
    await stage.time.later(10)
    await host.ask("draw_coefficient", command_id="draw", section=SECTION)
    await host.ask("read_out", command_id="read-out")
    stage.told("唱标 read out")
    for bidder in bidders:
        await stage.time.later(10)
        if bidder.part.way is not Way.REMEDY:
            await bidder.room.ask("confirm_sheet", command_id="confirm", section=SECTION)
    await host.ask("open_signing", command_id="signing")
    report = (await public.picture())["parts"]["opening"]["report"]
    for by in ("host:1", "supervisor:1"):
        await stage.time.later(10)
        await stage.house(by).ask("sign_result", command_id="sign", report=report)
    await host.ask("end_opening", command_id="end")
    stage.told("结束 ended")


async def _absent(host: Opening) -> int:
    """How many have not signed in: the house says so to who starts without knowing."""
    try:
        await host.ask("start_opening", command_id="start-0", absent=0)
    except NotDone as no:
        if no.code != "E_BIDDERS_ABSENT":
            raise
        return int(no.refused["detail"]["absent"])
    return 0


async def _until(time: Time, room: Opening, holds: Callable[[Mapping[str, Any]], bool]) -> None:
    while not holds((await room.picture())["parts"]):
        await time.again()


def _bids(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(parts[f"section/{SECTION}"]["bidders"])


def _certificate(name: str, number: int, key: CurvePrivateKey) -> Credential:
    """A certificate that its holder has made himself: the same for the same key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = ec.derive_private_key(key.number, ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(signer.public_key())
        .serial_number(number)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .sign(signer, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return certificate_credential(made.public_bytes(serialization.Encoding.DER))
