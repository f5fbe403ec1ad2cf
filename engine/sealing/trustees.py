"""
The hall key: its private half is dealt to trustees and forgotten, and is never put together again.

Shamir's sharing with Feldman's commitments: every trustee can check his share when he gets it. To open what was wrapped to the hall,
each trustee multiplies the wrap's ephemeral point by his share, and proves (Chaum and Pedersen) that it was his share. Any
``threshold`` such answers open that wrap and no other; a wrong answer is known by its proof, and its trustee named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.sealing import canonical, hpke, sm2
from engine.sealing.context import FORMAT
from engine.sealing.curves import P256, POINT_BYTES, Curve, Point
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import CurveKey, bound
from engine.sealing.suites import Suite, suite_named

TRUSTEES_MAX: Final = 9
HALL_BYTES_MAX: Final = 8192
Chance = Callable[[int], bytes]
"""That many random bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallKey:
    """The public half: part of the tender's rule sheet."""

    suite: str
    tender: str
    trustees: tuple[str, ...]
    """Names, in the order of their numbers from 1."""

    commitments: tuple[Point, ...]
    """Of the polynomial's coefficients; the first is the public key, their number the threshold."""

    @property
    def of(self) -> Suite:
        """The suite itself."""
        return suite_named(self.suite)

    @property
    def threshold(self) -> int:
        """How many trustees open together."""
        return len(self.commitments)

    @property
    def public(self) -> CurveKey:
        """What bidders wrap to."""
        return CurveKey(self.of.curve, self.commitments[0])

    def share_point(self, trustee: int) -> Point:
        """What the share of ``trustee`` times g must be."""
        powers = [(pow(trustee, at, self.of.curve.n), point) for at, point in enumerate(self.commitments)]
        return self.of.curve.sum_of(powers)

    def write(self) -> bytes:
        """The one spelling of the statement."""
        curve = self.of.curve
        return canonical.write(
            {
                "format": f"{FORMAT} hall",
                "suite": self.suite,
                "tender": self.tender,
                "trustees": list(self.trustees),
                "commitments": [curve.encode(point).hex() for point in self.commitments],
            }
        )

    def digest(self) -> bytes:
        """By which a manifest names the hall key it is sealed to."""
        return self.of.hash(self.write())


@dataclass(frozen=True, slots=True)
class Share:
    """One trustee's part of the private half."""

    trustee: int
    """From 1."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One trustee's part in opening one wrap."""

    trustee: int
    point: Point
    challenge: int
    response: int


def deal(
    suite: Suite, tender: str, names: Sequence[str], threshold: int, chance: Chance
) -> tuple[HallKey, list[Share]]:
    """
    A new hall key, and a share for each of ``names``.

    Args:
        suite: The tender's.
        tender: The tender's id.
        names: 2 to 9, all different.
        threshold: How many open together; from 2.
        chance: Random bytes.

    """
    if not 2 <= threshold <= len(names) <= TRUSTEES_MAX or len(set(names)) != len(names):
        raise SealFault(SealCode.MANIFEST, where="trustees")
    curve = suite.curve
    coefficients = [curve.scalar(chance(48)) for _ in range(threshold)]
    hall = HallKey(
        suite=suite.name,
        tender=tender,
        trustees=tuple(names),
        commitments=tuple(curve.times(number) for number in coefficients),
    )
    shares = [
        Share(at, sum(c * at**power for power, c in enumerate(coefficients)) % curve.n)
        for at in range(1, len(names) + 1)
    ]
    for share in shares:
        check_share(hall, share)
    return hall, shares


def read_hall(data: bytes) -> HallKey:
    """
    The hall key that ``data`` states.

    Raises:
        SealFault: It is not exactly as the format asks.

    """
    names = {"format", "suite", "tender", "trustees", "commitments"}
    said = canonical.fields(canonical.read(data, HALL_BYTES_MAX, "hall key"), names, "hall key")
    if said["format"] != f"{FORMAT} hall":
        raise SealFault(SealCode.MANIFEST, where="format")
    suite = suite_named(canonical.text(said["suite"], "suite"))
    trustees, points = _texts(said["trustees"], "trustees"), _texts(said["commitments"], "commitments")
    if not 2 <= len(points) <= len(trustees) <= TRUSTEES_MAX or len(set(trustees)) != len(trustees):
        raise SealFault(SealCode.MANIFEST, where="trustees")
    commitments = (canonical.octets(point, "commitments", POINT_BYTES, POINT_BYTES) for point in points)
    return HallKey(
        suite=suite.name,
        tender=canonical.text(said["tender"], "tender", 64),
        trustees=trustees,
        commitments=tuple(suite.curve.decode(point) for point in commitments),
    )


def check_share(hall: HallKey, share: Share) -> None:
    """Raises: SealFault, if ``share`` does not belong to ``hall``; it names the trustee."""
    known = 1 <= share.trustee <= len(hall.trustees) and 1 <= share.number < hall.of.curve.n
    if not known or hall.of.curve.times(share.number) != hall.share_point(share.trustee):
        raise _wrong(hall, share.trustee)


def answer(hall: HallKey, share: Share, wrapped: bytes, info: bytes, chance: Chance) -> Answer:
    """
    A trustee's part in opening ``wrapped``, which was wrapped to ``hall`` for ``info``.

    Never for a wrap whose envelope is not under the root that was published when submission closed: that is the trustee's to check.
    """
    curve = hall.of.curve
    ephemeral = curve.decode(wrapped[:POINT_BYTES])
    point = curve.times(share.number, ephemeral)
    k = curve.scalar(chance(48))
    own = curve.times(share.number)
    c = _challenge(hall, info, [own, ephemeral, point, curve.times(k), curve.times(k, ephemeral)])
    return Answer(trustee=share.trustee, point=point, challenge=c, response=(k + c * share.number) % curve.n)


def check_answer(hall: HallKey, wrapped: bytes, info: bytes, given: Answer) -> None:
    """Raises: SealFault, if ``given`` is not what the trustee's share gives; it names the trustee."""
    curve = hall.of.curve
    known = 1 <= given.trustee <= len(hall.trustees) and curve.on_curve(given.point)
    if not known or not (0 <= given.challenge < curve.n and 0 <= given.response < curve.n):
        raise _wrong(hall, given.trustee)
    ephemeral, own = curve.decode(wrapped[:POINT_BYTES]), hall.share_point(given.trustee)
    try:
        first = curve.sum_of([(given.response, curve.g), (-given.challenge, own)])
        second = curve.sum_of([(given.response, ephemeral), (-given.challenge, given.point)])
    except SealFault:
        raise _wrong(hall, given.trustee) from None
    if _challenge(hall, info, [own, ephemeral, given.point, first, second]) != given.challenge:
        raise _wrong(hall, given.trustee)


def open_together(hall: HallKey, wrapped: bytes, info: bytes, given: Sequence[Answer]) -> bytes:
    """
    What was wrapped to the hall key for ``info``, from the answers of enough trustees.

    Raises:
        SealFault: An answer is wrong (its trustee is named), or there are too few.

    """
    answers = {one.trustee: one for one in given}
    for one in answers.values():
        check_answer(hall, wrapped, info, one)
    if len(answers) < hall.threshold:
        raise SealFault(SealCode.TOO_FEW_SHARES, got=len(answers), need=hall.threshold)
    curve = hall.of.curve
    chosen = sorted(answers)[: hall.threshold]
    shared = curve.sum_of([(_weight(curve, chosen, at), answers[at].point) for at in chosen])
    if curve is P256:
        return hpke.open_shared(shared[0].to_bytes(32, "big"), hall.public.point, info, wrapped)
    return bound(sm2.decrypt_shared(shared, wrapped), info)


def _weight(curve: Curve, chosen: Sequence[int], at: int) -> int:
    above, below = 1, 1
    for other in chosen:
        if other != at:
            above, below = above * other % curve.n, below * (other - at) % curve.n
    return above * pow(below, -1, curve.n) % curve.n


def _challenge(hall: HallKey, info: bytes, points: Sequence[Point]) -> int:
    said = b"".join(hall.of.curve.encode(point) for point in points)
    digest = hall.of.hash(f"{FORMAT} answer\n".encode(), hall.digest(), hall.of.hash(info), said)
    return int.from_bytes(digest, "big") % hall.of.curve.n


def _texts(said: Any, where: str) -> tuple[str, ...]:
    if not isinstance(said, list):
        raise SealFault(SealCode.MANIFEST, where=where)
    return tuple(canonical.text(one, where) for one in said)


def _wrong(hall: HallKey, trustee: int) -> SealFault:
    name = hall.trustees[trustee - 1] if 1 <= trustee <= len(hall.trustees) else "?"
    return SealFault(SealCode.SHARE, trustee=trustee, name=name)
